"""Records of the Model Openness Tool: own, inherited and missing licenses, broken files."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rdflib import Graph, Literal, URIRef

from osai_graph.interchange.identity import Crosswalk, Decision
from osai_graph.interchange.mot import COMPONENTS
from osai_graph.interchange.summary import ImportSummary
from osai_graph.namespaces import DCTERMS, LICENSE, OSAI, SCHEMA, SYSTEM

Run = Callable[..., tuple[Graph, ImportSummary]]

RECORD = """
framework: {name: Model Openness Framework, version: '1.0'}
release:
  name: Tiny+ 1.5
  version: 7B
  date: '2024-11-15'
  producer: Some Lab
  contact: someone@example.org
  huggingface: 'https://huggingface.co/lab/tiny-1.5'
  license:
    distribution: {name: Apache-2.0, path: ''}
    code: {name: MIT, path: ''}
    document: {name: '', path: ''}
  components:
    - {name: Model architecture}
    - {name: Training code, license: 'Component not include'}
    - {name: Inference code, license: BSD-3}
    - {name: Model parameters (Final)}
    - {name: Model parameters (Intermediate), license: ''}
    - {name: Datasets}
    - {name: Evaluation data, license: CC-BY-4.0}
    - {name: Model card, license: unlicensed}
    - {name: Research paper, license: Undisclosed}
    - {name: Data card, license: House License 3}
    - {name: Secret sauce, license: MIT}
"""


def node(fragment: str, slug: str = "tiny-plus-1-5") -> URIRef:
    return URIRef(f"{SYSTEM[slug]}#{fragment}")


def licenses(graph: Graph, fragment: str) -> list[str]:
    found = graph.objects(node(fragment), DCTERMS.license)
    return sorted(str(value).removeprefix(str(LICENSE)) for value in found)


def availability(graph: Graph, fragment: str) -> URIRef | None:
    value = graph.value(node(fragment), OSAI.hasAvailability)
    return URIRef(value) if value is not None else None


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("architecture", ["MIT"]),  # inherited from the code parts
        ("inference-code", ["BSD-3-Clause"]),  # its own
        ("weights", ["Apache-2.0"]),  # inherited from the distribution
        ("intermediate-checkpoints", ["LicenseRef-No-License-Stated"]),  # present and empty
        ("training-data", []),  # data of others inherit nothing
        ("evaluation-data", ["CC-BY-4.0"]),
        ("model-card", ["LicenseRef-No-License-Stated"]),  # unlicensed is not the Unlicense
        ("data-card", []),  # not understood: only the words
        ("training-code", []),
    ],
)
def test_license(run: Run, fragment: str, expected: list[str]) -> None:
    graph, _ = run("mot", {"models/Tiny+ 1.5.yml": RECORD})
    assert licenses(graph, fragment) == expected


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("architecture", "MIT"),  # from the code parts
        ("weights", "Apache-2.0"),  # from the distribution
        ("training-data", "Apache-2.0"),  # the tool inherits it, and nobody granted it
        ("inference-code", None),  # has one of its own
        ("intermediate-checkpoints", None),  # present and empty: nothing is inherited
        ("training-code", None),  # not there
    ],
)
def test_inherited_license(run: Run, fragment: str, expected: str | None) -> None:
    """The tool's class can be recomputed, and what nobody granted is told apart."""
    graph, _ = run("mot", {"models/Tiny+ 1.5.yml": RECORD})
    found = graph.value(node(fragment), OSAI.hasInheritedLicense)
    assert found == (LICENSE[expected] if expected else None)
    if expected:
        evidence = node(f"{fragment}-mot")
        assert (evidence, OSAI.isEvidenceFor, OSAI.hasInheritedLicense) in graph


def test_a_part_that_is_listed_is_recorded_whatever_its_license_says(run: Run) -> None:
    graph, _ = run("mot", {"models/Tiny+ 1.5.yml": RECORD})
    paper = node("research-paper")
    assert (SYSTEM["tiny-plus-1-5"], OSAI.hasComponent, paper) in graph
    assert graph.value(paper, OSAI.declaredLicenseText) == Literal("Undisclosed")
    assert licenses(graph, "research-paper") == []


