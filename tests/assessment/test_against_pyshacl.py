"""Every condition of every framework holds of exactly the systems that pySHACL says.

A sample of the shipped systems and all of the small graph are tested always, the whole graph when
``OSAI_GRAPH_SLOW`` is set: pySHACL takes about a second for one system and all frameworks. What a
shape asks of a system depends on what it reaches from there, so one of several systems whose
surroundings are alike stands for all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.term import Identifier

from osai_graph import resources
from osai_graph.assessment.conformance import Conformance
from osai_graph.assessment.frameworks import read_frameworks
from osai_graph.assessment.shapes import ShapeReader, predicates_of
from osai_graph.graph.loading import load_graph
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import SYSTEM
from tests.assessment.conftest import model
from tests.assessment.pyshacl_oracle import conforming, data_graph
from tests.assessment.test_verdicts import CHOICE, COMPLETE

FILES = resources.framework_files()
SAMPLE = ("llama-2", "bloom", "pythia", "gpt-neo", "openai-api", "flower")


def predicates() -> set[URIRef]:
    nodes = [node for f in read_frameworks(FILES) for node in f.requirements()]
    shapes = [s for node in nodes for s in (node.met_by, node.refuted_by) if s]
    return {p for shape in shapes for p, _ in predicates_of(shape)}


@cache
def reference_data(store: EmbeddedStore) -> Graph:
    return data_graph(store, predicates())


def compare(path: Path, store: EmbeddedStore, systems: Iterable[URIRef] | None = None) -> int:
    """Compare all conditions of a framework on systems; return how many it was about."""
    (framework,) = read_frameworks([path])
    graph = load_graph([path])
    conformance = Conformance(store)
    members = frozenset().union(*(conformance.members(c) for c in framework.applies_to))
    among = frozenset(members if systems is None else members & frozenset(systems))
    reader = ShapeReader(graph)
    expected = conforming(reference_data(store), graph, (n for n in among if isinstance(n, URIRef)))
    for shape, nodes in expected.items():
        assert frozenset(conformance.conforming(reader.read(shape), among)) == nodes, shape
    return len(among)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_small_graph(path: Path, small_store: EmbeddedStore) -> None:
    assert compare(path, small_store)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_sample_of_the_shipped_graph(path: Path, shipped_store: EmbeddedStore) -> None:
    assert compare(path, shipped_store, [SYSTEM[slug] for slug in SAMPLE])


def test_choices_and_sets_of_licenses() -> None:
    names = ("Choice", "BadChoice", "OpenChoice", "Set", "BadSet", "Nested", "Both")
    osaid = next(path for path in FILES if path.stem == "osaid-1.0")
    for name in names:
        parts = [part.replace("Open", name) for part in COMPLETE]
        assert compare(osaid, model(parts, CHOICE)) == 1


def like(graph: Graph, system: Identifier) -> object:
    """Return what a system and its own parts say, without the names of either."""

    def told(node: Identifier, within: tuple[Identifier, ...]) -> object:
        own = node == system or str(node).startswith(f"{system}#")
        if not own or node in within:
            return "itself" if own else node
        pairs = graph.predicate_objects(node)
        return frozenset((p, told(o, (*within, node))) for p, o in pairs)  # type: ignore[arg-type]

    return told(system, ())


@pytest.mark.skipif("OSAI_GRAPH_SLOW" not in os.environ, reason="takes minutes")
@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_whole_graph(path: Path, shipped_store: EmbeddedStore) -> None:
    graph = reference_data(shipped_store)
    (framework,) = read_frameworks([path])
    conformance = Conformance(shipped_store)
    members = frozenset().union(*(conformance.members(c) for c in framework.applies_to))
    kinds: dict[object, URIRef] = {}
    for system in sorted(n for n in members if isinstance(n, URIRef)):
        kinds.setdefault(like(graph, system), system)
    assert compare(path, shipped_store, kinds.values()) == len(kinds)
