"""shapes reads the node shapes of a framework file: the part of SHACL that verdicts stand on."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Identifier, Node

from osai_graph.errors import GraphError
from osai_graph.namespaces import RDF, RDFS, SH, XSD, shorten

#: What may stand on a shape without constraining anything (SHACL, sections 2.1 and 2.3.2).
_SILENT = frozenset(
    {RDF.type, RDFS.label, RDFS.comment}
    | {SH[name] for name in ("name", "description", "message", "order", "group", "severity")}
)


class ShapeError(GraphError):
    """A shape of a framework uses SHACL that verdicts do not cover."""


@dataclass(frozen=True)
class Path:
    """A property path as SPARQL writes it, and the predicates in it with their direction."""

    text: str
    steps: frozenset[tuple[URIRef, bool]]


@dataclass(frozen=True)
class OfClass:
    """sh:class: the node is an instance of a class, subclasses included."""

    iri: URIRef


@dataclass(frozen=True)
class OneOf:
    """sh:in and sh:hasValue on a node: the node is one of these terms."""

    terms: tuple[Identifier, ...]


@dataclass(frozen=True)
class OfDatatype:
    """sh:datatype."""

    iri: URIRef


@dataclass(frozen=True)
class Bound:
    """sh:minInclusive and its like; ``operator`` is ``>=``, ``>``, ``<=`` or ``<``."""

    operator: str
    value: Literal


@dataclass(frozen=True)
class Not:
    """sh:not."""

    shape: Shape


@dataclass(frozen=True)
class Or:
    """sh:or."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class HasValue:
    """sh:hasValue on a property: this term is among the values."""

    path: Path
    term: Identifier


@dataclass(frozen=True)
class Every:
    """What a property shape asks of each of its values."""

    path: Path
    shape: Shape


@dataclass(frozen=True)
class Count:
    """sh:minCount and sh:maxCount, or the counts of values that conform to a shape.

    ``maximum`` is ``None`` where there is no upper limit; ``shape`` where all values count.
    """

    path: Path
    minimum: int
    maximum: int | None
    shape: Shape | None = None


Constraint = OfClass | OneOf | OfDatatype | Bound | Not | Or | HasValue | Every | Count


@dataclass(frozen=True)
class Shape:
    """A node shape: all of its constraints must hold. ``sh:node`` and ``sh:and`` are flattened."""

    constraints: tuple[Constraint, ...]


_BOUNDS = {
    SH.minInclusive: ">=",
    SH.minExclusive: ">",
    SH.maxInclusive: "<=",
    SH.maxExclusive: "<",
}


class ShapeReader:
    """Reads the node shapes of a graph, each once.

    Args:
        graph: a framework file, or several.
    """

    def __init__(self, graph: Graph) -> None:
        self._reader = _Reader(graph)

    def read(self, node: Identifier) -> Shape:
        """Return the node shape at a node; see `read_shape`."""
        return self._reader.shape(node, ())


def read_shape(graph: Graph, node: Identifier) -> Shape:
    """Return the node shape at a node.

    Covered (Shapes Constraint Language, section 4): sh:class, sh:hasValue, sh:in, sh:datatype, the
    four bounds, sh:not, sh:and, sh:or, sh:node, sh:property with sh:minCount, sh:maxCount,
    sh:qualifiedValueShape and its counts, and paths without negated sets.

    Raises:
        ShapeError: the shape uses something else, refers to itself, or is not described.
    """
    return ShapeReader(graph).read(node)


def _term(node: Node) -> Identifier:
    """Return a node of a graph as the term that it is."""
    assert isinstance(node, Identifier)
    return node


def _canonical(value: Literal) -> Literal:
    """Return a number in one spelling: stores rewrite 1.0E25 in their own."""
    if value.datatype in (XSD.double, XSD.float):
        return Literal(float(str(value)), datatype=value.datatype)
    return value


