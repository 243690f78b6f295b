"""service holds what all routes share: the graph, the query processes, the questions, a cache."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Protocol, TypeVar, cast

import pyoxigraph as ox
from flask import current_app

from osai_graph import __version__
from osai_graph.build import MaterializedGraph
from osai_graph.graph.record_files import RecordFiles
from osai_graph.graph.store import GraphStore
from osai_graph.queries import QueryCatalog
from osai_graph.web.pool import Limits

T = TypeVar("T")


class QueryPool(Protocol):
    """Evaluates strangers' queries within limits: a `WorkerPool`, or a `ServerPool`."""

    @property
    def limits(self) -> Limits:
        """What a query may take."""

    def evaluate(
        self,
        query: str,
        ending: str,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        prefixes: Mapping[str, str] | None = None,
    ) -> bytes:
        """Run a query and return its answer in the format of that ending."""

    def first_rows(
        self,
        query: str,
        ending: str,
        rows: int,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> tuple[int, bytes]:
        """Run a query and return how many rows its answer has, and the first of them."""

    def export(
        self, graph: str | None, ending: str, path: Path, prefixes: Mapping[str, str]
    ) -> None:
        """Write a named graph, or the default graph for ``None``, into a file."""

    def fill(self) -> None:
        """Make ready for the first queries."""

    def count(self) -> dict[str, int]:
        """Return how many places are idle, busy with short queries, and with long ones."""

    def close(self) -> None:
        """End what runs; later queries are refused."""


class AnswerCache:
    """Answers that depend on the data version alone, the latest ones up to a total size.

    Args:
        limit: the number of bytes kept.
    """

    def __init__(self, limit: int = 16 * 1024 * 1024) -> None:
        self._limit = limit
        self._size = 0
        self._answers: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._made: dict[tuple[object, ...], Future[bytes]] = {}
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...], make: Callable[[], bytes]) -> bytes:
        """Return the answer of the key, made now if it is not kept.

        Of those who ask for it at the same time one makes it; all get the answer, or the error.
        """
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
            if others := self._made.get(key):
                made = others
            else:
                made = self._made[key] = Future()
        if others:
            return made.result()
        try:
            answer = make()
        except BaseException as error:
            with self._lock:
                del self._made[key]
            made.set_exception(error)
            raise
        with self._lock:
            del self._made[key]
            self._keep(key, answer)
        made.set_result(answer)
        return answer

    def _keep(self, key: tuple[object, ...], answer: bytes) -> None:
        if len(answer) > self._limit // 8 or key in self._answers:
            return
        self._answers[key] = answer
        self._size += len(answer) + 200
        while self._size > self._limit:
            _, oldest = self._answers.popitem(last=False)
            self._size -= len(oldest) + 200


def _code_hash() -> str:
    """Return a hash of this package, so that a new version of the pages gets new entity tags."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.blake2b(__version__.encode(), digest_size=6)
    folders = [(package / folder).rglob("*.*") for folder in ("web", "records", "graph")]
    for path in sorted([*package.glob("*.py"), *chain.from_iterable(folders)]):
        if path.suffix in (".py", ".html", ".css", ".svg"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


@dataclass
class Service:
    """The parts of a running service."""

    graph: MaterializedGraph
    pool: QueryPool
    catalog: QueryCatalog
    files: RecordFiles
    cache: AnswerCache
    code: str
    _kept: dict[str, object] = field(default_factory=dict)
    _making: dict[str, threading.Lock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def store(self) -> GraphStore:
        """The store, for our own queries only."""
        return self.graph.store

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """Return what depends on the data alone, made when it is first asked for."""
        with self.making(name):
            if name not in self._kept:
                self._kept[name] = make()
            return cast(T, self._kept[name])

    def making(self, name: str) -> threading.Lock:
        """Return the lock of whoever makes what has that name."""
        with self._guard:
            return self._making.setdefault(name, threading.Lock())

    def has_graph(self, name: str) -> bool:
        """Say whether the store has a named graph of that IRI."""
        try:
            graph = ox.NamedNode(name)
        except ValueError:  # no IRI
            return False
        return self.store.ask(f"ASK {{ GRAPH {graph} {{ ?s ?p ?o }} }}")

    @cached_property
    def exports(self) -> Path:
        """The directory of files that are made once for each data version.

        It lies in the workplace of the graph, where all processes find it, or where that cannot be
        written, in a place of this process.
        """
        beside = self.graph.workplace / "exports" / self.code
        try:
            beside.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=beside):
                return beside
        except OSError:
            place = Path(tempfile.mkdtemp(prefix="osai-graph-"))
            atexit.register(shutil.rmtree, place, ignore_errors=True)
            return place

    def tag(self, *parts: object) -> str:
        """Return the entity tag of an answer that depends on the data and on these parts."""
        text = "\x00".join(map(repr, (self.graph.version, self.code, *parts)))
        return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def start_service(graph: MaterializedGraph, pool: QueryPool) -> Service:
    """Return the service of a graph; nothing is evaluated yet."""
    return Service(
        graph=graph,
        pool=pool,
        catalog=QueryCatalog.load(graph.root),
        files=RecordFiles(graph.root),
        cache=AnswerCache(),
        code=_code_hash(),
    )


def service() -> Service:
    """Return the service of the current application."""
    return cast(Service, current_app.extensions["osai_graph"])
