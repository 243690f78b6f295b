"""The command line in this process, on the small graph of made-up records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from osai_graph import cli
from osai_graph.build import BuiltGraph, open_graph
from osai_graph.cli import opening

#: Runs a command with its arguments; ``stdin`` is what it reads from standard input.
Command = Callable[..., Result]


@pytest.fixture(scope="session")
def small_built(tmp_path_factory: pytest.TempPathFactory, small_graph_root: Path) -> BuiltGraph:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OSAI_GRAPH_CACHE", str(tmp_path_factory.mktemp("cache")))
        return open_graph(small_graph_root)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, small_built: BuiltGraph) -> Command:
    monkeypatch.setattr(opening, "open_graph", lambda **_: small_built)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(cli.group, arguments, input=stdin, standalone_mode=False)

    return run
