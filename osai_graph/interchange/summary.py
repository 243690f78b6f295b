"""summary counts what an import read, stated and could not understand, by reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from osai_graph.interchange.identity import DoubtfulPair


@dataclass(frozen=True)
class Note:
    """Something that was not understood, kept as raw text or mended, and where."""

    reason: str
    record: str
    text: str = ""


@dataclass
class ImportSummary:
    """What one import did; nothing is dropped without a note here."""

    source: str
    records: int = 0
    written: int = 0
    organizations: int = 0
    subjects: set[str] = field(default_factory=set)
    stated: Counter[str] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)
    pairs: list[DoubtfulPair] = field(default_factory=list)
    licenses: Counter[str] = field(default_factory=Counter)

    def note(self, reason: str, record: str, text: str = "") -> None:
        """Record something that was not understood or had to be mended."""
        self.notes.append(Note(reason, record, text))

    def reasons(self) -> dict[str, int]:
        """Return how often each reason was noted, most frequent first."""
        return dict(Counter(note.reason for note in self.notes).most_common())

    def as_json(self) -> dict[str, Any]:
        """Return the summary for ``--format json``."""
        return {
            "source": self.source,
            "records": self.records,
            "written": self.written,
            "systems": len(self.subjects),
            "organizations": self.organizations,
            "stated": dict(sorted(self.stated.items())),
            "licenses": dict(sorted(self.licenses.items())),
            "notUnderstood": self.reasons(),
            "notes": [{"reason": n.reason, "record": n.record, "text": n.text} for n in self.notes],
            "doubtfulPairs": [
                {"first": p.first, "second": p.second, "reason": p.reason} for p in self.pairs
            ],
        }
