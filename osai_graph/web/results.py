"""results turns answers of queries into tables for pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from osai_graph.namespaces import shorten

#: A page shows this many rows; the rest is in the files that it links to.
SHOWN_ROWS = 500


@dataclass(frozen=True)
class Cell:
    """One term: its words, its IRI if it has one, and its datatype or language as a hint."""

    text: str
    iri: str | None = None
    hint: str = ""


@dataclass(frozen=True)
class Table:
    """The answer to a query: columns and the rows that a page shows.

    ``total`` counts all rows. ``truth`` is the answer of an ASK query, which has no rows.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    total: int
    truth: bool | None = None


def as_table(body: bytes, ending: str, total: int | None = None) -> Table:
    """Return the table of an answer in JSON results or N-Triples.

    Args:
        body: the answer, or its first rows.
        ending: ``json`` or ``nt``.
        total: how many rows the whole answer has; ``None`` if ``body`` is the whole answer.

    >>> as_table(b'{"head":{},"boolean":true}', "json").truth
    True
    """
    return _of_triples(body, total) if ending == "nt" else _of_results(json.loads(body), total)


def _of_results(answer: dict[str, Any], total: int | None) -> Table:
    if "boolean" in answer:
        return Table((), (), 0, bool(answer["boolean"]))
    columns = tuple(answer["head"].get("vars", ()))
    bindings = answer["results"]["bindings"]
    rows = tuple(
        tuple(_cell(binding[name]) if name in binding else None for name in columns)
        for binding in bindings[:SHOWN_ROWS]
    )
    return Table(columns, rows, len(bindings) if total is None else total)


def _cell(term: dict[str, str]) -> Cell:
    value = term["value"]
    if term["type"] == "uri":
        return Cell(shorten(value), value)
    if term["type"] == "bnode":
        return Cell(f"_:{value}")
    hint = term.get("xml:lang") or shorten(term.get("datatype", ""))
    return Cell(value, hint=hint)


def _of_triples(body: bytes, total: int | None) -> Table:
    triples = list(ox.parse(body, format=ox.RdfFormat.N_TRIPLES))
    rows = tuple(
        (_of_term(t.subject), _of_term(t.predicate), _of_term(t.object))
        for t in triples[:SHOWN_ROWS]
    )
    count = len(triples) if total is None else total
    return Table(("subject", "predicate", "object"), rows, count)


def _of_term(term: object) -> Cell:
    if isinstance(term, ox.NamedNode):
        return Cell(shorten(term.value), term.value)
    if isinstance(term, ox.Literal):
        plain = term.datatype.value.endswith(("XMLSchema#string", "#langString"))
        return Cell(
            term.value, hint=term.language or ("" if plain else shorten(term.datatype.value))
        )
    return Cell(str(term))
