"""epoch reads the notable models of Epoch AI: dates, makers, sizes, accessibility."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from rdflib import Literal

from osai_graph.interchange.identity import Identity, address_in, developers, hub_id, loose_key
from osai_graph.interchange.license_text import Outcome, Scope, read_license
from osai_graph.interchange.records import Draft, Importer
from osai_graph.interchange.statements import RecordStatements, Source, date_literal, iri
from osai_graph.interchange.summary import ImportSummary
from osai_graph.interchange.tables import read_table, table_in
from osai_graph.namespaces import DATASET, DCTERMS, OSAI, SCHEMA, SYSTEM, XSD

#: Accessibility of a model to the availability of its weights and the way people reach it.
_ACCESS = {
    "open weights (unrestricted)": ("Available", "DownloadableAccess"),
    "open weights (restricted use)": ("Available", "DownloadableAccess"),
    "open weights (non-commercial)": ("Available", "DownloadableAccess"),
    "api access": ("NotAvailable", "ApiAccess"),
    "hosted access (no api)": ("NotAvailable", "HostedAccess"),
    "unreleased": ("NotAvailable", "ClosedAccess"),
}
_CODE = {
    "Training code accessibility": "training-code",
    "Inference code accessibility": "inference-code",
}
_KINDS = {
    "Industry": "Company",
    "Academia": "UniversityGroup",
    "Government": "PublicBody",
    "Research collective": "ResearchCollective",
}
#: Outcomes of a line of notes that names terms, though not one license; its words are kept.
_NAMED_IN_PART = frozenset({Outcome.PARTLY, Outcome.AMBIGUOUS, Outcome.OWN_TERMS})
_LONGEST_DECLARED = 100
_UNNAMED_DATA = re.compile(
    r"\b(?:unspecified|unreleased|unknown|proprietary|not specified)\b", re.I
)


def whole_number(text: str) -> int | None:
    """Return a count that the table writes as a float; nothing for words and parts.

    >>> whole_number("32000000000.0"), whole_number("1.2e9"), whole_number("many")
    (32000000000, 1200000000, None)
    """
    try:
        value = float(text)
    except ValueError:
        return None
    if not 0 < value < 1e18 or abs(value - round(value)) > 1e-9 * value:
        return None
    return round(value)


class EpochNotableModels(Importer):
    """The table of notable models, one row a model."""

    source = Source(
        name="epoch",
        document="epoch-notable-models",
        license="CC-BY-4.0",
        retrieved="2025-04-18",
        commit="ddadf24cb7f6268b3f17c4a2b84eba4604be920d",
        record_address="https://epoch.ai/data/notable-ai-models",
    )

    def drafts(self, path: Path, summary: ImportSummary) -> Iterator[Draft]:
        """Yield the rows; see `Importer.drafts`."""
        seen: set[str] = set()
        for row in read_table(table_in(path, "*.csv"), "Model accessibility"):
            name = re.sub(r"\s+", " ", row.get("Model", "")).strip()
            if not name:
                summary.note("row without a name", str(row.get("Link", "")))
                continue
            if name in seen:
                summary.note("name of two rows", name)
            seen.add(name)
            yield Draft(name, name, row)

    def keeps(self, draft: Draft, identity: Identity) -> bool:
        """Keep what others list, and what can be downloaded; the table reaches back to 1950."""
        row: dict[str, str] = draft.payload
        for_download = row.get("Model accessibility", "").lower().startswith("open weights")
        return for_download or super().keeps(draft, identity)

    def state(self, draft: Draft, record: RecordStatements, summary: ImportSummary) -> None:
        """State what a row says; see `Importer.state`."""
        row: dict[str, str] = draft.payload
        record.kind("Model")
        record.label(draft.name)
        if maker := row.get("Organization", ""):
            self._makers(maker, row.get("Organization categorization", ""), record)
        else:
            summary.note("no producer", draft.key)
        published = row.get("Publication date", "")
        if when := date_literal(published):
            record.fact(DCTERMS.issued, when)
        elif published:
            summary.note("date not understood", draft.key, published)
        self._sizes(draft.key, row, record, summary)
        if (address := address_in(row.get("Link", ""))) and (node := iri(address)):
            record.fact(SCHEMA.url, node)
        record.remark(f"The table lists the model with the date {published or 'unknown'}.")
        if confidence := row.get("Confidence", ""):
            record.remark(f'Confidence in the numbers: "{confidence}".')
        self._access(draft.key, row, record, summary)
        self._lineage(draft.key, row, record, summary)

    def _makers(self, text: str, categories: str, record: RecordStatements) -> None:
        """State the makers; their categories stand in a list of the same order."""
        names, kinds = text.split(","), categories.split(",")
        if len(names) != len(kinds):
            record.developers(developers(text, self.organizations))
            return
        for name, kind in zip(names, kinds, strict=True):
            found = developers(name, self.organizations)
            record.developers(found, _KINDS.get(kind.strip(), ""))

    def _sizes(
        self, key: str, row: dict[str, str], record: RecordStatements, summary: ImportSummary
    ) -> None:
        if text := row.get("Parameters", ""):
            if (count := whole_number(text)) is not None:
                record.fact(OSAI.parameterCount, Literal(count, datatype=XSD.integer))
            else:
                summary.note("number not understood", key, text)
        if text := row.get("Training compute (FLOP)", ""):
            try:
                record.fact(OSAI.trainingCompute, Literal(float(text)))
            except ValueError:
                summary.note("number not understood", key, text)

    def _access(
        self, key: str, row: dict[str, str], record: RecordStatements, summary: ImportSummary
    ) -> None:
        access = row.get("Model accessibility", "")
        if access.lower() in _ACCESS:
            availability, mode = _ACCESS[access.lower()]
            record.fact(OSAI.hasAccessMode, OSAI[mode])
            shows = f'The table gives the accessibility "{access}".'
            record.component("weights", availability=availability, shows=shows)
            if availability == "Available":
                self._license(key, row.get("Accessibility notes", ""), record, summary)
        elif access:
            summary.note("accessibility not understood", key, access)
        if access:
            record.assessment("accessibility", "model accessibility", access)
        for column, fragment in _CODE.items():
            value = row.get(column, "")
            if value:
                held = "NotAvailable" if value.lower() == "unreleased" else "Available"
                record.component(
                    fragment, availability=held, shows=f'The table gives {column}: "{value}".'
                )

    def _license(
        self, key: str, notes: str, record: RecordStatements, summary: ImportSummary
    ) -> None:
        """State the license that one line of the free notes names, if exactly one line does."""
        lines = [line.strip() for line in notes.splitlines() if line.strip()]
        for line in lines:
            if hub := hub_id(line) if line.startswith("http") else None:
                record.fact(OSAI.huggingFaceId, Literal(hub))
                break
        readings = [read_license(line.rstrip(":")) for line in lines if "://" not in line]
        on_weights = [r.of(Scope.WEIGHTS) for r in readings]
        named = [r for r in on_weights if r and isinstance(r.term, str)]
        if len(named) == 1:
            shows = f'Its notes name the license "{named[0].text}".'
            record.component("weights", reading=named[0], declared=named[0].text, shows=shows)
        elif readings:
            for reading in readings:
                told = reading.outcome in _NAMED_IN_PART or reading.scopes
                if told and len(reading.text) <= _LONGEST_DECLARED:
                    record.component("weights", declared=reading.text)
            summary.note("license notes kept out", key, "; ".join(r.text for r in readings)[:200])

    def _lineage(
        self, key: str, row: dict[str, str], record: RecordStatements, summary: ImportSummary
    ) -> None:
        if base := row.get("Base model", ""):
            slug = self.systems.known(base)
            other = slug and SYSTEM[slug] != record.subject and not slug.startswith("dataset:")
            if slug and other and self.describes(slug):
                record.fact(OSAI.isDerivedFrom, SYSTEM[slug])
            elif loose_key(base) != loose_key(row.get("Model", "")):
                summary.note("base model kept as text", key, base)
            record.remark(f'It names "{base}" as the base model.')
        data = row.get("Training dataset", "")
        names = [n.strip() for n in data.split(",") if n.strip() and not _UNNAMED_DATA.search(n)]
        for name in names:
            slug = self.systems.known(name)
            if slug and slug.startswith("dataset:") and self.describes(slug):
                record.fact(OSAI.trainedOn, DATASET[slug.removeprefix("dataset:")])
            else:
                summary.note("training data kept as text", key, name)
        if names:
            record.remark(f"Training data: {', '.join(names)[:200]}.")
