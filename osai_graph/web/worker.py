"""worker evaluates SPARQL queries of strangers in a process that may be killed at any time.

It is started by path, not imported (see pool), and imports nothing but the engine and the standard
library, so that a new one stands ready at once. Requests come as one line
of JSON on standard input; each answer is one line of JSON and then as many bytes as that line says.
What it may take is limited by the kernel: memory, time (an alarm that kills) and, where permitted,
the network.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import signal
import sys
import time
from typing import Any

import pyoxigraph as ox

_RESULTS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_RDF = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
}


class TooLargeError(Exception):
    """The answer has grown beyond its limit."""


class _LimitedBuffer(io.BytesIO):
    """A buffer that stops the writer at a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit
        self.exceeded = False

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > self.limit:
            self.exceeded = True
            raise TooLargeError
        return super().write(data)


def _graphs(iris: list[str]) -> list[Any]:
    return [ox.NamedNode(iri) for iri in iris]


def _evaluate(store: ox.Store, request: dict[str, Any]) -> object:
    """Run a query, in its faster form where it has one."""
    query, faster = request["query"], request["faster"]
    if faster != query:
        with contextlib.suppress(SyntaxError):  # the fault must be that of the query as it was sent
            return _run(store, faster, request)
    return _run(store, query, request)


def _run(store: ox.Store, query: str, request: dict[str, Any]) -> object:
    """Run a query over the dataset of the protocol (SPARQL 1.1 Protocol, section 2.1.4)."""
    default, named = request["default"], request["named"]
    known = request["known_prefixes"]  # what the query declares itself wins
    if default or named:
        return store.query(
            query,
            default_graph=_graphs(default),
            named_graphs=_graphs(named),
            prefixes=known,
        )
    return store.query(query, prefixes=known)


def written(results: Any, name: str, prefixes: dict[str, str], most: int) -> bytes:
    """Return an answer in the format of an ending.

    Raises:
        TooLargeError: it would have more than ``most`` bytes.
    """
    buffer = _LimitedBuffer(most)
    try:
        if isinstance(results, ox.QueryTriples):
            ox.serialize(results, buffer, _RDF[name], prefixes=prefixes)
        else:
            results.serialize(buffer, _RESULTS[name])
    except Exception as error:  # the writer may wrap what stopped it
        if buffer.exceeded:
            raise TooLargeError from error
        raise
    body = buffer.getvalue()
    # XML readers turn a raw carriage return into a line feed (XML 1.0, section 2.11)
    return body.replace(b"\r", b"&#13;") if name in ("xml", "rdf") else body


def shortened(body: bytes, form: str, most: int) -> tuple[bytes, int]:
    """Return the first rows of an answer in JSON or N-Triples, and how many rows it has.

    Pages show no more, and to read a large answer would stop the process that serves all.
    """
    if form == "nt":
        lines = body.splitlines(keepends=True)
        return b"".join(lines[:most]), len(lines)
    answer = json.loads(body)
    rows = answer.get("results", {}).get("bindings", [])
    if len(rows) > most:
        answer["results"]["bindings"] = rows[:most]
        body = json.dumps(answer).encode()
    return body, len(rows)


def rdf_format(name: str) -> ox.RdfFormat:
    """Return the format of triples that has this ending."""
    return _RDF[name]


def _export(store: ox.Store, request: dict[str, Any]) -> None:
    """Write one graph into a file, however large."""
    name = request["graph"]
    with open(request["file"], "wb") as stream:
        store.dump(
            stream,
            rdf_format(request["format"]),
            from_graph=ox.NamedNode(name) if name else ox.DefaultGraph(),
            prefixes=request["prefixes"],
        )


def _answer(store: ox.Store, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    if "file" in request:
        try:
            _export(store, request)
        except Exception as error:
            return {"error": "evaluation", "message": str(error)}, b""
        return {"error": None}, b""
    form, prefixes = request["format"], request["prefixes"]
    try:
        body = written(_evaluate(store, request), form, prefixes, request["bytes"])
    except SyntaxError as error:
        return {"error": "syntax", "message": str(error)}, b""
    except TooLargeError:
        return {"error": "size", "message": ""}, b""
    except Exception as error:
        return {"error": "evaluation", "message": str(error)}, b""
    if request.get("rows") is not None:
        body, total = shortened(body, form, request["rows"])
        return {"error": None, "total": total}, body
    return {"error": None}, body


def _memory() -> int:
    """Return the bytes that this process holds.

    The kernel's own record of the most that it held begins with what its parent held.
    """
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:  # no such place on this system
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _leave_the_network() -> None:
    """Move into an empty network namespace where the kernel lets us; a second line of defense."""
    import ctypes

    new_user, new_net = 0x10000000, 0x40000000
    with contextlib.suppress(AttributeError, OSError):  # no such call on this system
        ctypes.CDLL(None).unshare(new_user | new_net)


def _limit(memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is the parent's to handle
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    _leave_the_network()


def main(path: str, memory: int, known: dict[str, str]) -> None:
    """Answer requests from standard input until it ends.

    Args:
        path: the directory of the store.
        memory: the bytes that this process may have.
        known: the prefixes that need no declaration.
    """
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit(memory)
    store = ox.Store.read_only(path)
    answers.write(b"\n")  # ready
    answers.flush()
    for line in requests:
        request = {"known_prefixes": known, **json.loads(line)}
        signal.setitimer(signal.ITIMER_REAL, request["seconds"])
        header, body = _answer(store, request)
        signal.setitimer(signal.ITIMER_REAL, 0)
        header["size"] = len(body)
        header["spent"] = time.process_time()
        header["memory"] = _memory()
        answers.write(json.dumps(header).encode() + b"\n" + body)
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]))
