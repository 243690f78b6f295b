"""comparison says in what systems differ, and which is the more open where there is an order.

There is an order among known values only: what is unknown is neither more nor less open, and a
requirement that cannot be decided is neither met nor failed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rdflib import URIRef
from rdflib.term import Identifier

from osai_graph.assessment.chains import CONTESTED, DERIVATIONS, Named
from osai_graph.errors import GraphError
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import DCAT, DCTERMS, OSAI, RDFS, shorten

#: The headings under which rows stand, in this order.
AVAILABILITY, LICENSES, FREEDOMS, VERDICTS, RELATIONS = (
    "availability",
    "licenses",
    "freedoms",
    "verdicts",
    "relations",
)
SECTIONS = (AVAILABILITY, LICENSES, FREEDOMS, VERDICTS, RELATIONS)

_FREEDOMS = (OSAI.FreedomToUse, OSAI.FreedomToStudy, OSAI.FreedomToModify, OSAI.FreedomToShare)

#: Values that have a place in an order of openness; others have none.
_OPENNESS: Mapping[URIRef, int] = {
    OSAI.Available: 3,
    OSAI.Gated: 2,
    OSAI.Partial: 2,
    OSAI.Withdrawn: 1,
    OSAI.NotAvailable: 1,
    OSAI.Met: 2,
    OSAI.NotMet: 1,
}

#: What an artifact does with a freedom, the first that holds; "denied" leaves open in which way.
_STANDINGS = (
    (OSAI.withholdsFreedom, "withheld", 1),
    (OSAI.limitsFreedom, "limited", 2),
    (OSAI.deniesFreedom, "denied", None),
    (OSAI.givesFreedom, "given", 3),
)

_RELATIONS = (
    *DERIVATIONS,
    *CONTESTED,
    OSAI.incorporates,
    OSAI.inheritsRestriction,
    OSAI.isDevelopedBy,
    OSAI.isMemberOf,
    OSAI.hasAccessMode,
)

_MOST = 4


class ComparisonError(GraphError):
    """Things that cannot be compared."""


@dataclass(frozen=True)
class Cell:
    """What one system has in a row: words, and what decides which is the more open.

    ``rank`` orders values of one scale; ``grants`` compares licenses, by the freedoms that they
    grant. Both are ``None`` where there is no order.
    """

    text: str
    values: frozenset[URIRef] = frozenset()
    rank: int | None = None
    grants: frozenset[URIRef] | None = None

    def is_more_open_than(self, other: Cell) -> bool:
        """Tell whether this is the more open value, as far as there is an order."""
        if self.rank is not None and other.rank is not None:
            return self.rank > other.rank
        if self.grants is not None and other.grants is not None:
            return self.grants > other.grants
        return False


@dataclass(frozen=True)
class Row:
    """One point of comparison: a cell for each system, and which are more open than the others."""

    section: str
    item: str
    cells: tuple[Cell, ...]
    more_open: tuple[URIRef, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether the systems differ in it."""
        return len({(cell.text, cell.values) for cell in self.cells}) > 1


@dataclass(frozen=True)
class Comparison:
    """Systems side by side. The same version of each framework judges all of them."""

    systems: tuple[Named, ...]
    rows: tuple[Row, ...]
    frameworks: tuple[Named, ...] = ()

    def differing(self) -> tuple[Row, ...]:
        """Return the rows in which the systems differ."""
        return tuple(row for row in self.rows if row.differs)


NOT_RECORDED = Cell("not recorded")


