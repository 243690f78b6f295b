"""frameworks reads definitions of openness from their files: outcomes, requirements, conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.term import Identifier

from osai_graph.assessment.shapes import Shape, ShapeReader, predicates_of
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.graph.loading import parse_graph, read_file
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import (
    DCAT,
    DCTERMS,
    INFERRED_GRAPH,
    OSAI,
    RDF,
    RDFS,
    SKOS,
    shorten,
)


class FrameworkError(GraphError):
    """A framework file does not describe a tree of requirements."""


@dataclass(frozen=True)
class Requirement:
    """A condition of a framework: a leaf with shapes, or a combination of parts.

    Args:
        iri: its node in the framework's file.
        label: what it asks for, in lower case.
        identifier: its code, such as ``OSAID.30``.
        locator: where it stands in the framework's text.
        combination: ``AllOf``, ``AnyOf``, ``AtLeast``, or empty for a leaf.
        minimum: how many parts ``AtLeast`` asks for.
        parts: what it combines, in the order of their identifiers.
        met_by: the shape that meets a leaf; ``None`` where no facts can.
        refuted_by: the shape that refutes a leaf.
        decidability: ``MachineDecidable``, ``PersonMustDecide`` or ``OutsideTheGraph``.
        concerns: classes of the components that it is about.
        question: what has to be judged where the facts do not decide.
        note: how facts were read as an answer.
    """

    iri: URIRef
    label: str
    identifier: str
    locator: str = ""
    combination: str = ""
    minimum: int = 0
    parts: tuple[Requirement, ...] = field(default=(), repr=False)
    met_by: Shape | None = field(default=None, repr=False)
    refuted_by: Shape | None = field(default=None, repr=False)
    decidability: str = "MachineDecidable"
    concerns: tuple[URIRef, ...] = ()
    question: str = ""
    note: str = ""

    @property
    def fragment(self) -> str:
        """The name of the node within its file."""
        return self.iri.rpartition("#")[2]

    @property
    def is_leaf(self) -> bool:
        """Whether it stands alone."""
        return not self.parts

    @cached_property
    def asks_for(self) -> frozenset[URIRef]:
        """The properties that the shapes of a leaf look at."""
        shapes = [shape for shape in (self.met_by, self.refuted_by) if shape is not None]
        return frozenset(p for shape in shapes for p, _ in predicates_of(shape))

    def walk(self) -> Iterator[Requirement]:
        """Yield the requirement and all below it, each once, from the top down."""
        seen: dict[URIRef, Requirement] = {}
        stack = [self]
        while stack:
            node = stack.pop()
            if node.iri not in seen:
                seen[node.iri] = node
                stack.extend(reversed(node.parts))
        yield from seen.values()

    def leaves(self) -> tuple[Requirement, ...]:
        """Return the leaves below, or the requirement itself when it is one."""
        return tuple(node for node in self.walk() if node.is_leaf)


@dataclass(frozen=True)
class Outcome:
    """A result that a framework can give; a higher order asks for more.

    Args:
        iri: its node in the framework's file.
        label: the name of the class or label.
        order: its place among the outcomes of the framework.
        requirement: what must be met to reach it.
        openness_label: the public label (osai:OpennessLabel) that it gives, if it gives one.
    """

    iri: URIRef
    label: str
    order: int
    requirement: Requirement
    openness_label: URIRef | None = None


@dataclass(frozen=True)
class Framework:
    """A definition of openness at one version."""

    iri: URIRef
    label: str
    version: str
    applies_to: tuple[URIRef, ...]
    outcomes: tuple[Outcome, ...] = field(repr=False)
    source: URIRef | None = None
    issued: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def slug(self) -> str:
        """The name of its file and record."""
        return self.iri.rpartition("/")[2]

    def requirements(self) -> tuple[Requirement, ...]:
        """Return every requirement of every outcome, each once."""
        found: dict[URIRef, Requirement] = {}
        for outcome in self.outcomes:
            found |= {node.iri: node for node in outcome.requirement.walk()}
        return tuple(found.values())

    def requirement(self, name: str) -> Requirement:
        """Return a requirement by its identifier, fragment or IRI.

        Raises:
            UnknownNameError: the framework has none of that name.
        """
        names: dict[str, Requirement] = {}
        for node in self.requirements():
            names |= {k.lower(): node for k in (node.identifier, node.fragment, str(node.iri))}
        if name.lower() not in names:
            raise UnknownNameError(f"requirement of {self.label}", name, names)
        return names[name.lower()]

    def in_force(self, day: date) -> bool:
        """Return whether the version was in force on a day."""
        after = self.valid_from is None or self.valid_from <= day
        return after and (self.valid_until is None or day < self.valid_until)


def read_frameworks(paths: Iterable[Path], root: Path | None = None) -> tuple[Framework, ...]:
    """Read framework files, each of which stands for itself, in the order of their names.

    Raises:
        FrameworkError: a file describes no framework, or not wholly.
        ShapeError: a condition uses SHACL that verdicts do not cover.
        SyntaxFault: a file is no Turtle.
    """
    found: list[Framework] = []
    for path in sorted(paths, key=lambda p: p.name):
        graph = parse_graph(read_file(path, root))
        here = frameworks_in(graph)
        if not here:
            raise FrameworkError(
                f"{path} describes no osai:Framework.", "Give the record the type osai:Framework."
            )
        found += here
    return tuple(found)


def frameworks_in(graph: Graph) -> tuple[Framework, ...]:
    """Return the frameworks that a graph describes.

    Raises:
        FrameworkError: a framework lacks an outcome, or a requirement what it needs.
        ShapeError: a condition uses SHACL that verdicts do not cover.
    """
    nodes = sorted(n for n in graph.subjects(RDF.type, OSAI.Framework) if isinstance(n, URIRef))
    return tuple(_Reader(graph).framework(node) for node in nodes)


def stored_frameworks(store: GraphStore) -> tuple[Framework, ...]:
    """Return the frameworks that a built graph holds, read from its named graphs."""
    graph = Graph(bind_namespaces="none")
    files = store.select(
        f"SELECT DISTINCT ?file WHERE {{ GRAPH ?file {{ ?s a {OSAI.Framework.n3()} }} }}"
    ).rows
    for (file,) in files:
        if isinstance(file, URIRef) and file != INFERRED_GRAPH:
            pattern = f"GRAPH {file.n3()} {{ ?s ?p ?o }}"
            for triple in store.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}"):
                graph.add(triple)
    return frameworks_in(graph)


def find_framework(frameworks: Iterable[Framework], name: str) -> Framework:
    """Return a framework by its slug, the slug without its version, its label or its IRI.

    Without a version the newest of that name is meant. The first words of a slug suffice where
    they fit one framework alone.

    Raises:
        UnknownNameError: there is none of that name.
    """
    listed = sorted(frameworks, key=lambda f: (f.valid_from or date.min, f.version))
    names: dict[str, Framework] = {}
    for framework in listed:
        short = framework.slug.removesuffix(f"-{framework.version}")
        names |= {n.lower(): framework for n in (short, framework.slug, framework.label)}
        names[str(framework.iri).lower()] = framework
        if framework.outcomes:
            code = framework.outcomes[0].requirement.identifier.partition(".")[0]
            names.setdefault(code.lower(), framework)
    if name.lower() in names:
        return names[name.lower()]
    begun = {f.iri: f for f in listed if f.slug.startswith(f"{name.lower()}-")}
    if len(begun) != 1:
        raise UnknownNameError("framework", name, names)
    return next(iter(begun.values()))


class _Reader:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.requirements: dict[Identifier, Requirement] = {}
        self.shapes = ShapeReader(graph)

    def text(self, node: Identifier, predicate: URIRef) -> str:
        value = self.graph.value(node, predicate)
        return "" if value is None else str(value)

    def need(self, node: Identifier, predicate: URIRef) -> str:
        value = self.text(node, predicate)
        if not value:
            raise FrameworkError(
                f"{shorten(str(node))} has no {shorten(str(predicate))}.",
                "Every framework, outcome and requirement says it.",
            )
        return value

    def iris(self, node: Identifier, predicate: URIRef) -> tuple[URIRef, ...]:
        values = self.graph.objects(node, predicate)
        return tuple(sorted(value for value in values if isinstance(value, URIRef)))

    def day(self, node: Identifier, predicate: URIRef) -> date | None:
        text = self.text(node, predicate)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise FrameworkError(
                f"{shorten(str(node))}: {text} is no day.", "Write an xsd:date: 2024-10-28."
            ) from error

    def framework(self, node: URIRef) -> Framework:
        outcomes = [self.outcome(iri) for iri in self.iris(node, OSAI.hasOutcome)]
        classes = self.iris(node, OSAI.appliesTo)
        if not outcomes or not classes:
            missing = "osai:appliesTo" if outcomes else "osai:hasOutcome"
            raise FrameworkError(f"{shorten(node)} has no {missing}.", "A framework needs both.")
        return Framework(
            iri=node,
            label=self.need(node, RDFS.label),
            version=self.need(node, DCAT.version),
            applies_to=classes,
            outcomes=tuple(sorted(outcomes, key=lambda outcome: (outcome.order, outcome.iri))),
            source=next(iter(self.iris(node, DCTERMS.source)), None),
            issued=self.text(node, DCTERMS.issued),
            valid_from=self.day(node, OSAI.validFrom),
            valid_until=self.day(node, OSAI.validUntil),
        )

    def outcome(self, node: URIRef) -> Outcome:
        roots = self.iris(node, OSAI.hasRequirement)
        if len(roots) != 1:
            raise FrameworkError(
                f"{shorten(node)} has {len(roots)} values of osai:hasRequirement.",
                "An outcome has one; combine several in a requirement.",
            )
        return Outcome(
            iri=node,
            label=self.need(node, RDFS.label),
            order=int(self.text(node, OSAI.outcomeOrder) or 1),
            requirement=self.requirement(roots[0], ()),
            openness_label=next(iter(self.iris(node, OSAI.givesLabel)), None),
        )

    def requirement(self, node: URIRef, within: tuple[URIRef, ...]) -> Requirement:
        if node in within:
            raise FrameworkError(f"{shorten(node)} is a part of itself.", "Break the circle.")
        if node not in self.requirements:
            self.requirements[node] = self._requirement(node, (*within, node))
        return self.requirements[node]

    def _requirement(self, node: URIRef, within: tuple[URIRef, ...]) -> Requirement:
        children = self.iris(node, OSAI.hasSubrequirement)
        parts = [self.requirement(part, within) for part in children]
        combination = self.local(node, OSAI.hasCombination)
        if bool(parts) != bool(combination):
            raise FrameworkError(
                f"{shorten(node)} has parts or a combination, but not both.",
                "Write osai:hasSubrequirement and osai:hasCombination together.",
            )
        return Requirement(
            iri=node,
            label=self.need(node, RDFS.label),
            identifier=self.need(node, DCTERMS.identifier),
            locator=self.text(node, OSAI.locator),
            combination=combination,
            minimum=int(self.text(node, OSAI.minimumMet) or 0),
            parts=tuple(sorted(parts, key=lambda part: (part.identifier, part.iri))),
            met_by=self.shape(node, OSAI.isMetBy),
            refuted_by=self.shape(node, OSAI.isRefutedBy),
            decidability=self.local(node, OSAI.hasDecidability) or "MachineDecidable",
            concerns=self.iris(node, OSAI.concernsKind),
            question=self.text(node, OSAI.openQuestion),
            note=self.text(node, SKOS.scopeNote),
        )

    def local(self, node: URIRef, predicate: URIRef) -> str:
        return self.text(node, predicate).removeprefix(str(OSAI))

    def shape(self, node: URIRef, predicate: URIRef) -> Shape | None:
        value = self.graph.value(node, predicate)
        return self.shapes.read(value) if isinstance(value, Identifier) else None
