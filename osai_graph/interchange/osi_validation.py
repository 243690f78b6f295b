"""osi_validation reads what the Open Source Initiative found in the validation phase of 2024."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from osai_graph.interchange.identity import developers
from osai_graph.interchange.records import Draft, Importer
from osai_graph.interchange.statements import RecordStatements, Source
from osai_graph.interchange.summary import ImportSummary
from osai_graph.interchange.tables import read_table, table_in

#: The verdicts of the table, in the words of a reader.
VERDICTS = {
    "complies": "complies",
    "would-comply-with-other-licence": "would comply with another license",
    "does-not-comply": "does not comply",
    "reviewed-no-published-verdict-found": "reviewed, no published verdict found",
}


class OsiValidation(Importer):
    """The results of the validation phase, one row a system; verdicts, no certificates."""

    source = Source(
        name="osi-validation",
        document="osi-validation-results",
        license="CC-BY-4.0",
        retrieved="2026-11-23",
        record_address="https://opensource.org/ai/faq",
    )

    def drafts(self, path: Path, summary: ImportSummary) -> Iterator[Draft]:
        """Yield the rows; see `Importer.drafts`."""
        for row in read_table(table_in(path, "systems.csv"), "verdict"):
            name = row.get("system", "")
            if not name:
                summary.note("row without a name", ", ".join(row.values()))
                continue
            yield Draft(name, name, row)

    def state(self, draft: Draft, record: RecordStatements, summary: ImportSummary) -> None:
        """State what a row says; see `Importer.state`."""
        row: dict[str, str] = draft.payload
        record.kind("Model")
        record.label(draft.name)
        record.developers(developers(row.get("developer", ""), self.organizations))
        verdict = row.get("verdict", "")
        if verdict not in VERDICTS:
            summary.note("unknown verdict", draft.key, verdict)
        criterion = "Open Source AI Definition, validation phase"
        record.assessment("verdict", criterion, VERDICTS.get(verdict, verdict), issued="2024")
        record.remark(f'The table has the verdict "{verdict}", stage "{row.get("stage", "")}".')
        if reason := row.get("reason_given", ""):
            record.remark(f"Reason: {reason}.")
