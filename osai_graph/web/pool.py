"""pool keeps a few worker processes that evaluate strangers' queries, and kills those that overrun.

The engine's Python binding can neither stop a query nor survive every query: a cross product runs
for ever, deep nesting ends the process. In a process of its own, each costs only its sender.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph

from osai_graph.errors import StoreError, SyntaxFault
from osai_graph.graph.store import syntax_fault
from osai_graph.namespaces import PREFIXES


class QueryLimitError(StoreError):
    """A query was stopped at a limit; ``status`` is the HTTP status that says so."""

    def __init__(self, status: int, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.status = status


@dataclass(frozen=True)
class Limits:
    """What one query may take, and how many run at once."""

    seconds: float = 10.0
    result_bytes: int = 8 * 1024 * 1024
    memory_bytes: int = 3 * 1024**3
    workers: int = 4
    wait_seconds: float = 5.0


#: A worker that once held this much is replaced, so that its memory goes back to the system.
_RETIRE_BYTES = 512 * 1024 * 1024

#: The worker's own alarm ends it at the limit; the parent kills it this much later at the latest.
_GRACE_SECONDS = 1.0


class _WorkerGoneError(Exception):
    """The process ended while it owed an answer."""


class _DeadlineError(Exception):
    """No answer came in time."""


class _Worker:
    """One worker process and the pipes to it."""

    def __init__(self, store_path: Path, memory: int) -> None:
        script = Path(__file__).with_name("worker.py")
        folders = (Path(pyoxigraph.__file__).parent.parent, script.parents[2])
        # -P: the folder of the script must not stand before the standard library
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(script), str(store_path), str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))},
            bufsize=0,
        )

    def ask(self, request: Mapping[str, Any], seconds: float) -> tuple[dict[str, Any], bytes]:
        """Send a request and return the answer's header and body."""
        assert self.process.stdin is not None
        line = json.dumps(request).encode() + b"\n"
        try:
            self._write(line)
        except (BrokenPipeError, OSError) as error:
            raise _WorkerGoneError from error
        return self._read_answer(time.monotonic() + seconds)

    def _write(self, line: bytes) -> None:
        assert self.process.stdin is not None
        view = memoryview(line)
        while view:
            view = view[self.process.stdin.write(view) or 0 :]

    def _read_answer(self, deadline: float) -> tuple[dict[str, Any], bytes]:
        assert self.process.stdout is not None
        descriptor = self.process.stdout.fileno()
        received = bytearray()
        header: dict[str, Any] | None = None
        start = 0
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while header is None or len(received) - start < header["size"]:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise _DeadlineError
                chunk = os.read(descriptor, 1 << 20)
                if not chunk:
                    raise _WorkerGoneError
                received += chunk
                if header is None and (end := received.find(b"\n")) >= 0:
                    header, start = json.loads(received[:end]), end + 1
        return header, bytes(received[start:])

    def end(self) -> int:
        """Kill the process, if it still lives, and return its exit code."""
        self.process.kill()
        code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        return code


