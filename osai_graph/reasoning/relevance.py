"""relevance finds the rules that can fire on the facts at hand; an ontology has terms to spare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rdflib import URIRef, Variable
from rdflib.term import Identifier

from osai_graph.graph.store import GraphStore
from osai_graph.reasoning.rules import TYPE, Pattern, PatternIndex, Rule, in_graph, may_match

#: The kind of a fact: its property, or rdf:type and its class; nothing where that is open.
Kind = tuple[Identifier, ...]

_SPO: Pattern = (Variable("s"), Variable("p"), Variable("o"))


def kind_of(pattern: Pattern) -> Kind:
    """Return which kind of fact a pattern matches."""
    _, p, o = pattern
    if isinstance(p, Variable):
        return ()
    return (p, o) if p == TYPE and not isinstance(o, Variable) else (p,)


def kinds_in(
    store: GraphStore, rules: Iterable[Rule], working_graph: URIRef | None = None
) -> set[Kind]:
    """Return the kinds of premises and conclusions that a graph has facts of."""
    kinds = {kind_of(pattern) for rule in rules for pattern in (rule.head, *rule.body) if pattern}
    found: set[Kind] = set()
    for columns in (_SPO[1:2], _SPO[1:3]):
        rows = [kind for kind in kinds if len(kind) == len(columns)]
        if not rows:
            continue
        names = " ".join(column.n3() for column in columns)
        table = " ".join(f"({' '.join(term.n3() for term in row)})" for row in rows)
        answer = store.select(
            f"SELECT {names} WHERE {{ VALUES ({names}) {{ {table} }} "
            f"FILTER EXISTS {{ {in_graph(working_graph, [_SPO])} }} }}"
        )
        found.update(tuple(term for term in row if term is not None) for row in answer.rows)
    return found


def is_new(pattern: Pattern, stated: set[Kind]) -> bool:
    """Return whether no fact of the kind of a conclusion is stated, so that all are inferred."""
    kind = kind_of(pattern)
    return kind not in stated and kind not in ((), (TYPE,))


def live_rules(rules: Sequence[Rule], stated: set[Kind]) -> list[Rule]:
    """Return the rules with premises that can fire: facts, or rules that fire, give each of them.

    Args:
        rules: rules with a conclusion.
        stated: the kinds of facts that are there; see kinds_in.
    """
    index = PatternIndex((p, n) for n, rule in enumerate(rules) for p in rule.body)
    lacking = [{p for p in rule.body if kind_of(p) not in stated | {()}} for rule in rules]
    live = {n for n, premises in enumerate(lacking) if not premises}
    firing = list(live)
    while firing:
        head = rules[firing.pop()].head
        assert head is not None
        for number in set(index.candidates(head)) - live:
            lacking[number] -= {p for p in lacking[number] if may_match(head, p)}
            if not lacking[number]:
                live.add(number)
                firing.append(number)
    return [rules[number] for number in sorted(live) if rules[number].body]
