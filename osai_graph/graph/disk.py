"""disk writes a new database in the background, while its content is still being worked out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import pyoxigraph as ox

#: The default graph, or the IRI of a named one.
Target = ox.DefaultGraph | ox.NamedNode


class DiskWriter:
    """A new database that parts of a graph are written into by two threads.

    Loading a file is the fastest way into a database, and the engine does it without Python, so
    that the next part can be worked out at the same time. Leaving the context waits for all parts.

    Args:
        path: the directory of the new database.
        scratch: a directory for the files of the parts; whoever made it removes it.

    Raises:
        OSError: a part cannot be written; raised on leaving.
    """

    def __init__(self, path: Path, scratch: Path) -> None:
        self._disk = ox.Store(str(path))
        self._scratch = scratch
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="disk-writer")
        self._parts = 0
        self._loads: list[Future[None]] = []

    def __enter__(self) -> DiskWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=kind is not None)
        try:
            if kind is None:
                for load in self._loads:
                    load.result()
                self._disk.flush()
        finally:
            del self._disk  # closes it: its files are final from now on

    def add_quads(self, store: ox.Store) -> None:
        """Write all that a store holds now, each graph as that graph."""
        part = self._new_part()
        store.dump(str(part), format=ox.RdfFormat.N_QUADS)
        self._load(part, ox.RdfFormat.N_QUADS)

    def add_graph(self, store: ox.Store, graph: Target, targets: Sequence[Target]) -> None:
        """Write what one graph of a store holds now into each of the target graphs."""
        part = self._new_part()
        store.dump(str(part), format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
        self._load(part, ox.RdfFormat.N_TRIPLES, targets)

    def add_triples(
        self, triples: Iterable[tuple[str, str, str]], targets: Sequence[Target]
    ) -> None:
        """Write triples, given as N-Triples writes their terms, into each of the target graphs."""
        part = self._new_part()
        with part.open("w", encoding="utf-8") as stream:
            stream.writelines(f"{s} {p} {o} .\n" for s, p, o in triples)
        self._load(part, ox.RdfFormat.N_TRIPLES, targets)

    def _new_part(self) -> Path:
        self._parts += 1
        return self._scratch / f"part-{self._parts}"

    def _load(
        self, part: Path, form: ox.RdfFormat, targets: Sequence[Target | None] = (None,)
    ) -> None:
        for target in targets:
            self._loads.append(
                self._threads.submit(
                    self._disk.bulk_load, path=str(part), format=form, to_graph=target
                )
            )
