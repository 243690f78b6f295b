"""findings is what a validation tells: one fault each, with the place, the rule and a way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs.

    An error keeps an entry out of the graph, a warning weakens what can be concluded from it, a
    note is a hint (sh:Violation, sh:Warning and sh:Info of SHACL, section 2.1.4).
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One fault of one file.

    Attributes:
        code: the stable code of the rule, such as ``OSAI-L02``.
        severity: how much it weighs.
        file: the file, as it was named to us.
        message: what is wrong, in one or two sentences.
        fix: what to do next; empty where the message says it all.
        suggestions: the nearest values that would be right, best first.
        found: the value that was found, in short form; ``None`` where something is missing.
        line: counted from 1; ``None`` where it is not known.
        column: counted from 1; ``None`` where it is not known.
        focus: the IRI of the node that is at fault.
        path: the IRI of the property that is at fault.
        shape: the IRI of the shape that found it; ``None`` for faults of reading.
        details: the same fault seen at further values.
    """

    code: str
    severity: Severity
    file: str
    message: str
    fix: str = ""
    suggestions: tuple[str, ...] = ()
    found: str | None = None
    line: int | None = None
    column: int | None = None
    focus: str | None = None
    path: str | None = None
    shape: str | None = None
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """The findings of one validation, and what was looked at.

    Attributes:
        findings: sorted by file, line, node and code.
        files: the files that were checked, in the order given.
        facts: how many triples they hold.
        evidence: how many evidence nodes they hold.
        rules: how many rules were applied.
        seconds: how long it took.
    """

    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    facts: int
    evidence: int
    rules: int
    seconds: float

    def count(self, severity: Severity) -> int:
        """Return the number of findings of a severity."""
        return sum(1 for finding in self.findings if finding.severity is severity)

    @property
    def conforms(self) -> bool:
        """Whether no finding is an error."""
        return self.count(Severity.ERROR) == 0
