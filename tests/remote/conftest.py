"""The servers, started once, and the small graph built on each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from osai_graph.remote_build import RemoteGraph, build_remote
from tests.remote.servers import (
    oxigraph,
    oxigraph_binary,
    store_at,
    virtuoso,
    virtuoso_binary,
)


@pytest.fixture(scope="session")
def oxigraph_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if oxigraph_binary() is None:
        pytest.skip("the Oxigraph server is not installed (pip install oxigraph)")
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as url:
        yield url


@pytest.fixture(scope="session")
def union_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose default graph is the union of all graphs."""
    if oxigraph_binary() is None:
        pytest.skip("the Oxigraph server is not installed (pip install oxigraph)")
    with oxigraph(tmp_path_factory.mktemp("union"), "--union-default-graph") as url:
        yield url


@pytest.fixture(scope="session")
def virtuoso_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if "OSAI_GRAPH_TEST_VIRTUOSO" not in os.environ:
        pytest.skip("takes minutes: set OSAI_GRAPH_TEST_VIRTUOSO=1 to test on Virtuoso 7")
    if virtuoso_binary() is None:
        pytest.skip("Virtuoso 7 is not installed (apt-get install virtuoso-opensource-7)")
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as url:
        yield url


#: The servers that the same tests run on.
SERVERS = ("oxigraph", "union", "virtuoso")


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest) -> str:
    """The address of each server in turn."""
    url = request.getfixturevalue(f"{request.param}_url")
    assert isinstance(url, str)
    return url


@pytest.fixture(scope="session")
def remote_graph(server: str, small_graph_root: Path) -> Iterator[RemoteGraph]:
    """The small graph, built on each server in turn."""
    store = store_at(server)
    graph = build_remote(store, small_graph_root)
    yield graph
    graph.store.close()


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def empty_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server of its own, for tests that write."""
    request.getfixturevalue(f"{request.param}_url")  # skips where it is not installed
    run = {"oxigraph": oxigraph, "virtuoso": virtuoso}[request.param]
    with run(tmp_path_factory.mktemp("empty")) as url:
        yield url
