"""Reports say in sentences, or in JSON, what was found."""

from __future__ import annotations

import json
from pathlib import Path

from osai_graph.namespaces import SYSTEM
from osai_graph.validation import Finding, GraphContext, Report, Severity, validate
from osai_graph.validation.reports import JSON_SCHEMA, as_json, as_text, summary

WRONG = (
    Path(__file__).parent.parent / "fixtures" / "entries" / "wrong" / "systems" / "cinder-7b.ttl"
)


def _report(*findings: Finding) -> Report:
    return Report(findings, files=("a.ttl",), facts=1200, evidence=1, rules=70, seconds=0.25)


def _finding(number: int, code: str = "OSAI-N01", file: str = "a.ttl") -> Finding:
    focus = str(SYSTEM[f"s{number}"])
    return Finding(code, Severity.ERROR, file, f"Fault {number}.", "Mend it.", focus=focus)


def test_a_fine_report_says_what_was_checked() -> None:
    assert as_text(_report()) == "Fine: 1 file, 1,200 facts, 1 piece of evidence, 70 rules (0.2 s)."


def test_findings_stand_under_their_file() -> None:
    text = as_text(_report(_finding(1), _finding(2, file="b.ttl")))
    assert text.splitlines() == [
        "a.ttl",
        "",
        "  error    OSAI-N01  Fault 1.",
        "        at: system:s1",
        "        fix: Mend it.",
        "",
        "b.ttl",
        "",
        "  error    OSAI-N01  Fault 2.",
        "        at: system:s2",
        "        fix: Mend it.",
        "",
        "2 errors in 1 file, 1,200 facts, 1 piece of evidence, 70 rules (0.2 s).",
    ]


def test_a_rule_shows_three_examples_a_file_unless_all_are_wanted() -> None:
    report = _report(*(_finding(n) for n in range(5)), _finding(9, "OSAI-N02"))
    text = as_text(report)
    assert "Fault 2." in text
    assert "Fault 3." not in text
    assert "OSAI-N01: and 2 more like this" in text
    assert "Fault 9." in text
    assert "Fault 4." in as_text(report, verbose=True)


def test_places_values_and_suggestions_are_shown() -> None:
    finding = Finding(
        "OSAI-L02", Severity.WARNING, "a.ttl", "Not known.", "Use another.",
        suggestions=("license:MIT", "license:MIT-0"), found="license:MTI", line=3, column=7,
        details=("license:TIM",),
    )  # fmt: skip
    assert as_text(_report(finding)).splitlines()[2:7] == [
        "  3:7    warning  OSAI-L02  Not known.",
        "        found: license:MTI",
        "        also: license:TIM",
        "        did you mean: license:MIT or license:MIT-0 ?",
        "        fix: Use another.",
    ]
    assert summary(_report(finding)).startswith("1 warning in ")


def test_lines_fit_the_width(small_context: GraphContext) -> None:
    text = as_text(validate([WRONG], small_context), width=72)
    assert max(len(line) for line in text.splitlines()) <= 72 or "https://" in text


def test_default_text_has_no_shacl_words(small_context: GraphContext) -> None:
    report = validate([WRONG], small_context)
    text = as_text(report)
    assert not [word for word in ("focus", "shape", "http://www.w3.org/ns/shacl") if word in text]
    assert "shape: https://w3id.org/osai-graph/ns#KnownRecordShape" in as_text(report, verbose=True)


def test_json_holds_everything(small_context: GraphContext) -> None:
    report = validate([WRONG], small_context)
    data = json.loads(as_json(report))
    assert data["schema"] == JSON_SCHEMA
    assert data["conforms"] is False
    assert data["summary"]["errors"] == len(report.findings) == len(data["findings"])
    license_finding = next(f for f in data["findings"] if f["code"] == "OSAI-L01")
    assert license_finding["severity"] == "error"
    assert license_finding["file"] == str(WRONG)
    assert license_finding["found"] == '"Open License 1.0"'
    assert license_finding["suggestions"] == [
        {"name": "license:Open-1.0", "iri": "https://w3id.org/osai-graph/license/Open-1.0"}
    ]
