"""unnamed gives an entry that comes without a file the name that its record asks for."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
from rdflib import URIRef

from osai_graph.namespaces import BASE, GRAPH, SCHEMA
from osai_graph.validation.entries import record_graph
from osai_graph.validation.findings import Report

#: What an entry from standard input is called in messages.
STANDARD_INPUT = "standard input"

_ADDRESS = re.compile(re.escape(BASE) + r"[a-z]+/[\w+.-]*\w[\w+.-]*")


def write_named(content: bytes, directory: Path) -> Path:
    """Write an entry below a directory where its record belongs, and return the path.

    What cannot be read, or names no record of ours, gets a name all the same: what is wrong with it
    is for the validation to say.
    """
    path = directory / "entry.ttl"
    home = _home(content)
    if home is not None:
        path = directory / f"{home.removeprefix(GRAPH)}.ttl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _home(content: bytes) -> URIRef | None:
    """Return the named graph of the file that the record of an entry belongs in."""
    try:
        for quad in ox.parse(content, format=ox.RdfFormat.TURTLE, base_iri=GRAPH + "entry"):
            if quad.predicate.value == str(SCHEMA.mainEntity):
                record = quad.object
                return record_graph(URIRef(record.value)) if _is_ours(record) else None
    except SyntaxError:
        pass
    return None


def _is_ours(record: object) -> bool:
    """Return whether a record's address can stand in a path: one segment for the kind, one for it.

    >>> _is_ours(ox.NamedNode("https://w3id.org/osai-graph/system/../../x"))
    False
    """
    return isinstance(record, ox.NamedNode) and bool(_ADDRESS.fullmatch(record.value))


def called(report: Report, path: Path, name: str) -> Report:
    """Return the report with another name for a file."""

    def new(text: str) -> str:
        return text.replace(str(path), name)

    return replace(
        report,
        files=tuple(new(file) for file in report.files),
        findings=tuple(
            replace(finding, file=new(finding.file), message=new(finding.message))
            for finding in report.findings
        ),
    )
