"""A tiny HTTP server that answers with whatever a test gives it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Answers one request through its handler.
Behavior = Callable[[BaseHTTPRequestHandler], None]


def answering(
    body: bytes,
    media_type: str = "application/sparql-results+json",
    status: int = 200,
    **headers: str,
) -> Behavior:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", media_type)
        handler.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    behavior: Behavior

    def handle_error(self, *_: Any) -> None:
        """Say nothing of clients that hang up."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.close_connection = True
        self.server.behavior(self)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def misbehaving(behavior: Behavior) -> Iterator[str]:
    """Run a server that answers every POST so; gives its address."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.behavior = behavior
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/query"
        finally:
            server.shutdown()
            thread.join()
