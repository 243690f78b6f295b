"""A rewritten query gives the answer of the original; what is not proven stays as written."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from osai_graph.graph.rewriting import rewrite

PREFIX = "http://e.example/"

#: Which names have: sets with members and a size, parts under terms, and a chain of dates.
DATA = """
@prefix : <http://e.example/> .
:a a :Set ; :member :one, :two, :three .
:b a :Set ; :member :one, :two .
:c a :Set ; :member :two, :three .
:d a :Set ; :member :one, :two, :three .
:e a :Set .
:exam1 a :Exam ; :date 1 ; :precedes :op1 ; :follows :op2 .
:op1 a :Operation ; :date 2 .
:exam2 a :Exam ; :date 3 ; :precedes :op2 .
:op2 a :Operation ; :date 4 .
:x :part :x1, :x2 . :x1 :under :free . :x2 :under :closed .
:y :part :y1 . :y1 :under :free .
:z :part :z1 . :z1 :under :closed .
:free :gives :use . :x a :Model . :y a :Model . :z a :Model . :x :label "x" .
"""


def store() -> ox.Store:
    made = ox.Store()
    made.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    made.load(DATA.encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(PREFIX + "g"))
    return made


def answer(engine: ox.Store, query: str) -> Counter[tuple[str, ...]]:
    solutions = engine.query(query, prefixes={"": PREFIX})
    assert isinstance(solutions, ox.QuerySolutions)
    names = sorted(variable.value for variable in solutions.variables)
    return Counter(tuple(str(solution[name]) for name in names) for solution in solutions)


#: After the W3C's tests of negation: subsets, equal sets, temporal proximity, excluded parts.
REWRITTEN = [
    "SELECT * { ?s a :Model FILTER NOT EXISTS { ?s :part ?p . ?p :under :closed } }",
    "SELECT * { ?s a :Model FILTER EXISTS { ?s :part ?p . ?p :under :closed } }",
    "SELECT * { ?s a :Model FILTER EXISTS { ?s :part/:under ?t . ?t :gives :use } }",
    "SELECT * { FILTER NOT EXISTS { ?s :part ?p . ?p :under :closed } ?s a :Model }",
    "SELECT * { ?s a :Model FILTER(!EXISTS { ?s :part ?p . ?p :under :closed } && ?s != :z) }",
    "SELECT * { ?s a :Model . FILTER((NOT EXISTS { ?s :part/:under :closed }) && isIRI(?s)) . }",
    # double negation: all parts are free
    "SELECT * { ?s a :Model FILTER NOT EXISTS { ?s :part ?p FILTER NOT EXISTS { ?p :under ?t . "
    "?t :gives :use } } }",
    # the last exam before each operation (temporal proximity by exclusion)
    """SELECT * { ?exam a :Exam ; :date ?d ; :precedes ?op . ?op a :Operation ; :date ?od .
       FILTER NOT EXISTS { ?other a :Exam ; :follows ?op ; :date ?d2 FILTER(?d2 < 4) } }""",
    # subsets by exclusion
    """SELECT DISTINCT ?a ?b { ?a a :Set . ?b a :Set
       FILTER NOT EXISTS { ?a :member ?m . ?b a ?type FILTER(?type != :Model) } }""",
    "SELECT * { ?s a :Model OPTIONAL { ?s :label ?l } "
    "FILTER NOT EXISTS { ?s :part ?p . ?x :label ?l . ?p :under :closed } }",
    "SELECT * { ?s a :Model OPTIONAL { ?s :part ?p FILTER NOT EXISTS { ?p :under ?t . "
    "?t :gives :use } } }",
    "SELECT * { GRAPH :g { ?s a :Model FILTER NOT EXISTS { ?s :part ?p . ?p :under :closed } } }",
    "SELECT * { { SELECT ?s { ?s a :Model FILTER EXISTS { ?s :part/:under ?t . ?t a* ?u } } } }",
    "SELECT * { { ?s a :Model FILTER NOT EXISTS { ?s :part ?p . ?p :under :free } } "
    "UNION { ?s a :Set FILTER NOT EXISTS { ?s :member ?m . ?n :member ?m ; a :Model } } }",
    "SELECT * { ?s a :Model FILTER NOT EXISTS { ?s :part [ :under :closed ] } }",
    "SELECT * { VALUES ?s { :x :y } ?s a :Model FILTER NOT EXISTS { ?s :part/:under :closed } }",
    "CONSTRUCT { ?s a :Free } { ?s a :Model FILTER NOT EXISTS { ?s :part/:under :closed } }",
    "ASK # EXISTS\n{ ?s a :Model FILTER NOT EXISTS { ?s :part/:under :closed } # }\n}",
]


@pytest.mark.parametrize("query", REWRITTEN)
def test_rewritten_queries_answer_the_same(query: str) -> None:
    changed = rewrite(query)
    assert "EXISTS" not in changed.replace("# EXISTS", "")
    engine = store()
    if query.startswith("SELECT"):
        assert answer(engine, changed) == answer(engine, query)
    else:
        prefixes = {"": PREFIX}
        before, after = (engine.query(q, prefixes=prefixes) for q in (query, changed))
        same = {ox.QueryBoolean: bool, ox.QueryTriples: set}[type(before)]
        assert same(before) == same(after)


#: Queries like those of the W3C's SPARQL 1.1 tests of negation and of EXISTS.
W3C = {
    "subset, by exclusion": "SELECT DISTINCT ?a ?b { ?a a :Set . ?b a :Set FILTER(?a != ?b) "
    "FILTER NOT EXISTS { ?a :member ?m . FILTER NOT EXISTS { ?b :member ?m } } }",
    "subset, by MINUS": "SELECT ?a ?b { ?b a :Set . ?a a :Set FILTER(?a != ?b) MINUS { ?a a :Set . "
    "?b a :Set FILTER(?a != ?b) ?a :member ?x FILTER NOT EXISTS { ?b :member ?x . ?b a ?t } } }",
    "proper subset": "SELECT ?a ?b { ?b a :Set . ?a a :Set MINUS { ?a a :Set . ?b a :Set . "
    "?a :member ?x FILTER NOT EXISTS { ?b :member ?x . ?b a :Set } } MINUS { ?a a :Set . ?b a :Set "
    "MINUS { ?a a :Set . ?b a :Set . ?b :member ?x "
    "FILTER NOT EXISTS { ?a :member ?x ; a :Set } } } }",
    "equal sets": "SELECT DISTINCT ?a ?b { ?b a :Set . ?a a :Set FILTER(STR(?a) < STR(?b)) "
    "MINUS { ?a a :Set . ?b a :Set . ?a :member ?x FILTER NOT EXISTS { ?b :member ?x ; a ?t } } "
    "MINUS { ?a a :Set . ?b a :Set . ?b :member ?x FILTER NOT EXISTS { ?a :member ?x ; a ?t } } }",
    "temporal proximity": "SELECT ?exam ?date { ?exam a :Exam ; :date ?date ; :precedes :op2 "
    "FILTER NOT EXISTS { ?other a :Exam ; :date ?d ; :precedes :op2 FILTER(?d > ?date) } }",
    "temporal proximity, by following": "SELECT ?exam { ?exam a :Exam ; :precedes ?o . ?o a ?t "
    "FILTER NOT EXISTS { ?other a :Exam ; :follows ?o ; :precedes ?next } }",
    "medical history": "SELECT * { ?s a :Set FILTER NOT EXISTS { ?s :member :three . ?s a ?t } }",
    "in a named graph": "SELECT * { GRAPH :g { ?s a ?t "
    "FILTER EXISTS { ?s :part ?p . ?p :under ?l } } }",
    "in every named graph": "SELECT * { GRAPH ?g { ?s a ?t "
    "FILTER EXISTS { ?s :part/:under ?l } } }",
    "EXISTS in EXISTS": "SELECT * { ?s a ?t FILTER EXISTS { ?s :part ?p "
    "FILTER EXISTS { ?p :under ?l . ?l :gives ?u } } }",
    "NOT EXISTS in EXISTS": "SELECT * { ?s a ?t FILTER EXISTS { ?s :part ?p . ?s a ?u "
    "FILTER NOT EXISTS { ?p :under ?l . ?l :gives :use } } }",
    "positive and negative": "SELECT * { ?s a ?t FILTER EXISTS { ?s :part/:under :free } "
    "FILTER NOT EXISTS { ?s :part/:under :closed } }",
    "beside MINUS": "SELECT * { ?s a ?t MINUS { ?s :label ?l } "
    "FILTER NOT EXISTS { ?s :part/:under ?f } }",
    "in an aggregate": "SELECT ?t (COUNT(?s) AS ?n) { ?s a ?t "
    "FILTER NOT EXISTS { ?s :part/:under :closed } } GROUP BY ?t",
    "in HAVING": "SELECT ?t (COUNT(?s) AS ?n) { ?s a ?t } GROUP BY ?t "
    "HAVING(EXISTS { ?x a ?t ; :part ?p })",
    "in BIND": "SELECT * { ?s a ?t BIND(EXISTS { ?s :part ?p . ?p :under ?l } AS ?e) }",
}


@pytest.mark.parametrize("query", W3C.values(), ids=W3C.keys())
def test_negation(query: str) -> None:
    engine = store()
    assert answer(engine, rewrite(query)) == answer(engine, query)


#: Each would change its answer, or cannot be proven not to.
KEPT = {
    "one pattern is fast as it is": "?s a :Model FILTER NOT EXISTS { ?s :label ?l }",
    "no shared variable": "?s a :Model FILTER NOT EXISTS { ?x :part ?p . ?p :under ?t }",
    "a filter looks outward": "?s :date ?d FILTER NOT EXISTS { ?s :precedes ?o . ?o :date ?e "
    "FILTER(?e < ?d) }",
    "a filter in a nested group looks outward": "?s :date ?d FILTER NOT EXISTS { "
    "?s :date ?d . ?s :precedes ?o { ?o :date ?e FILTER(?e < ?d) } }",
    "BIND looks outward": "?s :date ?d FILTER NOT EXISTS { ?s :precedes ?o BIND(?d AS ?x) "
    "?o :date ?x }",
    "a sub-query counts": "?s a :Set FILTER EXISTS { ?s :member ?m "
    "{ SELECT ?s (COUNT(?n) AS ?k) { ?s :member ?n } GROUP BY ?s } }",
    "surely bound in one alternative only": "?s a :Set ; :member ?m FILTER EXISTS { "
    "{ ?s :member ?n . ?m :member ?n } UNION { ?s a :Set . ?s :member ?n } }",
    "bound by an OPTIONAL outside": "?s a :Model OPTIONAL { ?s :label ?l } FILTER EXISTS { "
    "?s :part ?p . ?x :label ?l }",
    "bound by an OPTIONAL inside": "?s a :Model ; :part ?q FILTER NOT EXISTS { ?s :part ?p "
    "OPTIONAL { ?p :under ?q } }",
    "MINUS inside": "?s a :Model FILTER NOT EXISTS { ?s :part ?p MINUS { ?s :label ?l } }",
    "a path of length zero": "BIND(7 AS ?s) FILTER EXISTS { ?s :part* ?x . ?y :part* ?x }",
    "a path of length zero at a bound end": "?s a :Model "
    "FILTER EXISTS { ?p :under ?t . ?s (:part|:label)? ?p }",
    "an alternative to the filter": "?s a :Model FILTER(?s = :x || EXISTS { ?s :part/:under ?t })",
    "a negated conjunction": "?s a :Model FILTER(!(EXISTS { ?s :part/:under ?t } && ?s = :x))",
    "a value of its own for each solution": "?s :date ?d FILTER NOT EXISTS { ?s :date ?d ; "
    ":precedes ?o FILTER(RAND() < 0.5) }",
    "an OPTIONAL's filter sees the solution before it": "?s a :Model OPTIONAL { ?p :under ?t "
    "FILTER NOT EXISTS { ?s :part ?p . ?p :under :closed } }",
    "GRAPH with a variable": "GRAPH ?g { ?s a :Model FILTER EXISTS { ?s :part/:under ?t } }",
    "a comparison that looks like an IRI": "?s :date ?d FILTER NOT EXISTS { ?s :date ?c ; "
    ":precedes ?o FILTER(?c<?d&&?d>?c) }",
    "a keyword in escapes": r"?s a :Model FILTER NOT \u0045XISTS { ?s :part/:under ?t } # exists",
    "something else inside": "?s a :Model FILTER NOT EXISTS { ?s :part ?p . << ?s :a ?p >> :b ?c }",
}


@pytest.mark.parametrize("pattern", KEPT.values(), ids=KEPT.keys())
def test_what_is_not_proven_stays(pattern: str) -> None:
    query = f"SELECT * {{ {pattern} }}"
    assert rewrite(query) == query


def test_nothing_is_changed_inside_an_exists_that_stays() -> None:
    query = (
        "SELECT * { ?s :date ?d FILTER NOT EXISTS { ?s :precedes ?o FILTER(?d > 1) "
        "FILTER NOT EXISTS { ?o a ?t . ?o :date ?e } } }"
    )
    assert rewrite(query) == query


def test_blank_node_labels_are_not_moved_apart() -> None:
    query = "SELECT * { ?s a _:t FILTER NOT EXISTS { ?s :part _:t . _:t :under :free } }"
    assert rewrite(query) == query


@pytest.mark.parametrize(
    "query", ["", "EXISTS", "SELECT * { EXISTS", "SELECT * { FILTER NOT EXISTS { ", "}EXISTS{"]
)
def test_what_is_no_query_stays(query: str) -> None:
    assert rewrite(query) == query


def test_what_restricts_the_solutions_restricts_what_is_taken_away() -> None:
    changed = rewrite(
        "SELECT * { ?s a :Model ; :label 'x' , ?l FILTER NOT EXISTS { ?s :part/:under :free } }"
    )
    assert changed.endswith(" MINUS { ?s a :Model . ?s :label 'x' .  ?s :part/:under :free  } }")


NODES = [f":n{number}" for number in range(4)]
VERBS = [":p", ":q", ":r"]
VARIABLES = ["?a", "?b", "?c", "?d"]
TERMS = st.sampled_from([*VARIABLES * 3, *NODES])
PATHS = st.sampled_from([*VERBS * 4, "?d", ":p/:q", "^:p", ":p*", ":q+", ":p|:r", ":r?", ":p/:q*"])


@st.composite
def triples(draw: st.DrawFn) -> str:
    return f"{draw(TERMS)} {draw(PATHS)} {draw(TERMS)} . "


@st.composite
def filters(draw: st.DrawFn) -> str:
    left, right = draw(st.sampled_from(VARIABLES)), draw(TERMS)
    return f"FILTER({left} {draw(st.sampled_from(['=', '!=']))} {right}) "


@st.composite
def groups(draw: st.DrawFn, depth: int = 2) -> str:
    """A group of one or two triple patterns and, below some depth, other parts."""
    parts = draw(st.lists(triples(), min_size=1, max_size=3))
    if depth:
        parts += draw(st.lists(others(depth - 1), max_size=2))
    return "{ " + "".join(draw(st.permutations(parts))) + "} "


@st.composite
def others(draw: st.DrawFn, depth: int) -> str:
    kinds = ("filter", "values", "optional", "minus", "union", "graph", "select", "demand")
    kind = draw(st.sampled_from(kinds))
    if kind == "filter":
        return draw(filters())
    if kind == "values":
        values = draw(st.lists(st.sampled_from([*NODES, "UNDEF"]), min_size=1, max_size=2))
        return f"VALUES {draw(st.sampled_from(VARIABLES))} {{ {' '.join(values)} }} "
    if kind in ("optional", "minus"):
        return kind.upper() + draw(groups(depth))
    if kind == "union":
        return draw(groups(depth)) + "UNION" + draw(groups(depth))
    if kind == "graph":
        return f"GRAPH {draw(st.sampled_from([':g', ':h', '?d']))} {draw(groups(depth))}"
    if kind == "select":
        return f"{{ SELECT ?a ?b {draw(groups(depth))} }} "
    return draw(demands(depth))


@st.composite
def demands(draw: st.DrawFn, depth: int) -> str:
    return f"FILTER {draw(st.sampled_from(['', 'NOT ']))}EXISTS {draw(groups(depth))}"


@st.composite
def queries(draw: st.DrawFn) -> str:
    return "SELECT * " + draw(groups(1))[:-2] + draw(demands(2)) + "}"


def quads() -> st.SearchStrategy[list[ox.Quad]]:
    def node(name: str) -> ox.NamedNode:
        return ox.NamedNode(PREFIX + name[1:])

    graphs = st.sampled_from([ox.DefaultGraph(), ox.DefaultGraph(), node(":g"), node(":h")])
    terms = st.sampled_from(NODES).map(node)
    verbs = st.sampled_from(VERBS).map(node)
    return st.lists(st.builds(ox.Quad, terms, verbs, terms, graphs), max_size=24)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(query=queries(), data=quads())
def test_random_queries_on_random_data(query: str, data: list[ox.Quad]) -> None:
    changed = rewrite(query)
    assume(changed != query)
    engine = ox.Store()
    engine.extend(data)
    assert answer(engine, changed) == answer(engine, query)
