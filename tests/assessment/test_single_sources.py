"""A verdict falls with the single source of the fact that it hangs on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from osai_graph.assessment.frameworks import Framework, find_framework
from osai_graph.assessment.values import Value
from osai_graph.assessment.verdicts import assess_system
from osai_graph.build import build_store
from osai_graph.namespaces import SYSTEM

HALO = SYSTEM.halo
SOURCE = """@prefix osai: <https://w3id.org/osai-graph/ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix pav: <http://purl.org/pav/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <https://w3id.org/osai-graph/system/halo#> .
<https://w3id.org/osai-graph/graph/data/sources/list/halo> a osai:SourceGraph ;
  schema:mainEntity <https://w3id.org/osai-graph/system/halo> ;
  pav:retrievedOn "2025-01-01"^^xsd:date ;
  prov:wasAttributedTo <https://w3id.org/osai-graph/document/list> .
<https://w3id.org/osai-graph/system/halo> osai:hasComponent :data-preprocessing-code .
:data-preprocessing-code a osai:DataPreprocessingCode ;
  rdfs:label "preprocessing code of Halo"@en ;
  osai:hasAvailability osai:Available ; osai:hasEvidence :list ;
  dcterms:license <https://w3id.org/osai-graph/license/Open-1.0> .
:list a osai:Evidence ; osai:isEvidenceFor osai:hasAvailability , dcterms:license ;
  osai:hasBasis osai:ReadFromLists ; pav:retrievedOn "2025-01-01"^^xsd:date .
"""


@pytest.fixture
def root(small_graph_root: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "graph"
    shutil.copytree(small_graph_root, copied)
    (copied / "data" / "sources" / "list").mkdir(parents=True)
    (copied / "data" / "sources" / "list" / "halo.ttl").write_text(SOURCE, encoding="utf-8")
    return copied


def values(root: Path, frameworks: tuple[Framework, ...], *identifiers: str) -> list[Value]:
    osaid = find_framework(frameworks, "osaid")
    store, _ = build_store(root)
    assessment = assess_system(store, HALO, [osaid])
    found = [assessment.verdict(HALO, osaid.requirement(name)) for name in identifiers]
    return [verdict.value for verdict in found if verdict]


def test_the_file_of_a_source_is_taken_away(root: Path, frameworks: tuple[Framework, ...]) -> None:
    assert values(root, frameworks, "OSAID.21.3", "OSAID.07") == [Value.MET, Value.MET]
    (root / "data" / "sources" / "list" / "halo.ttl").unlink()
    open_now = [Value.UNDECIDED, Value.UNDECIDED]
    assert values(root, frameworks, "OSAID.21.3", "OSAID.07") == open_now


def test_the_evidence_of_a_fact_is_taken_away(
    root: Path, frameworks: tuple[Framework, ...]
) -> None:
    file = root / "data" / "systems" / "halo.ttl"
    before, part, after = file.read_text(encoding="utf-8").partition(":training-code\n    a ")
    assert part
    lines = after.splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if "osai:hasEvidence :repository" in line)
    dot = ".\n" if lines[place].rstrip().endswith(".") else ""
    lines[place] = dot
    file.write_text(before + part + "".join(lines), encoding="utf-8")
    open_now = [Value.UNDECIDED, Value.UNDECIDED]
    assert values(root, frameworks, "OSAID.21.1", "OSAID.07") == open_now
