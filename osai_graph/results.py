"""results runs SPARQL queries and writes their answers in every format.

Answers of SELECT and ASK are written by the engine's own writers in the SPARQL 1.1 Query Results
formats (JSON, XML, CSV, TSV); those of CONSTRUCT and DESCRIBE as RDF, sorted, so that equal answers
give equal bytes.
"""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox
from rdflib.term import Identifier

from osai_graph.errors import GraphError, StoreError, SyntaxFault, UnknownNameError
from osai_graph.graph.store import EmbeddedStore, Rows, syntax_fault, to_rdflib
from osai_graph.namespaces import PREFIXES

#: Formats of the answer to SELECT and ASK, with the names that people use for them.
SOLUTION_FORMATS: Final = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}

#: Formats of the answer to CONSTRUCT and DESCRIBE.
GRAPH_FORMATS: Final = {
    "turtle": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}

#: What the engine answers: a sequence of solutions, yes or no, or triples.
Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class RefusedQueryError(GraphError):
    """A query that asks for more than an answer from this graph."""


_TOKEN = re.compile(
    r"""\#[^\n]*
      | \"{3}(?:[^\\]|\\.)*?\"{3} | '{3}(?:[^\\]|\\.)*?'{3}
      | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
      | <[^<>"{}|^`\\\x00-\x20]*>
      | (?P<name>[?$@]?[\w.-]*:?[\w%.\\-]+)
      | \S""",
    re.VERBOSE | re.DOTALL,
)

_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"}
_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}


def _decode_escapes(query: str) -> str:
    """Decode the codepoint escapes of SPARQL 1.1 Query, section 19.2, which may hide a keyword."""

    def character(match: re.Match[str]) -> str:
        code = int(match[1] or match[2], 16)
        return chr(code) if code <= 0x10FFFF else match[0]

    return re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", character, query)


def refuse_outgoing(query: str) -> None:
    """Refuse a query that would call another server, or change the graph.

    Raises:
        RefusedQueryError: the query holds SERVICE or is an update.
    """
    words = [m["name"] for m in _TOKEN.finditer(_decode_escapes(query)) if m["name"]]
    upper = [word.upper() for word in words]
    if "SERVICE" in upper:
        raise RefusedQueryError(
            "SERVICE is refused: queries here never call another server.",
            "Ask the other endpoint yourself and join the answers.",
        )
    first = next((word for word in upper if word in _UPDATES | _FORMS), None)
    if first in _UPDATES:
        raise RefusedQueryError(
            f"{first} is refused: the graph is read-only, and only queries are answered.",
            "To change the graph, change its files and check them with osai-graph validate.",
        )


def evaluate(store: EmbeddedStore, query: str) -> Answer:
    """Run a query of any form. Our prefixes need no declaration; those of the query win.

    Raises:
        SyntaxFault: the query is no SPARQL, with line and column.
        RefusedQueryError: it would call another server or change the graph.
        StoreError: it cannot be run.
    """
    refuse_outgoing(query)
    try:
        return store.engine.query(query, prefixes=PREFIXES)
    except SyntaxError as error:
        raise _in_plain_words(syntax_fault(error), query) from error
    except (RuntimeError, OSError, ValueError) as error:
        raise StoreError(f"The query cannot be run: {error}") from error


def _in_plain_words(fault: SyntaxFault, query: str) -> SyntaxFault:
    """Replace the grammar symbols in the engine's message by what a person can act upon."""
    if "Prefix not found" in fault.reason and (found := _undeclared_prefix(query)):
        prefix, offset = found
        line = query.count("\n", 0, offset) + 1
        column = offset - (query.rfind("\n", 0, offset) + 1) + 1
        message = f'The prefix "{prefix}:" is not declared.'
        remedy = f"Add PREFIX {prefix}: <...> at the top of the query."
        return SyntaxFault(message, line=line, column=column, remedy=remedy)
    if "variable that is unbound" in fault.reason:
        message = "SELECT names a variable that is neither grouped nor aggregated."
        remedy = "Add it to GROUP BY, or wrap it, as in (SAMPLE(?x) AS ?any)."
    else:
        message = f"The SPARQL query cannot be read here{_expected(fault.reason)}."
        remedy = "The fault may stand a little before this place."
    return SyntaxFault(message, line=fault.line, column=fault.column, remedy=remedy)


