"""stratification orders rules so that most of them run once, after all that they build on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rdflib import Variable
from rdflib.term import Identifier

from osai_graph.reasoning.rules import PatternIndex, Rule


@dataclass(frozen=True)
class Stratum:
    """Rules that run together; ``recursive`` ones, which build on each other, to a fixpoint."""

    rules: tuple[Rule, ...]
    recursive: bool


def stratify(rules: Sequence[Rule]) -> list[Stratum]:
    """Return the rules with a conclusion and premises, in an order in which each stratum is final.

    Rules that need each other form one recursive stratum (a strongly connected component of "may
    give a premise of"); the others are gathered by the length of the longest way to them.
    """
    active = [rule for rule in rules if rule.head is not None and rule.body]
    edges = _edges(active)
    level: dict[int, int] = {}
    plain: dict[int, list[Rule]] = {}
    recursive: dict[int, list[Stratum]] = {}
    for component in reversed(_components(edges)):  # producers before consumers
        here = max((level.get(node, 0) for node in component), default=0)
        for node in component:
            for target in edges[node]:
                if target not in component:
                    level[target] = max(level.get(target, 0), here + 1)
        if len(component) > 1 or component[0] in edges[component[0]]:
            group = Stratum(tuple(active[n] for n in sorted(component)), recursive=True)
            recursive.setdefault(here, []).append(group)
        else:
            plain.setdefault(here, []).append(active[component[0]])
    return list(_in_order(plain, recursive))


def _in_order(
    plain: dict[int, list[Rule]], recursive: dict[int, list[Stratum]]
) -> Iterator[Stratum]:
    for level in sorted(plain.keys() | recursive.keys()):
        if level in plain:
            yield Stratum(tuple(plain[level]), recursive=False)
        yield from recursive.get(level, ())


def _edges(rules: Sequence[Rule]) -> list[list[int]]:
    """Return, for each rule, the rules that its conclusion may be a premise of.

    A closed hierarchy has "A below C" beside "A below B" and "B below C"; the second of the two
    need not wait for the first, because what it would add is concluded anyway.
    """
    index = PatternIndex((p, n) for n, rule in enumerate(rules) for p in rule.body)
    steps = {step for rule in rules if (step := _step(rule))}
    edges: list[list[int]] = []
    for rule in rules:
        assert rule.head is not None
        targets = sorted(set(index.candidates(rule.head)))
        mine = _step(rule)
        edges.append([t for t in targets if not (mine and _shortcut(mine, _step(rules[t]), steps))])
    return edges


_Step = tuple[str, Identifier, Identifier]


def _step(rule: Rule) -> _Step | None:
    """Return a rule as a step up a hierarchy: x a A gives x a B, or x p y gives x q y."""
    if len(rule.body) != 1 or rule.filters or rule.head is None:
        return None
    (s, p, o), (hs, hp, ho) = rule.body[0], rule.head
    if not isinstance(s, Variable) or s != hs:
        return None
    if p == hp and not isinstance(o, Variable) and not isinstance(ho, Variable):
        return f"object of {p}", o, ho
    if o == ho and isinstance(o, Variable) and o != s and not isinstance(p, Variable):
        return "predicate", p, hp
    return None


def _shortcut(first: _Step, second: _Step | None, steps: set[_Step]) -> bool:
    if second is None or second[0] != first[0] or second[1] != first[2]:
        return False
    return first[1] == second[2] or (first[0], first[1], second[2]) in steps


def _components(edges: list[list[int]]) -> list[list[int]]:
    """Return the strongly connected components, consumers first (Tarjan 1972, as a loop)."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    components: list[list[int]] = []
    for root in range(len(edges)):
        if root in order:
            continue
        work = [(root, iter(edges[root]))]
        order[root] = low[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in order:
                    order[target] = low[target] = len(order)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(edges[target])))
                    break
                if target in on_stack:
                    low[node] = min(low[node], order[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    component: list[int] = []
                    while not component or component[-1] != node:
                        component.append(stack.pop())
                        on_stack.discard(component[-1])
                    components.append(component)
    return components
