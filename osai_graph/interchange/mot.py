"""mot reads the records of the Model Openness Tool (LF AI & Data): components and licenses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import Literal

from osai_graph.interchange.identity import address_in, developers, hub_id, loose_key
from osai_graph.interchange.license_text import LicenseReading, Outcome, Scope, read_license
from osai_graph.interchange.mot_licenses import is_unread_by_tool
from osai_graph.interchange.records import Draft, Importer, note_reading, text_files
from osai_graph.interchange.statements import RecordStatements, Source, iri
from osai_graph.interchange.summary import ImportSummary
from osai_graph.interchange.yaml_reading import Value, list_of, mapping_of, read_yaml, text_of
from osai_graph.namespaces import OSAI, SCHEMA

#: Name of a component in the records, its fragment here, and the kind of content that it is.
COMPONENTS: dict[str, tuple[str, str]] = {
    "model architecture": ("architecture", "code"),
    "data preprocessing code": ("data-preprocessing-code", "code"),
    "training code": ("training-code", "code"),
    "inference code": ("inference-code", "code"),
    "evaluation code": ("evaluation-code", "code"),
    "supporting libraries and tools": ("supporting-libraries", "code"),
    "model parameters final": ("weights", "data"),
    "model parameters": ("weights", "data"),
    "model parameters intermediate": ("intermediate-checkpoints", "data"),
    "datasets": ("training-data", "data"),
    "evaluation data": ("evaluation-data", "data"),
    "model metadata": ("training-configuration", "data"),
    "sample model outputs": ("sample-outputs", "document"),
    "model card": ("model-card", "document"),
    "data card": ("data-card", "document"),
    "technical report": ("technical-report", "document"),
    "research paper": ("research-paper", "document"),
    "evaluation results": ("evaluation-results", "document"),
}

#: Data that others made in nearly all cases: nobody granted the license of the distribution for it,
#: so that it is stated as inherited only.
NOT_INHERITED = frozenset({"training-data", "evaluation-data"})

#: Why the class that the tool gives may be lower than what the license would allow.
_UNREAD = "The tool does not know the license by this name, and takes it as not open."
#: What a text by parts says of a component: the scope for its fragment, then for its content.
_SCOPES: dict[str, tuple[Scope, ...]] = {
    "training-code": (Scope.TRAINING_CODE, Scope.CODE),
    "inference-code": (Scope.INFERENCE_CODE, Scope.CODE),
    "code": (Scope.CODE,),
    "weights": (Scope.WEIGHTS,),
    "intermediate-checkpoints": (Scope.WEIGHTS,),
    "data": (Scope.DATA,),
    "document": (Scope.DOCUMENTATION,),
}

#: So many of the 17 components, all without a license, are a form that was not filled in.
_WHOLE_FORM = 16

#: Readings of a license field that leave open whether the component can be had at all.
_OPEN_QUESTION = frozenset({Outcome.UNKNOWN, Outcome.PROPRIETARY})


@dataclass(frozen=True)
class Inherited:
    """A license that a component takes over: from what, in which words."""

    holder: str
    text: str


def inherited_license(licenses: dict[str, Value], content: str) -> Inherited | None:
    """Return the license that a component without one of its own takes over.

    MOF 1.0, rule of inheritance: the global license for its kind of content, else that of the
    distribution. A name that is empty counts as absent.
    """
    for holder in (content, "distribution"):
        value = licenses.get(holder)
        text = text_of(
            mapping_of(value).get("name", "") if isinstance(value, dict) else value or ""
        )
        if text:
            return Inherited(
                "distribution" if holder == "distribution" else f"{holder} parts", text
            )
    return None


def _for_part(reading: LicenseReading, fragment: str, content: str) -> LicenseReading:
    """Return what a reading says of one component; a text by parts may say nothing of it."""
    found = reading.of(*_SCOPES.get(fragment, _SCOPES[content]))
    return found or LicenseReading(reading.text, Outcome.PARTLY)


def is_left_blank(release: dict[str, Value]) -> bool:
    """Say whether a record is a form that nobody filled in: all parts listed, none licensed.

    The tool writes "unlicensed" where the field of a license is left empty. A record that lists
    the whole framework so tells nothing of what was released: PaLM, for one, is among them.
    """
    entries = [mapping_of(value) for value in list_of(release.get("components", ""))]
    listed = {loose_key(text_of(entry.get("name", ""))) for entry in entries} & COMPONENTS.keys()
    blank = (Outcome.NO_LICENSE, Outcome.EMPTY)
    words = [text_of(entry["license"]) for entry in entries if "license" in entry]
    readings = [read_license(text) for text in words]
    return (
        len(listed) >= _WHOLE_FORM
        and inherited_license(_licenses(release.get("license", "")), "distribution") is None
        and sum(reading.outcome in blank for reading in readings) >= _WHOLE_FORM
        and not any(reading.outcome is Outcome.LICENSED for reading in readings)
    )


def _licenses(value: Value) -> dict[str, Value]:
    """Return the block ``release.license``; older records hold one name in its place."""
    return value if isinstance(value, dict) else {"distribution": text_of(value)}


def _unread(reading: LicenseReading, key: str, summary: ImportSummary) -> str:
    """Return the remark on a license name that the tool cannot read, and note it."""
    if not is_unread_by_tool(reading):
        return ""
    summary.note("license name that the tool does not know", key, reading.text.strip())
    return f" {_UNREAD}"


class ModelOpennessTool(Importer):
    """The records of the Model Openness Tool, one YAML file a model."""

    source = Source(
        name="mot",
        document="model-openness-tool",
        license="MIT",
        retrieved="2026-05-11",
        commit="8b5d30e90a7c62d7d6ece48b91e69ff495920a4d",
        record_address="https://github.com/lfai/model_openness_tool/blob/{commit}/models/{key}",
    )

    def drafts(self, path: Path, summary: ImportSummary) -> Iterator[Draft]:
        """Yield the records; see `Importer.drafts`."""
        for file in text_files(path, "models", (".yml", ".yaml")):
            read = read_yaml(file.read_bytes())
            for fault in read.faults:
                summary.note("mended file", file.name, fault)
            release = mapping_of(read.data.get("release")) or read.data
            name = text_of(release.get("name", ""))
            if not name:
                summary.note("record without a name: the name of the file is taken", file.name)
            elif loose_key(name) != loose_key(file.stem):
                summary.note("name and file name differ", file.name, name)
            yield Draft(file.name, name or file.stem, release)

    def state(self, draft: Draft, record: RecordStatements, summary: ImportSummary) -> None:
        """State what a record says; see `Importer.state`."""
        release: dict[str, Value] = draft.payload
        record.kind("Model")
        record.label(draft.name)
        self._about(draft, release, record, summary)
        licenses = _licenses(release.get("license", ""))
        whole = inherited_license(licenses, "distribution")
        if whole:
            record.declared(whole.text)
            note_reading(read_license(whole.text), draft.key, summary)
        seen: set[str] = set()
        if blank := is_left_blank(release):
            summary.note("all parts listed and none licensed: availability left open", draft.key)
        for value in list_of(release.get("components", "")):
            entry = mapping_of(value) or {"name": text_of(value)}
            name = text_of(entry.get("name", ""))
            known = COMPONENTS.get(loose_key(name))
            if known and known[0] in seen:
                summary.note("component listed twice", draft.key, name)
            seen.add(known[0] if known else "")
            if known and blank:
                self._blank(entry, known[0], record)
            elif known:
                self._component(draft.key, entry, *known, licenses, record, summary)
            else:
                summary.note("unknown component", draft.key, name or str(value)[:80])
                own = text_of(entry.get("license", ""))
                words = f', with the license "{own}"' if own else ""
                record.remark(f'It lists a part "{name}" that the framework does not know{words}.')

    def _about(
        self,
        draft: Draft,
        release: dict[str, Value],
        record: RecordStatements,
        summary: ImportSummary,
    ) -> None:
        producer = text_of(release.get("producer", ""))
        if producer:
            record.developers(developers(producer, self.organizations))
        else:
            summary.note("no producer", draft.key)
        hub = text_of(release.get("huggingface", ""))
        if found := hub_id(hub):
            record.fact(OSAI.huggingFaceId, Literal(found))
        elif hub:
            summary.note("no address of a model on the hub", draft.key, hub)
            record.remark(f'For the hub it says "{hub}".')
        repository = address_in(text_of(release.get("repository", "")))
        if repository and (node := iri(repository)):
            record.fact(SCHEMA.codeRepository, node)
        count = len(list_of(release.get("components", "")))
        record.remark(f"The record lists {count} components.")
        for field, words in (("version", "version"), ("origin", "origin"), ("date", "date")):
            if text := text_of(release.get(field, "")):
                record.remark(f'It gives the {words} "{text}".')

    def _blank(self, entry: dict[str, Value], fragment: str, record: RecordStatements) -> None:
        """State that a component is listed, and keep the words; nothing else follows from them."""
        own, name = text_of(entry.get("license", "")), text_of(entry.get("name", ""))
        record.component(fragment, declared=own)
        if own:
            record.assessment(f"{fragment}-license", f"license of: {name}", own)

    def _component(
        self,
        key: str,
        entry: dict[str, Value],
        fragment: str,
        content: str,
        licenses: dict[str, Value],
        record: RecordStatements,
        summary: ImportSummary,
    ) -> None:
        own = text_of(entry["license"]) if "license" in entry else None
        address = address_in(text_of(entry.get("component_path", ""))) or ""
        name = text_of(entry.get("name", ""))
        if own is None:
            self._without_license(key, fragment, content, licenses, record, summary)
            record.component(fragment, address=address)
            return
        reading = read_license(own)
        note_reading(reading, key, summary)
        reading = _for_part(reading, fragment, content)
        if reading.outcome in _OPEN_QUESTION:
            record.component(fragment, declared=own)
            record.assessment(f"{fragment}-license", f"license of: {name}", own)
            return
        reading = self._by_path(reading, text_of(entry.get("license_path", "")))
        if reading.outcome is Outcome.NOT_RELEASED:
            shows = f'The record lists the part with the words "{own}".'
            record.component(fragment, availability="NotAvailable", declared=own, shows=shows)
            return
        if reading.outcome is Outcome.EMPTY:
            reading = LicenseReading(own, Outcome.NO_LICENSE)
        words = f'as "{own}"' if own else "with an empty license"
        shows = f"The record lists the part as released, {words}.{_unread(reading, key, summary)}"
        record.component(
            fragment,
            availability="Available",
            reading=reading,
            declared=own,
            address=address,
            shows=shows,
        )

    def _without_license(
        self,
        key: str,
        fragment: str,
        content: str,
        licenses: dict[str, Value],
        record: RecordStatements,
        summary: ImportSummary,
    ) -> None:
        """State a component that the record lists without a license field."""
        shows = "The record lists the part as released, without a license of its own"
        inherited = inherited_license(licenses, content)
        if inherited is None:
            reading = LicenseReading("", Outcome.NO_LICENSE)
            record.component(
                fragment,
                availability="Available",
                reading=reading,
                shows=f"{shows} or of the whole.",
            )
        else:
            reading = _for_part(read_license(inherited.text), fragment, content)
            of_others = fragment in NOT_INHERITED
            shows = f"{shows}; it inherits that of the {inherited.holder}, {inherited.text}."
            shows += _unread(reading, key, summary)
            if of_others:
                summary.note("license not inherited onto data of others", key, inherited.text)
                shows += " Nobody granted it for data of others."
            record.component(
                fragment,
                availability="Available",
                reading=None if of_others else reading,
                inherited=reading,
                shows=shows,
            )

    def _by_path(self, reading: LicenseReading, path: str) -> LicenseReading:
        """Let the address of the license text decide where the name fits several."""
        if reading.outcome is not Outcome.AMBIGUOUS or not (address := address_in(path)):
            return reading
        by_address = read_license(address)
        return by_address if by_address.term in reading.candidates else reading
