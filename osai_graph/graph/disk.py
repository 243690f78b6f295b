"""disk writes a new database in the background, while its content is still being worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import pyoxigraph as ox

#: The default graph, or the IRI of a named one.
Target = ox.DefaultGraph | ox.NamedNode


class DiskWriter:
    """A new database that parts of a graph are written into, one after the other, in one thread.

    Loading a file is the fastest way into a database, and the engine does it without Python, so
    that the next part can be worked out at the same time. Leaving the context waits for all parts.

    Args:
        path: the directory of the new database.
        scratch: a directory for the parts until they are loaded.

    Raises:
        OSError: a part cannot be written; raised on leaving.
    """

    def __init__(self, path: Path, scratch: Path) -> None:
        self._disk = ox.Store(str(path))
        self._scratch = scratch
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="disk-writer")
        self._parts: list[Future[None]] = []

    def __enter__(self) -> DiskWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=kind is not None)
        try:
            if kind is None:
                for part in self._parts:
                    part.result()
                self._disk.flush()
        finally:
            del self._disk  # closes it: its files are final from now on

    def add_quads(self, store: ox.Store) -> None:
        """Write all that a store holds now, each graph as that graph."""
        part = self._new_part()
        store.dump(str(part), format=ox.RdfFormat.N_QUADS)
        self._submit(lambda: self._load(part, ox.RdfFormat.N_QUADS))

    def add_triples(
        self, triples: Iterable[tuple[str, str, str]], graphs: Sequence[Target]
    ) -> None:
        """Write triples, given as N-Triples writes their terms, into each of the graphs."""
        part = self._new_part()
        with part.open("w", encoding="utf-8") as stream:
            stream.writelines(f"{s} {p} {o} .\n" for s, p, o in triples)
        self._submit(lambda: self._load(part, ox.RdfFormat.N_TRIPLES, graphs))

    def _new_part(self) -> Path:
        return self._scratch / f"part-{len(self._parts)}"

    def _submit(self, work: Callable[[], None]) -> None:
        self._parts.append(self._thread.submit(work))

    def _load(
        self, part: Path, form: ox.RdfFormat, graphs: Sequence[Target | None] = (None,)
    ) -> None:
        for graph in graphs:
            self._disk.bulk_load(path=str(part), format=form, to_graph=graph)
        part.unlink()
