"""The small graph of made-up records in ``fixtures/small``, shared by the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from osai_graph.build import build_store
from osai_graph.graph.store import EmbeddedStore


@pytest.fixture(scope="session")
def small_graph_root() -> Path:
    return Path(__file__).parent / "fixtures" / "small"


@pytest.fixture(scope="session")
def small_store(small_graph_root: Path) -> EmbeddedStore:
    store, _ = build_store(small_graph_root)
    return store
