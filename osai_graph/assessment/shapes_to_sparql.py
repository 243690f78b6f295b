"""shapes_to_sparql turns a node shape into one SPARQL query for the nodes that conform to it.

The query is equal to validation by SHACL over a graph in which types are closed under subclasses,
as the default graph of a build is. Negation is MINUS: in the embedded engine FILTER NOT EXISTS
with a join inside takes quadratic time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import URIRef

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


@dataclass(frozen=True)
class ShapeQuery:
    """A SELECT query: ``?focus`` conforms; the further variables are the nodes that show it.

    Args:
        text: the query.
        witnesses: variables bound to values that a counted shape asked for.
    """

    text: str
    witnesses: tuple[str, ...]


def compile_shape(shape: Shape, classes: Iterable[URIRef]) -> ShapeQuery:
    """Return the query for the instances of the classes that conform to a shape.

    Witnesses are the values to which a ``sh:qualifiedValueShape`` that must be there led: the
    component, its license, a restriction of the license.
    """
    names = sorted(iri.n3() for iri in classes)
    target = " UNION ".join(f"{{ ?focus a {name} }}" for name in names)
    if len(names) == 1:
        target = f"?focus a {names[0]} ."
    compiler = _Compiler()
    body = compiler.group(shape, "?focus", target, witness=True, anchored=True)
    chosen = " ".join(("?focus", *compiler.witnesses))
    text = f"SELECT DISTINCT {chosen} WHERE {{ {target} {body} }}"
    return ShapeQuery(text, tuple(name[1:] for name in compiler.witnesses))


class _Compiler:
    def __init__(self) -> None:
        self.used = 0
        self.witnesses: list[str] = []

    def fresh(self) -> str:
        self.used += 1
        return f"?n{self.used}"

    def group(
        self, shape: Shape, node: str, seed: str, *, witness: bool = False, anchored: bool = False
    ) -> str:
        """Return patterns that leave those bindings of ``node`` that conform.

        Args:
            shape: what to conform to.
            node: the variable.
            seed: a pattern that binds the variable to every node it may stand for.
            witness: the values of counted shapes are asked for.
            anchored: patterns before this one bind the variable already.
        """
        positive: list[str] = []
        negative: list[str] = []
        for constraint in shape.constraints:
            yes, no = self._constraint(constraint, node, seed, witness)
            positive += yes
            negative += no
        if not positive and not anchored:
            positive.append(seed)
        return " ".join(positive + negative)

    def _constraint(
        self, constraint: Constraint, node: str, seed: str, witness: bool
    ) -> tuple[list[str], list[str]]:
        """Return what binds the node, and what only takes bindings away."""
        match constraint:
            case OfClass(iri):
                return [f"{node} a {iri.n3()} ."], []
            case OneOf(terms):
                values = " ".join(term.n3() for term in terms)
                return [f"VALUES {node} {{ {values} }}"], []
            case OfDatatype(iri):
                test = f"isLiteral({node}) && datatype({node}) = {iri.n3()}"
                return [], [f"FILTER ({test})"]
            case Bound(operator, limit):
                return [], [f"FILTER (COALESCE({node} {operator} {limit.n3()}, false))"]
            case Not(shape):
                return [], [f"MINUS {{ {self.group(shape, node, seed)} }}"]
            case Or(shapes):
                branches = [self.group(s, node, seed, witness=witness) for s in shapes]
                return [" UNION ".join(f"{{ {branch} }}" for branch in branches)], []
            case HasValue(path, term):
                return [f"{node} {path.text} {term.n3()} ."], []
            case Every(path, shape):
                value = self.fresh()
                good = self.group(shape, value, f"{self.fresh()} {path.text} {value} .")
                return [], [f"MINUS {{ {node} {path.text} {value} . MINUS {{ {good} }} }}"]
            case Count():
                return self._count(constraint, node, witness)

    def _count(self, count: Count, node: str, witness: bool) -> tuple[list[str], list[str]]:
        positive: list[str] = []
        negative: list[str] = []
        if count.minimum == 1:
            positive.append(self._values(count, node, self._witness(count, witness), witness))
        elif count.minimum > 1:
            positive.append(self._numbered(count, node, f">= {count.minimum}"))
        if count.maximum == 0:
            negative.append(f"MINUS {{ {self._values(count, node, self.fresh())} }}")
        elif count.maximum is not None:
            negative.append(f"MINUS {{ {self._numbered(count, node, f'> {count.maximum}')} }}")
        return positive, negative

    def _witness(self, count: Count, witness: bool) -> str:
        value = self.fresh()
        if witness and count.shape is not None:
            self.witnesses.append(value)
        return value

    def _values(self, count: Count, node: str, value: str, witness: bool = False) -> str:
        """Return patterns for the values of a path that conform to the counted shape."""
        text = f"{node} {count.path.text} {value} ."
        if count.shape is None:
            return text
        seed = f"{self.fresh()} {count.path.text} {value} ."
        inner = self.group(count.shape, value, seed, witness=witness, anchored=True)
        return f"{{ {text} {inner} }}"

    def _numbered(self, count: Count, node: str, test: str) -> str:
        value = self.fresh()
        inner = self._values(count, node, value)
        return (
            f"{{ SELECT {node} WHERE {{ {inner} }} GROUP BY {node} "
            f"HAVING (COUNT(DISTINCT {value}) {test}) }}"
        )


def predicates_of(shape: Shape) -> frozenset[tuple[URIRef, bool]]:
    """Return the predicates that a shape follows, each with whether it goes forward."""
    found: set[tuple[URIRef, bool]] = set()
    for constraint in shape.constraints:
        path: Path | None = getattr(constraint, "path", None)
        if path is not None:
            found |= path.steps
        for part in (getattr(constraint, "shape", None), *getattr(constraint, "shapes", ())):
            if part is not None:
                found |= predicates_of(part)
    return frozenset(found)