class _Reader:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.known: dict[Identifier, Shape] = {}

    def fail(self, node: Identifier, reason: str) -> ShapeError:
        name = shorten(node) if isinstance(node, URIRef) else "a part of a shape"
        return ShapeError(
            f"{name}: {reason}.",
            "Write the condition with the SHACL that osai_graph.assessment.shapes lists.",
        )

    def shape(self, node: Identifier, within: tuple[Identifier, ...]) -> Shape:
        if node not in self.known:
            self.known[node] = self._shape(node, within)
        return self.known[node]

    def _shape(self, node: Identifier, within: tuple[Identifier, ...]) -> Shape:
        if node in within:
            raise self.fail(node, "the shape refers to itself, which SHACL leaves undefined")
        if (node, None, None) not in self.graph:
            raise self.fail(node, "no such shape is described in this file")
        if (node, SH.path, None) in self.graph:
            raise self.fail(node, "a property shape stands where a node shape is needed")
        inner = (*within, node)
        found: list[Constraint] = []
        for predicate, value in self._statements(node):
            found += self._on_node(node, predicate, value, inner)
        return Shape(tuple(dict.fromkeys(found)))

    def _statements(self, node: Identifier) -> list[tuple[Identifier, Identifier]]:
        pairs = [(p, o) for p, o in self._pairs(node) if p not in _SILENT]
        return sorted(pairs, key=lambda pair: (str(pair[0]), self._key(pair[1])))

    def _key(self, term: Identifier) -> str:
        """A sort key that does not hang on the names of blank nodes."""
        if not isinstance(term, BNode):
            return f"1{term.n3()}"
        return "2" + " ".join(sorted(f"{p}{self._key(o)}" for p, o in self._pairs(term)))

    def _pairs(self, node: Identifier) -> list[tuple[Identifier, Identifier]]:
        return [(_term(p), _term(o)) for p, o in self.graph.predicate_objects(node)]

    def _on_node(
        self,
        node: Identifier,
        predicate: Identifier,
        value: Identifier,
        within: tuple[Identifier, ...],
    ) -> tuple[Constraint, ...]:
        """Return what one statement of a shape asks of the node itself."""
        if predicate == SH["class"]:
            return (OfClass(self._iri(node, value)),)
        if predicate == SH["in"]:
            return (OneOf(tuple(self._list(value))),)
        if predicate == SH.hasValue:
            return (OneOf((value,)),)
        if predicate == SH.datatype:
            return (OfDatatype(self._iri(node, value)),)
        if predicate in _BOUNDS and isinstance(value, Literal):
            return (Bound(_BOUNDS[URIRef(predicate)], _canonical(value)),)
        if predicate == SH["not"]:
            return (Not(self.shape(value, within)),)
        if predicate == SH["or"]:
            return (Or(tuple(self.shape(part, within) for part in self._list(value))),)
        if predicate == SH["and"]:
            parts = [self.shape(part, within) for part in self._list(value)]
            return tuple(c for part in parts for c in part.constraints)
        if predicate == SH.node:
            return self.shape(value, within).constraints
        if predicate == SH.property:
            return self._property(value, within)
        raise self.fail(node, f"{shorten(str(predicate))} is not covered")

    def _property(self, node: Identifier, within: tuple[Identifier, ...]) -> tuple[Constraint, ...]:
        if node in within:
            raise self.fail(node, "the shape refers to itself, which SHACL leaves undefined")
        within = (*within, node)
        stated = self.graph.value(node, SH.path)
        if stated is None:
            raise self.fail(node, "the property shape has no sh:path")
        path = self._path(node, _term(stated))
        counted = {
            SH.path, SH.minCount, SH.maxCount, SH.hasValue,
            SH.qualifiedValueShape, SH.qualifiedMinCount, SH.qualifiedMaxCount,
        }  # fmt: skip
        found: list[Constraint] = []
        for value in sorted(self.graph.objects(node, SH.hasValue), key=str):
            found.append(HasValue(path, _term(value)))
        if (node, SH.minCount, None) in self.graph or (node, SH.maxCount, None) in self.graph:
            low, high = self._counts(node, SH.minCount, SH.maxCount)
            found.append(Count(path, low, high))
        found += self._qualified(node, path, within)
        each: list[Constraint] = []
        for predicate, value in self._statements(node):
            if predicate not in counted:
                each += self._on_node(node, predicate, value, within)
        if each:
            found.append(Every(path, Shape(tuple(dict.fromkeys(each)))))
        return tuple(found)

    def _qualified(
        self, node: Identifier, path: Path, within: tuple[Identifier, ...]
    ) -> list[Constraint]:
        shapes = list(self.graph.objects(node, SH.qualifiedValueShape))
        if len(shapes) > 1:
            raise self.fail(node, "a property shape with counts has one sh:qualifiedValueShape")
        low, high = self._counts(node, SH.qualifiedMinCount, SH.qualifiedMaxCount)
        return [Count(path, low, high, self.shape(_term(s), within)) for s in shapes]

    def _counts(self, node: Identifier, low: URIRef, high: URIRef) -> tuple[int, int | None]:
        least, most = self.graph.value(node, low), self.graph.value(node, high)
        return int(str(least)) if least is not None else 0, (
            int(str(most)) if most is not None else None
        )

    def _iri(self, node: Identifier, value: Identifier) -> URIRef:
        if not isinstance(value, URIRef):
            raise self.fail(node, "a name is needed where a literal or a part of a shape stands")
        return value

    def _list(self, head: Identifier) -> list[Identifier]:
        return [_term(item) for item in Collection(self.graph, head)]

    def _path(self, node: Identifier, stated: Identifier) -> Path:
        """Return a path (SHACL, section 2.3.1) in the words of SPARQL 1.1, section 9."""
        if isinstance(stated, URIRef):
            return Path(stated.n3(), frozenset({(stated, True)}))
        if (stated, RDF.first, None) in self.graph:
            return self._joined(node, self._list(stated), "/")
        for predicate, form in _PATHS.items():
            value = self.graph.value(stated, predicate)
            if value is None:
                continue
            if predicate == SH.alternativePath:
                return self._joined(node, self._list(_term(value)), "|")
            inner = self._path(node, _term(value))
            back = predicate == SH.inversePath
            steps = frozenset((p, forward != back) for p, forward in inner.steps)
            return Path(form.format(inner.text), steps)
        raise self.fail(node, "the path is not covered")

    def _joined(self, node: Identifier, parts: list[Identifier], sign: str) -> Path:
        paths = [self._path(node, part) for part in parts]
        text = f"({sign.join(path.text for path in paths)})"
        return Path(text, frozenset().union(*(path.steps for path in paths)))


_PATHS = {
    SH.inversePath: "(^{})",
    SH.alternativePath: "",
    SH.zeroOrMorePath: "({})*",
    SH.oneOrMorePath: "({})+",
    SH.zeroOrOnePath: "({})?",
}


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
