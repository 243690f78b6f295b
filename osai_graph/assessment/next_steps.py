"""next_steps finds the smallest sets of changes by which a system would reach an outcome."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from rdflib import URIRef

from osai_graph.assessment.conditions import asks_for_license, terms_asked_for
from osai_graph.assessment.frameworks import Framework, Outcome, Requirement
from osai_graph.assessment.grounds import Clause, Grounds, Part, Terms, Thing
from osai_graph.assessment.headlines import listed
from osai_graph.assessment.remedies import PartChange, Remedies
from osai_graph.assessment.scratch import Neighborhood
from osai_graph.assessment.values import Value, combine
from osai_graph.assessment.verdicts import Assessment, Assessor
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import DCTERMS, OSAI
from osai_graph.reasoning.rules import Rule
from osai_graph.reasoning.verbalization import is_plural

#: So many ways to one outcome are shown, and so many are kept in mind while they are put together.
MOST_PLANS = 3
_BEAM = 24


@dataclass(frozen=True)
class Upstream:
    """A base whose license binds what is made from it."""

    base: Thing
    terms: Thing
    steward: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class Action:
    """One thing to do.

    Args:
        kind: ``release``, ``license``, ``record`` (of a fact that is not known) or ``judge`` (of
            what no fact in the graph decides).
        text: what to do, as an imperative.
        who: who can do it.
        requirements: the identifiers of the requirements that ask for it.
        change: the change of facts; ``None`` for ``judge``.
        upstream: the bases that bind a license to be changed.
    """

    kind: str
    text: str
    who: str
    requirements: tuple[str, ...]
    change: PartChange | None = None
    upstream: tuple[Upstream, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Actions that together reach an outcome.

    Args:
        actions: what to do.
        verified: with the facts changed in a copy of the graph, the outcome was reached.
        assumed: identifiers of requirements that were taken as met for that, since a person has to
            judge them.
    """

    actions: tuple[Action, ...]
    verified: bool
    assumed: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """An outcome that is not reached, and the smallest ways to it; none if none was found."""

    framework: Framework
    outcome: Outcome
    value: Value
    plans: tuple[Plan, ...]


@dataclass(frozen=True)
class NextSteps:
    """What a system could reach.

    Args:
        system: the system.
        steps: outcomes above the highest that is reached, by framework.
        reached: by framework, the highest outcome that is reached.
        complete: frameworks with nothing left above what is reached.
    """

    system: Thing
    steps: tuple[Step, ...]
    reached: tuple[tuple[Framework, Outcome], ...]
    complete: tuple[Framework, ...]


def next_steps(
    store: GraphStore,
    rules: Sequence[Rule],
    system: URIRef,
    frameworks: Iterable[Framework],
) -> NextSteps:
    """Return the smallest sets of changes for each outcome that a system does not reach.

    Alternatives ("one of these") are weighed against each other. Each set is tried out: the facts
    are changed in a copy, what follows is inferred, and the system is judged again.

    Args:
        store: a materialized graph; it is only read.
        rules: the rules that were run.
        system: the system.
        frameworks: the definitions of openness; those that do not apply are passed over.
    """
    assessment = Assessor(frameworks).assess_system(store, system)
    applying = [
        f for f in assessment.frameworks if assessment.verdict(system, f.outcomes[0].requirement)
    ]
    planner = _Planner(store, rules, system, applying, assessment)
    steps: list[Step] = []
    reached: list[tuple[Framework, Outcome]] = []
    complete: list[Framework] = []
    for framework in applying:
        met = assessment.reached(system, framework)
        reached += [(framework, met[-1])] if met else []
        order = met[-1].order if met else -1
        above = [o for o in framework.outcomes if o.order > order]
        steps += [planner.step(framework, outcome) for outcome in above]
        complete += [] if above else [framework]
    return NextSteps(planner.grounds.thing(system), tuple(steps), tuple(reached), tuple(complete))


#: Actions by what they are about, so that equal ones meet.
_Key = tuple[str, str]
_Draft = Mapping[_Key, "_Todo"]


