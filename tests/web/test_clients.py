"""One client cannot take what all clients share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from osai_graph.build import BuiltGraph
from osai_graph.web import create_app
from osai_graph.web.clients import ClientLimiter, ClientLimits, TooManyRequestsError
from tests.web.conftest import LIMITS


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_requests_at_once() -> None:
    limiter = ClientLimiter(ClientLimits(at_once=2, per_minute=100))
    limiter.enter("a")
    limiter.enter("a")
    with pytest.raises(TooManyRequestsError, match="More than 2 requests"):
        limiter.enter("a")
    limiter.enter("b")
    limiter.leave("a")
    limiter.enter("a")


def test_requests_in_a_minute() -> None:
    clock = Clock()
    limiter = ClientLimiter(ClientLimits(at_once=9, per_minute=3), clock)
    for _ in range(3):
        limiter.enter("a")
        limiter.leave("a")
    with pytest.raises(TooManyRequestsError, match="more than 3 requests in a minute") as caught:
        limiter.enter("a")
    assert caught.value.retry_after == 20
    limiter.enter("b")
    clock.now = 20.0
    limiter.enter("a")


@pytest.fixture(scope="module")
def limited(built: BuiltGraph) -> Iterator[Flask]:
    app = create_app(
        built,
        limits=LIMITS,
        clients=ClientLimits(at_once=1, per_minute=4),
        config={"BEHIND_PROXY": True},
    )
    yield app
    app.extensions["osai_graph"].pool.close()


def status_of(app: Flask, client: str, target: str = "/system/lumen-7b.ttl") -> int:
    headers = {"X-Forwarded-For": client, "Accept": "application/json"}
    return app.test_client().get(target, headers=headers).status_code


def test_over_http(limited: Flask) -> None:
    assert [status_of(limited, "192.0.2.1") for _ in range(4)] == [200] * 4
    answer = limited.test_client().get("/", headers={"X-Forwarded-For": "192.0.2.1"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert "more than 4 requests" in answer.text
    assert status_of(limited, "192.0.2.2") == 200
    # a network of 64 bits is one client; what ran into an error is over as well
    assert [status_of(limited, f"2001:db8::{n}", "/nothing") for n in range(4)] == [404] * 4
    assert status_of(limited, "2001:db8::9") == 429


def test_this_machine_is_not_limited(limited: Flask) -> None:
    assert {status_of(limited, "127.0.0.1") for _ in range(9)} == {200}


def test_forwarded_headers_are_believed_only_from_a_proxy(app: Flask) -> None:
    answer = app.test_client().get(
        "/sparql", headers={"X-Forwarded-Host": "evil.example", "Accept": "text/turtle"}
    )
    assert b"evil.example" not in answer.data
