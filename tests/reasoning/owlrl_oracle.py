"""owlrl_oracle compares our conclusions with those of owlrl, the reference implementation."""

from __future__ import annotations

import logging
import warnings

import owlrl
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import OWL, RDF, RDFS, XSD

from osai_graph.graph.store import EmbeddedStore
from osai_graph.reasoning.compile import compile_ontology
from osai_graph.reasoning.materialize import materialize

PREFIXES = """
@prefix : <https://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
BUILT_IN = (str(OWL), str(RDF), str(RDFS), str(XSD))
REFLEXIVE = {
    OWL.sameAs,
    RDFS.subClassOf,
    RDFS.subPropertyOf,
    OWL.equivalentClass,
    OWL.equivalentProperty,
}
ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")


def parse(turtle):
    return Graph().parse(data=PREFIXES + turtle, format="turtle")


def is_junk(triple):
    """What owlrl adds and we leave out on purpose."""
    s, p, o = triple
    return (
        isinstance(s, Literal)  # no RDF
        or any(isinstance(term, BNode) for term in triple)  # typing with a class without a name
        or (s == o and p in REFLEXIVE)  # everything is itself
        or str(s).startswith(BUILT_IN)  # axiomatic triples about the vocabularies
        or (
            p in (RDF.type, RDFS.domain, RDFS.range)
            and o != OWL.Nothing
            and str(o).startswith(BUILT_IN)
        )
        or (p == RDFS.subClassOf and o in (OWL.Thing, RDFS.Resource))  # true of every class
    )


def owlrl_closure(graph):
    """Return what owlrl concludes, its junk left out, and whether it found a contradiction."""
    closure = Graph()
    for triple in graph:
        closure.add(triple)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        owlrl.DeductiveClosure(
            owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False
        ).expand(closure)
        logging.disable(logging.NOTSET)
    errors = set(closure.subject_objects(ERROR))
    conclusions = {t for t in closure if not is_junk(t) and ERROR not in t}
    return conclusions - set(graph), bool(errors)


def store_of(graph):
    store = EmbeddedStore()
    store.add(graph)
    return store


def our_closure(graph, **options):
    """Return what our rules conclude, from the same graph as ontology and facts."""
    store = store_of(graph)
    stated = triples_of(store)
    materialize(store, compile_ontology(graph), **options)
    return {t for t in triples_of(store) - stated if not is_junk(t)}


def triples_of(store, graph=None):
    pattern = "?s ?p ?o" if graph is None else f"GRAPH {graph.n3()} {{ ?s ?p ?o }}"
    return set(store.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}"))
