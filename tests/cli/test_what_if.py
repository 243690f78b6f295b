"""The command ``what-if``: flips as a table or JSON, nothing saved, mistakes with exit code 2."""

from __future__ import annotations

import json

import pytest

from osai_graph.cli import ExitCode
from osai_graph.errors import GraphError
from tests.cli.conftest import Command


def test_flips_are_a_table(command: Command) -> None:
    result = command("what-if", "lumen-7b", "--set", "weights.license=Open-1.0", "-f", "g7-2026")
    assert result.return_value == ExitCode.FINE
    lines = result.stdout.splitlines()
    assert lines[0] == "Lumen 7B, if: weights under Open Example License 1.0"
    row = next(line for line in lines if "G7.2 Open Weights AI" in line)
    assert row.split()[-4:] == ["not", "met", "✓", "met"]
    assert any(line.endswith("verdicts turn. Nothing was saved.") for line in lines)


def test_a_license_may_be_called_as_people_do(command: Command) -> None:
    result = command("what-if", "lumen-7b", "--set", "weights.license=open example license 1.0")
    assert "weights under Open Example License 1.0" in result.stdout


def test_json(command: Command) -> None:
    result = command("what-if", "lumen-7b", "--set", "weights.license=Open-1.0", "--format", "json")
    content = json.loads(result.stdout)
    flip = next(flip for flip in content["flips"] if flip["identifier"] == "FSF.3")
    assert (flip["before"], flip["after"]) == ("NotMet", "CannotBeDecided")
    assert content["judged"] > 80


def test_something_may_be_removed(command: Command) -> None:
    result = command("what-if", "lumen-7b-chat", "--remove", "fine-tuned-from", "-f", "osaid")
    assert "Lumen 7B Chat has ancestor: Lumen 7B." in result.stdout
    assert "0 of 12 verdicts turn." in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("lumen-7b",), "Nothing is changed"),
        (("lumen-7b", "--set", "weights.license=Opne-1.0"), "Did you mean Open-1.0"),
        (("lumen-7b", "--set", "weights.license=Guarded"), "could mean several licenses"),
        (("lumen-7b", "--set", "waights.license=Open-1.0"), "Did you mean weights"),
        (("lumen-7b", "--set", "base=hallo"), "Did you mean halo"),
        (("lumen-7b", "--set", "weights.availability=lost"), "Known: availability-unknown"),
        (("lumin-7b", "--set", "weights.license=Open-1.0"), "Did you mean lumen-7b"),
        (("lumen", "--set", "weights.license=Open-1.0"), "No framework judges Lumen"),
        (("lumen-7b", "--set", "base=halo", "-f", "osad"), "Frameworks: ai-act-open-source"),
        (("lumen-7b", "--set", "base=halo", "--format", "jsn"), "Did you mean json"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], message: str, command: Command) -> None:
    result = command("what-if", *arguments)
    assert isinstance(result.exception, GraphError)
    assert message in str(result.exception)