def test_availability(run: Run) -> None:
    graph, _ = run("mot", {"models/Tiny+ 1.5.yml": RECORD})
    assert availability(graph, "weights") == OSAI.Available
    assert availability(graph, "training-code") == OSAI.NotAvailable
    assert availability(graph, "data-card") == OSAI.Available
    assert availability(graph, "research-paper") is None
    assert availability(graph, "evaluation-code") is None


def test_words_are_kept(run: Run) -> None:
    graph, summary = run("mot", {"models/Tiny+ 1.5.yml": RECORD})
    declared = graph.value(node("data-card"), OSAI.declaredLicenseText)
    assert declared == Literal("House License 3")
    undisclosed = graph.value(node("mot-research-paper-license"), OSAI.assessedValue)
    assert undisclosed == Literal("Undisclosed")
    reasons = summary.reasons()
    assert reasons["license text: terms outside the vocabulary"] == 1
    assert reasons["license text: not known to the source"] == 1
    assert reasons["unknown component"] == 1
    assert reasons["license not inherited onto data of others"] == 1


def test_inherited_and_own_licenses_can_be_told_apart(run: Run) -> None:
    graph, _ = run("mot", {"models/Tiny+ 1.5.yml": RECORD})
    shown = {
        part: str(graph.value(node(f"{part}-mot"), OSAI.shows))
        for part in ("weights", "inference-code")
    }
    assert "inherits that of the distribution, Apache-2.0" in shown["weights"]
    assert "inherits" not in shown["inference-code"]
    assert graph.value(node("weights"), OSAI.declaredLicenseText) is None


@pytest.mark.parametrize(
    ("written", "unread"),
    [
        ("apache 2.0", True),
        ("PDDL-1.0", True),  # the tool spells it ODC-PDDL-1.0
        ("Apache-2.0", False),
        ("GPL-3.0", False),
        ("CC-BY-NC-4.0", False),  # read, and not open
        ("Llama 2 Community License", False),  # not open under any name
        ("House License 3", False),
    ],
)
def test_a_name_that_the_tool_cannot_read_is_remarked(run: Run, written: str, unread: bool) -> None:
    record = (
        f"release: {{name: N, producer: P, components: [{{name: Datasets, license: {written}}}]}}"
    )
    graph, summary = run("mot", {"models/n.yml": record})
    shows = str(graph.value(node("training-data-mot", "n"), OSAI.shows))
    assert ("The tool does not know the license by this name" in shows) is unread
    assert summary.reasons().get("license name that the tool does not know", 0) == int(unread)


def test_record_level_facts(run: Run) -> None:
    graph, _ = run("mot", {"models/Tiny+ 1.5.yml": RECORD})
    system = SYSTEM["tiny-plus-1-5"]
    assert graph.value(system, OSAI.huggingFaceId) == Literal("lab/tiny-1.5")
    assert graph.value(system, OSAI.isDevelopedBy) is not None
    assert graph.value(system, DCTERMS.issued) is None  # the date is mostly the day of entry
    everything = graph.serialize(format="turtle")
    assert "someone@example.org" not in everything
    assert "Tiny%2B%201.5.yml" in everything  # the address of the record


def test_broken_files_lose_nothing(run: Run) -> None:
    broken = (
        "release:\n\tname: Odd: one\n  components:\n    - name: Model card\n      license: 'MIT\n"
    )
    files: dict[str, str | bytes] = {
        "models/a.yml": b"\xef\xbb\xbf" + RECORD.encode(),
        "models/b.yml": broken,
        "models/c.yml": b"\xff\xfe\x00 no yaml %%%",
        "models/d.yml": "",
    }
    graph, summary = run("mot", files)
    assert summary.records == 4
    assert len(summary.subjects) == 4
    assert graph.value(node("model-card", "odd-one"), DCTERMS.license) == LICENSE.MIT
    assert summary.reasons()["mended file"] >= 2


