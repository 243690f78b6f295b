"""Real SPARQL servers, started on loopback with a configuration of their own, and stopped again."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from osai_graph.graph.exchange import Credentials, Exchange
from osai_graph.graph.remote import Addresses, RemoteStore

#: Virtuoso's own first password; nobody but the tests reaches the server.
CREDENTIALS = Credentials("dba", "dba")

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
CheckpointInterval = 0
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 1000000
"""


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


def oxigraph_binary() -> str | None:
    beside = Path(sys.executable).with_name("oxigraph")
    return str(beside) if beside.exists() else shutil.which("oxigraph")


def virtuoso_binary() -> str | None:
    return shutil.which("virtuoso-t")


@contextmanager
def _running(command: list[str], url: str, place: Path) -> Iterator[str]:
    with (place / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=place, stdout=output, stderr=output)
    try:
        _await(url, process, place)
        yield url
    finally:
        process.kill()
        process.wait()


def _await(url: str, process: subprocess.Popen[bytes], place: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError((place / "output").read_text(errors="replace"))
        try:
            with requests.Session() as session:
                session.trust_env = False
                if session.post(url, data={"query": "ASK {}"}, timeout=5).ok:
                    return
        except requests.RequestException:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"no server at {url}: {(place / 'output').read_text(errors='replace')}")


@contextmanager
def oxigraph(place: Path, *options: str) -> Iterator[str]:
    """Run the Oxigraph server; gives the address of queries."""
    binary = oxigraph_binary()
    assert binary
    address = f"127.0.0.1:{free_port()}"
    command = [binary, "serve", "--location", str(place / "db"), "--bind", address, *options]
    with _running(command, f"http://{address}/query", place) as url:
        yield url


@contextmanager
def virtuoso(place: Path) -> Iterator[str]:
    """Run Virtuoso 7 over a new database; gives the address of queries."""
    binary = virtuoso_binary()
    assert binary
    port = free_port()
    text = _VIRTUOSO_INI.format(sql=free_port(), http=port)
    (place / "virtuoso.ini").write_text(text, encoding="ascii")
    command = [binary, "+foreground", "+configfile", "virtuoso.ini"]
    with _running(command, f"http://127.0.0.1:{port}/sparql", place) as url:
        yield url


def store_at(url: str, seconds: float = 120.0) -> RemoteStore:
    """Return the store at an address, with the tests' credentials."""
    return RemoteStore(Addresses(url), Exchange(CREDENTIALS, seconds))