def compare(
    store: GraphStore, systems: Sequence[URIRef], framework: URIRef | None = None
) -> Comparison:
    """Compare two to four systems.

    Args:
        store: a built graph.
        systems: the IRIs of the systems.
        framework: look at verdicts of this framework only, and then at every requirement of it
            rather than at its outcomes.

    Raises:
        ComparisonError: there are fewer or more systems, or one stands twice.
    """
    if not 2 <= len(systems) <= _MOST:
        raise ComparisonError(
            f"A comparison takes two to {_MOST} systems, not {len(systems)}.",
            "Name them like osai-graph compare mistral-7b llama-2.",
        )
    if len(set(systems)) < len(systems):
        twice = next(system for system in systems if systems.count(system) > 1)
        raise ComparisonError(
            f"{shorten(twice)} stands twice in the comparison.", "Name two different systems."
        )
    reader = _Reader(store, tuple(systems))
    verdicts = reader.verdicts(framework)
    parts = [] if framework else [*reader.components(), *verdicts, *reader.relations()]
    rows = sorted(parts or verdicts, key=lambda row: SECTIONS.index(row.section))
    named = tuple(reader.named(system) for system in systems)
    return Comparison(named, tuple(rows), reader.frameworks(framework))


def _row(section: str, item: str, systems: Sequence[URIRef], cells: Sequence[Cell]) -> Row:
    """Return a row with the systems that are more open than every other that differs."""
    found = tuple(
        system
        for system, cell in zip(systems, cells, strict=True)
        if (others := [other for other in cells if other.text != cell.text])
        and all(cell.is_more_open_than(other) for other in others)
    )
    return Row(section, item, tuple(cells), found)


@dataclass
class _Part:
    """The components of one kind that a system has."""

    availability: set[URIRef] = field(default_factory=set)
    licenses: set[URIRef] = field(default_factory=set)
    relations: set[tuple[URIRef, URIRef]] = field(default_factory=set)


