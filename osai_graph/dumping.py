"""dumping writes the whole graph as files for download, byte-identical for equal inputs.

What files state is written with literals as they stand there. The N-Quads keep each source in its
named graph; Turtle and JSON-LD hold the default graph: what is accepted, what follows from it, and
the verdicts. Statements are sorted; blank nodes get canonical labels.

As a program it writes the dump of the built graph in one directory into another, so that a server
can have it made by a process of its own.
"""

from __future__ import annotations

import csv
import fcntl
import gzip
import hashlib
import io
import json
import os
import pickle
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from osai_graph.build import MaterializedGraph, collect_inputs, read_inputs
from osai_graph.dataset_description import (
    DumpFile,
    describe_access,
    describe_content,
    write_description,
)
from osai_graph.errors import StoreError
from osai_graph.graph.store import GraphStore
from osai_graph.hub_index import hub_index
from osai_graph.namespaces import DISAGREEMENTS_GRAPH, INFERRED_GRAPH, PREFIXES, VERDICTS_GRAPH
from osai_graph.reasoning.settle import settle

SUMS = "SHA256SUMS"

_MEDIA_TYPES = {
    ".ttl": "text/turtle",
    ".nq": "application/n-quads",
    ".jsonld": "application/ld+json",
    ".json": "application/json",
    ".csv": "text/csv",
}

_COMPUTED = (INFERRED_GRAPH, DISAGREEMENTS_GRAPH, VERDICTS_GRAPH)

#: The tables: one question each, whose columns are sorted on.
TABLES = {
    "systems": """
SELECT DISTINCT ?system ?label ?issued ?developer ?parameters WHERE {
  ?system a osai:AISystem ; rdfs:label ?label .
  OPTIONAL { ?system dcterms:issued ?issued }
  OPTIONAL { ?system osai:isDevelopedBy ?developer }
  OPTIONAL { ?system osai:parameterCount ?parameters }
}""",
    "components": """
SELECT DISTINCT ?system ?component ?kind ?availability ?license WHERE {
  ?system osai:hasComponent ?component .
  ?component a ?kind .
  OPTIONAL { ?component osai:hasAvailability ?availability }
  OPTIONAL { ?component dcterms:license ?license }
}""",
    "licenses": """
SELECT DISTINCT ?license ?label ?spdx ?class WHERE {
  ?license a osai:License ; rdfs:label ?label .
  OPTIONAL { ?license spdx:licenseId ?spdx }
  OPTIONAL { ?license osai:hasLicenseClass ?class }
}""",
    "organizations": """
SELECT DISTINCT ?organization ?label ?url WHERE {
  ?organization a osai:Organization ; rdfs:label ?label .
  OPTIONAL { ?organization schema:url ?url }
}""",
    "outcomes": """
SELECT DISTINCT ?system ?framework ?outcome ?label WHERE {
  ?system osai:reachesOutcome ?outcome .
  ?framework osai:hasOutcome ?outcome . ?outcome rdfs:label ?label .
}""",
    "claims": """
SELECT DISTINCT ?claim ?label ?status WHERE {
  ?claim a osai:Claim . OPTIONAL { ?claim rdfs:label ?label }
  OPTIONAL { ?claim osai:hasStatus ?status }
}""",
}


def write_dump(graph: MaterializedGraph, directory: Path) -> None:
    """Write all files of the dump into a directory.

    Raises:
        StoreError: the files have changed since the graph was built.
    """
    inputs = collect_inputs(graph.root)
    if inputs.version != graph.version:
        raise StoreError(
            "The files have changed since the graph was built.", "Start the service again."
        )
    files = read_inputs(inputs)
    computed = {iri: _computed(graph.store, iri) for iri in map(str, _COMPUTED)}
    settled = settle(files)
    default = set(_lines(ox.Quad(*triple) for triple in settled.accepted))
    default.update(line for lines in computed.values() for line in lines)
    ordered = sorted(default)
    _write_gzip(directory / "osai-graph.ttl.gz", _turtle(ordered))
    _write_gzip(directory / "osai-graph.jsonld.gz", _convert(ordered, ox.RdfFormat.JSON_LD))
    stated = _lines(quad for _, quads in files for quad in quads)
    quads = {*stated, *_named(computed)}
    _write_gzip(directory / "osai-graph.nq.gz", b"".join(sorted(quads)))
    for name, query in TABLES.items():
        (directory / f"{name}.csv").write_bytes(_table(graph.store, query))
    index = {"version": graph.version, "repositories": hub_index(graph.store)}
    text = json.dumps(index, indent=1, ensure_ascii=False, sort_keys=True)
    (directory / "by-hf-repo.json").write_text(text + "\n", encoding="utf-8")
    access = describe_access(graph.version, files=list(_files(directory)))
    void = write_description([*access, *describe_content(graph.store)])
    (directory / "void.ttl").write_bytes(void)
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in _files(directory))
    (directory / SUMS).write_text(sums, encoding="ascii")


