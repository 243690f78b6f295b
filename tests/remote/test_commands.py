"""The commands with ``--store``: the same words as on the embedded store, and clear refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from osai_graph import cli
from osai_graph.cli import opening
from osai_graph.errors import GraphError
from osai_graph.remote_build import RemoteGraph
from tests.remote.servers import free_port


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STORE", "UPDATE_URL", "GRAPH_STORE_URL", "STORE_USER", "STORE_PASSWORD"):
        monkeypatch.delenv(f"OSAI_GRAPH_{name}", raising=False)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.group, arguments)


def refused(*arguments: str) -> str:
    error = run(*arguments).exception
    assert isinstance(error, GraphError)
    return str(error)


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "halo"),
        ("query", "license-of-each-component", "--param", "system=halo", "--format", "csv"),
        ("query", "graph-of-a-system", "--param", "system=halo", "--format", "nt"),
        ("chain", "lumen-7b-chat"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_the_same_words(
    arguments: tuple[str, ...],
    remote_graph: RemoteGraph,
    small_graph_root: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    theirs = run(*arguments, "--store", remote_graph.store.addresses.query)
    assert theirs.exception is None
    from osai_graph.build import open_graph

    cache = tmp_path_factory.getbasetemp() / "embedded"
    monkeypatch.setenv("OSAI_GRAPH_CACHE", str(cache))
    monkeypatch.setattr(opening, "open_graph", lambda **_: open_graph(small_graph_root))
    mine = run(*arguments)
    assert theirs.stdout == mine.stdout
    assert theirs.exit_code == mine.exit_code


def test_a_server_that_is_away() -> None:
    url = f"http://127.0.0.1:{free_port()}/query"
    assert "cannot be reached" in refused("stats", "--store", url)
    assert "cannot be reached" in refused("build", "--store", url)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--store", "http://me:secret@localhost/query"), "An address with a password"),
        (("--store", "localhost:7878"), "is no address of a server"),
        (("--update-url", "http://localhost/update"), "The address of queries is not given"),
    ],
)
def test_a_wrong_address(arguments: tuple[str, ...], message: str) -> None:
    said = refused("stats", *arguments)
    assert message in said
    assert "secret" not in said


def test_a_day_is_refused() -> None:
    said = refused("show", "halo", "--as-of", "2024-01-01", "--store", "http://127.0.0.1:1/query")
    assert "is that of today" in said


def test_half_of_the_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OSAI_GRAPH_STORE_USER", "me")
    assert "Only one of user and password" in refused("stats", "--store", "http://127.0.0.1:1/q")
