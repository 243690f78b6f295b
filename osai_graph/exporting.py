"""exporting writes the graph, or some of its records, as linked data.

Stated triples come from the Turtle files themselves and keep their literals as the files write
them; the store is asked for inferred triples only, since it normalizes literals. Formats with named
graphs keep what each source states apart; in the others, which hold one graph, stands what is
accepted of all sources, with their disagreements. Equal graphs give equal bytes: blank nodes get
canonical labels (RDF Dataset Canonicalization 1.0) and statements are sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from osai_graph.build import collect_inputs, read_inputs
from osai_graph.errors import UnknownNameError
from osai_graph.graph.loading import parse_quads, read_file
from osai_graph.graph.ordered import write_ordered
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import BASE, INFERRED_GRAPH, RECORD_KINDS
from osai_graph.reasoning.settle import settle

#: Format names to the engine's formats; the last two keep each source in a named graph of its own.
EXPORT_FORMATS: Final = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
}

_APART: Final = (ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG)

#: Other names that people use for the formats.
_ALIASES: Final = {
    "ttl": "turtle",
    "nt": "ntriples",
    "n-triples": "ntriples",
    "json-ld": "jsonld",
    "rdf": "rdfxml",
    "rdf-xml": "rdfxml",
    "xml": "rdfxml",
    "nq": "nquads",
    "n-quads": "nquads",
}


@dataclass(frozen=True)
class Selection:
    """What is exported.

    Attributes:
        root: the directory of the data.
        records: IRIs of records, components or claims; empty for the whole graph.
        stated: whether to write what the files state.
        inferred: the store that holds what was inferred, or ``None`` to leave that out.
    """

    root: Path
    records: tuple[str, ...] = ()
    stated: bool = True
    inferred: GraphStore | None = None


def format_name(name: str) -> str:
    """Return the name of a format of `EXPORT_FORMATS`.

    Raises:
        UnknownNameError: there is no such format.
    """
    known = _ALIASES.get(name.lower(), name.lower())
    if known not in EXPORT_FORMATS:
        raise UnknownNameError(
            "format", name, [*EXPORT_FORMATS, *_ALIASES], f"Formats: {', '.join(EXPORT_FORMATS)}."
        )
    return known


def export(selection: Selection, name: str) -> bytes:
    """Return the selection in a format of `EXPORT_FORMATS`.

    Raises:
        UnknownNameError: there is no such format.
        SyntaxFault: a file is broken.
    """
    target = EXPORT_FORMATS[format_name(name)]
    only = selection.records[0].partition("#")[0] if len(selection.records) == 1 else None
    return write_ordered(_select(selection, target in _APART), target, only)


def _select(selection: Selection, apart: bool) -> Iterator[ox.Quad]:
    wanted = _Wanted(selection.records)
    if selection.stated:
        yield from filter(wanted, _stated(selection) if apart else _accepted(selection))
    if selection.inferred is not None:
        graph = ox.NamedNode(str(INFERRED_GRAPH))
        triples = selection.inferred.triples_of(str(INFERRED_GRAPH))
        quads = (ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)
        yield from filter(wanted, quads)


def _stated(selection: Selection) -> Iterator[ox.Quad]:
    inputs = collect_inputs(selection.root)
    paths = list(inputs.stated)
    if selection.records and all(map(_is_data, selection.records)):
        paths = list(inputs.data)
    for path in paths:
        root = inputs.root if path in inputs.data else path.parent.parent
        yield from parse_quads(read_file(path, root))


def _accepted(selection: Selection) -> Iterator[ox.Quad]:
    settlement = settle(read_inputs(collect_inputs(selection.root)))
    for triple in settlement.accepted + settlement.disagreements:
        yield ox.Quad(triple.subject, triple.predicate, triple.object)


def _is_data(iri: str) -> bool:
    return iri.startswith(BASE) and iri[len(BASE) :].partition("/")[0] in RECORD_KINDS


class _Wanted:
    """Tells whether a statement belongs to one of the records, or is of the whole graph."""

    def __init__(self, records: Iterable[str]) -> None:
        self.records = frozenset(records)

    def __call__(self, quad: ox.Quad) -> bool:
        subject = quad.subject
        if not self.records:
            return True
        if not isinstance(subject, ox.NamedNode):
            return False
        return subject.value in self.records or subject.value.partition("#")[0] in self.records