def _lines(quads: Iterable[ox.Quad]) -> Iterator[bytes]:
    """Yield a line of N-Quads for each quad; blank nodes get canonical labels."""
    plain: list[ox.Quad] = []
    anonymous: list[ox.Quad] = []
    for quad in quads:
        blank = isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)
        (anonymous if blank else plain).append(quad)
    yield from _n_quads(plain)
    dataset = ox.Dataset(anonymous)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    yield from _n_quads(dataset)


def _n_quads(quads: Iterable[ox.Quad]) -> list[bytes]:
    written = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    assert written is not None
    return written.splitlines(keepends=True)


_BLANK = re.compile(rb"^_:| _:\S+ \.$")


def _computed(store: GraphStore, graph: str) -> list[bytes]:
    """Return the lines of a computed graph; those about blank nodes of this build are left out."""
    written = ox.serialize(store.triples_of(graph), format=ox.RdfFormat.N_TRIPLES)
    assert written is not None
    lines = written.splitlines(keepends=True)
    return [line for line in lines if not _BLANK.search(line.rstrip())]


def _named(computed: dict[str, list[bytes]]) -> Iterator[bytes]:
    for graph, lines in computed.items():
        ending = f" <{graph}> .\n".encode()
        yield from (line.removesuffix(b" .\n") + ending for line in lines)


def _convert(
    lines: list[bytes], target: ox.RdfFormat, prefixes: dict[str, str] | None = None
) -> bytes:
    triples = ox.parse(b"".join(lines), format=ox.RdfFormat.N_TRIPLES)
    written = ox.serialize((quad.triple for quad in triples), format=target, prefixes=prefixes)
    assert written is not None
    return written


def _turtle(lines: list[bytes]) -> bytes:
    written = _convert(lines, ox.RdfFormat.TURTLE, prefixes=PREFIXES)
    head = re.match(rb"(?:@prefix [^\n]*\n)*", written)
    assert head is not None
    declared = sorted(head[0].splitlines(keepends=True))  # the engine writes them in any order
    return b"".join(declared) + written[head.end() :]


def _table(store: GraphStore, query: str) -> bytes:
    prologue = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    answer = store.select(prologue + query)
    rows = [["" if value is None else str(value) for value in row] for row in answer.rows]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")  # RFC 4180
    writer.writerow(answer.variables)
    writer.writerows(sorted(rows))
    return buffer.getvalue().encode()


def _write_gzip(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content, 6, mtime=0))


def _files(directory: Path) -> Iterator[DumpFile]:
    for path in sorted(directory.iterdir()):
        if path.name == SUMS:
            continue
        content = path.read_bytes()
        kind = Path(path.name.removesuffix(".gz")).suffix
        checksum = hashlib.sha256(content).hexdigest()
        yield DumpFile(path.name, _MEDIA_TYPES[kind], len(content), checksum)


def dump_files(directory: Path) -> list[DumpFile]:
    """Return the files of a finished dump, with the sums that stand beside them."""
    found = []
    for line in (directory / SUMS).read_text(encoding="ascii").splitlines():
        checksum, _, name = line.partition("  ")
        kind = Path(name.removesuffix(".gz")).suffix
        size = (directory / name).stat().st_size
        found.append(DumpFile(name, _MEDIA_TYPES[kind], size, checksum))
    return found


def make_dump(target: Path, write: Callable[[Path], None]) -> None:
    """Have a dump written once, and moved into place when it is whole.

    Several processes may call this at once: one writes, the others wait for it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / f".{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (target / SUMS).exists():
            return
        place = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            place.chmod(0o755)
            write(place)
            os.rename(place, target)
        finally:
            shutil.rmtree(place, ignore_errors=True)


def main(target: str) -> None:
    """Write the dump of a graph, which standard input gives pickled, into a directory."""
    os.nice(15)
    graph: MaterializedGraph = pickle.load(sys.stdin.buffer)
    make_dump(Path(target), lambda place: write_dump(graph, place))


if __name__ == "__main__":
    main(*sys.argv[1:])
