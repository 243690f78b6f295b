"""conformance finds the nodes of a graph that conform to a shape, as algebra over sets of nodes.

It reads each property path of the shapes once, as pairs, with SPARQL, and never asks again:
negation and counting are differences and sizes of sets. That is equal to validation by SHACL over
a graph in which types are closed under subclasses, as the default graph of a build is.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from rdflib import Literal, URIRef
from rdflib.term import Identifier

from osai_graph.assessment.shapes import (
    Bound,
    Constraint,
    Count,
    Every,
    HasValue,
    Not,
    OfClass,
    OfDatatype,
    OneOf,
    Or,
    Path,
    Shape,
)
from osai_graph.assessment.shapes import predicates_of as predicates_of
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import RDF, XSD

Nodes = frozenset[Identifier]


class Relation:
    """The pairs of nodes that a property path connects."""

    def __init__(self, pairs: Iterable[tuple[Identifier, Identifier]]) -> None:
        self.values: Mapping[Identifier, set[Identifier]] = defaultdict(set)
        self.subjects: Mapping[Identifier, set[Identifier]] = defaultdict(set)
        for subject, value in pairs:
            self.values[subject].add(value)
            self.subjects[value].add(subject)

    def of(self, subject: Identifier) -> set[Identifier]:
        """Return the values of a node."""
        return self.values.get(subject, set())

    @cached_property
    def reached(self) -> Nodes:
        """All nodes that are a value."""
        return frozenset(self.subjects)

    def leading_to(self, values: Nodes) -> Nodes:
        """Return the nodes that have one of the values."""
        return frozenset().union(*(self.subjects[v] for v in values if v in self.subjects))


class Conformance:
    """What conforms to shapes in the default graph of a store, which must not change meanwhile."""

    def __init__(self, store: GraphStore) -> None:
        self.store = store
        self._terms: dict[Identifier, Identifier] = {}
        self._relations: dict[str, Relation] = {}
        self._members: dict[URIRef, Nodes] = {}
        self._sets: dict[Nodes, str] = {}
        self._known: dict[tuple[int, str], Nodes] = {}
        self._equal: dict[Shape, int] = {}
        self._numbers: dict[int, tuple[int, Shape]] = {}

    def members(self, name: URIRef) -> Nodes:
        """Return the instances of a class."""
        if name not in self._members:
            rows = self.store.select(f"SELECT ?s WHERE {{ ?s {RDF.type.n3()} {name.n3()} }}").rows
            self._members[name] = frozenset(self._one(s) for (s,) in rows if s is not None)
        return self._members[name]

    def relation(self, path: Path) -> Relation:
        """Return the pairs that a path connects."""
        if path.text not in self._relations:
            query = f"SELECT DISTINCT ?s ?o WHERE {{ ?s {path.text} ?o }}"
            rows = self.store.select(query).rows
            one = self._one
            pairs = ((one(s), one(o)) for s, o in rows if s is not None and o is not None)
            self._relations[path.text] = Relation(pairs)
        return self._relations[path.text]

    def _one(self, term: Identifier) -> Identifier:
        """Return the one object that stands for a term: sets compare those the fastest."""
        return self._terms.setdefault(term, term)

    def conforming(self, shape: Shape, among: Nodes) -> dict[Identifier, tuple[URIRef, ...]]:
        """Return the nodes that conform, each with its witnesses.

        Witnesses are the values that a ``sh:qualifiedValueShape`` which must be there found: the
        component, its license, a restriction of the license; for a number the node that has it.
        """
        name = self._sets.setdefault(among, f"set {len(self._sets)}")
        found = self._within(shape, among, name)
        return {n: tuple(sorted(self._witnesses(shape, n, among, name))) for n in found}

    def _witnesses(self, shape: Shape, node: Identifier, among: Nodes, name: str) -> set[URIRef]:
        found: set[URIRef] = set()
        for constraint in shape.constraints:
            if isinstance(constraint, Or):
                for part in constraint.shapes:
                    if node in self._within(part, among, name):
                        found |= self._witnesses(part, node, among, name)
            elif isinstance(constraint, Count) and constraint.minimum and constraint.shape:
                path, inner = constraint.path, constraint.shape
                relation = self.relation(path)
                for value in relation.of(node) & self._values(path, inner):
                    shown = node if isinstance(value, Literal) else value
                    if isinstance(shown, URIRef):
                        found.add(shown)
                    found |= self._witnesses(inner, value, relation.reached, path.text)
        return found

    def _values(self, path: Path, shape: Shape | None) -> Nodes:
        """Return the values of a path, anywhere in the graph, that conform."""
        reached = self.relation(path).reached
        return reached if shape is None else self._within(shape, reached, path.text)

    def _within(self, shape: Shape, among: Nodes, name: str) -> Nodes:
        """Return the nodes of a set that conform; sets of the same name are the same set."""
        key = self._number(shape), name
        if key not in self._known:
            left = among
            for constraint in shape.constraints:
                left &= self._conform(constraint, among, name)
                if not left:
                    break
            self._known[key] = left
        return self._known[key]

    def _number(self, shape: Shape) -> int:
        """Return a number that equal shapes share; hashing a shape visits all that is in it."""
        if id(shape) not in self._numbers:
            number = self._equal.setdefault(shape, len(self._equal))
            self._numbers[id(shape)] = number, shape  # the shape stays, and so its id
        return self._numbers[id(shape)][0]

    def _conform(self, constraint: Constraint, among: Nodes, name: str) -> Nodes:
        match constraint:
            case OfClass(iri):
                return self.members(iri)
            case OneOf(terms):
                return frozenset(terms)
            case OfDatatype(iri):
                return frozenset(n for n in among if _datatype(n) == iri)
            case Bound():
                return frozenset(n for n in among if _bounded(constraint, n))
            case Not(shape):
                return among - self._within(shape, among, name)
            case Or(shapes):
                return frozenset().union(*(self._within(s, among, name) for s in shapes))
            case HasValue(path, term):
                return self.relation(path).leading_to(frozenset({term}))
            case Every(path, shape):
                bad = self.relation(path).reached - self._values(path, shape)
                return among - self.relation(path).leading_to(bad)
            case Count():
                return self._counted(constraint, among)

    def _counted(self, count: Count, among: Nodes) -> Nodes:
        relation = self.relation(count.path)
        good = self._values(count.path, count.shape)
        if count.maximum == 0 and count.minimum == 0:
            return among - relation.leading_to(good)
        if count.maximum is None and count.minimum == 1:
            return among & relation.leading_to(good)
        most = float("inf") if count.maximum is None else count.maximum
        return frozenset(n for n in among if count.minimum <= len(relation.of(n) & good) <= most)


def _datatype(node: Identifier) -> URIRef | None:
    """Return the datatype of a literal; rdflib leaves that of a plain string out."""
    if not isinstance(node, Literal) or node.language:
        return None
    return node.datatype or XSD.string


def _bounded(bound: Bound, node: Identifier) -> bool:
    """Return whether a value keeps to a bound; one that cannot be compared does not."""
    if not isinstance(node, Literal):
        return False
    try:
        return bool(_COMPARE[bound.operator](node.toPython(), bound.value.toPython()))
    except TypeError:
        return False


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
