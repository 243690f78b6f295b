"""context is the graph around an entry: a built one, or the files beside those to be checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from osai_graph import resources
from osai_graph.build import collect_inputs, compile_rules
from osai_graph.graph.loading import parse_quads, read_file
from osai_graph.graph.store import EmbeddedStore, GraphStore
from osai_graph.reasoning.rules import Rule


class GraphContext(Protocol):
    """The graph that entries are validated in: a built graph, or anything with the same parts."""

    @property
    def root(self) -> Path:
        """The directory that holds ``ontology/`` and ``data/``."""

    @property
    def store(self) -> GraphStore:
        """The store, in which each file is a named graph."""

    @property
    def rules(self) -> list[Rule]:
        """The inference rules: the compiled ontology and the rule files."""


@dataclass(frozen=True)
class FileContext:
    """The graph as its files state it; needs no build, so a broken entry in it does no harm."""

    root: Path
    store: GraphStore

    @property
    def rules(self) -> list[Rule]:
        """The inference rules of the root."""
        return inference_rules(self.root)


def files_beside(paths: Iterable[Path], root: Path | None = None) -> FileContext:
    """Return the data files of the graph, without those that are to be checked.

    Raises:
        SyntaxFault: another file of the graph is broken.
    """
    base = root or resources.graph_root()
    left_out = {path.resolve() for path in paths}
    store, default = EmbeddedStore(), ox.DefaultGraph()
    for path in resources.data_files(base):
        if path.resolve() not in left_out:
            quads = parse_quads(read_file(path, base))
            store.engine.extend(quads)
            store.engine.extend([ox.Quad(q.subject, q.predicate, q.object, default) for q in quads])
    return FileContext(base, store)


@lru_cache(maxsize=4)
def inference_rules(root: Path) -> list[Rule]:
    """Return the compiled ontology and the rule files of ``root``, or else the shipped ones.

    Raises:
        GraphError: an axiom or a rule file is not covered.
    """
    return compile_rules(collect_inputs(root))


@lru_cache(maxsize=4)
def ontology_quads(root: Path) -> tuple[ox.Quad, ...]:
    """Return the triples of the ontology below ``root``.

    Raises:
        SyntaxFault: a module is broken.
    """
    return tuple(
        quad for path in resources.ontology_files(root) for quad in parse_quads(read_file(path))
    )
