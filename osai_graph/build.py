"""build turns the files into one materialized store on disk, once for each state of its inputs."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from osai_graph import resources
from osai_graph.assessment.as_of import Retrospect, facts_on
from osai_graph.assessment.frameworks import read_frameworks
from osai_graph.assessment.verdicts import Assessment, assess_store
from osai_graph.assessment.writing import verdict_triples, write_verdicts
from osai_graph.errors import StoreError
from osai_graph.graph.disk import DiskWriter
from osai_graph.graph.loading import load_graph, parse_quads, read_file
from osai_graph.graph.store import EmbeddedStore, GraphStore
from osai_graph.namespaces import DISAGREEMENTS_GRAPH, INFERRED_GRAPH, VERDICTS_GRAPH
from osai_graph.reasoning.compile import compile_ontology
from osai_graph.reasoning.consistency import require_consistent
from osai_graph.reasoning.materialize import count_triples, materialize
from osai_graph.reasoning.rule_files import read_rule_files
from osai_graph.reasoning.rules import Rule
from osai_graph.reasoning.settle import settle
from osai_graph.settings import cache_directory

#: Called with a sentence on what the build does now.
Progress = Callable[[str], None]

_KEEP_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class Inputs:
    """The files that a build reads: what the default graph says follows from them alone."""

    root: Path
    ontology: tuple[Path, ...]
    labels: tuple[Path, ...]
    frameworks: tuple[Path, ...]
    rules: tuple[Path, ...]
    data: tuple[Path, ...]

    @property
    def stated(self) -> tuple[Path, ...]:
        """The Turtle files whose triples are loaded as stated."""
        return self.ontology + self.labels + self.frameworks + self.data

    @cached_property
    def version(self) -> str:
        """The data version: a hash over every input file and the code that reads them."""
        digest = hashlib.blake2b(ox.__version__.encode(), digest_size=12)
        for path in sorted(_code_files()) + sorted(self.stated + self.rules):
            digest.update(str(Path(path.parent.name, path.name)).encode())
            digest.update(hashlib.blake2b(path.read_bytes(), digest_size=16).digest())
        return digest.hexdigest()


def _code_files() -> Iterator[Path]:
    package = Path(__file__).resolve().parent
    yield Path(__file__).resolve()
    for folder in ("graph", "reasoning", "assessment"):
        yield from (package / folder).glob("*.py")


def collect_inputs(root: Path | None = None) -> Inputs:
    """Return the input files below ``root``; the shipped ontology stands in for a missing one.

    Raises:
        GraphError: the installation carries no graph.
    """
    shipped = resources.graph_root()
    base = root or shipped
    terms = base if (base / "ontology").is_dir() else shipped
    return Inputs(
        root=base,
        ontology=tuple(resources.ontology_files(terms)),
        labels=tuple(resources.label_files(terms)),
        frameworks=tuple(resources.framework_files(terms)),
        rules=tuple(resources.rule_files(terms)),
        data=tuple(resources.data_files(base)),
    )


@dataclass(frozen=True)
class Manifest:
    """What a build did, kept beside its store.

    ``as_of`` is the day whose facts the store holds, empty for today's; ``notes`` are sentences on
    what that rests on.
    """

    version: str
    files: int
    stated: int
    inferred: int
    verdicts: int
    seconds: float
    bytes: int
    as_of: str = ""
    notes: tuple[str, ...] = ()


class MaterializedGraph(Protocol):
    """A materialized graph wherever it is: on disk, or on a server (`remote_build`)."""

    @property
    def root(self) -> Path:
        """The directory of ``ontology/``, ``data/`` and ``queries/``."""

    @property
    def manifest(self) -> Manifest:
        """What its build did."""

    @property
    def version(self) -> str:
        """The data version, equal for equal inputs."""

    @property
    def place(self) -> str:
        """Where it is, for people."""

    @property
    def workplace(self) -> Path:
        """The directory for what is made from the graph, such as its dump."""

    @property
    def store(self) -> GraphStore:
        """The store, for reading."""

    def unopened(self) -> MaterializedGraph:
        """Return the same graph with nothing opened yet, as another process can be given it."""

    @property
    def rules(self) -> list[Rule]:
        """The rules that were run."""


@dataclass(frozen=True)
class BuiltGraph:
    """A materialized graph on disk; several processes may share it."""

    path: Path
    root: Path
    manifest: Manifest

    @property
    def version(self) -> str:
        """The data version, equal for equal inputs."""
        return self.manifest.version

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return str(self.path)

    @property
    def store_path(self) -> Path:
        """The directory of the database."""
        return self.path / "store"

    @property
    def workplace(self) -> Path:
        """The directory for what is made from this graph, such as its dump."""
        return self.path

    @cached_property
    def store(self) -> EmbeddedStore:
        """The store, opened read-only."""
        return EmbeddedStore(self.store_path, read_only=True)

    def unopened(self) -> BuiltGraph:
        """Return the same graph with nothing opened yet, as another process can be given it."""
        return replace(self)

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules that were run: the compiled ontology and the rule files."""
        return compile_rules(collect_inputs(self.root))


