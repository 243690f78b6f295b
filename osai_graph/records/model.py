"""model is the shape of a record as people read it, the same for terminal, page and JSON.

A record is a system, license, organization, dataset, document, event or claim of the graph. What is
empty is an empty tuple or ``None``, so that a reader never has to ask which fields a kind has.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How a freedom stands for a system, an artifact or a license."""

    GIVEN = "given"
    LIMITED = "limited"
    WITHHELD = "withheld"
    DENIED = "denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Thing:
    """Something that has an IRI and a name: a record, a term, a part."""

    iri: str
    label: str


@dataclass(frozen=True)
class Value:
    """One value of a fact.

    ``text`` is the label of a thing or the words of a literal; ``iri`` is set for things and
    addresses, ``datatype`` and ``language`` for literals. ``inferred`` marks what no file states.
    """

    text: str
    iri: str | None = None
    datatype: str | None = None
    language: str | None = None
    inferred: bool = False


@dataclass(frozen=True)
class Fact:
    """A property of the record and its values."""

    property: Thing
    values: tuple[Value, ...]


@dataclass(frozen=True)
class FactGroup:
    """Facts that belong together, under a heading such as "Dates"."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Evidence:
    """A place where something was looked up (osai:Evidence), when, and what it shows.

    ``supports`` are the properties it is evidence for. ``is_search`` marks a search that found
    nothing (osai:Search).
    """

    iri: str
    url: str | None
    shows: str | None
    retrieved_on: str | None
    basis: Thing | None
    locator: str | None
    supports: tuple[Thing, ...]
    is_search: bool = False


@dataclass(frozen=True)
class PartsStanding:
    """Parts of a system for which a freedom stands the same."""

    standing: Standing
    parts: tuple[Thing, ...]


@dataclass(frozen=True)
class FreedomStanding:
    """One of the four freedoms, how it stands, and the parts or restrictions that decide it.

    ``parts`` is there for a system that does not give the freedom with every part: the same parts
    as in ``because``, by how each of them denies it, the worst first.
    """

    freedom: Thing
    standing: Standing
    because: tuple[Thing, ...] = ()
    parts: tuple[PartsStanding, ...] = ()


@dataclass(frozen=True)
class Component:
    """A part of a system, or the works in a dataset, with what decides its openness."""

    iri: str
    label: str
    kind: Thing
    availability: Thing | None
    licenses: tuple[Thing, ...]
    freedoms: tuple[FreedomStanding, ...]
    evidence: tuple[Evidence, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Restriction:
    """A term of a license that takes a freedom, with the clause where it stands if known."""

    iri: str
    label: str
    kind: Thing | None
    takes: tuple[Thing, ...]
    locator: str | None
    description: str | None
    threshold: str | None
    binds_derivatives: bool | None


@dataclass(frozen=True)
class Correction:
    """What sets a claim right, in words, with the addresses that back it."""

    iri: str
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """A statement that somebody made, in its exact words, and what we hold of it."""

    iri: str
    identifier: str
    label: str
    subject: Thing | None
    quote: str | None
    claimed_value: str | None
    kind: Thing | None
    status: Thing | None
    reason: str | None
    confidence: Thing | None
    attribution: str | None
    source: Thing | None
    locator: str | None
    corrections: tuple[Correction, ...]
    candidates: tuple[Thing, ...]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Relation:
    """A property and the things at its other end: lineage, or what points at the record."""

    property: Thing
    things: tuple[Thing, ...]
    inferred: bool = False


@dataclass(frozen=True)
class Source:
    """A file that states facts of the record: its named graph, whose statements, and as of when."""

    graph: str
    path: str
    attributed_to: Thing | None
    retrieved_on: str | None
    license: Thing | None


@dataclass(frozen=True)
class OutcomeVerdict:
    """Whether a system reaches one outcome of a framework, such as a class or a label.

    ``value`` is "met", "not met" or "cannot be decided"; ``met`` of ``requirements`` hold.
    """

    outcome: Thing
    value: str
    met: int | None
    requirements: int | None


@dataclass(frozen=True)
class Obstacle:
    """A requirement that is not met or cannot be decided: because of what, or what is not known."""

    requirement: Thing
    value: str
    because: tuple[Thing, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class FrameworkVerdict:
    """What one framework says of a system, computed from the facts."""

    framework: Thing
    outcomes: tuple[OutcomeVerdict, ...]
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True)
class Record:
    """Everything the graph says about one record.

    Attributes:
        iri: the IRI of the record.
        identifier: its IRI without the base and kind, e.g. ``mistral-7b``.
        route: the kind as it stands in the IRI, e.g. ``system``.
        kind: the most specific class, e.g. osai:Model "model".
        facts: the direct facts, grouped under headings.
        verdicts: what each framework that applies to a system says of it.
        freedoms: how the four freedoms stand for the record as a whole.
        components: parts of a system, or the works in a dataset.
        restrictions: of a license.
        lineage: what it descends from and what descends from it, direct steps first.
        claims: about the record or its parts; for a document, the claims that it makes.
        evidence: for the direct facts of the record; components carry their own.
        mentions: other records that point at this one.
        sources: the files that state it.
    """

    iri: str
    identifier: str
    route: str
    kind: Thing
    label: str
    alternative_labels: tuple[str, ...]
    description: str | None
    facts: tuple[FactGroup, ...]
    freedoms: tuple[FreedomStanding, ...]
    components: tuple[Component, ...]
    restrictions: tuple[Restriction, ...]
    lineage: tuple[Relation, ...]
    claims: tuple[Claim, ...]
    evidence: tuple[Evidence, ...]
    mentions: tuple[Relation, ...]
    sources: tuple[Source, ...]
    verdicts: tuple[FrameworkVerdict, ...] = ()