class _Reader:
    def __init__(self, store: GraphStore, systems: tuple[URIRef, ...]) -> None:
        self.store = store
        self.systems = systems
        self.values = " ".join(system.n3() for system in systems)
        self.labels: dict[URIRef, str] = {}
        self._read_labels(systems)

    def select(self, query: str) -> list[tuple[URIRef, ...]]:
        return [tuple(_iri(term) for term in row) for row in self.store.select(query).rows]

    def _read_labels(self, terms: Iterable[URIRef]) -> None:
        wanted = " ".join(term.n3() for term in sorted(set(terms) - self.labels.keys()))
        rows = self.store.select(
            f"SELECT ?x ?label WHERE {{ VALUES ?x {{ {wanted} }} ?x {RDFS.label.n3()} ?label }}"
        ).rows
        self.labels |= {_iri(term): str(label) for term, label in rows}

    def label(self, term: URIRef) -> str:
        return self.labels.get(term) or shorten(term)

    def named(self, term: URIRef) -> Named:
        return Named(term, self.label(term))

    def row(self, section: str, item: str, cells: Sequence[Cell]) -> Row:
        return _row(section, item, self.systems, cells)

    def components(self) -> list[Row]:
        """Return the rows on availability, licenses and freedoms of the kinds of component."""
        parts = self._read_parts()
        kinds = sorted({kind for _, kind in parts}, key=self.label)
        grants = self._read_grants({x for part in parts.values() for x in part.licenses})
        rows: list[Row] = []
        for kind in kinds:
            here = [parts.get((system, kind)) for system in self.systems]
            name = self.label(kind)
            rows.append(self.row(AVAILABILITY, name, [self._availability(p) for p in here]))
            rows.append(self.row(LICENSES, name, [self._licenses(p, grants) for p in here]))
            if len([part for part in here if part]) > 1:
                rows += [
                    self.row(FREEDOMS, f"{name}: {self.label(f)}", [_standing(p, f) for p in here])
                    for f in _FREEDOMS
                ]
        return rows

    def _read_parts(self) -> dict[tuple[URIRef, URIRef], _Part]:
        kinds = self.select(
            f"SELECT ?system ?part ?kind WHERE {{ VALUES ?system {{ {self.values} }} "
            f"?system {OSAI.hasComponent.n3()} ?part . ?part a ?kind . "
            f"?kind {RDFS.subClassOf.n3()} {OSAI.Component.n3()} }}"
        )
        above = set(
            self.select(
                f"SELECT ?kind ?above WHERE {{ ?kind {RDFS.subClassOf.n3()}+ ?above . "
                f"FILTER(?kind != ?above) }}"
            )
        )
        types: dict[tuple[URIRef, URIRef], set[URIRef]] = defaultdict(set)
        for system, part, kind in kinds:
            types[system, part].add(kind)
        found: dict[tuple[URIRef, URIRef], _Part] = defaultdict(_Part)
        said = self._read_said()
        for (system, part), classes in types.items():
            exact = [c for c in classes if not any((d, c) in above for d in classes if d != c)]
            for kind in exact:
                entry = found[system, kind]
                entry.relations |= said.get(part, set())
                entry.availability |= {v for p, v in said[part] if p == OSAI.hasAvailability}
                entry.licenses |= {v for p, v in said[part] if p == DCTERMS.license}
        self._read_labels({kind for _, kind in found})
        return found

    def _read_said(self) -> dict[URIRef, set[tuple[URIRef, URIRef]]]:
        properties = (OSAI.hasAvailability, DCTERMS.license, *(s[0] for s in _STANDINGS))
        names = " ".join(p.n3() for p in properties)
        said: dict[URIRef, set[tuple[URIRef, URIRef]]] = defaultdict(set)
        for part, property_, value in self.select(
            f"SELECT ?part ?p ?value WHERE {{ VALUES ?system {{ {self.values} }} "
            f"VALUES ?p {{ {names} }} ?system {OSAI.hasComponent.n3()} ?part . ?part ?p ?value }}"
        ):
            said[part].add((property_, value))
        self._read_labels({value for pairs in said.values() for _, value in pairs})
        return said

    def _read_grants(self, licenses: set[URIRef]) -> dict[URIRef, frozenset[URIRef] | None]:
        """Return the freedoms that each license grants; ``None`` where something is unknown."""
        values = " ".join(license_.n3() for license_ in sorted(licenses))
        found: dict[URIRef, set[URIRef]] = {license_: set() for license_ in licenses}
        told: set[tuple[URIRef, URIRef]] = set()
        for license_, property_, freedom in self.select(
            f"SELECT ?license ?p ?freedom WHERE {{ VALUES ?license {{ {values} }} "
            f"VALUES ?p {{ {OSAI.grantsFreedom.n3()} {OSAI.deniesFreedom.n3()} }} "
            f"?license ?p ?freedom }}"
        ):
            told.add((license_, freedom))
            if property_ == OSAI.grantsFreedom:
                found[license_].add(freedom)
        return {
            license_: frozenset(grants) if all((license_, f) in told for f in _FREEDOMS) else None
            for license_, grants in found.items()
        }

    def _availability(self, part: _Part | None) -> Cell:
        if part is None or not part.availability:
            return NOT_RECORDED
        ranks = [_OPENNESS.get(value) for value in part.availability]
        return Cell(self._words(part.availability), frozenset(part.availability), _only(ranks))

    def _licenses(
        self, part: _Part | None, grants: Mapping[URIRef, frozenset[URIRef] | None]
    ) -> Cell:
        if part is None or not part.licenses:
            return NOT_RECORDED
        known = [grants[license_] for license_ in sorted(part.licenses)]
        granted = [found for found in known if found is not None]
        every = frozenset.intersection(*granted) if len(granted) == len(known) else None
        return Cell(self._words(part.licenses), frozenset(part.licenses), grants=every)

    def _words(self, values: Iterable[URIRef]) -> str:
        return ", ".join(sorted(self.label(value) for value in values))

    def verdicts(self, framework: URIRef | None) -> list[Row]:
        """Return the rows on outcomes, or on all requirements of one framework."""
        if framework is None:
            judged = (
                f"?by {OSAI.hasOutcome.n3()} ?item . "
                f"?item {OSAI.hasRequirement.n3()} ?requirement ; {OSAI.outcomeOrder.n3()} ?order"
            )
        else:
            judged = (
                f"VALUES ?by {{ {framework.n3()} }} BIND(?requirement AS ?item) "
                f"?requirement {DCTERMS.identifier.n3()} ?order"
            )
        rows = self.store.select(
            f"SELECT ?system ?by ?item ?value ?order WHERE {{ VALUES ?system {{ {self.values} }} "
            f"?verdict <http://www.w3.org/ns/earl#subject> ?system ; "
            f"{OSAI.ofFramework.n3()} ?by ; {OSAI.ofRequirement.n3()} ?requirement ; "
            f"{OSAI.hasVerdictValue.n3()} ?value . {judged} }}"
        ).rows
        given: dict[tuple[URIRef, str, URIRef], dict[URIRef, URIRef]] = defaultdict(dict)
        for system, by, item, value, order in rows:
            given[_iri(by), str(order), _iri(item)][_iri(system)] = _iri(value)
        self._read_labels({x for by, _, item in given for x in (by, item)})
        self._read_labels({value for values in given.values() for value in values.values()})
        best: dict[tuple[URIRef, URIRef], str] = {}
        if framework is None:
            for (by, place, _), values in sorted(given.items()):
                best |= {(by, s): place for s, v in values.items() if v == OSAI.Met}
        return [
            self.row(
                VERDICTS,
                self._judged(by, order, item, framework),
                [self._verdict(values.get(s), best.get((by, s), "") > order) for s in self.systems],
            )
            for (by, order, item), values in sorted(given.items())
        ]

    def _judged(self, by: URIRef, order: str, item: URIRef, framework: URIRef | None) -> str:
        before = f"{self.label(by)}: " if framework is None else f"{order} "
        return f"{before}{self.label(item)}"

    def _verdict(self, value: URIRef | None, reaches_more: bool) -> Cell:
        """Return a verdict; who fails a label and reaches a higher one is not the less open."""
        if value is None:
            return Cell("does not apply")
        rank = None if reaches_more and value == OSAI.NotMet else _OPENNESS.get(value)
        return Cell(self.label(value), frozenset({value}), rank)

    def relations(self) -> list[Row]:
        """Return the rows on what systems descend from, contain, were trained on, belong to."""
        names = " ".join(p.n3() for p in _RELATIONS)
        found: dict[URIRef, dict[URIRef, set[URIRef]]] = defaultdict(lambda: defaultdict(set))
        for system, relation, value in self.select(
            f"SELECT ?system ?p ?value WHERE {{ VALUES ?system {{ {self.values} }} "
            f"VALUES ?p {{ {names} }} ?system ?p ?value }}"
        ):
            found[relation][system].add(value)
        self._read_labels(found)
        self._read_labels({v for by in found.values() for vs in by.values() for v in vs})
        return [
            self.row(
                RELATIONS,
                self.label(relation),
                [
                    Cell(self._words(values), frozenset(values))
                    if (values := found[relation].get(system))
                    else NOT_RECORDED
                    for system in self.systems
                ],
            )
            for relation in _RELATIONS
            if relation in found
        ]

    def frameworks(self, only: URIRef | None) -> tuple[Named, ...]:
        """Return the frameworks whose verdicts are compared, with their versions."""
        limit = f"VALUES ?by {{ {only.n3()} }}" if only else ""
        rows = self.store.select(
            f"SELECT DISTINCT ?by ?label ?version WHERE {{ {limit} "
            f"?by a {OSAI.Framework.n3()} ; {RDFS.label.n3()} ?label . "
            f"OPTIONAL {{ ?by {DCAT.version.n3()} ?version }} }} ORDER BY ?by"
        ).rows
        return tuple(
            Named(_iri(by), str(label) if str(version) in str(label) else f"{label}, {version}")
            for by, label, version in rows
        )


def _iri(term: Identifier | None) -> URIRef:
    return URIRef(str(term))


def _only(ranks: Sequence[int | None]) -> int | None:
    """Return the rank that all of them share."""
    return ranks[0] if len(set(ranks)) == 1 else None


def _standing(part: _Part | None, freedom: URIRef) -> Cell:
    if part is None:
        return NOT_RECORDED
    for relation, word, rank in _STANDINGS:
        if (relation, freedom) in part.relations:
            return Cell(word, rank=rank)
    return Cell("unknown")
