"""Rule files are read as rules, and what a rule may not have is refused by name and line."""

import pytest
from rdflib import Graph, URIRef, Variable

from osai_graph import resources
from osai_graph.errors import SyntaxFault
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import INFERRED_GRAPH
from osai_graph.reasoning.materialize import materialize
from osai_graph.reasoning.rule_files import read_rule_file, read_rule_files
from tests.reasoning.owlrl_oracle import PREFIXES, triples_of

EX = "https://example.org/"
HEADER = '#+ title = "A title"\n#+ explanation = "{x} is so because of {y}"\n'
PREFIX = f"PREFIX : <{EX}>\n"


@pytest.fixture
def rule(tmp_path):
    """Return a function that reads a rule from its text."""

    def read(text, header=HEADER):
        path = tmp_path / "ontology" / "rules" / "some-rule.rq"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(header + PREFIX + text)
        return read_rule_file(path)

    return read


def names(pattern):
    return " ".join(str(term).removeprefix(EX) for term in pattern)


def concluded(rules, facts):
    store = EmbeddedStore()
    store.add(Graph().parse(data=PREFIXES + facts, format="turtle"))
    materialize(store, rules)
    return {names(triple) for triple in triples_of(store, INFERRED_GRAPH)}


def test_a_rule_has_name_file_patterns_in_their_order_and_explanation(rule):
    (found,) = rule("CONSTRUCT { ?x :q ?y } WHERE { ?x :p [ :r ?y ] . ?y a :A }")
    assert found.name == "some-rule"
    assert found.file == "ontology/rules/some-rule.rq"
    assert found.explanation == "{x} is so because of {y}"
    assert names(found.head) == "x q y"
    assert [names(p).split()[1] for p in found.body[:2]] in (["p", "r"], ["r", "p"])
    assert found.body[2][0] == Variable("y")


def test_conditions_are_kept_word_for_word(rule):
    text = """CONSTRUCT { ?x :q ?z } WHERE {
      VALUES ?c { :A :B }
      ?x :p ?y ; a ?c .
      FILTER (?y > 3 && STR(?x) != "}")  # a brace } in a comment
      BIND (?y + 1 AS ?z)
    }"""
    (found,) = rule(text)
    assert found.filters == (
        "VALUES ?c { :A :B }",
        'FILTER (?y > 3 && STR(?x) != "}")',
        "BIND (?y + 1 AS ?z)",
    )
    assert found.computed == {"z"}
    facts = ":a :p 4 ; a :A . :b :p 4 ; a :C . :c :p 2 ; a :B ."
    assert concluded([found], facts) == {"a q 5"}


def test_union_becomes_one_rule_for_each_branch(rule):
    found = rule("CONSTRUCT { ?x :q ?y } WHERE { ?x a :A { ?x :p ?y } UNION { ?y :p ?x } }")
    assert [[names(p) for p in r.body] for r in found] == [
        [f"x {RDF_TYPE} A", "x p y"],
        [f"x {RDF_TYPE} A", "y p x"],
    ]
    assert concluded(found, ":a a :A ; :p :b . :c :p :a .") == {"a q b", "a q c"}


RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def test_paths_are_written_out(rule):
    (found,) = rule("CONSTRUCT { ?x :q ?y } WHERE { ?x :p/^:r ?y }")
    assert [names(p) for p in found.body] == ["x p step1", "y r step1"]
    assert concluded([found], ":a :p :b . :c :r :b .") == {"a q c"}


def test_each_triple_of_the_template_is_a_rule(rule):
    found = rule("CONSTRUCT { ?x :q ?y . ?y :r ?x } WHERE { ?x :p ?y }")
    assert {names(r.head) for r in found} == {"x q y", "y r x"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y OPTIONAL { ?y :r ?z } }", "OPTIONAL"),
        ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y MINUS { ?y :r ?x } }", "MINUS"),
        ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y FILTER NOT EXISTS { ?y :r ?x } }", "EXISTS"),
        ("CONSTRUCT { ?x :q ?y } WHERE { SERVICE :s { ?x :p ?y } }", "SERVICE"),
        ("CONSTRUCT { ?x :q ?y } WHERE { GRAPH ?g { ?x :p ?y } }", "GRAPH"),
        ("CONSTRUCT { ?x :q ?y } WHERE { { SELECT ?x ?y { ?x :p ?y } } }", "sub-SELECT"),
        ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y } LIMIT 3", "LIMIT"),
        ("CONSTRUCT { ?x :q ?z } WHERE { ?x :p ?y BIND (UUID() AS ?z) }", "UUID"),
        ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p* ?y }", "property path"),
        ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p|:r ?y }", "property path"),
        ("CONSTRUCT { ?x :q [] } WHERE { ?x :p ?y }", "blank node"),
        ("CONSTRUCT { ?x :q ?y . ?x :q ?w } WHERE { ?x :p ?y }", r"\?w"),
        ("CONSTRUCT WHERE { ?x :p ?y }", "short form"),
        ("CONSTRUCT { :a :q :b } WHERE { VALUES (?x ?y) { (:a :b) } }", "at least one"),
        ("SELECT ?x ?y WHERE { ?x :p ?y }", "CONSTRUCT"),
        ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y ", "no SPARQL query"),
    ],
)
def test_what_a_rule_may_not_have_is_refused(rule, text, reason):
    with pytest.raises(SyntaxFault, match=reason) as fault:
        rule(text)
    assert "some-rule.rq" in str(fault.value)


def test_words_in_texts_and_names_are_not_taken_for_keywords(rule):
    text = 'CONSTRUCT { ?x :q ?y } WHERE { ?x :optional ?y FILTER (?y != "MINUS { }") }'
    assert len(rule(text)) == 1


def test_the_line_of_the_fault_is_named(rule):
    with pytest.raises(SyntaxFault) as fault:
        rule("CONSTRUCT { ?x :q ?y }\nWHERE {\n  ?x :p ?y\n  OPTIONAL { ?y :r ?z }\n}")
    assert fault.value.line == 7


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "no title"),
        ('#+ title = "A"\n', "no explanation"),
        ("#+ title = A\n", "no TOML"),
        ('#+ title = "A"\n#+ explanation = "{w} is so"\n', "{w}"),
    ],
)
def test_the_header_must_explain_the_rule(rule, header, reason):
    with pytest.raises(SyntaxFault, match=reason):
        rule("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y }", header)


def test_the_shipped_rules_are_read():
    rules = read_rule_files(resources.rule_files())
    assert {rule.name for rule in rules} == {path.stem for path in resources.rule_files()}
    assert all(isinstance(rule.head[1], URIRef) for rule in rules)
