"""description says in RDF what the endpoint can do (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from osai_graph.graph.negotiation import GRAPH_FORMATS, RESULT_FORMATS, Format
from osai_graph.graph.ordered import write_ordered
from osai_graph.namespaces import BASE, DCTERMS, RDF, RDFS
from osai_graph.web.rdf import ENGINE_FORMATS
from osai_graph.web.service import service

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"

#: The names by which the standard knows result formats.
_FORMAT_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "jsonld": "JSON-LD",
    "rdf": "RDF_XML",
    "trig": "TriG",
    "nq": "N-Quads",
}

_ABOUT_DEFAULT = (
    "Ontology, accepted facts, what follows from them, and verdicts. "
    "What each source states stands in a named graph of its own."
)


def _node(iri: object) -> ox.NamedNode:
    return ox.NamedNode(str(iri))


def service_description(address: str, root: str, form: Format) -> bytes:
    """Return the description of an endpoint in one of `GRAPH_FORMATS`.

    Args:
        address: the IRI of the endpoint.
        root: the address of the service, with a slash at the end.
        form: the format.
    """
    quads = [*_endpoint(_node(address), root), *_dataset(_node(address))]
    return write_ordered(quads, ENGINE_FORMATS[form])


def _endpoint(endpoint: ox.NamedNode, root: str) -> Iterator[ox.Quad]:
    yield ox.Quad(endpoint, _node(RDF.type), _node(_SD + "Service"))
    yield ox.Quad(endpoint, _node(_SD + "endpoint"), endpoint)
    yield ox.Quad(endpoint, _node(_SD + "supportedLanguage"), _node(_SD + "SPARQL11Query"))
    label = ox.Literal("SPARQL endpoint of osai_graph", language="en")
    yield ox.Quad(endpoint, _node(RDFS.label), label)
    yield ox.Quad(endpoint, _node(DCTERMS.hasVersion), ox.Literal(service().graph.version))
    yield ox.Quad(endpoint, _node(RDFS.seeAlso), _node(f"{root}.well-known/void"))
    for offered in (*RESULT_FORMATS, *GRAPH_FORMATS):
        name = _node(_FORMATS + _FORMAT_NAMES[offered.ending])
        yield ox.Quad(endpoint, _node(_SD + "resultFormat"), name)


def _dataset(endpoint: ox.NamedNode) -> Iterator[ox.Quad]:
    dataset = _node(f"{endpoint.value}#dataset")
    default = _node(f"{endpoint.value}#default-graph")
    yield ox.Quad(endpoint, _node(_SD + "defaultDataset"), dataset)
    yield ox.Quad(dataset, _node(RDF.type), _node(_SD + "Dataset"))
    yield ox.Quad(dataset, _node(_SD + "defaultGraph"), default)
    yield ox.Quad(default, _node(RDF.type), _node(_SD + "Graph"))
    about = ox.Literal(_ABOUT_DEFAULT, language="en")
    yield ox.Quad(default, _node(DCTERMS.description), about)
    for name in service().store.named_graphs():
        node = _node(f"{endpoint.value}#{name.removeprefix(BASE)}")
        yield ox.Quad(dataset, _node(_SD + "namedGraph"), node)
        yield ox.Quad(node, _node(RDF.type), _node(_SD + "NamedGraph"))
        yield ox.Quad(node, _node(_SD + "name"), _node(name))