def compile_rules(inputs: Inputs) -> list[Rule]:
    """Return the rules of the ontology's axioms and of the rule files.

    Raises:
        GraphError: an axiom or a rule file is not covered.
    """
    return [*compile_ontology(load_graph(inputs.ontology)), *read_rule_files(inputs.rules)]


def _load(inputs: Inputs, store: EmbeddedStore, day: date | None) -> Retrospect | None:
    """Load each file into its named graph and what is accepted into the default graph.

    With a day, the default graph holds what was so on that day, and the named graphs leave out
    records that came later.
    """
    files = read_inputs(inputs)
    settlement = settle(files)
    accepted, past = settlement.accepted + settlement.disagreements, None
    disputed = settlement.disagreements
    if day is not None:
        accepted, past = facts_on(accepted, day)
        disputed = [triple for triple in disputed if not past.is_absent(triple.subject)]
    for _, quads in files:
        store.engine.extend([q for q in quads if past is None or not past.is_absent(q.subject)])
    store.engine.extend(_in_graph(accepted, ox.DefaultGraph()))
    store.engine.extend(_in_graph(disputed, ox.NamedNode(str(DISAGREEMENTS_GRAPH))))
    return past


def _in_graph(triples: list[ox.Triple], graph: ox.NamedNode | ox.DefaultGraph) -> list[ox.Quad]:
    return [ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples]


def read_inputs(inputs: Inputs) -> list[tuple[ox.NamedNode, list[ox.Quad]]]:
    """Parse every stated file and return it as its named graph and the quads in it.

    Raises:
        SyntaxFault: a file is broken.
    """
    terms_root = inputs.ontology[0].parent.parent if inputs.ontology else inputs.root
    sources = [
        read_file(path, terms_root) for path in inputs.ontology + inputs.labels + inputs.frameworks
    ]
    sources += [read_file(path, inputs.root) for path in inputs.data]
    return [(ox.NamedNode(str(source.iri)), parse_quads(source)) for source in sources]


@dataclass(frozen=True)
class Counts:
    """How much a built store holds, and of which day; see `Manifest`."""

    stated: int
    inferred: int
    verdicts: int
    as_of: str = ""
    notes: tuple[str, ...] = ()


def build_store(
    root: Path | None = None, progress: Progress = lambda _: None, day: date | None = None
) -> tuple[EmbeddedStore, Counts]:
    """Load, settle, reason, check and assess in memory; return the store and what it holds.

    The default graph holds ontology, labels, frameworks, accepted and inferred triples and the
    verdicts; each file is a named graph, and so are the inferred triples, the disagreements and
    the verdicts. With a day, facts and frameworks are those of that day (`assessment.as_of`).

    Raises:
        SyntaxFault: a file is broken.
        InconsistencyError: the facts contradict the ontology.
    """
    inputs = collect_inputs(root)
    store, past = _stated(inputs, progress, day)
    stated = _reason(store, inputs, progress)
    assessment = _assess(store, inputs, progress, day)
    write_verdicts(store, assessment)
    return store, _counts(store, stated, assessment, past)


def _stated(
    inputs: Inputs, progress: Progress, day: date | None
) -> tuple[EmbeddedStore, Retrospect | None]:
    """Return what is stated and accepted, in memory."""
    store = EmbeddedStore()
    progress(f"reading {len(inputs.stated):,} files")
    return store, _load(inputs, store, day)