class WorkerPool:
    """Worker processes over one read-only store; safe to use from many threads.

    Args:
        store_path: the directory of the database.
        limits: what a query may take.
    """

    def __init__(self, store_path: Path, limits: Limits) -> None:
        self.limits = limits
        self._store_path = store_path
        self._idle: list[_Worker] = []
        self._out: set[_Worker] = set()
        self._started = 0
        self._closed = False
        self._changed = threading.Condition()

    def evaluate(
        self,
        query: str,
        ending: str,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        prefixes: Mapping[str, str] | None = None,
    ) -> bytes:
        """Run a query and return its answer in the format of that ending (``json``, ``ttl`` ...).

        Our prefixes need no declaration; those that the query declares win. ``prefixes`` are those
        to write triples with.

        Raises:
            SyntaxFault: the query is wrong.
            QueryLimitError: the query met a limit, or all workers are busy.
            StoreError: the query cannot be evaluated.
        """
        request = {
            "query": query,
            "format": ending,
            "default": list(default_graphs),
            "named": list(named_graphs),
            "prefixes": dict(prefixes or {}),
            "known_prefixes": PREFIXES,
            "seconds": self.limits.seconds,
            "bytes": self.limits.result_bytes,
        }
        header, body = self._ask(request)
        if header["error"] is None:
            return body
        raise self._error(header)

    def export(
        self, graph: str | None, ending: str, path: Path, prefixes: Mapping[str, str]
    ) -> None:
        """Write a named graph, or the default graph for ``None``, into a file.

        Raises:
            QueryLimitError: it takes too long, or all workers are busy.
            StoreError: the file cannot be written.
        """
        request = {
            "graph": graph,
            "format": ending,
            "file": str(path),
            "prefixes": dict(prefixes),
            "seconds": self.limits.seconds,
        }
        header, _ = self._ask(request)
        if header["error"] is not None:
            raise StoreError(f"The graph cannot be written: {header['message']}.")

    def _ask(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        worker = self._borrow()
        keep = False
        try:
            header, body = worker.ask(request, self.limits.seconds + _GRACE_SECONDS)
            keep = header["memory"] < _RETIRE_BYTES
            return header, body
        except _DeadlineError:
            raise self._timeout() from None
        except _WorkerGoneError:
            if worker.process.wait() == -signal.SIGALRM:
                raise self._timeout() from None
            raise QueryLimitError(
                400,
                "The query is too complex: the process that evaluated it ran out of memory or "
                "stack and was ended.",
                "Nest less deeply, or select less at once.",
            ) from None
        finally:
            self._give_back(worker, keep)

    def _timeout(self) -> QueryLimitError:
        return QueryLimitError(
            504,
            f"The query ran longer than the time limit of {self.limits.seconds:g} seconds "
            "and was stopped.",
            "Select less: add triple patterns that join the variables, or a LIMIT in a sub-query.",
        )

    def _error(self, header: Mapping[str, Any]) -> StoreError | SyntaxFault:
        if header["error"] == "syntax":
            return syntax_fault(SyntaxError(header["message"]))
        if header["error"] == "size":
            megabytes = self.limits.result_bytes / 1024**2
            return QueryLimitError(
                413,
                f"The answer is larger than the limit of {megabytes:g} MB and was not sent.",
                "Add a LIMIT, or select fewer variables.",
            )
        return StoreError(f"The query cannot be evaluated: {header['message']}.")

    def _borrow(self) -> _Worker:
        deadline = time.monotonic() + self.limits.wait_seconds
        with self._changed:
            while not self._idle and self._started >= self.limits.workers and not self._closed:
                if not self._changed.wait(deadline - time.monotonic()):
                    raise QueryLimitError(
                        503,
                        f"All {self.limits.workers} query processes are busy.",
                        "Try again in a few seconds.",
                    )
            if self._closed:
                raise QueryLimitError(503, "The service is stopping.", "Try again later.")
            worker = self._take_idle() or self._start()
            self._out.add(worker)
            return worker

    def _take_idle(self) -> _Worker | None:
        while self._idle:
            worker = self._idle.pop()
            if worker.process.poll() is None:
                return worker
            worker.end()
            self._started -= 1
        return None

    def _start(self) -> _Worker:
        worker = _Worker(self._store_path, self.limits.memory_bytes)
        self._started += 1
        return worker

    def _give_back(self, worker: _Worker, keep: bool) -> None:
        with self._changed:
            self._out.discard(worker)
            keep = keep and not self._closed
            if keep:
                self._idle.append(worker)
            else:
                self._started -= 1
            self._changed.notify()
        if not keep:
            worker.end()

    def close(self) -> None:
        """End all workers; queries that run fail, later ones are refused."""
        with self._changed:
            self._closed = True
            workers = [*self._idle, *self._out]
            self._idle.clear()
            self._changed.notify_all()
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            if worker not in self._out:
                worker.end()
