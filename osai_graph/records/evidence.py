"""evidence shows the evidence nodes of an excerpt: where was looked, when, and what was seen."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import RDF
from rdflib.term import Identifier

from osai_graph.namespaces import OSAI, PAV, SCHEMA
from osai_graph.records.model import Evidence
from osai_graph.records.reading import Excerpt


def evidence_views(excerpt: Excerpt, node: Identifier) -> tuple[Evidence, ...]:
    """Return the evidence that a node names, by address."""
    views = (_view(excerpt, evidence) for evidence in excerpt.all(node, OSAI.hasEvidence))
    return tuple(sorted(views, key=lambda e: (e.url or "~", e.iri)))


def addresses(excerpt: Excerpt, nodes: Iterable[Identifier]) -> tuple[str, ...]:
    """Return the addresses of the evidence that the nodes name, sorted."""
    return tuple(sorted({e.url for node in nodes for e in evidence_views(excerpt, node) if e.url}))


def _view(excerpt: Excerpt, evidence: Identifier) -> Evidence:
    return Evidence(
        iri=str(evidence),
        url=excerpt.text(evidence, SCHEMA.url),
        shows=excerpt.text(evidence, OSAI.shows),
        retrieved_on=excerpt.text(evidence, PAV.retrievedOn),
        basis=excerpt.thing(excerpt.one(evidence, OSAI.hasBasis)),
        locator=excerpt.text(evidence, OSAI.locator),
        supports=excerpt.things(excerpt.all(evidence, OSAI.isEvidenceFor)),
        is_search=OSAI.Search in excerpt.all(evidence, RDF.type),
    )
