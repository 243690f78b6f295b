"""why_not says what a triple lacks: for each rule that could conclude it, the missing premises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from rdflib import URIRef, Variable
from rdflib.term import Identifier

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import RDF
from osai_graph.reasoning.explain import solutions
from osai_graph.reasoning.rules import (
    Pattern,
    PatternIndex,
    Rule,
    Triple,
    in_graph,
    match,
    substitute,
    variables_of,
)

#: Rules with more premises than this are only looked at whole: the subsets double with each.
MOST_PREMISES = 8


@dataclass(frozen=True)
class Missing:
    """A premise that does not hold.

    Args:
        pattern: the premise; its variables could be anything.
        instead: what holds in its place, when the same property of the subject has other values.
        attempts: how the premise could be concluded itself, when it names one triple.
    """

    pattern: Pattern
    instead: tuple[Triple, ...] = ()
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True)
class Attempt:
    """A rule that could conclude a triple, matched as far as the facts go.

    ``holds`` are premises that hold together, ``missing`` the others. Where all premises hold but
    a condition of the rule does not, ``missing`` is empty and ``conditions`` has its text.
    """

    rule: Rule
    holds: tuple[Triple, ...]
    missing: tuple[Missing, ...]
    conditions: tuple[str, ...] = ()


def why_not(
    store: GraphStore,
    rules: Iterable[Rule],
    triple: Triple,
    *,
    working_graph: URIRef | None = None,
    depth: int = 2,
) -> tuple[Attempt, ...]:
    """Return the rules that could conclude a triple, nearest to success first.

    Facts are open-world: that premises are missing means that the triple is not known, not that it
    is false. An empty answer means that no rule concludes such a triple: it can only be stated.

    Args:
        store: a store after materialize.
        rules: the rules that were run.
        triple: a triple that does not hold.
        working_graph: the graph with stated and inferred facts; ``None`` is the default graph.
        depth: how many rules deep the missing premises are looked into.
    """
    search = _Search(store, rules, working_graph)
    return search.attempts(triple, depth, frozenset({triple}))


class _Search:
    def __init__(self, store: GraphStore, rules: Iterable[Rule], working: URIRef | None) -> None:
        self.store = store
        self.working = working
        self.rules = [rule for rule in rules if rule.head is not None and rule.body]
        self.index = PatternIndex((r.head, n) for n, r in enumerate(self.rules) if r.head)

    def attempts(self, goal: Triple, depth: int, above: frozenset[Triple]) -> tuple[Attempt, ...]:
        found = []
        for number in dict.fromkeys(self.index.candidates(goal)):
            rule = self.rules[number]
            assert rule.head is not None
            bindings = match(rule.head, goal)
            if bindings is not None and goal not in (substitute(p, bindings) for p in rule.body):
                found.append(self._attempt(rule, bindings, depth, above))
        return tuple(sorted(found, key=lambda a: (len(a.missing) - len(a.holds), len(a.missing))))

    def _attempt(
        self, rule: Rule, bindings: dict[Variable, Identifier], depth: int, above: frozenset[Triple]
    ) -> Attempt:
        chosen, solution = self._best(rule, bindings)
        holds = tuple(dict.fromkeys(substitute(rule.body[n], solution) for n in chosen))
        lacking = [p for n, p in enumerate(rule.body) if n not in chosen]
        missing = tuple(
            self._missing(substitute(pattern, solution), depth, above) for pattern in lacking
        )
        return Attempt(rule, holds, missing, () if missing else rule.filters)

    def _best(
        self, rule: Rule, bindings: dict[Variable, Identifier]
    ) -> tuple[tuple[int, ...], dict[Variable, Identifier]]:
        """Return the largest set of premises that hold together, and what its variables are."""
        size = len(rule.body)
        for count in range(size, 0, -1) if size <= MOST_PREMISES else ():
            for chosen in combinations(range(size), count):
                if not _hangs_together(rule, chosen, bindings):
                    continue
                part = self._part(rule, chosen)
                known = {v: t for v, t in bindings.items() if v in part.variables}
                for solution in solutions(self.store, part, known, self.working, 1):
                    return chosen, {**bindings, **solution}
        return (), bindings

    @staticmethod
    def _part(rule: Rule, chosen: tuple[int, ...]) -> Rule:
        """Return a rule with some of its premises and the conditions that speak of no others."""
        body = tuple(rule.body[n] for n in chosen)
        names = {str(v) for p in body for v in variables_of(p)}
        filters = tuple(f for f in rule.filters if _names(f) <= names)
        return replace(rule, body=body, head=None, filters=filters)

    def _missing(self, pattern: Pattern, depth: int, above: frozenset[Triple]) -> Missing:
        deeper: tuple[Attempt, ...] = ()
        if depth > 1 and not variables_of(pattern) and pattern not in above:
            candidates = self.attempts(pattern, depth - 1, above | {pattern})
            deeper = tuple(attempt for attempt in candidates if attempt.holds)
        return Missing(pattern, tuple(self._instead(pattern)), deeper)

    def _instead(self, pattern: Pattern) -> Iterator[Triple]:
        """Yield what the subject has for the same property; of types there are always others."""
        s, p, _ = pattern
        if isinstance(s, Variable) or isinstance(p, Variable) or p == RDF.type:
            return
        value = Variable("instead")
        query = f"SELECT DISTINCT ?instead WHERE {{ {in_graph(self.working, [(s, p, value)])} }}"
        for (term,) in self.store.select(f"{query} ORDER BY ?instead LIMIT 5").rows:
            if term is not None:
                yield s, p, term


def _hangs_together(
    rule: Rule, chosen: tuple[int, ...], bindings: Mapping[Variable, Identifier]
) -> bool:
    """Return whether all chosen premises are about the subject of the conclusion, or lead from it.

    That some other license grants the freedom says nothing about this artifact.
    """
    assert rule.head is not None
    open_premises = [rule.body[n] for n in chosen]
    reached: set[Identifier] = {rule.head[0]}
    while open_premises:
        near = [
            p for p in open_premises if reached & set(p) or not set(variables_of(p)) - set(bindings)
        ]
        if not near:
            return False
        for premise in near:
            open_premises.remove(premise)
            reached |= set(variables_of(premise)) - set(bindings)
    return True


def _names(condition: str) -> set[str]:
    """Return the variables of a condition; VALUES counts with those it gives values to."""
    head = condition.partition("{")[0] if condition.upper().startswith("VALUES") else condition
    return set(re.findall(r"[?$](\w+)", head))
