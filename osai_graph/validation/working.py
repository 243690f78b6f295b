"""working holds the triples that shapes look at: in rdflib for pySHACL, in a store for SPARQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph
from rdflib.term import Node

from osai_graph.graph.store import EmbeddedStore, from_rdflib, to_rdflib
from osai_graph.namespaces import GRAPH, SKOS
from osai_graph.reasoning.materialize import materialize
from osai_graph.reasoning.rules import Rule
from osai_graph.reasoning.settle import settle
from osai_graph.validation.context import ontology_quads
from osai_graph.validation.entries import Entry
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
    for triples in context.values():
        _add(working, [triple for triple in triples if triple[0] not in own])
    for entry in entries:
        _add(working, entry.graph)
    return working


def accepted_graph(
    root: Path, context: Stated, entries: Sequence[Entry], rules: Iterable[Rule]
) -> WorkingGraph:
    """Return what is accepted of the statements of all sources, and what follows from it.

    This is what the default graph of the built store would hold of these files.
    """
    files: list[SourceQuads] = [(ox.NamedNode(GRAPH + "ontology"), list(ontology_quads(root)))]
    files += [_file(iri, triples) for iri, triples in context.items()]
    files += [_file(str(entry.graph.identifier), entry.graph) for entry in entries]
    settlement = settle(files)
    working = WorkingGraph()
    triples = settlement.accepted + settlement.disagreements
    working.store.engine.extend([_quad(triple, _DEFAULT) for triple in triples])
    materialize(working.store, rules)
    for quad in working.store.engine.quads_for_pattern(None, None, None, _DEFAULT):
        if quad.predicate.value not in _WORDS:
            working.data.add(_triple(quad))
    return working


def _add(working: WorkingGraph, triples: Collection[tuple[Node, Node, Node]] | Graph) -> None:
    working.store.add(triples)  # type: ignore[arg-type]
    for triple in triples:
        working.data.add(triple)


def _file(iri: str, triples: Iterable[tuple[Node, Node, Node]]) -> SourceQuads:
    graph = ox.NamedNode(iri)
    return graph, [
        ox.Quad(from_rdflib(s), from_rdflib(p), from_rdflib(o), graph)  # type: ignore[arg-type]
        for s, p, o in triples
    ]


def _quad(triple: ox.Triple | ox.Quad, graph: ox.DefaultGraph) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _triple(quad: ox.Quad) -> tuple[Node, Node, Node]:
    return to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)


@lru_cache(maxsize=4)
def _terms(root: Path) -> tuple[tuple[Node, Node, Node], ...]:
    """Return the triples of the ontology without the words that only people read."""
    quads = ontology_quads(root)
    return tuple(_triple(quad) for quad in quads if quad.predicate.value not in _WORDS)
