"""The stored questions: complete headers, and right answers on more than one SPARQL engine."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph, Literal, URIRef

from osai_graph.build import open_graph
from osai_graph.errors import SyntaxFault, UnknownNameError
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import XSD
from osai_graph.queries import (
    ParameterError,
    QueryCatalog,
    Resolver,
    StoredQuery,
    parse_query,
    resolve_by_form,
    stored_queries,
)
from osai_graph.records import find
from osai_graph.records.directory import Directory
from osai_graph.results import write_answer
from osai_graph.statistics import measure

GOLDEN = Path(__file__).parent / "golden" / "queries"
NAMES = stored_queries().names

#: Set to rewrite the golden answers, and then read them: they are the specification.
REWRITE = "OSAI_GRAPH_REWRITE_GOLDEN"


def answer(store: EmbeddedStore, query: str) -> bytes:
    """Run a query as it stands, without the prefixes that the command line adds."""
    result = store.engine.query(query)
    return write_answer(result, "nt" if isinstance(result, ox.QueryTriples) else "csv")


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def golden_file(query: StoredQuery) -> Path:
    return GOLDEN / f"{query.name}.{'csv' if query.columns else 'txt'}"


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_on_the_small_graph_is_the_golden_one(
    name: str, small_store: EmbeddedStore
) -> None:
    query = stored_queries().get(name)
    found = answer(small_store, query.text)
    if REWRITE in os.environ:
        golden_file(query).write_bytes(found)
    assert found == golden_file(query).read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_the_header_is_complete(name: str) -> None:
    query = stored_queries().get(name)
    assert query.question.endswith(("?", "no; no also where it is unknown.", "as RDF?"))
    assert query.title
    assert not query.title.endswith(".")
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert query.level in (1, 2, 3)
    assert all(text.endswith(".") for text in query.columns.values())
    for parameter in query.parameters:
        assert parameter.description.endswith(".")
        assert parameter.example, "an example lets people try the parameter"


@pytest.mark.parametrize("name", NAMES)
def test_the_small_graph_gives_every_question_something_to_answer(
    name: str, small_store: EmbeddedStore
) -> None:
    query = stored_queries().get(name)
    result = small_store.engine.query(query.text)
    if isinstance(result, ox.QuerySolutions):
        assert [v.value for v in result.variables] == list(query.columns)
        rows = list(result)
        assert rows
        used = {i for row in rows for i, value in enumerate(row) if value is not None}
        empty = [v.value for i, v in enumerate(result.variables) if i not in used]
        assert not empty, "a column that is always empty is not tested"
    else:
        assert result if isinstance(result, ox.QueryBoolean) else list(result)


def test_no_golden_answer_is_without_its_question() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_absence_is_written_as_minus(name: str) -> None:
    body = stored_queries().get(name).body
    assert not re.search(r"\bEXISTS\b", body), "joins inside EXISTS are quadratic in the engine"
    assert "SERVICE" not in body


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """The real graph."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OSAI_GRAPH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield open_graph().store


def resolver(store: EmbeddedStore) -> Resolver:
    return lambda name, kinds: find(store, name, kinds)


#: Questions to which the right answer is: none.
WANTS_NONE = {
    "license-and-availability-facts-without-evidence",
}


