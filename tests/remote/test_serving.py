"""The service over a graph on a server answers as it does over the database in a file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from osai_graph.build import open_graph
from osai_graph.errors import StoreError
from osai_graph.graph.dialects import VIRTUOSO, Dialect
from osai_graph.graph.exchange import Exchange
from osai_graph.graph.remote import Addresses, RemoteStore
from osai_graph.namespaces import VERDICTS_GRAPH
from osai_graph.remote_build import RemoteGraph
from osai_graph.web import create_app
from osai_graph.web.pool import Limits, QueryLimitError
from osai_graph.web.server_pool import ServerPool
from tests.remote.misbehaving import answering, misbehaving
from tests.remote.servers import free_port
from tests.web.serving import address_of, end, exchange

LIMITS = Limits(seconds=20.0, result_bytes=2_000_000)


@pytest.fixture(scope="session")
def here(small_graph_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The service over the database in a file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OSAI_GRAPH_CACHE", str(tmp_path_factory.mktemp("here")))
        app = create_app(open_graph(small_graph_root), limits=LIMITS)
    yield app.test_client()
    app.extensions["osai_graph"].pool.close()


@pytest.fixture(scope="session")
def there(
    remote_graph: RemoteGraph, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """The service over each server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OSAI_GRAPH_CACHE", str(tmp_path_factory.mktemp("there")))
        app = create_app(remote_graph, limits=LIMITS)
        yield app.test_client()
    app.extensions["osai_graph"].pool.close()


def sparql(query: str, **more: str) -> str:
    return "/sparql?" + urlencode({"query": query, **more})


NAMES = "SELECT ?s ?l { ?s a osai:Model ; rdfs:label ?l } ORDER BY ?s"

PAGES = [
    "/",
    "/system/halo",
    "/system/halo.json",
    "/system/lumen-7b.ttl",
    "/license/Open-1.0",
    "/systems",
    "/search?q=lumen",
    "/ns",
    "/nothing/here",
    "/system/hallo",
    "/by-hf-repo.json",
    sparql(NAMES, format="csv"),
    sparql(NAMES, format="xml"),
    sparql(NAMES, format="json"),
    sparql(NAMES, format="html"),
    sparql("ASK { ?s a osai:Model }", format="json"),
    sparql("SELECT * { ?s ?p }"),
    sparql("SELECT * { SERVICE <http://e.example/> { ?s ?p ?o } }"),
    sparql("SELECT ?a ?b ?c ?d { ?a ?b ?c . ?d ?e ?f }", format="json"),
]


@pytest.mark.parametrize("page", PAGES)
def test_the_same_answer(here: FlaskClient, there: FlaskClient, page: str) -> None:
    mine, theirs = here.get(page), there.get(page)
    if mine.status_code == 413 and dialect_of(there) is VIRTUOSO:
        # it computes all of an answer before it sends the first of it
        assert theirs.status_code in (413, 504)
        return
    assert theirs.status_code == mine.status_code
    assert theirs.content_type == mine.content_type
    assert plain(theirs.text) == plain(mine.text)


def plain(text: str) -> str:
    """Return a text without what names the state of the data."""
    return re.sub(r"[0-9a-f]{24}", "VERSION", text)


@pytest.mark.parametrize("ending", ["ttl", "nt", "rdf", "jsonld"])
def test_the_same_triples(here: FlaskClient, there: FlaskClient, ending: str) -> None:
    query = "CONSTRUCT { ?s rdfs:label ?l } { ?s a osai:Model ; rdfs:label ?l }"
    mine, theirs = (c.get(sparql(query, format=ending)) for c in (here, there))
    form = {
        "ttl": ox.RdfFormat.TURTLE,
        "nt": ox.RdfFormat.N_TRIPLES,
        "rdf": ox.RdfFormat.RDF_XML,
        "jsonld": ox.RdfFormat.JSON_LD,
    }[ending]
    assert set(ox.parse(mine.data, form))
    assert set(ox.parse(theirs.data, form)) == set(ox.parse(mine.data, form))


def test_the_dataset_of_the_protocol(here: FlaskClient, there: FlaskClient) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    asked = sparql(count, format="csv", **{"default-graph-uri": str(VERDICTS_GRAPH)})
    assert int(here.get(asked).text.split()[1]) > 0
    assert there.get(asked).text == here.get(asked).text


def dialect_of(client: FlaskClient) -> Dialect:
    found: Dialect = client.application.extensions["osai_graph"].store.dialect
    return found


def xfail_on_virtuoso(client: FlaskClient) -> None:
    if dialect_of(client) is VIRTUOSO:
        pytest.xfail("Virtuoso keeps one of two values that are the same moment")


