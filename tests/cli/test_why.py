"""The command ``why``: reasons of triples and of verdicts, with their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import PROV, RDF

from osai_graph.assessment.content import SavedDerivationError
from osai_graph.cli import ExitCode
from osai_graph.errors import GraphError, UnknownNameError
from tests.cli.conftest import Command

HOLDS = ("halo#weights", "givesFreedom", "FreedomToShare")
MISSING = ("lumen-7b#weights", "givesFreedom", "FreedomToUse")


@pytest.mark.parametrize(
    "names",
    [
        HOLDS,
        ("system:halo#weights", "osai:givesFreedom", "osai:FreedomToShare"),
        (
            "https://w3id.org/osai-graph/system/halo#weights",
            "<https://w3id.org/osai-graph/ns#givesFreedom>",
            "FreedomToShare",
        ),
    ],
)
def test_names_may_be_short_prefixed_or_full(command: Command, names: tuple[str, ...]) -> None:
    result = command("why", *names)
    assert result.return_value == ExitCode.FINE
    assert result.stdout.startswith("“weights of Halo” gives the freedom to share because")
    assert "stated in data/licenses/Open-1.0.ttl" in result.stdout


def test_what_is_missing_is_shown_with_exit_code_one(command: Command) -> None:
    result = command("why", *MISSING)
    assert result.return_value == ExitCode.FINDINGS
    assert "It is not known that “weights of Lumen 7B” gives the freedom to use." in result.stdout
    assert "✗" in result.stdout


def test_json_says_whether_it_holds(command: Command) -> None:
    assert json.loads(command("why", *HOLDS, "--format", "json").stdout)["rule"] == "gives-freedom"
    answer = command("why", *MISSING, "--format", "json")
    assert answer.return_value == ExitCode.FINDINGS
    assert json.loads(answer.stdout)["holds"] is False


def test_turtle_is_the_proof_as_provenance(command: Command) -> None:
    result = command("why", *HOLDS, "--format", "turtle")
    graph = Graph().parse(data=result.stdout)
    assert len(list(graph.subjects(RDF.type, RDF.Statement))) == 4
    assert len(list(graph.triples((None, PROV.wasDerivedFrom, None)))) == 3


def test_turtle_of_what_does_not_hold_is_empty(command: Command) -> None:
    result = command("why", *MISSING, "--format", "turtle")
    assert result.return_value == ExitCode.FINDINGS
    assert result.stdout == ""
    assert "It is not known" in result.stderr


@pytest.mark.parametrize(
    "literal", ['"Halo"@en', "'2022-07-12'^^xsd:date", '"2022-07-12"^^xsd:date']
)
def test_the_object_may_be_a_literal(command: Command, literal: str) -> None:
    predicate = "rdfs:label" if "Halo" in literal else "issued"
    assert command("why", "halo", predicate, literal).return_value == ExitCode.FINE


def test_the_letter_a_is_rdf_type(command: Command) -> None:
    assert command("why", "halo", "a", "Model").return_value == ExitCode.FINE


@pytest.mark.parametrize(
    ("names", "nearest"),
    [
        (("halo", "givesFredom", "FreedomToUse"), "givesFreedom"),
        (("hallo", "a", "Model"), "halo"),
    ],
)
def test_an_unknown_name_gets_the_nearest(
    command: Command, names: tuple[str, ...], nearest: str
) -> None:
    result = command("why", *names)
    assert isinstance(result.exception, UnknownNameError)
    assert nearest in result.exception.nearest


def test_a_broken_literal_is_refused(command: Command) -> None:
    result = command("why", "halo", "rdfs:label", '"Halo')
    assert isinstance(result.exception, GraphError)
    assert "no literal" in str(result.exception)


def test_an_unknown_format_is_refused(command: Command) -> None:
    result = command("why", *HOLDS, "--format", "yaml")
    assert isinstance(result.exception, UnknownNameError)


OSAID = ("why", "lumen-7b", "--framework", "osaid-1.0")


class TestVerdicts:
    def test_without_a_framework_each_has_a_line_and_a_reason(self, command: Command) -> None:
        result = command("why", "lumen-7b")
        assert result.return_value == ExitCode.FINE
        assert "✗ Lumen 7B is not Open Source AI by the Open Source AI Definition 1.0: 3 of 8" in (
            result.stdout
        )
        assert "    Weights of Lumen 7B: under Guarded Example License 1.0" in result.stdout
        assert "osai-graph why lumen-7b --framework" in result.stderr

    def test_with_a_framework_the_whole_argument(self, command: Command) -> None:
        result = command(*OSAID)
        assert result.return_value == ExitCode.FINDINGS
        assert "✗ under terms that grant the four freedoms: Guarded Example License 1.0" in (
            result.stdout
        )

    def test_what_is_met_ends_well(self, command: Command) -> None:
        assert command("why", "halo", "-f", "g7-2026").return_value == ExitCode.FINE

    def test_a_single_requirement(self, command: Command) -> None:
        result = command(*OSAID, "--requirement", "osaid.21.2")
        assert result.return_value == ExitCode.FINE
        assert result.stdout.startswith("Lumen 7B meets OSAID.21.2 of the Open Source AI")

    def test_markdown_and_turtle(self, command: Command) -> None:
        text = command(*OSAID, "--format", "markdown").stdout
        assert text.startswith("## Lumen 7B is not Open Source AI")
        graph = Graph().parse(data=command(*OSAID, "--format", "turtle").stdout)
        verdict = URIRef("https://w3id.org/osai-graph/ns#Verdict")
        assert len(list(graph.subjects(RDF.type, verdict))) == 12

    def test_a_saved_verdict_is_derived_again_without_the_graph(
        self, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "why.json"
        path.write_text(command(*OSAID, "--format", "json").stdout, encoding="utf-8")
        monkeypatch.setattr("osai_graph.cli.why.open_with_progress", None)
        result = command("why", "--check", str(path))
        assert result.return_value == ExitCode.FINE
        assert "✓ every answer is the same" in result.stdout
        content = json.loads(path.read_text(encoding="utf-8"))
        content["values"][next(i for i in content["values"] if i.endswith("#parameters"))] = "Met"
        result = command("why", "--check", "-", stdin=json.dumps(content))
        assert result.return_value == ExitCode.FINDINGS
        assert "✗ OSAID.30: the file says Met, its facts give NotMet" in result.stdout
        result = command("why", "--check", "-", "--format", "json", stdin=json.dumps(content))
        assert json.loads(result.stdout)["agrees"] is False

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("lumin-7b",), "no data on something is no verdict"),
            (("lumen",), "No framework judges Lumen"),
            (("lantern", "-f", "osaid"), "does not judge Lantern"),
            (("halo", "-f", "osiad"), "Did you mean osaid"),
            (("halo", "-f", "osaid", "-r", "OSAID.31"), "Did you mean osaid.30"),
            (("halo", "-r", "OSAID.30"), "Name it too, with --framework"),
            (("halo", "--format", "turtle"), "Name one with --framework"),
            (("halo", "a"), "2 names are neither"),
            ((), "0 names are neither"),
            ((*HOLDS, "--format", "markdown"), "not written as Markdown"),
            (("--check", "no-such.json"), "cannot be read"),
        ],
    )
    def test_mistakes(self, arguments: tuple[str, ...], message: str, command: Command) -> None:
        result = command("why", *arguments)
        assert isinstance(result.exception, GraphError)
        assert message in str(result.exception)

    @pytest.mark.parametrize("content", ["{}", "[1]", "no json"])
    def test_what_is_no_saved_derivation(self, content: str, command: Command) -> None:
        result = command("why", "--check", "-", stdin=content)
        assert isinstance(result.exception, SavedDerivationError)
