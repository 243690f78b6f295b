"""A hostile query costs its sender an error and others nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from osai_graph.build import BuiltGraph
from osai_graph.errors import StoreError, SyntaxFault
from osai_graph.web.pool import Limits, QueryLimitError, WorkerPool


def cross_product(variables: str) -> str:
    blocks = (f"VALUES ?{v} {{ {' '.join(map(str, range(1000)))} }}" for v in variables)
    return "SELECT (COUNT(*) AS ?n) { " + " ".join(blocks) + " }"


@pytest.fixture
def pool(built: BuiltGraph) -> Iterator[WorkerPool]:
    made = WorkerPool(
        built.store_path, Limits(seconds=1.0, result_bytes=50_000, workers=1, wait_seconds=0.05)
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


def test_all_busy(pool: WorkerPool) -> None:
    def run(query: str) -> int:
        try:
            pool.evaluate(query, "json")
        except QueryLimitError as error:
            return error.status
        return 200

    with ThreadPoolExecutor(2) as threads:
        long = threads.submit(run, cross_product("abcdef"))
        while pool._started == 0 or pool._idle:
            time.sleep(0.001)
        assert threads.submit(run, "ASK {}").result() == 503
        assert long.result() == 504
    assert run("ASK {}") == 200


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
