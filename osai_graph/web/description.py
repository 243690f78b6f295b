"""description says in RDF what the endpoint can do (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from rdflib import Graph, Literal, Namespace, URIRef

from osai_graph.graph.negotiation import RDF_FORMATS, RESULT_FORMATS, Format
from osai_graph.namespaces import BASE, DCTERMS, RDF, RDFS
from osai_graph.web.rdf import write_graph
from osai_graph.web.service import service

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")

#: The IRIs by which the standard names result formats.
_FORMAT_IRIS = {
    "json": "http://www.w3.org/ns/formats/SPARQL_Results_JSON",
    "xml": "http://www.w3.org/ns/formats/SPARQL_Results_XML",
    "csv": "http://www.w3.org/ns/formats/SPARQL_Results_CSV",
    "tsv": "http://www.w3.org/ns/formats/SPARQL_Results_TSV",
    "ttl": "http://www.w3.org/ns/formats/Turtle",
    "nt": "http://www.w3.org/ns/formats/N-Triples",
    "jsonld": "http://www.w3.org/ns/formats/JSON-LD",
    "rdf": "http://www.w3.org/ns/formats/RDF_XML",
}


def service_description(address: str, form: Format) -> bytes:
    """Return the description of the endpoint at an address, in one of `RDF_FORMATS`."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in (("sd", SD), ("dcterms", DCTERMS), ("rdfs", RDFS), ("rdf", RDF)):
        graph.bind(prefix, namespace)
    endpoint = URIRef(address)
    graph.add((endpoint, RDF.type, SD.Service))
    graph.add((endpoint, SD.endpoint, endpoint))
    graph.add((endpoint, SD.supportedLanguage, SD.SPARQL11Query))
    graph.add((endpoint, RDFS.label, Literal("SPARQL endpoint of osai_graph", lang="en")))
    graph.add((endpoint, DCTERMS.hasVersion, Literal(service().graph.version)))
    for offered in (*RESULT_FORMATS, *RDF_FORMATS):
        graph.add((endpoint, SD.resultFormat, URIRef(_FORMAT_IRIS[offered.ending])))
    _describe_dataset(graph, endpoint)
    return write_graph(graph, form)


def _describe_dataset(graph: Graph, endpoint: URIRef) -> None:
    dataset, default = URIRef(f"{endpoint}#dataset"), URIRef(f"{endpoint}#default-graph")
    graph.add((endpoint, SD.defaultDataset, dataset))
    graph.add((dataset, RDF.type, SD.Dataset))
    graph.add((dataset, SD.defaultGraph, default))
    graph.add((default, RDF.type, SD.Graph))
    text = "Ontology, stated and inferred triples together."
    graph.add((default, DCTERMS.description, Literal(text, lang="en")))
    for name in service().files.graph_names:
        node = URIRef(f"{endpoint}#{name.removeprefix(BASE)}")
        graph.add((dataset, SD.namedGraph, node))
        graph.add((node, RDF.type, SD.NamedGraph))
        graph.add((node, SD.name, URIRef(name)))
