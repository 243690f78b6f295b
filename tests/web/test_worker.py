"""What a query process does with a query, in this process."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest

from osai_graph.build import BuiltGraph
from osai_graph.web.pool import Limits, WorkerPool
from osai_graph.web.worker import _answer, _evaluate

JOINED = "SELECT * { ?s a ?t FILTER NOT EXISTS { ?s <e:p> ?o . ?o <e:q> ?r } }"


class Recorded:
    """A store that notes the queries and finds those with a word wrong."""

    def __init__(self, wrong: str = "nothing") -> None:
        self.queries: list[str] = []
        self.wrong = wrong

    def query(self, query: str, **_: Any) -> str:
        self.queries.append(query)
        if self.wrong in query:
            raise SyntaxError("wrong")
        return query


def request(query: str, **more: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "query": query,
        "format": "json",
        "default": [],
        "named": [],
        "known_prefixes": {},
    }
    base["faster"] = query
    return {**base, "prefixes": {}, "bytes": 10_000, **more}


def evaluated(store: Recorded, query: str, faster: str) -> list[str]:
    _evaluate(store, request(query, faster=faster))  # type: ignore[arg-type]
    return store.queries


def test_the_faster_form_is_run() -> None:
    assert evaluated(Recorded(), "SLOW", "FAST") == ["FAST"]
    assert evaluated(Recorded("x"), "SAME", "SAME") == ["SAME"]


def test_faults_are_those_of_the_query_as_it_was_sent() -> None:
    assert evaluated(Recorded("FAST"), "SLOW", "FAST") == ["FAST", "SLOW"]
    with pytest.raises(SyntaxError):
        evaluated(Recorded("S"), "SLOW", "FAST")


def test_the_pool_asks_for_the_faster_form(built: BuiltGraph) -> None:
    pool = WorkerPool(built.store_path, Limits())
    asked: list[dict[str, Any]] = []

    def note(query: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        asked.append(query)
        return {"error": None}, b""

    pool._ask = note  # type: ignore[method-assign, assignment]
    pool.evaluate(JOINED, "json")
    pool.evaluate(JOINED + "#" * 9000, "json")
    assert "MINUS" in asked[0]["faster"]
    assert asked[1]["faster"] == asked[1]["query"]


@pytest.mark.parametrize("form", ["json", "nt"])
def test_pages_get_the_first_rows_and_their_number(form: str) -> None:
    store = ox.Store()
    store.load("".join(f"<e:s> <e:p> {n} ." for n in range(9)).encode(), format=ox.RdfFormat.TURTLE)
    query = "SELECT ?o { ?s ?p ?o }" if form == "json" else "CONSTRUCT WHERE { ?s ?p ?o }"
    header, body = _answer(store, request(query, format=form, rows=4))
    assert header == {"error": None, "total": 9}
    rows = json.loads(body)["results"]["bindings"] if form == "json" else body.splitlines()
    assert len(rows) == 4
    assert _answer(store, request("ASK {}", rows=4))[1] == b'{"head":{},"boolean":true}'
