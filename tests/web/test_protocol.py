"""The endpoint keeps the SPARQL 1.1 Protocol: methods, media types, datasets, formats, errors."""

from __future__ import annotations

import csv
import gzip
import io
import json
import xml.etree.ElementTree as ET

import pytest
from flask.testing import FlaskClient

from osai_graph.namespaces import PREFIXES
from tests.web.rdf_answers import triples

LABELS = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX system: <https://w3id.org/osai-graph/system/>
SELECT ?label WHERE { system:lumen-7b rdfs:label ?label }"""
TRIPLES = "DESCRIBE <https://w3id.org/osai-graph/system/lumen-7b>"
SYSTEM_GRAPH = "https://w3id.org/osai-graph/graph/data/systems/lumen-7b"
SPARQL_RESULTS = "{http://www.w3.org/2005/sparql-results#}"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"


def test_get(client: FlaskClient) -> None:
    answer = client.get("/sparql", query_string={"query": LABELS})
    assert answer.status_code == 200
    assert answer.content_type == "application/sparql-results+json"
    bindings = json.loads(answer.data)["results"]["bindings"]
    assert [row["label"]["value"] for row in bindings] == ["Lumen 7B"]


def test_house_prefixes_need_no_declaration(client: FlaskClient) -> None:
    query = "SELECT ?label WHERE { system:lumen-7b rdfs:label ?label }"
    declared = client.get("/sparql", query_string={"query": LABELS})
    assert client.get("/sparql", query_string={"query": query}).data == declared.data
    graph = {"query": query, "default-graph-uri": SYSTEM_GRAPH}
    assert client.get("/sparql", query_string=graph).data == declared.data
    own = f"PREFIX osai: <{PREFIXES['system']}> ASK {{ osai:lumen-7b a ?class }}"
    assert client.get("/sparql", query_string={"query": own}).get_json(force=True)["boolean"]


def test_house_prefixes_leave_places_as_they_are(client: FlaskClient) -> None:
    query = "SELECT * WHERE {\n  ?s a osai:Model ; ; }}"
    headers = {"Accept": "application/json"}
    body = client.get("/sparql", query_string={"query": query}, headers=headers).get_json()
    assert (body["line"], body["column"]) == (2, 24)


def test_post_form_and_direct_give_the_same(client: FlaskClient) -> None:
    form = client.post("/sparql", data={"query": LABELS})
    marked = client.post("/sparql", data="\ufeff" + LABELS, content_type=DIRECT)
    assert marked.data == form.data
    direct = client.post("/sparql", data=LABELS, content_type=DIRECT)
    with_charset = client.post("/sparql", data=LABELS, content_type=f"{DIRECT}; charset=UTF-8")
    assert form.status_code == direct.status_code == with_charset.status_code == 200
    assert form.data == direct.data == with_charset.data


def test_head_has_no_body(client: FlaskClient) -> None:
    answer = client.head("/sparql", query_string={"query": LABELS})
    assert answer.status_code == 200
    assert answer.data == b""
    assert answer.content_type == "application/sparql-results+json"


def test_xml(client: FlaskClient) -> None:
    answer = client.get("/sparql", query_string={"query": LABELS, "format": "xml"})
    assert answer.content_type == "application/sparql-results+xml"
    literals = ET.fromstring(answer.data).findall(f".//{SPARQL_RESULTS}literal")
    assert [literal.text for literal in literals] == ["Lumen 7B"]


def test_xml_keeps_carriage_returns(client: FlaskClient) -> None:
    query = r'SELECT ("a\r\nb" AS ?x) {}'
    answer = client.get("/sparql", query_string={"query": query, "format": "xml"})
    literal = ET.fromstring(answer.data).find(f".//{SPARQL_RESULTS}literal")
    assert literal is not None
    assert literal.text == "a\r\nb"


def test_csv_and_tsv(client: FlaskClient) -> None:
    in_csv = client.get("/sparql", query_string={"query": LABELS}, headers={"Accept": "text/csv"})
    assert in_csv.content_type == "text/csv; charset=utf-8"
    assert list(csv.reader(io.StringIO(in_csv.text))) == [["label"], ["Lumen 7B"]]
    in_tsv = client.get("/sparql", query_string={"query": LABELS, "output": "tsv"})
    assert in_tsv.content_type == "text/tab-separated-values; charset=utf-8"
    assert in_tsv.text.splitlines() == ["?label", '"Lumen 7B"@en']


@pytest.mark.parametrize(
    ("name", "media_type", "parser"),
    [
        ("ttl", "text/turtle; charset=utf-8", "turtle"),
        ("nt", "application/n-triples", "nt"),
        ("jsonld", "application/ld+json", "json-ld"),
        ("rdf", "application/rdf+xml", "xml"),
    ],
)
def test_triples(client: FlaskClient, name: str, media_type: str, parser: str) -> None:
    answer = client.get("/sparql", query_string={"query": TRIPLES, "format": name})
    assert answer.content_type == media_type
    wanted = triples(
        client.get("/sparql", query_string={"query": TRIPLES, "format": "nt"}).data, "nt"
    )
    assert len(wanted) > 8
    assert set(triples(answer.data, parser)) == set(wanted)


def test_turtle_uses_the_prefixes_of_the_query(client: FlaskClient) -> None:
    query = f"PREFIX own: <{PREFIXES['osai']}> CONSTRUCT WHERE {{ ?s a own:Model }}"
    answer = client.get("/sparql", query_string={"query": query})
    assert "a own:Model" in answer.text


def test_ask(client: FlaskClient) -> None:
    assert client.get("/sparql", query_string={"query": "ASK {}"}).get_json(force=True)["boolean"]


def test_default_and_named_graphs(client: FlaskClient) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    in_graphs = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"

    def number(query: str, **dataset: str) -> int:
        pairs = {"query": query, **{key.replace("_", "-"): v for key, v in dataset.items()}}
        rows = json.loads(client.get("/sparql", query_string=pairs).data)["results"]["bindings"]
        return int(rows[0]["n"]["value"])

    assert 0 < number(count, default_graph_uri=SYSTEM_GRAPH) < number(count)
    assert number(count, named_graph_uri=SYSTEM_GRAPH) == 0
    assert number(in_graphs, named_graph_uri=SYSTEM_GRAPH) == 1
    assert number(in_graphs, default_graph_uri=SYSTEM_GRAPH) == 0
    # the dataset of the protocol wins over that of the query (section 2.1.4)
    other = "SELECT (COUNT(*) AS ?n) FROM <http://none.example/> { ?s ?p ?o }"
    assert number(other) == 0
    assert number(other, default_graph_uri=SYSTEM_GRAPH) > 0


@pytest.mark.parametrize(
    ("request_", "status", "words"),
    [
        ({"method": "GET", "query_string": "query=ASK{}&query=ASK{}"}, 400, "exactly one"),
        ({"method": "GET", "query_string": "default-graph-uri=http://e/"}, 400, "no query"),
        ({"method": "GET", "query_string": "query=ASK{}&default-graph-uri=x"}, 400, "absolute IRI"),
        ({"method": "GET", "query_string": "query=%FF"}, 400, "UTF-8"),
        ({"method": "GET", "query_string": "query="}, 400, "ends too early"),
        ({"method": "GET", "query_string": "update=CLEAR+ALL"}, 403, "read-only"),
        ({"method": "POST", "data": "query=ASK{}&query=ASK{}", "content_type": FORM}, 400, "one"),
        ({"method": "POST", "data": "x=1", "content_type": FORM}, 400, "no query"),
        ({"method": "POST", "data": "update=CLEAR ALL", "content_type": FORM}, 403, "read-only"),
        ({"method": "POST", "data": "ASK {}", "content_type": "text/plain"}, 415, "text/plain"),
        ({"method": "POST", "data": "ASK {}"}, 415, "No content type"),
        ({"method": "POST", "data": b"\xff", "content_type": DIRECT}, 400, "UTF-8"),
        (
            {"method": "POST", "data": "ASK {}".encode("utf-16"),
             "content_type": f"{DIRECT}; charset=utf-16"}, 415, "utf-16",
        ),
        ({"method": "POST", "data": "CLEAR ALL", "content_type": "application/sparql-update"},
         403, "read-only"),
        ({"method": "POST", "query_string": "query=ASK{}", "data": "ASK {}",
          "content_type": DIRECT}, 400, "one"),
        ({"method": "PUT", "query_string": "query=ASK{}"}, 405, "PUT is not possible"),
        ({"method": "DELETE"}, 405, "DELETE"),
        ({"method": "GET", "query_string": "query=CLEAR ALL"}, 400, "update"),
        ({"method": "GET", "query_string": "query=ASK{}&format=pdf"}, 400, 'no format "pdf"'),
        ({"method": "GET", "query_string": "query=ASK{}&format=ttl"}, 400, "json, xml, csv"),
        ({"method": "GET", "query_string": "query=ASK{}", "headers": {"Accept": "image/png"}},
         406, "application/sparql-results+json"),
        ({"method": "GET", "query_string": "query=ASK{}", "headers": {"Accept": "text/turtle"}},
         406, "media types"),
        # what is wrong with the query is said first
        ({"method": "GET", "query_string": "query=ASK{", "headers": {"Accept": "text/plain"}},
         400, "Line 1, column 5"),
        ({"method": "GET", "query_string": "query=ASK{}&a" + "&b=1" * 1000}, 400, "parameters"),
        ({"method": "GET", "query_string": "query=ASK{}", "headers": {"Host": "a b"}}, 400, "Host"),
        ({"method": "POST", "data": "ASK {}", "content_type": DIRECT,
          "headers": {"Content-Encoding": "gzip"}}, 415, "gzip"),
        ({"method": "POST", "data": b"x" * 1_100_000, "content_type": DIRECT}, 413, "larger"),
        ({"method": "GET", "query_string": "query=SELECT(<http://e/f>(1) AS ?x){}"}, 400,
         "http://e/f"),
    ],
)  # fmt: skip
def test_refused(client: FlaskClient, request_: dict[str, object], status: int, words: str) -> None:
    answer = client.open("/sparql", **request_)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert answer.content_type == "text/plain; charset=utf-8"
    assert words in answer.text
    assert "Traceback" not in answer.text


def test_not_allowed_names_what_is(client: FlaskClient) -> None:
    assert client.put("/sparql").headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_plus_signs_are_decoded_once(client: FlaskClient) -> None:
    answer = client.post("/sparql", data={"query": "SELECT ('a+b%2B' AS ?x) {}"})
    assert json.loads(answer.data)["results"]["bindings"][0]["x"]["value"] == "a+b%2B"


def test_syntax_error_shows_the_place(client: FlaskClient) -> None:
    query = "SELECT *\nWHERE {\n  ?s a osay:Model }"
    text = client.get("/sparql", query_string={"query": query}).text
    assert "Line 3, column 8:" in text
    assert "    ?s a osay:Model }\n         ^\n" in text
    problem = client.get(
        "/sparql", query_string={"query": query}, headers={"Accept": "application/json"}
    )
    assert problem.status_code == 400
    body = problem.get_json()
    assert body["ok"] is False
    assert (body["status"], body["line"], body["column"]) == (400, 3, 8)
    assert body["excerpt"] == "  ?s a osay:Model }"


@pytest.mark.parametrize(
    ("query", "place", "words"),
    [
        ("SELECT (1 AS ?x) (2 AS ?x) {}", (1, 1), "same name"),
        ("# all\nSELECT ?x (COUNT(?y) AS ?n) { ?x ?p ?y }", (2, 1), "GROUP BY"),
        ("SELECT * { ?s ?p ?o BIND(1 AS ?o) }", (1, 1), "given a value twice"),
    ],
)
def test_queries_without_meaning(
    client: FlaskClient, query: str, place: tuple[int, int], words: str
) -> None:
    headers = {"Accept": "application/json"}
    answer = client.get("/sparql", query_string={"query": query}, headers=headers)
    assert answer.status_code == 400
    problem = answer.get_json()
    assert (problem["line"], problem["column"]) == place
    assert words in f"{problem['error']} {problem['remedy']}"


def test_etag_and_304(client: FlaskClient) -> None:
    first = client.get("/sparql", query_string={"query": LABELS})
    tag = first.headers["ETag"]
    again = client.get("/sparql", query_string={"query": LABELS}, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.data == b""
    other = client.get("/sparql", query_string={"query": LABELS, "format": "csv"})
    assert other.headers["ETag"] != tag
    assert {"Accept", "Accept-Encoding"} <= set(first.vary)


def test_answers_that_change_are_not_kept(client: FlaskClient) -> None:
    query = {"query": "SELECT (STRUUID() AS ?x) {}"}
    first, second = (
        client.get("/sparql", query_string=query),
        client.get("/sparql", query_string=query),
    )
    assert first.data != second.data
    assert "ETag" not in first.headers


def test_gzip(client: FlaskClient) -> None:
    query = {"query": "SELECT * { ?s ?p ?o } LIMIT 100"}
    plain = client.get("/sparql", query_string=query)
    packed = client.get("/sparql", query_string=query, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers


def test_cors(client: FlaskClient) -> None:
    preflight = client.options("/sparql", headers={"Origin": "https://e.example"})
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    for path in ("/sparql?query=ASK{}", "/sparql?query=nonsense", "/nowhere", "/system/lumen-7b"):
        assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"


def test_service_description(client: FlaskClient) -> None:
    answer = client.get("/sparql")
    assert answer.content_type == "text/turtle; charset=utf-8"
    graph = triples(answer.data, "turtle")
    sd = "http://www.w3.org/ns/sparql-service-description#"
    found = {str(o) for o in graph.objects() if str(o).startswith("http://www.w3.org/ns/formats/")}
    assert "http://www.w3.org/ns/formats/SPARQL_Results_TSV" in found
    endpoints = {str(o) for _, p, o in graph if str(p) == f"{sd}endpoint"}
    assert endpoints == {"http://localhost/sparql"}
    assert SYSTEM_GRAPH in {str(o) for _, p, o in graph if str(p) == f"{sd}name"}


def test_result_page(client: FlaskClient) -> None:
    answer = client.get("/sparql", query_string={"query": LABELS}, headers={"Accept": "text/html"})
    assert answer.content_type == "text/html; charset=utf-8"
    assert "<td>Lumen 7B</td>" in answer.text
    wrong = client.get("/sparql", query_string={"query": "SELECT"}, headers={"Accept": "text/html"})
    assert wrong.status_code == 400
    assert 'role="alert"' in wrong.text
    assert ">\nSELECT</textarea>" in wrong.text


def test_what_people_type_is_escaped(client: FlaskClient) -> None:
    query = "ASK { ?s ?p '</textarea><script>alert(1)</script>' }"
    page = client.get("/sparql", query_string={"query": query, "format": "html"})
    assert page.status_code == 200
    assert "<script>" not in page.text
