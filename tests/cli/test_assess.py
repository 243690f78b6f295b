"""The command ``assess``: systems of the graph and entry files; exit codes by the frameworks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from osai_graph.cli import ExitCode
from osai_graph.errors import GraphError
from tests.cli.conftest import Command

ENTRIES = Path(__file__).parent.parent / "fixtures" / "entries"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("halo", "-f", "g7-2026"), ExitCode.FINE),
        (("lumen-7b", "-f", "osaid-1.0"), ExitCode.FINDINGS),
        (("halo", "lumen-7b", "-f", "osaid-1.0"), ExitCode.FINDINGS),
        (("lumen-7b-chat", "-f", "osaid-1.0"), ExitCode.FINDINGS),
        (("lumen-7b",), ExitCode.FINE),
        (("lantern", "-f", "osd"), ExitCode.FINE),
    ],
)
def test_exit_codes(arguments: tuple[str, ...], code: ExitCode, command: Command) -> None:
    assert command("assess", *arguments).return_value == code


def test_each_system_has_its_verdicts(command: Command) -> None:
    text = command("assess", "lumen-7b", "halo", "-f", "osaid-1.0").stdout
    first, second = text.split("\n\n")
    assert first.startswith("✗ Lumen 7B is not Open Source AI by the Open Source AI Definition")
    assert second.startswith("? It cannot be decided whether Halo is Open Source AI")


def test_json(command: Command) -> None:
    result = command("assess", "lumen-7b", "-f", "mof", "--format", "json")
    (content,) = json.loads(result.stdout)
    assert content["system"]["label"] == "Lumen 7B"
    (framework,) = content["frameworks"]
    assert [outcome["label"].partition(",")[0] for outcome in framework["outcomes"]] == [
        "Class III",
        "Class II",
        "Class I",
    ]


def test_an_entry_is_judged_as_if_it_were_in_the_graph(
    command: Command, small_graph_root: Path, tmp_path: Path
) -> None:
    file = small_graph_root / "data" / "systems" / "lumen-7b.ttl"
    text = file.read_text(encoding="utf-8").replace("system/lumen-7b", "system/glow-7b")
    text = text.replace("system:lumen-7b", "system:glow-7b").replace("Lumen 7B", "Glow 7B")
    (tmp_path / "glow-7b.ttl").write_text(text, encoding="utf-8")
    result = command("assess", str(tmp_path / "glow-7b.ttl"), "-f", "g7-2026", "-f", "osaid-1.0")
    mine = command("assess", "lumen-7b", "-f", "g7-2026", "-f", "osaid-1.0").stdout
    assert result.return_value == ExitCode.FINDINGS
    assert result.stdout == mine.replace("Lumen 7B", "Glow 7B")


def test_a_file_takes_the_place_of_its_older_version(
    command: Command, small_graph_root: Path, tmp_path: Path
) -> None:
    file = small_graph_root / "data" / "systems" / "lumen-7b.ttl"
    folder = tmp_path / "data" / "systems"
    folder.mkdir(parents=True)
    text = file.read_text(encoding="utf-8").replace("LicenseRef-Guarded-1.0", "Open-1.0")
    (folder / "lumen-7b.ttl").write_text(text, encoding="utf-8")
    text = command("assess", str(folder / "lumen-7b.ttl"), "-f", "g7-2026").stdout
    assert text.startswith("✓ Lumen 7B is Open Weights AI")


SAYS_LITTLE = """
PREFIX osai: <https://w3id.org/osai-graph/ns#>
PREFIX schema: <https://schema.org/>
PREFIX system: <https://w3id.org/osai-graph/system/>
<https://w3id.org/osai-graph/graph/data/sources/other/lumen-7b>
    a osai:SourceGraph ; schema:mainEntity system:lumen-7b .
system:lumen-7b a osai:Model .
"""


def test_a_file_alone_is_judged_by_what_it_says_itself(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "lumen-7b.ttl"
    path.write_text(SAYS_LITTLE, encoding="utf-8")
    settled = command("assess", str(path), "-f", "g7-2026").stdout
    assert settled == command("assess", "lumen-7b", "-f", "g7-2026").stdout
    alone = command("assess", str(path), "-f", "g7-2026", "--alone").stdout
    assert alone.startswith("? It cannot be decided whether")


def test_the_whole_argument(command: Command) -> None:
    text = command("assess", "halo", "-f", "g7-2026", "--explain").stdout
    assert text.strip() == command("why", "halo", "-f", "g7-2026").stdout.strip()
    content = command("assess", "halo", "-f", "mof", "--explain", "--format", "json").stdout
    (judged,) = json.loads(content)
    assert judged["derivations"][0]["hash"].startswith("sha256:")


def test_an_entry_of_the_fixtures(command: Command) -> None:
    path = ENTRIES / "right" / "systems" / "ember-9b.ttl"
    result = command("assess", str(path), "--format", "json")
    (content,) = json.loads(result.stdout)
    assert len(content["frameworks"]) == 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("lumin-7b",), "Did you mean lumen-7b"),
        (("lumen",), "No framework judges Lumen"),
        (("no-such.ttl",), "cannot be read"),
        ((str(ENTRIES / "right" / "licenses" / "LicenseRef-Ember-1.0.ttl"),), "about no system"),
        (("halo", "--format", "yaml"), "Formats: text, json"),
        (("halo", "--alone"), "--alone is for files"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], message: str, command: Command) -> None:
    result = command("assess", *arguments)
    assert isinstance(result.exception, GraphError)
    assert message in str(result.exception)


def test_a_base_that_allows_less_than_is_declared_is_told(
    command: Command, small_graph_root: Path, tmp_path: Path
) -> None:
    said = "! These verdicts rest on the declared license (Open Example License 1.0), which grants"
    hint = "made from (Lumen 7B): osai-graph chain lumen-7b-chat"
    for name in ("assess", "why"):
        told = command(name, "lumen-7b-chat").stdout
        assert said in told and hint in told
        assert "!" not in command(name, "halo").stdout
    path = tmp_path / "lumen-7b-chat.ttl"
    path.write_bytes((small_graph_root / "data" / "systems" / path.name).read_bytes())
    (told,) = json.loads(command("assess", str(path), "--format", "json").stdout)
    assert told["caveat"].startswith(said)
    assert told["caveat"].endswith("(Lumen 7B).")
