"""graph_store answers reads of the SPARQL 1.1 Graph Store Protocol; the service changes nothing.

A graph that a file states is answered as the file writes it. The graphs that were computed, and the
default graph, come from the store, however large they are, by way of a file in the cache.
"""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from osai_graph.graph.negotiation import GRAPH_FORMATS, TURTLE, Format
from osai_graph.namespaces import BASE, GRAPH, PREFIXES
from osai_graph.web.answers import stable, stable_file
from osai_graph.web.problems import Problem, ProblemError
from osai_graph.web.protocol import ProtocolError, is_absolute_iri, parse_pairs
from osai_graph.web.rdf import write_graph
from osai_graph.web.service import service
from osai_graph.web.sparql import choose

blueprint = Blueprint("graph_store", __name__)

#: The prefixes of the computed graphs; each file of the graph declares its own.
_PREFIXES = {
    name: PREFIXES[name] for name in ("dcterms", "osai", "owl", "prov", "rdf", "rdfs", "xsd")
}


def _asked_graph() -> str | None:
    """Return the IRI of the graph that a request names (section 4.2), ``None`` for the default.

    Raises:
        ProtocolError: it names none, or several.
    """
    pairs = [
        (name, value)
        for name, value in parse_pairs(request.query_string, "query string")
        if name in ("graph", "default")
    ]
    if len(pairs) != 1:
        raise ProtocolError(
            400,
            "Name exactly one graph." if pairs else "No graph is named.",
            "Write ?default, or ?graph= and the IRI of a graph.",
        )
    name, value = pairs[0]
    if name == "graph" and not is_absolute_iri(value):
        raise ProtocolError(400, f'The graph "{value}" is no absolute IRI.')
    return value if name == "graph" else None


@blueprint.get("/store", strict_slashes=False)
def read() -> AnyResponse:
    """Answer with a graph; without any parameter, lead to the dump of all of them."""
    if not request.query_string:
        return redirect(f"{request.script_root}/dump/", 303)
    graph = _asked_graph()
    choice = choose(request.args.get("format") or request.args.get("output"), GRAPH_FORMATS)
    return answer_graph(graph, choice.format, choice.media_type)


def answer_graph(graph: str | None, form: Format, media_type: str) -> Response:
    """Answer with a graph of the store in a format of `GRAPH_FORMATS`.

    Raises:
        ProblemError: there is no such graph.
    """
    name = graph.removeprefix(str(GRAPH)) if graph else ""
    if graph and service().files.file_of_graph(name) and graph.startswith(str(GRAPH)):
        return stable(media_type, ("graph", name, form.ending), lambda: source(name, form))
    if graph is not None and not is_computed_graph(graph):
        raise unknown_graph(graph)
    return stable_file(
        media_type,
        ("stored graph", graph, form.ending),
        form.ending,
        lambda path: service().pool.export(graph, form.ending, path, _PREFIXES),
    )


def is_computed_graph(graph: str) -> bool:
    """Say whether a graph is in the store though no file states it."""
    return service().has_graph(graph) and not service().files.file_of_graph(
        graph.removeprefix(str(GRAPH))
    )


def source(name: str, form: Format) -> bytes:
    """Return the triples of the file whose graph is ``graph/<name>``; as Turtle, the file."""
    path = service().files.file_of_graph(name)
    assert path is not None
    if form is TURTLE:
        return path.read_bytes()
    return write_graph(service().files.source_graph(name), form)


def unknown_graph(graph: str) -> ProblemError:
    """Return the error that there is no such graph."""
    nearest = service().files.nearest_graphs(graph)
    hint = ", ".join(name.removeprefix(BASE) for name in nearest)
    remedy = f"Did you mean {hint}?" if hint else "The description of /sparql lists them."
    return ProblemError(Problem(404, f'There is no graph "{graph}".', remedy))
