from __future__ import annotations

import pytest
from rdflib import Graph

from osai_graph.licenses import LicenseIndex
from osai_graph.resources import graph_root


@pytest.fixture(scope="session")
def license_graphs() -> dict[str, Graph]:
    """The graph of each license file, by its identifier."""
    paths = sorted((graph_root() / "data" / "licenses").glob("*.ttl"))
    return {path.stem: Graph().parse(path, format="turtle") for path in paths}


@pytest.fixture(scope="session")
def license_graph(license_graphs: dict[str, Graph]) -> Graph:
    """All license records together."""
    whole = Graph()
    for graph in license_graphs.values():
        for triple in graph:
            whole.add(triple)
    return whole


@pytest.fixture(scope="session")
def index(license_graph: Graph) -> LicenseIndex:
    return LicenseIndex.from_graph(license_graph)
