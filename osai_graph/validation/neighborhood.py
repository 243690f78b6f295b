"""neighborhood gathers what of the graph the conclusions about an entry can depend on.

A conclusion about an entry rests on the entry, on the records that it refers to, directly or
through others, and on statements of others about it. These files are taken as stated, without what
was inferred when the old version of the entry was still there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rdflib import URIRef
from rdflib.term import Identifier, Node

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import BASE, GRAPH, OSAI, RDF
from osai_graph.reasoning.rules import Triple
from osai_graph.validation.entries import Entry

#: The triples of named graphs, by the IRI of the graph.
Stated = dict[str, set[Triple]]

_NO_RECORD = (str(OSAI), str(GRAPH))
_CHUNK = 500


def _is_no_record(iri: str) -> bool:
    return iri.startswith(_NO_RECORD)


def _values(terms: Iterable[str]) -> str:
    return " ".join(URIRef(term).n3() for term in terms)


def _chunks(terms: Iterable[str]) -> Iterable[list[str]]:
    ordered = sorted(terms)
    return (ordered[i : i + _CHUNK] for i in range(0, len(ordered), _CHUNK))


def referred(triples: Iterable[tuple[Node, Node, Node]]) -> set[str]:
    """Return the things of the graph that triples refer to, and the records these are parts of."""
    found: set[str] = set()
    for _, _, value in triples:
        name = str(value)
        if isinstance(value, URIRef) and name.startswith(BASE) and not _is_no_record(name):
            found.update((name, name.partition("#")[0]))
    return found


class _Gatherer:
    def __init__(self, store: GraphStore, replaced: set[str]) -> None:
        self._store = store
        self._replaced = replaced
        self._seen_graphs = set(replaced)
        self._seen_things: set[str] = set()
        self.graphs: Stated = defaultdict(set)

    def follow(self, things: set[str]) -> None:
        """Add the files that describe the things, and those that describe what they refer to."""
        while things := things - self._seen_things:
            self._seen_things |= things
            graphs = self._graphs_about(things)
            self._seen_graphs |= graphs
            things = set()
            for chunk in _chunks(graphs):
                added = self._add(f"VALUES ?g {{ {_values(chunk)} }} GRAPH ?g {{ ?s ?p ?o }}")
                things |= referred(added)

    def add_statements_about(self, things: set[str]) -> None:
        """Add what other files state of the things, and the claims about them."""
        for chunk in _chunks(things):
            known = f"VALUES ?n {{ {_values(chunk)} }} GRAPH ?g"
            self._add(f"{known} {{ ?s ?p ?n }} BIND (?n AS ?o)")
            self._add(f"{known} {{ ?s {RDF.subject.n3()} ?n ; ?p ?o }}")

    def _add(self, pattern: str) -> list[Triple]:
        added: list[Triple] = []
        for s, p, o, graph in self._store.select(f"SELECT ?s ?p ?o ?g WHERE {{ {pattern} }}").rows:
            if s is None or p is None or o is None or not self._is_file(graph):
                continue
            if str(graph) not in self._replaced:
                self.graphs[str(graph)].add((s, p, o))
                added.append((s, p, o))
        return added

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


def gather(store: GraphStore, entries: Sequence[Entry]) -> Stated:
    """Return what files of the graph state, as far as conclusions about the entries rest on it.

    What the graph has of the same files is left out: an entry replaces its older version.
    """
    gatherer = _Gatherer(store, {iri for entry in entries for iri in entry.replaces})
    own = {str(node) for entry in entries for node in entry.nodes if isinstance(node, URIRef)}
    gatherer.add_statements_about({node for node in own if not _is_no_record(node)})
    things = {thing for entry in entries for thing in referred(entry.graph)}
    gatherer.follow(things | {node.partition("#")[0] for node in own})
    return gatherer.graphs
