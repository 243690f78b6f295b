"""Names of licenses as people write them, and what they mean."""

from __future__ import annotations

import pytest
from rdflib import Graph, Literal, URIRef

from osai_graph.graph.store import EmbeddedStore
from osai_graph.licenses import How, LicenseIndex
from osai_graph.namespaces import DCTERMS, LICENSE, OSAI, RDF, RDFS, SKOS, SPDX

LLAMA = ["LicenseRef-LLaMA-1"] + [
    f"LicenseRef-Llama-{version}" for version in ("2", "3", "3.1", "3.2", "3.3", "4")
]


@pytest.mark.parametrize(
    ("text", "identifier", "how"),
    [
        ("Apache-2.0", "Apache-2.0", How.IDENTIFIER),
        ("apache-2.0", "Apache-2.0", How.IDENTIFIER),
        (" MIT ", "MIT", How.IDENTIFIER),
        ("Unlicense", "Unlicense", How.IDENTIFIER),
        ("LicenseRef-Llama-2", "LicenseRef-Llama-2", How.IDENTIFIER),
        ("license:MIT", "MIT", How.IDENTIFIER),
        ("https://w3id.org/osai-graph/license/MIT", "MIT", How.IDENTIFIER),
        ("https://spdx.org/licenses/MIT.html", "MIT", How.IDENTIFIER),
        ("scancode:gpl-3.0", "GPL-3.0-only", How.IDENTIFIER),
        ("LicenseRef-scancode-llama-2-license-2023", "LicenseRef-Llama-2", How.IDENTIFIER),
        ("https://creativecommons.org/licenses/by/4.0", "CC-BY-4.0", How.ADDRESS),
        ("http://www.llama.com/llama3/license/", "LicenseRef-Llama-3", How.ADDRESS),
        ("Apache 2.0", "Apache-2.0", How.NAME),
        ("llama2", "LicenseRef-Llama-2", How.NAME),
        ("llama3.1", "LicenseRef-Llama-3.1", How.NAME),
        ("gemma", "LicenseRef-Gemma-Terms", How.NAME),
        ("bigscience-bloom-rail-1.0", "LicenseRef-BigScience-RAIL-1.0", How.NAME),
        ("openrail++", "LicenseRef-CreativeML-OpenRAIL++-M", How.NAME),
        ("creativeml-openrail-m", "LicenseRef-CreativeML-OpenRAIL-M", How.NAME),
        ("tongyi-qianwen-research", "LicenseRef-Tongyi-Qianwen-Research", How.NAME),
        ("ODC-PDDL-1.0", "PDDL-1.0", How.NAME),
        ("FAL-1.3", "LAL-1.3", How.NAME),
        ("ODC-BY", "ODC-By-1.0", How.NAME),
        ("CC0", "CC0-1.0", How.NAME),
        ("BSD-3", "BSD-3-Clause", How.NAME),
        ("GPL-3.0+", "GPL-3.0-or-later", How.NAME),
        ("The Apache Licence, version 2.0", "Apache-2.0", How.NORMALIZED_NAME),
        ("apache2.0 license", "Apache-2.0", How.NORMALIZED_NAME),
        ("MIT licence", "MIT", How.NORMALIZED_NAME),
        ("cc by-nc-sa 4", "CC-BY-NC-SA-4.0", How.NORMALIZED_NAME),
        ("Open RAIL++ M", "LicenseRef-CreativeML-OpenRAIL++-M", How.NORMALIZED_NAME),
        ("DeepSeek License", "LicenseRef-DeepSeek-1.0", How.NORMALIZED_NAME),
        ("Llama 3 Licence Agreement", "LicenseRef-Llama-3", How.NORMALIZED_NAME),
        ("GPLv3 only", "GPL-3.0-only", How.NORMALIZED_NAME),
        ("BSL 1.1", "BUSL-1.1", How.NAME),
        ("no license stated", "LicenseRef-No-License-Stated", How.NAME),
    ],
)
def test_a_name_means_one_license(
    index: LicenseIndex, text: str, identifier: str, how: How
) -> None:
    match = index.find(text)
    assert match.license is not None
    assert (match.license.identifier, match.how) == (identifier, how)
    assert match.candidates == ()


@pytest.mark.parametrize(
    ("text", "identifiers"),
    [
        ("Apache", ["Apache-2.0"]),
        ("GPL-3.0", ["GPL-3.0-only", "GPL-3.0-or-later"]),
        ("GNU General Public License v3.0", ["GPL-3.0-only", "GPL-3.0-or-later"]),
        ("GPLv3", ["GPL-3.0-only", "GPL-3.0-or-later"]),
        ("gpl", ["GPL-2.0-only", "GPL-3.0-only", "GPL-3.0-or-later"]),
        ("AGPL-3.0", ["AGPL-3.0-only"]),
        ("LGPL", ["LGPL-2.1-only", "LGPL-3.0-only"]),
        ("CC-BY", ["CC-BY-3.0", "CC-BY-4.0"]),
        ("GFDL-1.3", ["GFDL-1.3-no-invariants-only", "GFDL-1.3-only"]),
        ("BSL", ["BSL-1.0", "BUSL-1.1"]),
        ("OpenMDW", ["LicenseRef-OpenMDW-1.1", "OpenMDW-1.0"]),
        ("Modified MIT", ["LicenseRef-GPT-2-Modified-MIT", "LicenseRef-Kimi-K2-Modified-MIT"]),
        ("Llama license", LLAMA),
        ("LLaMA License Agreement", LLAMA),
        ("DeepSeek", ["LicenseRef-DeepSeek-1.0"]),
        ("TII-Falcon-License-2.0", ["LicenseRef-TII-Falcon-2"]),
    ],
)
def test_a_name_that_leaves_the_version_open_gives_candidates(
    index: LicenseIndex, text: str, identifiers: list[str]
) -> None:
    match = index.find(text)
    assert match.license is None
    assert match.how is None
    assert [candidate.identifier for candidate in match.candidates] == identifiers


