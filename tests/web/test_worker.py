"""What a query process does with a query, in this process."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest

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
    base = {"query": query, "format": "json", "default": [], "named": [], "known_prefixes": {}}
    return {**base, "prefixes": {}, "bytes": 10_000, **more}


def evaluated(store: Recorded, query: str) -> list[str]:
    _evaluate(store, request(query))  # type: ignore[arg-type]
    return store.queries


def test_slow_forms_are_replaced() -> None:
    (query,) = evaluated(Recorded(), JOINED)
    assert "MINUS" in query
    assert evaluated(Recorded(), "ASK { ?s ?p 'EXISTS' }") == ["ASK { ?s ?p 'EXISTS' }"]


def test_faults_are_those_of_the_query_as_it_was_sent() -> None:
    assert evaluated(Recorded("MINUS"), JOINED)[-1] == JOINED
    with pytest.raises(SyntaxError):
        evaluated(Recorded("SELECT"), JOINED)


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
