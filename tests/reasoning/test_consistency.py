"""Contradictions are reported with the rule, the axiom, the facts and the files."""

import pytest
from rdflib import URIRef
from rdflib.namespace import OWL, RDF

from osai_graph.errors import InconsistencyError
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import GRAPH
from osai_graph.reasoning.compile import compile_ontology
from osai_graph.reasoning.consistency import (
    LIMIT,
    SHOWN,
    find_inconsistencies,
    require_consistent,
)
from osai_graph.reasoning.materialize import materialize
from tests.reasoning.owlrl_oracle import parse
from tests.reasoning.random_ontologies import DECLARATIONS

EX = "https://example.org/"
ONTOLOGY = (
    DECLARATIONS
    + ":A owl:disjointWith :B . :p rdfs:domain :A . :A rdfs:label 'thing'@en . "
    + ":B rdfs:label 'event'@en . :p rdfs:label 'has part'@en . :D rdfs:subClassOf :B ."
)


def iri(name):
    return URIRef(EX + name)


def built(**files):
    """Return a materialized store of the ontology and some files, and its rules."""
    store, rules = EmbeddedStore(), compile_ontology(parse(ONTOLOGY))
    store.add(parse(ONTOLOGY), [None, GRAPH["ontology/terms"]])
    for name, text in files.items():
        store.add(parse(text), [None, GRAPH[f"data/systems/{name}"]])
    materialize(store, rules)
    return store, rules


def test_a_contradiction_names_rule_axiom_facts_and_files():
    (found,) = find_inconsistencies(*built(one=":x :p :y .", two=":x a :D ; rdfs:label 'X' ."))
    assert found.rule == "cax-dw"
    assert found.axioms == ((iri("A"), OWL.disjointWith, iri("B")),)
    assert set(found.triples) == {(iri("x"), RDF.type, iri("A")), (iri("x"), RDF.type, iri("B"))}
    assert set(found.graphs) == {GRAPH["data/systems/one"], GRAPH["data/systems/two"]}
    assert [proof.rule.name for proof in found.proofs] == ["prp-dom", "cax-sco"]
    assert found.sentence == (
        "The facts contradict each other, because nothing can be both a thing and an event: "
        "X is a thing; X is an event"
    )


def test_the_error_says_what_to_look_at():
    store, rules = built(one=":x :p :y .", two=":x a :D .")
    with pytest.raises(InconsistencyError) as error:
        require_consistent(store, rules)
    message = str(error.value)
    assert "[cax-dw]" in message
    assert f"{EX}x rdf:type {EX}A (inferred by prp-dom, data/systems/one.ttl)" in message
    assert f"{EX}x rdf:type {EX}B (inferred by cax-sco, data/systems/two.ttl)" in message
    assert f"{EX}A owl:disjointWith {EX}B (axiom)" in message
    assert error.value.remedy


def test_a_consistent_graph_passes():
    store, rules = built(one=":x :p :y . :y a :B .")
    require_consistent(store, rules)
    assert find_inconsistencies(store, rules) == []


def test_many_contradictions_are_cut_short():
    many = " ".join(f":x{n} a :A , :B ." for n in range(LIMIT + 5))
    store, rules = built(one=many)
    assert len(find_inconsistencies(store, rules)) == LIMIT
    with pytest.raises(InconsistencyError, match=f"and {LIMIT - SHOWN} more"):
        require_consistent(store, rules)


def test_a_pair_is_reported_once_though_it_matches_both_ways():
    graph = parse(DECLARATIONS + ":p a owl:AsymmetricProperty . :a :p :b . :b :p :a .")
    store, rules = EmbeddedStore(), compile_ontology(graph)
    store.add(graph)
    assert [found.rule for found in find_inconsistencies(store, rules)] == ["prp-asyp"]
