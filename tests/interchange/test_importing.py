"""Every import is repeatable, complete and honest about what it left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import BNode, Graph

from osai_graph.cli.import_ import command
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.graph.serialization import canonical_turtle
from osai_graph.interchange.identity import (
    Crosswalk,
    developers,
    doubtful_pairs,
    hub_id,
    loose_key,
    organizations,
    read_crosswalk,
    slugify,
    systems,
)
from osai_graph.interchange.importing import IMPORTERS, importer_named
from osai_graph.interchange.records import import_records
from osai_graph.interchange.summary import ImportSummary
from osai_graph.interchange.yaml_reading import read_yaml
from osai_graph.namespaces import OSAI

RECORD = """
release:
  name: Tiny+ 1.5
  producer: Some Lab
  huggingface: 'https://huggingface.co/lab/tiny-1.5'
  license:
    distribution: {name: Apache-2.0, path: ''}
  components:
    - {name: Model architecture}
    - {name: Model card, license: MIT and CC-BY-4.0}
    - {name: Secret sauce, license: MIT}
"""
KEYS = """
    name license components producer system org class link notes licenses endmodelname distribution
    huggingface openness sources url
"""

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(KEYS.split()),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=12,
)
BLOCKS = ["release", "system", "org", "licenses", "weights_endmodel", "trainingcode", "name"]


def files_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.ttl")}


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    snapshot = tmp_path / "models"
    snapshot.mkdir()
    (snapshot / "a.yml").write_text(RECORD, encoding="utf-8")
    (snapshot / "b.yml").write_text(RECORD.replace("Tiny+", "Other"), encoding="utf-8")
    for out in ("one", "two"):
        result = CliRunner().invoke(command, ["mot", str(tmp_path), "--out", str(tmp_path / out)])
        assert result.exit_code == 0, result.output
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert len(files_of(tmp_path / "one")) == 3


def test_files_are_canonical_without_blank_nodes_and_with_evidence(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(RECORD, encoding="utf-8")
    for imported in importer_named("mot")().read(tmp_path, ImportSummary("mot")):
        graph = Graph().parse(data=imported.turtle, format="turtle")
        assert canonical_turtle(graph) == imported.turtle
        assert not any(isinstance(term, BNode) for triple in graph for term in triple)
        for part in graph.subjects(OSAI.hasAvailability):
            supported = {
                p
                for evidence in graph.objects(part, OSAI.hasEvidence)
                for p in graph.objects(evidence, OSAI.isEvidenceFor)
            }
            assert OSAI.hasAvailability in supported


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    data=st.dictionaries(st.sampled_from(BLOCKS), VALUES, max_size=6),
    source=st.sampled_from(["mot", "osai-index"]),
)
def test_no_record_crashes_or_is_lost(tmp_path: Path, data: dict[str, object], source: str) -> None:
    (tmp_path / "x.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    summary = ImportSummary(source)
    importer = importer_named(source)(None, Crosswalk(), Crosswalk())
    found = list(importer.read(tmp_path, summary))
    assert summary.records == 1
    assert len([f for f in found if not f.file.startswith("organizations/")]) == 1


@given(st.binary(max_size=300))
def test_any_bytes_are_read(content: bytes) -> None:
    assert isinstance(read_yaml(content).data, dict)


def test_yaml_scalars_stay_as_written() -> None:
    read = read_yaml(b"# - Tag: x\na: 1.10\nb: no\nc: 2024-05\nd:\ne: ~\na: again\n")
    assert read.data == {"a": "1.10", "b": "no", "c": "2024-05", "d": "", "e": ""}
    assert read.comments == ("- Tag: x",)
    assert read.faults == ('line 7: the key "a" stands twice',)


def test_a_bomb_of_references_is_cut() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
    )
    assert any("too large" in fault for fault in read_yaml(bomb.encode()).faults)


def test_missing_source_and_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean mot"):
        importer_named("mott")
    for name in IMPORTERS:
        with pytest.raises(GraphError):
            list(importer_named(name)().read(tmp_path, ImportSummary(name)))


def test_json_summary_names_every_note(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(RECORD, encoding="utf-8")
    arguments = ["mot", str(tmp_path), "--out", str(tmp_path / "out"), "--format", "json"]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0
    assert '"reason": "unknown component"' in result.stdout
    assert '"text": "Secret sauce"' in result.stdout


def test_retrieved_and_commit_can_be_given(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(RECORD, encoding="utf-8")
    base = ["mot", str(tmp_path), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(command, [*base, "--retrieved", "2027-01-02", "--commit", "abc"])
    assert result.exit_code == 0
    text = next((tmp_path / "out").glob("*.ttl")).read_text(encoding="utf-8")
    assert "2027-01-02" in text
    assert "/blob/abc/" in text
    assert CliRunner().invoke(command, [*base, "--retrieved", "soon"]).exit_code == 2


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("CodeT5+-16B", "codet5-plus-16b"),
        ("PanGu-α", "pangu-alpha"),
        ("RWKV-v4-(Raven)", "rwkv-v4-raven"),
        ("Llama 3.1", "llama-3-1"),
        ("NÜWA", "nuwa"),
        ("C# & co", "c-and-co"),
        ("智谱", ""),
    ],
)
def test_slugs(name: str, slug: str) -> None:
    assert slugify(name) == slug


def test_spellings() -> None:
    assert loose_key("GPT2") == loose_key("gpt-2")
    assert loose_key("Qwen2.5-72B") != loose_key("Qwen2-572B")
    pairs = doubtful_pairs([("gpt2", "x/y"), ("gpt-2", None), ("other", "X/Y")])
    assert {(p.first, p.second, p.reason) for p in pairs} == {
        ("gpt-2", "gpt2", "spelled alike"),
        ("gpt2", "other", "same repository on the hub"),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://huggingface.co/lab/model/blob/main/README.md", "lab/model"),
        ("lab/model", "lab/model"),
        ("https://huggingface.co/datasets/lab/data", None),
        ("huggingface.co/lab/model · Hugging Face", "lab/model"),
        ("see github.com/lab/model", None),
    ],
)
def test_hub_identifiers(text: str, expected: str | None) -> None:
    assert hub_id(text) == expected


@pytest.mark.parametrize("name", ["Ai2", "AI2", "Allen Institute for AI"])
def test_one_organization_under_many_names(name: str) -> None:
    assert developers(name, organizations()) == [("allen-institute-for-ai", "Ai2")]


def test_lists_of_organizations() -> None:
    known = organizations()
    assert [s for s, _ in developers("Microsoft and Peking University", known)] == [
        "microsoft",
        "peking-university",
    ]
    name = "Hong Kong University of Science and Technology"
    assert developers(name, known) == [("hong-kong-university-of-science-and-technology", name)]


def test_the_crosswalk_is_sound() -> None:
    crosswalk = systems()
    kinds = {decision.kind for decision in crosswalk.decisions.values()}
    assert kinds <= {"", "osai:ModelFamily", "osai:SoftwareTool", "osai:HostedService"}
    for decision in crosswalk.decisions.values():
        slug = decision.record.partition(":")[2]
        assert slug == slugify(slug)
    size = crosswalk.decisions["mot:Pythia-12B.yml"]
    assert (size.record, size.broader) == ("system:pythia", True)
    assert crosswalk.find("mot", "new.yml", "Brand New 2B") is not None


def test_our_own_records_and_those_of_others_are_known() -> None:
    known = systems().known_to_others("epoch")
    assert {"pythia", "llama-2"} <= known
    assert "adaline" not in known


def test_only_known_leaves_out_what_nobody_else_lists(tmp_path: Path) -> None:
    rows = (
        "Model,Model accessibility\nADALINE,\nLlama 2-7B,\nBrand New,Open weights (unrestricted)\n"
    )
    (tmp_path / "table.csv").write_text(rows, encoding="utf-8")
    arguments = ["epoch", str(tmp_path), "--out", str(tmp_path / "out"), "--only", "known"]
    result = CliRunner().invoke(command, [*arguments, "--format", "json"])
    assert result.exit_code == 0
    names = {path.stem for path in (tmp_path / "out").glob("*.ttl")}
    assert names == {"llama-2", "brand-new"}
    assert '"known to no other source and not for download": 1' in result.stdout


def test_a_broken_crosswalk_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.sssom.tsv"
    path.write_text("subject_id\tobject_id\tcomment\nmot:a\tnowhere:b\t\n", encoding="utf-8")
    with pytest.raises(GraphError, match="row 1 names no record"):
        read_crosswalk(path)


def test_a_name_that_no_file_can_have_is_cut_and_stays_its_own() -> None:
    first, second = slugify("a" * 5000), slugify("a" * 4999)
    assert first != second
    assert len(first) < 120


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"  ", b"\t"),
        lambda content: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"),
        lambda content: content.decode().encode("utf-16"),
        lambda content: content.replace(b"MIT", b"http://[MIT"),
        lambda content: content.replace(b"MIT", b'"\\ud83d"'),
        lambda content: content.replace(b"license:", b"license: {name: [x]} #"),
        lambda content: content.replace(b":", b""),
        lambda content: content[:0],
    ],
)
def test_damaged_records_are_read_as_far_as_they_go(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "a.yml").write_bytes(damage(RECORD.encode()))
    summary = import_records(importer_named("mot")(), tmp_path, tmp_path / "out")
    assert summary.records == 1
    for path in (tmp_path / "out").rglob("*.ttl"):
        Graph().parse(path)
