"""A hostile hour in small: whatever strangers send, look-ups are answered and memory comes back."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from osai_graph.build import BuiltGraph
from tests.web.attacking import attack
from tests.web.serving import address_of, end, exchange, start

LOOKUP = "/sparql?query=" + quote(
    "SELECT ?p ?o { <https://w3id.org/osai-graph/system/lumen-7b> ?p ?o } # "
)


@pytest.fixture(scope="module")
def attacked(built: BuiltGraph) -> Iterator[tuple[str, int]]:
    process = start(built, "--port", "0", "--time-limit", "2")
    try:
        yield address_of(process), process.pid
    finally:
        end(process)


def memory_of(pid: int) -> int:
    """Return the bytes that a process and its descendants hold."""
    total = 0
    children = {pid}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        own = int(stat.parent.name)
        if own in children or int(fields[1]) in children:
            children.add(own)
            total += int(fields[21]) * 4096
    return total


def test_lookups_are_answered_throughout(attacked: tuple[str, int]) -> None:
    address, pid = attacked
    assert exchange(address, "GET", LOOKUP + "0").status == 200
    time.sleep(1)  # for the processes that warm up
    before = memory_of(pid)
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    crowd = context.Process(target=attack, args=(address, 50, there), daemon=True)
    crowd.start()
    statuses: Counter[int] = Counter()
    until = time.monotonic() + 8
    while time.monotonic() < until:
        statuses[exchange(address, "GET", f"{LOOKUP}{sum(statuses.values())}").status] += 1
    here.send("stop")
    seen = here.recv()
    crowd.join()
    assert set(statuses) == {200}
    assert {400, 413} <= set(seen)
    assert not {500, 502} & set(seen)
    assert seen[-1] == 0, "a stack trace was sent"
    health = json.loads(exchange(address, "GET", "/health").body)
    assert health["ok"] is True
    allowed = before + 300 * 1024**2
    until = time.monotonic() + 20
    while memory_of(pid) > allowed and time.monotonic() < until:
        time.sleep(0.2)
    assert memory_of(pid) <= allowed
