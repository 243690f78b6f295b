"""Every record of our own keeps the promises that readers, rules and pages rely on.

What is imported, below ``data/sources``, keeps others: see ``test_sources.py``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from osai_graph import resources
from osai_graph.graph.loading import graph_iri, load_graph, parse_graph, read_file
from osai_graph.graph.serialization import canonical_turtle
from osai_graph.licenses.index import shipped_index
from osai_graph.namespaces import (
    BASE,
    DATASET,
    DCTERMS,
    LICENSE,
    ORGANIZATION,
    OSAI,
    PAV,
    PREFIXES,
    PROV,
    RECORD_KINDS,
    SCHEMA,
    SYSTEM,
)

ROOT = resources.graph_root()
DATA = ROOT / "data"
FILES = [path for path in resources.data_files() if DATA / "sources" not in path.parents]
KIND_OF = {folder: kind for kind, folder in RECORD_KINDS.items()}
RECORD = re.compile(rf"{re.escape(BASE)}({'|'.join(RECORD_KINDS)})/[^#]+")
ARTIFACT_FOLDERS = ("systems", "datasets")
ARTIFACTS = [path for path in FILES if path.parent.name in ARTIFACT_FOLDERS]
#: Computed, so no file of ours may state them of a system, a dataset or a part of one.
VERDICTS = {
    OSAI[name]
    for name in (
        "deniesFreedom",
        "givesFreedom",
        "hasOpennessLabel",
        "lacksFreedom",
        "limitsFreedom",
        "withholdsFreedom",
    )
}
#: What the text of a license does to a freedom is a fact about the license.
FACTS_OF_LICENSES = {OSAI.limitsFreedom, OSAI.withholdsFreedom}
NO_COPY = {OSAI.NotAvailable, OSAI.NotApplicable}
DATES = {XSD.gYear, XSD.gYearMonth, XSD.date}
DATE_PROPERTIES = {DCTERMS.issued, DCTERMS.created, SCHEMA.foundingDate, SCHEMA.dissolutionDate}


def name(path: Path) -> str:
    return path.relative_to(DATA).as_posix()


@cache
def parsed(path: Path) -> Graph:
    """Parse a file once per session."""
    return parse_graph(read_file(path))


@cache
def all_data() -> Graph:
    merged = Graph(bind_namespaces="none")
    for path in FILES:
        merged += parsed(path)
    return merged


@cache
def described() -> frozenset[Node]:
    return frozenset(all_data().subjects())


@cache
def ontology() -> Graph:
    return load_graph(resources.ontology_files())


@cache
def instances(name_of_class: str) -> frozenset[Node]:
    """Return what the data types as a class of ours or one below it."""
    classes = set(ontology().transitive_subjects(RDFS.subClassOf, OSAI[name_of_class]))
    return frozenset(s for c in classes for s in all_data().subjects(RDF.type, c))


def record_of(path: Path) -> URIRef:
    return URIRef(f"{BASE}{KIND_OF[path.parent.name]}/{path.stem}")


def parts(path: Path) -> list[Node]:
    """Return the components, and the items of a dataset, that a file describes."""
    graph = parsed(path)
    return [
        o for p in (OSAI.hasComponent, OSAI.hasItems) for o in graph.objects(record_of(path), p)
    ]


def evidence_for(graph: Graph, node: Node, fact: Node) -> list[Node]:
    return [
        evidence
        for evidence in graph.objects(node, OSAI.hasEvidence)
        if (evidence, OSAI.isEvidenceFor, fact) in graph
    ]


every_file = pytest.mark.parametrize("path", FILES, ids=name)
every_artifact_file = pytest.mark.parametrize("path", ARTIFACTS, ids=name)


def test_the_folders_of_the_design_hold_records() -> None:
    counts = Counter(path.parent.name for path in FILES)
    assert set(counts) == set(RECORD_KINDS.values()) - {"frameworks"}
    assert all(path.parent.parent == DATA for path in FILES)


@every_file
def test_the_file_is_in_canonical_form(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    assert written == canonical_turtle(parsed(path)), (
        f"run: python -m osai_graph format data/{name(path)}"
    )


@every_file
def test_the_file_names_its_one_record_and_says_whose_statements_it_holds(path: Path) -> None:
    graph, header = parsed(path), graph_iri(path)
    assert list(graph.subjects(RDF.type, OSAI.SourceGraph)) == [header]
    assert list(graph.objects(header, SCHEMA.mainEntity)) == [record_of(path)]
    assert list(graph.objects(header, PROV.wasAttributedTo)) == [ORGANIZATION["osai-graph"]]
    assert list(graph.objects(header, DCTERMS.license)) == [LICENSE["CC-BY-4.0"]]
    (state,) = graph.objects(header, PAV.retrievedOn)
    assert isinstance(state, Literal)
    assert state.datatype == XSD.date


@every_file
def test_the_file_describes_its_record_and_no_other(path: Path) -> None:
    record = record_of(path)
    subjects = {URIRef(str(s).partition("#")[0]) for s in parsed(path).subjects()}
    assert subjects <= {record, graph_iri(path)}
    assert parsed(path).value(record, RDFS.label), "the record has no label"


@every_file
def test_the_name_of_the_file_is_a_slug(path: Path) -> None:
    free = path.parent.name == "licenses"
    form = r"[A-Za-z0-9.+-]+" if free else r"[a-z0-9]+(-[a-z0-9]+)*"
    assert re.fullmatch(form, path.stem)


@every_file
def test_the_file_has_no_blank_node(path: Path) -> None:
    assert not [t for t in parsed(path) if any(isinstance(term, BNode) for term in t)]


@every_file
def test_our_terms_exist_in_the_ontology(path: Path) -> None:
    used = {term for t in parsed(path) for term in t if str(term).startswith(PREFIXES["osai"])}
    unknown = {term for term in used if (term, RDF.type, None) not in ontology()}
    assert not unknown


@every_file
def test_the_records_and_parts_that_the_file_names_exist(path: Path) -> None:
    known = {record_of(other) for other in FILES}
    for node in {t[2] for t in parsed(path) if isinstance(t[2], URIRef)}:
        if match := RECORD.fullmatch(node.partition("#")[0]):
            assert URIRef(match[0]) in known, f"{node} has no file"
            assert node in described(), f"{node} is described nowhere"


@every_file
def test_no_verdict_is_stated(path: Path) -> None:
    """A claim or correction may name such a triple; no triple is one."""
    allowed = FACTS_OF_LICENSES if path.parent.name == "licenses" else set()
    assert not (VERDICTS - allowed) & set(parsed(path).predicates())


@every_file
def test_licenses_are_records_of_licenses(path: Path) -> None:
    for license_ in parsed(path).objects(None, DCTERMS.license):
        assert str(license_).startswith(LICENSE), f"{license_} is no license record"
        name_of_file = f"{str(license_).removeprefix(LICENSE)}.ttl"
        folders = (DATA / "licenses", DATA / "sources/spdx-licenses")
        assert any((folder / name_of_file).is_file() for folder in folders), f"{license_}: none"


@every_file
def test_evidence_says_where_when_and_what(path: Path) -> None:
    graph = parsed(path)
    pointed_to = set(graph.objects(None, OSAI.hasEvidence))
    for node in {n for c in (OSAI.Evidence, OSAI.Search) for n in graph.subjects(RDF.type, c)}:
        assert node in pointed_to, f"{node} is evidence of nothing"
        assert graph.value(node, OSAI.shows), f"{node} does not say what it shows"
        assert graph.value(node, PAV.retrievedOn), f"{node} does not say when"
        from_memory = (node, OSAI.hasBasis, OSAI.FromMemory) in graph
        has_place = graph.value(node, SCHEMA.url) or graph.value(node, PROV.hadPrimarySource)
        assert from_memory or has_place, f"{node} does not say where"


def test_records_of_the_index_are_cited_where_its_repository_has_them() -> None:
    """The European index keeps its records at the root, one file each."""
    at_root = re.compile(r"[^/]+/[^/]+\.yaml")
    repository = "https://github.com/Language-Technology-Assessment/main-database/blob/"
    cited = {str(url) for url in all_data().objects(None, SCHEMA.url) if repository in str(url)}
    assert cited
    assert not [url for url in cited if not at_root.fullmatch(url.removeprefix(repository))]


@every_artifact_file
def test_evidence_has_one_basis_and_memory_has_no_address(path: Path) -> None:
    graph = parsed(path)
    for node in set(graph.objects(None, OSAI.hasEvidence)):
        (basis,) = graph.objects(node, OSAI.hasBasis)
        assert (basis, SKOS.inScheme, OSAI.BasisScheme) in ontology()
        if basis == OSAI.FromMemory:
            assert graph.value(node, SCHEMA.url) is None, f"{node} looks verified"


@every_artifact_file
def test_each_part_has_one_availability_with_evidence(path: Path) -> None:
    graph = parsed(path)
    datasets = [record_of(path)] if path.parent.name == "datasets" else []
    for node in [*parts(path), *datasets]:
        (availability,) = graph.objects(node, OSAI.hasAvailability)
        proofs = evidence_for(graph, node, OSAI.hasAvailability)
        assert proofs, f"{node} rests on nothing"
        if availability == OSAI.AvailabilityUnknown:
            assert any((p, RDF.type, OSAI.Search) in graph for p in proofs), f"{node}: who looked?"


def test_a_part_whose_declared_terms_have_a_record_names_that_license() -> None:
    """Terms that the makers name in several ways are left to whoever reads the texts."""
    left_out = set()
    for path in sorted((DATA / "systems").glob("*.ttl")):
        graph = parsed(path)
        for part in set(graph.subjects(OSAI.declaredLicenseText)):
            if graph.value(part, DCTERMS.license) or graph.value(part, OSAI.hasLicenseAssignment):
                continue
            declared = graph.objects(part, OSAI.declaredLicenseText)
            meant = {shipped_index().find_certain(str(text)) for text in declared}
            if None not in meant:
                left_out.add(str(part))
    assert not left_out


def test_a_preprint_that_the_index_calls_open_is_a_research_paper_to_be_had() -> None:
    """The index rates preprint and reviewed paper apart; of our parts one stands for both."""
    denied = {
        str(part)
        for path in FILES
        for part in parsed(path).subjects(RDF.type, OSAI.ResearchPaper)
        if (part, OSAI.hasAvailability, OSAI.NotAvailable) in parsed(path)
    }
    called_open = set()
    for path in (DATA / "sources" / "osai-index").glob("*.ttl"):
        if 'preprint as \\"open' not in path.read_text(encoding="utf-8"):
            continue
        graph = parsed(path)
        for part, evidence in graph.subject_objects(OSAI.hasEvidence):
            if 'preprint as "open' in str(graph.value(evidence, OSAI.shows)):
                called_open.add(str(part))
    assert called_open
    assert not denied & called_open


@every_artifact_file
def test_each_license_has_evidence_and_something_to_license(path: Path) -> None:
    graph = parsed(path)
    for node in set(graph.subjects(DCTERMS.license)) - {graph_iri(path)}:
        assert evidence_for(graph, node, DCTERMS.license), f"the license of {node} rests on nothing"
        stated = set(graph.objects(node, OSAI.hasAvailability))
        assert not stated & NO_COPY, f"{node} has a license and no copy"


@every_artifact_file
def test_each_part_has_one_kind_and_belongs_to_its_record(path: Path) -> None:
    graph = parsed(path)
    typed = instances("Component") | instances("DatasetItems")
    here = {s for s in graph.subjects() if s in typed}
    assert here == set(parts(path))
    for node in here:
        (_,) = graph.objects(node, RDF.type)
        assert str(node).startswith(f"{record_of(path)}#")


def facts_that_need_evidence(path: Path) -> Iterator[tuple[Node, Node]]:
    wanted = {
        OSAI.isDevelopedBy,
        OSAI.parameterCount,
        OSAI.trainedOn,
        OSAI.incorporates,
        OSAI.fineTunedFrom,
        OSAI.serves,
        OSAI.runs,
        OSAI.followsPractice,
        OSAI.lacksPractice,
        OSAI.hasOrganizationKind,
        *DATE_PROPERTIES,
    }
    for subject, predicate, _ in parsed(path):
        if predicate in wanted:
            yield subject, predicate


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if p.parent.name in (*ARTIFACT_FOLDERS, "organizations")],
    ids=name,
)
def test_dates_makers_and_relations_rest_on_evidence(path: Path) -> None:
    for subject, predicate in facts_that_need_evidence(path):
        assert evidence_for(parsed(path), subject, predicate), f"{predicate} of {subject}"


@every_file
def test_dates_are_as_coarse_as_the_knowledge_of_them(path: Path) -> None:
    for predicate in DATE_PROPERTIES:
        for value in parsed(path).objects(None, predicate):
            assert isinstance(value, Literal)
            assert value.datatype in DATES, f"{value!r} is no date"
            assert not value.ill_typed, f"{value!r} is no date"


# What the founding document is about, as questions to the data.


def license_of(part: str) -> set[Node]:
    return set(all_data().objects(SYSTEM[part], DCTERMS.license))


def availability_of(node: URIRef) -> Node | None:
    return all_data().value(node, OSAI.hasAvailability)


def test_each_tool_has_source_code_that_can_be_had_under_an_approved_license() -> None:
    data = all_data()
    tools = instances("SoftwareTool")
    named = {"flower", "ollama", "apache-mahout", "tensorflow", "open-clip"}
    assert {SYSTEM[tool] for tool in named} <= tools
    for tool in tools:
        (code,) = [c for c in data.objects(tool, OSAI.hasComponent) if c in instances("SourceCode")]
        license_ = data.value(code, DCTERMS.license)
        assert data.value(code, OSAI.hasAvailability) == OSAI.Available
        assert (license_, OSAI.hasOsiStatus, OSAI.Approved) in data, f"{tool}: {license_}"


def test_code_and_weights_of_llama_1_have_licenses_of_their_own() -> None:
    assert license_of("llama-1#inference-code") == {LICENSE["GPL-3.0-only"]}
    assert license_of("llama-1#weights") == {LICENSE["LicenseRef-LLaMA-1"]}
    assert availability_of(SYSTEM["llama-1#weights"]) == OSAI.Gated


@pytest.mark.parametrize("part", ["training-data", "data-information", "training-code"])
@pytest.mark.parametrize("system", ["mistral-7b", "llama-2"])
def test_the_examples_of_openness_withhold_what_the_document_says_they_release(
    system: str, part: str
) -> None:
    assert availability_of(SYSTEM[f"{system}#{part}"]) == OSAI.NotAvailable


def test_pythia_releases_its_preferred_form() -> None:
    data = all_data()
    preferred = [
        part
        for part in data.objects(SYSTEM.pythia, OSAI.hasComponent)
        if part in instances("PreferredFormComponent")
    ]
    assert len(preferred) == 6
    assert {data.value(part, OSAI.hasAvailability) for part in preferred} == {OSAI.Available}


def test_the_stack_says_who_made_it_under_which_terms_and_with_which_care() -> None:
    data, stack = all_data(), DATASET["the-stack"]
    assert data.value(stack, OSAI.isDevelopedBy) == ORGANIZATION.bigcode
    assert data.value(stack, DCTERMS.license) == LICENSE["LicenseRef-The-Stack-Terms"]
    assert set(data.objects(stack, OSAI.lacksPractice)) == {OSAI.OptIn}
    items = data.value(stack, OSAI.hasItems)
    assert data.value(items, DCTERMS.license) == LICENSE["LicenseRef-Mixed-Per-Item"]


def test_stable_diffusion_took_its_data_from_laion_and_its_encoder_from_openai() -> None:
    data, model = all_data(), SYSTEM["stable-diffusion-1-4"]
    assert set(data.objects(model, OSAI.trainedOn)) == {DATASET["laion-5b"]}
    assert set(data.objects(model, OSAI.incorporates)) == {SYSTEM.clip}
    assert availability_of(DATASET["laion-5b"]) == OSAI.Withdrawn
    assert (
        data.value(predicate=DCTERMS.replaces, object=DATASET["laion-5b"])
        == (DATASET["re-laion-5b"])
    )


def test_the_hosted_service_hands_out_nothing() -> None:
    data = all_data()
    (model,) = data.objects(SYSTEM["openai-api"], OSAI.serves)
    withheld = [SYSTEM[f"gpt-3#{part}"] for part in ("weights", "training-code", "training-data")]
    assert model == SYSTEM["gpt-3"]
    assert {availability_of(part) for part in withheld} == {OSAI.NotAvailable}
