"""Running rules to a fixpoint: where triples end up, in what order rules run, what is reported."""

import pytest
from rdflib import Graph, URIRef, Variable
from rdflib.namespace import RDF

from osai_graph.errors import GraphError
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import INFERRED_GRAPH
from osai_graph.reasoning.batching import batches
from osai_graph.reasoning.compile import compile_ontology
from osai_graph.reasoning.materialize import SCRATCH_GRAPHS, count_triples, materialize
from osai_graph.reasoning.relevance import kinds_in, live_rules
from osai_graph.reasoning.rules import Rule
from osai_graph.reasoning.stratification import stratify
from tests.reasoning.owlrl_oracle import parse, store_of, triples_of
from tests.reasoning.random_ontologies import DECLARATIONS

EX = "https://example.org/"
FAMILY = (
    DECLARATIONS
    + ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :p rdfs:domain :A . "
    + ":q a owl:TransitiveProperty . :p rdfs:subPropertyOf :q . "
    + ":a :p :b . :b :p :c . :c :p :d . :d :p :e ."
)


def iri(name):
    return URIRef(EX + name)


def rule(name, head, *body):
    def pattern(text):
        s, p, o = (
            Variable(term[1:]) if term.startswith("?") else iri(term) for term in text.split()
        )
        return s, RDF.type if p == iri("a") else p, o

    return Rule(name, tuple(map(pattern, body)), pattern(head), "{conclusion}")


def test_inferred_triples_stand_in_the_working_graph_and_apart():
    graph = parse(FAMILY)
    store = store_of(graph)
    stated = triples_of(store)
    report = materialize(store, compile_ontology(graph))
    inferred = triples_of(store, INFERRED_GRAPH)
    assert triples_of(store) == stated | inferred
    assert not stated & inferred
    assert count_triples(store, INFERRED_GRAPH) == len(inferred)
    assert (iri("a"), iri("q"), iri("e")) in inferred
    assert report.rounds > 1


def test_nothing_else_is_left_in_the_store():
    graph = parse(FAMILY)
    store = store_of(graph)
    materialize(store, compile_ontology(graph))
    graphs = store.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").rows
    assert graphs == [(INFERRED_GRAPH,)]


def test_a_named_graph_can_be_worked_on():
    graph, work = parse(FAMILY), iri("work")
    in_default, in_named = store_of(graph), EmbeddedStore()
    in_named.add(graph, [work])
    rules = compile_ontology(graph)
    materialize(in_default, rules)
    materialize(in_named, rules, working_graph=work, inferred_graph=iri("mine"))
    named = [t for t in graph if all(isinstance(term, URIRef) for term in t)]
    assert triples_of(in_named, iri("mine")) == triples_of(in_default, INFERRED_GRAPH)
    assert set(named) <= triples_of(in_named, work)
    assert triples_of(in_named) == set()


def test_a_second_run_starts_from_the_stated_facts():
    graph = parse(FAMILY)
    store, rules = store_of(graph), compile_ontology(graph)
    materialize(store, rules)
    before = triples_of(store), triples_of(store, INFERRED_GRAPH)
    materialize(store, rules)
    assert (triples_of(store), triples_of(store, INFERRED_GRAPH)) == before
    store.update(f"DELETE DATA {{ <{EX}a> <{EX}p> <{EX}b> }}")
    materialize(store, rules)
    assert (iri("a"), iri("q"), iri("e")) not in triples_of(store)


def test_counts_by_rule_add_up():
    graph = parse(FAMILY)
    store = store_of(graph)
    report = materialize(store, compile_ontology(graph), count_by_rule=True)
    assert sum(report.by_rule.values()) == count_triples(store, INFERRED_GRAPH)
    assert report.by_rule["prp-spo1"] == 4
    assert report.by_rule["prp-trp"] == 6
    assert report.by_rule["prp-dom"] == 4


def test_progress_is_told_and_comes_to_its_end():
    graph, told = parse(FAMILY), []
    materialize(
        store_of(graph),
        compile_ontology(graph),
        progress=lambda done, expected, label: told.append((done, expected, label)),
    )
    assert [done for done, _, _ in told] == list(range(1, len(told) + 1))
    assert all(done <= expected for done, expected, _ in told)
    assert "prp-trp" in {label for _, _, label in told}


