"""The commands chain and compare, and the option --as-of."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from rdflib import Graph

from osai_graph.build import BuiltGraph, open_graph
from osai_graph.cli import opening
from osai_graph.cli.judging import NotInForceError
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.namespaces import DCTERMS, OSAI, SYSTEM
from tests.cli.conftest import Command


class TestChain:
    def test_the_tree_names_hops_clauses_and_what_is_contested(self, command: Command) -> None:
        shown = command("chain", "lumen-7b-pocket")
        lines = shown.output.splitlines()
        assert lines[0].startswith("Lumen 7B Pocket   Guarded Example License 2.0")
        assert "quantized from Lumen 7B Chat   Open Example License 1.0" in lines[1]
        assert "fine-tuned from Lumen 7B   Guarded Example License 1.0" in lines[2]
        assert "section 2  behavioral list  → takes use, binds derivatives" in shown.output
        assert "section 4  user threshold" in shown.output
        assert "not known whether it binds derivatives" in shown.output
        assert "2 ancestors; 2 restrictions inherited; of 1 more it is not known" in shown.output
        contested = shown.output.partition("Contested")[2]
        assert "Lumen 7B Pocket trained on outputs of Spark API" in contested
        assert "Lumen 7B trained on Paper Trail" in contested
        assert shown.return_value == 0

    def test_a_license_that_exceeds_the_base_is_a_finding(self, command: Command) -> None:
        shown = command("chain", "lumen-7b-chat")
        assert (
            "weights of Lumen 7B Chat: Open Example License 1.0 grants use, share" in shown.output
        )
        assert "section 2 of the Guarded Example License 1.0 (behavioral list) takes use" in (
            shown.output
        )
        assert shown.return_value == 1

    def test_json_carries_tree_and_findings(self, command: Command) -> None:
        content = json.loads(command("chain", "lumen-7b-chat", "--format", "json").output)
        assert content["steps"][0]["relation"]["label"] == "fine-tuned from"
        assert [clause["locator"] for clause in content["inherited"]] == ["section 2", None]
        assert {excess["same_maker"] for excess in content["excesses"]} == {False}

    def test_turtle_is_rdf(self, command: Command) -> None:
        graph = Graph().parse(data=command("chain", "lumen-7b-pocket", "--format", "turtle").output)
        pocket = SYSTEM["lumen-7b-pocket"]
        assert (pocket, OSAI.quantizedFrom, SYSTEM["lumen-7b-chat"]) in graph
        assert len(list(graph.objects(pocket, OSAI.inheritsRestriction))) == 2

    def test_a_system_without_ancestors_says_so(self, command: Command) -> None:
        assert "Halo descends from no other system" in command("chain", "halo").output

    def test_only_systems_have_chains(self, command: Command) -> None:
        with pytest.raises(UnknownNameError, match='no system "paper-trail"'):
            raise command("chain", "paper-trail").exception  # type: ignore[misc]


class TestCompare:
    def test_the_table_shows_what_differs(self, command: Command) -> None:
        shown = command("compare", "halo", "lumen-7b")
        assert "model weights" in shown.output
        assert "inference code: freedom to use" not in shown.output
        assert "Judged by" in shown.output
        everything = command("compare", "halo", "lumen-7b", "--all")
        assert "inference code: freedom to use" in everything.output

    def test_json_and_csv_say_the_same(self, command: Command) -> None:
        rows = json.loads(command("compare", "halo", "lumen-7b", "--format", "json").stdout)["rows"]
        table = list(
            csv.DictReader(
                io.StringIO(command("compare", "halo", "lumen-7b", "--format", "csv").stdout)
            )
        )
        assert [row["item"] for row in rows] == [row["item"] for row in table]
        first = next(row for row in table if row["item"] == "model weights")
        assert first["system:halo"] == "available"
        assert first["more_open"] == "system:halo"

    def test_an_unknown_framework_gets_the_nearest(self, command: Command) -> None:
        result = command("compare", "halo", "lumen-7b", "--framework", "osaidd")
        assert isinstance(result.exception, UnknownNameError)
        assert "osaid" in str(result.exception)


@pytest.fixture
def any_day(
    monkeypatch: pytest.MonkeyPatch,
    command: Command,
    tmp_path: Path,
    small_graph_root: Path,
    small_built: BuiltGraph,
) -> Command:
    """The commands on the small graph, of today or of a day."""
    monkeypatch.setenv("OSAI_GRAPH_CACHE", str(tmp_path))

    def opened(day: date | None = None, **_: object) -> BuiltGraph:
        return small_built if day is None else open_graph(small_graph_root, day=day)

    monkeypatch.setattr(opening, "open_graph", opened)
    return command


class TestAsOf:
    def test_query_show_and_compare_answer_for_the_day(self, any_day: Command) -> None:
        day = ("--as-of", "2024-12-31")
        license_ = ("query", "license-of-each-component", "--param", "system=lumen-7b-pocket")
        shown = any_day(*license_, "--format", "csv", *day)
        assert "Open Example License 1.0" in shown.stdout
        assert "Guarded" not in shown.stdout
        assert "True on 2024-12-31 as known today" in shown.stderr
        assert "Guarded Example License 2.0" in any_day(*license_, "--format", "csv").stdout
        text = any_day("show", "lumen-7b-pocket", *day).stdout
        assert text.startswith("As of 2024-12-31: true then as known today.")
        content = json.loads(any_day("show", "lumen-7b-pocket", "--format", "json", *day).stdout)
        assert content["as_of"] == "2024-12-31"
        assert content["as_of_notes"]
        compared = any_day("compare", "lumen-7b", "lumen-7b-pocket", "--format", "json", *day)
        assert json.loads(compared.stdout)["as_of"] == "2024-12-31"

    def test_a_record_that_came_later_is_named_with_its_date(self, any_day: Command) -> None:
        result = any_day("show", "lumen-7b-chat", "--as-of", "2024-04")
        assert isinstance(result.exception, GraphError)
        assert result.exception.message == (
            "Lumen 7B Chat was not there on 2024-04-30: it is dated 2024-05."
        )

    def test_a_name_of_nothing_stays_unknown(self, any_day: Command) -> None:
        result = any_day("show", "lumen-9b", "--as-of", "2024-04")
        assert isinstance(result.exception, UnknownNameError)

    @pytest.mark.parametrize(
        ("value", "message"), [("yesterday", "is no date"), ("2999", "has not come yet")]
    )
    def test_a_day_that_is_none_is_refused(
        self, any_day: Command, value: str, message: str
    ) -> None:
        result = any_day("show", "halo", "--as-of", value)
        assert isinstance(result.exception, GraphError)
        assert message in result.exception.message

    def test_verdicts_are_those_of_the_day(self, any_day: Command) -> None:
        day = ("--as-of", "2024-12-31")
        asked = ("lumen-7b-pocket", "-f", "osaid")
        then, now = any_day("why", *asked, *day), any_day("why", *asked)
        assert "Open Example License 1.0" in then.stdout
        assert "Guarded Example License 2.0" not in then.stdout
        assert "Guarded Example License 2.0" in now.stdout
        assert "facts as of 2024-12-31" in then.stdout
        saved = json.loads(any_day("why", *asked, *day, "--format", "json").stdout)
        assert saved["as_of"] == "2024-12-31"
        assert "as_of" not in json.loads(any_day("why", *asked, "--format", "json").stdout)
        proof = Graph().parse(data=any_day("why", *asked, *day, "--format", "turtle").stdout)
        assert [str(o) for o in proof.objects(None, DCTERMS.valid)] == ["2024-12-31"]
        steps = any_day("next", *asked, *day).stdout
        assert steps.startswith("As of 2024-12-31: true then as known today.\n")
        assert "instead of" not in steps
        assert "instead of Guarded" in any_day("next", *asked).stdout

    def test_what_if_changes_the_facts_of_the_day(self, any_day: Command) -> None:
        change = ("--set", "weights.license=Guarded-1.0", "-f", "osaid", "--format", "json")
        then = json.loads(
            any_day("what-if", "lumen-7b-pocket", *change, "--as-of", "2024-12-31").stdout
        )
        assert then["as_of"] == "2024-12-31"
        assert {"OSAID.30"} <= {flip["identifier"] for flip in then["flips"]}
        now = json.loads(any_day("what-if", "lumen-7b-pocket", *change).stdout)
        assert now["flips"] == []

    def test_a_chain_is_that_of_the_day(self, any_day: Command) -> None:
        shown = any_day("chain", "lumen-7b-pocket", "--as-of", "2024-12-31")
        lines = shown.stdout.splitlines()
        assert lines[0].startswith("As of 2024-12-31")
        assert lines[1].startswith("Lumen 7B Pocket   Open Example License 1.0")

    @pytest.mark.parametrize("name", ["why", "next", "assess"])
    def test_a_framework_that_was_not_in_force_is_named_with_its_date(
        self, any_day: Command, name: str
    ) -> None:
        asked = (name, "lumen-7b", "-f", "osaid", "--as-of", "2024-06-01")
        result = any_day(*asked)
        assert isinstance(result.exception, NotInForceError)
        assert result.exception.message == (
            "Open Source AI Definition 1.0 was not in force on 2024-06-01: "
            "it came into force on 2024-10-28."
        )
        assert "In force then: open-source-definition." in result.exception.remedy
        assert "Open Source AI Definition" in any_day(*asked, "--later-frameworks").stdout

    def test_where_no_framework_was_in_force_that_is_said(self, any_day: Command) -> None:
        result = any_day("why", "lumen-7b", "--as-of", "2024-06-01")
        assert isinstance(result.exception, GraphError)
        assert "No framework that was in force on 2024-06-01" in result.exception.message
        later = any_day("why", "lumen-7b", "--as-of", "2024-06-01", "--later-frameworks")
        assert "Open Source AI Definition 1.0" in later.stdout
        assert "--as-of 2024-06-01 --later-frameworks" in later.stderr

    def test_verdicts_that_have_turned_since(self, any_day: Command) -> None:
        asked = ("why", "lumen-7b-pocket", "--since", "2024-12-31")
        shown = any_day(*asked, "-f", "osaid").stdout
        assert "OSAID.30" in shown
        assert "2024-12-31" in shown
        assert "verdicts have turned." in shown
        content = json.loads(any_day(*asked, "--format", "json").stdout)
        turned = {f["identifier"]: (f["before"], f["after"]) for f in content["flips"]}
        assert turned["OSAID.30"] == ("CannotBeDecided", "NotMet")
        assert (content["since"], content["until"]) == ("2024-12-31", "today")
        still = any_day(*asked, "--as-of", "2025-01-01", "--format", "json")
        assert json.loads(still.stdout)["flips"] == []

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("lumen-7b-chat", "--since", "2024-04"), "was not there on 2024-04-30"),
            (("halo", "--since", "2024", "--as-of", "2023"), "does not come after"),
            (("halo", "--since", "2024", "--format", "turtle"), "not written as turtle"),
            (("halo", "a", "Model", "--since", "2024"), "of one system"),
        ],
    )
    def test_mistakes_with_since(
        self, any_day: Command, arguments: tuple[str, ...], message: str
    ) -> None:
        result = any_day("why", *arguments)
        assert isinstance(result.exception, GraphError)
        assert message in result.exception.message

    def test_a_file_is_of_today(self, any_day: Command) -> None:
        result = any_day("assess", "lumen.ttl", "--as-of", "2024")
        assert isinstance(result.exception, GraphError)
        assert "A file says what is so today" in result.exception.message

    def test_turtle_of_a_day_is_refused(self, any_day: Command) -> None:
        result = any_day("show", "halo", "--format", "turtle", "--as-of", "2024")
        assert isinstance(result.exception, GraphError)
        assert "Turtle gives the files as they are today" in result.exception.message


class TestCompetencyQuestions:
    def test_a_number_lists_what_answers_it(self, command: Command) -> None:
        shown = command("queries", "cq25")
        assert "declared-licenses-more-permissive-than-the-base" in shown.stdout
        assert "osai-graph chain ID" in shown.stdout
        assert "openness-examples-that-fail" not in shown.stdout

    @pytest.mark.parametrize("number", range(1, 31))
    def test_every_one_has_an_answer(self, command: Command, number: int) -> None:
        shown = command("queries", f"CQ{number}")
        assert shown.exception is None
        assert shown.stdout.strip()

    def test_there_is_no_thirty_first(self, command: Command) -> None:
        result = command("queries", "CQ31")
        assert isinstance(result.exception, UnknownNameError)
        assert 'There is no competency question "CQ31"' in str(result.exception)
