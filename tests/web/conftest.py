"""A small graph of made-up records, served in this process and by a real server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from osai_graph.build import BuiltGraph, open_graph
from osai_graph.web import create_app
from osai_graph.web.pool import Limits
from tests.web.serving import address_of, end, start

GRAPH = Path(__file__).parent / "graph"

LIMITS = Limits(seconds=1.0, result_bytes=200_000, workers=2, wait_seconds=10.0)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuiltGraph]:
    before = os.environ.get("OSAI_GRAPH_CACHE")
    os.environ["OSAI_GRAPH_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    try:
        yield open_graph(GRAPH)
    finally:
        if before is None:
            del os.environ["OSAI_GRAPH_CACHE"]
        else:
            os.environ["OSAI_GRAPH_CACHE"] = before


@pytest.fixture(scope="session")
def app(built: BuiltGraph) -> Iterator[Flask]:
    application = create_app(built, limits=LIMITS)
    yield application
    application.extensions["osai_graph"].pool.close()


@pytest.fixture(scope="session")
def address(built: BuiltGraph) -> Iterator[str]:
    """The address of a real server."""
    process = start(built, "--port", "0")
    try:
        yield address_of(process)
    finally:
        end(process)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