def _expected(reason: str) -> str:
    """Return what the engine expected, keywords and signs only: its character classes say nothing."""
    text = reason.partition("expected ")[2].removeprefix("one of ")
    words = [re.sub(r"\[[^\]]*\]", "", word).strip(' "|\n') for word in text.split(", ")]
    known = sorted({word for word in words if re.fullmatch(r"[A-Za-z(){}.;,:?$<*+-]+", word)})
    if not known:
        return ""
    shown = ", ".join(known[:8]) + (" ..." if len(known) > 8 else "")
    return f"; expected {'one of ' if len(known) > 1 else ''}{shown}"


def _undeclared_prefix(query: str) -> tuple[str, int] | None:
    """Return the first prefix that is used and declared neither in the query nor by us."""
    declared = set(PREFIXES) | set(re.findall(r"(?i)\bPREFIX\s+([\w.-]*):", query))
    for match in _TOKEN.finditer(query):
        prefix, colon, _ = (match["name"] or "").partition(":")
        if colon and prefix[:1] not in ("_", "?", "$") and prefix not in declared:
            return prefix, match.start()
    return None


def read_rows(solutions: ox.QuerySolutions) -> Rows:
    """Return the solutions of a SELECT query as RDF terms."""
    variables = tuple(variable.value for variable in solutions.variables)
    rows: list[tuple[Identifier | None, ...]] = []
    try:
        for solution in solutions:
            rows.append(tuple(None if term is None else to_rdflib(term) for term in solution))
    except (RuntimeError, OSError, ValueError) as error:
        raise StoreError(f"The query cannot be run: {error}") from error
    return Rows(variables, rows)


def write_answer(answer: Answer, format_name: str) -> bytes:
    """Write an answer in a format of `SOLUTION_FORMATS` or `GRAPH_FORMATS`.

    Raises:
        GraphError: the format is none for this form of query.
        StoreError: the query fails while its answer is read.
    """
    formats = GRAPH_FORMATS if isinstance(answer, ox.QueryTriples) else SOLUTION_FORMATS
    if format_name not in formats:
        raise _wrong_format(answer, format_name)
    try:
        if isinstance(answer, ox.QueryTriples):
            return write_triples(list(answer), format_name)
        written = answer.serialize(format=SOLUTION_FORMATS[format_name])
    except (RuntimeError, OSError, ValueError) as error:
        raise StoreError(f"The answer cannot be written: {error}") from error
    assert written is not None
    return _keep_carriage_returns(written) if format_name == "xml" else written


def _wrong_format(answer: Answer, format_name: str) -> GraphError:
    if format_name not in SOLUTION_FORMATS and format_name not in GRAPH_FORMATS:
        return UnknownNameError("format", format_name, [*SOLUTION_FORMATS, *GRAPH_FORMATS])
    formats = list(SOLUTION_FORMATS)
    if isinstance(answer, ox.QueryTriples):
        form, formats = "CONSTRUCT and DESCRIBE answer with triples", list(GRAPH_FORMATS)
    elif isinstance(answer, ox.QueryBoolean):
        form = "ASK answers with yes or no"
    else:
        form = "SELECT answers with a table"
    return GraphError(
        f"{form}, which {format_name} cannot hold.", f"Take one of: {', '.join(formats)}."
    )


def write_triples(triples: list[ox.Triple], format_name: str) -> bytes:
    """Write triples in a format of `GRAPH_FORMATS`, sorted and without repetition."""
    ordered = sorted(set(triples), key=str)
    target = GRAPH_FORMATS[format_name]
    written = ox.serialize(ordered, format=target, prefixes=PREFIXES)
    assert written is not None
    return _keep_carriage_returns(written) if format_name == "rdfxml" else written


def _keep_carriage_returns(xml: bytes) -> bytes:
    """Write carriage returns as references: bare ones become line feeds (XML 1.0, section 2.11)."""
    return xml.replace(b"\r", b"&#13;")
