"""server_pool hands strangers' queries on to the SPARQL server that holds the graph, within limits.

A query can be neither watched nor stopped there: when its time is over we stop waiting, and the
server's own limit ends it. Strangers are told what is wrong with their query, not where the server
is nor what it says of itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from osai_graph.errors import StoreError, SyntaxFault
from osai_graph.graph.exchange import (
    AnswerSizeError,
    Exchange,
    RequestRefusedError,
    ServerTimeoutError,
)
from osai_graph.graph.remote import RemoteStore
from osai_graph.graph.rewriting import rewrite
from osai_graph.graph.store import Answer
from osai_graph.remote_build import RemoteGraph
from osai_graph.web.pool import Limits, QueryLimitError, size_limit_error, time_limit_error
from osai_graph.web.worker import TooLargeError, rdf_format, shortened, written

#: Answers come as JSON, which is larger than some formats that they are sent on in.
_READ_BYTES_FOR_EACH_SENT = 4

#: A page waits this long for each of its own queries.
_PAGE_SECONDS = 30.0

_LOG = logging.getLogger(__name__)


def without_long_waits(graph: RemoteGraph) -> RemoteGraph:
    """Return the same graph for pages: what its server does not answer soon is an error."""
    most = graph.store.exchange.most_bytes
    seconds = min(_PAGE_SECONDS, graph.store.exchange.seconds)
    return replace(graph, store=_within(graph.store, seconds, most))


class ServerPool:
    """Evaluates queries on a SPARQL server; safe to use from many threads.

    Args:
        store: the graph on the server.
        limits: what a query may take; so many are sent at once as there are workers.
    """

    def __init__(self, store: RemoteStore, limits: Limits) -> None:
        self.limits = limits
        most = limits.result_bytes * _READ_BYTES_FOR_EACH_SENT
        self._store = _within(store, limits.seconds, most)
        self._patient = _within(store, limits.export_seconds, store.exchange.most_bytes)
        self._running = 0
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
        """Run a query and return its answer in the format of that ending.

        Raises:
            SyntaxFault: the query is wrong.
            QueryLimitError: the query met a limit, or the server cannot be asked now.
            StoreError: the server cannot run the query.
        """
        with self._place(), _said_to_strangers(self.limits):
            answer = self._run(query, default_graphs, named_graphs)
            return written(answer, ending, dict(prefixes or {}), self.limits.result_bytes)

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
        body = self.evaluate(
            query, ending, default_graphs=default_graphs, named_graphs=named_graphs
        )
        first, total = shortened(body, ending, rows)
        return total, first

    def export(
        self, graph: str | None, ending: str, path: Path, prefixes: Mapping[str, str]
    ) -> None:
        """Write a named graph, or the default graph for ``None``, into a file.

        Raises:
            QueryLimitError: it takes too long, or the server cannot be asked now.
        """
        every = "{ ?s ?p ?o }"
        where = every if graph is None else f"{{ GRAPH {ox.NamedNode(graph)} {every} }}"
        with self._place(), _said_to_strangers(self.limits):
            answer = self._patient.query(f"CONSTRUCT {every} WHERE {where}")
            assert isinstance(answer, ox.QueryTriples)
            ox.serialize(answer, str(path), rdf_format(ending), prefixes=dict(prefixes))

    def fill(self) -> None:
        """Do nothing: the server is ready."""

    def count(self) -> dict[str, int]:
        """Return how many queries could be sent now, and how many are running."""
        with self._changed:
            idle = max(0, self.limits.workers - self._running)
            return {"idle": idle, "busy": self._running, "slow": 0}

    def close(self) -> None:
        """Refuse later queries."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _run(
        self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str]
    ) -> Answer:
        faster = rewrite(query)
        if faster != query:
            try:
                return self._store.query(faster, default_graphs, named_graphs)
            except SyntaxFault:
                pass  # the fault must be that of the query as it was sent
        return self._store.query(query, default_graphs, named_graphs)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Wait for a place among the queries that run at once."""
        deadline = time.monotonic() + self.limits.wait_seconds
        with self._changed:
            while self._running >= self.limits.workers and not self._closed:
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    message = f"Already {self.limits.workers} queries run at once."
                    raise QueryLimitError(503, message, "Try again in a few seconds.")
            if self._closed:
                raise QueryLimitError(503, "The service is stopping.", "Try again later.")
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify()


def _within(store: RemoteStore, seconds: float, most_bytes: int) -> RemoteStore:
    """Return the same store with other limits."""
    exchange = Exchange(store.exchange.credentials, seconds, most_bytes)
    return RemoteStore(store.addresses, exchange, store.default_graph)


@contextmanager
def _said_to_strangers(limits: Limits) -> Iterator[None]:
    """Turn what goes wrong with the server into what whoever sent the query may know."""
    try:
        yield
    except (SyntaxFault, QueryLimitError):
        raise
    except ServerTimeoutError as error:
        raise time_limit_error(limits) from error
    except (AnswerSizeError, TooLargeError) as error:
        raise size_limit_error(limits) from error
    except StoreError as error:
        if RequestRefusedError in (type(error), type(error.__cause__)):
            raise StoreError(
                "The server that holds the graph cannot run this query, though it is SPARQL 1.1.",
                "Write it with other means: servers differ in what they take.",
            ) from error
        _LOG.error("The server that holds the graph failed: %s", error)
        raise QueryLimitError(
            503, "The server that holds the graph cannot answer now.", "Try again later."
        ) from error
