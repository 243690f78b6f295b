"""Records of the European Open Source AI Index: both schemas, comments, gates, scoped licenses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rdflib import Graph, Literal, URIRef

from osai_graph.interchange.identity import Crosswalk
from osai_graph.interchange.summary import ImportSummary
from osai_graph.namespaces import DCTERMS, LICENSE, ORGANIZATION, OSAI, SYSTEM, XSD

Run = Callable[..., tuple[Graph, ImportSummary]]

RECORD = """---
# Organization tags:
# - National origin: Wonderland
# - Contributor type: Non-academic (Company)

# Training compute:
# - End model training compute: ~2.5e+22 FLOP +- 0.5 OoM

system:
    name: Tiny
    link: https://huggingface.co/lab/tiny-chat
    type: text
    basemodelname: Tiny Base
    endmodelname: Tiny-Chat
    endmodellicense: Apache 2.0
    releasedate: 2024-05
org:
    name: Some Lab
    link: https://lab.example
    notes:
datasources_basemodel: {class: partial, link: , notes: }
datasources_endmodel: {class: closed, link: , notes: }
weights_basemodel: {class: open, link: , notes: }
weights_endmodel:
    class: partial
    link: https://huggingface.co/lab/tiny-chat
    notes: Behind a consent form
trainingcode: {class: open, link: https://github.com/lab/tiny, notes: }
code: {class: closed, link: , notes: }
hardware_architecture: {class: open, link: , notes: }
preprint: {class: open, link: https://arxiv.org/abs/1, notes: }
paper: {class: closed, link: , notes: }
modelcard: {class: closed, link: https://huggingface.co/lab/tiny-chat, notes: thin}
datasheet: {class: closed, link: , notes: }
licenses:
    class: partial
    link: ["https://a.example", "https://b.example"]
    notes: "Weights: Apache-2.0. Code: MIT. Data: ODC-By."
"""
SYSTEM_IRI = SYSTEM["tiny-chat"]


def node(fragment: str) -> URIRef:
    return URIRef(f"{SYSTEM_IRI}#{fragment}")


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("weights", OSAI.Gated),
        ("training-data", OSAI.Partial),
        ("fine-tuning-data", OSAI.NotAvailable),
        ("training-code", OSAI.Available),
        ("research-paper", OSAI.Available),
        ("model-card", None),  # closed with a link means poor, not missing
        ("data-card", OSAI.NotAvailable),
    ],
)
def test_availability(run: Run, fragment: str, expected: URIRef | None) -> None:
    graph, _ = run("osai-index", {"models/Tiny.yaml": RECORD})
    assert graph.value(node(fragment), OSAI.hasAvailability) == expected


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("weights", LICENSE["Apache-2.0"]),
        ("training-code", LICENSE.MIT),
        ("training-data", LICENSE["ODC-By-1.0"]),
        ("fine-tuning-data", None),  # it cannot be had
    ],
)
def test_scopes_are_honored(run: Run, fragment: str, expected: URIRef | None) -> None:
    graph, _ = run("osai-index", {"models/Tiny.yaml": RECORD})
    assert graph.value(node(fragment), DCTERMS.license) == expected


def test_facts_in_comments_are_read(run: Run) -> None:
    graph, _ = run("osai-index", {"models/Tiny.yaml": RECORD})
    compute = graph.value(SYSTEM_IRI, OSAI.trainingCompute)
    assert isinstance(compute, Literal)
    assert compute.toPython() == 2.5e22
    maker = ORGANIZATION["some-lab"]
    assert graph.value(maker, OSAI.hasOrganizationKind) == OSAI.Company
    assert "Wonderland" in str(graph.value(node("record-osai-index"), OSAI.shows))


def test_partial_date(run: Run) -> None:
    graph, _ = run("osai-index", {"models/Tiny.yaml": RECORD})
    assert graph.value(SYSTEM_IRI, DCTERMS.issued) == Literal("2024-05", datatype=XSD.gYearMonth)


def test_every_criterion_is_an_assessment_of_the_source(run: Run) -> None:
    graph, _ = run("osai-index", {"models/Tiny.yaml": RECORD})
    assessed = set(graph.objects(None, OSAI.criterionName))
    assert len(assessed) == 12
    assert graph.value(node("osai-index-modelcard"), OSAI.assessedValue) == Literal("closed")


def test_the_older_schema_has_two_more_criteria(run: Run) -> None:
    older = RECORD + "package: {class: closed}\napi:\n    class: open\n    metaprompt: closed\n"
    graph, summary = run("osai-index", {"models/Tiny.yaml": older})
    assert graph.value(node("osai-index-api-metaprompt"), OSAI.assessedValue) == Literal("closed")
    assert graph.value(SYSTEM_IRI, OSAI.hasAccessMode) == OSAI.ApiAccess
    assert "unknown block" not in summary.reasons()


def test_a_known_base_model_is_linked_and_an_unknown_one_kept_as_text(run: Run) -> None:
    graph, summary = run("osai-index", {"models/Tiny.yaml": RECORD})
    assert graph.value(SYSTEM_IRI, OSAI.fineTunedFrom) is None
    assert summary.reasons()["base model kept as text"] == 1
    known = Crosswalk({}, {"tiny base": frozenset({"pythia"})})
    graph, summary = run("osai-index", {"models/Tiny.yaml": RECORD}, known)
    assert graph.value(SYSTEM_IRI, OSAI.fineTunedFrom) == SYSTEM.pythia
    elsewhere = Crosswalk({}, {"tiny base": frozenset({"decided-and-not-shipped"})})
    graph, summary = run("osai-index", {"models/Tiny.yaml": RECORD}, elsewhere)
    assert graph.value(SYSTEM_IRI, OSAI.fineTunedFrom) is None


def test_the_name_of_a_person_is_not_taken_over(run: Run) -> None:
    private = RECORD.replace("Non-academic (Company)", "Academic (Individual)")
    private = private.replace("Some Lab", "Jane Roe").replace("lab/", "JaneRoe/")
    graph, summary = run("osai-index", {"models/Tiny.yaml": private})
    text = graph.serialize(format="turtle")
    assert "Jane" not in text
    assert "maker is a person: name and addresses are not taken over" in summary.reasons()


def test_a_drifted_key_and_a_class_outside_the_scale(run: Run) -> None:
    drifted = RECORD.replace("endmodellicense:", "endmodel license:")
    drifted = drifted.replace("trainingcode: {class: open", "trainingcode: {class: Sort of")
    drifted = drifted.replace("Weights: Apache-2.0. ", "")
    graph, summary = run("osai-index", {"models/Tiny.yaml": drifted})
    assert graph.value(node("weights"), DCTERMS.license) == LICENSE["Apache-2.0"]
    assert summary.reasons()["class outside open, partial, closed"] == 1
    assert graph.value(node("training-code"), OSAI.hasAvailability) is None


def shown(graph: Graph) -> set[str]:
    return {str(text) for text in graph.objects(None, OSAI.shows)}


def test_the_two_license_fields_may_differ(run: Run) -> None:
    other = RECORD.replace("Weights: Apache-2.0.", "Weights: MIT.")
    graph, summary = run("osai-index", {"models/Tiny.yaml": other})
    assert graph.value(node("weights"), DCTERMS.license) == LICENSE.MIT
    declared = set(graph.objects(node("weights"), OSAI.declaredLicenseText))
    assert declared == {Literal("MIT"), Literal("Apache 2.0")}
    assert summary.reasons()["two fields differ on the license"] == 1
    assert any('"MIT"' in text for text in shown(graph))


FORMER = """
project: {name: Tiny-Chat, link: 'https://huggingface.co/lab/tiny-chat', llmbase: Tiny Base,
  rlbase: Heap, license: Apache 2.0}
org: {name: Some Lab}
opencode: {class: closed}
llmdata: {class: partial}
llmweights: {class: closed}
rldata: {class: open}
rlweights: {class: open}
license: {class: open, notes: 'Weights: Apache-2.0. Code: MIT.'}
modelcard: {class: open}
mascot: {class: open, notes: a fish}
"""


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("weights", OSAI.Available),
        ("training-data", OSAI.Partial),
        ("fine-tuning-data", OSAI.Available),
        ("training-code", OSAI.NotAvailable),
    ],
)
def test_a_record_of_the_predecessor_is_read(run: Run, fragment: str, expected: URIRef) -> None:
    graph, summary = run("osai-index", {"models/tiny.yaml": FORMER})
    assert graph.value(node(fragment), OSAI.hasAvailability) == expected
    assert graph.value(node("weights"), DCTERMS.license) == LICENSE["Apache-2.0"]
    assert graph.value(node("osai-index-mascot"), OSAI.assessedValue) == Literal("open")
    assert summary.reasons()["unknown block"] == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023", Literal("2023", datatype=XSD.gYear)),
        ("July 2023", Literal("2023-07", datatype=XSD.gYearMonth)),
        ("Sept. 2023", Literal("2023-09", datatype=XSD.gYearMonth)),
        ("18 July 2023", Literal("2023-07-18", datatype=XSD.date)),
        ("July 18th, 2023", Literal("2023-07-18", datatype=XSD.date)),
        ("2023-7-1", Literal("2023-07-01", datatype=XSD.date)),
        ("03/04/2023", None),
        ("31 February 2023", None),
    ],
)
def test_dates_in_words(run: Run, text: str, expected: Literal | None) -> None:
    record = RECORD.replace("releasedate: 2024-05", f"releasedate: {text}")
    graph, summary = run("osai-index", {"models/Tiny.yaml": record})
    assert graph.value(SYSTEM_IRI, DCTERMS.issued) == expected
    assert summary.reasons().get("date not understood", 0) == (expected is None)
