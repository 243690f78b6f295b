"""remedies are the changes of facts that would meet one leaf, found by trying them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from rdflib import URIRef
from rdflib.term import Identifier

from osai_graph.assessment.conditions import asks_for_license
from osai_graph.assessment.conformance import Conformance, predicates_of
from osai_graph.assessment.facts import surroundings
from osai_graph.assessment.frameworks import Framework, Requirement
from osai_graph.assessment.scratch import Edit, assumption, availability_edit, license_edits
from osai_graph.assessment.values import Value, combine, of_leaf
from osai_graph.graph.store import EmbeddedStore, GraphStore
from osai_graph.namespaces import DCTERMS, LICENSE, OSAI, RDF, RDFS

#: Licenses to try, those that people reach for first; a graph without them offers its own.
_FOR_CODE = ("Apache-2.0", "MIT", "BSD-3-Clause", "GPL-3.0-or-later")
_FOR_WORKS = ("CC-BY-4.0", "CDLA-Permissive-2.0", "CC0-1.0", "Apache-2.0")

#: So many parts are changed together for one leaf at most.
_MOST_PARTS = 4


@dataclass(frozen=True)
class PartChange:
    """What is to become of a component: that it can be had, its license, or both.

    Args:
        part: the component, or the name that it would have.
        kind: its class.
        exists: whether something is recorded on it.
        available: it becomes available to everyone.
        license: the license that it is put under, if that changes.
    """

    part: URIRef
    kind: URIRef
    exists: bool
    available: bool = False
    license: URIRef | None = None

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits of facts."""
        kind = None if self.exists else self.kind
        found = [availability_edit(self.part, OSAI.Available, kind)] if self.available else []
        return (*found, *(license_edits(self.part, self.license, kind) if self.license else ()))

    def with_other(self, other: PartChange) -> PartChange:
        """Return both changes to the same component as one; a license of this one wins."""
        available = self.available or other.available
        chosen = self.license or other.license
        return PartChange(self.part, self.kind, self.exists, available, chosen)


#: Changes that together meet a leaf.
Remedy = frozenset[PartChange]

#: A class of components, and one of that class.
_Target = tuple[URIRef, URIRef]


