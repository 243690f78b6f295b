"""The command `validate`, on the small graph."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from osai_graph import resources

#: The fixture of the same name: runs the command line.
Command = Callable[..., Result]

ENTRIES = Path(__file__).parent.parent / "fixtures" / "entries"
RIGHT = ENTRIES / "right" / "systems" / "ember-9b.ttl"
WRONG = ENTRIES / "wrong" / "systems" / "cinder-7b.ttl"


def test_a_right_entry(command: Command) -> None:
    result = command("validate", str(RIGHT))
    assert result.return_value == 0
    assert result.stdout.startswith("Fine: 1 file, 52 facts, 2 pieces of evidence, ")


def test_a_wrong_entry(command: Command) -> None:
    result = command("validate", str(RIGHT), str(WRONG))
    assert result.return_value == 1
    assert str(WRONG) in result.stdout
    assert str(RIGHT) not in result.stdout
    assert '"2024-13-18" is no date.' in result.stdout
    assert "did you mean: license:Open-1.0 ?" in result.stdout
    assert "7 errors in 2 files" in result.stdout


def test_warnings_alone_are_no_failure(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "ember-9b.ttl"
    lines = RIGHT.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if "dcterms:description" not in line))
    result = command("validate", str(path))
    assert result.return_value == 0
    assert "warning  OSAI-N03" in result.stdout


def test_broken_turtle(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "broken.ttl"
    path.write_text("@prefix osai: <https://w3id.org/osai-graph/ns#> .\n\nosai:a osai:b\n")
    result = command("validate", str(path))
    assert result.return_value == 1
    assert "OSAI-S01  The Turtle cannot be read" in result.stdout
    assert "  4:" in result.stdout or "  3:" in result.stdout


@pytest.mark.parametrize("name", ["missing.ttl", "empty"])
def test_nothing_to_check(name: str, command: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = command("validate", str(tmp_path / name))
    assert result.return_value == 2
    assert name in result.stdout
    assert "OSAI-S04" in result.stdout


def test_json(command: Command) -> None:
    result = command("validate", "--format", "json", str(WRONG))
    assert result.return_value == 1
    assert len(json.loads(result.stdout)["findings"]) == 7


def test_verbose_tells_the_shape(command: Command) -> None:
    assert "shape: https://" not in command("validate", str(WRONG)).stdout
    assert "shape: https://" in command("validate", "--verbose", str(WRONG)).stdout


def test_a_file_of_the_graph_needs_no_built_graph(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken entry in the checkout would break the build, and has to be named all the same."""

    def fail(**_: object) -> None:
        raise AssertionError("the graph was built")

    monkeypatch.setattr("osai_graph.cli.opening.open_graph", fail)
    result = command(
        "validate", str(resources.graph_root() / "data" / "systems" / "mistral-7b.ttl")
    )
    assert result.return_value == 0
    assert result.stdout.startswith("Fine: 1 file")


class TestStandardInput:
    def test_a_right_entry(self, command: Command) -> None:
        result = command("validate", "-", stdin=RIGHT.read_bytes())
        assert result.return_value == 0
        assert result.stdout.startswith("Fine: 1 file, ")

    def test_faults_are_those_of_the_file(self, command: Command) -> None:
        piped = command("validate", "-", "--format", "json", stdin=WRONG.read_bytes())
        named = command("validate", str(WRONG), "--format", "json")
        assert piped.return_value == 1
        told = [f["message"] for f in json.loads(piped.stdout)["findings"]]
        assert told == [f["message"] for f in json.loads(named.stdout)["findings"]]
        assert {f["file"] for f in json.loads(piped.stdout)["findings"]} == {"standard input"}

    @pytest.mark.parametrize("content", ["", "osai:a osai:b\n", b"\xff"])
    def test_what_is_no_entry(self, content: str | bytes, command: Command) -> None:
        result = command("validate", "-", stdin=content)
        assert result.return_value == 1
        assert "standard input" in result.stdout
        assert "/tmp" not in result.stdout
