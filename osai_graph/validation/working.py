"""working holds the triples that shapes look at: in rdflib for pySHACL, in a store for SPARQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph
from rdflib.term import Node

from osai_graph.graph.store import EmbeddedStore, from_rdflib
from osai_graph.namespaces import GRAPH, SKOS
from osai_graph.reasoning.materialize import materialize
from osai_graph.reasoning.rules import Rule
from osai_graph.reasoning.settle import settle
from osai_graph.validation.context import ontology_quads
from osai_graph.validation.entries import Entry, to_rdflib_triple
from osai_graph.validation.neighborhood import Stated

#: Of no use to a shape, and a third of the ontology.
_WORDS = frozenset(str(prop) for prop in (SKOS.definition, SKOS.example, SKOS.scopeNote))

_DEFAULT = ox.DefaultGraph()

#: A named graph and its quads, as settling takes them.
SourceQuads = tuple[ox.NamedNode, list[ox.Quad]]


class WorkingGraph:
    """The same triples for both engines.

    Attributes:
        data: the triples for pySHACL, with literals as the files write them where they were read
            from files.
        store: the triples in the default graph of a store.
    """

    def __init__(self) -> None:
        self.data = Graph(bind_namespaces="none")
        self.store = EmbeddedStore()


def stated_graph(root: Path, context: Stated, entries: Sequence[Entry]) -> WorkingGraph:
    """Return the ontology, the entries as they stand and what their context states.

    What other sources state of the same things is left out: each answers for itself, and settling
    their disagreements is not a fault of the entry.
    """
    working = WorkingGraph()
    working.store.engine.extend([_quad(q, _DEFAULT) for q in ontology_quads(root)])
    for triple in _terms(root):
        working.data.add(triple)
    own = {node for entry in entries for node in entry.nodes}
    beside = [t for triples in context.values() for t in triples if t[0] not in own]
    working.store.add(beside)
    for triple in (*beside, *(triple for entry in entries for triple in entry.graph)):
        working.data.add(triple)
    for entry in entries:
        working.store.engine.extend([_quad(quad, _DEFAULT) for quad in entry.quads])
    return working


def accepted_graph(
    root: Path, context: Stated, entries: Sequence[Entry], rules: Iterable[Rule]
) -> WorkingGraph:
    """Return what is accepted of the statements of all sources, and what follows from it.

    This is what the default graph of the built store would hold of these files.
    """
    files: list[SourceQuads] = [(ox.NamedNode(GRAPH + "ontology"), list(ontology_quads(root)))]
    files += [_file(iri, triples) for iri, triples in context.items()]
    files += [(ox.NamedNode(str(e.graph.identifier)), list(e.quads)) for e in entries]
    settlement = settle(files)
    working = WorkingGraph()
    triples = settlement.accepted + settlement.disagreements
    working.store.engine.extend([_quad(triple, _DEFAULT) for triple in triples])
    materialize(working.store, rules)
    for quad in working.store.engine.quads_for_pattern(None, None, None, _DEFAULT):
        if quad.predicate.value not in _WORDS:
            working.data.add(to_rdflib_triple(quad))
    return working


def _file(iri: str, triples: Iterable[tuple[Node, Node, Node]]) -> SourceQuads:
    graph = ox.NamedNode(iri)
    return graph, [
        ox.Quad(from_rdflib(s), from_rdflib(p), from_rdflib(o), graph)  # type: ignore[arg-type]
        for s, p, o in triples
    ]


def _quad(triple: ox.Triple | ox.Quad, graph: ox.DefaultGraph) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


@lru_cache(maxsize=4)
def _terms(root: Path) -> tuple[tuple[Node, Node, Node], ...]:
    """Return the triples of the ontology without the words that only people read."""
    quads = ontology_quads(root)
    return tuple(to_rdflib_triple(quad) for quad in quads if quad.predicate.value not in _WORDS)
