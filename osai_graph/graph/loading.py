"""loading turns Turtle files into triples, and remembers which file each triple stands in."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph, URIRef

from osai_graph import resources
from osai_graph.errors import GraphError, SyntaxFault
from osai_graph.graph.store import to_rdflib
from osai_graph.namespaces import GRAPH


def graph_iri(path: Path, root: Path | None = None) -> URIRef:
    """Return the IRI of the named graph of a file.

    It is ``graph/<path without .ttl>`` with the path relative to the repository; a file outside it
    (an entry that someone wants checked) is taken for a file of that name in ``data/``.
    """
    base = (root or resources.graph_root()).resolve()
    resolved = path.resolve()
    if resolved.is_relative_to(base):
        relative = resolved.relative_to(base)
    else:
        parts = resolved.parts
        tail = parts[len(parts) - 1 - parts[::-1].index("data") :] if "data" in parts else None
        relative = Path(*tail) if tail else Path("data") / resolved.name
    return GRAPH[relative.with_suffix("").as_posix()]


@dataclass(frozen=True)
class SourceFile:
    """One Turtle file as read: its path, its named graph and its bytes."""

    path: Path
    iri: URIRef
    content: bytes


def read_file(path: Path, root: Path | None = None) -> SourceFile:
    """Read a file.

    Raises:
        GraphError: the file is missing, a directory, or not to be read.
    """
    try:
        return SourceFile(path, graph_iri(path, root), path.read_bytes())
    except OSError as error:
        raise GraphError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error


_PLACE = re.compile(r" at line (\d+) column(?:s)? (\d+)| between line (\d+) column (\d+)")


def _fault(source: SourceFile, error: SyntaxError) -> SyntaxFault:
    reason = str(error.msg or error)
    line, column = error.lineno, error.offset
    if line is None and (match := _PLACE.search(reason)):
        line, column = (int(g) for g in match.groups() if g)
    reason = re.sub(r"^Parser error (?:at|between) .*?: ", "", reason)
    dot = "A missing full stop is usually missing at the end of the line before."
    return SyntaxFault(
        f"The Turtle cannot be read: {reason}",
        path=source.path,
        line=line,
        column=column,
        remedy=dot if "dot" in reason.lower() else "",
    )


def parse_quads(source: SourceFile) -> list[ox.Quad]:
    """Parse a file into quads of its named graph, for the embedded store.

    Raises:
        SyntaxFault: the file is no UTF-8 or no Turtle; with line and column.
    """
    try:
        source.content.decode("utf-8")
        parsed = ox.parse(source.content, format=ox.RdfFormat.TURTLE, base_iri=str(source.iri))
        graph = ox.NamedNode(str(source.iri))
        quads = [ox.Quad(q.subject, q.predicate, q.object, graph) for q in parsed]
    except SyntaxError as error:
        raise _fault(source, error) from error
    except UnicodeDecodeError as error:
        line = source.content[: error.start].count(b"\n") + 1
        raise SyntaxFault(
            "The file is not UTF-8.", path=source.path, line=line, remedy="Save it as UTF-8."
        ) from error
    if any(isinstance(quad.object, ox.Triple) for quad in quads):
        raise SyntaxFault(
            "The file holds triple terms of RDF 1.2, which this graph does not use.",
            path=source.path,
            remedy="Name the triple with rdf:subject, rdf:predicate and rdf:object instead.",
        )
    return quads


def parse_graph(source: SourceFile) -> Graph:
    """Parse a file into an rdflib graph, with literals exactly as the file writes them.

    The syntax is read by the stricter of our two parsers, so that ``<https://e/ a b>`` or a missing
    dot is refused with its line and column.

    Raises:
        SyntaxFault: as `parse_quads`.
    """
    graph = Graph(identifier=source.iri, bind_namespaces="none")
    for quad in parse_quads(source):
        graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    return graph


def load_graph(paths: Iterable[Path], root: Path | None = None) -> Graph:
    """Parse several files into one rdflib graph.

    Raises:
        GraphError: a file cannot be read; SyntaxFault when its Turtle is broken.
    """
    merged = Graph(bind_namespaces="none")
    for path in paths:
        merged += parse_graph(read_file(path, root))
    return merged


def find_turtle(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the Turtle files that the paths name; a directory stands for all files below it.

    Raises:
        GraphError: a path does not exist, or a directory holds no Turtle file.
    """
    for path in paths:
        if path.is_dir():
            found = sorted(path.rglob("*.ttl"))
            if not found:
                raise GraphError(
                    f"{path} holds no Turtle file.", "Name a .ttl file or a directory that has one."
                )
            yield from found
        elif path.exists():
            yield path
        else:
            raise GraphError(f"There is no file {path}.", "Check the path.")


#: rdflib logs a traceback for each ill-typed literal; the shapes report them in words instead.
logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
