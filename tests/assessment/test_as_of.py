"""Of the accepted facts those are kept that held on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

from osai_graph.assessment.as_of import DateError, Retrospect, facts_on, read_day, read_span
from osai_graph.build import open_graph
from osai_graph.namespaces import PREFIXES

PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())

WEIGHTS = "system:halo#weights"

HALO = """
system:halo a osai:Model ; dcterms:issued "2022-07-12"^^xsd:date ; osai:trainedOn dataset:trail ;
  osai:hasComponent <https://w3id.org/osai-graph/system/halo#weights> .
<https://w3id.org/osai-graph/system/halo#weights> a osai:ModelWeights ;
  dcterms:license license:Open-1.0 ; osai:hasAvailability osai:Withdrawn ;
  osai:hasLicenseAssignment
    <https://w3id.org/osai-graph/system/halo#license-1> ,
    <https://w3id.org/osai-graph/system/halo#license-2> .
<https://w3id.org/osai-graph/system/halo#license-1>
  osai:assignedLicense license:Closed-1.0 ; osai:validFrom "2022-07-12"^^xsd:date ;
  osai:validUntil "2023-05"^^xsd:gYearMonth .
<https://w3id.org/osai-graph/system/halo#license-2>
  osai:assignedLicense license:Open-1.0 ; osai:validFrom "2023-05"^^xsd:gYearMonth .
license:Open-1.0 a osai:License . license:Closed-1.0 a osai:License .
dataset:trail a osai:Dataset ; dcterms:issued "2021"^^xsd:gYear ;
  osai:hasAvailability osai:Withdrawn ;
  osai:hasAvailabilityAssignment
    <https://w3id.org/osai-graph/dataset/trail#a-1> ,
    <https://w3id.org/osai-graph/dataset/trail#a-2> .
<https://w3id.org/osai-graph/dataset/trail#a-1> osai:assignedAvailability osai:Available ;
  osai:validUntil "2023-12"^^xsd:gYearMonth .
<https://w3id.org/osai-graph/dataset/trail#a-2> osai:assignedAvailability osai:Withdrawn ;
  osai:validFrom "2023-12"^^xsd:gYearMonth .
