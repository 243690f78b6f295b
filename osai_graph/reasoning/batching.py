"""batching puts rules together that one SPARQL update can fire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rdflib import URIRef, Variable

from osai_graph.reasoning.relevance import Kind, is_new
from osai_graph.reasoning.rules import Pattern, Rule, given, variables_of, where

#: How variables start that stand for the constants in which the rules of a batch differ.
_COLUMN = "constant"


@dataclass(frozen=True)
class Batch:
    """Rules that one update fires.

    Args:
        name: the name of the rules.
        body: the WHERE text.
        head: the conclusion; the body binds its variables.
        new: no conclusion of this kind is stated. Adding one twice does no harm then; otherwise
            each must be looked up, lest a stated triple be taken for an inferred one.
        prologue: the PREFIX lines that the body needs.
    """

    name: str
    body: str
    head: Pattern
    new: bool = False
    prologue: str = ""


def batches(
    rules: Sequence[Rule], graph: URIRef | None, stated: set[Kind], recursive: bool = False
) -> list[Batch]:
    """Return the updates that fire each rule once, joins first.

    Rules with one premise that differ in nothing but constants share an update, with VALUES for the
    constants. Joins come first because things have fewer triples then, which some engines scan.

    Args:
        rules: rules of one stratum.
        graph: where the premises are looked up; ``None`` is the default graph.
        stated: the kinds of facts that are there; see relevance.kinds_in.
        recursive: the stratum is one; what it concludes often holds already.
    """
    groups: dict[tuple[object, bool], list[Rule]] = {}
    for number, rule in enumerate(sorted(rules, key=lambda rule: -len(rule.body))):
        assert rule.head is not None
        shape: object = number
        if len(rule.body) == 1 and rule.file is None:
            shape = _skeleton(rule.body[0]), _skeleton(rule.head), rule.filters
        new = not recursive and is_new(rule.head, stated)
        groups.setdefault((shape, new), []).append(rule)
    return [_batch(group, graph, new) for (_, new), group in groups.items()]


def _skeleton(pattern: Pattern) -> tuple[str, ...]:
    return tuple(f"?{t}" if isinstance(t, Variable) else "constant" for t in pattern)


def _batch(group: Sequence[Rule], graph: URIRef | None, new: bool) -> Batch:
    first = group[0]
    assert first.head is not None
    rows = [(*rule.body[0], *(rule.head or ())) for rule in group]
    varying = [n for n in range(6) if len({row[n] for row in rows}) > 1]
    if not varying:
        text = _distinct(first, where(first, graph))
        return Batch(first.name, text, first.head, new, first.prologue)
    columns = {n: Variable(f"{_COLUMN}{n}") for n in varying}
    s, p, o, hs, hp, ho = (columns.get(n, term) for n, term in enumerate(rows[0]))
    general = Rule(first.name, ((s, p, o),), (hs, hp, ho), "", first.filters)
    table = dict.fromkeys(tuple(row[n] for n in varying) for row in rows)
    values, _ = given(general, columns.values(), table)
    text = _distinct(general, where(general, graph, before=values))
    return Batch(first.name, text, (hs, hp, ho), new)


def _distinct(rule: Rule, body: str) -> str:
    """Return a body that gives a conclusion about a single thing once.

    That a system has a component makes it a system: once, not once for each component; and what is
    training data and an artifact besides is a component once. Conclusions that relate two things
    have few ways to come about, and DISTINCT costs more than it saves.
    """
    assert rule.head is not None
    needed = variables_of(rule.head)
    things = [v for v in needed if not v.startswith(_COLUMN)]
    more = {v for p in rule.body for v in variables_of(p)} - set(needed)
    if len(things) != 1 or not more:
        return body
    return f"{{ SELECT DISTINCT {' '.join(v.n3() for v in needed)} WHERE {{ {body} }} }}"
