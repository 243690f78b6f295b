"""protocol reads the query operation of the SPARQL 1.1 Protocol from an HTTP request, strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Request

from osai_graph.errors import GraphError

_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_UPDATE = "application/sparql-update"
_GRAPH_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*")

_MOST_PARAMETERS = 1000

Pairs = list[tuple[str, str]]


class ProtocolError(GraphError):
    """A request that is no query operation; ``status`` is the HTTP status that says so."""

    def __init__(self, status: int, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.status = status


@dataclass(frozen=True)
class QueryRequest:
    """A query operation (SPARQL 1.1 Protocol, section 2.1).

    ``query`` is ``None`` where the endpoint itself is asked for, without any parameter of the
    operation. ``format`` is what ``format=`` or ``output=`` name.
    """

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str | None = None


def parse_pairs(data: bytes, where: str) -> Pairs:
    """Return the names and values of URL-encoded data.

    Raises:
        ProtocolError: the data is not UTF-8, or has too many parameters.
    """
    if data.count(b"&") >= _MOST_PARAMETERS:
        raise ProtocolError(
            400, f"The {where} has more than {_MOST_PARAMETERS:,} parameters.", "Send fewer."
        )
    try:
        return parse_qsl(
            data.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict"
        )
    except ValueError as error:
        raise ProtocolError(
            400, f"The {where} is not URL-encoded UTF-8.", "Encode it as UTF-8, then escape it."
        ) from error


def _charset(request: Request) -> None:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise ProtocolError(415, f"The charset {charset} is not read here.", "Send UTF-8.")


def _encoding(request: Request) -> None:
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding != "identity":
        raise ProtocolError(415, f"A body in {encoding} is not read here.", "Send it as it is.")


def _posted(request: Request, in_url: Pairs) -> Pairs:
    """Return the parameters of a POST, of both kinds (sections 2.1.2 and 2.1.3)."""
    _charset(request)
    _encoding(request)
    body = request.get_data(cache=True, parse_form_data=False)
    if request.mimetype == _FORM:
        return in_url + parse_pairs(body.strip(), "body")
    if request.mimetype == _DIRECT:
        try:
            return [*in_url, ("query", body.decode("utf-8-sig"))]
        except UnicodeDecodeError as error:
            raise ProtocolError(400, "The query is not UTF-8.", "Send UTF-8.") from error
    if request.mimetype == _UPDATE:
        raise _update_refused()
    wrong = f'The content type "{request.mimetype}" is not read here.'
    raise ProtocolError(
        415,
        wrong if request.mimetype else "No content type is named.",
        f"Post a query as {_DIRECT}, or a form as {_FORM}.",
    )


def _update_refused() -> ProtocolError:
    return ProtocolError(
        403, "This service is read-only: updates are refused.", "Send a query instead."
    )


def _single(pairs: Pairs, names: tuple[str, ...]) -> str | None:
    values = [value for name, value in pairs if name in names]
    if (len(values) > 1 and len(set(values)) > 1) or (names == ("query",) and len(values) > 1):
        raise ProtocolError(
            400, f"The request has {len(values)} parameters {names[0]}.", "Send exactly one."
        )
    return values[0] if values else None


def is_absolute_iri(text: str) -> bool:
    """Say whether a text is an absolute IRI (RFC 3987), as the name of a graph must be."""
    return _GRAPH_IRI.fullmatch(text) is not None


def _graphs(pairs: Pairs, name: str) -> tuple[str, ...]:
    graphs = tuple(value for key, value in pairs if key == name and value)
    for graph in graphs:
        if not is_absolute_iri(graph):
            raise ProtocolError(400, f'The {name} "{graph}" is no absolute IRI.')
    return graphs


def read_request(request: Request) -> QueryRequest:
    """Return the query operation that a request asks for.

    Raises:
        ProtocolError: the request is none; with the HTTP status.
    """
    in_url = parse_pairs(request.query_string, "query string")
    pairs = _posted(request, in_url) if request.method == "POST" else in_url
    names = {name for name, _ in pairs}
    if "update" in names:
        raise _update_refused()
    query = _single(pairs, ("query",))
    if query is None and (request.method == "POST" or names - {"format", "output"}):
        raise ProtocolError(
            400, "The request has no query.", "Send the SPARQL text as the parameter query."
        )
    return QueryRequest(
        query,
        _graphs(pairs, "default-graph-uri"),
        _graphs(pairs, "named-graph-uri"),
        _single(pairs, ("format", "output")) or None,
    )