@dataclass(frozen=True)
class _Todo:
    """An action in the making: a change to a part, or a question; and the leaves behind it."""

    change: PartChange | None
    leaves: tuple[Requirement, ...]

    def with_other(self, other: _Todo) -> _Todo:
        leaves = tuple({leaf.iri: leaf for leaf in (*self.leaves, *other.leaves)}.values())
        if self.change is None or other.change is None:
            return _Todo(self.change or other.change, leaves)
        return _Todo(self.change.with_other(other.change), leaves)


class _Planner:
    def __init__(
        self,
        store: GraphStore,
        rules: Sequence[Rule],
        system: URIRef,
        frameworks: Sequence[Framework],
        assessment: Assessment,
    ) -> None:
        self.store = store
        self.system = system
        self.assessment = assessment
        self.grounds = Grounds(store, system)
        self.remedies = Remedies(store, system, frameworks)
        self.around = Neighborhood(store, rules, system, self.remedies.candidates)
        self.wording = _Wording(store, self.grounds, assessment)
        self._drafts: dict[URIRef, list[_Draft]] = {}

    def step(self, framework: Framework, outcome: Outcome) -> Step:
        """Return the ways to an outcome, the smallest first."""
        ways = self._smallest(self._ways(outcome.requirement))[: 2 * MOST_PLANS]
        drafts = self._smallest(self._trimmed(outcome.requirement, draft) for draft in ways)
        shortest = [draft for draft in drafts if len(draft) == len(drafts[0])][:MOST_PLANS]
        plans = tuple(self._plan(framework, outcome, draft) for draft in shortest)
        return Step(framework, outcome, self._value(outcome.requirement), plans)

    def _value(self, requirement: Requirement) -> Value:
        verdict = self.assessment.verdict(self.system, requirement)
        return verdict.value if verdict else Value.UNDECIDED

    def _ways(self, requirement: Requirement) -> list[_Draft]:
        """Return the sets of actions that would each meet a requirement; one empty set if met."""
        if self._value(requirement) is Value.MET:
            return [{}]
        if requirement.iri not in self._drafts:
            found = self._leaf(requirement) if requirement.is_leaf else self._parts(requirement)
            self._drafts[requirement.iri] = self._smallest(found)[:_BEAM]
        return self._drafts[requirement.iri]

    def _leaf(self, leaf: Requirement) -> list[_Draft]:
        remedies = self.remedies.of(leaf)
        if not remedies and self._is_ruled_out(leaf):
            return []
        if not remedies:
            return [{("judge", str(leaf.iri)): _Todo(None, (leaf,))}]
        return [{("part", str(c.part)): _Todo(c, (leaf,)) for c in remedy} for remedy in remedies]

    def _is_ruled_out(self, leaf: Requirement) -> bool:
        """Return whether facts refute what otherwise would be shown outside of this graph."""
        return leaf.decidability == "OutsideTheGraph" and self._value(leaf) is Value.NOT_MET

    def _parts(self, requirement: Requirement) -> list[_Draft]:
        ways = [self._ways(part) for part in requirement.parts]
        if requirement.combination == "AllOf":
            return self._joined(ways)
        needed = 1 if requirement.combination == "AnyOf" else requirement.minimum
        return [d for chosen in combinations(ways, needed) for d in self._joined(chosen)]

    def _joined(self, ways: Sequence[list[_Draft]]) -> list[_Draft]:
        found: list[_Draft] = [{}]
        for drafts in ways:
            found = self._smallest([_merged(a, b) for a, b in product(found, drafts)])[:_BEAM]
        return found

    def _smallest(self, drafts: Iterable[_Draft]) -> list[_Draft]:
        """Return the sets by size, without those that hold more than another one does."""
        ordered = sorted(drafts, key=lambda d: (len(d), self._burden(d), sorted(d)))
        kept: list[_Draft] = []
        for draft in ordered:
            if not any(set(other) <= set(draft) for other in kept):
                kept.append(draft)
        return kept

    def _trimmed(self, requirement: Requirement, draft: _Draft) -> _Draft:
        """Leave out what is not needed once the rest is done: a change may meet several leaves."""
        for key in sorted(draft):
            rest = {k: todo for k, todo in draft.items() if k != key}
            changes = [todo.change for todo in rest.values() if todo.change]
            if self.remedies.reaches(requirement, changes, _assumed(rest)):
                draft = rest
        return draft

    def _burden(self, draft: _Draft) -> int:
        """Weigh sets of equal size: what is to be judged, and what others must do, weighs more."""
        judged = sum(todo.change is None for todo in draft.values())
        new = sum(bool(t.change and not t.change.exists) for t in draft.values())
        return judged * 2 + new

    def _plan(self, framework: Framework, outcome: Outcome, draft: _Draft) -> Plan:
        todos = sorted(draft.items())
        actions = [self.wording.action(todo) for _, todo in todos]
        edits = [edit for _, todo in todos if todo.change for edit in todo.change.edits]
        assumed = _assumed(draft)
        changed = self.around.changed(edits)
        after = Assessor([framework]).assess_system(changed, self.system)
        verified = _reaches(after, self.system, outcome.requirement, assumed) is Value.MET
        names = tuple(sorted(assumed.values()))
        ordered = sorted(actions, key=lambda a: (_KINDS.index(a.kind), a.requirements))
        return Plan(tuple(ordered), verified, names)


