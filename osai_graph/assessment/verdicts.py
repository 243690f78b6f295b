"""verdicts answers every requirement of every framework for every system that it applies to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rdflib import URIRef
from rdflib.term import Identifier

from osai_graph.assessment.conformance import Conformance
from osai_graph.assessment.facts import Facts, Part, read_facts, read_labels, surroundings
from osai_graph.assessment.frameworks import Framework, Outcome, Requirement
from osai_graph.assessment.shapes import predicates_of
from osai_graph.assessment.values import Value, combine, of_leaf
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import DCTERMS, OSAI


@dataclass(frozen=True)
class Verdict:
    """The answer whether a system meets a requirement of a framework.

    Args:
        system: what is judged.
        framework: by which definition.
        requirement: which requirement of it.
        value: met, not met, cannot be decided.
        because: the components, licenses and restrictions whose facts decided a leaf.
        missing: what is not known and would decide a leaf.
        met: how many leaves below are met.
        leaves: how many leaves there are below.
    """

    system: URIRef
    framework: Framework
    requirement: Requirement
    value: Value
    because: tuple[URIRef, ...] = ()
    missing: tuple[str, ...] = ()
    met: int = 0
    leaves: int = 1

    @property
    def iri(self) -> URIRef:
        """The node of the verdict: a fragment of the system's record."""
        return verdict_iri(self.system, self.framework, self.requirement)


def verdict_iri(system: URIRef, framework: Framework, requirement: Requirement) -> URIRef:
    """Return the node of the verdict on one requirement."""
    return URIRef(f"{system}#verdict-{framework.slug}-{requirement.fragment}")


@dataclass(frozen=True)
class Assessment:
    """Verdicts on systems, by framework."""

    frameworks: tuple[Framework, ...]
    verdicts: dict[tuple[URIRef, URIRef], Verdict] = field(default_factory=dict, repr=False)

    def __iter__(self) -> Iterator[Verdict]:
        """Yield the verdicts: by system, in the order of the frameworks' trees."""
        return iter(self.verdicts.values())

    def __len__(self) -> int:
        return len(self.verdicts)

    @cached_property
    def systems(self) -> tuple[URIRef, ...]:
        """The systems that some framework applies to."""
        return tuple(dict.fromkeys(system for system, _ in self.verdicts))

    def verdict(self, system: URIRef, requirement: Requirement) -> Verdict | None:
        """Return the verdict on a requirement; none where the framework does not apply."""
        return self.verdicts.get((system, requirement.iri))

    def reached(self, system: URIRef, framework: Framework) -> tuple[Outcome, ...]:
        """Return the outcomes that a system reaches, the least demanding first."""
        return tuple(o for o in framework.outcomes if self._is_met(system, o.requirement))

    def _is_met(self, system: URIRef, requirement: Requirement) -> bool:
        verdict = self.verdict(system, requirement)
        return verdict is not None and verdict.value is Value.MET


def assess_store(store: GraphStore, frameworks: Iterable[Framework]) -> Assessment:
    """Judge every system of a graph by every framework that applies to it.

    Args:
        store: its default graph holds accepted and inferred facts (types closed under subclasses).
        frameworks: see `osai_graph.assessment.frameworks.read_frameworks`.

    Raises:
        StoreError: the store cannot answer.
    """
    return Assessor(frameworks).assess(store)


def assess_system(store: GraphStore, system: URIRef, frameworks: Iterable[Framework]) -> Assessment:
    """Judge one system; fast, for it looks only at what the conditions can reach from it."""
    return Assessor(frameworks).assess_system(store, system)


class Assessor:
    """Frameworks made ready for any number of graphs."""

    def __init__(self, frameworks: Iterable[Framework]) -> None:
        self.frameworks = tuple(frameworks)
        requirements = [node for f in self.frameworks for node in f.requirements()]
        self._kinds = frozenset(kind for node in requirements for kind in node.concerns)
        self._predicates = frozenset(
            {(OSAI.hasComponent, True), (OSAI.hasAvailability, True), (DCTERMS.license, True)}
        ).union(*(predicates_of(s) for n in requirements for s in (n.met_by, n.refuted_by) if s))

    def assess(self, store: GraphStore) -> Assessment:
        """Judge every system of a graph; see `assess_store`."""
        return self._judge(store, read_labels(store, self._kinds))

    def assess_system(self, store: GraphStore, system: URIRef) -> Assessment:
        """Judge one system; see `assess_system`."""
        small = surroundings(store, system, self._predicates)
        return self._judge(small, read_labels(store, self._kinds), only=system)

    def _judge(
        self, store: GraphStore, labels: dict[URIRef, str], only: URIRef | None = None
    ) -> Assessment:
        facts = read_facts(store, self._kinds, labels)
        conformance = Conformance(store)
        verdicts: dict[tuple[URIRef, URIRef], Verdict] = {}
        for framework in self.frameworks:
            members = frozenset().union(*(conformance.members(c) for c in framework.applies_to))
            systems = sorted(n for n in members if isinstance(n, URIRef) and only in (None, n))
            among = frozenset[Identifier](systems)
            for requirement in _from_below(framework):
                if requirement.is_leaf:
                    meeting, refuting = (
                        conformance.conforming(shape, among) if shape else {}
                        for shape in (requirement.met_by, requirement.refuted_by)
                    )
                    found = [
                        _leaf(s, framework, requirement, meeting, refuting, facts) for s in systems
                    ]
                else:
                    found = _combined(requirement, framework, systems, verdicts)
                verdicts |= {(v.system, requirement.iri): v for v in found}
        return Assessment(self.frameworks, _in_order(self.frameworks, verdicts))


