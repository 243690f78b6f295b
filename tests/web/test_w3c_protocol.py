"""The query tests of the W3C's SPARQL 1.1 Protocol test suite, over HTTP to a real server.

They are written after https://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/, with the
graphs that are served here in place of the suite's.
"""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest

from tests.web.rdf_answers import triples
from tests.web.serving import Answer, exchange

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
GRAPHS = "https://w3id.org/osai-graph/graph/data/"
DATA1 = GRAPHS + "systems/lumen-7b"
DATA2 = GRAPHS + "licenses/Open-1.0"
DATA3 = GRAPHS + "organizations/aurora-labs"
LABELS = "http://www.w3.org/2000/01/rdf-schema#label"
#: Asks for a label of each of these records, in the default graph or in named graphs.
LUMEN, OPEN, AURORA = (
    f"<https://w3id.org/osai-graph/{name}> <{LABELS}> ?label_{index}"
    for index, name in enumerate(
        ("system/lumen-7b", "license/Open-1.0", "organization/aurora-labs")
    )
)


def is_true(answer: Answer) -> bool:
    assert answer.status == 200, answer.body
    return bool(json.loads(answer.body)["boolean"])


def get(address: str, query: str, accept: str = "*/*", **graphs: str | list[str]) -> Answer:
    return exchange(
        address, "GET", f"/sparql?{parameters(query, **graphs)}", headers={"Accept": accept}
    )


def parameters(query: str | None, **graphs: str | list[str]) -> str:
    pairs: list[tuple[str, object]] = [(k.replace("_", "-"), v) for k, v in graphs.items()]
    return urlencode(([("query", query)] if query is not None else []) + pairs, doseq=True)


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_query_get(address: str, path: str) -> None:
    answer = exchange(address, "GET", f"{path}?query=ASK%20%7B%7D")
    assert answer.media_type in (
        "application/sparql-results+json",
        "application/sparql-results+xml",
    )
    assert is_true(answer)


def test_query_post_form(address: str) -> None:
    assert is_true(exchange(address, "POST", "/sparql", b"query=ASK%20%7B%7D", FORM))


def test_query_post_direct(address: str) -> None:
    assert is_true(exchange(address, "POST", "/sparql", b"ASK {}", DIRECT))


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        ("SELECT (1 AS ?value) {}", "application/sparql-results+xml", None),
        ("SELECT (1 AS ?value) {}", "application/sparql-results+json", None),
        ("SELECT (1 AS ?value) {}", "text/tab-separated-values", None),
        ("SELECT (1 AS ?value) {}", "text/csv", None),
        ("ASK {}", "application/sparql-results+xml", None),
        ("ASK {}", "application/sparql-results+json", None),
        ("ASK {}", "text/html;q=0.1, application/xml", "application/xml"),
        (f"DESCRIBE <{DATA1}>", "text/turtle", None),
        (f"DESCRIBE <{DATA1}>", "application/rdf+xml", None),
        ("CONSTRUCT { <s> <p> 1 } WHERE {}", "text/turtle", None),
        ("CONSTRUCT { <s> <p> 1 } WHERE {}", "application/n-triples", None),
        ("CONSTRUCT { <s> <p> 1 } WHERE {}", "application/ld+json", None),
        ("CONSTRUCT { <s> <p> 1 } WHERE {}", "application/trig", None),
        ("CONSTRUCT { <s> <p> 1 } WHERE {}", "application/n-quads", None),
    ],
)
def test_query_content_type(address: str, query: str, accept: str, media_type: str | None) -> None:
    answer = get(address, f"BASE <http://e.example/> {query}", accept)
    assert answer.status == 200
    assert answer.media_type == (media_type or accept)


ASK_DEFAULT = f"ASK {{ {LUMEN} }}"
ASK_BOTH = f"ASK {{ {LUMEN} . {OPEN} }}"
ASK_NAMED = f"ASK {{ GRAPH ?a {{ {LUMEN} }} GRAPH ?b {{ {OPEN} }} }}"
ASK_FULL = f"ASK {{ {AURORA} . GRAPH ?a {{ {LUMEN} }} GRAPH ?b {{ {OPEN} }} }}"
FULL = {"default_graph_uri": DATA3, "named_graph_uri": [DATA1, DATA2]}

#: The dataset, a query that it answers by yes, and a dataset for which the answer is no.
DATASETS = {
    "default_graph": ({"default_graph_uri": DATA1}, ASK_DEFAULT, {"default_graph_uri": DATA2}),
    "default_graphs": (
        {"default_graph_uri": [DATA1, DATA2]}, ASK_BOTH, {"default_graph_uri": DATA1}
    ),
    "named_graphs": (
        {"named_graph_uri": [DATA1, DATA2]}, ASK_NAMED, {"default_graph_uri": [DATA1, DATA2]}
    ),
    "full": (FULL, ASK_FULL, {"default_graph_uri": [DATA1, DATA2, DATA3]}),
}  # fmt: skip


