"""answers gives responses what HTTP asks: entity tags, Vary, compression, CORS, security."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, request, send_file
from werkzeug.exceptions import BadRequest

from osai_graph.web.service import service

_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Content-Location, Retry-After",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
_COMPRESSED_FROM = 1000


def varied(response: Response) -> Response:
    """Say that the answer depends on what the client accepts."""
    response.vary.update(["Accept", "Accept-Encoding"])
    return response


def content_type(media_type: str) -> str:
    """Return the media type with its charset where it takes one.

    >>> content_type("text/csv"), content_type("application/ld+json")
    ('text/csv; charset=utf-8', 'application/ld+json')
    """
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def stable(media_type: str, key: tuple[object, ...], make: Callable[[], bytes]) -> Response:
    """Return an answer that depends on the data version and ``key`` alone.

    It carries an entity tag, is answered by 304 where the client has it (RFC 9110, section 13.1.2),
    and is kept in memory.
    """
    tag = service().tag(*key, media_type)
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
        response.headers.remove("Content-Type")
    else:
        response = Response(service().cache.get(key, make), content_type=content_type(media_type))
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    return varied(response)


def stable_file(
    media_type: str, key: tuple[object, ...], ending: str, make: Callable[[Path], None]
) -> Response:
    """Return a large answer that depends on the data version alone, from a file.

    ``make`` writes the file at the path that it is given; it is called once for each data version
    and key, and what it writes is moved into place when it is whole.
    """
    tag = service().tag(*key, media_type)
    path = service().exports / f"{tag}.{ending}"
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
        response.headers.remove("Content-Type")
    else:
        _make_once(path, make)
        response = send_file(path, media_type, conditional=False, etag=False)
        response.content_type = content_type(media_type)
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    return varied(response)


def _make_once(path: Path, make: Callable[[Path], None]) -> None:
    """Make a file that is not there; of those who ask for it at once, one does the work."""
    if path.exists():
        return
    with service().making(path.name):
        if path.exists():
            return
        made = path.with_name(f"{uuid.uuid4().hex}.part")
        try:
            make(made)
            made.rename(path)
        finally:
            made.unlink(missing_ok=True)


def _compress(response: Response) -> Response:
    kind = response.content_type or ""
    if (
        response.direct_passthrough
        or response.status_code < 200
        or response.status_code in (204, 304)
        or "Content-Encoding" in response.headers
        or not kind.startswith(("text/", "application/", "image/svg"))
        or request.accept_encodings["gzip"] <= 0
    ):
        return response
    body = response.get_data()
    if len(body) >= _COMPRESSED_FROM:
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _finish(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return _compress(response)


def _options() -> Response | None:
    """Answer OPTIONS, with or without a preflight (Fetch Standard, section 3.2), for all routes."""
    if request.method != "OPTIONS":
        return None
    if request.url_rule is None:
        return None
    allowed = ", ".join(sorted({"OPTIONS", *(request.url_rule.methods or ())}))
    response = Response(status=204)
    response.headers["Allow"] = allowed
    response.headers["Access-Control-Allow-Methods"] = allowed
    for name, value in _PREFLIGHT.items():
        response.headers[name] = value
    return response


def _check_host() -> None:
    """Refuse a request that does not say which host it means (RFC 9112, section 3.2)."""
    if not request.host:  # Werkzeug empties what is no host
        raise BadRequest("The header Host is missing or wrong.")


def register(app: Flask) -> None:
    """Finish all responses of an application."""
    app.before_request(_check_host)
    app.before_request(_options)
    app.after_request(_finish)