_KINDS = ("release", "license", "record", "judge")


def _assumed(draft: _Draft) -> dict[URIRef, str]:
    """Return the leaves that no change of facts meets, with their identifiers."""
    judged = [leaf for todo in draft.values() if todo.change is None for leaf in todo.leaves]
    return {leaf.iri: leaf.identifier for leaf in judged}


def _merged(first: _Draft, second: _Draft) -> _Draft:
    merged = dict(first)
    for key, todo in second.items():
        merged[key] = merged[key].with_other(todo) if key in merged else todo
    return merged


def _reaches(
    assessment: Assessment, system: URIRef, requirement: Requirement, assumed: Container[URIRef]
) -> Value:
    """Return the answer to a requirement with some leaves taken as met."""
    if requirement.iri in assumed:
        return Value.MET
    verdict = assessment.verdict(system, requirement)
    if requirement.is_leaf or verdict is None:
        return verdict.value if verdict else Value.UNDECIDED
    values = [_reaches(assessment, system, part, assumed) for part in requirement.parts]
    return combine(requirement.combination, values, requirement.minimum)


class _Wording:
    """Says what is to be done, and who can do it."""

    def __init__(self, store: GraphStore, grounds: Grounds, assessment: Assessment) -> None:
        self.grounds = grounds
        self.assessment = assessment
        self.upstream = _upstream(store, grounds)
        self.makers = listed([maker.label for maker in grounds.makers()]) or "the maker"

    def action(self, todo: _Todo) -> Action:
        """Return the action for what is to be done."""
        names = tuple(sorted({leaf.identifier for leaf in todo.leaves}))
        if todo.change is None:
            return self._judgment(todo.leaves[0], names)
        change = todo.change
        kind = self.grounds.thing(change.kind).label
        part = self.grounds.part(change.part, [change.kind]) if change.exists else None
        terms = self._terms(change, part, todo.leaves)
        if all(self._is_open(leaf) for leaf in todo.leaves):
            if text := _record_text(change, part, kind, terms):
                return Action("record", text, "whoever finds evidence", names, change)
            if part and part.terms and not change.available:
                asked = " ".join(s for leaf in todo.leaves for s in self._missing(leaf))
                text = f"settle an open question ({asked.rstrip('.')}), or else "
                text += _license_text(part, kind, terms)
                return Action("record", text, f"whoever can judge it; {self.makers}", names, change)
        upstream = self.upstream if change.license and change.kind in _PARAMETERS else ()
        stewards = list(dict.fromkeys(one.steward for one in upstream))
        who = listed(stewards) or self.makers
        if change.license and part and not change.available:
            return Action("license", _license_text(part, kind, terms), who, names, change, upstream)
        text = _release_text(change, part, kind, terms)
        return Action("release", text, who, names, change, upstream)

    def _is_open(self, leaf: Requirement) -> bool:
        verdict = self.assessment.verdict(self.grounds.system, leaf)
        return verdict is None or verdict.value is Value.UNDECIDED

    def _terms(self, change: PartChange, part: Part | None, leaves: Sequence[Requirement]) -> str:
        """Return the terms that the leaves ask for, with the license that was tried."""
        named = [terms_asked_for(leaf) for leaf in leaves if asks_for_license(leaf)]
        asked = next((t for t in named if not t.endswith(_VAGUE)), "")
        if change.license is None:
            return "" if part and part.terms else asked
        example = self.grounds.terms(change.license).identifier
        return f"{asked or 'a license that the framework accepts'} (such as {example})"

    def _judgment(self, leaf: Requirement, names: tuple[str, ...]) -> Action:
        missing = self._missing(leaf)
        if leaf.decidability == "OutsideTheGraph":
            text = f"show, outside of this graph: {leaf.label}"
            return Action("judge", text, self.makers, names)
        if not missing:
            return Action("judge", f"meet {leaf.identifier}: {leaf.label}", self.makers, names)
        text = f"settle what is open: {' '.join(missing)}"
        return Action("judge", text.rstrip("."), "whoever can judge it", names)

    def _missing(self, leaf: Requirement) -> tuple[str, ...]:
        verdict = self.assessment.verdict(self.grounds.system, leaf)
        return verdict.missing if verdict else ()


