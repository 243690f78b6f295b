"""The prefixes that files, queries, answers and pages share."""

from __future__ import annotations

from typing import Final

from rdflib import Namespace, URIRef

BASE: Final = "https://w3id.org/osai-graph/"

#: Our terms. Their existence is tested against ``ontology/``, not listed twice.
OSAI: Final = Namespace(BASE + "ns#")

SYSTEM: Final = Namespace(BASE + "system/")
ORGANIZATION: Final = Namespace(BASE + "organization/")
LICENSE: Final = Namespace(BASE + "license/")
DATASET: Final = Namespace(BASE + "dataset/")
DOCUMENT: Final = Namespace(BASE + "document/")
FRAMEWORK: Final = Namespace(BASE + "framework/")
EVENT: Final = Namespace(BASE + "event/")
CLAIM: Final = Namespace(BASE + "claim/")
GRAPH: Final = Namespace(BASE + "graph/")

CC: Final = Namespace("http://creativecommons.org/ns#")
CITO: Final = Namespace("http://purl.org/spar/cito/")
DCAT: Final = Namespace("http://www.w3.org/ns/dcat#")
DCTERMS: Final = Namespace("http://purl.org/dc/terms/")
OA: Final = Namespace("http://www.w3.org/ns/oa#")
ORG: Final = Namespace("http://www.w3.org/ns/org#")
OWL: Final = Namespace("http://www.w3.org/2002/07/owl#")
PAV: Final = Namespace("http://purl.org/pav/")
PROV: Final = Namespace("http://www.w3.org/ns/prov#")
RDF: Final = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS: Final = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SCHEMA: Final = Namespace("https://schema.org/")
SH: Final = Namespace("http://www.w3.org/ns/shacl#")
SKOS: Final = Namespace("http://www.w3.org/2004/02/skos/core#")
SPDX: Final = Namespace("http://spdx.org/rdf/terms#")
VANN: Final = Namespace("http://purl.org/vocab/vann/")
VS: Final = Namespace("http://www.w3.org/2003/06/sw-vocab-status/ns#")
XSD: Final = Namespace("http://www.w3.org/2001/XMLSchema#")

#: Prefix to namespace, for parsing shorthand, serializing and the query editor.
PREFIXES: Final[dict[str, str]] = {
    "bibo": "http://purl.org/ontology/bibo/",
    "cc": str(CC),
    "cito": str(CITO),
    "claim": str(CLAIM),
    "dataset": str(DATASET),
    "dcat": str(DCAT),
    "dcterms": str(DCTERMS),
    "document": str(DOCUMENT),
    "event": str(EVENT),
    "fair4ml": "https://w3id.org/fair4ml#",
    "framework": str(FRAMEWORK),
    "graph": str(GRAPH),
    "license": str(LICENSE),
    "oa": str(OA),
    "org": str(ORG),
    "organization": str(ORGANIZATION),
    "osai": str(OSAI),
    "owl": str(OWL),
    "pav": str(PAV),
    "prov": str(PROV),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "schema": str(SCHEMA),
    "sh": str(SH),
    "skos": str(SKOS),
    "spdx": str(SPDX),
    "system": str(SYSTEM),
    "vann": str(VANN),
    "vs": str(VS),
    "xsd": str(XSD),
}

#: The kinds of record, as they stand in IRIs and routes, and the folder of each: in ``data/``, but
#: for frameworks, which are definitions and stand in ``ontology/``.
RECORD_KINDS: Final[dict[str, str]] = {
    "system": "systems",
    "organization": "organizations",
    "license": "licenses",
    "dataset": "datasets",
    "document": "documents",
    "event": "events",
    "claim": "claims",
    "framework": "frameworks",
}

#: Triples that the reasoner adds stand in this named graph as well as in the default graph.
INFERRED_GRAPH: Final = GRAPH["inferred"]

#: What the build wrote down about sources that disagree stands in this named graph too.
DISAGREEMENTS_GRAPH: Final = GRAPH["disagreements"]

#: The verdicts of all frameworks on all systems stand in this named graph too.
VERDICTS_GRAPH: Final = GRAPH["verdicts"]


def shorten(iri: str) -> str:
    """Return ``iri`` as a prefixed name where a prefix fits, otherwise unchanged.

    >>> shorten("https://w3id.org/osai-graph/ns#Model")
    'osai:Model'
    >>> shorten("https://w3id.org/osai-graph/system/pythia#weights")
    'system:pythia#weights'
    >>> shorten("https://example.org/x")
    'https://example.org/x'
    """
    best = max(
        (item for item in PREFIXES.items() if iri.startswith(item[1])),
        key=lambda item: len(item[1]),
        default=None,
    )
    if best is None or iri == best[1]:
        return iri
    return f"{best[0]}:{iri[len(best[1]) :]}"


def expand(name: str) -> URIRef | None:
    """Return the IRI of a prefixed name, or ``None`` when its prefix is not ours.

    >>> expand("system:pythia#weights")
    rdflib.term.URIRef('https://w3id.org/osai-graph/system/pythia#weights')
    """
    prefix, colon, local = name.partition(":")
    if not colon or prefix not in PREFIXES:
        return None
    return URIRef(PREFIXES[prefix] + local)
