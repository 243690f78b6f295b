"""rdf writes a graph in the media types of linked data, with literals as they stand in it."""

from __future__ import annotations

import pyoxigraph as ox
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import NamespaceManager

from osai_graph.graph.negotiation import (
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    TRIG,
    TURTLE,
    Format,
)
from osai_graph.graph.serialization import canonical_turtle
from osai_graph.graph.store import from_rdflib
from osai_graph.namespaces import PREFIXES

#: The engine's name of each format.
ENGINE_FORMATS = {
    TURTLE: ox.RdfFormat.TURTLE,
    N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    JSON_LD: ox.RdfFormat.JSON_LD,
    RDF_XML: ox.RdfFormat.RDF_XML,
    TRIG: ox.RdfFormat.TRIG,
    N_QUADS: ox.RdfFormat.N_QUADS,
}


def write_graph(graph: Graph, form: Format) -> bytes:
    """Return the graph in one of `GRAPH_FORMATS`; equal graphs give equal bytes.

    Raises:
        KeyError: the format is none for triples.
    """
    return _WRITERS[form](graph)


def _needed_prefixes(graph: Graph) -> dict[str, str]:
    terms = {term for triple in graph for term in triple}
    used = {str(term) for term in terms if isinstance(term, URIRef)}
    used |= {str(term.datatype) for term in terms if isinstance(term, Literal) and term.datatype}
    return {
        prefix: namespace
        for prefix, namespace in PREFIXES.items()
        if any(iri.startswith(namespace) for iri in used)
    }


def _turtle(graph: Graph) -> bytes:
    return canonical_turtle(graph).encode()


def _serialize(graph: Graph, form: ox.RdfFormat) -> bytes:
    triples = [
        ox.Triple(*(from_rdflib(term) for term in triple))  # type: ignore[arg-type]
        for triple in sorted(graph)
    ]
    return ox.serialize(triples, format=form, prefixes=_needed_prefixes(graph)) or b""


def _n_triples(graph: Graph) -> bytes:
    return _serialize(graph, ox.RdfFormat.N_TRIPLES)


def _rdf_xml(graph: Graph) -> bytes:
    # XML readers turn a raw carriage return into a line feed (XML 1.0, section 2.11)
    return _serialize(graph, ox.RdfFormat.RDF_XML).replace(b"\r", b"&#13;")


def _json_ld(graph: Graph) -> bytes:
    """Write JSON-LD 1.1 with our prefixes as its context."""
    graph.namespace_manager = NamespaceManager(graph, bind_namespaces="none")
    for prefix, namespace in _needed_prefixes(graph).items():
        graph.bind(prefix, namespace)
    text = graph.serialize(format="json-ld", auto_compact=True, sort_keys=True, indent=1)
    return text.encode()


def _trig(graph: Graph) -> bytes:
    return _serialize(graph, ox.RdfFormat.TRIG)


#: N-Quads of the default graph are N-Triples.
_WRITERS = {
    TURTLE: _turtle,
    N_TRIPLES: _n_triples,
    JSON_LD: _json_ld,
    RDF_XML: _rdf_xml,
    TRIG: _trig,
    N_QUADS: _n_triples,
}
