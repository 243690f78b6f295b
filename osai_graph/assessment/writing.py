"""writing puts verdicts into a graph as osai:Verdict nodes, and takes them out again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import pyoxigraph as ox
from rdflib import URIRef

from osai_graph.assessment.frameworks import Framework
from osai_graph.assessment.values import Value
from osai_graph.assessment.verdicts import Assessment, Verdict, assess_store
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import OSAI, RDF, VERDICTS_GRAPH, XSD

_EARL = "http://www.w3.org/ns/earl#"
_INTEGER = ox.NamedNode(str(XSD.integer))


@cache
def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


_TYPE = _node(str(RDF.type))
_SUBJECT = _node(f"{_EARL}subject")
_VERDICT, _OF, _BY, _VALUE, _BECAUSE, _MISSING, _MET, _LEAVES, _REACHES = (
    _node(str(OSAI[name]))
    for name in (
        "Verdict",
        "ofRequirement",
        "ofFramework",
        "hasVerdictValue",
        "isBecauseOf",
        "missingFact",
        "metCount",
        "leafCount",
        "reachesOutcome",
    )
)

Triple = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]


def verdict_triples(assessment: Assessment) -> Iterator[Triple]:
    """Yield the verdicts of an assessment as triples, and the outcomes that systems reach."""
    for verdict in assessment:
        yield from _of_verdict(verdict)
    for framework in assessment.frameworks:
        for outcome in framework.outcomes:
            yield from _reached(assessment, outcome.iri, outcome.requirement.iri)


def _reached(assessment: Assessment, outcome: URIRef, requirement: URIRef) -> Iterator[Triple]:
    for system in assessment.systems:
        verdict = assessment.verdicts.get((system, requirement))
        if verdict is not None and verdict.value is Value.MET:
            yield ox.NamedNode(system), _REACHES, _node(str(outcome))


def _of_verdict(verdict: Verdict) -> Iterator[Triple]:
    node = ox.NamedNode(verdict.iri)
    yield node, _TYPE, _VERDICT
    yield node, _SUBJECT, ox.NamedNode(verdict.system)
    yield node, _OF, _node(verdict.requirement.iri)
    yield node, _BY, _node(verdict.framework.iri)
    yield node, _VALUE, _node(verdict.value.iri)
    for thing in verdict.because:
        yield node, _BECAUSE, ox.NamedNode(thing)
    for sentence in verdict.missing:
        yield node, _MISSING, ox.Literal(sentence, language="en")
    if not verdict.requirement.is_leaf:
        yield node, _MET, ox.Literal(str(verdict.met), datatype=_INTEGER)
        yield node, _LEAVES, ox.Literal(str(verdict.leaves), datatype=_INTEGER)


def write_verdicts(store: EmbeddedStore, assessment: Assessment) -> int:
    """Add verdicts to the default graph and to `VERDICTS_GRAPH`; return how many triples."""
    triples = list(verdict_triples(assessment))
    for graph in (ox.DefaultGraph(), ox.NamedNode(str(VERDICTS_GRAPH))):
        store.engine.extend([ox.Quad(s, p, o, graph) for s, p, o in triples])
    return len(triples)


def take_back_verdicts(store: EmbeddedStore, system: URIRef | None = None) -> None:
    """Remove the verdicts on one system, or on all of them, from both graphs."""
    named = ox.NamedNode(str(VERDICTS_GRAPH))
    if system is None:
        quads = list(store.engine.quads_for_pattern(None, None, None, named))
    else:
        subject = ox.NamedNode(system)
        verdicts = store.engine.quads_for_pattern(None, _SUBJECT, subject, named)
        nodes = [quad.subject for quad in verdicts] + [subject]
        quads = [
            quad for s in nodes for quad in store.engine.quads_for_pattern(s, None, None, named)
        ]
    for quad in quads:
        store.engine.remove(quad)
        store.engine.remove(ox.Quad(quad.subject, quad.predicate, quad.object))


def add_verdicts(store: EmbeddedStore, frameworks: Iterable[Framework]) -> Assessment:
    """Judge every system of a materialized store and write the verdicts into it.

    Verdicts of an earlier run are taken back first.
    """
    take_back_verdicts(store)
    assessment = assess_store(store, frameworks)
    write_verdicts(store, assessment)
    return assessment
