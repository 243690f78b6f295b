"""facts sorts the direct statements about a record under headings that people look for."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rdflib import RDF, Literal, URIRef
from rdflib.term import Identifier

from osai_graph.namespaces import DCAT, DCTERMS, OA, ORG, OSAI, PROV, RDFS, SCHEMA, SKOS, SPDX
from osai_graph.records.model import Fact, FactGroup, Value
from osai_graph.records.numbers import number_of
from osai_graph.records.reading import Excerpt

#: Heading to properties, both in the order in which they are shown.
_HEADINGS: tuple[tuple[str, tuple[URIRef, ...]], ...] = (
    (
        "Who and what",
        (
            OSAI.isDevelopedBy,
            OSAI.isMemberOf,
            DCTERMS.publisher,
            OSAI.hasSteward,
            OSAI.stewardName,
            OSAI.hasOrganizer,
            OSAI.hasOrganizationKind,
            ORG.subOrganizationOf,
            OSAI.hasEventKind,
            OSAI.placeName,
            OSAI.concerns,
            OSAI.describes,
            OSAI.hasAccessMode,
            OSAI.serves,
        ),
    ),
    (
        "Names and identifiers",
        (
            DCTERMS.title,
            DCTERMS.identifier,
            SPDX.licenseId,
            OSAI.licenseRef,
            OSAI.huggingFaceId,
            DCAT.version,
            SCHEMA.sameAs,
        ),
    ),
    (
        "Dates",
        (
            DCTERMS.issued,
            DCTERMS.modified,
            DCTERMS.valid,
            SCHEMA.foundingDate,
            SCHEMA.dissolutionDate,
            SCHEMA.startDate,
            SCHEMA.endDate,
        ),
    ),
    (
        "Size and training",
        (
            OSAI.parameterCount,
            OSAI.contextLength,
            OSAI.trainingTokenCount,
            OSAI.trainingCompute,
            OSAI.trainedOn,
            OSAI.followsPractice,
            OSAI.lacksPractice,
        ),
    ),
    (
        "Access and license",
        (
            OSAI.hasAvailability,
            DCTERMS.license,
            OSAI.declaredLicenseText,
            OSAI.hasLicenseKind,
            OSAI.hasLicenseClass,
            OSAI.hasOsiStatus,
            OSAI.hasFsfStatus,
            OSAI.hasOpenDefinitionStatus,
            OSAI.hasMotStatus,
            OSAI.hasCommercialUseGrant,
            OSAI.hasDerivativesGrant,
            URIRef("http://creativecommons.org/ns#requires"),
            DCTERMS.replaces,
            OSAI.isEarlierVersionOf,
        ),
    ),
    ("Addresses", (SCHEMA.url, SCHEMA.codeRepository, RDFS.seeAlso)),
)

#: Relations between systems, which are shown as lineage.
LINEAGE = (
    OSAI.fineTunedFrom,
    OSAI.isAdapterOf,
    OSAI.quantizedFrom,
    OSAI.mergedFrom,
    OSAI.continuedFrom,
    OSAI.distilledFrom,
    OSAI.trainedOnOutputsOf,
    OSAI.incorporates,
    OSAI.isDerivedFrom,
    OSAI.learnedFrom,
    OSAI.hasAncestor,
)

#: Shown elsewhere on the record: as its head, its parts, its freedoms, its claims or its lineage.
_ELSEWHERE = {
    RDF.type,
    RDFS.label,
    SKOS.altLabel,
    DCTERMS.description,
    DCTERMS.hasPart,
    RDF.subject,
    RDF.predicate,
    RDF.object,
    OA.exact,
    PROV.hadPrimarySource,
    OSAI.hasComponent,
    OSAI.hasItems,
    OSAI.hasEvidence,
    OSAI.hasRestriction,
    OSAI.hasClaim,
    OSAI.hasStatus,
    OSAI.hasClaimKind,
    OSAI.hasConfidence,
    OSAI.statusReason,
    OSAI.claimedValue,
    OSAI.attribution,
    OSAI.locator,
    OSAI.hasCandidate,
    OSAI.grantsFreedom,
    OSAI.leavesFreedomUnknown,
    OSAI.givesFreedom,
    OSAI.limitsFreedom,
    OSAI.withholdsFreedom,
    OSAI.deniesFreedom,
    OSAI.lacksFreedom,
    *LINEAGE,
}

_MORE = "More"


def fact_groups(excerpt: Excerpt, node: Identifier) -> tuple[FactGroup, ...]:
    """Return the facts of a record under headings; headings without facts are left out."""
    facts = {fact.property.iri: fact for fact in _facts(excerpt, node)}
    groups = []
    for title, properties in _HEADINGS:
        chosen = tuple(facts.pop(str(p)) for p in properties if str(p) in facts)
        groups.append(FactGroup(title, chosen))
    rest = sorted(facts.values(), key=lambda fact: (fact.property.label, fact.property.iri))
    groups.append(FactGroup(_MORE, tuple(rest)))
    return tuple(group for group in groups if group.facts)


#: What the table of components shows in columns of its own.
_COLUMNS = {OSAI.hasAvailability, DCTERMS.license}


def part_facts(excerpt: Excerpt, part: Identifier) -> tuple[Fact, ...]:
    """Return the facts of a component beyond kind, availability, license, freedoms and evidence."""
    columns = {str(p) for p in _COLUMNS}
    return tuple(fact for fact in _facts(excerpt, part) if fact.property.iri not in columns)


def _facts(excerpt: Excerpt, node: Identifier) -> list[Fact]:
    facts = []
    for predicate, objects in sorted(excerpt.values.get(node, {}).items()):
        values = tuple(_values(excerpt, node, predicate, objects))
        if values and predicate not in _ELSEWHERE:
            thing = excerpt.thing(predicate)
            assert thing is not None
            facts.append(Fact(thing, values))
    return facts


def _values(
    excerpt: Excerpt, node: Identifier, predicate: Identifier, objects: Iterable[Identifier]
) -> Iterable[Value]:
    for value in sorted(objects, key=lambda o: _order(excerpt, o)):
        inferred = (node, predicate, value) in excerpt.inferred
        # superproperties of other vocabularies repeat what our own properties say
        if inferred and not str(predicate).startswith(str(OSAI)):
            continue
        yield as_value(excerpt, value, inferred)


def _order(excerpt: Excerpt, term: Identifier) -> tuple[bool, Decimal, str, str]:
    """Return what values are sorted by: numbers by value, then all else by label."""
    datatype = str(term.datatype) if isinstance(term, Literal) else None
    number = number_of(str(term), datatype)
    return number is None, number or Decimal(0), excerpt.label(term).casefold(), str(term)


def as_value(excerpt: Excerpt, term: Identifier, inferred: bool = False) -> Value:
    """Return an RDF term as a value to show."""
    if isinstance(term, Literal):
        datatype = None if term.datatype is None else str(term.datatype)
        return Value(str(term), None, datatype, term.language, inferred)
    return Value(excerpt.label(term), str(term), None, None, inferred)
