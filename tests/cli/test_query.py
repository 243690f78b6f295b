"""The commands `query` and `queries`: answers on standard output, everything else beside it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import Result
from rdflib import Graph

from osai_graph.errors import GraphError, SyntaxFault, UnknownNameError
from osai_graph.queries import stored_queries

#: The fixture of the same name: runs the command line.
Command = Callable[..., Result]

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s a osai:Model }"


def fault(result: Result) -> GraphError:
    assert isinstance(result.exception, GraphError), result.exception or result.output
    assert result.stdout == ""
    return result.exception


class TestAnswers:
    def test_a_stored_question_is_a_table_for_people(self, command: Command) -> None:
        result = command(
            "query", "how-many-claims-have-each-status", "--param", "document=brochure"
        )
        lines = result.stdout.splitlines()
        assert lines[0].split() == ["in", "document", "status", "claims"]
        assert lines[1].split() == ["brochure", "on", "open", "AI", "inaccurate", "3"]
        assert result.stderr == f"{len(lines) - 1} rows\n"

    def test_many_columns_become_one_block_a_row(self, command: Command) -> None:
        result = command("query", "tools-that-are-open-source-themselves")
        assert result.stdout.splitlines()[0].startswith("1 of 1 ─")
        assert "open source   yes" in result.stdout
        assert "tool iri      system:lantern" in result.stdout
        assert result.stderr == "1 row\n"

    def test_an_empty_answer_says_so(self, command: Command) -> None:
        result = command("query", "-", stdin="SELECT ?s WHERE { ?s a osai:Law }")
        assert (result.stdout, result.stderr) == ("nothing found\n", "0 rows\n")

    def test_markup_in_values_is_not_interpreted(self, command: Command) -> None:
        result = command("query", "-", stdin="SELECT ('[bold]x[/bold]' AS ?a) (5 AS ?b) {}")
        assert "[bold]x[/bold]" in result.stdout

    def test_machine_formats_are_exact_and_alone_on_standard_output(self, command: Command) -> None:
        name = "how-many-claims-have-each-status"
        golden = Path(__file__).parent.parent / "golden" / "queries" / f"{name}.csv"
        any_document = ("--param", "document=any")
        csv_answer = command("query", name, *any_document, "--format", "csv")
        assert csv_answer.stdout_bytes == golden.read_bytes()
        answer = json.loads(command("query", name, *any_document, "--format", "json").stdout)
        assert answer["head"]["vars"] == ["in_document", "status", "claims"]
        xml_answer = command("query", name, *any_document, "--format", "xml")
        tree = ElementTree.fromstring(xml_answer.stdout)
        results = list(tree.iter("{http://www.w3.org/2005/sparql-results#}result"))
        assert len(results) == len(answer["results"]["bindings"]) > 4
        assert command("query", name, "--format", "tsv").stdout.startswith("?in_document\t?status")

    def test_markdown_escapes_what_would_break_the_table(self, command: Command) -> None:
        query = r"""SELECT ("a|b\nc <i>" AS ?x) {}"""
        result = command("query", "-", "--format", "markdown", stdin=query)
        assert result.stdout == "| x |\n| --- |\n| a\\|b<br>c &lt;i> |\n"

    @pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own reader
    @pytest.mark.parametrize(
        ("form", "rdflib_name"),
        [("table", "turtle"), ("turtle", "turtle"), ("nt", "nt"), ("jsonld", "json-ld")],
    )
    def test_a_construct_query_gives_rdf(
        self, form: str, rdflib_name: str, command: Command
    ) -> None:
        result = command(
            "query", "graph-of-a-system", "--param", "system=lantern", "--format", form
        )
        assert len(Graph().parse(data=result.stdout, format=rdflib_name)) > 20

    def test_describe_gives_rdf(self, command: Command) -> None:
        result = command("query", "-", stdin="DESCRIBE system:lantern")
        assert "system:lantern" in result.stdout

    def test_ask_is_yes_or_no(self, command: Command) -> None:
        name = "is-a-freedom-given-by-the-weights-of-a-system"
        assert command("query", name, "--param", "system=halo").stdout == "yes\n"
        assert command("query", name, "--param", "system=lumen-7b").stdout == "no\n"

    @pytest.mark.parametrize(("system", "code"), [("halo", 0), ("lumen-7b", 1)])
    @pytest.mark.parametrize("form", ["table", "json"])
    def test_no_has_an_exit_code_of_its_own(
        self, system: str, code: int, form: str, command: Command
    ) -> None:
        name = "is-a-freedom-given-by-the-weights-of-a-system"
        result = command("query", name, "--param", f"system={system}", "--format", form)
        assert result.return_value == code

    def test_the_output_file_is_written_whole(self, command: Command, tmp_path: Path) -> None:
        path = tmp_path / "answer.csv"
        result = command("query", "-", "--format", "csv", "--output", str(path), stdin=COUNT)
        assert result.stdout == ""
        assert path.read_bytes() == b"n\r\n4\r\n"
        table = tmp_path / "answer.txt"
        command("query", "-", "--output", str(table), stdin=COUNT)
        assert table.read_text() == "n\n4\n"


class TestParameters:
    @pytest.mark.parametrize("value", ["lumen-7b", "LUMEN 7B", "system:lumen-7b", "lumen-7b-v1"])
    def test_a_record_goes_by_any_of_its_names(self, value: str, command: Command) -> None:
        result = command(
            "query", "license-of-each-component", "--param", f"system={value}", "--format", "csv"
        )
        rows = list(csv.DictReader(io.StringIO(result.stdout)))
        assert {row["name"] for row in rows} == {"Lumen 7B"}
        assert len(rows) == 7

    def test_several_parameters(self, command: Command) -> None:
        result = command(
            "query", "corrected-timeline", "--format", "csv",
            "--param", "from=2022-01-01", "--param", "until=2022-12-31",
        )  # fmt: skip
        dates = [row["date"] for row in csv.DictReader(io.StringIO(result.stdout))]
        assert dates == ["2022-07-12", "2022-08-01"]

    @pytest.mark.parametrize(
        ("param", "message"),
        [
            ("sistem=halo", 'no parameter of license-of-each-component "sistem"'),
            ("system=hallo", "Did you mean halo"),
            ("system", '"system" gives no value'),
            ("system=open-1.0", "There is no system"),
            ("system=license:Open-1.0", "is a license, and what is asked for is a system"),
        ],
    )
    def test_a_wrong_one_is_one_message(self, param: str, message: str, command: Command) -> None:
        result = command("query", "license-of-each-component", "--param", param)
        assert message in str(fault(result))


class TestFiles:
    def test_a_query_file(self, command: Command, tmp_path: Path) -> None:
        path = tmp_path / "count.rq"
        path.write_text(COUNT)
        assert command("query", str(path)).stdout == "n\n4\n"

    def test_a_file_with_a_header_takes_parameters(self, command: Command, tmp_path: Path) -> None:
        path = tmp_path / "mine.rq"
        path.write_text(stored_queries().get("systems-by-license").text)
        result = command("query", str(path), "--param", "id=Open-1.0", "--format", "csv")
        assert result.stdout.count("Open Example License") == 8

    def test_a_file_without_a_header_takes_none(self, command: Command, tmp_path: Path) -> None:
        path = tmp_path / "count.rq"
        path.write_text(COUNT)
        result = command("query", str(path), "--param", "x=y")
        assert "Only a query with a header takes parameters" in str(fault(result))

    def test_a_byte_order_mark_is_no_syntax_error(self, command: Command) -> None:
        assert command("query", "-", stdin=b"\xef\xbb\xbf" + COUNT.encode()).stdout == "n\n4\n"

    @pytest.mark.parametrize(
        ("name", "stdin", "message"),
        [
            ("no-such-file.rq", "", "no-such-file.rq cannot be read: No such file"),
            (".", "", ". cannot be read: Is a directory"),
            ("openness-examples", "", "Did you mean openness-examples-that-fail"),
            ("SELECT * { ?s ?p ?o }", "", "echo '...' | osai-graph query -"),
            ("-", b"\xff\xfe", "standard input is not UTF-8"),
            ("-", "", "The query is empty"),
            ("-", "INSERT DATA { <http://e/> <http://e/> 1 }", "This is an update"),
            ("-", "SELECT * { SERVICE <http://e/> {} }", "SERVICE is refused"),
        ],
    )
    def test_what_cannot_be_asked(
        self, name: str, stdin: str | bytes, message: str, command: Command
    ) -> None:
        assert message in str(fault(command("query", name, stdin=stdin)))

    def test_a_syntax_error_points_at_its_place(self, command: Command, tmp_path: Path) -> None:
        path = tmp_path / "wrong.rq"
        path.write_text("SELECT ?s\nWHERE {\n\t?s a foo:Bar }")
        assert str(fault(command("query", str(path)))) == (
            f"{path}:3:7: The prefix foo: is not declared.\n"
            "  \t?s a foo:Bar }\n"
            "  \t     ^\n"
            "Add PREFIX foo: <...> at the top of the query."
        )

    def test_a_broken_header_is_named(self, command: Command, tmp_path: Path) -> None:
        path = tmp_path / "wrong.rq"
        path.write_text('#+ title = "No question"\nASK {}')
        assert isinstance(fault(command("query", str(path))), SyntaxFault)

    def test_an_unknown_format_is_refused_before_anything_is_read(self, command: Command) -> None:
        error = fault(command("query", "no-such-question", "--format", "jsn"))
        assert isinstance(error, UnknownNameError)
        assert "Did you mean json" in str(error)

    def test_a_directory_that_does_not_exist(self, command: Command, tmp_path: Path) -> None:
        place = tmp_path / "missing" / "answer.csv"
        result = command("query", "-", "--output", str(place), "--format", "csv", stdin=COUNT)
        assert f"{place} cannot be written: No such file or directory" in str(fault(result))


class TestList:
    def test_every_question_is_listed_under_its_subject(self, command: Command) -> None:
        result = command("queries")
        for query in stored_queries():
            assert f"  {query.name}\n" in result.stdout
        assert result.stdout.index("\nlicenses\n") < result.stdout.index("  names-of-a-license\n")
        assert f"{len(stored_queries())} questions" in result.stderr

    def test_a_tag_narrows_the_list(self, command: Command) -> None:
        result = command("queries", "--tag", "timeline")
        assert "corrected-timeline" in result.stdout
        assert "names-of-a-license" not in result.stdout

    def test_one_question_shows_parameters_columns_and_sparql(self, command: Command) -> None:
        result = command("queries", "claims-with-a-status")
        assert "One of: Confirmed, Inaccurate" in result.stdout
        assert "--param with=Refuted" in result.stdout
        assert result.stdout.endswith(stored_queries().get("claims-with-a-status").body)

    def test_json(self, command: Command) -> None:
        (query,) = json.loads(command("queries", "names-of-a-license", "--format", "json").stdout)
        assert query["parameters"][0]["records"] == ["license"]
        assert list(query["columns"]) == ["license", "version", "name", "kind", "license_iri"]

    def test_words_list_the_questions_that_have_them(self, command: Command) -> None:
        shown = command("queries", "license", "Commercial").stdout
        assert "weights-for-commercial-use" in shown
        assert "corrected-timeline" not in shown

    def test_an_unknown_name_gets_the_nearest(self, command: Command) -> None:
        assert "Did you mean corrected-timeline" in str(
            fault(command("queries", "corected-timeline"))
        )


class TestAsAProcess:
    @pytest.fixture(scope="class")
    @classmethod
    def environment(cls, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
        return {**os.environ, "OSAI_GRAPH_CACHE": str(tmp_path_factory.mktemp("cache"))}

    def test_an_answer_and_its_exit_code(self, environment: dict[str, str]) -> None:
        run = subprocess.run(
            [sys.executable, "-m", "osai_graph", "query", "-", "--format", "csv"],
            input=b"ASK { license:Apache-2.0 osai:grantsFreedom osai:FreedomToUse }",
            capture_output=True,
            env=environment,
        )
        assert (run.returncode, run.stdout) == (0, b"true")

    @pytest.mark.parametrize(
        "arguments",
        [("queries",), ("queries", "claims-with-a-status"), ("queries", "--format", "json")],
    )
    def test_a_reader_that_goes_is_no_failure(
        self, arguments: tuple[str, ...], environment: dict[str, str]
    ) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "osai_graph", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Error" not in process.stderr.read()
        process.stderr.close()
        assert process.wait() == 0

    def test_a_mistake_and_its_exit_code(self, environment: dict[str, str]) -> None:
        run = subprocess.run(
            [sys.executable, "-m", "osai_graph", "query", "-"],
            input=b"SELECT * WHERE { ?s a x:y }",
            capture_output=True,
            env=environment,
        )
        assert (run.returncode, run.stdout) == (2, b"")
        assert run.stderr.decode().splitlines()[-4:] == [
            "osai-graph: 1:23: The prefix x: is not declared.",
            "  SELECT * WHERE { ?s a x:y }",
            "                        ^",
            "Add PREFIX x: <...> at the top of the query.",
        ]