@pytest.mark.parametrize("name", DATASETS)
def test_query_dataset(address: str, name: str) -> None:
    dataset, query, other = DATASETS[name]

    def ways(graphs: dict[str, str | list[str]]) -> list[bool]:
        posted = parameters(query, **graphs).encode()
        beside = f"/sparql?{parameters(None, **graphs)}"
        return [
            is_true(get(address, query, **graphs)),
            is_true(exchange(address, "POST", "/sparql", posted, FORM)),
            is_true(exchange(address, "POST", beside, query.encode(), DIRECT)),
            is_true(exchange(address, "POST", beside, parameters(query).encode(), FORM)),
        ]

    assert ways(dataset) == [True] * 4  # type: ignore[arg-type]
    assert ways(other) == [False] * 4  # type: ignore[arg-type]


def test_query_multiple_dataset(address: str) -> None:
    # the dataset of the protocol wins over that of the query
    query = f"ASK FROM <{DATA2}> {{ {LUMEN} }}"
    assert is_true(get(address, query, default_graph_uri=DATA1))
    assert not is_true(get(address, query))


def test_bad_multiple_queries(address: str) -> None:
    for answer in (
        exchange(address, "GET", "/sparql?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D"),
        exchange(address, "POST", "/sparql", b"query=ASK+%7B%7D&query=ASK+%7B%7D", FORM),
        exchange(address, "POST", "/sparql?query=ASK+%7B%7D", b"ASK {}", DIRECT),
    ):
        assert answer.status == 400


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "PROPFIND"])
def test_bad_query_method(address: str, method: str) -> None:
    answer = exchange(address, method, "/sparql?query=ASK%20%7B%7D")
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]


def test_bad_query_missing_form_type(address: str) -> None:
    assert 400 <= exchange(address, "POST", "/sparql", b"query=ASK%20%7B%7D").status < 500


def test_bad_query_missing_direct_type(address: str) -> None:
    assert 400 <= exchange(address, "POST", "/sparql", b"ASK {}").status < 500


def test_bad_query_wrong_media_type(address: str) -> None:
    headers = {"Content-Type": "text/plain"}
    assert exchange(address, "POST", "/sparql", b"ASK {}", headers).status == 415


def test_bad_query_non_utf8(address: str) -> None:
    utf16 = "ASK {}".encode("utf-16")
    headers = {"Content-Type": "application/sparql-query; charset=UTF-16"}
    assert 400 <= exchange(address, "POST", "/sparql", utf16, headers).status < 500
    assert exchange(address, "POST", "/sparql", utf16, DIRECT).status == 400
    escaped = f"/sparql?query={quote('ASK {}'.encode('utf-16'))}"
    assert exchange(address, "GET", escaped).status == 400


def test_bad_query_syntax(address: str) -> None:
    answer = exchange(address, "GET", "/sparql?query=ASK%20%7B")
    assert answer.status == 400
    assert b"Traceback" not in answer.body


@pytest.mark.parametrize(
    "target",
    [
        "/sparql?query=ASK%20%7B%7D",
        "/sparql",
        "/store?default",
        "/system/lumen-7b.ttl",
        "/health",
        "/",
        "/sparql?query=nonsense",
        "/nothing",
    ],
)
def test_head_is_get_without_the_body(address: str, target: str) -> None:
    got, headed = (exchange(address, method, target) for method in ("GET", "HEAD"))
    assert headed.body == b""
    assert headed.status == got.status
    for name in ("Content-Type", "ETag", "Vary", "Content-Length", "Access-Control-Allow-Origin"):
        assert headed.headers[name] == got.headers[name], name


def test_service_description_lists_all_formats_and_graphs(address: str) -> None:
    for media_type, parser in (("text/turtle", "turtle"), ("application/rdf+xml", "xml")):
        answer = exchange(address, "GET", "/sparql", headers={"Accept": media_type})
        assert answer.media_type == media_type
        graph = triples(answer.body, parser)
        sd = "http://www.w3.org/ns/sparql-service-description#"
        named = {str(o) for _, p, o in graph if str(p) == f"{sd}name"}
        assert {DATA1, DATA2, "https://w3id.org/osai-graph/graph/inferred"} <= named
        formats = {str(o).rpartition("/")[2] for _, p, o in graph if str(p) == f"{sd}resultFormat"}
        assert formats == {
            "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
            "Turtle", "N-Triples", "JSON-LD", "RDF_XML", "TriG", "N-Quads",
        }  # fmt: skip
        endpoints = {str(o) for _, p, o in graph if str(p) == f"{sd}endpoint"}
        assert endpoints == {f"{address}/sparql"}