class Remedies:
    """Finds what would meet leaves.

    Args:
        store: a materialized graph.
        system: the system.
        frameworks: the frameworks whose leaves are asked about.
    """

    def __init__(self, store: GraphStore, system: URIRef, frameworks: Sequence[Framework]) -> None:
        self._store = store
        self._system = system
        self.candidates = _candidates(store)
        kinds = {k for f in frameworks for r in f.requirements() for k in r.concerns}
        self._superclasses = _superclasses(store, kinds)
        shapes = [
            s for f in frameworks for r in f.requirements() for s in (r.met_by, r.refuted_by) if s
        ]
        always = {(OSAI.hasComponent, True), (OSAI.hasAvailability, True), (DCTERMS.license, True)}
        predicates = frozenset(always).union(*map(predicates_of, shapes))
        self._facts = surroundings(store, system, predicates)
        for license_ in self.candidates:
            around = surroundings(store, license_, predicates)
            self._facts.engine.extend(list(around.engine))
        self._quads = list(self._facts.engine)
        self._parts = self._components()

    def parts(self, kind: URIRef) -> list[URIRef]:
        """Return the components of a class."""
        return [part for part, types in self._parts.items() if kind in types]

    def of(self, leaf: Requirement) -> tuple[Remedy, ...]:
        """Return the smallest sets of changes that would each meet a leaf; none if nothing does.

        They are tried, the smallest first: one part before several, its availability before its
        license, and that before both.
        """
        if leaf.met_by is None or not leaf.concerns:
            return ()
        targets = self._targets(leaf)
        for size in range(1, min(len(targets), _MOST_PARTS) + 1):
            groups = combinations(targets, size)
            found = [remedy for group in groups if (remedy := self._first(leaf, group))]
            if found:
                return tuple(dict.fromkeys(found))
        return ()

    def reaches(
        self,
        requirement: Requirement,
        changes: Iterable[PartChange],
        assumed: Container[URIRef] = (),
    ) -> bool:
        """Return whether changes meet a requirement, with some leaves, by IRI, taken as met."""
        conformance = Conformance(self._changed(changes))

        def value(node: Requirement) -> Value:
            if node.iri in assumed:
                return Value.MET
            if node.is_leaf:
                return self._value(node, conformance)
            return combine(node.combination, [value(part) for part in node.parts], node.minimum)

        return value(requirement) is Value.MET

    def _first(self, leaf: Requirement, group: Sequence[_Target]) -> Remedy | None:
        """Return the first way of changing each part of a group that meets the leaf."""
        ways: list[tuple[bool, int | None]] = [(True, None)]
        if asks_for_license(leaf):
            most = range(max(len(self._licenses(kind)) for kind, _ in group))
            ways += [(available, n) for available in (False, True) for n in most]
        for available, number in ways:
            changes = [self._change(target, available, number) for target in group]
            if self._meets(leaf, changes):
                return frozenset(self._trimmed(leaf, changes))
        return None

    def _trimmed(self, leaf: Requirement, changes: list[PartChange]) -> list[PartChange]:
        """Take away from changes to several parts what the leaf does not need."""
        for place, change in enumerate(changes if len(changes) > 1 else ()):
            lesser = [replace(change, license=None)] if change.available and change.license else []
            lesser += [replace(change, available=False)] if change.license and change.exists else []
            for less in lesser:
                tried = [*changes[:place], less, *changes[place + 1 :]]
                if self._meets(leaf, tried):
                    changes = tried
                    break
        return changes

    def _targets(self, leaf: Requirement) -> list[_Target]:
        """Return the parts that a leaf is about; a class without any gets a name for one."""
        return [
            (kind, part)
            for kind in leaf.concerns
            for part in self.parts(kind) or [URIRef(f"{self._system}#{_fragment(kind)}")]
        ]

    def _change(self, target: _Target, available: bool, number: int | None) -> PartChange:
        kind, part = target
        exists = part in self._parts
        licenses = self._licenses(kind)
        chosen = None if number is None else licenses[min(number, len(licenses) - 1)]
        return PartChange(part, kind, exists, available or not exists, chosen)

    def _licenses(self, kind: URIRef) -> list[URIRef]:
        """Return the licenses to try for a class of components, the usual ones first."""
        above = self._superclasses[kind]
        is_work = {OSAI.DataComponent, OSAI.DocumentComponent} & above
        names = _FOR_WORKS if is_work and OSAI.CodeComponent not in above else _FOR_CODE
        usual = [LICENSE[name] for name in names if LICENSE[name] in self.candidates]
        return usual or self.candidates[:2]

    def _meets(self, leaf: Requirement, changes: Iterable[PartChange]) -> bool:
        return self._value(leaf, Conformance(self._changed(changes))) is Value.MET

    def _value(self, leaf: Requirement, conformance: Conformance) -> Value:
        among = frozenset[Identifier]({self._system})
        meets, refutes = (
            bool(shape and conformance.conforming(shape, among))
            for shape in (leaf.met_by, leaf.refuted_by)
        )
        return of_leaf(meets, refutes)

    def _changed(self, changes: Iterable[PartChange]) -> EmbeddedStore:
        facts = EmbeddedStore()
        facts.engine.extend(self._quads)
        for change in changes:
            self._apply(facts, change)
        return facts

    def _apply(self, facts: EmbeddedStore, change: PartChange) -> None:
        """Change facts; nothing has to be inferred but the classes above that of a new part."""
        if not change.exists:
            types = {change.kind, *self._superclasses[change.kind]}
            facts.add([(self._system, OSAI.hasComponent, change.part)])
            facts.add((change.part, RDF.type, kind) for kind in types)
        for edit in change.edits:
            start = f"{edit.subject.n3()} {edit.predicate.n3()}"
            facts.update(f"DELETE WHERE {{ {start} ?old }}")
            facts.add((edit.subject, edit.predicate, value) for value in edit.values)
            facts.add(assumption(edit))

    def _components(self) -> dict[URIRef, set[Identifier]]:
        rows = self._facts.select(
            f"SELECT ?part ?type WHERE {{ {self._system.n3()} {OSAI.hasComponent.n3()} ?part . "
            "?part a ?type } ORDER BY ?part"
        ).rows
        found: dict[URIRef, set[Identifier]] = {}
        for part, kind in rows:
            if isinstance(part, URIRef) and kind is not None:
                found.setdefault(part, set()).add(kind)
        return found


def _candidates(store: GraphStore) -> list[URIRef]:
    """Return the licenses to try; where a graph has none of the usual, those that OSI approved."""
    usual = " ".join(LICENSE[name].n3() for name in dict.fromkeys(_FOR_CODE + _FOR_WORKS))
    rows = store.select(
        f"SELECT DISTINCT ?l WHERE {{ VALUES ?l {{ {usual} }} ?l a {OSAI.License.n3()} }}"
    ).rows
    if not rows:
        rows = store.select(
            f"SELECT DISTINCT ?l WHERE {{ ?l {OSAI.hasOsiStatus.n3()} {OSAI.Approved.n3()} }} "
            "ORDER BY ?l LIMIT 2"
        ).rows
    return [license_ for (license_,) in rows if isinstance(license_, URIRef)]


def _superclasses(store: GraphStore, kinds: set[URIRef]) -> dict[URIRef, set[Identifier]]:
    values = " ".join(kind.n3() for kind in sorted(kinds))
    rows = store.select(
        f"SELECT ?kind ?above WHERE {{ VALUES ?kind {{ {values} }} "
        f"?kind {RDFS.subClassOf.n3()}+ ?above }}"
    ).rows
    found: dict[URIRef, set[Identifier]] = {kind: set() for kind in kinds}
    for kind, above in rows:
        if isinstance(kind, URIRef) and isinstance(above, URIRef):
            found[kind].add(above)
    return found


def _fragment(kind: URIRef) -> str:
    name = kind.rpartition("#")[2]
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")
