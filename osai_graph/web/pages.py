"""pages are for people: home, search, lists of records, and the stored questions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from rdflib import URIRef
from werkzeug.wrappers import Response as AnyResponse

from osai_graph.credits import credits
from osai_graph.errors import GraphError
from osai_graph.graph.negotiation import HTML, PLAIN_JSON, RESULT_FORMATS
from osai_graph.graph.query_text import QueryText
from osai_graph.namespaces import RECORD_KINDS
from osai_graph.queries import StoredQuery
from osai_graph.records.directory import Entry
from osai_graph.records.finding import find
from osai_graph.web.answers import stable, varied
from osai_graph.web.directory import directory
from osai_graph.web.display import KIND_TITLES
from osai_graph.web.problems import ProblemError, problem_of
from osai_graph.web.protocol import QueryRequest
from osai_graph.web.results import as_table
from osai_graph.web.service import service
from osai_graph.web.sparql import choose, run

blueprint = Blueprint("pages", __name__)

_PAGE = (HTML, PLAIN_JSON)


def _listed(entries: list[Entry], **more: Any) -> Response:
    return varied(jsonify({"ok": True, **more, "records": [asdict(entry) for entry in entries]}))


@blueprint.get("/")
def home() -> Response:
    """Show the search box, what the graph holds, and questions worth asking."""
    choose(None, (HTML,))

    def make() -> bytes:
        counts = [(route, _count(route)) for route in RECORD_KINDS]
        return render_template(
            "home.html",
            counts=[(route, number) for route, number in counts if number],
            examples=_examples(),
            systems=directory().of_kind("system"),
        ).encode()

    return stable(HTML.media_type, ("home",), make)


def _count(route: str) -> int:
    """Return the number of records of a kind; of a collection of claims, the claims count."""
    entries = directory().of_kind(route)
    return sum(route != "claim" or "#" in entry.identifier for entry in entries)


#: The subject whose questions come first.
_FIRST_TAG = "founding document"


def _examples() -> list[StoredQuery]:
    """Return some questions: those about the founding document, then one of each subject."""
    groups = service().catalog.by_tag()
    founding = groups.pop(_FIRST_TAG, [])
    first = sorted(founding, key=lambda query: "journalists" not in query.audience)[:5]
    rounds = [group[index] for index in range(2) for group in groups.values() if len(group) > index]
    return [*first, *(query for query in rounds if not query.parameters)][:8]


@blueprint.get(f"/<any({', '.join(RECORD_KINDS)}):kind>")
@blueprint.get(f"/<any({', '.join(RECORD_KINDS)}):kind>/")
def records_of_kind(kind: str) -> Response:
    """List the records of one kind."""
    choice = choose(request.args.get("format"), _PAGE)
    entries = directory().of_kind(kind)
    if choice.format is PLAIN_JSON:
        return _listed(entries, kind=kind)
    return stable(
        HTML.media_type,
        ("list", kind),
        lambda: render_template(
            "list.html", kind=kind, title=KIND_TITLES[kind], entries=entries
        ).encode(),
    )


@blueprint.get("/search")
def search() -> Response:
    """Find records by their names and descriptions."""
    choice = choose(request.args.get("format"), _PAGE)
    text = request.args.get("q", "")[:200].strip()
    entries = directory().search(text)
    if choice.format is PLAIN_JSON:
        return _listed(entries, q=text)
    nearest = directory().nearest(text) if text and not entries else []
    page = render_template("search.html", q=text, entries=entries, nearest=nearest)
    return varied(Response(page))


@blueprint.get("/credits")
def sources() -> Response:
    """List the public sources whose statements the graph holds, as their licenses ask for."""
    choice = choose(request.args.get("format"), _PAGE)
    found = service().kept("credits", lambda: credits(service().store))
    if choice.format is PLAIN_JSON:
        return varied(jsonify({"ok": True, "sources": [asdict(credit) for credit in found]}))
    return stable(
        HTML.media_type,
        ("credits",),
        lambda: render_template("credits.html", sources=found).encode(),
    )


@blueprint.get("/queries")
def questions() -> Response:
    """List the stored questions."""
    choice = choose(request.args.get("format"), _PAGE)
    catalog = service().catalog
    if choice.format is PLAIN_JSON:
        listed = [_described(query) for query in catalog]
        return varied(jsonify({"ok": True, "queries": listed}))
    return stable(
        HTML.media_type,
        ("questions",),
        lambda: render_template("queries.html", groups=catalog.by_tag()).encode(),
    )


def _described(query: StoredQuery) -> dict[str, Any]:
    return {
        "name": query.name,
        "title": query.title,
        "question": query.question,
        "tags": query.tags,
        "columns": dict(query.columns),
        "parameters": [
            {
                "name": p.name,
                "type": p.type,
                "description": p.description,
                "example": p.example,
                "default": p.default,
                "required": p.required,
            }
            for p in query.parameters
        ],
    }


def _resolve(name: str, kinds: tuple[str, ...]) -> URIRef:
    return find(service().store, name, kinds)


def _ask(query: StoredQuery, values: dict[str, str], ending: str) -> bytes:
    text = query.bind(values, _resolve)
    key = ("sparql", text, (), (), ending)
    return service().cache.get(key, lambda: run(QueryRequest(text), QueryText(text), ending))


@blueprint.get("/queries/<name>")
def question(name: str) -> AnyResponse:
    """Ask a stored question and show the answer; parameters are those of the question."""
    query = service().catalog.get(name)
    given = {key: value.strip() for key, value in request.args.items() if value.strip()}
    form = given.pop("format", None)
    if len(given) + bool(form) != len(request.args):
        return _without_blanks(name, given, form)
    choice = choose(form, (HTML, *RESULT_FORMATS))
    if choice.format is not HTML:
        asked = tuple(sorted(given.items()))
        key = ("question", name, asked, choice.format.ending)
        return stable(choice.media_type, key, lambda: _ask(query, given, choice.format.ending))
    return _question_page(query, given)


def _without_blanks(name: str, given: dict[str, str], form: str | None) -> AnyResponse:
    """Lead to the address without the parameters that a form left empty."""
    pairs = {**given, **({"format": form} if form else {})}
    address = f"{request.script_root}/queries/{quote(name)}"
    return redirect(f"{address}?{urlencode(pairs)}" if pairs else address, 302)


def _question_page(query: StoredQuery, given: dict[str, str]) -> Response:
    table = problem = None
    text, status = query.body, 200
    # the page is also the place where a value that must be given can be chosen
    lacks = [p.name for p in query.parameters if p.required and p.name not in given]
    try:
        if not lacks:
            text = query.bind(given, _resolve)
            table = as_table(_ask(query, given, "json"), "json")
    except GraphError as error:
        problem = error.problem if isinstance(error, ProblemError) else problem_of(error)
        status = problem.status if problem.status != 404 else 400
    page = render_template(
        "query.html",
        query=query,
        given=given,
        chosen={p.name: given.get(p.name, p.default) for p in query.parameters},
        text="".join(t for t in text.splitlines(keepends=True) if not t.startswith("#+")).strip(),
        table=table,
        problem=problem,
        formats=RESULT_FORMATS,
        choices=_choices(query),
    )
    return varied(Response(page, status))


def _choices(query: StoredQuery) -> dict[str, list[tuple[str, str]]]:
    """Return the values to choose from, as (value, label), of each parameter that has few."""
    choices = {}
    for parameter in query.parameters:
        if parameter.values:
            names = [value.rpartition("#")[2] for value in parameter.values]
            choices[parameter.name] = [(name, name) for name in names]
        elif parameter.records:
            entries = [e for kind in parameter.records for e in directory().of_kind(kind)]
            choices[parameter.name] = [
                (f"{entry.route}:{entry.identifier}", entry.label) for entry in entries
            ]
    return choices
