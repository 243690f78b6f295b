"""The shortcut gives the answers of the application, and leaves to it what is not plain."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from osai_graph.build import BuiltGraph
from osai_graph.web import create_app
from osai_graph.web.clients import ClientLimits
from osai_graph.web.front import Front
from osai_graph.web.shortcut import Shortcut
from tests.web.conftest import LIMITS

SELECT = "SELECT * { ?s a osai:Model ; rdfs:label ?l } # é"
LONG = "SELECT * { ?s ?p ?o } LIMIT 100"


def environ(query: str | None, **more: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/sparql",
        "QUERY_STRING": "" if query is None else f"query={quote(query)}",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        **more,
    }


def ask(front: Any, asked: dict[str, Any]) -> tuple[str, dict[str, str], bytes]:
    said: list[tuple[str, dict[str, str]]] = []
    answer = front(asked, lambda status, headers, *_: said.append((status, dict(headers))))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return *said[-1], body


@pytest.mark.parametrize("accept", ["*/*", "text/csv", "application/xml;q=0.5", "text/*"])
@pytest.mark.parametrize("coding", ["", "gzip", "gzip;q=0", "br, *;q=0.1"])
@pytest.mark.parametrize("query", [SELECT, LONG, "ASK {}"])
def test_it_answers_as_the_application(app: Flask, query: str, accept: str, coding: str) -> None:
    headers = {"HTTP_ACCEPT": accept, "HTTP_ACCEPT_ENCODING": coding}
    found = Shortcut(app).answer(environ(query, **headers))
    assert found is not None
    status, wanted, body = ask(app.wsgi_app, environ(query, **headers))
    assert (status, wanted, body) == ("200 OK", dict(found[0]), found[1])


@pytest.mark.parametrize("accept", ["*/*", "application/n-quads", "text/plain"])
def test_it_answers_with_triples(app: Flask, accept: str) -> None:
    query = "PREFIX : <https://w3id.org/osai-graph/system/> DESCRIBE :lumen-7b"
    found = Shortcut(app).answer(environ(query, HTTP_ACCEPT=accept))
    assert found is not None
    assert ask(app.wsgi_app, environ(query, HTTP_ACCEPT=accept))[1:] == (dict(found[0]), found[1])


@pytest.mark.parametrize(
    ("query", "more"),
    [
        (None, {}),
        (SELECT, {"REQUEST_METHOD": "POST"}),
        (SELECT, {"PATH_INFO": "/"}),
        (SELECT, {"QUERY_STRING": "query=ASK{}&format=csv"}),
        (SELECT, {"QUERY_STRING": "query=%FF"}),
        (SELECT, {"HTTP_ACCEPT": "text/html"}),
        (SELECT, {"HTTP_ACCEPT": "image/png"}),
        (SELECT, {"HTTP_HOST": "a b"}),
        ("SELECT (UUID() AS ?x) {}", {}),
    ],
)
def test_what_is_not_plain(app: Flask, query: str | None, more: dict[str, str]) -> None:
    assert Shortcut(app).answer(environ(query, **more)) is None


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("SELECT * {\n ?s ?p }", "400", b"Line 2, column 8"),
        ("SELECT * { SERVICE ?x { } }", "400", b"SERVICE is refused"),
        ("CLEAR ALL", "400", b"update"),
        ("SELECT * { ?s ?p ?o . ?s ?q ?r }", "413", b"Add a LIMIT"),
    ],
)
def test_the_application_says_what_is_wrong(
    app: Flask, query: str, status: str, words: bytes
) -> None:
    front = Front(app.wsgi_app, 1000, shortcut=Shortcut(app).answer)
    said, headers, body = ask(front, environ(query, HTTP_ACCEPT="text/plain, */*;q=0.1"))
    assert said.startswith(status)
    assert words in body
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_clients_are_limited(built: BuiltGraph) -> None:
    app = create_app(built, limits=LIMITS, clients=ClientLimits(at_once=1, per_minute=2))
    try:
        front = Front(app.wsgi_app, 1000, shortcut=Shortcut(app).answer)
        queries = [environ(f"ASK {{}} # {n}", REMOTE_ADDR="192.0.2.1") for n in range(4)]
        assert [ask(front, query)[0][:3] for query in queries] == ["200", "200", "429", "429"]
    finally:
        app.extensions["osai_graph"].pool.close()


def test_behind_a_proxy_the_application_answers(app: Flask) -> None:
    before = app.config["BEHIND_PROXY"]
    app.config["BEHIND_PROXY"] = True
    try:
        assert Shortcut(app).answer(environ(SELECT)) is None
    finally:
        app.config["BEHIND_PROXY"] = before
