"""writing puts verdicts into a graph as osai:Verdict nodes, and takes them out again."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from rdflib import Literal, URIRef

from osai_graph.assessment.values import Value
from osai_graph.assessment.verdicts import Assessment, Verdict
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import OSAI, RDF, VERDICTS_GRAPH, XSD

#: A triple as N-Triples writes its terms: a graph has too many verdicts to make objects of them.
Statement = tuple[str, str, str]

_SUBJECT = URIRef("http://www.w3.org/ns/earl#subject")


def verdict_triples(assessment: Assessment) -> Iterator[Statement]:
    """Yield the verdicts of an assessment, and the outcomes that systems reach."""
    for verdict in assessment:
        yield from _of_verdict(verdict)
    for framework in assessment.frameworks:
        for system in assessment.systems:
            for outcome in assessment.reached(system, framework):
                yield system.n3(), OSAI.reachesOutcome.n3(), outcome.iri.n3()


def _of_verdict(verdict: Verdict) -> Iterator[Statement]:
    node = f"<{verdict.iri}>"
    yield node, _TYPE, _VERDICT
    yield node, _SUBJECT_OF, f"<{verdict.system}>"
    yield node, _REQUIREMENT, f"<{verdict.requirement.iri}>"
    yield node, _FRAMEWORK, f"<{verdict.framework.iri}>"
    yield node, _VALUE, _VALUES[verdict.value]
    for thing in verdict.because:
        yield node, _BECAUSE, f"<{thing}>"
    for sentence in verdict.missing:
        yield node, _MISSING, Literal(sentence, lang="en").n3()
    if not verdict.requirement.is_leaf:
        yield node, _MET, _number(verdict.met)
        yield node, _LEAVES, _number(verdict.leaves)


def _number(value: int) -> str:
    return f'"{value}"^^{XSD.integer.n3()}'


_TYPE, _SUBJECT_OF = RDF.type.n3(), _SUBJECT.n3()
_VALUES = {value: value.iri.n3() for value in Value}
_VERDICT, _REQUIREMENT, _FRAMEWORK, _VALUE, _BECAUSE, _MISSING, _MET, _LEAVES = (
    OSAI[name].n3()
    for name in (
        "Verdict",
        "ofRequirement",
        "ofFramework",
        "hasVerdictValue",
        "isBecauseOf",
        "missingFact",
        "metCount",
        "leafCount",
    )
)


def write_verdicts(store: EmbeddedStore, assessment: Assessment) -> None:
    """Add verdicts to the default graph and to the graph of verdicts."""
    content = "".join(f"{s} {p} {o} .\n" for s, p, o in verdict_triples(assessment)).encode()
    for graph in (ox.DefaultGraph(), ox.NamedNode(str(VERDICTS_GRAPH))):
        store.engine.bulk_load(content, format=ox.RdfFormat.N_TRIPLES, to_graph=graph)


def take_back_verdicts(store: EmbeddedStore, system: URIRef | None = None) -> None:
    """Remove the verdicts on one system, or on all of them, from both graphs."""
    named = ox.NamedNode(str(VERDICTS_GRAPH))
    if system is None:
        quads = list(store.engine.quads_for_pattern(None, None, None, named))
    else:
        subject = ox.NamedNode(system)
        by_subject = ox.NamedNode(str(_SUBJECT))
        verdicts = store.engine.quads_for_pattern(None, by_subject, subject, named)
        nodes = [quad.subject for quad in verdicts] + [subject]
        quads = [
            quad for s in nodes for quad in store.engine.quads_for_pattern(s, None, None, named)
        ]
    for quad in quads:
        store.engine.remove(quad)
        store.engine.remove(ox.Quad(quad.subject, quad.predicate, quad.object))
