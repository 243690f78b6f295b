"""ontology is the page of our terms: each with its definition, where it is used, and its place."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from rdflib import Graph, URIRef
from rdflib.term import Identifier

from osai_graph.graph.negotiation import RDF_FORMATS
from osai_graph.namespaces import OSAI, OWL, RDF, RDFS, SKOS, shorten


@dataclass(frozen=True)
class TermLink:
    """A term that another one names."""

    iri: str
    label: str


@dataclass(frozen=True)
class Term:
    """A term as the page shows it."""

    name: str
    iri: str
    label: str
    definition: str
    notes: tuple[str, ...]
    links: tuple[tuple[str, tuple[TermLink, ...]], ...]


@dataclass(frozen=True)
class TermGroup:
    """Terms under one heading."""

    title: str
    anchor: str
    terms: tuple[Term, ...]


_LINKS = (
    ("is a kind of", RDFS.subClassOf),
    ("is a case of", RDFS.subPropertyOf),
    ("of", RDFS.domain),
    ("to", RDFS.range),
    ("in the list", SKOS.inScheme),
    ("never also a", OWL.disjointWith),
    ("inverse of", OWL.inverseOf),
)
_GROUPS = (
    ("Classes", "classes", OWL.Class),
    ("Properties between things", "object-properties", OWL.ObjectProperty),
    ("Properties with values", "datatype-properties", OWL.DatatypeProperty),
    ("Values of closed lists", "values", SKOS.Concept),
)


def _texts(graph: Graph, term: Identifier, predicate: URIRef) -> tuple[str, ...]:
    return tuple(sorted(str(value) for value in graph.objects(term, predicate)))


def _link(graph: Graph, target: URIRef) -> TermLink:
    return TermLink(str(target), str(graph.value(target, RDFS.label) or shorten(target)))


def _term(graph: Graph, iri: URIRef) -> Term:
    links = []
    for title, predicate in _LINKS:
        targets = sorted(t for t in graph.objects(iri, predicate) if isinstance(t, URIRef))
        if targets:
            links.append((title, tuple(_link(graph, target) for target in targets)))
    return Term(
        name=str(iri).removeprefix(str(OSAI)),
        iri=str(iri),
        label=str(graph.value(iri, RDFS.label) or shorten(iri)),
        definition=" ".join(_texts(graph, iri, SKOS.definition)),
        notes=_texts(graph, iri, SKOS.scopeNote) + _texts(graph, iri, SKOS.example),
        links=tuple(links),
    )


def _group(graph: Graph, kind: URIRef) -> tuple[Term, ...]:
    own = {
        iri
        for iri in graph.subjects(RDF.type, kind)
        if isinstance(iri, URIRef) and iri.startswith(str(OSAI))
    }
    return tuple(_term(graph, iri) for iri in sorted(own))


def ontology_page(graph: Graph) -> bytes:
    """Return the page of all terms in an ontology."""
    groups = [TermGroup(title, anchor, _group(graph, kind)) for title, anchor, kind in _GROUPS]
    return render_template("ontology.html", groups=groups, name="ns", formats=RDF_FORMATS).encode()
