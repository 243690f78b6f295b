"""Synthetic graphs in the terms of the ontology, of any size, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

from osai_graph.namespaces import BASE, PREFIXES

FREEDOMS = ("FreedomToUse", "FreedomToStudy", "FreedomToModify", "FreedomToShare")
COMPONENTS = (
    "ModelWeights",
    "TrainingCode",
    "TrainingData",
    "DataInformation",
    "InferenceCode",
    "ModelArchitecture",
    "ModelCard",
    "ResearchPaper",
    "EvaluationResults",
)
AVAILABILITY = ("Available",) * 6 + ("Gated", "Partial", "NotAvailable", "Withdrawn")
LICENSES = 60

#: Systems of one family derive from each other; lineages stay as short as real ones.
FAMILY = 10


def _iri(prefixed: str) -> str:
    prefix, _, local = prefixed.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


TYPE = _iri("rdf:type")
LABEL = _iri("rdfs:label")


def licenses(rng: random.Random) -> Iterator[str]:
    """Yield the N-Triples lines of 60 licenses, each of which grants or denies each freedom."""
    verdicts = ("grantsFreedom",) * 3 + ("limitsFreedom", "withholdsFreedom")
    for number in range(LICENSES):
        license_ = f"<{BASE}license/synthetic-{number}>"
        yield f"{license_} {TYPE} {_iri('osai:License')} ."
        yield f'{license_} {LABEL} "License {number}"@en .'
        for freedom in FREEDOMS:
            verdict = _iri(f"osai:{rng.choice(verdicts)}")
            yield f"{license_} {verdict} {_iri(f'osai:{freedom}')} ."


def system(number: int, rng: random.Random) -> Iterator[str]:
    """Yield the N-Triples lines of one system with nine components, about 60."""
    iri = f"{BASE}system/synthetic-{number}"
    subject = f"<{iri}>"
    yield f"{subject} {TYPE} {_iri('osai:Model')} ."
    yield f'{subject} {LABEL} "System {number}"@en .'
    yield f"{subject} {_iri('osai:isDevelopedBy')} <{BASE}organization/synthetic-{number // 7}> ."
    day = f"20{rng.randrange(18, 27)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
    yield f'{subject} {_iri("dcterms:issued")} "{day}"^^{_iri("xsd:date")} .'
    size = rng.randrange(10**8, 10**12)
    yield f'{subject} {_iri("osai:parameterCount")} "{size}"^^{_iri("xsd:integer")} .'
    if place := number % FAMILY:
        base = f"<{BASE}system/synthetic-{number - place + place // 2}>"
        yield f"{subject} {_iri('osai:fineTunedFrom')} {base} ."
    for kind in COMPONENTS:
        part = f"<{iri}#{kind.lower()}>"
        yield f"{subject} {_iri('osai:hasComponent')} {part} ."
        yield f"{part} {TYPE} {_iri(f'osai:{kind}')} ."
        yield f'{part} {LABEL} "{kind} of System {number}"@en .'
        yield f"{part} {_iri('osai:hasAvailability')} {_iri(f'osai:{rng.choice(AVAILABILITY)}')} ."
        license_ = f"<{BASE}license/synthetic-{rng.randrange(LICENSES)}>"
        yield f"{part} {_iri('dcterms:license')} {license_} ."
        yield f"{part} {_iri('schema:url')} <https://example.org/{number}/{kind}> ."


def n_triples(systems: int, seed: int = 1) -> Iterator[str]:
    """Yield the lines of a whole graph without the ontology."""
    rng = random.Random(seed)
    yield from licenses(rng)
    for number in range(systems):
        yield from system(number, rng)
