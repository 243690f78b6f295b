"""ordered writes statements so that equal sets of them give equal bytes, literals as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from osai_graph.namespaces import PREFIXES

#: Formats that keep named graphs apart.
_WITH_GRAPHS = (ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG)

#: Formats in which a prefix may be empty.
_WITH_EMPTY_PREFIX = (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG)


def write_ordered(
    quads: Iterable[ox.Quad], target: ox.RdfFormat, fragments: str | None = None
) -> bytes:
    """Write statements sorted, each once, with our prefixes as far as they are used.

    Blank nodes get canonical labels (RDF Dataset Canonicalization 1.0). A format without named
    graphs merges them.

    Args:
        quads: the statements.
        target: the format.
        fragments: an IRI whose fragments are written with the empty prefix, as our files do.
    """
    if target not in _WITH_GRAPHS:
        default = ox.DefaultGraph()
        quads = (ox.Quad(q.subject, q.predicate, q.object, default) for q in quads)
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    ordered = sorted(dataset, key=lambda q: (str(q.graph_name), str(q)))
    prefixes = _used_prefixes(ordered)
    if fragments and target in _WITH_EMPTY_PREFIX:
        prefixes[""] = f"{fragments}#"
    if target in _WITH_GRAPHS:
        written = ox.serialize(ordered, format=target, prefixes=prefixes)
    else:
        written = ox.serialize((q.triple for q in ordered), format=target, prefixes=prefixes)
    assert written is not None
    if target == ox.RdfFormat.RDF_XML:
        return _sort_namespaces(written.replace(b"\r", b"&#13;"))
    return _sort_prefixes(written)


def _used_prefixes(quads: Iterable[ox.Quad]) -> dict[str, str]:
    iris: set[str] = set()
    for quad in quads:
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, ox.NamedNode):
                iris.add(term.value)
            elif isinstance(term, ox.Literal):
                iris.add(term.datatype.value)
    return {
        name: namespace
        for name, namespace in PREFIXES.items()
        if any(iri.startswith(namespace) for iri in iris)
    }


def _sort_prefixes(written: bytes) -> bytes:
    """Sort the prefix declarations at the top: the engine writes them in a random order."""
    lines = written.split(b"\n")
    head = 0
    while head < len(lines) and lines[head].startswith(b"@prefix "):
        head += 1
    return b"\n".join(sorted(lines[:head]) + lines[head:])


def _sort_namespaces(written: bytes) -> bytes:
    """Sort the namespace declarations of the root element, which are in a random order too."""

    def in_order(match: re.Match[bytes]) -> bytes:
        names = sorted(re.findall(rb'xmlns:[\w.-]+="[^"]*"', match[1]))
        return b"<rdf:RDF " + b" ".join(names) + b">"

    return re.sub(rb"<rdf:RDF ([^>]*)>", in_order, written, count=1)
