"""The commands of the README run as they are written."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def blocks() -> list[list[str]]:
    """Return the lines of the shell blocks."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [[line for line in block.splitlines() if line] for block in found]


COMMANDS = [line for block in blocks() for line in block if re.search(r"(^|\| )osai-graph ", line)]
REQUESTS = [line for block in blocks() for line in block if line.startswith("curl ")]

#: A command whose answer is no: Llama 2 does not meet the definition. It exits with this status.
ANSWERED_NO = "osai-graph why llama-2 --framework"
_NO = 1

#: A file that the reader has and we do not; it is found to have another name than its record.
ENTRY = "my-entry.ttl"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the entry of the examples."""
    directory = tmp_path_factory.mktemp("reader")
    shutil.copy(ROOT / "data" / "systems" / "pythia.ttl", directory / ENTRY)
    return directory


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which osai-graph is this checkout."""
    programs = tmp_path_factory.mktemp("bin")
    script = programs / "osai-graph"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m osai_graph "$@"\n')
    script.chmod(0o755)
    cache = os.environ.get("OSAI_GRAPH_CACHE") or str(tmp_path_factory.mktemp("cache"))
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "OSAI_GRAPH_CACHE": cache, "PYTHONPATH": str(ROOT)}


def run(line: str, place: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", line], cwd=place, env=environment, capture_output=True, text=True
    )


def test_there_is_something_to_run() -> None:
    assert len(COMMANDS) > 5
    assert len(REQUESTS) == 2


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command(line: str, place: Path, environment: dict[str, str]) -> None:
    done = run(line, place, environment)
    assert "Traceback" not in done.stderr
    if ENTRY in line:
        assert done.returncode == 1, done.stderr
        assert "OSAI-I02" in done.stdout
    else:
        assert done.returncode in (0, _NO if line.startswith(ANSWERED_NO) else 0), done.stderr
        assert done.stdout or "--output" in line


@pytest.fixture(scope="module")
def address(place: Path, environment: dict[str, str]) -> Iterator[str]:
    """A running service."""
    process = subprocess.Popen(
        ["osai-graph", "serve", "--port", "0"],
        cwd=place,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stderr is not None
    try:
        lines = iter(process.stderr.readline, "")
        yield next(m[0] for line in lines if (m := re.search(r"127\.0\.0\.1:\d+", line)))
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(
    ("line", "answer"), list(zip(REQUESTS, ["system/mistral-7b", "osai:Model"], strict=True))
)
def test_a_request(
    line: str, answer: str, address: str, place: Path, environment: dict[str, str]
) -> None:
    assert "127.0.0.1:8000" in line
    done = run(line.replace("127.0.0.1:8000", address), place, environment)
    assert done.returncode == 0, done.stderr
    assert answer in done.stdout
