"""The graph is the same on every store, and so are the answers of the stored questions."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from osai_graph.queries import StoredQuery, stored_queries
from osai_graph.remote_build import RemoteGraph
from osai_graph.results import evaluate, write_answer

GOLDEN = Path(__file__).parent.parent / "golden" / "queries"
NAMES = stored_queries().names


def answer(graph: RemoteGraph, query: StoredQuery) -> bytes:
    result = evaluate(graph.store, query.text)
    return write_answer(result, "nt" if isinstance(result, ox.QueryTriples) else "csv")


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str, remote_graph: RemoteGraph) -> None:
    query = stored_queries().get(name)
    found = answer(remote_graph, query)
    golden = GOLDEN / f"{name}.{'csv' if query.columns else 'txt'}"
    assert found.decode().splitlines() == golden.read_text().splitlines()
