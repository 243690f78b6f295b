"""Reads of the SPARQL 1.1 Graph Store Protocol."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from osai_graph.build import BuiltGraph
from tests.web.rdf_answers import triples

GRAPH = "https://w3id.org/osai-graph/graph/"
SYSTEM = GRAPH + "data/systems/lumen-7b"


def test_a_stated_graph_is_its_file(client: FlaskClient, built: BuiltGraph) -> None:
    answer = client.get("/store", query_string={"graph": SYSTEM})
    assert answer.status_code == 200
    assert answer.content_type == "text/turtle; charset=utf-8"
    assert answer.data == (built.root / "data/systems/lumen-7b.ttl").read_bytes()


@pytest.mark.parametrize(
    ("name", "parser"),
    [("ttl", "turtle"), ("nt", "nt"), ("jsonld", "json-ld"), ("rdf", "xml"), ("nq", "nt")],
)
def test_formats(client: FlaskClient, name: str, parser: str) -> None:
    wanted = triples(client.get("/store", query_string={"graph": SYSTEM}).data, "turtle")
    for parameter in ("format", "output"):
        answer = client.get("/store", query_string={"graph": SYSTEM, parameter: name})
        assert set(triples(answer.data, parser)) == set(wanted)


@pytest.mark.parametrize("target", [f"/store?graph={quote(GRAPH + 'inferred')}", "/graph/inferred"])
def test_a_computed_graph(client: FlaskClient, built: BuiltGraph, target: str) -> None:
    with client.get(target, headers={"Accept": "application/n-triples"}) as answer:
        assert answer.content_type == "application/n-triples"
        assert len(triples(answer.data, "nt")) == built.manifest.inferred > 0
    headers = {"Accept": "application/n-triples", "If-None-Match": answer.headers["ETag"]}
    assert client.get(target, headers=headers).status_code == 304


@pytest.mark.parametrize("flag", ["default", "default="])
def test_the_default_graph(client: FlaskClient, built: BuiltGraph, flag: str) -> None:
    with client.get(f"/store?{flag}", headers={"Accept": "text/turtle"}) as answer:
        assert answer.content_type == "text/turtle; charset=utf-8"
        written = triples(answer.data, "turtle")
    rows = built.store.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows
    assert len(written) == int(str(rows[0][0]))


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("graph=http://none.example/", 404, "no graph"),
        ("graph=https://w3id.org/osai-graph/graph/data/systems/lumen-7", 404, "lumen-7b, "),
        ("graph=relative", 400, "absolute IRI"),
        ("graph=", 400, "absolute IRI"),
        ("graph=http://a.example/&default", 400, "exactly one"),
        ("graph=http://a.example/&graph=http://b.example/", 400, "exactly one"),
        ("graph=%FF", 400, "UTF-8"),
        ("format=ttl", 400, "No graph is named"),
        ("default&format=pdf", 400, 'no format "pdf"'),
    ],
)
def test_refused(client: FlaskClient, query: str, status: int, words: str) -> None:
    answer = client.get(f"/store?{query}", headers={"Accept": "text/plain"})
    assert answer.status_code == status
    assert words in answer.text


def test_not_acceptable_lists_what_is(client: FlaskClient) -> None:
    answer = client.get("/store?default", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "application/trig" in answer.text


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_nothing_can_be_changed(client: FlaskClient, method: str) -> None:
    answer = client.open("/store?default", method=method, data=b"<s:s> <s:p> <s:o> .")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_without_a_graph_it_leads_to_the_dump(client: FlaskClient) -> None:
    answer = client.get("/store")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/dump/")


def test_exports_lie_whole_beside_the_store(client: FlaskClient, built: BuiltGraph) -> None:
    client.get("/store?default&format=nt").close()
    made = list((built.path / "exports").rglob("*.*"))
    assert made
    assert not [path for path in made if path.suffix == ".part"]