def test_rules_that_make_terms_without_end_are_stopped(monkeypatch):
    monkeypatch.setattr("osai_graph.reasoning.materialize.MAX_ROUNDS", 20)
    endless = Rule(
        "endless",
        ((Variable("x"), iri("p"), Variable("y")),),
        (Variable("z"), iri("p"), Variable("x")),
        "{x}",
        filters=('BIND (IRI(CONCAT(STR(?x), "-")) AS ?z)',),
    )
    store = store_of(parse(":a :p :b ."))
    with pytest.raises(GraphError, match="endless do not come to an end"):
        materialize(store, [endless])
    for graph in SCRATCH_GRAPHS:
        assert triples_of(store, graph) == set()


def test_each_stratum_is_final_before_what_builds_on_it():
    last = rule("last", "?x d ?y", "?x c ?y")
    loop = rule("loop", "?x c ?z", "?x b ?y", "?y c ?z")
    feed = rule("feed", "?x c ?y", "?x b ?y")
    first = rule("first", "?x b ?y", "?x a1 ?y")
    strata = stratify([last, loop, feed, first])
    assert [[r.name for r in s.rules] for s in strata] == [["first"], ["feed"], ["loop"], ["last"]]
    assert [s.recursive for s in strata] == [False, False, True, False]


def test_rules_that_need_each_other_run_together():
    there, back = rule("there", "?x b ?y", "?x c ?y"), rule("back", "?y c ?x", "?x b ?y")
    (stratum,) = stratify([there, back])
    assert stratum.recursive
    assert stratum.rules == (there, back)


def test_a_closed_hierarchy_is_one_stratum():
    steps = [("A", "B"), ("B", "C"), ("A", "C")]
    rules = [rule(f"{low}{high}", f"?x a {high}", f"?x a {low}") for low, high in steps]
    (stratum,) = stratify(rules)
    assert not stratum.recursive
    assert len(stratify(rules[:2])) == 2


def test_rules_that_differ_in_constants_share_an_update():
    rules = [rule(f"{low}B", "?x a B", f"?x a {low}") for low in "CDE"]
    join = rule("join", "?x q ?z", "?x p ?y", "?y p ?z")
    made = batches([*rules, join], None, set())
    assert [batch.name for batch in made] == ["join", "CB"]
    assert "VALUES" in made[1].body
    store = store_of(parse(":x a :D . :y a :F . :x :p :y ."))
    materialize(store, [*rules, join])
    assert triples_of(store, INFERRED_GRAPH) == {(iri("x"), RDF.type, iri("B"))}


def test_a_conclusion_that_may_be_stated_is_looked_up_first():
    """Otherwise a stated triple would stand among the inferred ones."""
    rules = [rule(f"{low}{high}", f"?x a {high}", f"?x a {low}") for low, high in ("AB", "AC")]
    made = batches(rules, None, {(RDF.type, iri("B"))})
    assert [(batch.name, batch.new) for batch in made] == [("AB", False), ("AC", True)]
    store = store_of(parse(":x a :A , :B . :y a :A ."))
    materialize(store, rules)
    assert triples_of(store, INFERRED_GRAPH) == {
        (iri("x"), RDF.type, iri("C")),
        (iri("y"), RDF.type, iri("B")),
        (iri("y"), RDF.type, iri("C")),
    }


def test_rules_that_nothing_feeds_are_left_out():
    fed = rule("fed", "?x q ?y", "?x p ?y")
    fed_by_rule = rule("fed by rule", "?x r ?y", "?x q ?y")
    starved = rule("starved", "?x s ?y", "?x p ?y", "?x never ?y")
    of_a_class = rule("of a class", "?x s ?x", "?x a A")
    of_another = rule("of another", "?x s ?x", "?x a B")
    rules = [fed, fed_by_rule, starved, of_a_class, of_another]
    store = EmbeddedStore()
    store.add(parse(":a :p :b ; a :A ."))
    kinds = kinds_in(store, rules)
    assert kinds == {(iri("p"),), (RDF.type, iri("A"))}
    assert [r.name for r in live_rules(rules, kinds)] == ["fed", "fed by rule", "of a class"]


def test_the_store_may_hold_blank_nodes():
    ontology = parse(DECLARATIONS + ":p rdfs:range :A ; rdfs:subPropertyOf :q .")
    store = store_of(ontology)
    store.add(Graph().parse(data=f"<{EX}a> <{EX}p> [ <{EX}r> 1 ] ."))
    materialize(store, compile_ontology(ontology))
    assert store.ask(f"ASK {{ <{EX}a> <{EX}q> ?b . ?b a <{EX}A> FILTER (isBlank(?b)) }}")
