"""The build is dependable: cached by its inputs, whole or not at all."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from osai_graph import build, resources
from osai_graph.errors import StoreError, SyntaxFault

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


@pytest.fixture
def small_root(tmp_path: Path) -> Path:
    """Give a root with a few records of the shipped data and no ontology of its own."""
    root = tmp_path / "root"
    for record in ("systems/pythia", "systems/llama-2", "licenses/Apache-2.0"):
        target = root / "data" / f"{record}.ttl"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(resources.graph_root() / "data" / f"{record}.ttl", target)
    return root


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "cache"
    monkeypatch.setenv("OSAI_GRAPH_CACHE", str(directory))
    return directory


def size(graph: build.BuiltGraph) -> str:
    return str(graph.store.select(COUNT).rows[0][0])


def test_unchanged_inputs_are_built_once(small_root: Path, cache: Path) -> None:
    first = build.open_graph(small_root)
    steps: list[str] = []
    second = build.open_graph(small_root, steps.append)
    assert steps == []
    assert first.path == second.path
    assert first.manifest.inferred > 0


def test_a_changed_file_gives_a_new_version(small_root: Path, cache: Path) -> None:
    first = build.open_graph(small_root)
    path = small_root / "data" / "systems" / "pythia.ttl"
    path.write_text(path.read_text().replace("Apache-2.0", "MIT"))
    second = build.open_graph(small_root)
    assert first.version != second.version
    assert size(first) != size(second)


def test_broken_data_is_refused_and_leaves_nothing_behind(small_root: Path, cache: Path) -> None:
    (small_root / "data" / "systems" / "broken.ttl").write_text("<a> <b> .")
    with pytest.raises(SyntaxFault, match=r"broken\.ttl:1:\d+"):
        build.open_graph(small_root)
    assert list(cache.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_named(
    small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    monkeypatch.setenv("OSAI_GRAPH_CACHE", str(blocker / "cache"))
    with pytest.raises(StoreError, match="OSAI_GRAPH_CACHE"):
        build.open_graph(small_root)


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: (path / "manifest.json").write_text(""),
        lambda path: (path / "manifest.json").write_bytes(b"\xff\x00"),
        lambda path: (path / "manifest.json").unlink(),
        lambda path: (path / "store" / "CURRENT").unlink(),
        lambda path: [p.write_bytes(b"no table") for p in (path / "store").glob("*.sst")],
        lambda path: shutil.rmtree(path / "store"),
    ],
    ids=["empty manifest", "no text", "no manifest", "no CURRENT", "broken tables", "no store"],
)
def test_a_damaged_store_is_built_again(
    harm: Callable[[Path], object], small_root: Path, cache: Path
) -> None:
    first = build.open_graph(small_root)
    expected, path = size(first), first.path
    del first
    harm(path)
    steps: list[str] = []
    assert size(build.open_graph(small_root, steps.append)) == expected
    assert "reasoning" in steps
    assert not list(cache.glob(".building-*"))


def test_fresh_builds_again(small_root: Path, cache: Path) -> None:
    build.open_graph(small_root)
    steps: list[str] = []
    build.open_graph(small_root, steps.append, fresh=True)
    assert "reasoning" in steps


SCRIPT = "import sys; from pathlib import Path; from osai_graph.build import open_graph; "
SCRIPT += "print(open_graph(Path(sys.argv[1])).manifest.inferred)"


def start(root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )


def test_two_builds_at_once_both_succeed(small_root: Path, cache: Path) -> None:
    answers = [process.communicate() for process in [start(small_root), start(small_root)]]
    assert answers[0][0] == answers[1][0] != "", answers
    assert len([p for p in cache.iterdir() if not p.name.startswith(".")]) == 1


def test_killed_builds_leave_no_half_store(small_root: Path, cache: Path) -> None:
    started = time.monotonic()
    expected = start(small_root).communicate()[0]
    duration = time.monotonic() - started
    shutil.rmtree(cache)
    generator = random.Random(7)
    for _ in range(6):
        process = start(small_root)
        time.sleep(generator.uniform(0.0, duration))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        for manifest in cache.glob("*/manifest.json"):
            assert size(build.open_graph(small_root))
            shutil.rmtree(manifest.parent)
    output, errors = start(small_root).communicate()
    assert output == expected, errors
    assert not list(cache.glob(".building-*")), "the next build sweeps what dead ones left"
