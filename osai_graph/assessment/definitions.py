"""definitions finds the framework files, and writes what defines a framework as sorted lines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
from rdflib import BNode, Graph, URIRef
from rdflib.term import Identifier

from osai_graph import resources
from osai_graph.assessment.frameworks import Framework, frameworks_in, read_frameworks
from osai_graph.errors import GraphError, SyntaxFault
from osai_graph.graph.loading import parse_graph, read_file
from osai_graph.graph.store import from_rdflib, to_rdflib
from osai_graph.namespaces import OSAI, RDF, RDFS, SH, SKOS

#: Words on shapes and notes on readings: they decide nothing.
_WORDS = (SKOS.note, SKOS.editorialNote, SKOS.example)

Triple = tuple[Identifier, Identifier, Identifier]


def framework_paths(root: Path | None = None) -> list[Path]:
    """Return the framework files below ``root``; the shipped ones where it has none.

    Raises:
        GraphError: the installation carries none.
    """
    terms = root if root is not None and (root / "ontology").is_dir() else None
    if found := resources.framework_files(terms):
        return found
    raise GraphError(
        "No framework files were found.",
        "Reinstall osai-graph, or run it from a checkout of the repository.",
    )


def load_frameworks(root: Path | None = None) -> tuple[Framework, ...]:
    """Return every framework that `framework_paths` finds, in the order of the file names.

    Raises:
        GraphError: a file is broken; see `read_frameworks`.
    """
    return read_frameworks(framework_paths(root))


def definition_of(framework: Framework, root: Path | None = None) -> tuple[str, ...]:
    """Return the statements that define a framework, as sorted lines of N-Triples.

    Names of blank nodes are made from what is said of them, so equal definitions give equal lines.

    Raises:
        GraphError: no framework file describes it.
    """
    name = f"{framework.slug}.ttl"
    for path in sorted(framework_paths(root), key=lambda path: (path.name != name, path.name)):
        graph = parse_graph(read_file(path))
        if (framework.iri, RDF.type, OSAI.Framework) in graph:
            return definition_lines(graph, framework.iri)
    raise GraphError(
        f"No framework file describes {framework.label}.", "Build the graph again: osai-graph build"
    )


def definition_lines(graph: Graph, framework: URIRef) -> tuple[str, ...]:
    """Return what a graph says of a framework and its parts, as `definition_of` does."""
    names: dict[Identifier, str] = {}
    lines: set[str] = set()
    seen: set[Identifier] = set()
    frontier: list[Identifier] = [framework]
    while frontier:
        node = frontier.pop()
        if node in seen:
            continue
        seen.add(node)
        for s, p, o in _statements(graph, node):
            lines.add(f"{_name(graph, s, names)} {written(p)} {_name(graph, o, names)} .")
            if isinstance(o, BNode) or str(o).startswith(f"{framework}#"):
                frontier.append(o)
    return tuple(sorted(lines))


def _statements(graph: Graph, node: Identifier) -> list[Triple]:
    is_shape = (node, RDF.type, SH.NodeShape) in graph
    silent = {*_WORDS, RDFS.label} if is_shape else {*_WORDS}
    return [triple for triple in _all(graph, node) if triple[1] not in silent]


def _name(graph: Graph, term: Identifier, names: dict[Identifier, str]) -> str:
    """Return a term in N-Triples; a blank node is named by a hash of its statements."""
    if not isinstance(term, BNode):
        return written(term)
    if term not in names:
        said = sorted(f"{written(p)} {_name(graph, o, names)}" for _, p, o in _all(graph, term))
        names[term] = f"_:b{hashlib.sha256(chr(10).join(said).encode()).hexdigest()[:16]}"
    return names[term]


def written(term: Identifier) -> str:
    """Return a term as N-Triples writes it."""
    return str(from_rdflib(term))


def _all(graph: Graph, node: Identifier) -> Iterable[Triple]:
    return ((node, p, o) for p, o in graph.predicate_objects(node))  # type: ignore[misc]


def defined_framework(lines: Iterable[str]) -> Framework:
    """Return the framework that lines of N-Triples define; the inverse of `definition_of`.

    Raises:
        GraphError: the lines are no N-Triples or define no framework.
    """
    graph = Graph(bind_namespaces="none")
    for triple in parse_lines(lines):
        graph.add(triple)
    found = frameworks_in(graph)
    if len(found) != 1:
        raise GraphError(
            f"The definition describes {len(found)} frameworks.", "A derivation carries one."
        )
    return found[0]


def parse_lines(lines: Iterable[str]) -> list[Triple]:
    """Return the triples that lines of N-Triples state (RDF 1.1 N-Triples, section 7).

    Raises:
        SyntaxFault: a line is no triple.
    """
    text = "\n".join(lines)
    try:
        quads = list(ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        raise SyntaxFault(
            f"The statements cannot be read: {error.msg}", line=error.lineno
        ) from error
    return [(to_rdflib(q.subject), to_rdflib(q.predicate), to_rdflib(q.object)) for q in quads]
