"""derivation is the argument of a verdict: requirements, conditions, parts, clauses, evidence.

It carries the definition of the framework and the facts that the conditions look at, so that the
verdict can be derived again from a saved file, without the graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rdflib import URIRef

from osai_graph.assessment.conditions import Conditions
from osai_graph.assessment.conformance import predicates_of
from osai_graph.assessment.content import content_hash
from osai_graph.assessment.definitions import Triple, written
from osai_graph.assessment.facts import surroundings
from osai_graph.assessment.frameworks import Framework, Outcome, Requirement
from osai_graph.assessment.grounds import Clause, Evidence, Grounds, Part, Terms, Thing
from osai_graph.assessment.values import Value
from osai_graph.assessment.verdicts import Verdict, assess_system
from osai_graph.errors import GraphError
from osai_graph.graph.store import EmbeddedStore, GraphStore
from osai_graph.namespaces import DCTERMS, OSAI

#: The version of the form in which a derivation is saved; see `derivation_rendering`.
SCHEMA_VERSION = 1


#: What is said of a part on whose terms nothing is known.
NO_LICENSE = "no license is recorded"


class NotJudgedError(GraphError):
    """A framework does not apply to what was asked about."""


@dataclass(frozen=True)
class Check:
    """A condition on a part: what is asked, whether it holds, what was found, and where.

    Args:
        text: what the requirement asks of the part.
        value: met, not met, or cannot be decided.
        found: the fact, in words.
        is_on_license: whether the license was looked at.
        clauses: the clauses of the license that bear on it, where it is about a license.
        evidence: where the fact was read.
    """

    text: str
    value: Value
    found: str
    is_on_license: bool = False
    clauses: tuple[Clause, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Ground:
    """A part of the system that bears on a leaf, with the conditions on it."""

    part: Part
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Reason:
    """A requirement in the argument.

    Args:
        requirement: the requirement.
        value: the answer.
        met: how many leaves below are met, of ``leaves``.
        parts: the reasons of what it combines.
        grounds: for a leaf, the parts of the system that decide it.
        missing: for an undecided leaf, the facts that are not known.
        searches: for an undecided leaf, where one looked and found nothing.
    """

    requirement: Requirement
    value: Value
    met: int
    leaves: int
    parts: tuple[Reason, ...] = ()
    grounds: tuple[Ground, ...] = ()
    missing: tuple[str, ...] = ()
    searches: tuple[Evidence, ...] = ()

    def walk(self) -> Iterator[Reason]:
        """Yield the reason and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def decisive(self) -> tuple[Reason, ...]:
        """Return what has to be met: what "all of" combines, taken apart, each once.

        An alternative counts as one, whatever it is made of.
        """
        if self.requirement.combination != "AllOf":
            return (self,)
        found = {r.requirement.iri: r for part in self.parts for r in part.decisive()}
        return tuple(found.values())