_VAGUE = "meets the requirement"

#: What takes over the terms of the base.
_PARAMETERS = frozenset({OSAI.ModelWeights, OSAI.IntermediateCheckpoint, OSAI.OptimizerState})


def _license_text(part: Part, kind: str, terms: str) -> str:
    old = [one.label for one in part.terms if not one.inherited]
    if not old:
        return f"state a license for the {kind}: {terms}"
    return f"put the {kind} under {terms} instead of {listed(old)}"


def _release_text(change: PartChange, part: Part | None, kind: str, terms: str) -> str:
    verb = "release" if kind.endswith(("code", "data", "weights", "checkpoints")) else "publish"
    under = f" under {terms}" if terms else ""
    if change.license and part and part.terms:
        under += f" instead of {listed([one.label for one in part.terms])}"
    state = _availability(part)
    if state == "Gated":
        return f"open the {kind} to everyone without a gate{under}"
    whole = "all of the" if state == "Partial" else "the"
    return f"{verb} {whole} {kind}{under}"


def _record_text(change: PartChange, part: Part | None, kind: str, terms: str) -> str:
    """Return what is to be found out where facts are missing; empty where none is."""
    under = f", under {terms}" if terms else ""
    state = _availability(part)
    it = "them" if is_plural(kind) else "it"
    if change.available and state == "AvailabilityUnknown":
        return f"find out and record whether the {kind} can be had{under}; if not, release {it}"
    if change.available and state == "Gated":
        return f"find out and record whether the gate lets everyone to the {kind}; if not, open it"
    if change.available and state == "Partial":
        return f"find out and record whether the published portion of the {kind} suffices{under}"
    return ""


def _availability(part: Part | None) -> str:
    return part.availability.iri.rpartition("#")[2] if part else "AvailabilityUnknown"


def _upstream(store: GraphStore, grounds: Grounds) -> tuple[Upstream, ...]:
    """Return the ancestors whose weights are under another's license that binds derivatives."""
    rows = store.select(
        f"SELECT DISTINCT ?base ?license ?steward WHERE {{ "
        f"{grounds.system.n3()} {OSAI.hasAncestor.n3()} ?base . "
        f"?base {OSAI.hasComponent.n3()} ?part . ?part a {OSAI.ModelWeights.n3()} ; "
        f"{DCTERMS.license.n3()} ?license . "
        f"?license {OSAI.hasRestriction.n3()}/{OSAI.bindsDerivatives.n3()} true . "
        f"OPTIONAL {{ ?license {OSAI.hasSteward.n3()} ?steward }} }} ORDER BY ?base ?license"
    ).rows
    found = []
    own = {maker.iri for maker in grounds.makers()}
    for base, license_, steward in rows:
        if base is None or license_ is None or str(steward) in own:
            continue
        terms: Terms = grounds.terms(license_)
        name = grounds.thing(steward).label if steward is not None else "the licensor of the base"
        binding = tuple(clause for clause in terms.clauses if clause.binds_derivatives)
        found.append(Upstream(grounds.thing(base), Thing(terms.iri, terms.label), name, binding))
    return tuple(found)