class TestOnRealData:
    @pytest.mark.parametrize("name", NAMES)
    def test_the_question_has_its_declared_columns_and_an_answer(
        self, name: str, store: EmbeddedStore
    ) -> None:
        query = stored_queries().get(name)
        result = store.engine.query(query.text)
        if isinstance(result, ox.QuerySolutions):
            assert [v.value for v in result.variables] == list(query.columns)
            assert bool(next(iter(result), None)) is (name not in WANTS_NONE)

    @pytest.mark.parametrize("name", [n for n in NAMES if stored_queries().get(n).parameters])
    def test_the_examples_of_the_parameters_find_something(
        self, name: str, store: EmbeddedStore
    ) -> None:
        query = stored_queries().get(name)
        needed = {p.name: p.example or "" for p in query.parameters if p.required}
        for parameter in query.parameters:
            assert parameter.example is not None
            bound = query.bind({**needed, parameter.name: parameter.example}, resolver(store))
            assert bound != query.text
            result = store.engine.query(bound)
            assert result if isinstance(result, ox.QueryBoolean) else next(iter(result), None)

    def test_the_questions_about_the_document_are_about_the_founding_document(
        self, store: EmbeddedStore
    ) -> None:
        about = [q for q in stored_queries() if any(p.name == "document" for p in q.parameters)]
        assert len(about) >= 8
        for query in about:
            usual, stated, all_ = (
                answer(store, query.bind(values, resolver(store)))
                for values in ({}, {"document": "founding-document"}, {"document": "any"})
            )
            assert usual == stated, query.name
            assert set(usual.splitlines()) <= set(all_.splitlines()), query.name

    @pytest.mark.parametrize("document", ["founding-document", "any"])
    def test_no_row_comes_twice(self, document: str, store: EmbeddedStore) -> None:
        for query in stored_queries():
            if any(p.name == "document" for p in query.parameters):
                text = answer(store, query.bind({"document": document}, resolver(store))).decode()
                rows = [tuple(row) for row in csv.reader(io.StringIO(text))]
                assert len(rows) == len(set(rows)), query.name

    def test_licenses_come_into_the_document_by_name_and_through_systems(
        self, store: EmbeddedStore
    ) -> None:
        query = stored_queries().get("what-each-license-in-the-document-forbids")
        text = answer(store, query.bind({})).decode()
        ways = {row["license_iri"].rpartition("/")[2]: row["how"] for row in read_csv(text)}
        for name in (
            "LicenseRef-CreativeML-OpenRAIL-M",
            "LicenseRef-BigScience-OpenRAIL-M",
            "LicenseRef-BigCode-OpenRAIL-M-1.0",
            "GFDL-1.1-only",
        ):
            assert ways[name] == "named in the document"
        assert ways["LicenseRef-Llama-2"] == "named through a system"
        assert ways["LicenseRef-LLaMA-1"].startswith("named")

    def test_the_timeline_says_what_the_days_say(self, store: EmbeddedStore) -> None:
        entries, days = (
            read_csv(answer(store, stored_queries().get(name).bind({})).decode())
            for name in ("timeline-entries-that-are-wrong", "days-between-claimed-and-true-dates")
        )
        wrong = {row["entry"]: row["off_by"] for row in entries if row["off_by"]}
        assert len(wrong) >= 8
        for row in days:
            span = f"{row['days_at_least']} to {row['days_at_most']} days {row['direction']}"
            assert wrong[row["entry"]] == span
        assert wrong["T05"] == "15 to 379 days too early"


def test_home_and_statistics_count_the_same(small_store: EmbeddedStore) -> None:
    counts = measure(small_store, stored_queries()).records
    directory = Directory(small_store)
    for route, kind in (
        ("license", "licenses"),
        ("document", "documents"),
        ("framework", "frameworks"),
        ("organization", "organizations"),
        ("event", "events"),
    ):
        assert counts[kind] == len(directory.of_kind(route)), kind


#: rdflib needs seconds for these even on the small graph.
SLOW_IN_RDFLIB = {
    "best-outcome-of-each-organization-by-year",
    "blockers-of-systems-one-requirement-away",
    "facts-on-weak-evidence-by-verdicts-that-rest-on-them",
    "practices-of-datasets",
    "what-a-system-builds-on",
}

#: These ask in which file a fact stands; rdflib is given one graph without files.
ASK_FOR_FILES = {"facts-that-contradict-each-other", "evidence-of-a-system"}


@pytest.fixture(scope="module")
def facts(small_store: EmbeddedStore) -> tuple[EmbeddedStore, Graph]:
    """The small graph without the axioms of the ontology, in our engine and in rdflib."""
    kept = []
    for quad in small_store.engine.quads_for_pattern(None, None, None, ox.DefaultGraph()):
        subject, predicate = str(quad.subject), str(quad.predicate)
        term = "osai-graph/ns#" in subject
        label = predicate.endswith(("#label>", "#inScheme>"))
        if ("osai-graph/" in subject and not term) or label or "#Freedom>" in str(quad.object):
            kept.append(quad.triple)
    text = ox.serialize(kept, format=ox.RdfFormat.N_TRIPLES)
    assert text is not None
    store = EmbeddedStore()
    store.engine.load(text, format=ox.RdfFormat.N_TRIPLES)
    return store, Graph().parse(data=text, format="nt")


class TestOnAnotherEngine:
    """rdflib reads and answers the questions too: they hold to SPARQL 1.1."""

    @pytest.mark.parametrize("name", [n for n in NAMES if n not in SLOW_IN_RDFLIB | ASK_FOR_FILES])
    def test_it_gives_the_same_answer(self, name: str, facts: tuple[EmbeddedStore, Graph]) -> None:
        store, graph = facts
        query = stored_queries().get(name)
        theirs = graph.query(query.text)
        if theirs.type == "SELECT":
            mine = list(csv.reader(io.StringIO(answer(store, query.text).decode())))
            written = theirs.serialize(format="csv")
            assert written is not None
            assert list(csv.reader(io.StringIO(written.decode()))) == mine