def _combined(
    requirement: Requirement,
    framework: Framework,
    systems: list[URIRef],
    verdicts: dict[tuple[URIRef, URIRef], Verdict],
) -> list[Verdict]:
    """Return the verdicts on a combination, whose parts are answered already."""
    parts, leaves = requirement.parts, [leaf.iri for leaf in requirement.leaves()]
    found: list[Verdict] = []
    for system in systems:
        values = [verdicts[system, part.iri].value for part in parts]
        value = combine(requirement.combination, values, requirement.minimum)
        met = sum(verdicts[system, leaf].value is Value.MET for leaf in leaves)
        found.append(Verdict(system, framework, requirement, value, met=met, leaves=len(leaves)))
    return found


def _from_below(framework: Framework) -> list[Requirement]:
    """Return the requirements with every part before what it is a part of."""
    ordered: dict[URIRef, Requirement] = {}

    def visit(node: Requirement) -> None:
        if node.iri not in ordered:
            for part in node.parts:
                visit(part)
            ordered[node.iri] = node

    for outcome in framework.outcomes:
        visit(outcome.requirement)
    return list(ordered.values())


def _in_order(
    frameworks: tuple[Framework, ...], verdicts: dict[tuple[URIRef, URIRef], Verdict]
) -> dict[tuple[URIRef, URIRef], Verdict]:
    places = [node.iri for framework in frameworks for node in framework.requirements()]
    rank = {iri: place for place, iri in enumerate(places)}
    return {k: verdicts[k] for k in sorted(verdicts, key=lambda key: (key[0], rank[key[1]]))}


def _leaf(
    system: URIRef,
    framework: Framework,
    requirement: Requirement,
    meeting: Mapping[Identifier, tuple[URIRef, ...]],
    refuting: Mapping[Identifier, tuple[URIRef, ...]],
    facts: Facts,
) -> Verdict:
    value = of_leaf(system in meeting, system in refuting)
    if value is Value.MET:
        return Verdict(system, framework, requirement, value, meeting[system], met=1)
    if value is Value.NOT_MET:
        return Verdict(system, framework, requirement, value, refuting[system])
    if system in meeting:
        because = tuple(sorted({*meeting[system], *refuting[system]}))
        return Verdict(system, framework, requirement, value, because, (CONTRADICTION,))
    missing = missing_facts(requirement, system, facts)
    return Verdict(system, framework, requirement, value, missing=missing)


#: What is said where facts both meet and refute a leaf.
CONTRADICTION = "The facts contradict each other."


def missing_facts(requirement: Requirement, system: URIRef, facts: Facts) -> tuple[str, ...]:
    """Return sentences on what would decide a leaf that facts leave open."""
    found = [
        sentence
        for kind in requirement.concerns
        for sentence in _missing_of_kind(
            facts.label(kind), facts.of(system, kind), requirement.asks_for
        )
    ]
    if requirement.decidability == "OutsideTheGraph":
        found = [f"This graph holds no facts of this kind: {requirement.label}."]
    elif requirement.decidability == "PersonMustDecide" or not found:
        found.append(requirement.question or f"A person has to judge: {requirement.label}.")
    return tuple(dict.fromkeys(found))


def _missing_of_kind(label: str, parts: list[Part], asked: frozenset[URIRef]) -> list[str]:
    if not parts:
        return [f"Nothing is recorded on this part: {label}."]
    return [text for part in parts if (text := _missing_of_part(label, part, asked))]


def _missing_of_part(label: str, part: Part, asked: frozenset[URIRef]) -> str:
    if part.availability in _OPEN:
        return _OPEN[part.availability].format(label)
    with_evidence = OSAI.isEvidenceFor in asked
    if with_evidence and OSAI.hasAvailability in asked and OSAI.hasAvailability not in part.shown:
        return f"No source is recorded that shows whether this part can be had: {label}."
    if DCTERMS.license not in asked or part.availability not in _THERE:
        return ""
    if not part.licensed:
        return f"No license is recorded for this part: {label}."
    if with_evidence and DCTERMS.license not in part.shown:
        return f"No source is recorded that shows the license of this part: {label}."
    return ""


_THERE = frozenset({"Available", "Gated", "Partial"})
_OPEN = {
    "AvailabilityUnknown": "It is not known whether this part can be had: {}.",
    "Partial": "Only a portion of this part can be had, and it is open whether it suffices: {}.",
    "Gated": "A gate stands before this part, and it is open whether everyone gets through: {}.",
}
