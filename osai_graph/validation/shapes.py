"""shapes holds the SHACL shapes of ``ontology/shapes`` and aims them at the nodes of entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.term import Node

from osai_graph import resources
from osai_graph.graph.loading import parse_graph, read_file
from osai_graph.namespaces import DCTERMS, OSAI, RDF, RDFS, SH
from osai_graph.validation.engine import SparqlConstraint
from osai_graph.validation.findings import Severity

_SEVERITIES: Mapping[Node | None, Severity] = {
    SH.Violation: Severity.ERROR,
    SH.Warning: Severity.WARNING,
    SH.Info: Severity.NOTE,
}
_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)

#: What pySHACL need not see; it looks at every triple of a shape once for each value.
_NOT_CORE = frozenset({*_TARGETS, SH.sparql, SH.name, SH.description, DCTERMS.identifier})


@dataclass(frozen=True)
class Rule:
    """A shape that finds something: its code, its name and its weight."""

    shape: URIRef
    code: str
    name: str
    description: str
    severity: Severity


class Shapes:
    """The shapes of one regime: those for stated triples, or those for inferred ones as well."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def _text(self, node: Node, prop: URIRef) -> str:
        value = self._graph.value(node, prop)
        return "" if value is None else str(value)

    @cached_property
    def rules(self) -> dict[URIRef, Rule]:
        """The rules by the IRI of their shape."""
        return {
            shape: Rule(
                shape,
                str(code),
                self._text(shape, SH.name),
                self._text(shape, SH.description),
                _SEVERITIES[self._graph.value(shape, SH.severity)],
            )
            for shape, code in self._graph.subject_objects(DCTERMS.identifier)
            if isinstance(shape, URIRef)
        }

    @cached_property
    def sparql_constraints(self) -> list[SparqlConstraint]:
        """The SPARQL-based constraints of all shapes."""
        return [
            SparqlConstraint(
                shape,
                self._prefixes(constraint) + self._text(constraint, SH.select),
                self._text(shape, SH.message),
            )
            for shape, constraint in sorted(self._graph.subject_objects(SH.sparql), key=str)
            if isinstance(shape, URIRef)
        ]

    def _prefixes(self, constraint: Node) -> str:
        """Return the PREFIX lines of a constraint (SHACL, section 5.2.1)."""
        return "".join(
            f"PREFIX {self._text(declared, SH.prefix)}: <{self._text(declared, SH.namespace)}>\n"
            for holder in self._graph.objects(constraint, SH.prefixes)
            for declared in self._graph.objects(holder, SH.declare)
        )

    def targets(
        self, nodes: Iterable[Node], data: Graph, headers: Iterable[Node] = ()
    ) -> dict[Node, set[Node]]:
        """Return for each shape the nodes that it is about (SHACL, section 2.1.3), among ``nodes``.

        Shapes about whatever has a type are about nodes that lack one, too, and the shape of file
        headers is about files that have none.

        Args:
            nodes: the nodes of the entries.
            data: the data graph, in which the targets are looked up.
            headers: nodes that stand for files, whether they say so or not.
        """
        wanted = set(nodes)
        shapes = {shape for target in _TARGETS for shape in self._graph.subjects(target)}
        found = {shape: self._targets(shape, data, wanted) for shape in shapes}
        if OSAI.SourceGraphShape in found:
            found[OSAI.SourceGraphShape] |= set(headers)
        return found

    def _targets(self, shape: Node, data: Graph, wanted: set[Node]) -> set[Node]:
        if (shape, SH.targetSubjectsOf, RDF.type) in self._graph:
            return set(wanted)
        found = set(self._graph.objects(shape, SH.targetNode))
        for cls in self._graph.objects(shape, SH.targetClass):
            for subclass in data.transitive_subjects(RDFS.subClassOf, cls):
                found.update(data.subjects(RDF.type, subclass))
        for prop in self._graph.objects(shape, SH.targetSubjectsOf):
            found.update(node for node in wanted if (node, prop, None) in data)
        for prop in self._graph.objects(shape, SH.targetObjectsOf):
            found.update(node for node in wanted if (None, prop, node) in data)
        return found & wanted

    def core_graph(self, targets: Mapping[Node, set[Node]]) -> Graph:
        """Return a fresh shapes graph with the core constraints and the given nodes as targets.

        This does what the option ``focus_nodes`` of pySHACL is for. That option drops every value
        that is not itself a focus node before a nested shape (``sh:or``, ``sh:node``) sees it, so
        that nested shapes hold of everything.

        The property shapes of a shape get its targets themselves (SHACL, section 2.1.3): pySHACL
        then applies them to all focus nodes at once, not to each of them by itself.
        """
        core = Graph(bind_namespaces="none")
        for shape, prop, value in self._graph:
            hoisted = prop == SH.property and shape in targets
            if prop not in _NOT_CORE and not hoisted:
                core.add((shape, prop, value))
        for shape, nodes in targets.items():
            for aimed in (shape, *self._graph.objects(shape, SH.property)):
                for node in nodes:
                    core.add((aimed, SH.targetNode, node))
        return core


@dataclass(frozen=True)
class ShapeSets:
    """The shapes for stated triples, and those that look at inferred triples as well."""

    stated: Shapes
    inferred: Shapes

    @property
    def rules(self) -> dict[URIRef, Rule]:
        """All rules by the IRI of their shape."""
        return {**self.stated.rules, **self.inferred.rules}


def load_shapes(root: Path | None = None) -> ShapeSets:
    """Read ``ontology/shapes``; a file whose header has ``sh:entailment`` is about inferences.

    Raises:
        SyntaxFault: a file of shapes is broken.
    """
    stated, inferred = Graph(bind_namespaces="none"), Graph(bind_namespaces="none")
    for path in resources.shape_files(root):
        graph = parse_graph(read_file(path, root))
        regimes = list(graph.triples((None, SH.entailment, None)))
        for triple in regimes:
            graph.remove(triple)
        both = (None, SH.declare, None) in graph
        for target in (stated, inferred) if both else (inferred,) if regimes else (stated,):
            for triple in graph:
                target.add(triple)
    return ShapeSets(Shapes(stated), Shapes(inferred))