EXAMPLE = """#+ title = "Parts"
#+ question = "Which parts are there?"
#+ tags = ["parts"]
#+ [columns]
#+ part = "A part."
#+ [parameters.system]
#+ type = "iri"
#+ record = "system"
#+ description = "Only of this system."
#+ [parameters.text]
#+ type = "string"
#+ description = "Only with this text."
#+ [parameters.limit]
#+ type = "integer"
#+ description = "A number."
#+ [parameters.day]
#+ type = "date"
#+ description = "A day."
#+ [parameters.freedom]
#+ type = "iri"
#+ values = ["osai:FreedomToUse", "osai:FreedomToShare"]
#+ description = "A freedom."
#+ [parameters.license]
#+ type = "iri"
#+ record = "license"
#+ description = "A license."
#+ default = "license:Open-1.0"
PREFIX osai: <https://w3id.org/osai-graph/ns#>
SELECT ?part WHERE {
  VALUES ?system { UNDEF } VALUES ?text { UNDEF } VALUES ?limit { UNDEF }
  VALUES ?day { UNDEF } VALUES ?freedom { UNDEF } VALUES ?license { UNDEF }
  ?system osai:hasComponent ?part .
}
"""


@pytest.fixture
def example() -> StoredQuery:
    return parse_query(Path("parts.rq"), EXAMPLE)


class TestBinding:
    @pytest.mark.parametrize(
        ("name", "value", "written"),
        [
            ("system", "halo", "<https://w3id.org/osai-graph/system/halo>"),
            ("system", "system:halo", "<https://w3id.org/osai-graph/system/halo>"),
            ("system", "https://e.example/x", "<https://e.example/x>"),
            ("system", "<https://e.example/x>", "<https://e.example/x>"),
            ("text", 'a "quoted" \\1 word', '"a \\"quoted\\" \\\\1 word"'),
            ("text", "} ?s ?p ?o {", '"} ?s ?p ?o {"'),
            ("limit", "-12", f'"-12"^^<{XSD.integer}>'),
            ("day", "2024-10-28", f'"2024-10-28"^^<{XSD.date}>'),
            ("freedom", "freedomtoshare", "<https://w3id.org/osai-graph/ns#FreedomToShare>"),
            ("freedom", "osai:FreedomToUse", "<https://w3id.org/osai-graph/ns#FreedomToUse>"),
        ],
    )
    def test_the_value_stands_between_the_braces(
        self, example: StoredQuery, name: str, value: str, written: str
    ) -> None:
        bound = example.bind({name: value, "license": "any"})
        assert bound == example.text.replace(
            f"VALUES ?{name} {{ UNDEF }}", f"VALUES ?{name} {{ {written} }}"
        )
        ox.Store().query(bound)

    @pytest.mark.parametrize(
        ("name", "value", "message"),
        [
            ("system", "https://e.example/> } ?s", "takes an IRI"),
            ("system", "two words", "is no IRI"),
            ("limit", "many", "takes a whole number"),
            ("limit", "1.5", "takes a whole number"),
            ("day", "28.10.2024", "takes a date"),
            ("day", "20241028", "takes a date"),
            ("day", "2024-02-30", "takes a date"),
        ],
    )
    def test_a_bad_value_is_refused_in_one_sentence(
        self, example: StoredQuery, name: str, value: str, message: str
    ) -> None:
        with pytest.raises(ParameterError, match=message) as caught:
            example.bind({name: value})
        assert "\n" not in caught.value.message
        assert caught.value.remedy

    def test_an_unknown_parameter_gets_the_nearest_names(self, example: StoredQuery) -> None:
        with pytest.raises(UnknownNameError, match="Did you mean system") as caught:
            example.bind({"sistem": "halo"})
        assert "It takes system, text, limit, day, freedom, license." in str(caught.value)

    def test_a_value_outside_the_closed_list_gets_the_nearest(self, example: StoredQuery) -> None:
        with pytest.raises(UnknownNameError, match="FreedomToUse") as caught:
            example.bind({"freedom": "FreedomToUs"})
        assert caught.value.nearest[0] == "FreedomToUse"

    @pytest.mark.parametrize("value", ["license:MIT", "https://w3id.org/osai-graph/license/MIT"])
    def test_a_record_of_another_kind_is_refused(self, example: StoredQuery, value: str) -> None:
        with pytest.raises(ParameterError, match=r"of the kind system, and .* of the kind license"):
            example.bind({"system": value})

    def test_the_default_is_the_value_where_none_is_given(self, example: StoredQuery) -> None:
        iri = "<https://w3id.org/osai-graph/license/Open-1.0>"
        assert f"VALUES ?license {{ {iri} }}" in example.bind({})
        assert example.bind({"license": "any"}) == example.text
        assert example.bind({"license": "UNDEF"}) == example.text
        assert "/license/MIT>" in example.bind({"license": "MIT"})

    def test_the_word_any_is_a_text_where_texts_are_asked_for(self, example: StoredQuery) -> None:
        assert 'VALUES ?text { "any" }' in example.bind({"text": "any"})

    @pytest.mark.parametrize("values", [{}, {"system": "any"}])
    def test_a_required_value_must_be_given(self, values: dict[str, str]) -> None:
        text = EXAMPLE.replace('"Only of this system."', '"A system."\n#+ required = true')
        query = parse_query(Path("parts.rq"), text)
        with pytest.raises(ParameterError, match='needs the parameter "system"'):
            query.bind(values)
        assert "/system/halo>" in query.bind({"system": "halo"})

    def test_a_resolver_is_asked_with_the_kinds(self, example: StoredQuery) -> None:
        asked = []

        def resolve(name: str, kinds: tuple[str, ...]) -> URIRef:
            asked.append((name, kinds))
            return URIRef("https://e.example/found")

        assert "<https://e.example/found>" in example.bind({"system": "Halo"}, resolve)
        assert asked == [("Halo", ("system",))]

    def test_a_slug_needs_one_kind(self) -> None:
        with pytest.raises(ParameterError, match="no IRI"):
            resolve_by_form("halo", ("system", "license"))

    def test_the_term_keeps_its_lexical_form(self, example: StoredQuery) -> None:
        limit = example.parameters[2].term("007")
        assert limit == Literal("007", datatype=XSD.integer, normalize=False)


