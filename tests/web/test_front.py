"""What stands before the application repeats its answers and nothing else."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from osai_graph.web.front import Front


class Counted:
    """An application that counts its answers."""

    def __init__(self, status: str = "200 OK", **headers: str) -> None:
        self.status = status
        self.headers = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.count = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.count += 1
        body = b"%d %s" % (self.count, environ["wsgi.input"].read())
        start_response(self.status, [*self.headers, ("Content-Length", str(len(body)))])
        return iter([body])


def ask(front: Front, method: str = "GET", body: bytes = b"", **more: str) -> bytes:
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/sparql",
        "QUERY_STRING": "query=ASK{}",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **more,
    }
    return b"".join(front(environ, lambda *_: None))


def test_the_same_request_gets_the_same_answer() -> None:
    front = Front(Counted(ETag='"x"'), 1000)
    assert ask(front) == ask(front) == b"1 "


def test_posts_differ_by_their_bodies() -> None:
    front = Front(Counted(ETag='"x"'), 1000)
    assert ask(front, "POST", b"a") == ask(front, "POST", b"a") == b"1 a"
    assert ask(front, "POST", b"b") == b"2 b"


def test_what_the_answer_varies_by() -> None:
    front = Front(Counted(ETag='"x"'), 1000)
    names = ("HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_HOST", "CONTENT_TYPE", "PATH_INFO")
    answers = {ask(front), *(ask(front, **{name: "other"}) for name in names)}
    assert len(answers) == 6


def test_what_is_never_repeated() -> None:
    for application in (Counted(), Counted("404 Not Found", ETag='"x"')):
        front = Front(application, 1000)
        assert ask(front) != ask(front)
    front = Front(Counted(ETag='"x"'), 1000)
    conditional = {"HTTP_IF_NONE_MATCH": '"x"'}
    assert ask(front, **conditional) != ask(front, **conditional)
    assert ask(front, "HEAD") != ask(front, "HEAD")


def test_the_oldest_answers_make_room() -> None:
    application = Counted(ETag='"x"')
    front = Front(application, 1000, limit=7000)
    for number in range(50):
        ask(front, HTTP_ACCEPT=str(number))
    assert front._size <= 7000
    assert ask(front, HTTP_ACCEPT="49") == b"50 "
    assert ask(front, HTTP_ACCEPT="0") == b"51 "


def test_a_body_that_is_too_large_is_read_to_its_end() -> None:
    stream = io.BytesIO(b"x" * 5000)
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_LENGTH": "5000",
        "wsgi.input": stream,
    }
    front = Front(Counted(), 1000)
    assert b"".join(front(environ, lambda *_: None)) == b"1 "
    assert stream.read() == b""
