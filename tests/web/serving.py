"""Starts the real server over the small graph, and speaks HTTP to it without a library's help."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from osai_graph.build import BuiltGraph

# The command opens the graph of the installation; here it is given the small one.
_START = """
import sys
from pathlib import Path
import osai_graph.cli.opening as opening
from osai_graph.build import open_graph
root = Path(sys.argv.pop(1))
opening.open_with_progress = lambda: open_graph(root)
from osai_graph.cli import main
main()
"""


def start(built: BuiltGraph, *arguments: str) -> subprocess.Popen[str]:
    """Start ``osai-graph serve`` over a built graph."""
    return subprocess.Popen(
        [sys.executable, "-c", _START, str(built.root), "serve", *arguments],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
        # a background shell ignores Ctrl-C; a terminal does not
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def address_of(process: subprocess.Popen[str]) -> str:
    """Return the address that a server says it listens at."""
    assert process.stderr is not None
    first = process.stderr.readline()
    assert "http://127.0.0.1:" in first, first
    return first.split(" at ")[1].split("/ ")[0]


def end(process: subprocess.Popen[str]) -> None:
    """End a server, if it still runs."""
    if process.poll() is None:
        process.terminate()
    try:
        process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


@dataclass(frozen=True)
class Answer:
    """An answer as it came over the wire."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def media_type(self) -> str:
        return (self.headers["Content-Type"] or "").partition(";")[0]


def exchange(
    address: str,
    method: str,
    target: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request as given, without a content type unless one is named."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    try:
        connection.request(method, target, body, dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()