@pytest.mark.parametrize("graph", ["default", f"graph={VERDICTS_GRAPH}"])
def test_whole_graphs(here: FlaskClient, there: FlaskClient, graph: str) -> None:
    def without_blank(client: FlaskClient) -> set[str]:
        with client.get(f"/store?{graph}&format=nt") as answer:
            assert answer.status_code == 200
            return {line for line in answer.text.splitlines() if "_:" not in line}

    xfail_on_virtuoso(there)
    assert without_blank(there) == without_blank(here)


def test_the_same_dump(here: FlaskClient, there: FlaskClient) -> None:
    def sums(client: FlaskClient) -> dict[str, str]:
        for _ in range(6):  # a busy machine may need longer than a request waits
            answer = client.get("/dump/?format=json")
            if answer.status_code != 503:
                break
        return {file["name"]: file["sha256"] for file in answer.get_json()["files"]}

    xfail_on_virtuoso(there)
    mine = sums(here)
    assert {"osai-graph.nq.gz", "osai-graph.ttl.gz", "systems.csv"} <= mine.keys()
    assert sums(there) == mine


def test_health(there: FlaskClient) -> None:
    found = there.get("/health")
    assert found.status_code == 200
    assert found.get_json()["workers"]["idle"] == LIMITS.workers


def served_over(url: str, graph: RemoteGraph, **limits: float) -> ServerPool:
    return ServerPool(
        RemoteStore(Addresses(url), Exchange(), graph.store.default_graph),
        Limits(**{"seconds": 0.3, "wait_seconds": 0.2, **limits}),  # type: ignore[arg-type]
    )


def test_a_server_that_hangs_costs_its_sender_the_time_limit(remote_graph: RemoteGraph) -> None:
    with misbehaving(lambda _: time.sleep(1.0)) as url:
        with pytest.raises(QueryLimitError, match=r"longer than the time limit of 0\.3") as caught:
            served_over(url, remote_graph).evaluate("ASK { ?s ?p ?o }", "json")
        assert caught.value.status == 504


def test_a_server_that_is_away_is_not_named(remote_graph: RemoteGraph) -> None:
    url = f"http://127.0.0.1:{free_port()}/query"
    with pytest.raises(QueryLimitError, match="cannot answer now") as caught:
        served_over(url, remote_graph).evaluate("ASK { ?s ?p ?o }", "json")
    assert caught.value.status == 503
    assert "127.0.0.1" not in str(caught.value)


def test_pages_over_a_server_that_is_away(remote_graph: RemoteGraph) -> None:
    url = f"http://127.0.0.1:{free_port()}/query"
    away = RemoteGraph(RemoteStore(Addresses(url)), remote_graph.root, remote_graph.manifest)
    answer = create_app(away).test_client().get("/system/halo")
    assert answer.status_code == 503
    assert "cannot answer now" in answer.text
    assert url not in answer.text


def test_what_the_server_refuses(remote_graph: RemoteGraph) -> None:
    with misbehaving(answering(b"no paths at /var/lib/here", "text/plain", 400)) as url:
        with pytest.raises(StoreError, match="cannot run this query") as caught:
            served_over(url, remote_graph).evaluate("ASK { ?s ?p ?o }", "json")
        assert "/var/lib" not in str(caught.value)


def test_an_answer_beyond_the_limit(remote_graph: RemoteGraph) -> None:
    pool = ServerPool(remote_graph.store, Limits(result_bytes=500))
    with pytest.raises(QueryLimitError, match="larger than the limit") as caught:
        pool.evaluate("SELECT * { ?s ?p ?o } LIMIT 500", "json")
    assert caught.value.status == 413


def test_a_pool_that_is_full_or_closed(remote_graph: RemoteGraph) -> None:
    pool = served_over("http://127.0.0.1:1/", remote_graph, workers=0)
    with pytest.raises(QueryLimitError, match="Already 0 queries"):
        pool.evaluate("ASK {}", "json")
    pool.close()
    with pytest.raises(QueryLimitError, match="stopping"):
        pool.evaluate("ASK {}", "json")


def test_the_command(remote_graph: RemoteGraph) -> None:
    """A real service of several processes, each with connections of its own."""
    url = remote_graph.store.addresses.query
    environment = {**os.environ, "OSAI_GRAPH_STORE_USER": "dba", "OSAI_GRAPH_STORE_PASSWORD": "dba"}
    process = subprocess.Popen(
        [sys.executable, "-m", "osai_graph", "serve", "--port", "0", "--store", url],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert process.stderr is not None
        assert "built from other files" in process.stderr.readline()
        answer = exchange(address_of(process), "GET", sparql(NAMES, format="csv"))
    finally:
        end(process)
    assert answer.status == 200
    assert b"halo" in answer.body
