"""pool keeps a few worker processes that evaluate strangers' queries, and kills those that overrun.

The engine's Python binding can neither stop a query nor survive every query: a cross product runs
for ever, deep nesting ends the process. In a process of its own, each costs only its sender.

So that long queries never keep short ones waiting, there are two lanes. A query starts in the fast
one; if it runs longer than a slice of a second it moves to the slow lane, which has few places; it
is halted until one is free, or ended where too many are halted already. A query that was slow once
starts in the slow lane from then on.
"""

from __future__ import annotations

import json
import math
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyoxigraph

from osai_graph.errors import StoreError, SyntaxFault
from osai_graph.graph.rewriting import rewrite
from osai_graph.graph.store import syntax_fault
from osai_graph.namespaces import PREFIXES


class QueryLimitError(StoreError):
    """A query was stopped at a limit; ``status`` is the HTTP status that says so."""

    def __init__(self, status: int, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.status = status


@dataclass(frozen=True)
class Limits:
    """What one query may take, and how many run at once in one process of the service.

    Attributes:
        seconds: the time that a query may take.
        result_bytes: the size of its answer.
        memory_bytes: the memory of the process that evaluates it.
        workers: how many short queries run at once.
        wait_seconds: how long a query waits for its turn.
        slow_workers: how many long queries run at once.
        slice_seconds: how long a query counts as short.
        spare: how many processes are started before they are needed.
        export_seconds: the time to write a whole graph into a file, once for each data version.
    """

    seconds: float = 10.0
    result_bytes: int = 8 * 1024 * 1024
    memory_bytes: int = 3 * 1024**3
    workers: int = 8
    wait_seconds: float = 5.0
    slow_workers: int = 2
    slice_seconds: float = 0.25
    export_seconds: float = 120.0
    spare: int = 4

    def shared_by(self, processes: int) -> Limits:
        """Return the limits of each of several processes that have these together."""
        return replace(
            self,
            workers=max(2, self.workers // processes),
            slow_workers=max(1, self.slow_workers // processes),
            spare=max(1, self.spare // processes),
        )


def time_limit_error(limits: Limits) -> QueryLimitError:
    """Return the error of a query that has taken its time."""
    return QueryLimitError(
        504,
        f"The query ran longer than the time limit of {limits.seconds:g} seconds and was stopped.",
        "Select less: add triple patterns that join the variables, or a LIMIT in a sub-query.",
    )


def size_limit_error(limits: Limits) -> QueryLimitError:
    """Return the error of a query whose answer is too large."""
    megabytes = limits.result_bytes / 1024**2
    return QueryLimitError(
        413,
        f"The answer is larger than the limit of {megabytes:g} MB and was not sent.",
        "Add a LIMIT, or select fewer variables.",
    )


#: A worker that holds this much after a query is replaced, so that it goes back to the system.
_RETIRE_BYTES = 128 * 1024 * 1024

#: What a pipe holds; memory for more would be asked of the system for each answer.
_PIPE_BYTES = 1 << 16

#: How many queries are remembered as slow.
_REMEMBERED = 1000

#: Longer queries are run as they are: to read them is work for the process that serves all.
_REWRITTEN_LENGTH = 8000

#: So many long queries may wait for each place that there is for them.
_HALTED = 4

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
        # -P: the folder of the script must not stand before the standard library;
        # -S: nothing of what `site` sets up is needed, and half the time of a start goes into it
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-S", "-P", str(script)),
                *(str(store_path), str(memory), json.dumps(PREFIXES)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))},
            bufsize=0,
        )
        assert self.process.stdout is not None
        self._answers = select.poll()
        self._answers.register(self.process.stdout.fileno(), select.POLLIN)
        self._started = False
        self._spent: float | None = None
        self.yields = False

    def ask(
        self,
        request: Mapping[str, Any],
        seconds: float,
        slice_: float,
        when_slow: Callable[[], None],
    ) -> tuple[dict[str, Any], bytes]:
        """Send a request and return the answer's header and body.

        ``when_slow`` is called once when it has computed for ``slice_`` seconds without an answer.
        """
        line = json.dumps(request).encode() + b"\n"
        self._await_start(seconds)
        try:
            self._write(line)
        except (BrokenPipeError, OSError) as error:
            raise _WorkerGoneError from error
        deadline = time.monotonic() + seconds
        has_bytes = self._answers_within(slice_, deadline)
        if not has_bytes:
            when_slow()
        return self._read_answer(deadline, has_bytes)

    def _answers_within(self, slice_: float, deadline: float) -> bool:
        """Wait for the answer while the process has computed no longer than the slice.

        Where others keep the processors busy, a short query takes long without being long.
        """
        before = self._computed() if self._spent is None else self._spent
        while not self._has_bytes(slice_):
            if self._computed() - before >= slice_ * 0.8 or time.monotonic() > deadline:
                return False
        return True

    def _has_bytes(self, seconds: float) -> bool:
        return bool(self._answers.poll(math.ceil(max(0.0, seconds) * 1000)))

    def _computed(self) -> float:
        """Return the processor time that the process has used, in seconds."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # no such place on this system: real time has to do
            return time.monotonic()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _await_start(self, seconds: float) -> None:
        """Wait for the byte that a new process sends when it has opened the store."""
        assert self.process.stdout is not None
        if self._started:
            return
        if not self._has_bytes(seconds):
            raise _DeadlineError
        if not os.read(self.process.stdout.fileno(), 1):
            raise _WorkerGoneError
        self._started = True

    def _write(self, line: bytes) -> None:
        assert self.process.stdin is not None
        view = memoryview(line)
        while view:
            view = view[self.process.stdin.write(view) or 0 :]

    def _read_answer(self, deadline: float, has_bytes: bool) -> tuple[dict[str, Any], bytes]:
        assert self.process.stdout is not None
        descriptor = self.process.stdout.fileno()
        received = bytearray()
        header: dict[str, Any] | None = None
        start = 0
        while header is None or len(received) - start < header["size"]:
            if not has_bytes and not self._has_bytes(deadline - time.monotonic()):
                raise _DeadlineError
            has_bytes = False
            chunk = os.read(descriptor, _PIPE_BYTES)
            if not chunk:
                raise _WorkerGoneError
            received += chunk
            if header is None and (end := received.find(b"\n")) >= 0:
                header, start = json.loads(received[:end]), end + 1
        self._spent = header["spent"]
        return header, bytes(received[start:])

    def halt(self) -> None:
        """Let the process rest until `resume`."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the process go on."""
        self.process.send_signal(signal.SIGCONT)

    def yield_to_others(self) -> None:
        """Let all short queries go first, from now on for good: priority cannot be had back."""
        self.yields = True
        with suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, self.process.pid, 15)

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
        self._idle: deque[_Worker] = deque()
        # whether it runs in the slow lane; None for what waits for a place there
        self._running: dict[_Worker, bool | None] = {}
        self._known_slow: OrderedDict[str, None] = OrderedDict()
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
        dataset = {"default": list(default_graphs), "named": list(named_graphs)}
        return self._evaluate(query, ending, {**dataset, "prefixes": dict(prefixes or {})})[1]

    def first_rows(
        self,
        query: str,
        ending: str,
        rows: int,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> tuple[int, bytes]:
        """Run a query and return how many rows its answer has, and the first of them.

        ``ending`` is ``json`` or ``nt``; raises what `evaluate` raises.
        """
        dataset = {"default": list(default_graphs), "named": list(named_graphs)}
        header, body = self._evaluate(query, ending, {**dataset, "prefixes": {}, "rows": rows})
        return header["total"], body

    def _evaluate(
        self, query: str, ending: str, more: Mapping[str, Any]
    ) -> tuple[dict[str, Any], bytes]:
        request = {
            "query": query,
            "faster": rewrite(query) if len(query) <= _REWRITTEN_LENGTH else query,
            "format": ending,
            "seconds": self.limits.seconds,
            "bytes": self.limits.result_bytes,
            **more,
        }
        header, body = self._ask(request)
        if header["error"] is None:
            return header, body
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
            "seconds": self.limits.export_seconds,
        }
        header, _ = self._ask(request)
        if header["error"] is not None:
            raise StoreError(f"The graph cannot be written: {header['message']}.")

    def _ask(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        parts = ("query", "default", "named", "graph")
        name = "\0".join(str(request.get(part)) for part in parts)
        worker = self._borrow(name in self._known_slow)
        keep = False
        try:
            header, body = worker.ask(
                request,
                request["seconds"] + _GRACE_SECONDS,
                self.limits.slice_seconds,
                lambda: self._move_to_slow_lane(worker, name),
            )
            keep = header["memory"] < _RETIRE_BYTES and not worker.yields
            return header, body
        except _DeadlineError:
            raise time_limit_error(self.limits) from None
        except _WorkerGoneError:
            if worker.process.wait() == -signal.SIGALRM:
                raise time_limit_error(self.limits) from None
            raise QueryLimitError(
                400,
                "The query is too complex: the process that evaluated it ran out of memory or "
                "stack and was ended.",
                "Nest less deeply, or select less at once.",
            ) from None
        finally:
            self._give_back(worker, keep)

    def _move_to_slow_lane(self, worker: _Worker, name: str) -> None:
        """Let a query go on as a long one, as soon as one may.

        Raises:
            QueryLimitError: as many long queries run, or wait to run, as may.
        """
        with self._changed:
            self._known_slow[name] = None
            if len(self._known_slow) > _REMEMBERED:
                self._known_slow.popitem(last=False)
            if self._running[worker]:
                return
            if not self._has_place(slow=True):
                self._wait_halted(worker)
            self._running[worker] = True
            worker.yield_to_others()
            self._changed.notify_all()

    def _wait_halted(self, worker: _Worker) -> None:
        waiting = sum(lane is None for lane in self._running.values())
        if waiting >= _HALTED * self.limits.slow_workers:
            raise self._busy(slow=True)
        self._running[worker] = None
        worker.halt()
        self._changed.notify_all()
        if not self._changed.wait_for(
            lambda: self._has_place(slow=True) or self._closed, self.limits.wait_seconds
        ):
            raise self._busy(slow=True)
        worker.resume()

    def _busy(self, slow: bool) -> QueryLimitError:
        if slow:
            message = f"Already {self.limits.slow_workers} long queries run at once."
            return QueryLimitError(503, message, "Try again in a few seconds, or select less.")
        message = f"All {self.limits.workers} query processes are busy."
        return QueryLimitError(503, message, "Try again in a few seconds.")

    def _error(self, header: Mapping[str, Any]) -> StoreError | SyntaxFault:
        if header["error"] == "syntax":
            return syntax_fault(SyntaxError(header["message"]))
        if header["error"] == "size":
            return size_limit_error(self.limits)
        return StoreError(f"The query cannot be evaluated: {header['message']}.")

    def _has_place(self, slow: bool) -> bool:
        places = self.limits.slow_workers if slow else self.limits.workers
        return sum(lane == slow for lane in self._running.values()) < places

    def _borrow(self, slow: bool) -> _Worker:
        deadline = time.monotonic() + self.limits.wait_seconds
        with self._changed:
            while not self._has_place(slow) and not self._closed:
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    raise self._busy(slow)
            if self._closed:
                raise QueryLimitError(503, "The service is stopping.", "Try again later.")
            worker = self._take_idle() or self._start()
            self._running[worker] = slow
            if slow:
                worker.yield_to_others()
            return worker

    def _take_idle(self) -> _Worker | None:
        while self._idle:
            worker = self._idle.popleft()
            if worker.process.poll() is None:
                return worker
            worker.end()
        return None

    def _start(self) -> _Worker:
        return _Worker(self._store_path, self.limits.memory_bytes)

    def fill(self) -> None:
        """Start the processes that stand ready when nothing runs."""
        with self._changed:
            while not self._closed and len(self._idle) + len(self._running) < self.limits.spare:
                self._idle.append(self._start())

    def _give_back(self, worker: _Worker, keep: bool) -> None:
        with self._changed:
            self._running.pop(worker, None)
            idle = len(self._idle)
            # one that is there is kept: to start one costs as much as many queries
            keep = keep and not self._closed and idle < self.limits.workers
            if keep:
                self._idle.appendleft(worker)
            elif not self._closed and idle < self.limits.spare:
                self._idle.append(self._start())  # the next query shall not wait for its start
            # those who wait want places in different lanes
            self._changed.notify_all()
        if not keep:
            worker.end()

    def count(self) -> dict[str, int]:
        """Return how many processes are idle, busy with short queries, and with long ones."""
        with self._changed:
            lanes = list(self._running.values())
            return {"idle": len(self._idle), "busy": lanes.count(False), "slow": lanes.count(True)}

    def close(self) -> None:
        """End all workers; queries that run fail, later ones are refused."""
        with self._changed:
            self._closed = True
            idle, running = list(self._idle), list(self._running)
            self._idle.clear()
            self._changed.notify_all()
        for worker in running:
            worker.process.kill()
        for worker in idle:
            worker.end()
