"""sparql is the endpoint: the query operation of the SPARQL 1.1 Protocol, and its page."""

from __future__ import annotations

import threading
from contextlib import nullcontext

from flask import Blueprint, Response, render_template, request

from osai_graph.errors import GraphError, SyntaxFault
from osai_graph.graph.negotiation import (
    GRAPH_FORMATS,
    HTML,
    RESULT_FORMATS,
    Choice,
    Format,
    named_format,
    negotiate,
)
from osai_graph.graph.query_grammar import explain_meaning, explain_syntax
from osai_graph.graph.query_text import QueryText, check_query
from osai_graph.namespaces import PREFIXES
from osai_graph.web.answers import content_type, stable, varied
from osai_graph.web.description import service_description
from osai_graph.web.problems import Problem, ProblemError, problem_of
from osai_graph.web.protocol import ProtocolError, QueryRequest, read_request
from osai_graph.web.results import SHOWN_ROWS, Table, as_table
from osai_graph.web.service import service

blueprint = Blueprint("sparql", __name__)

#: Of longer queries the engine says what is wrong, which is quicker and less clear.
_EXPLAINED_LENGTH = 20_000

#: Longer queries are read and explained one at a time, so that they leave the processor to others.
_SHORT = 2_000
_READING = threading.Lock()
_EXPLAINING = threading.Lock()


def _unknown_format(name: str, offers: tuple[Format, ...]) -> ProtocolError:
    names = ", ".join(offer.ending for offer in offers)
    return ProtocolError(
        400, f'There is no format "{name}" for this query.', f"Formats are {names}."
    )


def not_acceptable(offers: tuple[Format, ...]) -> ProtocolError:
    """Return the error of an Accept header that takes nothing we have (RFC 9110, 15.5.7)."""
    types = ", ".join(offer.media_type for offer in offers)
    return ProtocolError(406, "None of the accepted media types is offered.", f"Accept {types}.")


def choose(name: str | None, offers: tuple[Format, ...]) -> Choice:
    """Return the format that ``format=`` names, or else the one that Accept likes best.

    Raises:
        ProtocolError: there is no such format (400), or none is acceptable (406).
    """
    if name:
        named = named_format(name, offers)
        if named is None:
            raise _unknown_format(name, offers)
        return Choice(named, named.media_type)
    choice = negotiate(request.headers.get("Accept"), offers)
    if choice is None:
        raise not_acceptable(offers)
    return choice


def explained(error: GraphError, text: QueryText) -> Problem:
    """Return the problem of a query that failed, with the line in which it fails."""
    if isinstance(error, SyntaxFault):
        error = _in_our_words(error, text)
    return problem_of(error, text.text)


def _in_our_words(fault: SyntaxFault, text: QueryText) -> SyntaxFault:
    short = len(text.text) <= _SHORT
    if len(text.text) > _EXPLAINED_LENGTH or not (short or _EXPLAINING.acquire(blocking=False)):
        return fault
    try:
        found = explain_syntax(text.text, PREFIXES)
        return found or explain_meaning(text.text, fault.reason)
    finally:
        if not short:
            _EXPLAINING.release()


def check(text: QueryText) -> None:
    """Refuse a query that must not reach the engine.

    Raises:
        RefusedQueryError: with the reason.
    """
    with _READING if len(text.text) > _SHORT else nullcontext():
        check_query(text)


def run(asked: QueryRequest, text: QueryText, ending: str) -> bytes:
    """Evaluate a stranger's query and return the answer in the format of the ending.

    Raises:
        ProblemError: the query is refused, wrong, or met a limit.
    """
    try:
        check(text)
        return service().pool.evaluate(
            text.text,
            ending,
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
            prefixes=text.prefixes or PREFIXES,
        )
    except GraphError as error:
        raise ProblemError(explained(error, text)) from error


def _first_rows(asked: QueryRequest, text: QueryText, ending: str) -> bytes:
    """Evaluate a query for a page: a line with the number of rows, then the first of them."""
    try:
        check(text)
        total, body = service().pool.first_rows(
            text.text,
            ending,
            SHOWN_ROWS,
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
        )
    except GraphError as error:
        raise ProblemError(explained(error, text)) from error
    return b"%d\n%s" % (total, body)


def _choose_for(asked: QueryRequest, text: QueryText, offers: tuple[Format, ...]) -> Choice:
    """Return the format of an answer; what is wrong with the query is said first."""
    try:
        return choose(asked.format, (*offers, HTML))
    except ProtocolError:
        if text.is_repeatable:
            _first_rows(asked, text, "nt" if text.gives_triples else "json")
        raise


def _answer(asked: QueryRequest, text: QueryText) -> Response:
    offers = GRAPH_FORMATS if text.gives_triples else RESULT_FORMATS
    choice = _choose_for(asked, text, offers)
    if choice.format is HTML:
        return _page(asked, text)
    ending = choice.format.ending
    key = ("sparql", text.normalized, asked.default_graphs, asked.named_graphs, ending)
    if text.is_repeatable:
        return stable(choice.media_type, key, lambda: run(asked, text, ending))
    response = Response(run(asked, text, ending), content_type=content_type(choice.media_type))
    response.headers["Cache-Control"] = "no-store"
    return varied(response)


def _table(asked: QueryRequest, text: QueryText) -> Table:
    ending = "nt" if text.gives_triples else "json"
    key = ("page", text.text, asked.default_graphs, asked.named_graphs)
    if text.is_repeatable:
        found = service().cache.get(key, lambda: _first_rows(asked, text, ending))
    else:
        found = _first_rows(asked, text, ending)
    total, _, body = found.partition(b"\n")
    return as_table(body, ending, int(total))


def _page(asked: QueryRequest, text: QueryText) -> Response:
    """Return the page with the query form and, below it, the answer or what is wrong."""
    problem = table = None
    status = 200
    try:
        table = _table(asked, text)
    except ProblemError as error:
        problem, status = error.problem, error.problem.status
    page = render_template(
        "sparql.html",
        query=text.text,
        problem=problem,
        table=table,
        formats=GRAPH_FORMATS if text.gives_triples else RESULT_FORMATS,
        examples=service().catalog.by_tag(),
        limits=service().pool.limits,
    )
    return varied(Response(page, status))


def _start(form: str) -> bytes:
    return render_template(
        "sparql.html",
        query=form,
        problem=None,
        table=None,
        formats=RESULT_FORMATS,
        examples=service().catalog.by_tag(),
        limits=service().pool.limits,
    ).encode()


_FIRST_QUERY = """PREFIX osai: <https://w3id.org/osai-graph/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?system ?label
WHERE {
  ?system a osai:Model ;
    rdfs:label ?label .
}
ORDER BY ?label
LIMIT 20
"""


@blueprint.route("/sparql", methods=["GET", "POST"], strict_slashes=False)
def endpoint() -> Response:
    """Answer a query, describe the service, or show the page to write one."""
    asked = read_request(request)
    if asked.query is not None:
        return _answer(asked, QueryText(asked.query))
    choice = choose(asked.format, (*GRAPH_FORMATS, HTML))
    if choice.format is HTML:
        return stable(choice.media_type, ("form",), lambda: _start(_FIRST_QUERY))
    base, root = request.base_url.rstrip("/"), request.url_root
    return stable(
        choice.media_type,
        ("description", base, choice.format.ending),
        lambda: service_description(base, root, choice.format),
    )
