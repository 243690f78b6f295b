"""dataset_description describes the whole dataset in VoID and DCAT 3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import Literal, URIRef

from osai_graph.graph.ordered import write_ordered
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import BASE, DCAT, DCTERMS, PREFIXES, RDF, RDFS, XSD

_VOID = "http://rdfs.org/ns/void#"
_SPDX = PREFIXES["spdx"]
_MEDIA = "https://www.iana.org/assignments/media-types/"

#: The dataset itself; the ending of its name leads to this description.
DATASET = f"{BASE}.well-known/void#dataset"

_TOTALS = """
SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects)
  (COUNT(DISTINCT ?p) AS ?properties) (COUNT(DISTINCT ?o) AS ?objects)
WHERE { ?s ?p ?o }
"""
_CLASSES = f"""
SELECT ?class (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s <{RDF.type}> ?class FILTER(isIRI(?class)) }}
GROUP BY ?class ORDER BY ?class
"""
_PROPERTIES = """
SELECT ?property (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects)
  (COUNT(DISTINCT ?o) AS ?objects)
WHERE { ?s ?property ?o } GROUP BY ?property ORDER BY ?property
"""
_CLASS_PROPERTIES = f"""
SELECT ?class ?property (COUNT(*) AS ?n) WHERE {{
  ?s <{RDF.type}> ?class ; ?property ?o FILTER(STRSTARTS(STR(?class), "{BASE}"))
}} GROUP BY ?class ?property ORDER BY ?class ?property
"""


@dataclass(frozen=True)
class DumpFile:
    """A file of the dump: its name, media type, size in bytes and SHA-256 sum."""

    name: str
    media_type: str
    size: int
    sha256: str


def describe_content(store: GraphStore) -> list[ox.Quad]:
    """Return what the dataset holds: sizes, and its partitions by class and by property."""
    statements = _Statements()
    _describe_content(statements, store)
    return statements.quads


def describe_access(
    version: str, root: str = BASE, files: Sequence[DumpFile] = ()
) -> list[ox.Quad]:
    """Return what the dataset is and where it can be had.

    Args:
        version: the data version.
        root: the address of the service, with a slash at the end.
        files: the files of the dump, with sizes and sums.
    """
    statements = _Statements()
    _describe_catalog(statements, version, root)
    for file in files:
        _describe_file(statements, root, file)
    return statements.quads


def write_description(
    quads: Iterable[ox.Quad], target: ox.RdfFormat = ox.RdfFormat.TURTLE
) -> bytes:
    """Return a description in a format."""
    return write_ordered(quads, target)


class _Statements:
    """Collects statements."""

    def __init__(self) -> None:
        self.quads: list[ox.Quad] = []

    def add(self, subject: str, predicate: str, *values: object) -> None:
        """State values: whole numbers and terms of the engine as they are, texts as IRIs."""
        for value in values:
            if isinstance(value, int):
                term: ox.NamedNode | ox.Literal = ox.Literal(value)
            else:
                term = value if isinstance(value, ox.Literal) else ox.NamedNode(str(value))
            self.quads.append(ox.Quad(ox.NamedNode(subject), ox.NamedNode(str(predicate)), term))


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _describe_catalog(statements: _Statements, version: str, root: str) -> None:
    add = statements.add
    add(DATASET, RDF.type, _VOID + "Dataset", DCAT.Dataset)
    add(DATASET, DCTERMS.title, _english("osai_graph: the open knowledge graph of open source AI"))
    about = (
        "Which AI systems are open source, by which definition, why not, and what would have to "
        "change: facts with their sources, what follows from them, and verdicts."
    )
    add(DATASET, DCTERMS.description, _english(about))
    add(DATASET, DCAT.version, ox.Literal(version))
    add(DATASET, DCAT.landingPage, root)
    add(DATASET, DCAT.keyword, _english("open source AI"), _english("licenses"))
    add(DATASET, _VOID + "sparqlEndpoint", f"{root}sparql")
    add(DATASET, _VOID + "uriSpace", ox.Literal(BASE))
    add(DATASET, _VOID + "vocabulary", f"{BASE}ns")
    add(DATASET, _VOID + "exampleResource", f"{BASE}license/Apache-2.0")
    for name in ("osai-graph.ttl.gz", "osai-graph.nq.gz", "osai-graph.jsonld.gz"):
        add(DATASET, _VOID + "dataDump", f"{root}dump/{name}")
    service = f"{root}sparql"
    add(service, RDF.type, DCAT.DataService)
    add(service, DCAT.endpointURL, service)
    add(service, DCAT.servesDataset, DATASET)
    add(service, RDFS.label, _english("SPARQL endpoint of osai_graph"))


def _describe_content(statements: _Statements, store: GraphStore) -> None:
    totals = next(_counts(store, _TOTALS))[1]
    names = ("triples", "distinctSubjects", "properties", "distinctObjects")
    for name, number in zip(names, totals, strict=True):
        statements.add(DATASET, _VOID + name, number)
    _describe_classes(statements, store)
    for (iri,), numbers in _counts(store, _PROPERTIES):
        node = f"{DATASET}-property-{_slug(iri)}"
        statements.add(DATASET, _VOID + "propertyPartition", node)
        statements.add(node, _VOID + "property", iri)
        parts = zip(("triples", "distinctSubjects", "distinctObjects"), numbers, strict=True)
        for name, number in parts:
            statements.add(node, _VOID + name, number)


def _describe_classes(statements: _Statements, store: GraphStore) -> None:
    classes = [(iri, number) for (iri,), (number,) in _counts(store, _CLASSES)]
    statements.add(DATASET, _VOID + "classes", len(classes))
    for iri, number in classes:
        node = f"{DATASET}-class-{_slug(iri)}"
        statements.add(DATASET, _VOID + "classPartition", node)
        statements.add(node, _VOID + "class", iri)
        statements.add(node, _VOID + "entities", number)
    for (iri, name), (number,) in _counts(store, _CLASS_PROPERTIES):
        node = f"{DATASET}-class-{_slug(iri)}"
        part = f"{node}-{_slug(name)}"
        statements.add(node, _VOID + "propertyPartition", part)
        statements.add(part, _VOID + "property", name)
        statements.add(part, _VOID + "triples", number)


def _counts(store: GraphStore, query: str) -> Iterator[tuple[list[str], list[int]]]:
    """Yield the IRIs and the numbers of each row."""
    for row in store.select(query).rows:
        iris = [str(term) for term in row if isinstance(term, URIRef)]
        yield iris, [int(str(term)) for term in row if isinstance(term, Literal)]


def _slug(iri: str) -> str:
    """Return an IRI as part of a fragment; different IRIs give different ones."""
    return "".join(char if char.isalnum() else f"_{ord(char):x}_" for char in _short(iri))


def _short(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}-{iri.removeprefix(namespace)}"
    return iri


def _describe_file(statements: _Statements, root: str, file: DumpFile) -> None:
    add = statements.add
    address = f"{root}dump/{file.name}"
    node, checksum = f"{address}#distribution", f"{address}#checksum"
    media_type = file.media_type
    add(DATASET, DCAT.distribution, node)
    add(node, RDF.type, DCAT.Distribution)
    add(node, DCTERMS.title, ox.Literal(file.name))
    add(node, DCAT.downloadURL, address)
    add(node, DCAT.mediaType, _MEDIA + media_type)
    if file.name.endswith(".gz"):
        add(node, DCAT.compressFormat, _MEDIA + "application/gzip")
    size = ox.Literal(str(file.size), datatype=ox.NamedNode(str(XSD.nonNegativeInteger)))
    add(node, DCAT.byteSize, size)
    add(node, _SPDX + "checksum", checksum)
    add(checksum, RDF.type, _SPDX + "Checksum")
    add(checksum, _SPDX + "algorithm", _SPDX + "checksumAlgorithm_sha256")
    sum_ = ox.Literal(file.sha256, datatype=ox.NamedNode(str(XSD.hexBinary)))
    add(checksum, _SPDX + "checksumValue", sum_)
