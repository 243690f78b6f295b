"""Compares the SPARQL service with other servers: same machine, same data, same queries.

Run it as ``python -m tests.benchmarks.service``. It starts the peers that are installed: the PyPI
packages ``oxigraph`` and ``rdflib-endpoint``, and Virtuoso 7 (``virtuoso-t`` and ``isql-vt``, as
Debian names them); a server that already runs and holds the data (``--write DATA.nt`` writes them)
joins in with ``--also NAME=URL``.

Each kind of query is sent for a while over several connections, first the same 20 queries again and
again, then queries that are all different. The table shows answers in a second, and the ratio of
this service to each peer with its geometric mean.
"""

from __future__ import annotations

import argparse
import itertools
import math
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyoxigraph as ox

from osai_graph.build import BuiltGraph, Manifest
from osai_graph.namespaces import PREFIXES
from tests.benchmarks.synthetic import n_triples

OWN = "osai-graph"
ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9, */*;q=0.1"

_PROLOGUE = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}> "
    for name in ("dcterms", "license", "organization", "osai", "rdfs", "system")
)


@dataclass(frozen=True)
class Kind:
    """A kind of query: the text with ``%(n)d`` for the record and ``%(u)d`` for what is unique."""

    name: str
    text: str

    def query(self, number: int, unique: int) -> str:
        return _PROLOGUE + self.text % {"n": number, "u": unique}


KINDS = (
    Kind("lookup", "SELECT ?p ?o { system:synthetic-%(n)d ?p ?o FILTER(?p != <urn:u:%(u)d>) }"),
    Kind(
        "join",
        "SELECT ?s ?l ?x { ?s a osai:Model ; osai:isDevelopedBy ?d ; osai:hasComponent ?c . "
        "?c dcterms:license ?l . ?l rdfs:label ?x VALUES ?d { organization:synthetic-%(n)d "
        "<urn:u:%(u)d> } }",
    ),
    Kind(
        "negation",
        "SELECT ?s { ?s osai:isDevelopedBy ?d FILTER NOT EXISTS { ?s osai:hasComponent ?c . "
        "?c dcterms:license ?l . ?l osai:withholdsFreedom osai:FreedomToUse } "
        "FILTER(?d != <urn:u:%(u)d>) }",
    ),
    Kind("path", "SELECT ?a { system:synthetic-%(n)d osai:fineTunedFrom+ ?a FILTER(%(u)d >= 0) }"),
    Kind(
        "aggregate",
        "SELECT ?l (COUNT(?c) AS ?n) { ?c osai:hasAvailability osai:Gated ; dcterms:license ?l "
        "FILTER(?c != <urn:u:%(u)d>) } GROUP BY ?l",
    ),
    Kind("describe", "DESCRIBE ?s { VALUES ?s { system:synthetic-%(n)d <urn:u:%(u)d> } }"),
)


@dataclass(frozen=True)
class Server:
    """A server under test."""

    name: str
    url: str


def requests_for(server: Server, queries: Iterator[str]) -> Iterator[bytes]:
    """Yield requests as bytes."""
    parts = urlsplit(server.url)
    for query in queries:
        target = f"{parts.path or '/'}?query={quote(query, safe='')}"
        yield (
            f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: {ACCEPT}\r\n\r\n"
        ).encode()


class _Exchange:
    """One connection with one request on its way."""

    def __init__(self, server: Server) -> None:
        parts = urlsplit(server.url)
        self.socket = socket.create_connection((parts.hostname or "", parts.port or 80))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def send(self, request: bytes) -> None:
        self.received = b""
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Take what has come and say whether the answer is whole."""
        chunk = self.socket.recv(1 << 18)
        if not chunk:
            raise ConnectionError("the server hung up")
        self.received += chunk
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return False
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(head.split(b"\r\n")[0].decode())
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                return len(body) >= int(line[15:])
        return body.endswith(b"0\r\n\r\n")


def throughput(server: Server, queries: Iterator[str], seconds: float, connections: int) -> float:
    """Return answers in a second; 0 where an answer fails or none comes within 30 seconds."""
    requests = requests_for(server, queries)
    done, started = 0, time.perf_counter()
    with selectors.DefaultSelector() as selector:
        exchanges = [_Exchange(server) for _ in range(connections)]
        for exchange in exchanges:
            selector.register(exchange.socket, selectors.EVENT_READ, exchange)
            exchange.send(next(requests))
        try:
            while (elapsed := time.perf_counter() - started) < seconds or not done:
                if elapsed > 30:
                    break
                for key, _ in selector.select(0.1):
                    if key.data.is_answered():
                        done += 1
                        key.data.send(next(requests))
        except ConnectionError as error:
            print(f"{server.name}: {error}", file=sys.stderr)
            done = 0
        finally:
            for exchange in exchanges:
                exchange.socket.close()
    return done / (time.perf_counter() - started)


def queries_of(kind: Kind, systems: int, repeated: bool, start: int) -> Iterator[str]:
    """Yield queries without end: 20 in turn, or such as were never sent before."""
    number = start
    while True:
        yield kind.query(number % (20 if repeated else systems), 0 if repeated else number + 1)
        number += 1


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers a query."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}?query=ASK%7B%7D", timeout=5) as answer:
                answer.read()
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(directory: str, port: str) -> None:
    """Serve the store in a directory (the child process of the benchmark)."""
    from osai_graph.web.pool import Limits
    from osai_graph.web.production import ServerSettings, default_processes, run

    path = Path(directory)
    manifest = Manifest(
        "benchmark", files=0, stated=0, inferred=0, verdicts=0, seconds=0.0, bytes=0
    )
    count = default_processes()
    limits = Limits(seconds=60).shared_by(count)
    settings = ServerSettings("127.0.0.1", int(port), count, limits)
    run(BuiltGraph(path, path, manifest), settings, lambda: None)


def commands(place: Path, data: Path) -> Iterator[tuple[str, Callable[[int], list[str]], str]]:
    """Yield name, command for a port, and path of the endpoint, of each server that is there."""
    program = Path(sys.executable).parent
    yield (
        OWN,
        lambda port: [
            *(sys.executable, "-m", "tests.benchmarks.service", "--serve"),
            *(str(place), str(port)),
        ],
        "/sparql",
    )
    if (oxigraph := program / "oxigraph").exists():
        yield (
            "oxigraph",
            lambda port: [
                *(str(oxigraph), "serve-read-only", "--location", str(place / "store")),
                *("--bind", f"127.0.0.1:{port}"),
            ],
            "/query",
        )
    if (endpoint := program / "rdflib-endpoint").exists():
        yield (
            "rdflib-endpoint",
            lambda port: [str(endpoint), "serve", "--port", str(port), str(data)],
            "/",
        )

    if shutil.which("virtuoso-t") and shutil.which("isql-vt"):
        yield "virtuoso", lambda port: _virtuoso(place, data, port), "/sparql"


_VIRTUOSO_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 20
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
DirsAllowed = {place}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 20
[SPARQL]
ResultSetMaxRows = 1000000
"""


def _virtuoso(place: Path, data: Path, port: int) -> list[str]:
    """Load the data into a new database of Virtuoso and return the command that serves it."""
    sql = free_port()
    configuration = place / "virtuoso.ini"
    configuration.write_text(_VIRTUOSO_INI.format(place=place, sql=sql, http=port))
    command = ["virtuoso-t", "+foreground", "+configfile", str(configuration)]
    quiet = subprocess.DEVNULL
    loader = subprocess.Popen(command, stdout=quiet, stderr=quiet, cwd=place)
    wait_for(f"http://127.0.0.1:{port}/sparql", loader)
    statements = f"DB.DBA.TTLP(file_open('{data}'), '', 'urn:data', 255); checkpoint; shutdown;"
    isql = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec={statements}"]
    subprocess.run(isql, check=True, stdout=quiet)
    loader.wait(120)
    return ["sh", "-c", f"cd {place} && exec {' '.join(command)}"]


def measure(
    servers: list[Server], options: argparse.Namespace
) -> dict[str, dict[tuple[str, bool], float]]:
    """Return the throughput of each server for each kind of query, repeated and new.

    The servers take turns at each kind, so that what else the machine does meets all alike.
    """
    found: dict[str, dict[tuple[str, bool], float]] = {server.name: {} for server in servers}
    for server in servers:  # every server is warm before it is measured
        queries = queries_of(KINDS[0], options.systems, False, 0)
        throughput(server, queries, 2.0, options.connections)
    # a server may go on computing what it could not answer in time; such queries come last
    order = sorted(enumerate(KINDS), key=lambda pair: pair[1].name == "negation")
    for (number, kind), repeated in itertools.product(order, (True, False)):
        for server in servers:
            queries = queries_of(kind, options.systems, repeated, number * 1_000_000)
            rate = throughput(server, queries, options.seconds, options.connections)
            found[server.name][kind.name, repeated] = rate
            state = "repeated" if repeated else "new"
            print(f"{server.name:16} {kind.name:10} {state:9} {rate:10.1f}/s", file=sys.stderr)
    return found


def mean(values: list[float]) -> float:
    """Return the geometric mean."""
    return math.exp(sum(math.log(value) for value in values) / len(values))


def table(measured: dict[str, dict[tuple[str, bool], float]]) -> Iterator[str]:
    """Yield the lines of the table, in Markdown."""
    peers = [name for name in measured if name != OWN]
    head = ["queries", *measured, *(f"{OWN} / {peer}" for peer in peers)]
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join([' --- '] + [' ---: '] * (len(head) - 1))}|"
    ratios: dict[str, list[float]] = {peer: [] for peer in peers}
    for repeated in (True, False):
        for kind in KINDS:
            key = (kind.name, repeated)
            cells = [f"{kind.name}, {'repeated' if repeated else 'new'}"]
            cells += [f"{rates[key]:,.1f}" for rates in measured.values()]
            for peer in peers:
                ratio = measured[OWN][key] / max(measured[peer][key], 1 / 30)
                ratios[peer].append(max(ratio, 1e-6))
                cells.append(f"{ratio:,.2f}")
            yield f"| {' | '.join(cells)} |"
    means = [f"{mean(ratios[peer]):,.2f}" for peer in peers]
    yield f"| geometric mean | {' | '.join([''] * len(measured) + means)} |"


def prepare(place: Path, systems: int) -> Path:
    """Write the data and load them into a store; return the file."""
    data = place / "data.nt"
    data.write_text("".join(f"{line}\n" for line in n_triples(systems)), encoding="utf-8")
    store = ox.Store(str(place / "store"))
    store.bulk_load(path=str(data), format=ox.RdfFormat.N_TRIPLES)
    store.optimize()
    return data


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server; not all of them do so when they are asked to."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def compare(options: argparse.Namespace) -> None:
    """Start all servers, measure them, and print the table."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        place = Path(name)
        data = prepare(place, options.systems)
        if options.write:
            shutil.copy(data, options.write)
        servers = []
        for peer, command, path in commands(place, data):
            if options.only and peer not in options.only:
                continue
            port = free_port()
            servers.append(Server(peer, f"http://127.0.0.1:{port}{path}"))
            quiet = subprocess.DEVNULL
            process = subprocess.Popen(command(port), stdout=quiet, stderr=quiet)
            running.callback(stop, process)
            wait_for(servers[-1].url, process)
        servers += [Server(*pair.split("=", 1)) for pair in options.also]
        # what cannot answer in time, and computes on, comes after the others
        servers.sort(key=lambda server: server.name == "oxigraph")
        measured = measure(servers, options)
    print("\n".join(table(measured)))


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--systems", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--only", nargs="*", help="names of servers")
    parser.add_argument("--also", nargs="*", default=[], metavar="NAME=URL")
    parser.add_argument("--write", metavar="FILE")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(*options.serve)
    else:
        compare(options)


if __name__ == "__main__":
    main()
