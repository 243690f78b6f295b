"""provenance looks up where a stated triple stands, and which evidence its file gives for it."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import BNode, URIRef, Variable

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import GRAPH, INFERRED_GRAPH, OSAI, PAV, SCHEMA
from osai_graph.reasoning.rules import Triple, in_graph, sparql_pattern

#: Graphs of files are named after their folder; what the build computes is not a file.
FILE_GRAPHS = (str(GRAPH["data/"]), str(GRAPH["ontology/"]))


@dataclass(frozen=True)
class Evidence:
    """Where a fact was read: the address, when, and what is to be seen there."""

    iri: URIRef
    url: str | None
    retrieved: str | None
    shows: str | None


def graphs_of(
    store: GraphStore, triple: Triple, inferred_graph: URIRef = INFERRED_GRAPH
) -> tuple[URIRef, ...]:
    """Return the named graphs that state a triple: each is a file.

    A list or another anonymous node as the object matches any: SPARQL cannot name it.
    """
    terms = [Variable(f"blank{n}") if isinstance(t, BNode) else t for n, t in enumerate(triple)]
    if isinstance(terms[0], Variable):
        return ()
    pattern = terms[0], terms[1], terms[2]
    blank = " ".join(f"FILTER (isBlank({v.n3()}))" for v in terms if isinstance(v, Variable))
    rows = store.select(
        f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ {sparql_pattern(pattern)} {blank} }} }} "
        "ORDER BY ?g"
    ).rows
    return tuple(g for (g,) in rows if isinstance(g, URIRef) and g != inferred_graph)


def file_of(graph: URIRef) -> str:
    """Return the path of the file whose named graph this is.

    >>> file_of(GRAPH["data/systems/pythia"])
    'data/systems/pythia.ttl'
    """
    name = str(graph)
    return name.removeprefix(str(GRAPH)) + ".ttl" if name.startswith(FILE_GRAPHS) else name


def evidence_of(
    store: GraphStore, triple: Triple, working_graph: URIRef | None = None
) -> tuple[Evidence, ...]:
    """Return the evidence that the subject of a triple has for the property of the triple."""
    subject, predicate, _ = triple
    if isinstance(subject, BNode):
        return ()
    e = Variable("e")
    given: list[Triple] = [(subject, OSAI.hasEvidence, e), (e, OSAI.isEvidenceFor, predicate)]
    has = in_graph(working_graph, given)
    details = " ".join(
        f"OPTIONAL {{ {in_graph(working_graph, [(e, p, Variable(name))])} }}"
        for p, name in ((SCHEMA.url, "url"), (PAV.retrievedOn, "at"), (OSAI.shows, "shows"))
    )
    rows = store.select(
        f"SELECT DISTINCT ?e ?url ?at ?shows WHERE {{ {has} {details} }} ORDER BY ?e ?url"
    ).rows
    return tuple(
        Evidence(e, *(None if value is None else str(value) for value in rest))
        for e, *rest in rows
        if isinstance(e, URIRef)
    )
