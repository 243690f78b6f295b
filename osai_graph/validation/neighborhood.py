"""neighborhood gathers what of the graph the conclusions about an entry can depend on.

A conclusion about an entry rests on the entry, on the records that it refers to, directly or
through others, and on statements of others about it. These files are taken as stated, without what
was inferred when the old version of the entry was still there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rdflib import URIRef
from rdflib.term import Identifier

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import BASE, GRAPH, OSAI, RDF
from osai_graph.reasoning.rules import Triple
from osai_graph.validation.entries import Entry, record_graph

_NO_RECORD = (str(OSAI), str(GRAPH))
_CHUNK = 500


def _is_no_record(iri: str) -> bool:
    return iri.startswith(_NO_RECORD)


def _values(terms: Iterable[str]) -> str:
    return " ".join(URIRef(term).n3() for term in terms)


def _chunks(terms: Iterable[str]) -> Iterable[list[str]]:
    ordered = sorted(terms)
    return (ordered[i : i + _CHUNK] for i in range(0, len(ordered), _CHUNK))


def referred(triples: Iterable[Triple]) -> set[str]:
    """Return the things of the graph that triples refer to, and the records these are parts of."""
    found: set[str] = set()
    for _, _, value in triples:
        name = str(value)
        if isinstance(value, URIRef) and name.startswith(BASE) and not _is_no_record(name):
            found.update((name, name.partition("#")[0]))
    return found


class _Gatherer:
    def __init__(self, store: GraphStore, replaced: set[URIRef]) -> None:
        self._store = store
        self._seen_graphs = {str(graph) for graph in replaced}
        self._seen_things: set[str] = set()
        self.triples: set[Triple] = set()

    def follow(self, things: set[str]) -> None:
        """Add the files that describe the things, and those that describe what they refer to."""
        while things := things - self._seen_things:
            self._seen_things |= things
            added = self._read(self._graphs_about(things))
            self.triples |= added
            things = referred(added)

    def add_statements_about(self, things: set[str]) -> None:
        """Add what other files state of the things, and the claims about them."""
        for chunk in _chunks(things):
            self._add(
                f"SELECT ?s ?p ?o ?g WHERE {{ VALUES ?o {{ {_values(chunk)} }} "
                f"GRAPH ?g {{ ?s ?p ?o }} }}"
            )
            self._add(
                f"SELECT ?s ?p ?o ?g WHERE {{ VALUES ?n {{ {_values(chunk)} }} "
                f"GRAPH ?g {{ ?s {RDF.subject.n3()} ?n ; ?p ?o }} }}"
            )

    def _add(self, query: str) -> None:
        for s, p, o, graph in self._store.select(query).rows:
            if self._is_file(graph) and str(graph) not in self._seen_graphs:
                self.triples.add(_triple(s, p, o))

    @staticmethod
    def _is_file(graph: Identifier | None) -> bool:
        return graph is not None and graph.startswith(GRAPH + "data/")

    def _graphs_about(self, things: set[str]) -> set[str]:
        found: set[str] = set()
        for chunk in _chunks(things):
            rows = self._store.select(
                f"SELECT DISTINCT ?g WHERE {{ VALUES ?s {{ {_values(chunk)} }} "
                f"GRAPH ?g {{ ?s ?p ?o }} }}"
            ).rows
            found.update(str(row[0]) for row in rows if self._is_file(row[0]))
        return found - self._seen_graphs

    def _read(self, graphs: set[str]) -> set[Triple]:
        self._seen_graphs |= graphs
        found: set[Triple] = set()
        for chunk in _chunks(graphs):
            query = (
                f"SELECT ?s ?p ?o WHERE {{ VALUES ?g {{ {_values(chunk)} }} "
                f"GRAPH ?g {{ ?s ?p ?o }} }}"
            )
            for s, p, o in self._store.select(query).rows:
                found.add(_triple(s, p, o))
        return found


def _triple(*terms: Identifier | None) -> Triple:
    s, p, o = (term for term in terms if term is not None)
    return s, p, o


def gather(store: GraphStore, entries: Sequence[Entry]) -> set[Triple]:
    """Return the stated triples of the graph that conclusions about the entries can rest on.

    What the graph has of the same files is left out: an entry replaces its older version.
    """
    replaced = {URIRef(str(entry.graph.identifier)) for entry in entries}
    replaced |= {g for entry in entries if entry.record and (g := record_graph(entry.record))}
    gatherer = _Gatherer(store, replaced)
    own = {str(node) for entry in entries for node in entry.nodes if isinstance(node, URIRef)}
    gatherer.add_statements_about({node for node in own if not _is_no_record(node)})
    things = {thing for entry in entries for thing in referred(triples_of(entry))}
    gatherer.follow(things | {str(node).partition("#")[0] for node in own})
    return gatherer.triples


def triples_of(entry: Entry) -> Iterable[Triple]:
    """Return the triples of an entry."""
    return entry.graph  # type: ignore[return-value]
