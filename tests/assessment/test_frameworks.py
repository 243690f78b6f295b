"""Frameworks are data: a file is enough for a new one, and a file that is not whole is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from rdflib import Graph

from osai_graph import resources
from osai_graph.assessment.frameworks import (
    Framework,
    FrameworkError,
    find_framework,
    frameworks_in,
    read_frameworks,
    stored_frameworks,
)
from osai_graph.assessment.verdicts import assess_store
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.graph.loading import load_graph
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import OSAI, SKOS
from tests.assessment.conftest import LUMEN, PREAMBLE, model, value_of

OWN = """@prefix : <https://w3id.org/osai-graph/framework/two-of-three#> .
framework:two-of-three a osai:Framework ; rdfs:label "Two of three"@en ; dcat:version "1.0" ;
  osai:appliesTo osai:Model ; osai:hasOutcome :passed ; osai:validFrom "2025-01-01"^^xsd:date .
:passed a osai:Outcome ; rdfs:label "passed"@en ; osai:hasRequirement :two .
:two a osai:Requirement ; rdfs:label "two of three parts"@en ; dcterms:identifier "TOT.0" ;
  osai:hasCombination osai:AtLeast ; osai:minimumMet 2 ;
  osai:hasSubrequirement :weights , :card , :paper .
:weights a osai:Requirement ; rdfs:label "weights"@en ; dcterms:identifier "TOT.1" ;
  osai:isMetBy :weights-met ; osai:isRefutedBy :weights-refuted .
:card a osai:Requirement ; rdfs:label "model card"@en ; dcterms:identifier "TOT.2" ;
  osai:concernsKind osai:ModelCard ; osai:isMetBy :card-met .
:paper a osai:Requirement ; rdfs:label "good paper"@en ; dcterms:identifier "TOT.3" ;
  osai:hasDecidability osai:PersonMustDecide ; osai:openQuestion "Is the paper good?"@en .
:weights-met a sh:NodeShape ; sh:property [ sh:path osai:hasComponent ; sh:qualifiedMinCount 1 ;
  sh:qualifiedValueShape [ sh:class osai:ModelWeights ; sh:node :there ] ] .
:weights-refuted a sh:NodeShape ; sh:property [ sh:path osai:hasComponent ;
  sh:qualifiedMinCount 1 ; sh:qualifiedValueShape [ sh:class osai:ModelWeights ;
    sh:property [ sh:path osai:hasAvailability ; sh:hasValue osai:NotAvailable ] ] ] .
:card-met a sh:NodeShape ; sh:property [ sh:path osai:hasComponent ; sh:qualifiedMinCount 1 ;
  sh:qualifiedValueShape [ sh:class osai:ModelCard ; sh:node :there ] ] .
