"""A real server over real HTTP: it starts, refuses a taken port, and serves others meanwhile."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from osai_graph.build import BuiltGraph
from tests.web.serving import address_of, end, start


@pytest.fixture(scope="module")
def server(built: BuiltGraph) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    process = start(built, "--port", "0", "--time-limit", "3")
    try:
        yield address_of(process), process
    finally:
        end(process)


def fetch(url: str, accept: str = "*/*", data: bytes | None = None) -> tuple[int, str]:
    request = urllib.request.Request(url, data=data, headers={"Accept": accept})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def query(address: str, text: str) -> tuple[int, str]:
    return fetch(f"{address}/sparql", data=urllib.parse.urlencode({"query": text}).encode())


def test_answers(server: tuple[str, subprocess.Popen[str]]) -> None:
    address, _ = server
    status, body = query(address, "ASK { ?s a <https://w3id.org/osai-graph/ns#Model> }")
    assert (status, json.loads(body)["boolean"]) == (200, True)
    status, body = fetch(f"{address}/system/lumen-7b", "text/turtle")
    assert status == 200
    assert "system:lumen-7b" in body
    assert fetch(f"{address}/system/nothing")[0] == 404


def test_others_are_served_while_a_query_runs_into_its_limit(
    server: tuple[str, subprocess.Popen[str]],
) -> None:
    address, _ = server
    blocks = [f"VALUES ?{v} {{ {' '.join(map(str, range(1000)))} }}" for v in "abcdef"]
    hostile = f"SELECT (COUNT(*) AS ?n) {{ {' '.join(blocks)} }}"
    with ThreadPoolExecutor(8) as threads:
        running = threads.submit(query, address, hostile)
        polite = list(
            threads.map(
                lambda n: query(address, f"SELECT ({n} AS ?n) WHERE {{}}"),
                range(40),
            )
        )
        answered_meanwhile = not running.done()
        status, body = running.result()
    assert [code for code, _ in polite] == [200] * 40
    assert answered_meanwhile
    assert status == 504
    assert "time limit of 3 seconds" in body


def test_port_in_use(server: tuple[str, subprocess.Popen[str]], built: BuiltGraph) -> None:
    address, _ = server
    port = address.rpartition(":")[2]
    second = start(built, "--port", port)
    output, errors = second.communicate(timeout=60)
    assert second.returncode == 2
    assert output == ""
    assert errors.startswith(f"osai-graph: Port {port} of 127.0.0.1 is in use.\n")
    assert f"--port {int(port) + 1}" in errors
    assert "Traceback" not in errors


def test_bad_host(built: BuiltGraph) -> None:
    process = start(built, "--host", "no-such-host.invalid")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert 'The host "no-such-host.invalid" is no address of this machine.' in errors
    assert "Traceback" not in errors


def test_half_sent_requests_block_nobody(server: tuple[str, subprocess.Popen[str]]) -> None:
    address, _ = server
    host, _, port = address.removeprefix("http://").partition(":")
    sockets = [socket.create_connection((host, int(port))) for _ in range(40)]
    try:
        for connection in sockets:
            connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n")
        assert query(address, "ASK {}")[0] == 200
    finally:
        for connection in sockets:
            connection.close()


def test_ctrl_c_ends_it_cleanly(server: tuple[str, subprocess.Popen[str]]) -> None:
    _, process = server
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert errors.endswith("Stopped.\n")
    assert "Traceback" not in errors
