"""Reasons of conclusions: proofs down to files and evidence, and what a missing triple lacks."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import PROV, RDF, RDFS

from osai_graph.build import collect_inputs, compile_rules
from osai_graph.errors import GraphError
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import GRAPH, INFERRED_GRAPH, OSAI, expand
from osai_graph.reasoning.compile import compile_ontology
from osai_graph.reasoning.explain import explain
from osai_graph.reasoning.materialize import materialize
from osai_graph.reasoning.proof_rendering import (
    proof_graph,
    proof_json,
    proof_text,
    why_not_json,
    why_not_text,
)
from osai_graph.reasoning.rules import match, substitute
from osai_graph.reasoning.verbalization import Labels, sentence
from osai_graph.reasoning.why_not import why_not
from tests.reasoning.owlrl_oracle import parse, store_of, triples_of
from tests.reasoning.random_ontologies import DECLARATIONS, axioms, facts, turtle
from tests.reasoning.test_against_owlrl import LIMITS

EX = "https://example.org/"


def iri(name):
    return URIRef(EX + name)


def built(document):
    graph = parse(DECLARATIONS + document)
    store, rules = store_of(graph), compile_ontology(graph)
    materialize(store, rules)
    return store, rules


@pytest.fixture(scope="module")
def small(small_store, small_graph_root):
    return small_store, compile_rules(collect_inputs(small_graph_root))


def triple(s, p, o):
    return expand(s), expand(p), expand(o)


def follows(proof):
    """Return whether each step of a proof is an application of its rule."""
    if proof.rule is None:
        return True
    bindings = match(proof.rule.head, proof.triple)
    premises = {premise.triple for premise in proof.premises}
    for pattern in proof.rule.body:
        if not any(
            match(substitute(pattern, bindings), premise) is not None for premise in premises
        ):
            return False
    return all(follows(premise) for premise in proof.premises)


def is_well_founded(proof, above=frozenset()):
    return proof.triple not in above and all(
        is_well_founded(premise, above | {proof.triple}) for premise in proof.premises
    )


@LIMITS
@given(st.lists(axioms, max_size=5), st.lists(facts, min_size=1, max_size=6))
def test_every_inferred_triple_has_a_proof_from_stated_ones(some_axioms, some_facts):
    graph = parse(turtle(some_axioms + some_facts))
    try:
        rules = compile_ontology(graph)
    except GraphError:
        return
    store = store_of(graph)
    stated = triples_of(store)
    materialize(store, rules)
    for conclusion in sorted(triples_of(store, INFERRED_GRAPH))[:8]:
        proof = explain(store, rules, conclusion)
        assert proof.triple == conclusion
        assert proof.rule is not None
        assert follows(proof)
        assert is_well_founded(proof)
        assert {leaf.triple for leaf in proof.leaves()} <= stated


def test_the_shortest_of_several_proofs_is_taken():
    store, rules = built(
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r . :r rdfs:domain :A . "
        ":s rdfs:domain :A . :a :p :b ; :s :b ."
    )
    proof = explain(store, rules, (iri("a"), RDF.type, iri("A")))
    assert proof.rule.name == "prp-dom"
    assert [premise.triple for premise in proof.premises] == [(iri("a"), iri("s"), iri("b"))]


def test_a_proof_does_not_rest_on_itself():
    store, rules = built(":p a owl:SymmetricProperty , owl:TransitiveProperty . :a :p :b .")
    proof = explain(store, rules, (iri("a"), iri("p"), iri("a")))
    assert is_well_founded(proof)
    assert {leaf.triple for leaf in proof.leaves()} == {(iri("a"), iri("p"), iri("b"))}


def test_more_ways_than_are_looked_at_first_do_not_hide_the_one_that_works(monkeypatch):
    monkeypatch.setattr("osai_graph.reasoning.explain.WAYS", 1)
    store, rules = built(
        ":p a owl:SymmetricProperty , owl:TransitiveProperty . :a :p :b . :b :p :c . :c :p :d ."
    )
    for s in "abcd":
        for o in "abcd":
            proof = explain(store, rules, (iri(s), iri("p"), iri(o)))
            assert is_well_founded(proof)
            assert follows(proof)


def test_what_does_not_hold_has_no_proof():
    store, rules = built(":p rdfs:domain :A . :a :p :b .")
    assert explain(store, rules, (iri("b"), RDF.type, iri("A"))) is None


def test_a_conclusion_of_other_rules_is_an_error():
    store, _ = built(":p rdfs:domain :A . :a :p :b .")
    with pytest.raises(GraphError, match="not by the rules of this version"):
        explain(store, [], (iri("a"), RDF.type, iri("A")))


def test_conclusions_about_terms_rest_on_axioms():
    store, rules = built(":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .")
    proof = explain(store, rules, (iri("A"), RDFS.subClassOf, iri("C")))
    assert proof.rule.name == "scm-sco"
    assert [axiom.triple[2] for axiom in proof.axioms] == [iri("B"), iri("C")]


def test_a_literal_may_be_asked_for_in_any_form():
    store, rules = built(':a :p "7"^^xsd:integer .')
    seven = Literal("07", datatype="http://www.w3.org/2001/XMLSchema#integer", normalize=False)
    assert explain(store, rules, (iri("a"), iri("p"), seven)).rule is None


GIVES = ("system:lumen#weights", "osai:givesFreedom", "osai:FreedomToShare")
DENIES = ("system:lumen-7b#weights", "osai:deniesFreedom", "osai:FreedomToUse")


def test_a_proof_reads_like_an_argument(small):
    text = proof_text(explain(*small, triple("system:halo#weights", *GIVES[1:])))
    lines = text.splitlines()
    assert lines[0] == (
        "“weights of Halo” gives the freedom to share because it is available to everyone and its "
        "license, Open Example License 1.0, grants it. [ontology/rules/gives-freedom.rq]"
    )
    assert lines[1] == "├─ “weights of Halo” has availability: available."
    assert lines[2] == "│     stated in data/systems/halo.ttl"
    assert lines[3].startswith("│     evidence: https://")
    assert "├─ The license of “weights of Halo” is Open Example License 1.0." in lines
    assert "└─ Open Example License 1.0 grants the freedom to share." in lines
    assert "      stated in data/licenses/Open-1.0.ttl" in lines


def test_a_compiled_rule_is_named_with_the_files_of_its_axioms(small):
    proof = explain(*small, triple("system:halo", "rdf:type", "osai:AISystem"))
    assert proof_text(proof).splitlines()[0] == (
        "Halo is an AI system, because every model is an AI system. [cax-sco; ontology/systems.ttl]"
    )


def test_json_has_the_documented_shape(small):
    tree = json.loads(
        json.dumps(proof_json(explain(*small, triple("system:halo#weights", *GIVES[1:]))))
    )
    assert tree["holds"] is True
    assert tree["rule"] == "gives-freedom"
    assert tree["rule_file"] == "ontology/rules/gives-freedom.rq"
    leaf = tree["premises"][0]
    assert leaf["rule"] is None
    assert leaf["files"] == ["data/systems/halo.ttl"]
    assert leaf["evidence"][0]["url"].startswith("https://")
    assert leaf["triple"]["object"] == {"type": "uri", "value": str(OSAI.Available)}
    assert set(leaf) == set(tree)


def test_one_walk_over_was_derived_from_gives_the_proof(small):
    proof = explain(*small, triple("system:halo", "rdf:type", "osai:AISystem"))
    graph = Graph().parse(data=proof_graph(proof).serialize())
    (root,) = set(graph.subjects(PROV.wasDerivedFrom)) - set(
        graph.objects(None, PROV.wasDerivedFrom)
    )
    assert (root, RDF.object, OSAI.AISystem) in graph
    sources = set(graph.objects(root, PROV.wasDerivedFrom))
    assert {graph.value(node, RDF.predicate) for node in sources} == {RDF.type, RDFS.subClassOf}
    plans = set(graph.objects(None, PROV.hadPlan))
    assert [str(graph.value(plan, RDFS.label)) for plan in plans] == ["cax-sco"]
    assert all(graph.value(node, PROV.hadPrimarySource) for node in sources)
    assert proof.triple not in graph


def test_what_is_missing_is_said_rule_by_rule(small):
    store, rules = small
    asked = triple("system:lumen-7b#weights", "osai:givesFreedom", "osai:FreedomToUse")
    assert explain(store, rules, asked) is None
    (attempt,) = why_not(store, rules, asked)
    assert attempt.rule.name == "gives-freedom"
    assert all(explain(store, rules, held) for held in attempt.holds)
    text = why_not_text(asked, [attempt], Labels(store))
    assert text.startswith("It is not known that “weights of Lumen 7B” gives the freedom to use.")
    assert "✓ The license of “weights of Lumen 7B” is " in text
    assert "grants the freedom to use." in text
    tree = json.loads(json.dumps(why_not_json(asked, [attempt])))
    assert tree["holds"] is False
    assert tree["attempts"][0]["missing"]


def test_premises_about_something_else_do_not_count_as_held():
    store, rules = built(":q owl:propertyChainAxiom ( :p :r ) . :x :r :y . :a :p :b .")
    (attempt,) = why_not(store, rules, (iri("a"), iri("q"), iri("y")))
    assert attempt.holds == ((iri("a"), iri("p"), iri("b")),)
    assert [missing.pattern for missing in attempt.missing] == [(iri("b"), iri("r"), iri("y"))]


def test_a_missing_premise_is_looked_into():
    store, rules = built(
        ":q owl:propertyChainAxiom ( :p :r ) . :r owl:propertyChainAxiom ( :s :s ) . "
        ":a :p :b . :b :s :c ."
    )
    (attempt,) = why_not(store, rules, (iri("a"), iri("q"), iri("y")))
    (missing,) = attempt.missing
    assert missing.pattern == (iri("b"), iri("r"), iri("y"))
    assert missing.attempts[0].holds == ((iri("b"), iri("s"), iri("c")),)


def test_what_no_rule_concludes_has_to_be_stated():
    store, rules = built(":a :p :b .")
    asked = (iri("a"), iri("p"), iri("c"))
    assert why_not(store, rules, asked) == ()
    assert "would have to be stated" in why_not_text(asked, (), Labels(store))


@pytest.mark.parametrize(
    ("stated", "text"),
    [
        (
            ("system:halo", "osai:trainedOn", "dataset:paper-trail"),
            "Halo was trained on Paper Trail",
        ),
        (("system:halo", "rdf:type", "osai:Model"), "Halo is a model"),
        (
            ("system:halo#weights", "rdf:type", "osai:ModelWeights"),
            "“weights of Halo” counts as model weights",
        ),
        (
            ("osai:ModelWeights", "rdfs:subClassOf", "osai:Artifact"),
            "all model weights count as an artifact",
        ),
        (
            ("system:halo", "osai:isDevelopedBy", "organization:borealis"),
            "Halo is developed by Borealis",
        ),
        (
            ("osai:limitsFreedom", "rdfs:subPropertyOf", "osai:deniesFreedom"),
            "“limits freedom” implies “denies freedom”",
        ),
    ],
)
def test_triples_are_read_as_sentences(small_store, stated, text):
    assert sentence(triple(*stated), Labels(small_store)) == text


def test_evidence_of_a_file_that_says_otherwise_is_left_out():
    facts = (
        ":part osai:hasAvailability osai:{0} ; osai:hasEvidence :e{0} . "
        ":e{0} osai:isEvidenceFor osai:hasAvailability ; schema:url <https://example.org/{0}> ."
    )
    prefixes = f"@prefix osai: <{OSAI}> . @prefix schema: <https://schema.org/> . "
    store = EmbeddedStore()
    store.add(parse(prefixes + facts.format("Available")), [GRAPH["data/sources/one/x"], None])
    store.add(parse(prefixes + facts.format("Gated")), [GRAPH["data/systems/x"], None])
    proof = explain(store, [], (iri("part"), OSAI.hasAvailability, OSAI.Gated))
    assert [evidence.url for evidence in proof.evidence] == ["https://example.org/Gated"]
    assert proof.graphs == (GRAPH["data/systems/x"],)


def test_curated_files_and_their_evidence_are_named_first_and_long_lists_are_cut():
    fact = f"<{EX}part> <{OSAI.hasAvailability}> <{OSAI.Gated}> ; <{OSAI.hasEvidence}> "
    store = EmbeddedStore()
    for folder in ("data/sources/a", "data/sources/b", "data/sources/c", "data/systems"):
        evidence = f"<{EX}{folder}/e>"
        store.add(
            parse(
                f"{fact} {evidence} . {evidence} <{OSAI.isEvidenceFor}> <{OSAI.hasAvailability}> ."
            ),
            [GRAPH[f"{folder}/x"], None],
        )
    text = proof_text(explain(store, [], (iri("part"), OSAI.hasAvailability, OSAI.Gated)))
    assert (
        "stated in data/systems/x.ttl, data/sources/a/x.ttl, data/sources/b/x.ttl and 1 more"
        in text
    )
    assert f"evidence: {EX}data/systems/e" in text.splitlines()[2]
    assert "and 1 more pieces of evidence" in text