def test_a_family_gives_its_members(index: LicenseIndex) -> None:
    found = {candidate.identifier for candidate in index.find("openrail").candidates}
    assert {"LicenseRef-BigScience-OpenRAIL-M", "LicenseRef-BigCode-OpenRAIL-M-1.0"} < found
    assert not [name for name in found if "RAIL" not in name]
    assert len(index.find("Creative Commons").candidates) >= 10


@pytest.mark.parametrize(
    "text",
    ["unlicensed", "Unlicensed", "other", "Other License", "unknown", "None", "n/a", "", " - "],
)
def test_what_is_no_name_means_nothing(index: LicenseIndex, text: str) -> None:
    match = index.find(text)
    assert (match.license, match.candidates, match.nearest) == (None, (), ())
    assert match.names_nothing


@pytest.mark.parametrize(
    "text",
    [
        "Apache 1.1",
        "cc-by-2.0",
        "GPL-1.0",
        "Llama 3.5 Community License",
        "EXAONE AI Model License Agreement 1.2",
        "MIT OR Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "Community License",
        "https://example.org/LICENSE",
    ],
)
def test_another_version_or_another_license_is_never_taken_for_one_of_ours(
    index: LicenseIndex, text: str
) -> None:
    match = index.find(text)
    assert (match.license, match.candidates) == (None, ())
    assert not match.names_nothing


@pytest.mark.parametrize("text", ["Apache-2.0?", "~MIT", "!MIT", "MIT ???"])
def test_a_name_with_a_mark_of_doubt_gives_a_candidate(index: LicenseIndex, text: str) -> None:
    match = index.find(text)
    assert match.license is None
    assert [c.identifier for c in match.candidates] in (["Apache-2.0"], ["MIT"])


def test_an_old_identifier_leads_to_those_that_took_its_place() -> None:
    graph = Graph()
    for slug in ("A-1.0", "A-1.0-only", "A-1.0-or-later"):
        graph.add((LICENSE[slug], RDF.type, OSAI.License))
        graph.add((LICENSE[slug], SPDX.licenseId, Literal(slug)))
        if slug != "A-1.0":
            graph.add((LICENSE["A-1.0"], DCTERMS.isReplacedBy, LICENSE[slug]))
    match = LicenseIndex.from_graph(graph).find("A-1.0")
    assert match.license is None
    assert [c.identifier for c in match.candidates] == ["A-1.0-only", "A-1.0-or-later"]


def test_a_misspelt_name_gets_the_nearest_and_no_answer(index: LicenseIndex) -> None:
    match = index.find("Apahce-2.0")
    assert match.license is None
    assert "Apache-2.0" in match.nearest


def test_a_second_record_for_the_same_license_leads_to_the_license(index: LicenseIndex) -> None:
    for text in ("LicenseRef-Microsoft-Phi-MIT", "MIT (Phi-3, Phi-4)"):
        match = index.find(text)
        assert match.license is not None
        assert match.license.identifier == "MIT"


def test_every_name_in_the_data_finds_its_license(
    index: LicenseIndex, license_graph: Graph
) -> None:
    for term in (RDFS.label, SKOS.altLabel, SPDX.licenseId, OSAI.licenseRef):
        for subject, name in license_graph.subject_objects(term):
            if (subject, RDF.type, OSAI.License) not in license_graph:
                continue
            match = index.find(str(name))
            same = license_graph.value(subject, SKOS.exactMatch)
            expected = same if str(same).startswith(str(LICENSE)) else subject
            assert match.license is not None, f"{name!r} gives {match.candidates}"
            assert match.license.iri == str(expected), name


def test_a_name_that_two_licenses_share_gives_both() -> None:
    graph = Graph()
    for slug in ("A-1.0", "B-1.0"):
        graph.add((LICENSE[slug], RDF.type, OSAI.License))
        graph.add((LICENSE[slug], RDFS.label, Literal(f"{slug} License", lang="en")))
        graph.add((LICENSE[slug], SPDX.licenseId, Literal(slug)))
        graph.add((LICENSE[slug], SKOS.altLabel, Literal("Shared License", lang="en")))
    match = LicenseIndex.from_graph(graph).find("shared licence")
    assert match.license is None
    assert [candidate.identifier for candidate in match.candidates] == ["A-1.0", "B-1.0"]


def test_a_store_and_a_graph_give_the_same_index(license_graphs: dict[str, Graph]) -> None:
    graph = license_graphs["MIT"]
    store = EmbeddedStore()
    store.add(graph)
    for built in (LicenseIndex.from_store(store), LicenseIndex.from_graph(graph)):
        assert [named.iri for named in built.licenses] == [str(LICENSE["MIT"])]
        assert built.find("Expat").license == built.licenses[0]


def test_other_nodes_with_a_label_are_no_licenses() -> None:
    graph = Graph()
    graph.add((URIRef("https://example.org/x"), RDFS.label, Literal("MIT", lang="en")))
    assert LicenseIndex.from_graph(graph).licenses == ()
