"""The small graph as the context in which entries are validated."""

from __future__ import annotations

from pathlib import Path

import pytest

from osai_graph.validation import GraphContext, files_beside


@pytest.fixture(scope="session")
def small_context(small_graph_root: Path) -> GraphContext:
    return files_beside([], small_graph_root)