"""


def on(day: str, turtle: str = HALO) -> tuple[set[str], Retrospect]:
    """Return the facts of a day as shortened triples, and the account of them."""
    quads = ox.parse(PROLOGUE + turtle, format=ox.RdfFormat.TURTLE)
    kept, past = facts_on([quad.triple for quad in quads], date.fromisoformat(day))
    return {" ".join(map(short, (t.subject, t.predicate, t.object))) for t in kept}, past


def short(term: object) -> str:
    from osai_graph.namespaces import shorten

    return shorten(term.value) if isinstance(term, ox.NamedNode) else str(term)


class TestDates:
    @pytest.mark.parametrize(
        ("text", "first", "last"),
        [
            ("2024-02-10", "2024-02-10", "2024-02-10"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2023", "2023-01-01", "2023-12-31"),
        ],
    )
    def test_a_date_covers_what_it_can_mean(self, text: str, first: str, last: str) -> None:
        span = read_span(text)
        assert span is not None
        assert (str(span.first), str(span.last)) == (first, last)

    @pytest.mark.parametrize("text", ["2024-13", "2023-02-30", "20240210", "0000", "soon", ""])
    def test_anything_else_is_none(self, text: str) -> None:
        assert read_span(text) is None

    def test_a_month_stands_for_its_last_day_but_never_for_the_future(self) -> None:
        today = date(2026, 11, 24)
        assert read_day("2024-02", today) == date(2024, 2, 29)
        assert read_day("2026", today) == today

    @pytest.mark.parametrize(
        ("text", "message"), [("2026-11-25", "has not come yet"), ("2023-02-30", "is no date")]
    )
    def test_other_days_are_refused(self, text: str, message: str) -> None:
        with pytest.raises(DateError, match=message):
            read_day(text, date(2026, 11, 24))


class TestLicenses:
    @pytest.mark.parametrize(
        ("day", "license_"),
        [
            ("2022-07-12", "Closed-1.0"),
            ("2023-04-30", "Closed-1.0"),
            ("2023-05-15", "Closed-1.0"),
            ("2023-05-31", "Open-1.0"),
            ("2026-01-01", "Open-1.0"),
        ],
    )
    def test_the_one_of_the_day_holds(self, day: str, license_: str) -> None:
        facts, _ = on(day)
        held = {fact for fact in facts if fact.startswith(f"{WEIGHTS} dcterms:license ")}
        assert held == {f"{WEIGHTS} dcterms:license license:{license_}"}

    def test_a_change_within_the_month_is_told(self) -> None:
        _, past = on("2023-05-15")
        assert past.coarse["https://w3id.org/osai-graph/system/halo#weights"] == "2023-05"
        assert any("system:halo#weights (2023-05)" in text for text in past.sentences())
        assert "2023-05" not in "".join(on("2023-06-01")[1].sentences())

    def test_one_that_may_have_begun_holds_where_none_did_for_certain(self) -> None:
        turtle = HALO.replace(
            'osai:validFrom "2022-07-12"^^xsd:date', 'osai:validFrom "2022-07"^^xsd:gYearMonth'
        )
        facts, past = on("2022-07-20", turtle)
        assert f"{WEIGHTS} dcterms:license license:Closed-1.0" in facts
        assert past.coarse

    def test_none_holds_before_the_first(self) -> None:
        turtle = HALO.replace(
            'osai:validFrom "2022-07-12"^^xsd:date', 'osai:validFrom "2022-09-01"^^xsd:date'
        )
        facts, past = on("2022-08-01", turtle)
        assert not [fact for fact in facts if "dcterms:license" in fact]
        assert past.open == {"https://w3id.org/osai-graph/system/halo#weights"}

    def test_a_license_that_came_later_holds_nothing(self) -> None:
        later = 'license:Closed-1.0 dcterms:issued "2022-12-01"^^xsd:date .'
        facts, _ = on("2022-08-01", HALO + later)
        assert not [fact for fact in facts if "Closed-1.0" in fact and "license " in fact]

    def test_a_license_of_the_same_month_may_have_been_there(self) -> None:
        same = 'license:Closed-1.0 dcterms:issued "2022-07"^^xsd:gYearMonth .'
        assert f"{WEIGHTS} dcterms:license license:Closed-1.0" in on("2022-07-13", HALO + same)[0]


class TestAvailability:
    @pytest.mark.parametrize(
        ("day", "value"), [("2023-12-30", "Available"), ("2023-12-31", "Withdrawn")]
    )
    def test_the_one_of_the_day_holds(self, day: str, value: str) -> None:
        facts, past = on(day)
        held = {fact for fact in facts if fact.startswith("dataset:trail osai:hasAvailability ")}
        assert held == {f"dataset:trail osai:hasAvailability osai:{value}"}
        assert ("https://w3id.org/osai-graph/dataset/trail" in past.changed) == (
            value == "Available"
        )

    def test_an_artifact_without_spans_keeps_what_it_has(self) -> None:
        assert f"{WEIGHTS} osai:hasAvailability osai:Withdrawn" in on("2022-08-01")[0]


class TestRecords:
    def test_a_later_record_its_parts_and_what_points_at_it_are_gone(self) -> None:
        facts, past = on("2022-07-11")
        assert not [fact for fact in facts if "system:halo" in fact]
        assert past.absent == {"https://w3id.org/osai-graph/system/halo"}
        assert "dataset:trail rdf:type osai:Dataset" in facts
        assert not [fact for fact in on("2020-12-31")[0] if "dataset:trail" in fact]

    def test_a_record_without_a_date_stays_and_is_counted(self) -> None:
        _, past = on("2022-08-01")
        assert past.undated == {
            "https://w3id.org/osai-graph/license/Open-1.0",
            "https://w3id.org/osai-graph/license/Closed-1.0",
        }
        assert "2 have no date and are kept" in past.sentences()[1]

    def test_a_claim_falls_with_its_date_its_document_or_its_subject(self) -> None:
        claims = """
          claim:a a osai:Claim ; dcterms:issued "2022-09-01"^^xsd:date ; rdf:subject system:halo .
          claim:b a osai:Claim ; prov:hadPrimarySource document:d ; rdf:subject system:halo .
          claim:c a osai:Claim ; rdf:subject <https://w3id.org/osai-graph/system/later#weights> .
          claim:d a osai:Claim ; dcterms:issued "2022-07-30"^^xsd:date ; rdf:subject system:halo .
          claim:e a osai:Claim ; rdf:subject system:halo .
          claim:f-correction osai:corrects claim:a ; rdf:subject system:halo .
          document:d a osai:Document ; dcterms:issued "2022-10-01"^^xsd:date .
          system:later a osai:Model ; dcterms:issued "2023-01-01"^^xsd:date .
        """
        facts, _ = on("2022-08-01", HALO + claims)
        left = {fact.split()[0] for fact in facts if fact.startswith("claim:")}
        assert left == {"claim:d", "claim:e"}

    def test_a_framework_is_there_when_it_comes_into_force(self) -> None:
        framework = """framework:f a osai:Framework ; dcterms:issued "2020-01-01"^^xsd:date ;
          osai:validFrom "2022-08-02"^^xsd:date ."""
        assert not [fact for fact in on("2022-08-01", HALO + framework)[0] if "framework:f" in fact]
        assert [fact for fact in on("2022-08-02", HALO + framework)[0] if "framework:f" in fact]


class TestTheBuiltGraph:
    def test_it_is_cached_by_version_and_day_beside_the_present_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_graph_root: Path
    ) -> None:
        monkeypatch.setenv("OSAI_GRAPH_CACHE", str(tmp_path))
        day = date(2023, 3, 1)
        past = open_graph(small_graph_root, day=day)
        assert past.path.name == f"{past.version}-{day}"
        assert past.manifest.as_of == "2023-03-01"
        assert past.manifest.notes[0].startswith("True on 2023-03-01 as known today")
        steps: list[str] = []
        again = open_graph(small_graph_root, day=day, progress=steps.append)
        assert not steps
        assert again.manifest.notes == past.manifest.notes

    def test_facts_rules_and_verdicts_are_those_of_the_day(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_graph_root: Path
    ) -> None:
        monkeypatch.setenv("OSAI_GRAPH_CACHE", str(tmp_path))
        store = open_graph(small_graph_root, day=date(2023, 3, 1)).store
        prefixes = PROLOGUE
        assert store.ask(f"{prefixes} ASK {{ system:lumen-7b osai:lacksFreedom ?f }}")
        assert not store.ask(f"{prefixes} ASK {{ system:lumen-7b-chat ?p ?o }}")
        assert not store.ask(f"{prefixes} ASK {{ ?v osai:ofFramework framework:osaid-1.0 }}")
        in_force = f"{prefixes} ASK {{ ?v osai:ofFramework framework:open-source-definition }}"
        assert store.ask(in_force)
