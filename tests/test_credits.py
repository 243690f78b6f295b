"""Whoever is imported is credited: license, citation, state and number of records."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from rdflib import Graph

from osai_graph.cli import ExitCode
from osai_graph.cli import credits as credits_command
from osai_graph.credits import Credit, credits
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import PREFIXES

HEADER = "".join(f"@prefix {prefix}: <{name}> .\n" for prefix, name in PREFIXES.items())
SOURCES = """
document:index a osai:DataSource ;
  rdfs:label "records of the index"@en ; dcterms:title "The Index"@en ;
  dcterms:publisher organization:lab ; dcterms:license license:CC-BY-4.0 ;
  dcterms:bibliographicCitation "The Index, 2026."@en ; schema:url <https://index.example/> .
organization:lab rdfs:label "Lab"@en .
license:CC-BY-4.0 rdfs:label "CC Attribution 4.0"@en .
graph:a prov:wasAttributedTo document:index ; schema:mainEntity system:one ;
  pav:retrievedOn "2026-05-01"^^xsd:date ; dcat:version "abc" .
graph:b prov:wasAttributedTo document:index ; schema:mainEntity system:one ;
  pav:retrievedOn "2026-06-01"^^xsd:date ; dcat:version "abc" .
document:unused a osai:DataSource ; rdfs:label "unused"@en ; dcterms:license license:CC-BY-4.0 .
"""


@pytest.fixture
def store() -> EmbeddedStore:
    store = EmbeddedStore()
    store.add(Graph().parse(data=HEADER + SOURCES, format="turtle"))
    return store


def test_a_source_with_statements_is_credited_and_one_without_is_not(store: EmbeddedStore) -> None:
    assert credits(store) == (
        Credit(
            iri=PREFIXES["document"] + "index",
            label="records of the index",
            title="The Index",
            publisher="Lab",
            license=PREFIXES["license"] + "CC-BY-4.0",
            license_name="CC Attribution 4.0",
            citation="The Index, 2026.",
            url="https://index.example/",
            retrieved_on="2026-06-01",
            commit="abc",
            files=2,
            records=1,
        ),
    )


def test_the_command_prints_what_the_license_asks_for(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = SimpleNamespace(store=store)
    monkeypatch.setattr(credits_command, "open_with_progress", lambda: opened)
    shown = CliRunner().invoke(credits_command.command, [], standalone_mode=False)
    assert shown.return_value == ExitCode.FINE
    assert [line.rstrip() for line in shown.stdout.splitlines()] == [
        "records of the index",
        "  Lab · CC Attribution 4.0",
        "  as of 2026-06-01, commit abc; on 1 record",
        "  The Index, 2026.",
        "  https://index.example/",
    ]
    listed = CliRunner().invoke(
        credits_command.command, ["--format", "json"], standalone_mode=False
    )
    assert json.loads(listed.stdout)[0]["citation"] == "The Index, 2026."
