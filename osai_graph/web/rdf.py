"""rdf writes a graph in the media types of linked data, with literals as they stand in it."""

from __future__ import annotations

from rdflib import Graph

from osai_graph.graph.negotiation import JSON_LD, N_TRIPLES, RDF_XML, TURTLE, Format
from osai_graph.graph.serialization import canonical_turtle


def write_graph(graph: Graph, form: Format) -> bytes:
    """Return the graph in one of `RDF_FORMATS`; equal graphs give equal bytes.

    Raises:
        KeyError: the format is none for triples.
    """
    return _WRITERS[form](graph).encode()


def _n_triples(graph: Graph) -> str:
    lines = graph.serialize(format="nt").splitlines(keepends=True)
    return "".join(sorted(line for line in lines if line.strip()))


def _json_ld(graph: Graph) -> str:
    return graph.serialize(format="json-ld", auto_compact=True, sort_keys=True, indent=1)


def _rdf_xml(graph: Graph) -> str:
    return graph.serialize(format="pretty-xml", max_depth=1)


_WRITERS = {
    TURTLE: canonical_turtle,
    N_TRIPLES: _n_triples,
    JSON_LD: _json_ld,
    RDF_XML: _rdf_xml,
}
