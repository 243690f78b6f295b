"""freedoms says how the four freedoms stand for a record and its parts, and what decides each.

The standing is read off the inferred relations (osai:givesFreedom, osai:limitsFreedom ...); nothing
is decided here. What decides it is found beside them: the restriction of the license that takes the
freedom, or the availability that keeps the artifact from people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rdflib import RDF, URIRef
from rdflib.term import Identifier

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import DCTERMS, OSAI, RDFS
from osai_graph.records.model import (
    FreedomStanding,
    PartsStanding,
    Restriction,
    Standing,
    Thing,
)
from osai_graph.records.reading import Excerpt, iri_list

#: The freedoms in the order of the Open Source AI Definition.
FREEDOMS = (OSAI.FreedomToUse, OSAI.FreedomToStudy, OSAI.FreedomToModify, OSAI.FreedomToShare)

#: The first relation that holds decides; the general osai:deniesFreedom comes last.
_ARTIFACT = (
    (OSAI.withholdsFreedom, Standing.WITHHELD),
    (OSAI.limitsFreedom, Standing.LIMITED),
    (OSAI.deniesFreedom, Standing.DENIED),
    (OSAI.givesFreedom, Standing.GIVEN),
)
_LICENSE = (
    (OSAI.withholdsFreedom, Standing.WITHHELD),
    (OSAI.limitsFreedom, Standing.LIMITED),
    (OSAI.deniesFreedom, Standing.DENIED),
    (OSAI.grantsFreedom, Standing.GIVEN),
)


@dataclass(frozen=True)
class Taking:
    """A restriction of a license and a freedom that it takes."""

    license: URIRef
    restriction: Thing
    freedom: URIRef


def read_takings(store: GraphStore, licenses: Iterable[Identifier]) -> list[Taking]:
    """Return which restriction of the licenses takes which freedom."""
    rows = store.select(
        f"SELECT ?license ?restriction ?label ?freedom WHERE {{ "
        f"VALUES ?license {{ {iri_list(licenses)} }} "
        f"?license <{OSAI.hasRestriction}> ?restriction . "
        f"?restriction <{OSAI.takesFreedom}> ?freedom . "
        f"OPTIONAL {{ ?restriction <{RDFS.label}> ?own }} "
        f"OPTIONAL {{ ?restriction <{OSAI.hasRestrictionKind}>/<{RDFS.label}> ?kind }} "
        f"BIND(COALESCE(?own, ?kind) AS ?label) }}"
    ).rows
    found = {
        Taking(URIRef(str(lic)), Thing(str(node), str(label or node)), URIRef(str(freedom)))
        for lic, node, label, freedom in rows
    }
    return sorted(found, key=lambda t: (t.license, t.restriction.label, t.freedom))


def _standing(
    excerpt: Excerpt, node: Identifier, freedom: URIRef, order: tuple[tuple[URIRef, Standing], ...]
) -> Standing:
    for relation, standing in order:
        if freedom in excerpt.all(node, relation):
            return standing
    return Standing.UNKNOWN


def _freedom(excerpt: Excerpt, freedom: URIRef) -> Thing:
    return Thing(str(freedom), excerpt.label(freedom))


def artifact_freedoms(
    excerpt: Excerpt, artifact: Identifier, takings: Sequence[Taking]
) -> tuple[FreedomStanding, ...]:
    """Return how the four freedoms stand for a component, a dataset or the works in one."""
    licenses = excerpt.all(artifact, DCTERMS.license)
    standings = []
    for freedom in FREEDOMS:
        standing = _standing(excerpt, artifact, freedom, _ARTIFACT)
        because: tuple[Thing, ...] = ()
        if standing not in (Standing.GIVEN, Standing.UNKNOWN):
            because = tuple(
                taking.restriction
                for taking in takings
                if taking.license in licenses and taking.freedom == freedom
            ) or excerpt.things(excerpt.all(artifact, OSAI.hasAvailability))
        standings.append(FreedomStanding(_freedom(excerpt, freedom), standing, because))
    return tuple(standings)


def license_freedoms(
    excerpt: Excerpt, node: Identifier, takings: Sequence[Taking]
) -> tuple[FreedomStanding, ...]:
    """Return what a license grants of the four freedoms."""
    return tuple(
        FreedomStanding(
            _freedom(excerpt, freedom),
            _standing(excerpt, node, freedom, _LICENSE),
            tuple(t.restriction for t in takings if t.license == node and t.freedom == freedom),
        )
        for freedom in FREEDOMS
    )


def system_freedoms(excerpt: Excerpt, system: Identifier) -> tuple[FreedomStanding, ...]:
    """Return how the four freedoms stand for a system as a whole.

    It lacks one that a part of its preferred form denies (osai:lacksFreedom): as limited, if all
    parts that deny it give it within limits. It is shown as given only if every recorded part of
    the preferred form gives it; that no further part is missing is for an assessment to say.
    """
    needed = [
        part
        for part in excerpt.all(system, OSAI.hasComponent)
        if OSAI.PreferredFormComponent in excerpt.all(part, RDF.type)
    ]
    lacking = set(excerpt.all(system, OSAI.lacksFreedom))
    standings = []
    for freedom in FREEDOMS:
        because = [p for p in needed if freedom not in excerpt.all(p, OSAI.givesFreedom)]
        standing = Standing.UNKNOWN if because or not needed else Standing.GIVEN
        parts: tuple[PartsStanding, ...] = ()
        if freedom in lacking:
            because = [p for p in needed if freedom in excerpt.all(p, OSAI.deniesFreedom)]
            parts = _by_standing(excerpt, because, freedom)
            standing = parts[0].standing if parts else Standing.DENIED
        standings.append(
            FreedomStanding(_freedom(excerpt, freedom), standing, excerpt.things(because), parts)
        )
    return tuple(standings)


def _by_standing(
    excerpt: Excerpt, parts: Sequence[Identifier], freedom: URIRef
) -> tuple[PartsStanding, ...]:
    """Group the parts that deny a freedom by how they do, the worst first."""
    groups: dict[Standing, list[Identifier]]
    groups = {Standing.WITHHELD: [], Standing.DENIED: [], Standing.LIMITED: []}
    for part in parts:
        groups[_standing(excerpt, part, freedom, _ARTIFACT)].append(part)
    return tuple(
        PartsStanding(standing, excerpt.things(group))
        for standing, group in groups.items()
        if group
    )


def restriction_views(excerpt: Excerpt, node: Identifier) -> tuple[Restriction, ...]:
    """Return the restrictions of a license, by kind."""
    views = [_restriction(excerpt, r) for r in excerpt.all(node, OSAI.hasRestriction)]
    return tuple(sorted(views, key=lambda r: (r.kind.label if r.kind else "", r.iri)))


def _restriction(excerpt: Excerpt, node: Identifier) -> Restriction:
    binds = excerpt.text(node, OSAI.bindsDerivatives)
    return Restriction(
        iri=str(node),
        label=excerpt.label(node),
        kind=excerpt.thing(excerpt.one(node, OSAI.hasRestrictionKind)),
        takes=_in_order(excerpt, excerpt.all(node, OSAI.takesFreedom)),
        locator=excerpt.text(node, OSAI.locator),
        description=excerpt.text(node, DCTERMS.description),
        threshold=_threshold(excerpt, node),
        binds_derivatives=None if binds is None else binds in ("true", "1"),
    )


def _in_order(excerpt: Excerpt, freedoms: Sequence[Identifier]) -> tuple[Thing, ...]:
    return tuple(_freedom(excerpt, freedom) for freedom in FREEDOMS if freedom in freedoms)


def _threshold(excerpt: Excerpt, node: Identifier) -> str | None:
    value = excerpt.text(node, OSAI.thresholdValue)
    if value is None:
        return None
    number = f"{int(value):,}" if value.isdigit() else value
    return " ".join(filter(None, [number, excerpt.text(node, OSAI.thresholdUnit)]))
