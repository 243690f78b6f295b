"""The tokens of a query decide what is refused, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osai_graph.graph.query_text import (
    QUERY_FORMS,
    QueryText,
    RefusedQueryError,
    check_query,
    explain_prefix,
    tokenize,
)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://e.example/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://e.example/> { ?s ?p ?o } }",
        "SELECT * { SERVICESILENT<http://e.example/>{ ?s ?p ?o } }",
        "SELECT * { ?s ?p true SERVICE ?s { ?s ?p ?o } }",
        "SELECT * { ?s ?p trueSERVICE<http://e.example/>{ ?s ?p ?o } }",
        "SELECT * { ?s ?p 1e3SERVICE<http://e.example/>{ ?s ?p ?o } }",
        r"SELECT * { \u0053ERVICE <http://e.example/> { ?s ?p ?o } }",
        r"SELECT * { S\U00000045RVICE <http://e.example/> { ?s ?p ?o } }",
        r"SELECT * { ?s ?p '\u0027 SERVICE <http://e.example/> { ?s ?p ?o } #' }",
        "SELECT * { FILTER(?a<?b) SERVICE<http://e.example/>{ ?s ?p ?o } }",
        "SELECT * { FILTER(?a<?b#>\n) SERVICE<http://e.example/>{ ?s ?p ?o } }",
        "SELECT * { ?s ex:a\\#b ?o SERVICE<http://e.example/>{ ?s ?p ?o } }",
        "SELECT * { # comment\rSERVICE <http://e.example/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p 'it' SERVICE ?x { ?s ?p 'is' } }",
        "SELECT * { { SELECT * { SERVICE ?x { } } } }",
        "ASK { FILTER EXISTS { SERVICE ?x { } } }",
        # a letter of SPARQL that Python does not call one, before an escaped quote
        "ASK { ?s a:b\u3001\\'c ?o . SERVICE <http://e.example/> { } ?x ?y 'd' }",
        "ASK { ?s ?p <http://e.example/\\u0041'> . SERVICE ?x { } ?s ?p 'd' }",
        "CONSTRUCT { ?s ?p ?o } { SERVICE SILENT ?x { ?s ?p ?o } }",
        "DESCRIBE ?s { ?s ?p ?o OPTIONAL { MINUS { SERVICE ?x { } } } }",
    ],
)
def test_service_is_found(text: str) -> None:
    with pytest.raises(RefusedQueryError, match="SERVICE is refused"):
        check_query(QueryText(text))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p 'SERVICE <http://e.example/> {}' }",
        'SELECT * { ?s ?p """a "quoted" SERVICE""" }',
        "SELECT * { ?s ?p <http://e.example/SERVICE> }",
        "SELECT * { ?service ex:SERVICE service:x } # SERVICE",
        "SELECT * { ?s ?p 'x'@en-service }",
        "SELECT * { _:SERVICE ?p ?o }",
    ],
)
def test_no_service(text: str) -> None:
    check_query(QueryText(text))


@pytest.mark.parametrize(
    "text",
    ["ASK { ?s ?p 'SERVICE }", "ASK { ?s ?p \\ ?o } # load", 'ASK { ?s ?p """service"" }'],
)
def test_what_may_be_misread_is_no_place_for_service(text: str) -> None:
    with pytest.raises(RefusedQueryError, match="without doubt"):
        check_query(QueryText(text))


@pytest.mark.parametrize(
    "piece", ["a.", "é.", "_.a", "'\\", "a-", "<a", "?a.", "_:a.", '\\"', "1.e"]
)
def test_no_text_takes_longer_than_its_length_deserves(piece: str) -> None:
    text = (piece * 50_000)[:99_000]
    assert "".join(token.text for token in tokenize(text)) == text


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a.b-c ", "word mark word mark word"),
        ("a.b-c:d", "name"),
        ("a.b.:c", "word mark word mark name"),
        ("_a.1e5", "word number"),
        ("x.2y", "word number word"),
        ("'a'b'c\n?d", "string word other variable"),
        ('"""a""b"""', "string"),
        ("<http://e.example/\\u00e9>", "iri"),
    ],
)
def test_tokens(text: str, kinds: str) -> None:
    assert " ".join(token.kind for token in tokenize(text)) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <http://e.example/a> <http://e.example/b> 1 }",
        "PREFIX a: <http://e.example/> delete where { ?s ?p ?o }",
        "CLEAR ALL",
    ],
)
def test_updates_are_refused(text: str) -> None:
    with pytest.raises(RefusedQueryError, match="update"):
        check_query(QueryText(text))


