"""A wrong query is shown the place where it leaves the grammar; a right one is not blamed."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from osai_graph import resources
from osai_graph.graph.query_grammar import explain_syntax
from osai_graph.namespaces import PREFIXES


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "Write SELECT"),
        ("SELEC ?x", 1, 1, "Did you mean SELECT?"),
        ("SELECT ?x WHERE {\n  ?x a <a b> }", 2, 8, "IRI that begins here is broken"),
        ("SELECT ?x WHERE {\n  ?x a \n", 2, 7, "ends too early"),
        ("SELECT * {\n\n  ?x ?p 'abc\n }", 3, 9, "not closed"),
        ("SELECT (FOO(?x) AS ?y) {}", 1, 9, 'no function "FOO"'),
        ("SELECT * { FILTER(?x = ) }", 1, 24, "Expected here: an expression"),
        ("SELECT * { ?s ?p ?o } LIMTI 5", 1, 23, "Did you mean LIMIT?"),
        ("SELECT * { ?s ?p }", 1, 18, "Expected here: a term"),
        ("SELECT * { ?s ?p ?o } }", 1, 23, '"}" is not expected'),
        ("SELECT * { OPTIONEL { ?s ?p ?o } }", 1, 12, "Did you mean OPTIONAL?"),
        ("SELECT * { BIND(1 AS x) }", 1, 22, "a variable"),
        ("SELECT * { ?s ?p ?o FILTER ?o > 5 }", 1, 28, "an expression"),
        ("SELECT COUNT(*) {}", 1, 8, '"COUNT" is not expected'),
        ("SELECT * { ?s osia:x ?o }", 1, 15, "Did you mean osai:?"),
        ("SELECT * { <rel> ?p ?o }", 1, 12, "is relative"),
    ],
)
def test_wrong(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(SyntaxError):
        ox.Store().query(text)
    fault = explain_syntax(text, PREFIXES)
    assert fault is not None
    assert (fault.line, fault.column) == (line, column)
    assert words in f"{fault.reason} {fault.remedy}"


_PATTERNS = """
SELECT * { ?s ?p ?o }
SELECT DISTINCT ?s (COUNT(DISTINCT *) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 1) ORDER BY DESC(?n) ?s LIMIT 1 OFFSET 2
SELECT REDUCED ?s FROM <http://e/a> FROM NAMED <http://e/b> WHERE { GRAPH ?g { ?s ?p ?o } } OFFSET 1 LIMIT 2
SELECT (GROUP_CONCAT(DISTINCT ?o; SEPARATOR=", ") AS ?x) { ?s ?p ?o . }
SELECT * { ?s a/<http://e/p>*|^!(<http://e/a>|^a) ?o ; <http://e/p>+ "x"@en, 'y'^^<http://e/d>, 1, -2.5e3, true ; . }
SELECT * { [ <http://e/p> ?o ] <http://e/q> ( 1 ?x [] ) . [ ?p ?o ] . () ?p ?o }
SELECT * { { ?s ?p ?o } UNION { ?s ?p ?o } UNION {} OPTIONAL { ?s ?p ?q } MINUS { ?s a ?c } . ?a ?b ?c }
SELECT * { VALUES ?x { 1 UNDEF <http://e/a> } VALUES (?y ?z) { (1 2) (UNDEF "a") } VALUES () { () } }
SELECT * { BIND(IF(?x IN (1, 2) && ?y NOT IN (), !?a, -?b * 2 + 1) AS ?z) }
SELECT * { FILTER NOT EXISTS { ?s ?p ?o } FILTER EXISTS { ?s ?p ?o } FILTER(BOUND(?x) || isIRI(?y)) FILTER REGEX(?x, "a", "i") }
SELECT * { FILTER <http://e/f>(?x, 1) { SELECT ?x { ?x ?y ?z } VALUES ?x { 1 } } } VALUES ?x { 1 }
BASE <http://e/> PREFIX : <x#> PREFIX a: <y#> CONSTRUCT { ?s :p a:q.r , <z> . } WHERE { ?s ?p ?o } ORDER BY (?s) ASC(?p)
CONSTRUCT WHERE { ?s ?p ?o . } LIMIT 1
DESCRIBE <http://e/a> ?s WHERE { ?s ?p ?o }
DESCRIBE *  { ?s ?p ?o }
ASK { ?s ?p ?o # comment }
}
SELECT (SUBSTR(CONCAT("a", 'b'), 1, 2) AS ?x) (NOW() AS ?t) (COALESCE(?q, 1) AS ?r) {} GROUP BY (STR(?s) AS ?g) ?t
SELECT * { _:b ?p ?o . FILTER(?a<?b && ?c>=?d || ?e!=?f) }
"""  # noqa: E501 - one query a line


def _queries() -> list[str]:
    text = _PATTERNS.strip().replace("# comment }\n}", "# comment }\x00}")
    return [line.replace("\x00", "\n") for line in text.splitlines()]


@pytest.mark.parametrize("text", _queries())
def test_right(text: str) -> None:
    assert explain_syntax(text, {}) is None


def test_stored_questions_are_right() -> None:
    for path in resources.query_files():
        assert explain_syntax(path.read_text(encoding="utf-8"), {}) is None, path


def test_deep_nesting_is_no_crash() -> None:
    assert explain_syntax("SELECT * { FILTER(" + "(" * 5000, {}) is None
