"""records answers the IRIs of the graph: linked data for programs, pages for people.

Every IRI is answered directly (status 200) in the form that ``Accept`` asks for, or that the ending
of the address names; ``Content-Location`` says which address has that form alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

from flask import Blueprint, Response, redirect, render_template, request
from rdflib import Graph, URIRef
from werkzeug.wrappers import Response as AnyResponse

from osai_graph.graph.negotiation import (
    GRAPH_FORMATS,
    HTML,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    PLAIN_JSON,
    RDF_XML,
    TRIG,
    TURTLE,
    Format,
    named_format,
)
from osai_graph.graph.record_files import add_inferred
from osai_graph.namespaces import BASE, GRAPH, RECORD_KINDS
from osai_graph.records.describing import describe
from osai_graph.web.answers import stable
from osai_graph.web.directory import directory
from osai_graph.web.graph_store import answer_graph, source
from osai_graph.web.ontology import ontology_page
from osai_graph.web.problems import Problem, ProblemError
from osai_graph.web.rdf import write_graph
from osai_graph.web.service import service
from osai_graph.web.sparql import choose
from osai_graph.web.withdrawn import withdrawn

blueprint = Blueprint("records", __name__)

# application/json means the record as plain JSON here, so that it stands before JSON-LD
_OFFERS = (HTML, TURTLE, PLAIN_JSON, N_TRIPLES, JSON_LD, RDF_XML, TRIG, N_QUADS)
_KIND = f"<any({', '.join(RECORD_KINDS)}):kind>"

Writer = Callable[[Format], bytes]


def _split(
    name: str, exists: Callable[[str], bool], offers: tuple[Format, ...] = _OFFERS
) -> tuple[str, Format | None]:
    """Part a name from the ending that says in which form it is wanted."""
    if exists(name):
        return name, None
    stem, dot, ending = name.rpartition(".")
    form = next((offer for offer in offers if ending in offer.names), None)
    return (stem, form) if dot and form and exists(stem) else (name, None)


def _serve(name: str, form: Format | None, write: Writer, offers: tuple[Format, ...]) -> Response:
    """Answer for a thing in the form of its ending, of ``format=``, or of ``Accept``."""
    if form is None:
        choice = choose(request.args.get("format"), offers)
        form, media_type = choice.format, choice.media_type
    else:
        media_type = form.media_type
    response = stable(media_type, ("thing", name, form.ending), lambda: write(form))
    root = request.script_root
    response.headers["Content-Location"] = f"{root}/{name}.{form.ending}"
    links = [
        f'<{BASE}{name}>; rel="canonical"',
        f'<{root}/.well-known/void>; rel="describedby"; type="text/turtle"',
    ]
    links += [
        f'<{root}/{name}.{offer.ending}>; rel="alternate"; type="{offer.media_type}"'
        for offer in offers
        if offer is not form
    ]
    response.headers["Link"] = ", ".join(links)
    return response


def _unknown(kind: str, slug: str) -> ProblemError:
    nearest = directory().nearest(slug, kind) or directory().nearest(slug)
    hint = ", ".join(entry.iri.removeprefix(BASE) for entry in nearest)
    remedy = f"Did you mean {hint}?" if hint else f"See /{kind} for all of its kind."
    return ProblemError(Problem(404, f'There is no {kind} "{slug}".', remedy))


def _exists(name: str) -> bool:
    return name in withdrawn() or bool(service().files.graphs_about(service().store, name))


def _moved(name: str, form: Format | None) -> AnyResponse:
    """Answer for a withdrawn record: 301 to its successor, or 410 (RFC 9110, 15.4.2, 15.5.11)."""
    successor = withdrawn()[name]
    if successor is None:
        message = f'The record "{name}" was withdrawn.'
        remedy = "What was stated about it is still in the dump of all sources: /dump/."
        raise ProblemError(Problem(410, message, remedy))
    ending = f".{form.ending}" if form else ""
    address = successor
    if successor.startswith(BASE):
        path, hash_, fragment = successor.removeprefix(BASE).partition("#")
        address = f"{request.script_root}/{path}{ending}{hash_}{fragment}"
    return redirect(address, 301)


def _record(name: str, form: Format) -> bytes:
    if form is HTML:
        record = describe(service().store, URIRef(BASE + name))
        template = "license.html" if record.route == "license" else "record.html"
        return render_template(template, record=record, name=name, formats=_OFFERS[1:]).encode()
    if form is PLAIN_JSON:
        record = describe(service().store, URIRef(BASE + name))
        return json.dumps(asdict(record), indent=1, ensure_ascii=False).encode()
    graph = service().files.graph_of(service().store, name)
    add_inferred(graph, service().store, name)
    return write_graph(graph, form)


@blueprint.get(f"/{_KIND}/<slug>")
def record(kind: str, slug: str) -> AnyResponse:
    """Answer for a record; a withdrawn one is gone, or leads to the one that replaced it."""
    slug, form = _split(slug, lambda text: _exists(f"{kind}/{text}"))
    name = f"{kind}/{slug}"
    if not _exists(name):
        raise _unknown(kind, slug)
    if name in withdrawn():
        return _moved(name, form)
    return _serve(name, form, lambda wanted: _record(name, wanted), _OFFERS)


@blueprint.get("/graph/<path:name>")
def named_graph(name: str) -> Response:
    """Answer for a named graph: the file as it stands, or what was computed."""
    name, form = _split(name, lambda text: service().has_graph(str(GRAPH) + text), GRAPH_FORMATS)
    if service().files.file_of_graph(name) is not None:
        return _serve(f"graph/{name}", form, lambda wanted: source(name, wanted), GRAPH_FORMATS)
    choice = choose(form.ending if form else request.args.get("format"), GRAPH_FORMATS)
    return answer_graph(str(GRAPH) + name, choice.format, choice.media_type)


def _terms(form: Format) -> bytes:
    graph: Graph = service().files.ontology_graph()
    return ontology_page(graph) if form is HTML else write_graph(graph, form)


@blueprint.get("/ns")
@blueprint.get("/ns.<ending>")
def terms(ending: str | None = None) -> Response:
    """Answer for the terms of the graph: the whole ontology."""
    offers = (HTML, *GRAPH_FORMATS)
    form = named_format(ending, offers) if ending else None
    if ending and form is None:
        raise ProblemError(Problem(404, f'There is no form "{ending}" of the terms.', "See /ns."))
    return _serve("ns", form, _terms, offers)
