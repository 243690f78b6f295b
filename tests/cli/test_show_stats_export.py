"""The commands `show`, `stats` and `export`, on the small graph."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from rdflib import Graph

from osai_graph.errors import GraphError
from osai_graph.namespaces import BASE

#: The fixture of the same name: runs the command line.
Command = Callable[..., Result]


class TestShow:
    def test_a_system_is_a_pleasure_to_read(self, command: Command) -> None:
        text = command("show", "lumen-7b").stdout
        lines = text.splitlines()
        assert lines[0] == "Lumen 7B  system:lumen-7b"
        assert lines[1] == "model by Aurora Labs of 2023-02-24"
        assert "  parameter count  7,000,000,000" in lines
        assert (
            "  use     ✕ not given by every part  "
            "withheld by data information, training code; limited by weights"
        ) in lines
        row = next(line for line in lines if line.startswith("  model weights"))
        assert row.split() == [
            "model", "weights", "gated", "Guarded-1.0", "◐", "limited", "◐", "limited",
            "?", "unknown", "◐", "limited", "[1]",
        ]  # fmt: skip
        assert "  [1]  https://aurora.example/lumen-7b  2025-05-20, read from the text" in lines
        assert "searched, nothing found: No evaluation code was found." in text
        assert "  B01  refuted  “Open models come with data (e.g., Lumen)”" in lines
        assert "    correct  The data of Lumen 7B was not released." in lines
        assert "data/systems/lumen-7b.ttl  by Example Curators, as of 2025-06-01" in text
        assert all(line == line.rstrip() for line in lines)

    def test_with_less_room_symbols_stand_for_words(
        self, command: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "84")
        lines = command("show", "lumen-7b").stdout.splitlines()
        row = next(line for line in lines if line.startswith("  model weights"))
        assert row.split() == ["model", "weights", "gated", "Guarded-1.0", *"◐◐?◐", "[1]"]
        assert "  ● given  ◐ limited  ✕ withheld  ? unknown" in lines

    @pytest.mark.parametrize("columns", [50, 60, 70, 80, 90, 100, 110])
    def test_words_are_never_broken(
        self, columns: int, command: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", str(columns))
        text = command("show", "lumen-7b").stdout
        assert all(len(line) <= columns for line in text.splitlines())
        parts = text[text.index("\nComponents\n") : text.index("\nClaims about it\n")]
        wide = command("show", "lumen-7b", "--format", "json").stdout
        for component in json.loads(wide)["components"]:
            words = f"{component['kind']['label']} {component['availability']['label']}"
            assert set(words.split()) <= set(re.findall(r"[\w-]+", parts))

    def test_with_little_room_each_part_is_a_block(
        self, command: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "60")
        lines = command("show", "lumen-7b").stdout.splitlines()
        start = lines.index("  model weights: gated, Guarded-1.0 [1]")
        assert lines[start + 1] == "    use ◐  study ◐  modify ?  share ◐"
        assert lines[start + 2].startswith("  training code: not available [")

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("LicenseRef-Guarded-1.0", "user threshold   use, share  section 4"),
            ("paper-trail", "◐ limited  because it is gated"),
            ("organization:borealis", "organization founded 2020-07-03"),
            ("northern-summit-2024", "event of 2024-06-11"),
            ("document:brochure", "  B04    "),
            ("B07", "may mean  Northern Summit 2024"),
            ("lumen-7b-chat", "fine-tuned from"),
            ("osai:Gated", "A form, an account or a click stands before the artifact."),
        ],
    )
    def test_every_kind_of_record(self, name: str, expected: str, command: Command) -> None:
        assert expected in command("show", name).stdout

    def test_json_has_every_part(self, command: Command) -> None:
        record = json.loads(command("show", "lumen-7b", "--format", "json").stdout)
        assert record["iri"] == BASE + "system/lumen-7b"
        weights = record["components"][0]
        assert weights["freedoms"][0]["standing"] == "limited"
        assert weights["evidence"][0]["retrieved_on"] == "2025-05-20"
        assert record["claims"][0]["status"]["label"] == "refuted"

    def test_turtle_is_what_the_file_states(self, command: Command, small_graph_root: Path) -> None:
        written = Graph().parse(data=command("show", "halo", "--format", "turtle").stdout)
        file = Graph().parse(small_graph_root / "data" / "systems" / "halo.ttl")
        assert set(written) == {t for t in file if "/graph/" not in str(t[0])}

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("lumin-7b",), "Did you mean lumen-7b"),
            (("brochure",), "names several records"),
            (("halo", "--format", "jsn"), "Did you mean json"),
        ],
    )
    def test_mistakes(self, arguments: tuple[str, ...], message: str, command: Command) -> None:
        result = command("show", *arguments)
        assert isinstance(result.exception, GraphError)
        assert message in str(result.exception)


class TestStats:
    def test_text(self, command: Command) -> None:
        lines = [" ".join(line.split()) for line in command("stats").stdout.splitlines()]
        assert "claims 12" in lines
        assert any(line.startswith("license 1") and "%" in line for line in lines)
        assert any(line.startswith("stated triples") for line in lines)

    def test_json(self, command: Command) -> None:
        numbers = json.loads(command("stats", "--format", "json").stdout)
        assert numbers["records"]["licenses"] == 3
        assert sum(numbers["claims"].values()) == 12
        assert numbers["facts"][0]["fact"] == "availability"
        assert set(numbers["build"]) >= {"version", "files", "stated", "inferred", "verdicts"}


class TestExport:
    def test_a_record_on_standard_output(self, command: Command) -> None:
        text = command("export", "lantern").stdout
        assert text.startswith("@prefix : <https://w3id.org/osai-graph/system/lantern#> .")
        assert "givesFreedom" not in text

    def test_inferred_triples_on_request(self, command: Command) -> None:
        text = command("export", "lantern", "--include", "stated,inferred").stdout
        assert ":source-code" in text
        assert "osai:givesFreedom" in text

    def test_a_file_is_written_whole(self, command: Command, tmp_path: Path) -> None:
        path = tmp_path / "graph.nq"
        result = command("export", "--format", "nquads", "--output", str(path))
        assert result.stdout == ""
        lines = path.read_text().splitlines()
        assert len(lines) > 3000
        assert lines == sorted(lines, key=lambda line: (line.split()[-2], line))

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--format", "turtel"), "Did you mean turtle"),
            (("--include", "guessed"), 'no part of the graph "guessed"'),
            (("--include", ","), "Nothing is to be written"),
            (("lantren",), "Did you mean lantern"),
            (("--output", "no/such/directory/x.ttl"), "cannot be written"),
        ],
    )
    def test_mistakes(self, arguments: tuple[str, ...], message: str, command: Command) -> None:
        result = command("export", *arguments)
        assert isinstance(result.exception, GraphError)
        assert message in str(result.exception)