@dataclass(frozen=True)
class Conclusion:
    """What a framework says of a system, and why.

    Args:
        system: what is judged.
        framework: by which definition.
        reasons: one for each outcome, the least demanding first; or for the requirement asked for.
        outcomes: the outcomes, in the order of the reasons; empty for a single requirement.
    """

    system: Thing
    framework: Framework
    reasons: tuple[Reason, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def values(self) -> Mapping[str, str]:
        """The answer to each requirement, by IRI."""
        found = (reason for top in self.reasons for reason in top.walk())
        return {str(r.requirement.iri): r.value.value for r in found}

    @property
    def decisive(self) -> tuple[Outcome | None, Reason]:
        """The most demanding outcome that is reached, or else the least demanding one.

        Of those that are not reached, what may yet turn out to be comes before what is ruled out.
        """
        outcomes = self.outcomes or (None,)
        pairs = list(zip(outcomes, self.reasons, strict=True))
        reached = [pair for pair in pairs if pair[1].value is Value.MET]
        if reached:
            return reached[-1]
        return next((pair for pair in pairs if pair[1].value is Value.UNDECIDED), pairs[0])

    @property
    def value(self) -> Value:
        """The answer to the requirement asked for, or on the decisive outcome."""
        return self.decisive[1].value


@dataclass(frozen=True)
class Derivation(Conclusion):
    """A conclusion with all that it takes to draw it again.

    Args:
        facts: the statements that the conditions look at, as sorted lines of N-Triples.
        definition: the statements that define the framework, likewise.
        data_version: the version of the graph.
        as_of: the day whose facts they are; empty for the day of the graph.
    """

    facts: tuple[str, ...] = field(repr=False)
    definition: tuple[str, ...] = field(repr=False)
    data_version: str = ""
    as_of: str = ""

    @property
    def hash(self) -> str:
        """A hash over system, framework, facts and answers, and over nothing else."""
        return content_hash(self.system.iri, self.definition, self.facts, self.values)


def conclude(
    store: GraphStore, frameworks: Sequence[Framework], system: URIRef
) -> tuple[Conclusion, ...]:
    """Return what each framework that applies to a system says of it, and why.

    Args:
        store: a materialized graph.
        frameworks: the definitions of openness; those that do not apply are passed over.
        system: what is judged.
    """
    reader = _Reader(store, frameworks, system)
    return tuple(
        Conclusion(
            reader.grounds.thing(system),
            framework,
            tuple(reader.reason(framework, outcome.requirement) for outcome in framework.outcomes),
            framework.outcomes,
        )
        for framework in frameworks
        if reader.applies(framework)
    )


def derive(
    store: GraphStore,
    framework: Framework,
    system: URIRef,
    definition: Sequence[str],
    *,
    requirement: Requirement | None = None,
    data_version: str = "",
    as_of: str = "",
) -> Derivation:
    """Return the derivation of the verdicts on a system by a framework.

    Args:
        store: a materialized graph.
        framework: the definition of openness.
        system: what is judged.
        definition: what `osai_graph.assessment.definitions.definition_of` says of the framework.
        requirement: only this one of the framework's requirements; ``None`` for all outcomes.
        data_version: the version of the graph, which is kept in the derivation.
        as_of: the day whose facts the graph holds, likewise; empty for today's.

    Raises:
        NotJudgedError: the framework does not apply to the system.
    """
    reader = _Reader(store, [framework], system)
    outcomes = framework.outcomes if requirement is None else ()
    tops = [requirement] if requirement else [outcome.requirement for outcome in outcomes]
    return Derivation(
        system=reader.grounds.thing(system),
        framework=framework,
        reasons=tuple(reader.reason(framework, top) for top in tops),
        outcomes=outcomes,
        facts=fact_lines(reader.facts),
        definition=tuple(definition),
        data_version=data_version,
        as_of=as_of,
    )


def facts_for(store: GraphStore, frameworks: Sequence[Framework], system: URIRef) -> EmbeddedStore:
    """Return a store with the facts on a system that the conditions of frameworks look at."""
    requirements = [r for framework in frameworks for r in framework.requirements()]
    shapes = [s for r in requirements for s in (r.met_by, r.refuted_by) if s]
    always = {(OSAI.hasComponent, True), (OSAI.hasAvailability, True), (DCTERMS.license, True)}
    return surroundings(store, system, frozenset(always).union(*map(predicates_of, shapes)))


def fact_lines(facts: EmbeddedStore) -> tuple[str, ...]:
    """Return the triples of a store as sorted lines of N-Triples."""
    triples: list[Triple] = facts.construct("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    return tuple(sorted({" ".join(written(term) for term in triple) + " ." for triple in triples}))


class _Reader:
    """Puts the reasons together, each once."""

    def __init__(self, store: GraphStore, frameworks: Sequence[Framework], system: URIRef) -> None:
        self.system = system
        self.facts = facts_for(store, frameworks, system)
        self.assessment = assess_system(store, system, frameworks)
        self.grounds = Grounds(store, system)
        self.conditions = Conditions(self.facts)
        self.known: dict[URIRef, Reason] = {}

    def applies(self, framework: Framework) -> bool:
        """Return whether a framework judges the system."""
        top = framework.outcomes[0].requirement
        return self.assessment.verdict(self.system, top) is not None

    def reason(self, framework: Framework, requirement: Requirement) -> Reason:
        """Return the reason for the verdict on a requirement."""
        if not self.applies(framework):
            classes = " or ".join(self.grounds.thing(c).label for c in framework.applies_to)
            raise NotJudgedError(
                f"{framework.label} does not judge {self.grounds.thing(self.system).label}.",
                f"It judges each {classes}.",
            )
        return self._known(requirement)

    def _known(self, requirement: Requirement) -> Reason:
        if requirement.iri not in self.known:
            verdict = self.assessment.verdict(self.system, requirement)
            assert verdict is not None
            self.known[requirement.iri] = self._reason(requirement, verdict)
        return self.known[requirement.iri]

    def _reason(self, requirement: Requirement, verdict: Verdict) -> Reason:
        if not requirement.is_leaf:
            parts = tuple(self._known(part) for part in requirement.parts)
            return Reason(requirement, verdict.value, verdict.met, verdict.leaves, parts)
        undecided = verdict.value is Value.UNDECIDED
        return Reason(
            requirement,
            verdict.value,
            verdict.met,
            verdict.leaves,
            grounds=tuple(self._grounds(verdict)),
            missing=verdict.missing,
            searches=self.grounds.searches(requirement.concerns) if undecided else (),
        )

    def _grounds(self, verdict: Verdict) -> Iterator[Ground]:
        """Yield the parts that decided, and those that the requirement is about."""
        kinds = verdict.requirement.concerns
        parts = [part for kind in kinds for part in self.grounds.of_kind(kind)]
        deciding = [node for node in verdict.because if node in self.grounds.components]
        if verdict.value is Value.MET and deciding:
            parts = []
        for iri in dict.fromkeys([*deciding, *parts]):
            part = self.grounds.part(iri, kinds)
            yield Ground(part, tuple(self._checks(verdict, part)))

    def _checks(self, verdict: Verdict, part: Part) -> Iterator[Check]:
        conditions = self.conditions.of(
            verdict.requirement, URIRef(part.kind.iri), URIRef(part.iri)
        )
        for condition in conditions:
            on_license = condition.is_on_license
            yield Check(
                condition.text,
                condition.value,
                terms_text(part.terms) if on_license else part.availability.label,
                on_license,
                _clauses(part.terms, verdict) if on_license else (),
                part.evidence_for(condition.properties),
            )


def _clauses(terms: Sequence[Terms], verdict: Verdict) -> tuple[Clause, ...]:
    """Return the clauses that decided if the verdict names some, else all that take freedoms."""
    if verdict.value is Value.MET:
        return ()
    found = [clause for one in terms for clause in one.clauses]
    named = [clause for clause in found if URIRef(clause.iri) in verdict.because]
    return tuple(dict.fromkeys(named or found))


def terms_text(terms: Sequence[Terms]) -> str:
    """Return the licenses of a part, with what they grant and whether OSI approved them."""
    return " or ".join(_one_terms_text(one) for one in terms) or NO_LICENSE


def _one_terms_text(terms: Terms) -> str:
    words = [_OSI[terms.osi_status]] if terms.osi_status in _OSI else []
    if len(terms.grants) == 4:
        words.append("grants all four freedoms")
    elif terms.grants:
        words.append("grants the " + _listed(terms.grants))
    note = f" ({'; '.join(words)})" if words else ""
    inherited = ", which a source takes over from the release as a whole" if terms.inherited else ""
    return f"{terms.label}{note}{inherited}"


def _listed(names: Sequence[str]) -> str:
    short = [name if n == 0 else name.removeprefix("freedom ") for n, name in enumerate(names)]
    return " and ".join(filter(None, [", ".join(short[:-1]), short[-1]]))


_OSI = {
    "Approved": "approved by the Open Source Initiative",
    "NotApproved": "not approved by the Open Source Initiative",
}