:there a sh:NodeShape ; sh:property [ sh:path osai:hasAvailability ; sh:hasValue osai:Available ] .
"""


def own_framework(tmp_path: Path, text: str = OWN) -> tuple[Framework, ...]:
    path = tmp_path / "two-of-three.ttl"
    path.write_text(PREAMBLE + text, encoding="utf-8")
    return read_frameworks([path])


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        (["ModelWeights Available", "ModelCard Available"], "met"),
        (["ModelWeights Available"], "cannot be decided"),
        (["ModelWeights NotAvailable", "ModelCard Available"], "cannot be decided"),
        ([], "cannot be decided"),
    ],
)
def test_a_framework_of_ones_own_takes_a_file_and_no_code(
    tmp_path: Path, parts: list[str], value: str
) -> None:
    assessment = assess_store(model(parts), own_framework(tmp_path))
    assert value_of(assessment, "two-of-three", "TOT.0") == value


def test_its_open_question_is_what_is_missing(tmp_path: Path) -> None:
    (framework,) = own_framework(tmp_path)
    assessment = assess_store(model([]), [framework])
    verdict = assessment.verdict(LUMEN, framework.requirement("paper"))
    assert verdict is not None
    assert verdict.missing == ("Is the paper good?",)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("osai:appliesTo osai:Model ;", "", "osai:appliesTo"),
        ("osai:hasOutcome :passed ;", "", "osai:hasOutcome"),
        ('dcat:version "1.0" ;', "", "dcat:version"),
        ('dcterms:identifier "TOT.1" ;', "", "dcterms:identifier"),
        ("osai:hasCombination osai:AtLeast ;", "", "parts or a combination"),
        ("osai:hasRequirement :two .", "osai:hasRequirement :two , :card .", "2 values"),
        ("osai:hasRequirement :two .", ".", "0 values"),
        (":weights , :card", ":two , :card", "a part of itself"),
        (
            "sh:node :there ] ] .\n:weights-refuted",
            "sh:node :gone ] ] .\n:weights-refuted",
            ":gone",
        ),
        ('"2025-01-01"', '"January"', "January"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    assert old in OWN
    with pytest.raises(GraphError) as caught:
        own_framework(tmp_path, OWN.replace(old, new))
    message = caught.value.message
    assert named.removeprefix(":") in message, message
    assert caught.value.remedy, "an error says what to do"


def test_a_file_without_a_framework_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.ttl"
    path.write_text(PREAMBLE, encoding="utf-8")
    with pytest.raises(FrameworkError, match=r"describes no osai:Framework"):
        read_frameworks([path])


def test_a_version_is_in_force_from_its_first_to_before_its_last_day(tmp_path: Path) -> None:
    text = OWN.replace("osai:validFrom", 'osai:validUntil "2026-01-01"^^xsd:date ; osai:validFrom')
    (framework,) = own_framework(tmp_path, text)
    assert not framework.in_force(date(2024, 12, 31))
    assert framework.in_force(date(2025, 1, 1))
    assert framework.in_force(date(2025, 12, 31))
    assert not framework.in_force(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("osaid", "osaid-1.0"),
        ("OSAID-1.0", "osaid-1.0"),
        ("Open Source AI Definition 1.0", "osaid-1.0"),
        ("https://w3id.org/osai-graph/framework/mof-1.0", "mof-1.0"),
        ("mof", "mof-1.0"),
        ("g7", "g7-2026"),
        ("aia", "ai-act-open-source"),
        ("ai-act", "ai-act-open-source"),
        ("european", "european-index"),
        ("fsf", "fsf"),
    ],
)
def test_a_framework_is_found_by_what_people_call_it(
    frameworks: tuple[Framework, ...], name: str, slug: str
) -> None:
    assert find_framework(frameworks, name).slug == slug


def test_an_unknown_framework_gets_the_nearest(frameworks: tuple[Framework, ...]) -> None:
    with pytest.raises(UnknownNameError) as caught:
        find_framework(frameworks, "osaaid")
    assert "osaid" in caught.value.nearest


def test_requirements_are_found_by_identifier_and_by_name(
    frameworks: tuple[Framework, ...],
) -> None:
    osaid = find_framework(frameworks, "osaid")
    assert osaid.requirement("osaid.30") == osaid.requirement("parameters")
    with pytest.raises(UnknownNameError):
        osaid.requirement("OSAID.99")


@pytest.mark.parametrize("path", resources.framework_files(), ids=lambda p: p.stem)
def test_a_shipped_framework_is_complete(path: Path) -> None:
    (framework,) = read_frameworks([path])
    graph = load_graph([path])
    assert framework.slug == path.stem
    assert framework.source and framework.issued and framework.valid_from
    identifiers = [node.identifier for node in framework.requirements()]
    assert len(identifiers) == len(set(identifiers))
    assert len({i.partition(".")[0] for i in identifiers}) == 1
    for node in framework.requirements():
        assert node.locator, node.identifier
        outside = node.decidability != "MachineDecidable"
        assert node.parts or outside or (node.met_by and node.refuted_by), node.identifier
        assert not (node.parts and node.met_by), node.identifier
    for shape in set(graph.objects(None, OSAI.isMetBy)) | set(
        graph.objects(None, OSAI.isRefutedBy)
    ):
        assert str(shape).startswith(f"{framework.iri}#"), "a shape is a fragment of its file"
    assert graph.value(framework.iri, SKOS.scopeNote), "how facts are read is said"


def test_orders_of_outcomes_are_distinct(frameworks: tuple[Framework, ...]) -> None:
    for framework in frameworks:
        orders = [outcome.order for outcome in framework.outcomes]
        assert len(orders) == len(set(orders)), framework.slug


def test_the_graph_gives_back_what_the_files_say(
    frameworks: tuple[Framework, ...], small_store: EmbeddedStore
) -> None:
    assert stored_frameworks(small_store) == frameworks


def test_frameworks_of_a_merged_graph_keep_apart(frameworks: tuple[Framework, ...]) -> None:
    merged = Graph(bind_namespaces="none")
    for path in resources.framework_files():
        merged += load_graph([path])
    assert frameworks_in(merged) == frameworks
