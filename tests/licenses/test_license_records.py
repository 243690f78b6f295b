"""The records in data/licenses: complete, consistent, and right where the facts are public."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rdflib import RDF, BNode, Graph, Literal, URIRef

from osai_graph.graph.serialization import canonical_turtle
from osai_graph.namespaces import CC, DCTERMS, LICENSE, OSAI, PAV, RDFS, SCHEMA, SKOS, SPDX
from osai_graph.resources import graph_root

Graphs = dict[str, Graph]

FREEDOMS = {OSAI.FreedomToUse, OSAI.FreedomToStudy, OSAI.FreedomToModify, OSAI.FreedomToShare}
GRANTS = (
    OSAI.grantsFreedom,
    OSAI.limitsFreedom,
    OSAI.withholdsFreedom,
    OSAI.leavesFreedomUnknown,
)
ONCE = (
    RDFS.label,
    DCTERMS.description,
    OSAI.hasLicenseKind,
    OSAI.hasLicenseClass,
    OSAI.hasOsiStatus,
    OSAI.hasFsfStatus,
    OSAI.hasOpenDefinitionStatus,
    OSAI.hasMotStatus,
    OSAI.hasCommercialUseGrant,
    OSAI.hasDerivativesGrant,
    OSAI.hasBasis,
)


def each_restriction(graph: Graph) -> Iterator[URIRef]:
    for node in graph.subjects(RDF.type, OSAI.Restriction):
        assert isinstance(node, URIRef)
        yield node


def denied(graph: Graph, license: URIRef) -> set[object]:
    return set(graph.objects(license, OSAI.limitsFreedom)) | set(
        graph.objects(license, OSAI.withholdsFreedom)
    )


def inconsistencies(graph: Graph, license: URIRef) -> list[str]:
    """Say where the restrictions of a license and its grants contradict each other."""
    taken = {
        freedom
        for node in graph.objects(license, OSAI.hasRestriction)
        for freedom in graph.objects(node, OSAI.takesFreedom)
    }
    missing = denied(graph, license)
    return [f"takes {f}, which is granted" for f in taken - missing] + [
        f"no restriction takes {f}" for f in missing - taken
    ]


def test_there_is_a_record_for_every_license_of_the_reference(license_graphs: Graphs) -> None:
    assert len(license_graphs) >= 121
    assert {"Apache-2.0", "GFDL-1.3-only", "LicenseRef-Llama-2"} <= set(license_graphs)
    assert not [name for name in license_graphs if "Licence" in name]


def test_files_are_canonical_and_about_the_license_of_their_name(license_graphs: Graphs) -> None:
    for name, graph in license_graphs.items():
        path = graph_root() / "data" / "licenses" / f"{name}.ttl"
        assert path.read_text(encoding="utf-8") == canonical_turtle(graph), name
        assert list(graph.subjects(RDF.type, OSAI.License)) == [LICENSE[name]]
        assert list(graph.objects(None, SCHEMA.mainEntity)) == [LICENSE[name]]


def test_what_is_single_is_stated_once(license_graphs: Graphs) -> None:
    for name, graph in license_graphs.items():
        for term in ONCE:
            assert len(list(graph.objects(LICENSE[name], term))) == 1, (name, term)


def test_each_of_the_four_freedoms_is_answered_once(license_graphs: Graphs) -> None:
    for name, graph in license_graphs.items():
        answers = [f for grant in GRANTS for f in graph.objects(LICENSE[name], grant)]
        assert len(answers) == 4, name
        assert set(answers) == FREEDOMS, name


def test_restrictions_take_exactly_the_freedoms_that_are_not_granted(
    license_graphs: Graphs,
) -> None:
    for name, graph in license_graphs.items():
        assert inconsistencies(graph, LICENSE[name]) == [], name


def test_a_contradiction_between_grant_and_restriction_is_noticed(license_graphs: Graphs) -> None:
    wrong = Graph() + license_graphs["MIT"]
    node = URIRef(f"{LICENSE['MIT']}#restriction-made-up")
    wrong.add((LICENSE["MIT"], OSAI.hasRestriction, node))
    wrong.add((node, OSAI.takesFreedom, OSAI.FreedomToUse))
    assert inconsistencies(wrong, LICENSE["MIT"]) == [
        f"takes {OSAI.FreedomToUse}, which is granted"
    ]


def test_restrictions_are_whole(license_graphs: Graphs) -> None:
    for name, graph in license_graphs.items():
        nodes = set(each_restriction(graph))
        assert nodes == set(graph.objects(LICENSE[name], OSAI.hasRestriction)), name
        for node in nodes:
            for term in (RDFS.label, DCTERMS.description, OSAI.hasRestrictionKind):
                assert len(list(graph.objects(node, term))) == 1, (node, term)
            takes = set(graph.objects(node, OSAI.takesFreedom))
            assert takes or (node, SKOS.editorialNote, None) in graph, f"{node}: say why"
            threshold = graph.value(node, OSAI.thresholdValue)
            assert (threshold is None) == (graph.value(node, OSAI.thresholdUnit) is None)
            if threshold is not None:
                assert isinstance(threshold, Literal)
                assert threshold.toPython() > 0


def test_the_grant_of_every_license_has_evidence(license_graphs: Graphs) -> None:
    for name, graph in license_graphs.items():
        supported = {
            term
            for node in graph.objects(LICENSE[name], OSAI.hasEvidence)
            for term in graph.objects(node, OSAI.isEvidenceFor)
        }
        for grant in (*GRANTS[:3], OSAI.hasRestriction, DCTERMS.issued, CC.requires):
            if (LICENSE[name], grant, None) in graph:
                assert grant in supported, (name, grant)


def test_evidence_says_when_what_and_on_which_basis(license_graphs: Graphs) -> None:
    for graph in license_graphs.values():
        for node in graph.subjects(RDF.type, OSAI.Evidence):
            for term in (PAV.retrievedOn, OSAI.shows, OSAI.hasBasis):
                assert len(list(graph.objects(node, term))) == 1, (node, term)
            unread = (node, OSAI.hasBasis, OSAI.FromMemory) in graph
            assert unread or graph.value(node, SCHEMA.url), node


def test_every_node_is_named_and_belongs_to_the_record(license_graphs: Graphs) -> None:
    for name, graph in license_graphs.items():
        assert not [term for triple in graph for term in triple if isinstance(term, BNode)]
        allowed = (f"{LICENSE[name]}#", f"https://w3id.org/osai-graph/graph/data/licenses/{name}")
        for subject in set(graph.subjects()) - {LICENSE[name]}:
            assert str(subject).startswith(allowed), subject
            if "#" in str(subject):
                assert (None, None, subject) in graph, f"{subject} hangs loose"


def test_identifiers_follow_spdx(license_graphs: Graphs) -> None:
    for name, graph in license_graphs.items():
        listed = [str(v) for v in graph.objects(LICENSE[name], SPDX.licenseId)]
        own = [str(v) for v in graph.objects(LICENSE[name], OSAI.licenseRef)]
        assert listed + own == [name]
        assert name.startswith("LicenseRef-") == bool(own)
        if listed:
            same = URIRef(f"http://spdx.org/licenses/{name}")
            assert (LICENSE[name], SKOS.exactMatch, same) in graph


def test_terms_of_ours_are_defined(license_graph: Graph) -> None:
    ontology = Graph()
    for path in (graph_root() / "ontology").glob("*.ttl"):
        ontology.parse(path, format="turtle")
    used = {t for triple in license_graph for t in triple if str(t).startswith(str(OSAI))}
    assert [term for term in used if (term, RDFS.isDefinedBy, None) not in ontology] == []


def test_later_versions_are_later(license_graph: Graph) -> None:
    for earlier, later in license_graph.subject_objects(OSAI.isEarlierVersionOf):
        days = [str(license_graph.value(v, DCTERMS.issued)) for v in (earlier, later)]
        assert days[0][:4] <= days[1][:4], (earlier, later)
    line = list(license_graph.objects(LICENSE["LicenseRef-Llama-2"], OSAI.isEarlierVersionOf * "+"))
    assert {str(v).rpartition("/")[2] for v in line} == {
        "LicenseRef-Llama-3",
        "LicenseRef-Llama-3.1",
        "LicenseRef-Llama-3.2",
        "LicenseRef-Llama-3.3",
        "LicenseRef-Llama-4",
    }


def test_no_person_is_named_as_steward(license_graph: Graph) -> None:
    for name in ("0BSD", "Unlicense", "Zlib", "AFL-3.0", "OSL-3.0", "JSON"):
        assert license_graph.value(LICENSE[name], OSAI.stewardName) is None


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("LicenseRef-BigScience-RAIL-1.0", 13),
        ("LicenseRef-BigScience-OpenRAIL-M", 13),
        ("LicenseRef-CreativeML-OpenRAIL-M", 11),
        ("LicenseRef-CreativeML-OpenRAIL++-M", 11),
        ("LicenseRef-BigCode-OpenRAIL-M-1.0", 14),
        ("LicenseRef-DeepSeek-1.0", 11),
    ],
)
def test_forbidden_uses_are_counted(license_graphs: Graphs, name: str, count: int) -> None:
    graph = license_graphs[name]
    node = URIRef(f"{LICENSE[name]}#restriction-forbidden-uses")
    assert graph.value(node, OSAI.forbiddenUseCount) == Literal(count)
    assert (node, OSAI.hasRestrictionKind, OSAI.BehavioralList) in graph
    assert (node, OSAI.bindsDerivatives, Literal(True)) in graph
    assert "Attachment A" in str(graph.value(node, OSAI.locator))


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("LicenseRef-Llama-2", OSAI.UserThreshold, {700_000_000}),
        ("LicenseRef-Qwen-2024", OSAI.UserThreshold, {100_000_000}),
        ("LicenseRef-Tencent-Hunyuan-Community", OSAI.UserThreshold, {1_000_000, 100_000_000}),
        ("LicenseRef-Stability-Community", OSAI.RevenueThreshold, {1_000_000}),
        ("LicenseRef-LFM-Open-1.0", OSAI.RevenueThreshold, {10_000_000}),
        ("LicenseRef-Kimi-K2-Modified-MIT", OSAI.ScaleDisplay, {20_000_000, 100_000_000}),
    ],
)
def test_thresholds_are_numbers(
    license_graphs: Graphs, name: str, kind: URIRef, value: set[int]
) -> None:
    graph = license_graphs[name]
    nodes = [n for n in each_restriction(graph) if (n, OSAI.hasRestrictionKind, kind) in graph]
    assert {int(str(graph.value(node, OSAI.thresholdValue))) for node in nodes} == value


#: What the licenses that the founding document names take, by which clause.
TAKEN = {
    "Apache-2.0": {},
    "MIT": {},
    "GPL-3.0-only": {},
    "GFDL-1.3-only": {"InvariantSections": ("section 1 (definition); section 4, item L", "M")},
    "LicenseRef-CreativeML-OpenRAIL-M": {
        "BehavioralList": ("section 5; Attachment A", "UM"),
        "FlowDown": ("section 4.a", "S"),
        "RuntimeControl": ("section 7", "U"),
    },
    "LicenseRef-LLaMA-1": {
        "NonCommercial": ("sections 1.a and 2.a(i)", "UTMS"),
        "BehavioralList": ("section 2.a(ii) to (vi)", "UMS"),
        "RedistributionLimit": ("section 1.a", "S"),
        "Revocability": ("section 7.b", "UMS"),
        "RegistrationGate": ("preamble", "UT"),
    },
    "LicenseRef-Llama-2": {
        "BehavioralPolicy": ("section 1.b.iv", "UM"),
        "OutputTrainingBan": ("section 1.b.v", "U"),
        "UserThreshold": ("section 2", "UMS"),
        "FlowDown": ("section 1.b.i", "S"),
        "RegistrationGate": ("preamble", "U"),
    },
}
LETTER = {
    OSAI.FreedomToUse: "U",
    OSAI.FreedomToStudy: "T",
    OSAI.FreedomToModify: "M",
    OSAI.FreedomToShare: "S",
}


@pytest.mark.parametrize("name", list(TAKEN))
def test_the_licenses_of_the_founding_document_forbid_what_they_forbid(
    license_graphs: Graphs, name: str
) -> None:
    graph = license_graphs[name]
    found = {}
    for node in each_restriction(graph):
        kind = str(graph.value(node, OSAI.hasRestrictionKind)).partition("#")[2]
        letters = {LETTER[URIRef(str(f))] for f in graph.objects(node, OSAI.takesFreedom)}
        found[kind] = (str(graph.value(node, OSAI.locator)), frozenset(letters))
    assert found == {kind: (where, frozenset(f)) for kind, (where, f) in TAKEN[name].items()}


def test_memory_and_aliases_are_stated_as_such(license_graph: Graph) -> None:
    memory = set(license_graph.subjects(OSAI.hasBasis, OSAI.FromMemory))
    assert {str(n).removeprefix(LICENSE) for n in memory if "#" not in str(n)} == {
        "LicenseRef-Jamba-Open-Model",
        "LicenseRef-TII-Falcon-LLM-2.0",
        "LicenseRef-arXiv-Non-Exclusive-1.0",
    }
    phi = LICENSE["LicenseRef-Microsoft-Phi-MIT"]
    assert (phi, SKOS.exactMatch, LICENSE["MIT"]) in license_graph
