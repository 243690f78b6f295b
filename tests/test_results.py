"""Answers in every format, and errors in words that a person can act upon."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from rdflib import Graph

from osai_graph.errors import GraphError, SyntaxFault, UnknownNameError
from osai_graph.graph.query_text import RefusedQueryError
from osai_graph.graph.store import EmbeddedStore
from osai_graph.results import FORMAT_NAMES, evaluate, read_rows, write_answer

DATA = r"""
<http://e/a> <http://e/p> "two\r\nlines, \"quoted\"\t| <b>"@en ;
    <http://e/q> 7 , "x"^^<http://e/t> .
<http://e/b> <http://e/p> "" .
"""
SELECT = "SELECT ?s ?o ?missing WHERE { ?s <http://e/p> ?o } ORDER BY ?s"


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    store = EmbeddedStore()
    store.engine.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    return store


def written(store: EmbeddedStore, query: str, form: str) -> str:
    return write_answer(evaluate(store, query), form).decode()


class TestSolutions:
    def test_json(self, store: EmbeddedStore) -> None:
        answer = json.loads(written(store, SELECT, "json"))
        assert answer["head"]["vars"] == ["s", "o", "missing"]
        assert answer["results"]["bindings"][0]["o"] == {
            "type": "literal",
            "value": 'two\r\nlines, "quoted"\t| <b>',
            "xml:lang": "en",
        }
        assert "missing" not in answer["results"]["bindings"][0]

    def test_xml_keeps_carriage_returns(self, store: EmbeddedStore) -> None:
        text = written(store, SELECT, "xml")
        literals = ElementTree.fromstring(text).iter(
            "{http://www.w3.org/2005/sparql-results#}literal"
        )
        assert next(literals).text == 'two\r\nlines, "quoted"\t| <b>'

    def test_csv(self, store: EmbeddedStore) -> None:
        rows = list(csv.reader(io.StringIO(written(store, SELECT, "csv"), newline="")))
        assert rows == [
            ["s", "o", "missing"],
            ["http://e/a", 'two\r\nlines, "quoted"\t| <b>', ""],
            ["http://e/b", "", ""],
        ]

    def test_tsv(self, store: EmbeddedStore) -> None:
        head, first, second, _ = written(store, SELECT, "tsv").split("\n")
        assert head == "?s\t?o\t?missing"
        assert first == '<http://e/a>\t"two\\r\\nlines, \\"quoted\\"\\t| <b>"@en\t'
        assert second == '<http://e/b>\t""\t'

    def test_rows_are_terms_with_none_for_unbound(self, store: EmbeddedStore) -> None:
        answer = evaluate(store, SELECT)
        assert isinstance(answer, ox.QuerySolutions)
        rows = read_rows(answer)
        assert rows.variables == ("s", "o", "missing")
        assert rows.rows[1][2] is None

    @pytest.mark.parametrize(("form", "holds"), [("json", '"boolean":true'), ("xml", ">true<")])
    def test_ask(self, form: str, holds: str, store: EmbeddedStore) -> None:
        assert holds in written(store, "ASK { ?s ?p 7 }", form)


class TestTriples:
    CONSTRUCT = "CONSTRUCT { ?s ?p ?o . ?s ?p ?o } WHERE { ?s ?p ?o }"

    @pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own reader
    @pytest.mark.parametrize(
        ("form", "rdflib_name"),
        [("turtle", "turtle"), ("nt", "nt"), ("jsonld", "json-ld"), ("rdfxml", "xml")],
    )
    def test_every_format_holds_the_same_graph(
        self, form: str, rdflib_name: str, store: EmbeddedStore
    ) -> None:
        expected = Graph().parse(data=DATA, format="turtle")
        found = Graph().parse(data=written(store, self.CONSTRUCT, form), format=rdflib_name)
        assert set(found) == set(expected)

    def test_equal_answers_give_equal_bytes(self, store: EmbeddedStore) -> None:
        turned = f"{self.CONSTRUCT} ORDER BY DESC(?o)"
        for form in ("turtle", "rdfxml"):
            assert written(store, self.CONSTRUCT, form) == written(store, turned, form)


class TestRefusals:
    @pytest.mark.parametrize(
        ("query", "form", "message"),
        [
            (SELECT, "turtle", "SELECT answers with a table, which turtle cannot hold"),
            ("ASK { ?s ?p ?o }", "nt", "ASK answers with yes or no, which nt cannot hold"),
            (TestTriples.CONSTRUCT, "csv", "answer with triples, which csv cannot hold"),
        ],
    )
    def test_a_format_of_another_form(
        self, query: str, form: str, message: str, store: EmbeddedStore
    ) -> None:
        with pytest.raises(GraphError, match=message):
            written(store, query, form)

    def test_an_unknown_format_gets_the_nearest(self, store: EmbeddedStore) -> None:
        with pytest.raises(UnknownNameError, match="json"):
            written(store, SELECT, "jsom")
        assert "jsonld" in FORMAT_NAMES

    @pytest.mark.parametrize(
        "query",
        [
            "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
            "SELECT * { ?s ?p ?o . service silent ?x { ?s ?p ?o } }",
            r"SELECT * { \u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
            "INSERT DATA { <http://e/x> <http://e/x> <http://e/x> }",
            "LOAD <http://127.0.0.1:1/>",
        ],
    )
    def test_calls_and_updates_never_reach_the_engine(
        self, query: str, store: EmbeddedStore
    ) -> None:
        with pytest.raises(RefusedQueryError):
            evaluate(store, query)

    def test_the_word_service_in_a_string_is_no_call(self, store: EmbeddedStore) -> None:
        evaluate(store, "SELECT * { ?s ?p 'SERVICE' } # SERVICE <http://e/> {}")

    @pytest.mark.parametrize(
        ("query", "line", "column", "message"),
        [
            ("SELECT *\nWHERE { ?s a foo:Bar }", 2, 14, "The prefix foo: is not declared"),
            ("", 1, 1, "The query is empty"),
            ("SELECT * { ?s ?p ?o ", 1, 21, "cannot be read here; expected one of"),
            ("SELECT (STR(?o) AS ?s) { ?s ?p ?o }", 1, 36, "name of a variable that is already"),
            ("SELECT ?s ?o { ?s ?p ?o } GROUP BY ?s", 1, 38, "neither grouped nor aggregated"),
        ],
    )
    def test_a_syntax_error_names_its_place(
        self, query: str, line: int, column: int, message: str, store: EmbeddedStore
    ) -> None:
        with pytest.raises(SyntaxFault, match=message) as caught:
            evaluate(store, query)
        assert (caught.value.line, caught.value.column) == (line, column)
        assert "0..=9" not in str(caught.value), "the engine's character classes say nothing"

    def test_our_prefixes_need_no_declaration_and_the_users_win(self, store: EmbeddedStore) -> None:
        evaluate(store, "SELECT * { ?s a osai:Model }")
        own = evaluate(store, "PREFIX osai: <http://e/> SELECT ?o { osai:b osai:p ?o }")
        assert isinstance(own, ox.QuerySolutions)
        assert len(read_rows(own).rows) == 1
