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
from osai_graph.graph.negotiation import (
    CSV_RESULTS,
    JSON_LD,
    JSON_RESULTS,
    N_TRIPLES,
    RDF_FORMATS,
    RDF_XML,
    RESULT_FORMATS,
    TSV_RESULTS,
    TURTLE,
    XML_RESULTS,
    named_format,
)
from osai_graph.graph.ordered import write_ordered
from osai_graph.graph.query_text import QueryText, check_query
from osai_graph.graph.rewriting import rewrite
from osai_graph.graph.store import Answer, GraphStore, Rows, to_rdflib
from osai_graph.namespaces import PREFIXES

_SOLUTION_WRITERS: Final = {
    JSON_RESULTS: ox.QueryResultsFormat.JSON,
    XML_RESULTS: ox.QueryResultsFormat.XML,
    CSV_RESULTS: ox.QueryResultsFormat.CSV,
    TSV_RESULTS: ox.QueryResultsFormat.TSV,
}

_GRAPH_WRITERS: Final = {
    TURTLE: ox.RdfFormat.TURTLE,
    N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    JSON_LD: ox.RdfFormat.JSON_LD,
    RDF_XML: ox.RdfFormat.RDF_XML,
}

#: The names of the formats that programs read.
FORMAT_NAMES: Final = ("json", "xml", "csv", "tsv", "turtle", "nt", "jsonld", "rdfxml")


def evaluate(store: GraphStore, query: str) -> Answer:
    """Run a query of any form. Our prefixes need no declaration; those of the query win.

    Raises:
        SyntaxFault: the query is no SPARQL, with line and column.
        RefusedQueryError: it would call another server or change the graph.
        StoreError: it cannot be run.
    """
    text = QueryText(query)
    check_query(text)
    try:
        return store.query(rewrite(query))
    except SyntaxFault as fault:
        raise _in_plain_words(fault, text) from fault


def _in_plain_words(fault: SyntaxFault, query: QueryText) -> SyntaxFault:
    """Replace the grammar symbols in the engine's message by what a person can act upon."""
    line, column = fault.line, fault.column
    if "Prefix not found" in fault.reason and (found := _undeclared_prefix(query)):
        prefix, line, column = found
        message = f"The prefix {prefix}: is not declared."
        remedy = f"Add PREFIX {prefix}: <...> at the top of the query."
    elif not query.tokens:
        message, remedy = "The query is empty.", "Write SELECT, ASK, CONSTRUCT or DESCRIBE."
    elif re.search("Duplicated variable|overrides an existing variable", fault.reason):
        message = "SELECT gives an expression the name of a variable that is already there."
        remedy = "Give the expression after AS a name of its own."
    elif "variable that is unbound" in fault.reason:
        message = "SELECT names a variable that is neither grouped nor aggregated."
        remedy = "Add it to GROUP BY, or wrap it, as in (SAMPLE(?x) AS ?any)."
    else:
        message = f"The SPARQL query cannot be read here{_expected(fault.reason)}."
        remedy = "The fault may stand a little before this place."
    return SyntaxFault(message, line=line, column=column, remedy=remedy)


def _expected(reason: str) -> str:
    """Return the keywords and signs that the engine expected; its character classes say nothing."""
    text = reason.partition("expected ")[2].removeprefix("one of ")
    words = [re.sub(r"\[[^\]]*\]", "", word).strip(' "|\n') for word in text.split(", ")]
    known = sorted({word for word in words if re.fullmatch(r"[A-Za-z(){}.;:?$<*+-]+", word)})
    if not known:
        return ""
    shown = ", ".join(known[:8]) + (" ..." if len(known) > 8 else "")
    return f"; expected {'one of ' if len(known) > 1 else ''}{shown}"


def _undeclared_prefix(query: QueryText) -> tuple[str, int, int] | None:
    """Return the first prefix that is declared neither in the query nor by us, and its place."""
    for token in query.tokens:
        prefix = token.text.partition(":")[0]
        if token.kind == "name" and prefix not in query.prefixes and prefix not in PREFIXES:
            return prefix, *query.place(token.start)
    return None


def read_rows(solutions: ox.QuerySolutions) -> Rows:
    """Return the solutions of a SELECT query as RDF terms.

    Raises:
        StoreError: the query fails while its answer is read.
    """
    variables = tuple(variable.value for variable in solutions.variables)
    rows: list[tuple[Identifier | None, ...]] = []
    try:
        for solution in solutions:
            rows.append(tuple(None if term is None else to_rdflib(term) for term in solution))
    except (RuntimeError, OSError, ValueError) as error:
        raise StoreError(f"The query cannot be run: {error}") from error
    return Rows(variables, rows)


def write_answer(answer: Answer, format_name: str) -> bytes:
    """Write an answer in a format of `FORMAT_NAMES`.

    Raises:
        UnknownNameError: there is no such format.
        GraphError: the format is none for this form of query.
        StoreError: the query fails while its answer is read.
    """
    if named_format(format_name, (*RESULT_FORMATS, *RDF_FORMATS)) is None:
        raise UnknownNameError("format", format_name, FORMAT_NAMES)
    offers = RDF_FORMATS if isinstance(answer, ox.QueryTriples) else RESULT_FORMATS
    chosen = named_format(format_name, offers)
    if chosen is None:
        raise _wrong_format(answer, format_name)
    try:
        if isinstance(answer, ox.QueryTriples):
            quads = [ox.Quad(t.subject, t.predicate, t.object) for t in answer]
            return write_ordered(quads, _GRAPH_WRITERS[chosen])
        written = answer.serialize(format=_SOLUTION_WRITERS[chosen])
    except (RuntimeError, OSError, ValueError) as error:
        raise StoreError(f"The answer cannot be written: {error}") from error
    assert written is not None
    return _keep_carriage_returns(written) if chosen is XML_RESULTS else written


def _wrong_format(answer: Answer, format_name: str) -> GraphError:
    names = FORMAT_NAMES[:4]
    if isinstance(answer, ox.QueryTriples):
        form, names = "CONSTRUCT and DESCRIBE answer with triples", FORMAT_NAMES[4:]
    elif isinstance(answer, ox.QueryBoolean):
        form = "ASK answers with yes or no"
    else:
        form = "SELECT answers with a table"
    return GraphError(
        f"{form}, which {format_name} cannot hold.", f"Take one of: {', '.join(names)}."
    )


def _keep_carriage_returns(xml: bytes) -> bytes:
    """Write carriage returns as references: bare ones become line feeds (XML 1.0, section 2.11)."""
    return xml.replace(b"\r", b"&#13;")
