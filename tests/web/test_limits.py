"""A hostile query costs its sender an error and others nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from flask.testing import FlaskClient

from osai_graph.build import BuiltGraph
from osai_graph.errors import StoreError, SyntaxFault
from osai_graph.web.pool import Limits, QueryLimitError, WorkerPool
from tests.web.attacking import cross_product


@pytest.fixture
def pool(built: BuiltGraph) -> Iterator[WorkerPool]:
    made = WorkerPool(
        built.store_path,
        Limits(
            seconds=1.0,
            result_bytes=50_000,
            workers=1,
            wait_seconds=0.05,
            slow_workers=1,
            slice_seconds=0.2,
        ),
    )
    yield made
    made.close()


def test_time_limit_and_recovery(pool: WorkerPool) -> None:
    with pytest.raises(QueryLimitError, match=r"time limit of 1 seconds") as caught:
        pool.evaluate(cross_product("abcdef"), "json")
    assert caught.value.status == 504
    assert b"true" in pool.evaluate("ASK {}", "json")


def test_a_crash_is_the_senders_problem(pool: WorkerPool) -> None:
    with pytest.raises(QueryLimitError, match="too complex") as caught:
        pool.evaluate("ASK " + "{" * 20_000 + "}" * 20_000, "json")
    assert caught.value.status == 400
    assert b"true" in pool.evaluate("ASK {}", "json")


def test_size_limit(pool: WorkerPool) -> None:
    with pytest.raises(QueryLimitError, match="larger than the limit") as caught:
        pool.evaluate("SELECT * { ?s ?p ?o . ?s ?q ?r }", "json")
    assert caught.value.status == 413
    assert b"true" in pool.evaluate("ASK {}", "json")


def status_of(pool: WorkerPool, query: str) -> int:
    try:
        pool.evaluate(query, "json")
    except QueryLimitError as error:
        return error.status
    return 200


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_all_busy(built: BuiltGraph) -> None:
    limits = Limits(seconds=1.0, workers=1, wait_seconds=0.05, slice_seconds=5.0)
    with closing(WorkerPool(built.store_path, limits)) as pool, ThreadPoolExecutor(2) as threads:
        long = threads.submit(status_of, pool, cross_product("abcdef"))
        wait_until(lambda: pool.count()["busy"] == 1)
        assert threads.submit(status_of, pool, "ASK {}").result() == 503
        assert long.result() == 504
        assert status_of(pool, "ASK {}") == 200


def test_long_queries_keep_nobody_waiting(built: BuiltGraph) -> None:
    limits = Limits(seconds=60.0, workers=1, wait_seconds=0.05, slow_workers=1, slice_seconds=0.2)
    with closing(WorkerPool(built.store_path, limits)) as pool, ThreadPoolExecutor(2) as threads:
        long = threads.submit(status_of, pool, cross_product("abcdef"))
        wait_until(lambda: pool.count()["slow"] == 1)
        assert status_of(pool, "ASK {}") == 200
        # the slow lane has one place, and what comes to it now finds it taken
        assert status_of(pool, cross_product("abcdefg")) == 503
        assert status_of(pool, "ASK {}") == 200
        assert not long.done()
        pool.close()
        assert long.result() == 400


def test_what_was_slow_once_starts_in_the_slow_lane(pool: WorkerPool) -> None:
    assert status_of(pool, cross_product("abcdef")) == 504
    with ThreadPoolExecutor(1) as threads:
        again = threads.submit(status_of, pool, cross_product("abcdef"))
        wait_until(lambda: pool.count()["slow"] == 1)
        assert pool.count()["busy"] == 0
        assert again.result() == 504


def test_a_worker_that_died_at_rest_is_replaced(pool: WorkerPool) -> None:
    pool.evaluate("ASK {}", "json")
    pool._idle[0].process.kill()
    pool._idle[0].process.wait()
    assert b"true" in pool.evaluate("ASK {}", "json")


def test_workers_reach_no_network(pool: WorkerPool) -> None:
    query = "SELECT * { SERVICE <http://192.0.2.1/> { ?s ?p ?o } }"
    with pytest.raises(StoreError):
        pool.evaluate(query, "json")


def test_wrong_queries(pool: WorkerPool) -> None:
    with pytest.raises(SyntaxFault):
        pool.evaluate("SELECT", "json")
    with pytest.raises(StoreError, match=r"http://e\.example/f"):
        pool.evaluate("SELECT (<http://e.example/f>(1) AS ?x) {}", "json")


def test_closed(pool: WorkerPool) -> None:
    pool.evaluate("ASK {}", "json")
    process = pool._idle[0].process
    pool.close()
    assert process.poll() is not None
    with pytest.raises(QueryLimitError, match="stopping"):
        pool.evaluate("ASK {}", "json")


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("SELECT * { SERVICE <http://e.example/> { ?s ?p ?o } }", 400, "SERVICE is refused"),
        ("ASK " + "{" * 100 + "}" * 100, 400, "more than 60"),
        ("ASK {} #" + "x" * 100_000, 413, "limit is 100,000"),
        (cross_product("abcdef"), 504, "time limit of 1 seconds"),
        ("SELECT * { ?s ?p ?o . ?s ?q ?r }", 413, "Add a LIMIT"),
    ],
)
def test_over_http(client: FlaskClient, query: str, status: int, words: str) -> None:
    answer = client.post("/sparql", data={"query": query}, headers={"Accept": "application/json"})
    assert answer.status_code == status
    body = answer.get_json()
    assert body["ok"] is False
    assert words in f"{body['error']} {body['remedy']}"


def test_processes_are_kept_for_the_next_queries(
    built: BuiltGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To start one takes as long as many queries; and this process has held more than they may."""
    started: list[object] = []
    start = WorkerPool._start

    def counted(self: WorkerPool) -> object:
        started.append(self)
        return start(self)

    monkeypatch.setattr(WorkerPool, "_start", counted)
    pool = WorkerPool(built.store_path, Limits(workers=4, spare=1, wait_seconds=30.0))
    held = bytearray(200 * 1024 * 1024)
    with ThreadPoolExecutor(4) as threads:
        queries = [f"ASK {{ ?s ?p {number} }}" for number in range(80)]
        assert len(list(threads.map(lambda q: pool.evaluate(q, "json"), queries))) == 80
    pool.close()
    assert len(held) > 0
    assert 1 <= len(started) <= 4
