"""schema closes the hierarchies of an ontology, with a reason for each of its triples."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from rdflib import Graph
from rdflib.term import Identifier

from osai_graph.namespaces import OWL, RDFS
from osai_graph.reasoning.rules import Triple
from osai_graph.reasoning.tbox import members, objects, subject_objects

#: A pair of names and the axioms that it follows from, with the rule that gave it.
Pairs = dict[tuple[Identifier, Identifier], "Reason"]

#: Every class is below owl:Thing, owl:Nothing below every class; neither says anything.
TRIVIAL = frozenset({OWL.Thing, OWL.Nothing})


@dataclass(frozen=True)
class Reason:
    """Why a triple of the ontology holds: the rule, and the stated axioms it rests on."""

    rule: str
    axioms: tuple[Triple, ...]


@dataclass(frozen=True)
class Schema:
    """The hierarchies of an ontology, closed under the scm rules.

    W3C OWL 2 Profiles, section 4.3, table 9. Reflexive pairs are left out, and so is what relates
    to owl:Thing and owl:Nothing alone.

    Args:
        sub_class: (lower, upper) class, anonymous classes among them.
        sub_property: (lower, upper) property.
        domain: (property, class), closed over both hierarchies.
        range: the same for rdfs:range.
        equivalent_class: pairs in both directions.
        equivalent_property: pairs in both directions.
    """

    sub_class: Pairs
    sub_property: Pairs
    domain: Pairs
    range: Pairs
    equivalent_class: Pairs
    equivalent_property: Pairs

    def triples(self) -> dict[Triple, Reason]:
        """Return all pairs as triples."""
        relations = {
            RDFS.subClassOf: self.sub_class,
            RDFS.subPropertyOf: self.sub_property,
            RDFS.domain: self.domain,
            RDFS.range: self.range,
            OWL.equivalentClass: self.equivalent_class,
            OWL.equivalentProperty: self.equivalent_property,
        }
        return {(a, p, b): why for p, pairs in relations.items() for (a, b), why in pairs.items()}


def close_schema(tbox: Graph) -> Schema:
    """Return the hierarchies of ``tbox``, closed under the scm rules."""
    sub_property = _hierarchy(
        tbox, RDFS.subPropertyOf, OWL.equivalentProperty, "scm-eqp1", "scm-spo"
    )
    sub_class = _class_hierarchy(tbox, sub_property)
    return Schema(
        sub_class,
        sub_property,
        _close_about(tbox, RDFS.domain, sub_property, sub_class, "scm-dom"),
        _close_about(tbox, RDFS.range, sub_property, sub_class, "scm-rng"),
        _equivalences(tbox, OWL.equivalentClass, sub_class, "scm-eqc2"),
        _equivalences(tbox, OWL.equivalentProperty, sub_property, "scm-eqp2"),
    )


def stated_pairs(tbox: Graph, predicate: Identifier) -> Pairs:
    """Return the stated triples of a predicate as pairs, in a stable order."""
    return {
        (s, o): Reason("stated", ((s, predicate, o),))
        for s, o in subject_objects(tbox, predicate)
        if s != o
    }


def _hierarchy(
    tbox: Graph, below: Identifier, same: Identifier, same_rule: str, closing_rule: str
) -> Pairs:
    edges = stated_pairs(tbox, below)
    for (a, b), why in stated_pairs(tbox, same).items():
        edges.setdefault((a, b), Reason(same_rule, why.axioms))
        edges.setdefault((b, a), Reason(same_rule, why.axioms))
    return _transitive(edges, closing_rule)


def _transitive(edges: Pairs, rule: str) -> Pairs:
    """Close ``edges`` over transitivity; the shortest path is the reason (breadth first)."""
    above: dict[Identifier, list[Identifier]] = {}
    for a, b in edges:
        above.setdefault(a, []).append(b)
    closed = dict(edges)
    for start in above:
        reached: dict[Identifier, tuple[Triple, ...]] = {start: ()}
        queue = deque([start])
        while queue:
            here = queue.popleft()
            for upper in above.get(here, ()):
                if upper not in reached:
                    reached[upper] = reached[here] + edges[here, upper].axioms
                    closed.setdefault((start, upper), Reason(rule, reached[upper]))
                    queue.append(upper)
    return closed


def _class_hierarchy(tbox: Graph, sub_property: Pairs) -> Pairs:
    closed = _hierarchy(tbox, RDFS.subClassOf, OWL.equivalentClass, "scm-eqc1", "scm-sco")
    for (a, b), why in {**_intersections(tbox), **_unions(tbox)}.items():
        closed.setdefault((a, b), why)
    while True:
        closed = _transitive(closed, "scm-sco")
        found = _restriction_pairs(tbox, closed, sub_property)
        new = {pair: why for pair, why in found.items() if pair not in closed}
        if not new:
            return {
                (a, b): why for (a, b), why in closed.items() if a not in TRIVIAL and b != OWL.Thing
            }
        closed |= new


def _intersections(tbox: Graph) -> Pairs:
    return {
        (c, part): Reason("scm-int", ((c, OWL.intersectionOf, parts),))
        for c, parts in subject_objects(tbox, OWL.intersectionOf)
        for part in members(tbox, parts)
        if part != c
    }


def _unions(tbox: Graph) -> Pairs:
    return {
        (part, c): Reason("scm-uni", ((c, OWL.unionOf, parts),))
        for c, parts in subject_objects(tbox, OWL.unionOf)
        for part in members(tbox, parts)
        if part != c
    }


def _restriction_pairs(tbox: Graph, sub_class: Pairs, sub_property: Pairs) -> Pairs:
    """Return the pairs of restrictions of one kind that scm-hv, scm-svf and scm-avf order."""
    found: Pairs = {}
    for kind, rule in (
        (OWL.hasValue, "scm-hv"),
        (OWL.someValuesFrom, "scm-svf"),
        (OWL.allValuesFrom, "scm-avf"),
    ):
        restrictions = [
            (r, p, v)
            for r, v in subject_objects(tbox, kind)
            for p in objects(tbox, r, OWL.onProperty)
        ]
        for (r1, p1, v1), (r2, p2, v2) in product(restrictions, repeat=2):
            if r1 == r2:
                continue
            about = (
                (r1, kind, v1),
                (r1, OWL.onProperty, p1),
                (r2, kind, v2),
                (r2, OWL.onProperty, p2),
            )
            lower = _at_or_below(v1, v2, sub_class)
            if kind != OWL.hasValue and p1 == p2 and lower is not None:
                found.setdefault((r1, r2), Reason(f"{rule}1", about + lower))
            lower = _at_or_below(p1, p2, sub_property)
            if v1 == v2 and lower is not None:
                pair = (r2, r1) if kind == OWL.allValuesFrom else (r1, r2)
                name = rule if kind == OWL.hasValue else f"{rule}2"
                found.setdefault(pair, Reason(name, about + lower))
    return found


def _at_or_below(a: Identifier, b: Identifier, order: Pairs) -> tuple[Triple, ...] | None:
    """Return the axioms that put ``a`` below ``b``, none if they are one; ``None`` if it is not."""
    if a == b:
        return ()
    return order[a, b].axioms if (a, b) in order else None


def _close_about(
    tbox: Graph, predicate: Identifier, sub_property: Pairs, sub_class: Pairs, rule: str
) -> Pairs:
    """Close rdfs:domain or rdfs:range over the classes above and the properties below."""
    stated = stated_pairs(tbox, predicate)
    above = _grouped((a, b) for a, b in sub_class)
    below = _grouped((b, a) for a, b in sub_property)
    closed = dict(stated)
    for (p, c), why in stated.items():
        for upper in above.get(c, ()):
            closed.setdefault(
                (p, upper), Reason(f"{rule}1", why.axioms + sub_class[c, upper].axioms)
            )
    for (p, c), why in list(closed.items()):
        for lower in below.get(p, ()):
            axioms = sub_property[lower, p].axioms + why.axioms
            closed.setdefault((lower, c), Reason(f"{rule}2", axioms))
    return {(p, c): why for (p, c), why in closed.items() if c != OWL.Thing}


def _grouped(pairs: Iterable[tuple[Identifier, Identifier]]) -> dict[Identifier, list[Identifier]]:
    groups: dict[Identifier, list[Identifier]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


def _equivalences(
    tbox: Graph,
    predicate: Identifier,
    order: Mapping[tuple[Identifier, Identifier], Reason],
    rule: str,
) -> Pairs:
    found = stated_pairs(tbox, predicate)
    for (a, b), why in order.items():
        if (b, a) in order:
            axioms = tuple(dict.fromkeys(why.axioms + order[b, a].axioms))
            found.setdefault((a, b), Reason(rule, axioms))
    return found
