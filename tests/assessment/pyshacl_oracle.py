"""pyshacl_oracle asks pySHACL, the reference, which nodes conform to the shapes of a framework.

Two things make it fast enough for hundreds of systems without touching what it decides: it stops at
the first failure of a node and writes no messages, and it remembers what it said of the same node
and shape, since that depends on nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pyshacl.pytypes import SHACLExecutor
from pyshacl.shape import Shape
from pyshacl.shapes_graph import ShapesGraph
from rdflib import Graph, URIRef

from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import OSAI, RDF, RDFS


def data_graph(store: EmbeddedStore, predicates: Iterable[URIRef]) -> Graph:
    """Return the triples of the default graph that shapes over the predicates can see."""
    graph = Graph(bind_namespaces="none")
    for predicate in sorted({*predicates, RDF.type, RDFS.subClassOf}):
        pattern = f"?s {predicate.n3()} ?o"
        for triple in store.construct(f"CONSTRUCT {{ {pattern} }} WHERE {{ {pattern} }}"):
            graph.add(triple)
    return graph


def conforming(
    data: Graph, shapes: Graph, nodes: Iterable[URIRef]
) -> dict[URIRef, frozenset[URIRef]]:
    """Return, for each shape that meets or refutes a requirement, the nodes that conform to it."""
    focus = sorted(nodes)
    leaves = {o for p in (OSAI.isMetBy, OSAI.isRefutedBy) for o in shapes.objects(None, p)}
    known = ShapesGraph(shapes)
    assert known.shapes
    executor = SHACLExecutor(validator=None, abort_on_first=True, max_validation_depth=100)
    found: dict[URIRef, frozenset[URIRef]] = {}
    with _quick():
        for leaf in sorted(leaves):
            shape = known.lookup_shape_from_node(leaf)
            good = (n for n in focus if shape.validate(executor, data, focus=n)[0])
            found[URIRef(str(leaf))] = frozenset(good)
    return found


@contextmanager
def _quick() -> Iterator[None]:
    answers: dict[tuple[object, object], Any] = {}
    validate = Shape.validate

    def remembered(
        self: Shape, executor: SHACLExecutor, graph: Graph, focus: Any = None, **more: Any
    ) -> Any:
        if isinstance(focus, (list, tuple, set, frozenset, type(None))):
            return validate(self, executor, graph, focus=focus, **more)
        if (self.node, focus) not in answers:
            answers[self.node, focus] = validate(self, executor, graph, focus=focus, **more)
        return answers[self.node, focus]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Shape, "validate", remembered)
        for module in [m for n, m in sys.modules.items() if n.startswith("pyshacl")]:
            if hasattr(module, "stringify_node"):
                patch.setattr(module, "stringify_node", lambda *_, **__: "")
        yield
