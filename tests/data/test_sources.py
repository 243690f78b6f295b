"""What is imported says whose it is, as of when, on what evidence, and never a verdict of ours."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from osai_graph import resources
from osai_graph.graph.loading import graph_iri, parse_graph, parse_quads, read_file
from osai_graph.graph.serialization import canonical_turtle
from osai_graph.interchange.importing import IMPORTERS
from osai_graph.namespaces import (
    BASE,
    DCAT,
    DCTERMS,
    DOCUMENT,
    LICENSE,
    OSAI,
    PAV,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
)

DATA = resources.graph_root() / "data"
FILES = sorted((DATA / "sources").rglob("*.ttl"))
SOURCES = {importer.source.name: importer.source for importer in IMPORTERS.values()}
NOT_STATED = {
    OSAI[name] for name in ("givesFreedom", "lacksFreedom", "deniesFreedom", "hasOpennessLabel")
}
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE)

Values = dict[tuple[str, str], list[str]]


def source_of(path: Path) -> str:
    return path.relative_to(DATA / "sources").parts[0]


@cache
def stated(path: Path) -> list[ox.Quad]:
    return parse_quads(read_file(path))


def values(path: Path) -> Values:
    found: Values = defaultdict(list)
    for quad in stated(path):
        found[str(quad.subject.value), quad.predicate.value].append(str(quad.object.value))
    return found


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_each_source_is_shipped_with_a_record_that_says_how_it_may_be_used(name: str) -> None:
    path = DATA / "documents" / f"{SOURCES[name].document}.ttl"
    described = parse_graph(read_file(path))
    subject = DOCUMENT[SOURCES[name].document]
    assert (subject, RDF.type, OSAI.DataSource) in described
    wanted = (DCTERMS.license, DCTERMS.publisher, DCTERMS.bibliographicCitation, SCHEMA.url)
    for predicate in (*wanted, OSAI.hasSourceRank):
        assert described.value(subject, predicate) is not None, predicate
    assert any(source_of(path) == name for path in FILES)


def test_the_header_says_whose_statements_these_are() -> None:
    for path in FILES:
        found, header = values(path), str(graph_iri(path))
        source = SOURCES[source_of(path)]
        assert found[header, str(PROV.wasAttributedTo)] == [str(DOCUMENT[source.document])], path
        assert found[header, str(PAV.retrievedOn)] == [source.retrieved], path
        assert found[header, str(DCTERMS.license)] == [str(LICENSE[source.license])], path
        assert found[header, str(DCAT.version)] == ([source.commit] if source.commit else []), path
        (record,) = found[header, str(SCHEMA.mainEntity)]
        assert record.rpartition("/")[2] == path.stem


def test_a_file_speaks_of_its_own_record_and_has_no_blank_node() -> None:
    for path in FILES:
        (record,) = values(path)[str(graph_iri(path)), str(SCHEMA.mainEntity)]
        for quad in stated(path):
            assert isinstance(quad.subject, ox.NamedNode)
            assert not isinstance(quad.object, ox.BlankNode)
            name = quad.subject.value
            assert name in (record, str(graph_iri(path))) or name.startswith(f"{record}#"), path


def test_no_verdict_of_ours_and_no_address_of_a_person_is_stated() -> None:
    for path in FILES:
        assert not {q.predicate.value for q in stated(path)} & {str(term) for term in NOT_STATED}
        assert not EMAIL.search(path.read_text(encoding="utf-8")), path


def test_each_availability_and_license_rests_on_evidence_with_a_day() -> None:
    for path in FILES:
        found = values(path)
        for subject, predicate in list(found):
            header = subject.startswith(f"{BASE}graph/")
            if header or predicate not in (str(OSAI.hasAvailability), str(DCTERMS.license)):
                continue
            assert len(found[subject, predicate]) == 1, (path, subject)
            proofs = [
                node
                for node in found[subject, str(OSAI.hasEvidence)]
                if predicate in found[node, str(OSAI.isEvidenceFor)]
            ]
            assert proofs, (path, subject, predicate)
            assert all(found[node, str(PAV.retrievedOn)] for node in proofs)


def test_every_license_that_is_named_has_a_record() -> None:
    known = {path.stem for path in (DATA / "licenses").glob("*.ttl")}
    known |= {path.stem for path in FILES if source_of(path) in ("spdx-licenses", "licensedb")}
    for path in FILES:
        for quad in stated(path):
            name = str(quad.object.value)
            if name.startswith(LICENSE):
                assert name.removeprefix(LICENSE).partition("#")[0] in known, (path, name)


def test_licenses_of_the_list_are_those_without_a_record_of_our_own() -> None:
    ours = {path.stem for path in (DATA / "licenses").glob("*.ttl")}
    imported = {path.stem for path in FILES if source_of(path) == "spdx-licenses"}
    assert not ours & imported, "run the import of spdx again"


def test_sources_meet_on_systems() -> None:
    """At least five hundred systems, a fifth of which two or more sources describe."""
    sources: dict[str, set[str]] = defaultdict(set)
    for path in FILES:
        if path.parent.name != "organizations" and not source_of(path).endswith("licenses"):
            (record,) = values(path)[str(graph_iri(path)), str(SCHEMA.mainEntity)]
            sources[record].add(source_of(path))
    for path in (DATA / "systems").glob("*.ttl"):
        sources[f"{BASE}system/{path.stem}"].add("own")
    systems = {name for name in sources if name.startswith(f"{BASE}system/")}
    several = sum(len(sources[name]) > 1 for name in systems)
    assert len(systems) >= 500
    assert several / len(systems) >= 0.2


def test_a_maker_has_no_second_record_under_a_name_that_a_source_gives_it() -> None:
    """The crosswalk holds the names that sources give it: "Upstage AI" is Upstage."""
    records: dict[str, set[str]] = defaultdict(set)
    for path in [*(DATA / "organizations").glob("*.ttl"), *FILES]:
        if path.parent.name == "organizations":
            maker = f"{BASE}organization/{path.stem}"
            for name in values(path)[maker, str(RDFS.label)]:
                records[name.casefold().removesuffix(" ai")].add(maker)
    twice = {name: makers for name, makers in records.items() if len(makers) > 1}
    assert not twice


@pytest.mark.parametrize("name", sorted({source_of(path) for path in FILES}))
def test_files_are_in_canonical_form(name: str) -> None:
    """Every tenth: writing one takes a while, and the import writes no other form."""
    for path in [p for p in FILES if source_of(p) == name][::10]:
        assert path.read_text(encoding="utf-8") == canonical_turtle(parse_graph(read_file(path)))


def test_names_of_files_are_no_two_alike_but_for_case() -> None:
    counts = Counter(path.relative_to(DATA).as_posix().lower() for path in FILES)
    assert not [name for name, number in counts.items() if number > 1]
