"""The command ``next``: actions with who can take them; mistakes with exit code 2."""

from __future__ import annotations

import json

import pytest

from osai_graph.cli import ExitCode
from osai_graph.errors import GraphError
from tests.cli.conftest import Command


def test_actions_say_who_and_for_what(command: Command) -> None:
    result = command("next", "lumen-7b", "--framework", "g7-2026")
    assert result.return_value == ExitCode.FINE
    lines = result.stdout.splitlines()
    assert lines[0] == "Lumen 7B"
    assert lines[1] == "✓ reached: Weights Available AI by the G7 labels of AI openness (2026)"
    place = lines.index("✗ Open Weights AI by the G7 labels of AI openness (2026): not met")
    assert lines[place + 1] == (
        "   1  put the model weights under an open source license (such as Open-1.0) "
        "instead of Guarded Example License 1.0"
    )
    assert lines[place + 2] == "      who: Aurora Labs; for G7.L2"
    assert lines[place + 3].startswith("  Tried out on a copy of the graph: with these facts it is")


def test_nothing_left(command: Command) -> None:
    result = command("next", "halo", "-f", "g7")
    assert "nothing left by the G7 labels of AI openness (2026)" in result.stdout
    assert result.stdout.splitlines()[-1] == "Nothing left."


def test_json(command: Command) -> None:
    content = json.loads(command("next", "lumen-7b", "-f", "osaid", "--format", "json").stdout)
    plans = content["steps"][0]["plans"]
    assert all(plan["verified"] for plan in plans)
    assert {len(plan["actions"]) for plan in plans} == {4}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("lumin-7b",), "Did you mean lumen-7b"),
        (("lumen-7b", "-f", "moff"), "Did you mean mof"),
        (("lumen",), "No framework judges Lumen"),
        (("lantern", "-f", "osaid"), "does not judge Lantern"),
        (("halo", "--format", "turtle"), "Formats: text, json"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], message: str, command: Command) -> None:
    result = command("next", *arguments)
    assert isinstance(result.exception, GraphError)
    assert message in str(result.exception)
