"""What cannot be read is a finding with its place, and keeps no other file from being checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from osai_graph.validation import Finding, GraphContext, validate

RIGHT = Path(__file__).parent.parent / "fixtures" / "entries" / "right"
EMBER = RIGHT / "systems" / "ember-9b.ttl"


def _only(path: Path, context: GraphContext) -> Finding:
    report = validate([path], context)
    assert not report.conforms
    assert len(report.findings) == 1, report.findings
    return report.findings[0]


def test_broken_turtle_has_line_and_column(tmp_path: Path, small_context: GraphContext) -> None:
    path = tmp_path / "ember-9b.ttl"
    path.write_text(EMBER.read_text().replace("osai:contextLength 8192 ;", "osai:contextLength ;"))
    finding = _only(path, small_context)
    line = path.read_text().splitlines().index("    osai:contextLength ;") + 1
    assert (finding.code, finding.line) == ("OSAI-S01", line)
    assert finding.column is not None
    assert finding.file == str(path)


def test_an_unknown_prefix_is_named(tmp_path: Path, small_context: GraphContext) -> None:
    path = tmp_path / "ember-9b.ttl"
    path.write_text(EMBER.read_text().replace("schema:url", "scheme:url"))
    finding = _only(path, small_context)
    assert finding.code == "OSAI-S01"
    assert "scheme:" in finding.message


def test_other_files_are_checked_beside_a_broken_one(
    tmp_path: Path, small_context: GraphContext
) -> None:
    broken, wrong = tmp_path / "broken.ttl", tmp_path / "ember-9b.ttl"
    broken.write_text("<a> <b> .")
    wrong.write_text(EMBER.read_text().replace("2025-02-28", "2025-02-29"))
    report = validate([broken, wrong], small_context)
    assert [(f.code, Path(f.file).name) for f in report.findings] == [
        ("OSAI-S01", "broken.ttl"),
        ("OSAI-T01", "ember-9b.ttl"),
    ]


def test_latin_1_is_no_utf_8(tmp_path: Path, small_context: GraphContext) -> None:
    path = tmp_path / "ember-9b.ttl"
    path.write_bytes(EMBER.read_text().replace("made-up", "erfundn\xe4").encode("latin-1"))
    finding = _only(path, small_context)
    assert finding.code == "OSAI-S02"
    assert finding.line is not None


def test_a_byte_order_mark(tmp_path: Path, small_context: GraphContext) -> None:
    path = tmp_path / "ember-9b.ttl"
    path.write_text(EMBER.read_text(), encoding="utf-8-sig")
    finding = _only(path, small_context)
    assert (finding.code, finding.line) == ("OSAI-S02", 1)
    assert "byte order mark" in finding.message


def test_nodes_without_a_name_are_told_by_what_they_hang_on(
    tmp_path: Path, small_context: GraphContext
) -> None:
    path = tmp_path / "ember-9b.ttl"
    unnamed = "[ a osai:ModelCard ; osai:hasEvidence [ a osai:Evidence ] ] , ( osai:Gated ) ,"
    path.write_text(
        EMBER.read_text().replace("        :training-code ,\n", f":training-code , {unnamed}\n")
    )
    finding = _only(path, small_context)
    assert finding.code == "OSAI-S05"
    assert finding.focus == "https://w3id.org/osai-graph/system/ember-9b"
    assert finding.path == "https://w3id.org/osai-graph/ns#hasComponent"
    assert finding.message.startswith(
        "A value of osai:hasComponent of system:ember-9b has no name: it is written in square"
    )


def test_a_node_that_nothing_refers_to_is_told_by_its_class(
    tmp_path: Path, small_context: GraphContext
) -> None:
    path = tmp_path / "ember-9b.ttl"
    path.write_text(EMBER.read_text() + "\n[] a osai:Evidence ; osai:shows 'nothing'@en .\n")
    finding = _only(path, small_context)
    assert (finding.code, finding.focus) == ("OSAI-S05", None)
    assert finding.message.startswith(
        "A node of the class osai:Evidence that nothing refers to has no name: it is written"
    )


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing yet\n", "@prefix a: <https://a/> ."])
def test_a_file_without_statements(
    content: str, tmp_path: Path, small_context: GraphContext
) -> None:
    path = tmp_path / "ember-9b.ttl"
    path.write_text(content)
    assert _only(path, small_context).code == "OSAI-S03"


def test_a_missing_file_and_an_empty_directory(tmp_path: Path, small_context: GraphContext) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    report = validate([tmp_path / "missing.ttl", empty], small_context)
    assert [finding.code for finding in report.findings] == ["OSAI-S04", "OSAI-S04"]
    assert report.files == ()
    assert not report.conforms


def test_a_file_named_otherwise_than_its_record(
    tmp_path: Path, small_context: GraphContext
) -> None:
    path = tmp_path / "ember.ttl"
    path.write_text(EMBER.read_text())
    finding = _only(path, small_context)
    assert finding.code == "OSAI-I02"
    assert "systems/ember-9b.ttl" in finding.fix


def test_a_record_in_the_folder_of_another_kind(
    tmp_path: Path, small_context: GraphContext
) -> None:
    path = tmp_path / "data" / "datasets" / "ember-9b.ttl"
    path.parent.mkdir(parents=True)
    path.write_text(EMBER.read_text())
    assert _only(path, small_context).code == "OSAI-I02"


@pytest.mark.parametrize("slug", ["Ember-9B", "ember_9b", "ember--9b"])
def test_a_slug_is_in_kebab_case(slug: str, tmp_path: Path, small_context: GraphContext) -> None:
    path = tmp_path / f"{slug}.ttl"
    text = EMBER.read_text().replace(
        "system:ember-9b", f"<https://w3id.org/osai-graph/system/{slug}>"
    )
    path.write_text(text.replace("system/ember-9b", f"system/{slug}").replace(
        "systems/ember-9b", f"systems/{slug}"
    ))  # fmt: skip
    assert _only(path, small_context).code == "OSAI-I01"


def test_the_same_file_twice_is_checked_once(small_context: GraphContext) -> None:
    report = validate([EMBER, EMBER, RIGHT / "systems"], small_context)
    assert report.files == (str(EMBER),)
    assert report.findings == ()


def test_two_files_about_one_record(tmp_path: Path, small_context: GraphContext) -> None:
    path = tmp_path / "ember-9b.ttl"
    path.write_text(EMBER.read_text().replace("NotAvailable", "Withdrawn"))
    findings = validate([EMBER, path], small_context).findings
    assert [(finding.code, finding.file) for finding in findings] == [("OSAI-I05", str(path))]
    assert str(EMBER) in findings[0].message