def test_load_is_refused() -> None:
    with pytest.raises(RefusedQueryError, match="LOAD is refused"):
        check_query(QueryText("LOAD <http://e.example/>"))


def test_depth_and_length() -> None:
    check_query(QueryText("ASK " + "{" * 60 + "}" * 60))
    with pytest.raises(RefusedQueryError, match="nests more than 60"):
        check_query(QueryText("ASK " + "{" * 61 + "}" * 61))
    with pytest.raises(RefusedQueryError, match=r"limit is 100,000") as caught:
        check_query(QueryText("ASK {} #" + "x" * 100_000))
    assert caught.value.status == 413


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("PREFIX a: <x> BASE <y> # c\nselect * {}", "SELECT"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT"),
        ("describe <x>", "DESCRIBE"),
        ("ASK {}", "ASK"),
        ("SELEC * {}", None),
        ("", None),
    ],
)
def test_form(text: str, form: str | None) -> None:
    assert QueryText(text).form == form


def test_an_undeclared_prefix_is_named_with_its_place() -> None:
    query = QueryText("SELECT *\nWHERE {\n  ?s a osay:Model }")
    fault = explain_prefix(query, {"osai": "https://w3id.org/osai-graph/ns#"})
    assert fault is not None
    assert (fault.line, fault.column) == (3, 8)
    assert fault.reason == "The prefix osay: is not declared."
    assert fault.remedy == "Declare it first: PREFIX osay: <...>. Did you mean osai:?"


def test_a_known_prefix_needs_no_declaration() -> None:
    query = QueryText("ASK { ?s a osai:Model }")
    assert explain_prefix(query, {"osai": "https://w3id.org/osai-graph/ns#"}) is None
    assert explain_prefix(query, {}) is not None


def test_declared_prefixes() -> None:
    query = QueryText("PREFIX a: <http://a/> PREFIX : <http://b/> ASK { a:x :y a:z }")
    assert query.prefixes == {"a": "http://a/", "": "http://b/"}
    assert explain_prefix(query, {}) is None


def test_repeatable() -> None:
    assert QueryText("ASK { ?s ?p 'NOW' }").is_repeatable
    assert not QueryText("SELECT (now() AS ?t) {}").is_repeatable


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT * { ?s ?p ?o }", " SELECT  *\t{\r\n?s ?p\n\n?o } "),
        ("SELECT * { ?s <a#b> ?o }", "SELECT * {  ?s \t<a#b> ?o } \n"),
        ("SELECT *\n{ ?s <a#b> ?o }", "SELECT * \r\n\n { ?s <a#b> ?o }"),
        ("SELECT * { ?s ?p 'a  b' }", "SELECT * # all\n { ?s ?p 'a  b' }"),
    ],
)
def test_the_same_query_in_other_white_space(one: str, other: str) -> None:
    assert QueryText(one).normalized == QueryText(other).normalized


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT * { ?s ?p 'a b' }", "SELECT * { ?s ?p 'a  b' }"),
        ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p?o }"),
        ("SELECT * { ?s <a#b> ?o # }", "SELECT * { ?s <a#b> ?o } # }"),
        # the comment ends at the end of the line, or does not
        ("ASK { FILTER(?a<?b#>\n) ?c ?d ?e }", "ASK { FILTER(?a<?b#> ) ?c ?d ?e }"),
        ("ASK { FILTER(?a<?b#>\r) ?c ?d ?e }", "ASK { FILTER(?a<?b#> ) ?c ?d ?e }"),
        # white space for Python, and none for SPARQL
        ("ASK { ?s a\u1680:b ?o }", "ASK { ?s a :b ?o }"),
        ("ASK { ?s a:b\u3000 ?o }", "ASK { ?s a:b ?o }"),
    ],
)
def test_other_queries_stay_apart(one: str, other: str) -> None:
    assert QueryText(one).normalized != QueryText(other).normalized


_PIECES = (
    *(" ", "\n", "\t", "PREFIX ", "prefix\n", "a:", ":", "b-c:", "é:", "<x#y>", "<", ">", "# c\n"),
    *("BASE", "SELECT", "ask", "Describe", "CONSTRUCT", "INSERT", "\u017fELECT"),
    *("{", "*", "?s", "a", "'"),
)
_HEADS = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)


@given(_HEADS)
@settings(max_examples=300)
def test_the_form_is_that_of_the_tokens(head: str) -> None:
    text = QueryText(head)
    word = text._head[-1].keyword if text._head else ""
    assert (text.form if text.form in QUERY_FORMS else "") == (word if word in QUERY_FORMS else "")