class TestMalformedFiles:
    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (EXAMPLE, "SELECT * { ?s ?p ?o }", "no header"),
            ('#+ title = "Parts"\n', "", 'lacks "title"'),
            ('"Which parts are there?"', "3", '"question" must be a str'),
            ('#+ tags = ["parts"]', "#+ tags = []", '"tags" must list'),
            ('#+ title = "Parts"', "#+ title = Parts", "no TOML"),
            ('#+ title = "Parts"', '#+ titel = "Parts"\n#+ title = "Parts"', '"titel" that means'),
            ('#+ type = "integer"', '#+ type = "float"', 'unknown type "float"'),
            ('#+ record = "system"', '#+ record = "sistem"', 'unknown kind of record "sistem"'),
            ('"osai:FreedomToUse", ', '"FreedomToUse", ', "no prefixed name"),
            ("VALUES ?day { UNDEF }", "", '"day" has no place'),
            ('"license:Open-1.0"', '"two words"', 'default of the parameter "license" is no value'),
            ('"license:Open-1.0"', '"system:halo"', 'default of the parameter "license" is no'),
            (
                '"license:Open-1.0"',
                '"license:Open-1.0"\n#+ required = true',
                "never takes its default",
            ),
        ],
    )
    def test_the_fault_is_named_with_the_file(self, old: str, new: str, message: str) -> None:
        with pytest.raises(SyntaxFault, match=message) as caught:
            parse_query(Path("parts.rq"), EXAMPLE.replace(old, new))
        assert str(caught.value).startswith("parts.rq:")

    def test_a_toml_error_names_its_line(self) -> None:
        text = EXAMPLE.replace('#+ type = "string"', "#+ type = string")
        with pytest.raises(SyntaxFault) as caught:
            parse_query(Path("parts.rq"), text)
        assert caught.value.line == 11


class TestCatalog:
    def test_an_unknown_name_gets_the_nearest(self) -> None:
        with pytest.raises(UnknownNameError, match="openness-examples-that-fail"):
            stored_queries().get("openness-examples")

    def test_a_broken_file_does_not_hide_the_others(self, tmp_path: Path) -> None:
        (tmp_path / "queries").mkdir()
        (tmp_path / "queries" / "parts.rq").write_text(EXAMPLE)
        (tmp_path / "queries" / "broken.rq").write_text("SELECT * { ?s ?p ?o }")
        catalog = QueryCatalog.load(tmp_path)
        assert catalog.names == ("broken", "parts")
        assert catalog.get("parts").title == "Parts"
        with pytest.raises(SyntaxFault, match=r"broken\.rq:1: The query has no header"):
            catalog.get("broken")

    def test_questions_are_grouped_by_their_first_tag(self) -> None:
        groups = stored_queries().by_tag()
        assert "openness-examples-that-fail" in [q.name for q in groups["founding document"]]
        assert sum(map(len, groups.values())) == len(stored_queries())

    def test_the_body_is_the_text_without_the_header(self, example: StoredQuery) -> None:
        assert example.body.startswith("PREFIX osai:")
        assert "#+" not in example.body
