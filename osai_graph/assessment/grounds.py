"""grounds are the facts that a verdict stands on, with their evidence: parts, terms, clauses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.term import Identifier

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import DCTERMS, OSAI, PAV, RDF, SCHEMA, SPDX
from osai_graph.reasoning.verbalization import Labels

FREEDOMS = (OSAI.FreedomToUse, OSAI.FreedomToStudy, OSAI.FreedomToModify, OSAI.FreedomToShare)


@dataclass(frozen=True)
class Thing:
    """Something with a name."""

    iri: str
    label: str


@dataclass(frozen=True)
class Evidence:
    """A place where a fact was looked up: the address, the day, and what it shows.

    ``is_search`` marks a search that found nothing. ``supports`` are the properties that it is
    evidence for.
    """

    iri: str
    url: str
    retrieved_on: str
    shows: str
    locator: str = ""
    is_search: bool = False
    supports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clause:
    """A restriction of a license: where it stands, which freedoms it takes, whom it binds."""

    iri: str
    label: str
    locator: str
    description: str
    takes: tuple[str, ...]
    binds_derivatives: bool
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Terms:
    """A license as it bears on a part; ``inherited`` from the release as a whole."""

    iri: str
    label: str
    identifier: str
    osi_status: str
    grants: tuple[str, ...]
    clauses: tuple[Clause, ...] = ()
    inherited: bool = False


@dataclass(frozen=True)
class Part:
    """A component of a system as the graph knows it."""

    iri: str
    label: str
    kind: Thing
    availability: Thing
    terms: tuple[Terms, ...]
    evidence: tuple[Evidence, ...]

    def evidence_for(self, properties: Iterable[URIRef]) -> tuple[Evidence, ...]:
        """Return the evidence for some properties."""
        names = {str(name) for name in properties}
        return tuple(e for e in self.evidence if names & set(e.supports))


_PART_PROPERTIES = (
    RDF.type,
    OSAI.hasAvailability,
    DCTERMS.license,
    OSAI.hasInheritedLicense,
    OSAI.hasEvidence,
)
_TERMS_PROPERTIES = (
    SPDX.licenseId,
    OSAI.licenseRef,
    OSAI.hasOsiStatus,
    OSAI.grantsFreedom,
    OSAI.hasRestriction,
    OSAI.combines,
    OSAI.offers,
)
_CLAUSE_PROPERTIES = (
    DCTERMS.description,
    OSAI.locator,
    OSAI.takesFreedom,
    OSAI.bindsDerivatives,
    OSAI.hasRestrictionKind,
    OSAI.hasEvidence,
)
_EVIDENCE_PROPERTIES = (
    RDF.type,
    SCHEMA.url,
    PAV.retrievedOn,
    OSAI.shows,
    OSAI.locator,
    OSAI.isEvidenceFor,
)

_Node = dict[URIRef, list[Identifier]]


class Grounds:
    """Reads what a graph holds of a system's parts, each node once.

    Args:
        store: a materialized graph; its default graph is read.
        system: the system.
    """

    def __init__(self, store: GraphStore, system: URIRef) -> None:
        self._store = store
        self._labels = Labels(store)
        self._nodes: dict[Identifier, _Node] = {}
        self._evidence: dict[Identifier, Evidence] = {}
        self.system = system
        rows = store.select(
            f"SELECT ?part WHERE {{ {system.n3()} {OSAI.hasComponent.n3()} ?part }} ORDER BY ?part"
        ).rows
        self.components = [part for (part,) in rows if isinstance(part, URIRef)]
        self._read(self.components, _PART_PROPERTIES)
        self._read([system], (OSAI.hasEvidence, OSAI.isDevelopedBy))

    def thing(self, iri: Identifier) -> Thing:
        """Return a node with its name."""
        return Thing(str(iri), self._labels(iri))

    def makers(self) -> tuple[Thing, ...]:
        """Return who developed the system."""
        return tuple(self.thing(o) for o in self._values(self.system, OSAI.isDevelopedBy))

    def of_kind(self, kind: URIRef) -> list[URIRef]:
        """Return the components of a class."""
        return [part for part in self.components if kind in self._values(part, RDF.type)]

    def part(self, iri: URIRef, kinds: Sequence[URIRef] = ()) -> Part:
        """Return what is known of a component, as one of the given kinds if it is of one."""
        types = self._values(iri, RDF.type)
        kind = next((k for k in kinds if k in types), None) or _narrowest(types, self._labels)
        availability = self._first(iri, OSAI.hasAvailability) or OSAI.AvailabilityUnknown
        own = self._values(iri, DCTERMS.license)
        inherited = [o for o in self._values(iri, OSAI.hasInheritedLicense) if o not in own]
        terms = [self.terms(node) for node in own]
        terms += [self.terms(node, inherited=True) for node in inherited]
        return Part(
            str(iri),
            self._labels(iri),
            self.thing(kind),
            self.thing(availability),
            tuple(terms),
            self.evidence(iri),
        )

    def terms(self, iri: Identifier, *, inherited: bool = False) -> Terms:
        """Return a license with what it grants and the clauses that take freedoms."""
        self._read([iri], _TERMS_PROPERTIES)
        members = self._members(iri)
        clauses = [r for node in members for r in self._values(node, OSAI.hasRestriction)]
        self._read(clauses, _CLAUSE_PROPERTIES)
        granted = self._values(iri, OSAI.grantsFreedom)
        status = self._first(iri, OSAI.hasOsiStatus)
        identifier = self._first(iri, SPDX.licenseId) or self._first(iri, OSAI.licenseRef)
        found = [self._clause(node) for node in dict.fromkeys(clauses)]
        return Terms(
            iri=str(iri),
            label=self._labels(iri),
            identifier=str(identifier or str(iri).rpartition("/")[2]),
            osi_status=str(status or "").rpartition("#")[2],
            grants=tuple(self._labels(f) for f in FREEDOMS if f in granted),
            clauses=tuple(sorted((c for c in found if c.takes), key=lambda c: (c.locator, c.iri))),
            inherited=inherited,
        )

    def evidence(self, iri: Identifier) -> tuple[Evidence, ...]:
        """Return the evidence that a node gives, by address."""
        nodes = self._values(iri, OSAI.hasEvidence)
        self._read(nodes, _EVIDENCE_PROPERTIES)
        return tuple(sorted((self._evidence_of(n) for n in nodes), key=lambda e: (e.url, e.iri)))

    def searches(self, kinds: Sequence[URIRef]) -> tuple[Evidence, ...]:
        """Return the searches that found nothing, of parts of these kinds or else of the system."""
        parts = [part for kind in kinds for part in self.of_kind(kind)]
        for nodes in (parts, [self.system]):
            found = [e for node in nodes for e in self.evidence(node) if e.is_search]
            if found:
                return tuple(dict.fromkeys(found))
        return ()

    def _members(self, iri: Identifier) -> list[Identifier]:
        """Return a license, and the licenses that it is a set or a choice of."""
        members = [iri]
        for node in members:
            self._read([node], _TERMS_PROPERTIES)
            for predicate in (OSAI.combines, OSAI.offers):
                members += [o for o in self._values(node, predicate) if o not in members]
        return members

    def _clause(self, node: Identifier) -> Clause:
        taken = self._values(node, OSAI.takesFreedom)
        text = self._text(node)
        label = self._labels(node)
        if "://" in label or (":" in label and " " not in label):
            label = self._labels(self._first(node, OSAI.hasRestrictionKind) or node)
        return Clause(
            iri=str(node),
            label=label,
            locator=text(OSAI.locator),
            description=text(DCTERMS.description),
            takes=tuple(self._labels(f) for f in FREEDOMS if f in taken),
            binds_derivatives=text(OSAI.bindsDerivatives) in ("true", "1"),
            evidence=self.evidence(node),
        )

    def _evidence_of(self, node: Identifier) -> Evidence:
        if node not in self._evidence:
            text = self._text(node)
            self._evidence[node] = Evidence(
                iri=str(node),
                url=text(SCHEMA.url),
                retrieved_on=text(PAV.retrievedOn),
                shows=text(OSAI.shows),
                locator=text(OSAI.locator),
                is_search=OSAI.Search in self._values(node, RDF.type),
                supports=tuple(str(o) for o in self._values(node, OSAI.isEvidenceFor)),
            )
        return self._evidence[node]

    def _text(self, node: Identifier) -> Callable[[URIRef], str]:
        return lambda predicate: str(self._first(node, predicate) or "")

    def _values(self, node: Identifier, predicate: URIRef) -> list[Identifier]:
        return self._nodes.get(node, {}).get(predicate, [])

    def _first(self, node: Identifier, predicate: URIRef) -> Identifier | None:
        return next(iter(self._values(node, predicate)), None)

    def _read(self, nodes: Iterable[Identifier], properties: Sequence[URIRef]) -> None:
        wanted = [n for n in dict.fromkeys(nodes) if isinstance(n, URIRef) and n not in self._nodes]
        if not wanted:
            return
        values = " ".join(node.n3() for node in wanted)
        names = " ".join(name.n3() for name in properties)
        rows = self._store.select(
            f"SELECT DISTINCT ?s ?p ?o WHERE {{ VALUES ?s {{ {values} }} "
            f"VALUES ?p {{ {names} }} ?s ?p ?o }}"
        ).rows
        for node in wanted:
            self._nodes[node] = {}
        for s, p, o in sorted(row for row in rows if None not in row):
            if s is not None and isinstance(p, URIRef) and o is not None:
                self._nodes[s].setdefault(p, []).append(o)


def _narrowest(types: Sequence[Identifier], labels: Labels) -> Identifier:
    """Return the class to call a part by: of ours, and none of the general ones."""
    ours = [t for t in types if str(t).startswith(str(OSAI))]
    named = [t for t in ours if t not in _GENERAL]
    return min(named or ours or [OSAI.Component], key=lambda t: (labels(t), t))


_GENERAL = frozenset(
    OSAI[name]
    for name in (
        "Artifact",
        "Component",
        "PreferredFormComponent",
        "ParameterComponent",
        "DataComponent",
        "CodeComponent",
        "DocumentComponent",
    )
)
