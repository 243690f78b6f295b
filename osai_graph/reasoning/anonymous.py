"""anonymous removes the anonymous classes and properties of an ontology from compiled rules.

SPARQL cannot name a blank node, and "x is a _:b7" tells a reader nothing. So each rule that
concludes something about an anonymous class is resolved with each rule that has it as a premise;
what is left speaks of named terms only and has the same consequences for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import count

from rdflib import BNode, Variable
from rdflib.term import Identifier

from osai_graph.errors import GraphError
from osai_graph.reasoning.rules import TYPE, Pattern, Rule, Triple, sparql_term, substitute

#: More rules than this from one ontology means that its anonymous classes multiply out.
LIMIT = 20_000


def without_anonymous(rules: Iterable[Rule]) -> list[Rule]:
    """Return rules with the same conclusions about named terms, and no blank node in them.

    Raises:
        GraphError: an anonymous class is defined by itself, or there would be too many rules.
    """
    remaining = list(dict.fromkeys(rules))
    if not _next_symbol(remaining):
        return remaining
    remaining = _without_redundant(remaining)
    while symbol := _next_symbol(remaining):
        remaining = _eliminate(symbol, remaining)
        if len(remaining) > LIMIT:
            raise GraphError(
                f"The anonymous classes of the ontology multiply out to over {LIMIT:,} rules.",
                "Give the intersections and restrictions that are used often a name.",
            )
    return remaining


def with_effect(rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules that can fire and lead to something about named terms.

    "Every A has some B" makes a rule to an anonymous class that is nobody's premise; what is
    "all of these and _:b7" cannot fire when nothing concludes _:b7.
    """
    rules = list(rules)
    made: set[BNode] = set()
    while more := {s for r in rules if (s := _head(r)) and _premises(r) <= made} - made:
        made |= more
    firing = [rule for rule in rules if _premises(rule) <= made]
    wanted: set[BNode] = set()
    while True:
        leading = [r for r in firing if _head(r) is None or _head(r) in wanted]
        more = {symbol for rule in leading for symbol in _premises(rule)} - wanted
        if not more:
            return leading
        wanted |= more


def _premises(rule: Rule) -> set[BNode]:
    return {symbol for symbol in map(_symbol, rule.body) if symbol}


def _head(rule: Rule) -> BNode | None:
    return None if rule.head is None else _symbol(rule.head)


def _symbol(pattern: Pattern) -> BNode | None:
    """Return the anonymous class or property that a pattern is about."""
    _, p, o = pattern
    if isinstance(p, BNode):
        return p
    return o if p == TYPE and isinstance(o, BNode) else None


def _next_symbol(rules: list[Rule]) -> BNode | None:
    """Return the anonymous term whose removal makes the fewest rules."""
    made: dict[BNode, int] = {}
    used: dict[BNode, int] = {}
    for rule in rules:
        if rule.head is not None and (head := _symbol(rule.head)):
            made[head] = made.get(head, 0) + 1
        for symbol in filter(None, map(_symbol, rule.body)):
            used[symbol] = used.get(symbol, 0) + 1
    symbols = made.keys() | used.keys()
    return min(symbols, key=lambda s: (made.get(s, 0) * used.get(s, 0), s), default=None)


def _eliminate(symbol: BNode, rules: list[Rule]) -> list[Rule]:
    makers: list[Rule] = []
    users: list[Rule] = []
    others: list[Rule] = []
    for rule in rules:
        makes = rule.head is not None and _symbol(rule.head) == symbol
        uses = any(_symbol(pattern) == symbol for pattern in rule.body)
        if makes and uses:
            raise GraphError(
                "An anonymous class of the ontology is defined by itself: "
                + "; ".join(" ".join(map(str, axiom)) for axiom in rule.axioms),
                "Give the class a name.",
            )
        (makers if makes else users if uses else others).append(rule)
    for user in users:
        others += _resolve_all(symbol, user, makers)
    return _without_redundant(others)


def _resolve_all(symbol: BNode, user: Rule, makers: list[Rule]) -> list[Rule]:
    """Replace each premise of ``user`` about ``symbol`` by what each maker needs to conclude it."""
    open_rules, done = [user], []
    while open_rules:
        rule = open_rules.pop()
        premise = next((p for p in rule.body if _symbol(p) == symbol), None)
        if premise is None:
            done.append(rule)
            continue
        resolved = (resolve(rule, premise, maker) for maker in makers)
        open_rules += [r for r in resolved if r is not None and not _is_empty(r)]
    return done


def _is_empty(rule: Rule) -> bool:
    """Return whether a rule concludes one of its own premises."""
    return rule.head is not None and rule.head in rule.body


