"""Entries are checked in the context of the graph, and come out as in the whole graph."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from osai_graph import resources
from osai_graph.graph.loading import parse_quads, read_file
from osai_graph.graph.store import EmbeddedStore
from osai_graph.interchange.importing import importer_named
from osai_graph.interchange.records import import_records
from osai_graph.validation import GraphContext, files_beside, validate, validate_graph
from osai_graph.validation.context import inference_rules
from osai_graph.validation.entries import read_entries
from osai_graph.validation.neighborhood import gather
from osai_graph.validation.working import accepted_graph

SMALL = Path(__file__).parent.parent / "fixtures" / "small"
RIGHT = Path(__file__).parent.parent / "fixtures" / "entries" / "right"
SMALL_FILES = sorted((SMALL / "data").rglob("*.ttl"))


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def test_the_shipped_graph_conforms() -> None:
    shipped = {str(path) for path in resources.data_files()}
    report = validate_graph()
    assert report.findings == ()
    assert shipped <= set(report.files)


@pytest.fixture(scope="module")
def whole_small_graph() -> dict[str, set[tuple[str, ...]]]:
    entries, _ = read_entries(SMALL_FILES, SMALL)
    working = accepted_graph(resources.graph_root(), {}, entries, inference_rules(SMALL))
    by_node: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for triple in working.data:
        by_node[str(triple[0])].add(tuple(str(term) for term in triple))
    return {
        _name(Path(entry.name)): set().union(*(by_node[str(node)] for node in entry.nodes))
        for entry in entries
    }


@pytest.mark.parametrize("path", SMALL_FILES, ids=_name)
def test_conclusions_are_those_of_the_whole_graph(
    path: Path,
    whole_small_graph: dict[str, set[tuple[str, ...]]],
    small_context: GraphContext,
) -> None:
    entries, _ = read_entries([path], SMALL)
    around = gather(small_context.store, entries)
    working = accepted_graph(resources.graph_root(), around, entries, inference_rules(SMALL))
    nodes = {str(node) for node in entries[0].nodes}
    found = {tuple(str(t) for t in triple) for triple in working.data if str(triple[0]) in nodes}
    assert found == whole_small_graph[_name(path)]


def test_a_new_version_takes_the_place_of_the_old_one(
    tmp_path: Path, small_context: GraphContext
) -> None:
    text = (SMALL / "data" / "systems" / "lumen-7b-chat.ttl").read_text()
    path = tmp_path / "lumen-7b-chat.ttl"
    path.write_text(
        text.replace("osai:hasAvailability osai:Available", "osai:hasAvailability osai:Gated")
    )
    codes = [finding.code for finding in validate([path], small_context).findings]
    assert codes == ["OSAI-N03"]


def test_what_another_source_states_of_the_same_thing_is_no_fault_of_the_entry(
    tmp_path: Path, small_graph_root: Path
) -> None:
    other = tmp_path / "data" / "sources" / "index" / "ember-9b.ttl"
    other.parent.mkdir(parents=True)
    ember = RIGHT / "systems" / "ember-9b.ttl"
    text = ember.read_text().replace("graph/data/systems", "graph/data/sources/index")
    other.write_text(
        text.replace("osai:hasAvailability osai:Available", "osai:hasAvailability osai:Gated")
    )
    small = sorted((small_graph_root / "data").rglob("*.ttl"))
    context = replace(files_beside([], tmp_path), store=_store_of([other, *small], tmp_path))
    assert validate([ember], context).findings == ()
    both = validate([ember, other], files_beside([], small_graph_root))
    assert both.findings == ()


def _store_of(paths: list[Path], root: Path) -> EmbeddedStore:
    store = EmbeddedStore()
    for path in paths:
        store.engine.extend(
            parse_quads(read_file(path, root if path.is_relative_to(root) else SMALL))
        )
    return store


def test_entries_may_refer_to_one_another(tmp_path: Path, small_context: GraphContext) -> None:
    system, organization = tmp_path / "ember-9b.ttl", RIGHT / "organizations" / "ember-works.ttl"
    text = (RIGHT / "systems" / "ember-9b.ttl").read_text()
    system.write_text(text.replace("organization:aurora-labs", "organization:ember-works"))
    alone = validate([system], small_context)
    assert [finding.code for finding in alone.findings] == ["OSAI-I03"]
    assert validate([system, organization], small_context).findings == ()


def test_without_a_graph_only_the_entries_are_known() -> None:
    report = validate([RIGHT / "organizations"])
    assert {finding.found for finding in report.findings} == {
        "license:Open-1.0",
        "organization:example-curators",
    }


def test_an_import_that_was_written_elsewhere_is_judged_as_a_source(
    tmp_path: Path, small_context: GraphContext
) -> None:
    """A source may leave out who made a system; its file says of itself whose it is."""
    record = tmp_path / "mot" / "models" / "Tiny.yml"
    record.parent.mkdir(parents=True)
    record.write_text("release: {name: Tiny 1, components: [{name: Datasets, license: Odd}]}")
    out = tmp_path / "out"
    import_records(importer_named("mot")(), record, out)
    codes = {f.code for f in validate([out], small_context).findings}
    assert codes == {"OSAI-I03", "OSAI-L02"}  # the small graph has no MIT License
    text = (out / "tiny-1.ttl").read_text().replace("graph/data/sources/mot", "graph/data/systems")
    (tmp_path / "tiny-1.ttl").write_text(text)
    codes = {f.code for f in validate([tmp_path / "tiny-1.ttl"], small_context).findings}
    assert "OSAI-N02" in codes
