"""entries reads the files to be checked, and finds what is wrong before any shape is applied."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox
from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from osai_graph import resources
from osai_graph.errors import GraphError, SyntaxFault
from osai_graph.graph.loading import parse_quads, read_file
from osai_graph.graph.store import to_rdflib
from osai_graph.namespaces import BASE, GRAPH, OSAI, RDF, RECORD_KINDS, SCHEMA, shorten
from osai_graph.validation.findings import Finding, Severity

#: Code to name of the faults that are found while reading, for which no shape can exist.
READING_RULES = {
    "OSAI-S01": "the file is Turtle",
    "OSAI-S02": "the file is UTF-8",
    "OSAI-S03": "the file says something",
    "OSAI-S04": "the file can be read",
    "OSAI-I02": "the file has the name and the folder of its record",
    "OSAI-I04": "a file speaks of its own record only",
    "OSAI-I05": "one file describes a record",
}


_SOURCE = re.compile(re.escape(f"{GRAPH}data/sources/") + r"([^/]+(?:/\d+)?)/")


@dataclass(frozen=True)
class Entry:
    """A file that was read.

    Attributes:
        name: the file as it was named to us.
        graph: its triples, literals as written; the identifier is the IRI of the file's graph.
        quads: the same in the named graph of the file, for a store.
        header: the node that stands for the file itself.
        record: the IRI of the record that it is about, if it names one.
    """

    name: str
    graph: Graph
    quads: tuple[ox.Quad, ...]
    header: URIRef
    record: URIRef | None

    @property
    def nodes(self) -> set[Node]:
        """The nodes that the file is there to describe, blank nodes among them."""
        blank = {o for o in self.graph.objects() if isinstance(o, BNode)}
        return {s for s in self.graph.subjects() if self.owns(s)} | blank | {self.header}

    def owns(self, node: Node) -> bool:
        """Return whether a node is the file, its record or a part of it, or has no name."""
        if self.record is None or isinstance(node, BNode) or node in (self.header, self.record):
            return True
        return str(node).startswith(f"{self.record}#")

    @cached_property
    def source(self) -> str:
        """The folder of ``data/sources`` that the file belongs to; empty for our own records.

        A second record of one source on the same thing stands in its subfolder ``2``, and so on:
        each answers for itself, as if it came from a source of its own.
        """
        place = _SOURCE.match(str(self.graph.identifier))
        return place[1] if place else ""

    @property
    def replaces(self) -> set[str]:
        """The named graphs of older versions of the file.

        An entry from elsewhere takes the place of the file that its record belongs in; what an
        imported source says of the same record stands beside it.
        """
        home = record_graph(self.record) if self.record and not self.source else None
        return {str(self.graph.identifier)} | ({str(home)} if home else set())

    def at_home(self) -> Entry:
        """Return what an imported file says as the file that its header names, wherever it lies."""
        if self.source or not _SOURCE.match(str(self.header)):
            return self
        graph = Graph(identifier=self.header, bind_namespaces="none")
        for triple in self.graph:
            graph.add(triple)
        home = ox.NamedNode(str(self.header))
        quads = tuple(ox.Quad(q.subject, q.predicate, q.object, home) for q in self.quads)
        return replace(self, graph=graph, quads=quads)


def read_entries(
    paths: Iterable[Path], root: Path | None = None
) -> tuple[list[Entry], list[Finding]]:
    """Read files; what cannot be read becomes a finding and does not keep the others from it."""
    entries: list[Entry] = []
    findings: list[Finding] = []
    described: dict[tuple[URIRef, str], Entry] = {}
    for path in paths:
        try:
            entry = _read(path, root)
        except SyntaxFault as fault:
            findings.append(_unreadable(path, fault))
        except GraphError as error:
            findings.append(
                Finding("OSAI-S04", Severity.ERROR, str(path), error.message, error.remedy)
            )
        else:
            if entry is None:
                findings.append(_empty(path))
                continue
            place = (entry.record or entry.header, entry.source)
            if twin := described.get(place):
                findings.append(_second(entry, twin))
            else:
                described[place] = entry
                entries.append(entry)
                findings += _misplaced(entry, path)
    return entries, findings


def to_rdflib_triple(quad: ox.Quad) -> tuple[Node, Node, Node]:
    """Return the triple of a quad in the terms of rdflib."""
    return to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)


def _second(entry: Entry, twin: Entry) -> Finding:
    return Finding(
        "OSAI-I05",
        Severity.ERROR,
        entry.name,
        f"Another file describes {shorten(str(entry.record))} already: {twin.name}.",
        "Merge the two, or give the record of one of them another name.",
        focus=str(entry.record),
    )


def _read(path: Path, root: Path | None) -> Entry | None:
    source = read_file(path, root)
    if source.content.startswith(BOM_UTF8):
        raise SyntaxFault(
            "The file begins with a byte order mark, which Turtle in UTF-8 does without.",
            path=path,
            line=1,
            remedy="Save it as UTF-8 without BOM.",
        )
    quads = tuple(parse_quads(source))
    if not quads:
        return None
    expected = _imported_as(quads, path, root) or source.iri
    if expected != source.iri:
        home = ox.NamedNode(expected)
        quads = tuple(ox.Quad(q.subject, q.predicate, q.object, home) for q in quads)
    graph = Graph(identifier=expected, bind_namespaces="none")
    for quad in quads:
        graph.add(to_rdflib_triple(quad))
    headers = sorted(graph.subjects(RDF.type, OSAI.SourceGraph), key=str)
    header = expected if expected in headers or not headers else headers[0]
    record = graph.value(header, SCHEMA.mainEntity)
    return Entry(
        str(path),
        graph,
        quads,
        header if isinstance(header, URIRef) else expected,
        record if isinstance(record, URIRef) else None,
    )


def _imported_as(quads: Iterable[ox.Quad], path: Path, root: Path | None) -> URIRef | None:
    """Return the graph of an imported source whose file was written outside the repository.

    It says so itself; there its place tells nothing.
    """
    if path.resolve().is_relative_to((root or resources.graph_root()).resolve()):
        return None
    headers = {q.subject.value for q in quads if q.object == ox.NamedNode(OSAI.SourceGraph)}  # type: ignore[union-attr]
    found = headers.pop() if len(headers) == 1 else ""
    return URIRef(found) if _SOURCE.match(found) else None


def _unreadable(path: Path, fault: SyntaxFault) -> Finding:
    code = "OSAI-S02" if "UTF-8" in fault.reason else "OSAI-S01"
    return Finding(
        code, Severity.ERROR, str(path), fault.reason, fault.remedy, line=fault.line,
        column=fault.column,
    )  # fmt: skip


def _empty(path: Path) -> Finding:
    return Finding(
        "OSAI-S03",
        Severity.ERROR,
        str(path),
        "The file holds no statement.",
        "Describe a record in it; the other files of data/ show how.",
        line=1,
    )


def record_graph(record: URIRef) -> URIRef | None:
    """Return the named graph of the file that a record belongs in.

    >>> record_graph(URIRef("https://w3id.org/osai-graph/system/pythia"))
    rdflib.term.URIRef('https://w3id.org/osai-graph/graph/data/systems/pythia')
    """
    kind, _, slug = record.removeprefix(BASE).partition("/")
    folder = RECORD_KINDS.get(kind)
    return GRAPH[f"data/{folder}/{slug}"] if folder and slug else None


def _misplaced(entry: Entry, path: Path) -> Iterator[Finding]:
    """Yield what is wrong with the name of the file and with statements about other records."""
    if entry.record is None:
        return
    home = record_graph(entry.record)
    folder, slug = home.removeprefix(GRAPH + "data/").split("/") if home else ("", "")
    in_data = path.resolve().parent.parent.name == "data"
    if home and (path.stem != slug or (in_data and path.resolve().parent.name != folder)):
        yield Finding(
            "OSAI-I02",
            Severity.ERROR,
            entry.name,
            f"The file is about {shorten(entry.record)}, but its name or folder says otherwise.",
            f"Name it {folder}/{slug}.ttl, or correct schema:mainEntity.",
            found=path.name,
            focus=str(entry.header),
            path=str(SCHEMA.mainEntity),
        )
    yield from _foreign(entry)


def _foreign(entry: Entry) -> Iterator[Finding]:
    for node in sorted({s for s in entry.graph.subjects() if not entry.owns(s)}, key=str):
        yield Finding(
            "OSAI-I04",
            Severity.ERROR,
            entry.name,
            f"The file describes {shorten(str(node))}, which is not a part of its record.",
            f"Name parts {shorten(str(entry.record))}#name, and describe other records in their "
            "own files.",
            found=shorten(str(node)),
            focus=str(node),
        )


def files_of(entries: Iterable[Entry]) -> dict[Node, str]:
    """Return for each node the file that describes it; the first one where several do."""
    places: dict[Node, str] = {}
    for entry in entries:
        for node in entry.nodes:
            places.setdefault(node, entry.name)
    return places