def resolve(user: Rule, premise: Pattern, maker: Rule) -> Rule | None:
    """Return ``user`` with a premise replaced by what ``maker`` concludes it from.

    ``None`` when the conclusion of ``maker`` is never that premise (resolution, Robinson 1965).
    """
    maker = _apart(maker, user)
    assert maker.head is not None
    unifier = _unify(premise, maker.head)
    if unifier is None:
        return None
    body = (*maker.body, *(p for p in user.body if p != premise))
    names = dict.fromkeys([*maker.name.split(", "), *user.name.split(", ")])
    filters = dict.fromkeys(_fill(f, unifier) for f in (*maker.filters, *user.filters))
    result = Rule(
        name=", ".join(names),
        body=tuple(dict.fromkeys(substitute(p, unifier) for p in body)),
        head=None if user.head is None else substitute(user.head, unifier),
        explanation=_explanation(user),
        filters=tuple(filters),
        axioms=tuple(dict.fromkeys((*maker.axioms, *user.axioms))),
    )
    return result


def _explanation(user: Rule) -> str:
    if user.head is None:
        return "The facts contradict each other, because {premises}, which the ontology excludes"
    return "{conclusion}, because {premises}"


def _apart(rule: Rule, other: Rule) -> Rule:
    """Rename the variables of ``rule`` so that it shares none with ``other``."""
    taken = set(other.variables)
    fresh = (
        v for n in count() if (v := Variable(f"v{n}")) not in taken and v not in rule.variables
    )
    renaming: dict[Variable, Identifier] = {v: next(fresh) for v in rule.variables if v in taken}
    return _renamed(rule, renaming)


def _renamed(rule: Rule, renaming: Mapping[Variable, Identifier]) -> Rule:
    return Rule(
        name=rule.name,
        body=tuple(substitute(p, renaming) for p in rule.body),
        head=None if rule.head is None else substitute(rule.head, renaming),
        explanation=re.sub(
            r"\{(\w+)\}",
            lambda m: _slot(renaming.get(Variable(m[1]), Variable(m[1])), m[1]),
            rule.explanation,
        ),
        filters=tuple(_fill(f, renaming) for f in rule.filters),
        axioms=rule.axioms,
    )


def _slot(term: Identifier, name: str) -> str:
    if name in ("conclusion", "premises"):
        return f"{{{name}}}"
    return f"{{{term}}}" if isinstance(term, Variable) else f"{{{term.n3()}}}"


def _fill(filter_: str, bindings: Mapping[Variable, Identifier]) -> str:
    """Replace variables in the text of a filter, which has no question mark in IRIs."""

    def replace(found: re.Match[str]) -> str:
        variable = Variable(found[1])
        return sparql_term(bindings.get(variable, variable))

    return re.sub(r"\?(\w+)", replace, filter_)


def _unify(left: Pattern, right: Pattern) -> dict[Variable, Identifier] | None:
    """Return what makes two patterns equal; their variables are distinct."""
    bindings: dict[Variable, Identifier] = {}
    for a, b in zip(left, right, strict=True):
        a, b = _walk(a, bindings), _walk(b, bindings)
        if a == b:
            continue
        if isinstance(b, Variable):
            bindings[b] = a
        elif isinstance(a, Variable):
            bindings[a] = b
        else:
            return None
    return {variable: _walk(variable, bindings) for variable in bindings}


def _walk(term: Identifier, bindings: Mapping[Variable, Identifier]) -> Identifier:
    while isinstance(term, Variable) and term in bindings:
        term = bindings[term]
    return term


def _without_redundant(rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules without those that another one makes superfluous.

    A rule is superfluous when it concludes one of its premises, or when another rule concludes the
    same from fewer premises or, with the same premises, in fewer steps.
    """
    alike: dict[tuple[object, ...], dict[frozenset[Pattern], Rule]] = {}
    for rule in dict.fromkeys(rules):
        if _is_empty(rule):
            continue
        head, body, filters = _shape(rule)
        known = alike.setdefault((head, filters), {})
        if body in known:
            known[body] = min(known[body], rule, key=_cost)
        elif not any(other < body for other in known):
            for other in [other for other in known if body < other]:
                del known[other]
            known[body] = rule
    return [rule for known in alike.values() for rule in known.values()]


def _cost(rule: Rule) -> tuple[int, int]:
    return rule.name.count(","), len(rule.axioms)


def _shape(rule: Rule) -> tuple[Pattern | None, frozenset[Pattern], frozenset[str]]:
    """Return head, body and filters with the variables numbered in order of appearance."""
    masked = {p: tuple("?" if isinstance(t, Variable) else t.n3() for t in p) for p in rule.body}
    body = sorted(rule.body, key=lambda p: masked[p])
    patterns: list[Triple] = [*([rule.head] if rule.head else []), *body]
    order = dict.fromkeys(t for p in patterns for t in p if isinstance(t, Variable))
    numbered: dict[Variable, Identifier] = {v: Variable(f"n{n}") for n, v in enumerate(order)}
    return (
        None if rule.head is None else substitute(rule.head, numbered),
        frozenset(substitute(p, numbered) for p in rule.body),
        frozenset(_fill(f, numbered) for f in rule.filters),
    )