def _reason(store: EmbeddedStore, inputs: Inputs, progress: Progress) -> int:
    """Add what follows, and return how many triples there were before."""
    stated = sum(1 for _ in store.engine.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    progress("compiling the ontology")
    rules = compile_rules(inputs)
    progress("reasoning")
    materialize(store, rules)
    require_consistent(store, rules)
    return stated


def _assess(
    store: EmbeddedStore, inputs: Inputs, progress: Progress, day: date | None
) -> Assessment:
    progress("assessing")
    frameworks = read_frameworks(inputs.frameworks)
    return assess_store(store, [f for f in frameworks if day is None or f.in_force(day)])


def _counts(
    store: EmbeddedStore, stated: int, assessment: Assessment, past: Retrospect | None
) -> Counts:
    counts = Counts(stated, count_triples(store, INFERRED_GRAPH), len(assessment))
    if past is None:
        return counts
    return replace(counts, as_of=str(past.day), notes=tuple(past.sentences()))


def open_graph(
    root: Path | None = None,
    progress: Progress = lambda _: None,
    day: date | None = None,
    *,
    fresh: bool = False,
) -> BuiltGraph:
    """Return the materialized graph of the present files, building it when there is none.

    With a day, the graph holds the facts and frameworks of that day, as known today.

    Stores are cached by the hash of their inputs. A build happens in a directory of its own, which
    is moved into place when it is whole: a process that is killed leaves the old store or the new
    one, and two that build at once each finish, the second finding the work done. A cached store
    that is damaged is built again; with ``fresh`` any is.

    Raises:
        StoreError: the cache directory cannot be written.
        GraphError: the files are broken or contradict the ontology.
    """
    inputs = collect_inputs(root)
    target = cache_directory() / (f"{inputs.version}-{day}" if day else inputs.version)
    if not fresh and (cached := _opened(target, inputs.root)) is not None:
        return cached
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        with _workplace(target.parent) as place:
            _build_into(place, inputs, progress, day)
            _move_in(place, target, replace_whole=fresh)
    except OSError as error:
        raise StoreError(
            f"The built graph cannot be written below {target.parent}: {error.strerror or error}.",
            "Make room there, or set OSAI_GRAPH_CACHE to a directory that can be written.",
        ) from error
    graph = _opened(target, inputs.root)
    if graph is None:
        raise StoreError(
            f"The graph was built, but {target} cannot be opened.",
            "Remove that directory, or set OSAI_GRAPH_CACHE to another.",
        )
    return graph


def _opened(target: Path, root: Path) -> BuiltGraph | None:
    """Return the built graph of a directory; ``None`` when it is missing, not whole or damaged."""
    try:
        manifest = Manifest(**json.loads((target / "manifest.json").read_text(encoding="utf-8")))
        graph = BuiltGraph(target, root, manifest)
        if _size(graph.store_path) != manifest.bytes or not graph.store.ask("ASK { ?s ?p ?o }"):
            return None
    except (OSError, ValueError, TypeError, StoreError):
        return None
    with suppress(OSError):  # a shared, read-only cache still serves
        os.utime(target)
    return graph


def _size(store: Path) -> int:
    """Return the bytes of a database's tables."""
    return sum(path.stat().st_size for path in store.glob("*.sst"))


@contextmanager
def _workplace(parent: Path) -> Iterator[Path]:
    """Give a temporary directory whose lock tells others that its builder lives."""
    place = Path(tempfile.mkdtemp(prefix=".building-", dir=parent))
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _build_into(place: Path, inputs: Inputs, progress: Progress, day: date | None) -> None:
    started = time.monotonic()
    whole = place / "whole"
    whole.mkdir()
    with DiskWriter(whole / "store", place) as disk:
        counts = _write(disk, inputs, progress, day)
        progress("writing the store")
    seconds = round(time.monotonic() - started, 2)
    manifest = Manifest(
        version=inputs.version,
        files=len(inputs.stated),
        seconds=seconds,
        bytes=_size(whole / "store"),
        **asdict(counts),
    )
    (whole / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")


def _write(disk: DiskWriter, inputs: Inputs, progress: Progress, day: date | None) -> Counts:
    """Work the graph out and hand each part on as soon as it is known."""
    store, past = _stated(inputs, progress, day)
    disk.add_quads(store.engine)
    stated = _reason(store, inputs, progress)
    working = ox.DefaultGraph()
    inferred = ox.NamedNode(str(INFERRED_GRAPH))
    disk.add_graph(store.engine, inferred, (working, inferred))
    assessment = _assess(store, inputs, progress, day)
    verdicts = ox.NamedNode(str(VERDICTS_GRAPH))
    disk.add_triples(verdict_triples(assessment), (working, verdicts))
    return _counts(store, stated, assessment, past)


def _move_in(place: Path, target: Path, *, replace_whole: bool) -> None:
    """Move the new store to its place; what stands there and cannot be opened makes way."""
    try:
        os.rename(place / "whole", target)
    except OSError:
        if not replace_whole and _opened(target, place) is not None:
            return  # another process was faster
        os.rename(target, place / "replaced")
        os.rename(place / "whole", target)


def _sweep(parent: Path) -> None:
    """Remove what dead builders left and stores that nobody opened for a month."""
    for place in parent.glob(".building-*"):
        if _is_orphan(place):
            shutil.rmtree(place, ignore_errors=True)
    for built in parent.glob("*/manifest.json"):
        if time.time() - built.parent.stat().st_mtime > _KEEP_SECONDS:
            shutil.rmtree(built.parent, ignore_errors=True)


def _is_orphan(place: Path) -> bool:
    try:
        with (place / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except FileNotFoundError:
        # its builder is between making the directory and the lock, or removes it right now
        return place.exists() and time.time() - place.stat().st_mtime > 60
    except OSError:
        return False
