"""claims shows claims with their words, what we hold of them, and what sets them right."""

from __future__ import annotations

import re

from rdflib import RDF
from rdflib.term import Identifier

from osai_graph.namespaces import DCTERMS, OA, OSAI, PROV, SCHEMA
from osai_graph.records.evidence import addresses
from osai_graph.records.model import Claim, Correction
from osai_graph.records.reading import Excerpt


def claim_views(excerpt: Excerpt) -> tuple[Claim, ...]:
    """Return every claim of an excerpt, in the order of their identifiers."""
    corrections: dict[Identifier, list[Identifier]] = {}
    claims = []
    for node in excerpt.values:
        types = excerpt.all(node, RDF.type)
        if OSAI.Claim in types:
            claims.append(node)
        for claim in excerpt.all(node, OSAI.corrects):
            corrections.setdefault(claim, []).append(node)
    views = [_claim(excerpt, node, corrections.get(node, [])) for node in claims]
    return tuple(sorted(views, key=lambda claim: (claim.identifier, claim.iri)))


def _claim(excerpt: Excerpt, node: Identifier, corrections: list[Identifier]) -> Claim:
    subject = excerpt.one(node, RDF.subject) or excerpt.one(node, SCHEMA.about)
    return Claim(
        iri=str(node),
        identifier=excerpt.text(node, DCTERMS.identifier) or re.split(r"[#/]", str(node))[-1],
        label=excerpt.label(node),
        subject=excerpt.thing(subject),
        quote=excerpt.text(node, OA.exact),
        claimed_value=excerpt.text(node, OSAI.claimedValue),
        kind=excerpt.thing(excerpt.one(node, OSAI.hasClaimKind)),
        status=excerpt.thing(excerpt.one(node, OSAI.hasStatus)),
        reason=excerpt.text(node, OSAI.statusReason),
        confidence=excerpt.thing(excerpt.one(node, OSAI.hasConfidence)),
        attribution=excerpt.text(node, OSAI.attribution),
        source=excerpt.thing(excerpt.one(node, PROV.hadPrimarySource)),
        locator=excerpt.text(node, OSAI.locator),
        corrections=tuple(_correction(excerpt, c) for c in sorted(corrections)),
        candidates=excerpt.things(excerpt.all(node, OSAI.hasCandidate)),
        sources=addresses(excerpt, [node]),
    )


def _correction(excerpt: Excerpt, node: Identifier) -> Correction:
    text = excerpt.text(node, DCTERMS.description) or excerpt.text(node, RDF.object)
    return Correction(str(node), text or excerpt.label(node), addresses(excerpt, [node]))