def test_two_records_of_one_system_keep_their_own_evidence(run: Run) -> None:
    decisions = {"mot:x.yml": Decision("system:one"), "mot:y.yml": Decision("system:one")}
    text = "release: {name: N, producer: P, components: [{name: Model card, license: %s}]}"
    files: dict[str, str | bytes] = {"models/x.yml": text % "MIT", "models/y.yml": text % "CC0-1.0"}
    graph, summary = run("mot", files, Crosswalk(decisions))
    assert summary.reasons()["several records of the source on one system"] == 1
    for mark in ("mot", "mot-2"):
        assert (node(f"model-card-{mark}", "one"), SCHEMA.url, None) in graph


def test_flat_and_scalar_schemas_are_read(run: Run) -> None:
    text = (
        "name: Flat\nlicense: mit\nproducer: P\ncomponents:\n  - Model card\n  - name: Datasets\n"
    )
    graph, _ = run("mot", {"models/flat.yml": text})
    assert graph.value(node("model-card", "flat"), DCTERMS.license) == LICENSE.MIT


def test_numbers_of_one_size_are_no_facts_of_a_record_of_several(run: Run) -> None:
    row = "Model,Publication date,Parameters,Model accessibility\nTiny 7B,2024-01-05,7000000000,\n"
    decided = Crosswalk({"epoch:Tiny 7B": Decision("system:tiny", broader=True)})
    graph, _ = run("epoch", {"table.csv": row}, decided)
    assert graph.value(SYSTEM["tiny"], OSAI.parameterCount) is None
    assert graph.value(SYSTEM["tiny"], DCTERMS.issued) is None
    shows = str(graph.value(node("record-epoch", "tiny"), OSAI.shows))
    assert "For Tiny 7B it gives the number of parameters 7000000000." in shows
    assert "the date 2024-01-05." in shows


PARTS = sorted(COMPONENTS)


@pytest.mark.parametrize(("licensed", "expected"), [("unlicensed", None), ("MIT", OSAI.Available)])
def test_a_form_that_nobody_filled_in_tells_nothing_of_availability(
    run: Run, licensed: str, expected: URIRef | None
) -> None:
    """PaLM 2, of which nothing was released, has such a record."""
    entries = [f"    - {{name: '{part}', license: unlicensed}}" for part in PARTS]
    entries[0] = f"    - {{name: '{PARTS[0]}', license: {licensed}}}"
    record = "release:\n  name: Blank\n  components:\n" + "\n".join(entries)
    graph, summary = run("mot", {"models/Blank.yml": record})
    found = graph.value(node("weights", "blank"), OSAI.hasAvailability)
    assert found == expected
    noted = "all parts listed and none licensed: availability left open"
    assert summary.reasons().get(noted, 0) == (expected is None)


def test_a_text_by_parts_is_inherited_by_parts_and_two_licenses_leave_it_open(run: Run) -> None:
    record = """
release:
  name: Parts
  license: {distribution: {name: 'Weights: Llama 3.1 Community License. Code: MIT.'}}
  components:
    - {name: Model parameters (Final)}
    - {name: Training code}
    - {name: Model card}
    - {name: Evaluation code, license: gpl}
    - {name: Evaluation code, license: MIT}
    - {name: Secret sauce, license: BSD-3}
"""
    graph, summary = run("mot", {"models/Parts.yml": record})
    found = {
        part: graph.value(node(part, "parts"), DCTERMS.license)
        for part in ("weights", "training-code", "model-card", "evaluation-code")
    }
    assert found["weights"] == LICENSE["LicenseRef-Llama-3.1"]
    assert found["training-code"] == LICENSE.MIT
    assert found["model-card"] is found["evaluation-code"] is None
    words = set(graph.objects(node("evaluation-code", "parts"), OSAI.declaredLicenseText))
    assert words == {Literal("gpl"), Literal("MIT")}
    assert summary.reasons()["component listed twice"] == 1
    shown = str(graph.value(node("record-mot", "parts"), OSAI.shows))
    assert 'a part "Secret sauce" that the framework does not know, with the license "BSD-3"' in (
        shown
    )
