"""shortcut answers plain queries without the application, which would take most of their time.

A plain query is ``GET /sparql?query=...`` with no other parameter, whose answer depends on the data
version alone and is no page. The answer is that of the application, byte for byte and header for
header; what is not plain is left to it, and so is every word about what went wrong.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import Any

from flask import Flask
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.sansio.utils import get_host

from osai_graph.errors import GraphError
from osai_graph.graph.negotiation import GRAPH_FORMATS, HTML, RESULT_FORMATS, Choice, negotiate
from osai_graph.graph.query_text import QueryText
from osai_graph.namespaces import PREFIXES
from osai_graph.web.answers import COMPRESSED_FROM, COMPRESSION, HEADERS, content_type
from osai_graph.web.clients import ClientLimiter, client_name
from osai_graph.web.protocol import ProtocolError, parse_pairs
from osai_graph.web.service import Service
from osai_graph.web.sparql import PROBLEM, check, explained

Environ = dict[str, Any]
Headers = list[tuple[str, str]]

_COMMON = [
    ("Cache-Control", "no-cache"),
    ("Vary", "Accept, Accept-Encoding"),
    *HEADERS.items(),
]


@lru_cache(256)
def _choice(accept: str | None, gives_triples: bool) -> Choice | None:
    offers = GRAPH_FORMATS if gives_triples else RESULT_FORMATS
    return negotiate(accept, (*offers, HTML))


@lru_cache(256)
def _takes_gzip(header: str) -> bool:
    return parse_accept_header(header, Accept)["gzip"] > 0


@lru_cache(256)
def _is_host(header: str) -> bool:
    return bool(get_host("http", header))


class Shortcut:
    """Answers plain queries.

    Args:
        app: the application of which the answers are.
    """

    def __init__(self, app: Flask) -> None:
        self._service: Service = app.extensions["osai_graph"]
        self._limiter: ClientLimiter = app.extensions["osai_graph_clients"]
        self._is_open = not app.config["BEHIND_PROXY"]  # a proxy's headers are the application's

    def answer(self, environ: Environ) -> tuple[Headers, bytes] | None:
        """Return headers and body, ``None`` where the application must be asked."""
        text = self._plain_query(environ)
        if text is None or not text.is_repeatable:
            return None
        choice = _choice(environ.get("HTTP_ACCEPT"), text.gives_triples)
        if choice is None or choice.format is HTML:
            return None
        name = client_name(environ.get("REMOTE_ADDR"))
        try:
            if name is not None:
                self._limiter.enter(name)
        except GraphError:
            return None  # the application says it
        try:
            return self._answer(text, choice, environ)
        except GraphError as error:
            environ[PROBLEM] = explained(error, text)
            return None
        finally:
            if name is not None:
                self._limiter.leave(name)

    def _plain_query(self, environ: Environ) -> QueryText | None:
        asked: str = environ["QUERY_STRING"]
        if (
            not self._is_open
            or environ["REQUEST_METHOD"] != "GET"
            or environ["PATH_INFO"] != "/sparql"
            or not asked.startswith("query=")
            or "&" in asked
            or not _is_host(environ.get("HTTP_HOST", ""))
        ):
            return None
        try:
            ((_, query),) = parse_pairs(asked.encode("latin-1"), "query string")
        except (ProtocolError, UnicodeEncodeError):
            return None
        return QueryText(query)

    def _answer(self, text: QueryText, choice: Choice, environ: Environ) -> tuple[Headers, bytes]:
        ending = choice.format.ending
        key = ("sparql", text.normalized, (), (), ending)

        def make() -> bytes:
            check(text)
            prefixes = (text.prefixes or PREFIXES) if text.gives_triples else None
            return self._service.pool.evaluate(text.text, ending, prefixes=prefixes)

        body = self._service.cache.get(key, make)
        headers = [
            ("Content-Type", content_type(choice.media_type)),
            ("ETag", f'W/"{self._service.tag(*key, choice.media_type)}"'),
            *_COMMON,
        ]
        if len(body) >= COMPRESSED_FROM and _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            body = gzip.compress(body, COMPRESSION, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("Content-Length", str(len(body))))
        return headers, body
