"""Where sources differ, one answer is accepted by published order and the rest is recorded."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from osai_graph.namespaces import OSAI, PREFIXES
from osai_graph.reasoning.settle import Settlement, by_graph, settle

HEADER = "".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.items())
ORDER = """
graph:ranks {
  osai:OfficialPageRank osai:rankOrder 2 . osai:CuratedRank osai:rankOrder 3 .
  osai:AssessorRank osai:rankOrder 4 . osai:ListRank osai:rankOrder 5 .
  document:assessor osai:hasSourceRank osai:AssessorRank .
  document:list osai:hasSourceRank osai:ListRank .
}
"""


def settled(trig: str) -> Settlement:
    quads = ox.parse(HEADER + ORDER + trig, format=ox.RdfFormat.TRIG)
    return settle(by_graph(quads))


def objects(triples: list[ox.Triple], predicate: str) -> set[str]:
    return {str(t.object.value) for t in triples if t.predicate.value.endswith(predicate)}


def short(name: str) -> str:
    prefix, local = name.split(":")
    return PREFIXES[prefix] + local


def source(graph: str, who: str, date: str, facts: str) -> str:
    return f"""graph:{graph} {{
      graph:{graph} prov:wasAttributedTo document:{who} ; pav:retrievedOn "{date}"^^xsd:date .
      {facts} }}\n"""


MIT = "<http://e/x#weights> dcterms:license license:MIT ."
APACHE = "<http://e/x#weights> dcterms:license license:Apache-2.0 ."


def test_an_assessor_goes_before_a_list_even_when_older() -> None:
    result = settled(
        source("a", "assessor", "2024-01-01", MIT) + source("b", "list", "2026-01-01", APACHE)
    )
    assert objects(result.accepted, "license") == {short("license:MIT")}
    assert objects(result.disagreements, "isDecidedBy") == {str(OSAI.ByRank)}


def test_the_newer_goes_first_within_a_rank() -> None:
    result = settled(
        source("a", "list", "2024-01-01", MIT) + source("b", "list", "2026-01-01", APACHE)
    )
    assert objects(result.accepted, "license") == {short("license:Apache-2.0")}
    assert objects(result.disagreements, "isDecidedBy") == {str(OSAI.ByDate)}


def test_a_source_without_a_date_is_not_the_newest() -> None:
    undated = "graph:a { graph:a prov:wasAttributedTo document:list . " + MIT + " }\n"
    result = settled(undated + source("b", "list", "2020-01-01", APACHE))
    assert objects(result.accepted, "license") == {short("license:Apache-2.0")}


def test_the_majority_decides_at_equal_rank_and_date() -> None:
    day = "2026-01-01"
    result = settled(
        source("a", "list", day, APACHE)
        + source("b", "list", day, MIT)
        + source("c", "list", day, MIT)
    )
    assert objects(result.accepted, "license") == {short("license:MIT")}
    assert objects(result.disagreements, "isDecidedBy") == {str(OSAI.ByNumber)}


def test_agreement_is_no_disagreement() -> None:
    result = settled(
        source("a", "list", "2024-01-01", MIT) + source("b", "assessor", "2024-01-01", MIT)
    )
    assert result.count == 0
    assert not result.disagreements


@pytest.mark.parametrize(
    ("basis", "expected"), [("ReadFromText", "license:MIT"), ("FromMemory", "license:Apache-2.0")]
)
def test_a_curated_fact_ranks_by_its_evidence(basis: str, expected: str) -> None:
    curated = f"""graph:c {{
      <http://e/x#weights> dcterms:license license:MIT ; osai:hasEvidence <http://e/x#e> .
      <http://e/x#e> osai:isEvidenceFor dcterms:license ; osai:hasBasis osai:{basis} . }}\n"""
    result = settled(curated + source("b", "assessor", "2026-01-01", APACHE))
    assert objects(result.accepted, "license") == {short(expected)}


def test_evidence_of_a_lost_answer_is_not_left_beside_the_accepted_one() -> None:
    lost = """<http://e/x#weights> dcterms:license license:MIT ; osai:declaredLicenseText "MIT" ;
      osai:hasEvidence <http://e/x#e> . <http://e/x#e> osai:isEvidenceFor dcterms:license ."""
    result = settled(
        source("a", "list", "2026-01-01", lost) + source("b", "assessor", "2020-01-01", APACHE)
    )
    assert not objects(result.accepted, "hasEvidence")
    assert not objects(result.accepted, "declaredLicenseText")


def test_a_coarse_date_agrees_with_a_fine_one_and_the_fine_one_stays() -> None:
    result = settled(
        source(
            "a", "assessor", "2024-01-01", '<http://e/x> dcterms:issued "2023-07"^^xsd:gYearMonth .'
        )
        + source("b", "list", "2024-01-01", '<http://e/x> dcterms:issued "2023-07-18"^^xsd:date .')
    )
    assert result.count == 0
    assert objects(result.accepted, "issued") == {"2023-07-18"}


def test_different_days_disagree() -> None:
    result = settled(
        source(
            "a", "assessor", "2024-01-01", '<http://e/x> dcterms:issued "2023-07-17"^^xsd:date .'
        )
        + source("b", "list", "2024-01-01", '<http://e/x> dcterms:issued "2023-07-18"^^xsd:date .')
    )
    assert result.count == 1
    assert objects(result.disagreements, "positionValue") == {"2023-07-17", "2023-07-18"}
    assert objects(result.accepted, "issued") == {"2023-07-17"}


def test_a_losing_name_stays_as_another_name() -> None:
    result = settled(
        source("a", "assessor", "2024-01-01", '<http://e/x> rdfs:label "OLMo 2"@en .')
        + source("b", "list", "2024-01-01", '<http://e/x> rdfs:label "olmo-2"@en .')
    )
    assert objects(result.accepted, "label") == {"OLMo 2"}
    assert objects(result.accepted, "altLabel") == {"olmo-2"}
    assert result.count == 0


def test_kinds_that_exclude_one_another_are_settled_and_a_version_is_a_model() -> None:
    result = settled(
        source("a", "assessor", "2024-01-01", "<http://e/x> a osai:Model .")
        + source("b", "list", "2024-01-01", "<http://e/x> a osai:SoftwareTool .")
        + source("c", "list", "2024-01-01", "<http://e/x> a osai:ModelVersion .")
    )
    assert objects(result.accepted, "type") == {str(OSAI.ModelVersion)}
    assert result.count == 1


def test_equal_choices_agree_whatever_their_node_is_called() -> None:
    def choice(name: str) -> str:
        return f"""<http://e/x#weights> dcterms:license <http://e/x#{name}> .
          <http://e/x#{name}> a osai:LicenseChoice ;
            osai:offers license:MIT , license:Apache-2.0 ."""

    result = settled(
        source("a", "assessor", "2024-01-01", choice("one"))
        + source("b", "list", "2024-01-01", choice("two"))
    )
    assert result.count == 0
    licenses = {
        str(t.object.value) for t in result.accepted if t.predicate.value.endswith("/license")
    }
    assert licenses == {"http://e/x#one"}


def test_the_result_does_not_depend_on_the_order_of_files() -> None:
    parts = [source(n, "list", "2026-01-01", f) for n, f in [("a", MIT), ("b", APACHE)]]
    forward, backward = settled("".join(parts)), settled("".join(reversed(parts)))
    assert {str(t) for t in forward.accepted} == {str(t) for t in backward.accepted}
    assert {str(t) for t in forward.disagreements} == {str(t) for t in backward.disagreements}


def test_a_source_that_contradicts_itself_is_not_settled_in_silence() -> None:
    result = settled(
        source("a", "list", "2024-01-01", "<http://e/x> a osai:Model , osai:Dataset .")
    )
    assert result.count == 0
    assert objects(result.accepted, "type") == {str(OSAI.Model), str(OSAI.Dataset)}


def test_two_licenses_in_one_file_both_stay() -> None:
    result = settled(source("a", "list", "2024-01-01", MIT + APACHE))
    assert result.count == 0
    assert len(objects(result.accepted, "license")) == 2


def test_the_curator_decides_on_the_name_and_the_kind() -> None:
    """Neither rests on evidence, and a source knows fewer kinds."""
    ours = 'graph:ours { <http://e/x> a osai:ModelFamily ; rdfs:label "Falcon"@en . }\n'
    facts = '<http://e/x> a osai:Model ; rdfs:label "Falcon LLM"@en .'
    result = settled(ours + source("a", "assessor", "2026-01-01", facts))
    kinds = {t.object for t in result.accepted if t.predicate.value.endswith("type")}
    assert ox.NamedNode(str(OSAI.ModelFamily)) in kinds
    assert ox.NamedNode(str(OSAI.Model)) not in kinds
    assert objects(result.accepted, "label") == {"Falcon"}
    assert objects(result.accepted, "altLabel") == {"Falcon LLM"}


def unknown(page: str) -> str:
    """A curated part of which nobody has found out whether it can be had, and what was read."""
    return f"""graph:c {{
      <http://e/x#code> osai:hasAvailability osai:AvailabilityUnknown ;
        osai:hasEvidence <http://e/x#gap> .
      <http://e/x#gap> a osai:Search ; osai:isEvidenceFor osai:hasAvailability ;
        osai:hasBasis osai:ReadFromText ; schema:url <{page}> . }}\n"""


LISTED = """<http://e/x#code> osai:hasAvailability osai:Available ;
  osai:hasEvidence <http://e/x#l> .
  <http://e/x#l> osai:isEvidenceFor osai:hasAvailability ; schema:url <http://list/x> ."""


def test_unknown_gives_way_to_every_answer_and_takes_its_search_with_it() -> None:
    result = settled(unknown("http://maker/x") + source("b", "list", "2020-01-01", LISTED))
    assert objects(result.accepted, "hasAvailability") == {str(OSAI.Available)}
    assert objects(result.accepted, "hasEvidence") == {"http://e/x#l"}
    assert objects(result.disagreements, "positionValue") == {
        str(OSAI.Available),
        str(OSAI.AvailabilityUnknown),
    }


def test_unknown_stays_where_the_page_of_the_other_answer_was_read_and_shows_nothing() -> None:
    result = settled(unknown("http://list/x") + source("b", "list", "2020-01-01", LISTED))
    assert objects(result.accepted, "hasAvailability") == {str(OSAI.AvailabilityUnknown)}


def test_an_unknown_license_of_a_better_source_gives_way() -> None:
    facts = "<http://e/x#weights> dcterms:license license:LicenseRef-Unknown ."
    result = settled(
        source("a", "assessor", "2026-01-01", facts) + source("b", "list", "2020-01-01", MIT)
    )
    assert objects(result.accepted, "license") == {short("license:MIT")}


def test_unknown_is_accepted_where_nobody_knows() -> None:
    facts = "<http://e/x#code> osai:hasAvailability osai:AvailabilityUnknown ."
    result = settled(unknown("http://maker/x") + source("b", "list", "2020-01-01", facts))
    assert objects(result.accepted, "hasAvailability") == {str(OSAI.AvailabilityUnknown)}
    assert result.count == 0
