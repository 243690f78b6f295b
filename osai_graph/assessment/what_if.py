"""what_if answers which verdicts on a system turn when facts about it change; nothing is saved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.term import Identifier

from osai_graph.assessment.changes import Change
from osai_graph.assessment.frameworks import Framework, Outcome, Requirement
from osai_graph.assessment.grounds import Thing
from osai_graph.assessment.scratch import Neighborhood
from osai_graph.assessment.values import Value
from osai_graph.assessment.verdicts import Assessment, Assessor
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import OSAI, shorten
from osai_graph.reasoning.rules import Rule, Triple
from osai_graph.reasoning.verbalization import Labels, capitalized, sentence


@dataclass(frozen=True)
class Flip:
    """A requirement whose answer turns; ``outcome`` is set where an outcome hangs on it."""

    framework: Framework
    requirement: Requirement
    outcome: Outcome | None
    before: Value
    after: Value


@dataclass(frozen=True)
class WhatIf:
    """What changes of facts do.

    Args:
        system: the system.
        changes: what was changed, in words.
        flips: the requirements whose answers turn, by framework, the outcomes first.
        drawn: sentences on conclusions that now follow.
        withdrawn: sentences on conclusions that follow no more.
        judged: how many answers were compared.
    """

    system: Thing
    changes: tuple[str, ...]
    flips: tuple[Flip, ...]
    drawn: tuple[str, ...]
    withdrawn: tuple[str, ...]
    judged: int


#: Inferred relations that say something to people; the others repeat facts in other words.
_TELLING = (OSAI.hasAncestor, OSAI.lacksFreedom, OSAI.deniesFreedom, OSAI.givesFreedom)


def what_if(
    store: GraphStore,
    rules: Sequence[Rule],
    system: URIRef,
    changes: Sequence[Change],
    frameworks: Iterable[Framework],
) -> WhatIf:
    """Return what would turn if facts were changed.

    The facts are changed in a copy in memory; what follows from them is brought up to date there,
    and the system is judged again.

    Args:
        store: a materialized graph; it is only read.
        rules: the rules that were run.
        system: the system.
        changes: see `osai_graph.assessment.changes.Reader`.
        frameworks: the definitions of openness to judge by.
    """
    others = [node for change in changes for node in change.others]
    around = Neighborhood(store, rules, system, others)
    before = around.copy()
    after = around.changed(edit for change in changes for edit in change.edits)
    assessor = Assessor(frameworks)
    first, second = (assessor.assess_system(facts, system) for facts in (before, after))
    old, new = (_conclusions(facts, system) for facts in (before, after))
    return WhatIf(
        system=Thing(str(system), Labels(store)(system)),
        changes=tuple(change.text for change in changes),
        flips=tuple(flips_between(first, second, system)),
        drawn=_sentences(new - old, _Labels(store, after)),
        withdrawn=_sentences(old - new, _Labels(store, after)),
        judged=len(second),
    )


def flips_between(before: Assessment, after: Assessment, system: URIRef) -> list[Flip]:
    """Return the answers on a system that two assessments give differently."""
    found: list[Flip] = []
    for framework in after.frameworks:
        outcomes = {outcome.requirement.iri: outcome for outcome in framework.outcomes}
        ordered = sorted(framework.requirements(), key=lambda r: r.iri not in outcomes)
        for requirement in ordered:
            old, new = (a.verdict(system, requirement) for a in (before, after))
            if old and new and old.value is not new.value:
                outcome = outcomes.get(requirement.iri)
                found.append(Flip(framework, requirement, outcome, old.value, new.value))
    return found


def _conclusions(store: GraphStore, system: URIRef) -> set[Triple]:
    names = " ".join(name.n3() for name in _TELLING)
    rows = store.select(
        f"SELECT ?s ?p ?o WHERE {{ {system.n3()} {OSAI.hasComponent.n3()}? ?s . "
        f"VALUES ?p {{ {names} }} ?s ?p ?o }}"
    ).rows
    return {(s, p, o) for s, p, o in rows if s is not None and p is not None and o is not None}


def _sentences(triples: Iterable[Triple], labels: Labels) -> tuple[str, ...]:
    return tuple(sorted(capitalized(sentence(triple, labels)) for triple in triples))


class _Labels(Labels):
    """The names of the graph, and those of what is new in the copy."""

    def __init__(self, store: GraphStore, changed: GraphStore) -> None:
        super().__init__(store)
        self._new = Labels(changed)

    def __call__(self, term: Identifier) -> str:
        name = super().__call__(term)
        return self._new(term) if name == shorten(str(term)) else name
