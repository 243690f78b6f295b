"""front stands before the application: it repeats answers without asking it again.

An answer that carries an entity tag depends on the data version and on the request alone, and one
process serves one data version; so the same request gets the same bytes, gzip included, at the cost
of a look-up. It also reads what is left of a body that is too large, so that its sender, who is
still sending, gets the answer.
"""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Headers = list[tuple[str, str]]

#: Larger answers and bodies are passed on as they come.
_KEPT_BYTES = 512 * 1024
_READ_BYTES = 64 * 1024

#: Of a body that is too large, as much is read and thrown away.
_DRAINED_BYTES = 32 * 1024 * 1024

#: What the answers differ by, beside method, path and query (see Vary).
_PARTS = (
    "wsgi.url_scheme", "HTTP_HOST", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_PREFIX", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT",
    "HTTP_ACCEPT_ENCODING", "CONTENT_TYPE",
)  # fmt: skip
_BYPASS = ("HTTP_IF_NONE_MATCH", "HTTP_RANGE", "HTTP_TRANSFER_ENCODING")


class Front:
    """Repeats answers of an application.

    Args:
        application: the WSGI application.
        largest_body: the number of bytes up to which it reads a body.
        limit: the number of bytes of answers that are kept.
    """

    def __init__(
        self, application: Application, largest_body: int, limit: int = 16 * 1024 * 1024
    ) -> None:
        self._application = application
        self._largest_body = largest_body
        self._limit = limit
        self._size = 0
        self._answers: OrderedDict[tuple[object, ...], tuple[Headers, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        key = self._key(environ)
        if key is None:
            return self._application(environ, start_response)
        with self._lock:
            kept = self._answers.get(key)
            if kept is not None:
                self._answers.move_to_end(key)
        if kept is not None:
            start_response("200 OK", list(kept[0]))
            return [kept[1]]
        return self._ask(key, environ, start_response)

    def _key(self, environ: Environ) -> tuple[object, ...] | None:
        """Return what the answer to a request depends on, ``None`` where it is not kept."""
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "POST") or any(name in environ for name in _BYPASS):
            return None
        parts = tuple(environ.get(name) for name in _PARTS)
        if method == "GET":
            return parts
        body = self._body(environ)
        return None if body is None else (*parts, body)

    def _body(self, environ: Environ) -> bytes | None:
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return None
        if length > self._largest_body:
            _drain(environ["wsgi.input"], min(length, _DRAINED_BYTES))
        if not 0 < length <= _READ_BYTES:
            return None
        body: bytes = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = io.BytesIO(body)
        return body

    def _ask(
        self, key: tuple[object, ...], environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        said: list[tuple[str, Headers]] = []

        def note(status: str, headers: Headers, *error: Any) -> Any:
            said.append((status, headers))
            return start_response(status, headers, *error)

        answer = self._application(environ, note)
        status, headers = said[-1]
        names = {name.lower(): value for name, value in headers}
        if not status.startswith("200") or "etag" not in names:
            return answer
        if int(names.get("content-length", _KEPT_BYTES + 1)) > _KEPT_BYTES:
            return answer
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        self._keep(key, headers, body)
        return [body]

    def _keep(self, key: tuple[object, ...], headers: Headers, body: bytes) -> None:
        with self._lock:
            if key in self._answers:
                return
            self._answers[key] = (headers, body)
            self._size += _cost(key, body)
            while self._size > self._limit:
                oldest, (_, content) = self._answers.popitem(last=False)
                self._size -= _cost(oldest, content)


def _cost(key: tuple[object, ...], body: bytes) -> int:
    return len(body) + sum(len(part) for part in key if isinstance(part, str | bytes)) + 2000


def _drain(stream: Any, length: int) -> None:
    while length > 0:
        chunk = stream.read(min(length, 1 << 16))
        if not chunk:
            return
        length -= len(chunk)
