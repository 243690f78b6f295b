"""conditions takes a leaf requirement apart: what it asks of a component, and which of it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rdflib import URIRef

from osai_graph.assessment.conformance import Conformance
from osai_graph.assessment.frameworks import Requirement
from osai_graph.assessment.shapes import (
    Constraint,
    Count,
    Every,
    HasValue,
    Not,
    OfClass,
    Or,
    Shape,
)
from osai_graph.assessment.values import Value
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import DCTERMS, OSAI, shorten

LICENSE = frozenset({DCTERMS.license, OSAI.hasInheritedLicense})
AVAILABILITY = frozenset({OSAI.hasAvailability})


@dataclass(frozen=True)
class Condition:
    """What a leaf asks of a component, whether it holds, and the properties that it is about."""

    text: str
    value: Value
    properties: frozenset[URIRef]

    @property
    def is_on_license(self) -> bool:
        """Whether it asks for a license."""
        return bool(self.properties & LICENSE)

    @property
    def is_on_availability(self) -> bool:
        """Whether it asks that people can get the component."""
        return bool(self.properties & AVAILABILITY)


class Conditions:
    """Checks the conditions of leaves on components.

    Args:
        store: facts; types are closed under subclasses. All of it is read: take a small one.
    """

    def __init__(self, store: GraphStore) -> None:
        self._conformance = Conformance(store)

    def of(self, leaf: Requirement, kind: URIRef, part: URIRef) -> tuple[Condition, ...]:
        """Return what a leaf asks of a component of a class.

        A condition that does not hold is refuted if the component conforms to what refutes the
        leaf by the same properties, and unknown otherwise. There is none where the leaf asks for
        something else than a property of a component.
        """
        wanted = _tests(leaf.met_by, kind)
        against = list(_refutations(leaf.refuted_by, kind))
        found = []
        for properties, shape in wanted.items():
            if self._conforms(shape, part):
                value = Value.MET
            elif any(
                properties & others and self._conforms(other, part) for others, other in against
            ):
                value = Value.NOT_MET
            else:
                value = Value.UNDECIDED
            found.append(Condition(_words(properties, leaf), value, properties))
        return tuple(sorted(found, key=lambda c: (not c.is_on_availability, c.text)))

    def _conforms(self, shape: Shape, part: URIRef) -> bool:
        return part in self._conformance.conforming(shape, frozenset({part}))


def asks_for_license(leaf: Requirement) -> bool:
    """Return whether a leaf looks at the license of a component."""
    return any(p & LICENSE for kind in leaf.concerns for p in _tests(leaf.met_by, kind))


def terms_asked_for(leaf: Requirement) -> str:
    """Return the terms that a leaf asks for, in the words of its label.

    >>> leaf = Requirement(URIRef("x"), "training code under an OSI-approved license, if used", "X")
    >>> terms_asked_for(leaf)
    'an OSI-approved license'
    """
    match = re.search(r"\bunder (.*?\b(?:license|terms)\b.*?)(?:, if used)?$", leaf.label)
    if match and not match[1].startswith("other"):
        return match[1]
    return "a license that meets the requirement"


def _words(properties: frozenset[URIRef], leaf: Requirement) -> str:
    if properties & LICENSE:
        return f"under {terms_asked_for(leaf)}"
    if properties & AVAILABILITY:
        return "people can get it"
    return "facts on " + ", ".join(sorted(shorten(str(p)) for p in properties))


def _component_shapes(shape: Shape | None, kind: URIRef) -> Iterator[Shape]:
    """Yield what a shape over systems asks of their components, where some component must do."""
    for constraint in shape.constraints if shape else ():
        if isinstance(constraint, Or):
            for part in constraint.shapes:
                yield from _component_shapes(part, kind)
        elif isinstance(constraint, Count) and constraint.shape and constraint.minimum:
            is_of_components = {p for p, _ in constraint.path.steps} == {OSAI.hasComponent}
            if is_of_components and OfClass(kind) in constraint.shape.constraints:
                yield constraint.shape


def _tests(shape: Shape | None, kind: URIRef) -> dict[frozenset[URIRef], Shape]:
    """Return the conditions on a component of a class, grouped by the properties they look at."""
    grouped: dict[frozenset[URIRef], list[Constraint]] = {}
    for component in list(_component_shapes(shape, kind))[:1]:
        for constraint in component.constraints:
            if properties := _properties([constraint]):
                grouped.setdefault(properties, []).append(constraint)
    return {properties: Shape(tuple(found)) for properties, found in grouped.items()}


def _refutations(shape: Shape | None, kind: URIRef) -> Iterator[tuple[frozenset[URIRef], Shape]]:
    """Yield the ways in which a component of a class refutes a leaf."""
    for component in _component_shapes(shape, kind):
        for constraint in component.constraints:
            for way in constraint.shapes if isinstance(constraint, Or) else [Shape((constraint,))]:
                if properties := _properties(way.constraints):
                    yield properties, way


def _properties(constraints: Iterable[Constraint]) -> frozenset[URIRef]:
    """Return the properties of the node itself that constraints look at."""
    found: set[URIRef] = set()
    for constraint in constraints:
        if isinstance(constraint, (Count, Every, HasValue)):
            names = {p for p, _ in constraint.path.steps}
            if OSAI.isEvidenceFor in names and isinstance(constraint, HasValue):
                names = {URIRef(str(constraint.term))}
            found |= names & (LICENSE | AVAILABILITY) or names
        elif isinstance(constraint, Or):
            for shape in constraint.shapes:
                found |= _properties(shape.constraints)
        elif isinstance(constraint, Not):
            found |= _properties(constraint.shape.constraints)
    return frozenset(found)
