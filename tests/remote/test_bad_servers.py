"""Whatever a server does, we give one clear error, or an answer: never a traceback, never a cut."""

from __future__ import annotations

import contextlib
import gzip
import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osai_graph.errors import StoreError, SyntaxFault
from osai_graph.graph.exchange import Credentials, Exchange
from osai_graph.graph.remote import Addresses, RemoteStore
from osai_graph.remote_build import build_remote, open_remote
from tests.remote.misbehaving import Behavior, answering, misbehaving
from tests.remote.servers import free_port

JSON = "application/sparql-results+json"
ROWS = {"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "uri", "value": "a:b"}}]}}
GOOD = json.dumps(ROWS).encode()
QUERY = "SELECT ?s WHERE { ?s ?p ?o }"


def hanging(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1.5)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    answering(b"", length="1000")(handler)
    for _ in range(30):
        handler.wfile.write(b" ")
        time.sleep(0.05)


def endless(handler: BaseHTTPRequestHandler) -> None:
    answering(b"", length=str(1 << 40))(handler)
    while True:
        handler.wfile.write(b"x" * 65536)


def no_http(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"220 mail.example.org ready\r\n")


def closing(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


BOMB = answering(gzip.compress(b" " * (64 << 20)), Content_Encoding="gzip")
CUT = answering(GOOD[:20], length="500")
HTML = b"<html><head><style>p {}</style></head><body><p>Out of   luck</p></body></html>"
LOCKED = answering(b"who are you?", "text/plain", 401, WWW_Authenticate='Basic realm="x"')
MANY = json.dumps(
    {"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "uri", "value": "a:b"}}] * 3}}
).encode()

CASES: dict[str, tuple[Behavior, str]] = {
    "a page in HTML": (answering(HTML, "text/html"), "is no answer to a SPARQL query"),
    "a page that says it is JSON": (answering(HTML), "is no answer to a SPARQL query"),
    "JSON cut short": (answering(GOOD[:-5]), "is no answer to a SPARQL query"),
    "a connection cut short": (CUT, "broke off|cannot be reached"),
    "other JSON": (answering(b'{"answer": 42}'), "is no table"),
    "a list": (answering(b"[1, 2]"), "is no answer to a SPARQL query"),
    "nothing": (answering(b""), "is no answer to a SPARQL query"),
    "bytes": (answering(b"\x00\xff\xfe" * 99, "image/png"), "is no answer"),
    "deep nesting": (answering(b"[" * 100_000), "is no answer"),
    "500": (answering(HTML, "text/html", 500), r"failed \(500\): Out of luck"),
    "503 without a word": (answering(b"", "text/plain", 503), r"failed \(503\): it gives no"),
    "400": (answering(b"I cannot run it", "text/plain", 400), "refuses the request: I cannot"),
    "404": (answering(b"", "text/plain", 404), "There is no SPARQL service at"),
    "401": (LOCKED, "refuses access"),
    "a redirect": (
        answering(b"", "text/plain", 302, Location="http://else.example/x?secret=1"),
        "redirects to http://else.example/x, which is not followed",
    ),
    "hanging": (hanging, "did not answer within 0.5 seconds"),
    "a byte now and then": (dripping, "did not answer within 0.5 seconds"),
    "without end": (endless, "larger than 1 MB"),
    "64 MB in a small packet": (BOMB, "larger than 1 MB"),
    "no HTTP": (no_http, "cannot be reached|broke off"),
    "hanging up": (closing, "cannot be reached"),
    "rows cut by the server": (
        answering(MANY, X_SPARQL_MaxRows="3"),
        "cuts answers at 3 rows",
    ),
    "an answer in part": (
        answering(GOOD, X_SQL_Message="RC...: Returning incomplete results"),
        "answered in part only",
    ),
}


def store_at(url: str, credentials: Credentials | None = None) -> RemoteStore:
    return RemoteStore(Addresses(url), Exchange(credentials, seconds=0.5, most_bytes=1 << 20))


@pytest.mark.parametrize("case", CASES)
def test_a_select_query_fails_with_one_clear_error(case: str) -> None:
    behavior, message = CASES[case]
    with misbehaving(behavior) as url:
        store = store_at(url)
        with pytest.raises(StoreError, match=message) as caught:
            store.select(QUERY)
        assert caught.value.remedy
        assert "Traceback" not in str(caught.value)
        store.close()


@pytest.mark.parametrize("case", ["a page in HTML", "JSON cut short", "bytes", "nothing"])
def test_triples_that_are_none(case: str) -> None:
    behavior, _ = CASES[case]
    with misbehaving(behavior) as url:
        store = store_at(url)
        with pytest.raises(StoreError, match="is no answer to a SPARQL query"):
            store.construct("CONSTRUCT WHERE { ?s ?p ?o }")
        with pytest.raises(StoreError):
            store.ask("ASK { ?s ?p ?o }")
        store.close()


def test_nobody_is_there() -> None:
    with pytest.raises(StoreError, match="cannot be reached: Connection refused"):
        store_at(f"http://127.0.0.1:{free_port()}/query").select(QUERY)


def test_no_such_host() -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        store_at("http://nowhere.invalid/query").select(QUERY)


def test_a_wrong_query_is_our_own_syntax_fault() -> None:
    with misbehaving(answering(b"nope", "text/plain", 400)) as url:
        store = store_at(url)
        with pytest.raises(SyntaxFault) as caught:
            store.select("SELECT ?s WHERE { ?s ?p }")
        assert caught.value.line == 1
        store.close()


def test_the_password_is_not_in_the_error() -> None:
    with misbehaving(LOCKED) as url:
        store = store_at(url, Credentials("me", "opensesame"))
        with pytest.raises(StoreError, match="are not accepted") as caught:
            store.select(QUERY)
        assert "opensesame" not in str(caught.value) + repr(store.exchange.credentials)
        store.close()


@pytest.fixture(scope="module")
def any_answer() -> Iterator[tuple[str, list[Behavior]]]:
    behaviors: list[Behavior] = []
    with misbehaving(lambda handler: behaviors[-1](handler)) as url:
        yield url, behaviors


_NOISE = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["head", "vars", "results", "bindings", "s", "type", "value"]),
                inner,
                max_size=3,
            )
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode()),
    st.integers(0, len(GOOD)).map(lambda end: GOOD[:end]),
)


@given(
    body=_NOISE,
    media_type=st.sampled_from([JSON, "text/html", "text/plain", "", "application/n-triples"]),
    status=st.sampled_from([200, 200, 200, 204, 304, 400, 418, 500]),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_nonsense(
    any_answer: tuple[str, list[Behavior]], body: bytes, media_type: str, status: int
) -> None:
    url, behaviors = any_answer
    behaviors.append(answering(b"" if status in (204, 304) else body, media_type, status))
    store = store_at(url)
    for run in (lambda: store.select(QUERY), lambda: store.construct("CONSTRUCT WHERE {?s ?p ?o}")):
        with contextlib.suppress(StoreError):  # and no other error
            run()
    store.close()


def test_a_build_on_nonsense_says_so(small_graph_root: Path) -> None:
    with misbehaving(answering(HTML, "text/html")) as url:
        store = store_at(url)
        with pytest.raises(StoreError, match="is no answer to a SPARQL query"):
            build_remote(store, small_graph_root)
        with pytest.raises(StoreError, match="is no answer to a SPARQL query"):
            open_remote(store, small_graph_root)
        store.close()
