"""IRIs of the graph answer under this host, as data and as pages."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from rdflib import Literal, URIRef

from osai_graph.namespaces import DCTERMS, OSAI, RDFS, SKOS, XSD
from tests.web.rdf_answers import triples

LUMEN = URIRef("https://w3id.org/osai-graph/system/lumen-7b")


@pytest.mark.parametrize(
    ("ending", "media_type", "parser"),
    [
        ("ttl", "text/turtle; charset=utf-8", "turtle"),
        ("nt", "application/n-triples", "nt"),
        ("jsonld", "application/ld+json", "json-ld"),
        ("rdf", "application/rdf+xml", "xml"),
        ("nq", "application/n-quads", "nt"),
        ("trig", "application/trig", "turtle"),
    ],
)
def test_literals_are_as_written(
    client: FlaskClient, ending: str, media_type: str, parser: str
) -> None:
    answer = client.get(f"/system/lumen-7b.{ending}")
    assert answer.status_code == 200
    assert answer.content_type == media_type
    assert answer.headers["Content-Location"] == f"/system/lumen-7b.{ending}"
    negotiated = client.get("/system/lumen-7b", headers={"Accept": media_type.partition(";")[0]})
    assert negotiated.data == answer.data
    assert negotiated.headers["Content-Location"] == f"/system/lumen-7b.{ending}"
    assert b"07000000000" in answer.data
    graph = triples(answer.data, parser)
    assert (LUMEN, DCTERMS.issued, Literal("2026-11-18", datatype=XSD.date)) in graph
    aliases = list(graph.objects(LUMEN, SKOS.altLabel))
    assert [str(alias) for alias in aliases] == ["Lumen"]


def test_what_was_inferred_is_there(client: FlaskClient) -> None:
    graph = triples(client.get("/system/lumen-7b.ttl").data, "turtle")
    weights = URIRef(f"{LUMEN}#weights")
    assert (weights, OSAI.givesFreedom, OSAI.FreedomToStudy) in graph
    assert (URIRef(f"{LUMEN}#training-data"), OSAI.withholdsFreedom, OSAI.FreedomToUse) in graph


def test_names_with_dots(client: FlaskClient) -> None:
    page = client.get("/license/Open-1.0", headers={"Accept": "text/html"})
    assert "<h1>Open License 1.0</h1>" in page.text
    data = client.get("/license/Open-1.0.nt")
    assert b"license/Open-1.0>" in data.data


def test_json(client: FlaskClient) -> None:
    by_ending = client.get("/system/lumen-7b.json")
    by_accept = client.get("/system/lumen-7b", headers={"Accept": "application/json"})
    assert by_ending.data == by_accept.data
    record = json.loads(by_ending.data)
    assert record["iri"] == str(LUMEN)
    assert {part["label"] for part in record["components"]} == {
        "weights of Lumen 7B",
        "training data of Lumen 7B",
    }


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        ("*/*", "html"),
        ("text/html;q=0, */*", "ttl"),
        ("text/turtle;q=0.5, application/ld+json", "jsonld"),
        ("application/rdf+xml, text/turtle;q=0.9", "rdf"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
    ],
)
def test_accept(client: FlaskClient, accept: str, ending: str) -> None:
    answer = client.get("/system/lumen-7b", headers={"Accept": accept})
    assert answer.headers["Content-Location"] == f"/system/lumen-7b.{ending}"
    assert {"Accept", "Accept-Encoding"} <= set(answer.vary)


def test_not_acceptable(client: FlaskClient) -> None:
    answer = client.get("/system/lumen-7b", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.text


def test_304(client: FlaskClient) -> None:
    tag = client.get("/system/lumen-7b.ttl").headers["ETag"]
    again = client.get("/system/lumen-7b.ttl", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_links_to_other_forms(client: FlaskClient) -> None:
    link = client.head("/system/lumen-7b.ttl").headers["Link"]
    assert f'<{LUMEN}>; rel="canonical"' in link
    assert '</system/lumen-7b.jsonld>; rel="alternate"; type="application/ld+json"' in link


def test_unknown_names_get_the_nearest(client: FlaskClient) -> None:
    answer = client.get("/system/lumen-8b", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.get_json() == {
        "ok": False,
        "error": 'There is no system "lumen-8b".',
        "remedy": "Did you mean system/lumen-7b?",
        "errors": [
            {
                "message": 'There is no system "lumen-8b".',
                "remedy": "Did you mean system/lumen-7b?",
            }
        ],
        "status": 404,
    }


@pytest.mark.parametrize(
    "path",
    [
        "/system/..",
        "/system/%2e%2e%2fx",
        "/graph/../../etc/passwd",
        "/system/lumen-7b.exe",
        "/ns.exe",
    ],
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"Accept": "text/plain"}).status_code == 404


def test_terms(client: FlaskClient) -> None:
    graph = triples(client.get("/ns.ttl").data, "turtle")
    assert (OSAI.Model, None, None) in graph
    page = client.get("/ns", headers={"Accept": "text/html"}).text
    assert 'id="Model"' in page


def test_a_named_graph_is_its_file(client: FlaskClient) -> None:
    answer = client.get("/graph/data/systems/lumen-7b")
    path = client.application.extensions["osai_graph"].files.file_of("system/lumen-7b")
    assert answer.data == path.read_bytes()
    as_json = client.get("/graph/data/systems/lumen-7b.jsonld")
    assert len(triples(as_json.data, "json-ld")) > 10


def test_a_record_that_only_a_source_describes(client: FlaskClient) -> None:
    answer = client.get("/system/zenith.ttl")
    assert answer.status_code == 200
    assert b"02048" in answer.data
    assert "<h1>Zenith</h1>" in client.get("/system/zenith", headers={"Accept": "text/html"}).text


def test_what_sources_add_and_what_was_accepted(client: FlaskClient) -> None:
    data = client.get("/system/lumen-7b.ttl").data
    assert b"08192" in data
    graph = triples(data, "turtle")
    assert [str(label) for label in graph.objects(LUMEN, RDFS.label)] == ["Lumen 7B"]


def test_a_replaced_record_leads_to_its_successor(client: FlaskClient) -> None:
    for ending in ("", ".ttl", ".html"):
        answer = client.get(f"/system/lumen-old{ending}")
        assert answer.status_code == 301
        assert answer.headers["Location"] == f"/system/zenith{ending}"


def test_a_withdrawn_record_is_gone(client: FlaskClient) -> None:
    for ending in ("", ".ttl"):
        answer = client.get(f"/system/mirage{ending}", headers={"Accept": "text/plain"})
        assert answer.status_code == 410
        assert "was withdrawn" in answer.text


def test_records_are_described_by_the_description_of_the_dataset(client: FlaskClient) -> None:
    link = client.head("/system/lumen-7b").headers["Link"]
    assert '</.well-known/void>; rel="describedby"' in link
