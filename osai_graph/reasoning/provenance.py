"""provenance looks up where a stated triple stands, and which evidence its file gives for it."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import BNode, URIRef, Variable
from rdflib.term import Identifier

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import GRAPH, INFERRED_GRAPH, OSAI, PAV, SCHEMA
from osai_graph.reasoning.rules import Triple, in_graph, sparql_pattern

#: Graphs of files are named after their folder; what the build computes is not a file.
FILE_GRAPHS = (str(GRAPH["data/"]), str(GRAPH["ontology/"]))

#: Graphs of files with the statements of other people's collections.
IMPORTED = str(GRAPH["data/sources/"])


@dataclass(frozen=True)
class Evidence:
    """Where a fact was read: the address, when, what is to be seen there; and the file's graph."""

    iri: URIRef
    url: str | None
    retrieved: str | None
    shows: str | None
    graph: URIRef


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


def evidence_of(store: GraphStore, triple: Triple) -> tuple[Evidence, ...]:
    """Return the evidence that the files which state a triple give for it, curated files first.

    Evidence is for a property of a subject. Where sources disagree on the value, that of a file
    that states another value says nothing for this one; so both must stand in one file.
    """
    subject, predicate, _ = triple
    if any(isinstance(term, BNode) for term in triple):
        return ()
    e = Variable("e")
    given = [triple, (subject, OSAI.hasEvidence, e), (e, OSAI.isEvidenceFor, predicate)]
    details = " ".join(
        f"OPTIONAL {{ {sparql_pattern((e, p, Variable(name)))} }}"
        for p, name in ((SCHEMA.url, "url"), (PAV.retrievedOn, "at"), (OSAI.shows, "shows"))
    )
    rows = store.select(
        f"SELECT DISTINCT ?g ?e ?url ?at ?shows "
        f"WHERE {{ GRAPH ?g {{ {in_graph(None, given)} {details} }} }} ORDER BY ?g ?e ?url"
    ).rows
    found = [
        Evidence(e, _text(url), _text(at), _text(shows), g)
        for g, e, url, at, shows in rows
        if isinstance(e, URIRef) and isinstance(g, URIRef)
    ]
    by_place = sorted(found, key=lambda one: str(one.graph).startswith(IMPORTED))
    return tuple({one.iri: one for one in reversed(by_place)}.values())[::-1]


def _text(value: Identifier | None) -> str | None:
    return None if value is None else str(value)
