"""The command ``why``: reasons with exit code 0, missing premises with 1, unknown names with 2."""

from __future__ import annotations

import json

import pytest
from rdflib import Graph
from rdflib.namespace import PROV, RDF

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
