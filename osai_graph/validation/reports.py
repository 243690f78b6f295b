"""reports writes a validation report as text for people or as JSON for programs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

from osai_graph import __version__
from osai_graph.namespaces import expand, shorten
from osai_graph.validation.findings import Finding, Report, Severity

#: The form of the JSON report; it gets a new number when a field changes its meaning or goes.
JSON_SCHEMA = "https://w3id.org/osai-graph/report/validation-1"

#: Examples of one rule that a file gets to see in the text report.
EXAMPLES = 3

_INDENT = " " * 8

#: Decorates a word for the severity of its finding.
Decorate = Callable[[str, Severity], str]


def _plain(word: str, _: Severity) -> str:
    return word


def as_text(
    report: Report, *, verbose: bool = False, width: int = 100, decorate: Decorate = _plain
) -> str:
    """Return the report in sentences, grouped by file.

    Args:
        report: the report.
        verbose: tell the shape, the node and the property of each finding in full.
        width: the number of columns.
        decorate: colors a severity, for terminals.
    """
    blocks = []
    for file, group in groupby(report.findings, key=lambda finding: finding.file):
        shown = list(_shown(list(group), verbose, width, decorate))
        blocks.append("\n\n".join([file, *shown]))
    return "\n\n".join([*blocks, summary(report)])


def _shown(findings: list[Finding], verbose: bool, width: int, decorate: Decorate) -> Iterator[str]:
    seen: dict[str, int] = {}
    for finding in findings:
        seen[finding.code] = seen.get(finding.code, 0) + 1
        if verbose or seen[finding.code] <= EXAMPLES:
            yield _block(finding, verbose, width, decorate)
    if not verbose:
        for code, count in seen.items():
            if count > EXAMPLES:
                yield f"  {code}: and {count - EXAMPLES} more like this (--verbose shows all)"


def _block(finding: Finding, verbose: bool, width: int, decorate: Decorate) -> str:
    place = ":".join(str(part) for part in (finding.line, finding.column) if part is not None)
    head = f"  {place:<6} " if place else "  "
    head += f"{decorate(f'{finding.severity:<8}', finding.severity)} {finding.code}  "
    where = " ".join(shorten(iri) for iri in (finding.focus, finding.path) if iri)
    lines = [head + finding.message]
    lines += [f"{_INDENT}at: {where}"] if where else []
    lines += [f"{_INDENT}found: {finding.found}"] if finding.found else []
    lines += [f"{_INDENT}also: {detail}" for detail in finding.details]
    lines += [f"{_INDENT}did you mean: {' or '.join(finding.suggestions)} ?"] * bool(
        finding.suggestions
    )
    lines += [f"{_INDENT}fix: {finding.fix}"] if finding.fix else []
    if verbose:
        lines += [f"{_INDENT}shape: {finding.shape}"] if finding.shape else []
        lines += [f"{_INDENT}focus: {finding.focus}"] if finding.focus else []
    return "\n".join(_wrapped(line, width) for line in lines)


def _wrapped(line: str, width: int) -> str:
    return textwrap.fill(
        line,
        width,
        subsequent_indent=_INDENT + "  ",
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
        replace_whitespace=False,
    )


def summary(report: Report) -> str:
    """Return what was found, or what was checked when all is well, in one line."""
    checked = (
        f"{_count(len(report.files), 'file')}, {_count(report.facts, 'fact')}, "
        f"{_count(report.evidence, 'piece')} of evidence, {_count(report.rules, 'rule')}"
    )
    counts = [
        _count(report.count(severity), severity) for severity in Severity if report.count(severity)
    ]
    if not counts:
        return f"Fine: {checked} ({report.seconds:.1f} s)."
    return f"{', '.join(counts)} in {checked} ({report.seconds:.1f} s)."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def as_json(report: Report) -> str:
    """Return the report as a JSON object, whose form `JSON_SCHEMA` names."""
    return json.dumps(as_object(report), indent=2, ensure_ascii=False)


def as_object(report: Report) -> dict[str, Any]:
    """Return the report as the object that `as_json` writes."""
    return {
        "schema": JSON_SCHEMA,
        "tool": {"name": "osai-graph", "version": __version__},
        "conforms": report.conforms,
        "summary": {
            "files": len(report.files),
            "facts": report.facts,
            "evidence": report.evidence,
            "rules": report.rules,
            "seconds": report.seconds,
            "errors": report.count(Severity.ERROR),
            "warnings": report.count(Severity.WARNING),
            "notes": report.count(Severity.NOTE),
        },
        "findings": [_as_object(finding) for finding in report.findings],
    }


def _as_object(finding: Finding) -> dict[str, Any]:
    fields = asdict(finding)
    fields["suggestions"] = [
        {"name": name, "iri": str(expand(name) or name)} for name in finding.suggestions
    ]
    return fields
