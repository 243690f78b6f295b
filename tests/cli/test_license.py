"""The command `license`: a card, candidates, or a message, each with its exit code."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rdflib import Graph

from osai_graph.cli import ExitCode
from osai_graph.cli import license as license_command
from osai_graph.errors import UnknownNameError
from osai_graph.graph.store import EmbeddedStore
from osai_graph.resources import graph_root


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    """All licenses with the labels of our terms, as stated."""
    store = EmbeddedStore()
    for folder in ("ontology", "data/licenses"):
        for path in (graph_root() / folder).glob("*.ttl"):
            store.add(Graph().parse(path, format="turtle"))
    return store


@pytest.fixture
def run(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(license_command, "open_with_progress", lambda: SimpleNamespace(store=store))

    def run_command(*arguments: str) -> tuple[Result, Any]:
        result = CliRunner().invoke(license_command.command, arguments, standalone_mode=False)
        return result, result.return_value

    return run_command


def test_a_card_shows_what_the_license_takes_and_where(run: Any) -> None:
    result, code = run("Llama 2")
    text = " ".join(result.stdout.split())
    assert code == ExitCode.FINE
    assert text.startswith("Llama 2 Community License Agreement LicenseRef-Llama-2 · Meta")
    assert "◐ freedom to use conditional acceptable use policy" in text
    assert "● freedom to study granted" in text
    assert "threshold of monthly active users [user threshold], section 2" in text
    assert "above 700,000,000 monthly active users; binds derivatives" in text
    assert "OSI: not approved" in text
    assert "basis read from the text" in text
    assert "found by normalized name" in text


def test_words_need_no_quotes_and_a_free_license_has_no_restriction(run: Any) -> None:
    result, code = run("Apache", "2.0")
    text = " ".join(result.stdout.split())
    assert code == ExitCode.FINE
    assert "Restrictions none" in text
    assert text.count("● freedom to") == 4


def test_signs_for_withheld_and_unknown_come_with_words(run: Any) -> None:
    withheld = " ".join(run("LicenseRef-No-License-Stated")[0].stdout.split())
    unknown = " ".join(run("LicenseRef-Unknown")[0].stdout.split())
    assert "✕ freedom to share withheld no grant" in withheld
    assert "? freedom to share unknown" in unknown


def test_what_was_given_from_memory_is_said(run: Any) -> None:
    text = " ".join(run("Jamba Open Model License")[0].stdout.split())
    assert "basis from memory" in text


def test_colors_are_not_needed(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[3" not in run("MIT")[0].stdout


def test_lines_are_as_wide_as_those_of_query(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    lines = run("MIT")[0].output.splitlines()
    assert max(map(len, lines)) <= 70
    assert all(line == line.rstrip() for line in lines)


def test_an_ambiguous_name_lists_candidates(run: Any) -> None:
    result, code = run("Llama license")
    assert code == ExitCode.FINDINGS
    names = [line.split()[0] for line in result.stdout.splitlines()[1:]]
    assert names[:2] == ["LicenseRef-LLaMA-1", "LicenseRef-Llama-2"]
    assert len(names) == 7
    assert "does not say exactly which license it means" in result.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Apahce-2.0", 'There is no license "Apahce-2.0".\nDid you mean Apache-2.0?'),
        ("unlicensed", 'There is no license "unlicensed".\nIt is no name of a license'),
        ("zzzzzz", 'There is no license "zzzzzz".\nThe graph knows no name that is near'),
    ],
)
def test_an_unknown_name_ends_with_one_sentence(run: Any, text: str, message: str) -> None:
    result, _ = run(text)
    assert isinstance(result.exception, UnknownNameError)
    assert str(result.exception).startswith(message)


def test_json_carries_the_whole_record(run: Any) -> None:
    result, code = run("llama2", "--format", "json")
    answer = json.loads(result.stdout)
    assert code == ExitCode.FINE
    found = answer["license"]
    assert found["identifier"] == "LicenseRef-Llama-2"
    assert found["status"]["OSI"] == "not approved"
    assert {f["standing"] for f in found["freedoms"]} == {"granted", "conditional"}
    locators = {r["kind"]["iri"].partition("#")[2]: r["locator"] for r in found["restrictions"]}
    assert locators["OutputTrainingBan"] == "section 1.b.v"
    assert all(e["retrieved_on"] for e in found["evidence"])


def test_json_tells_ambiguous_from_unknown(run: Any) -> None:
    ambiguous, ambiguous_code = run("GPL-3.0", "--format", "json")
    unknown, unknown_code = run("other", "--format", "json")
    assert (ambiguous_code, unknown_code) == (ExitCode.FINDINGS, ExitCode.CANNOT_RUN)
    answer = json.loads(ambiguous.stdout)
    assert answer["license"] is None
    assert [c["identifier"] for c in answer["candidates"]] == ["GPL-3.0-only", "GPL-3.0-or-later"]
    assert json.loads(unknown.stdout)["names_nothing"] is True


def test_a_text_that_names_several_licenses_is_taken_apart(run: Any) -> None:
    result, code = run("Weights: Llama 2 Community License. Code: MIT OR Apache-2.0. Data: mixed")
    text = " ".join(result.stdout.split())
    assert code == ExitCode.FINE
    assert "weights LicenseRef-Llama-2 understood" in text
    assert "code MIT OR Apache-2.0 understood" in text
    assert "data differs by item" in text


def test_the_parts_are_in_json_too(run: Any) -> None:
    result, code = run("MIT OR (Apache-2.0 AND BSD-3-Clause)", "--format", "json")
    answer = json.loads(result.stdout)
    assert code == ExitCode.FINE
    assert answer["license"] is None
    (part,) = answer["parts"]
    assert part["expression"] == "MIT OR (Apache-2.0 AND BSD-3-Clause)"


def test_words_around_a_name_make_no_difference(run: Any) -> None:
    result, code = run("released under the Apache License 2.0, an OSI-approved license.")
    assert code == ExitCode.FINE
    assert result.stdout.startswith("Apache License 2.0")


def test_a_doubtful_name_is_not_taken_for_certain(run: Any) -> None:
    result, code = run("Apache-2.0?")
    assert code == ExitCode.FINDINGS
    assert "Apache-2.0" in result.stdout
