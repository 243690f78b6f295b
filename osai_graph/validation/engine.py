"""engine applies shapes: core constraints with pySHACL, SPARQL constraints in the embedded store.

rdflib takes some thirty milliseconds to parse a query and about as long to evaluate a constraint
of ours at one node; the embedded store answers for all focus nodes of a constraint at once.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyshacl
from rdflib import Graph, URIRef
from rdflib.term import Identifier, Node

from osai_graph.errors import GraphError
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import SH

#: pySHACL patches rdflib while it runs, so two threads may not run it at once.
_LOCK = threading.Lock()

_WHERE = re.compile(r"\bWHERE\s*\{", re.IGNORECASE)
_SLOT = re.compile(r"\{[?$](\w+)\}")


@dataclass(frozen=True)
class Violation:
    """One validation result (SHACL, section 3.6.2): which shape failed at which node, and how."""

    shape: URIRef
    focus: Node
    path: Node | None
    value: Node | None
    message: str


@dataclass(frozen=True)
class SparqlConstraint:
    """A SPARQL-based constraint (SHACL, section 5) of a node shape.

    Attributes:
        shape: the shape that it belongs to.
        select: the query with its prefixes; ``$this`` stands for the focus node.
        message: the text of a result, with slots ``{?name}`` for the variables of the query.
    """

    shape: URIRef
    select: str
    message: str


def run_core(data: Graph, shapes: Graph) -> Iterator[Violation]:
    """Yield the results of the core constraints of ``shapes``, whose targets are explicit nodes.

    Both graphs are ours, parsed from bytes: pySHACL is never given a text that it could take for
    an address. It changes the shapes graph, which must be fresh.

    Raises:
        GraphError: a shape is malformed.
    """
    try:
        with _LOCK:
            _, report, text = pyshacl.validate(
                data,
                shacl_graph=shapes,
                inference="none",
                advanced=False,
                do_owl_imports=False,
                inplace=True,
            )
    except RuntimeError as error:
        raise _unusable(str(error)) from error
    if not isinstance(report, Graph):
        raise _unusable(text)
    for result in report.objects(None, SH.result):
        values: Mapping[Node, Node] = dict(report.predicate_objects(result))
        shape = values[SH.sourceShape]
        assert isinstance(shape, URIRef), f"the shape {shape} has no IRI"
        message = str(values[SH.resultMessage])
        yield Violation(
            shape, values[SH.focusNode], values.get(SH.resultPath), values.get(SH.value), message
        )


def _unusable(reason: str) -> GraphError:
    return GraphError(f"The shapes cannot be applied: {reason}", "Correct ontology/shapes.")


def run_sparql(
    store: GraphStore, constraint: SparqlConstraint, nodes: Iterable[Node]
) -> Iterator[Violation]:
    """Yield the results of a SPARQL-based constraint at the nodes that have an IRI.

    SHACL pre-binds ``$this`` to each focus node in turn. Joining all of them at the start of the
    pattern gives the same solutions, since each of our constraints binds ``$this`` in its pattern.

    Raises:
        GraphError: the query is malformed.
    """
    focus = sorted(node.n3() for node in nodes if isinstance(node, URIRef))
    if not focus:
        return
    bound = f"WHERE {{ VALUES ?this {{ {' '.join(focus)} }}"
    answer = store.select(_WHERE.sub(lambda _: bound, constraint.select, count=1))
    for row in answer.rows:
        solution = dict(zip(answer.variables, row, strict=True))
        this = solution["this"]
        assert this is not None
        yield Violation(
            constraint.shape,
            this,
            solution.get("path"),
            solution.get("value"),
            _filled(constraint.message, solution),
        )


def _filled(message: str, solution: Mapping[str, Identifier | None]) -> str:
    def text(match: re.Match[str]) -> str:
        value = solution.get(match[1])
        return match[0] if value is None else str(value)

    return _SLOT.sub(text, message)


def in_order(violations: Iterable[Violation]) -> list[Violation]:
    """Return results in an order that does not depend on the engines."""
    return sorted(
        violations,
        key=lambda v: tuple(str(x or "") for x in (v.focus, v.shape, v.path, v.value, v.message)),
    )
