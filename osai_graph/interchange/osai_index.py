"""osai_index reads the European Open Source AI Index, 12 or 14 criteria, and its predecessor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rdflib import Literal

from osai_graph.interchange.identity import (
    address_in,
    developers,
    hub_id,
    loose_key,
    slugify,
)
from osai_graph.interchange.license_text import LicenseReading, Outcome, Scope, read_license
from osai_graph.interchange.records import Draft, Importer, note_reading, text_files
from osai_graph.interchange.statements import RecordStatements, Source, date_literal, iri
from osai_graph.interchange.summary import ImportSummary
from osai_graph.interchange.yaml_reading import (
    Value,
    YamlRecord,
    list_of,
    mapping_of,
    read_yaml,
    text_of,
)
from osai_graph.namespaces import DCTERMS, OSAI, SCHEMA, SYSTEM

#: The criteria, in the words of the index; package and api were dropped in March 2026.
CRITERIA: dict[str, str] = {
    "datasources_basemodel": "base model data",
    "datasources_endmodel": "end user model data",
    "weights_basemodel": "base model weights",
    "weights_endmodel": "end user model weights",
    "trainingcode": "training code",
    "code": "code documentation",
    "hardware_architecture": "hardware architecture",
    "preprint": "preprint",
    "paper": "paper",
    "modelcard": "model card",
    "datasheet": "datasheet",
    "licenses": "licenses",
    "package": "package",
    "api": "API and meta prompts",
}

#: Blocks of the predecessor, "Opening up ChatGPT" (2022 to 2024), and what they are called today.
_FORMER_BLOCKS = {
    "project": "system",
    "opencode": "trainingcode",
    "llmdata": "datasources_basemodel",
    "llmweights": "weights_basemodel",
    "rldata": "datasources_endmodel",
    "rlweights": "weights_endmodel",
    "license": "licenses",
    "architecture": "hardware_architecture",
}
_FORMER_KEYS = {"llmbase": "basemodelname", "rlbase": "tuningbase", "license": "endmodellicense"}

#: Criteria whose class says whether a component can be had, with the component.
_DIRECT = {
    "datasources_basemodel": "training-data",
    "datasources_endmodel": "fine-tuning-data",
    "weights_endmodel": "weights",
    "trainingcode": "training-code",
}
#: Criteria on the quality of a document: closed may mean poor, so only a missing one is a fact.
_DOCUMENTS = {"modelcard": "model-card", "datasheet": "data-card"}
_AVAILABILITY = {"open": "Available", "partial": "Partial", "closed": "NotAvailable"}
_GATE = re.compile(
    r"\b(?:gated?|consent|sign(?:ing|up|-up)?|request(?:ing)?|form|log ?in|register|registration|"
    r"user information|agree(?:ing|ment)?|approval|personal data|accept(?:ing|ance)?)\b",
    re.IGNORECASE,
)
_KEYS = {"endmodel license": "endmodellicense", "end model license": "endmodellicense"}
_TAG = re.compile(
    r"^-?\s*(?P<name>national origin|contributor type|base model training compute|"
    r"end model training compute)\s*:\s*(?P<value>.+)$",
    re.IGNORECASE,
)
_COMPUTE = re.compile(
    r"^(?P<bound>>=|>|<=|<)?\s*~?\s*(?P<number>\d+(?:\.\d+)?)e\+?(?P<power>\d+)\b"
)
_NO_NAME = re.compile(r"^(?:unknown|undisclosed|none|n/?a|-|)\??$", re.IGNORECASE)


def tags_in(comments: tuple[str, ...]) -> dict[str, str]:
    """Return the facts that the records hold in comments: origin, contributor type, compute.

    >>> tags_in(("- National origin: China", "availability:"))
    {'national origin': 'China'}
    """
    matches = (_TAG.match(comment) for comment in comments)
    return {m["name"].lower(): m["value"].strip() for m in matches if m}


def compute_of(text: str) -> Literal | None:
    """Return training compute in floating-point operations; bounds and words give nothing.

    >>> compute_of("~8.4e+22 FLOP +- 0.5 OoM (param count & dataset size)").toPython()
    8.4e+22
    >>> compute_of(">= 1.09e+22 FLOP (lower bound)")
    """
    match = _COMPUTE.match(text)
    if not match or match["bound"]:
        return None
    return Literal(float(f"{match['number']}e{match['power']}"))


def _block(data: dict[str, Value], name: str) -> dict[str, Value]:
    """Return a block; one that is a single word is taken for its class."""
    value = data.get(name, "")
    return value if isinstance(value, dict) else {"class": text_of(value)}


def _as_today(data: dict[str, Value]) -> dict[str, Value]:
    """Return a record of the predecessor under the names of today; others as they are.

    The predecessor asked of the architecture of the model, the index asks of that of the hardware;
    neither becomes a fact.
    """
    if "project" not in data or "system" in data:
        return data
    project = mapping_of(data["project"])
    today = {_FORMER_BLOCKS.get(name, name): value for name, value in data.items()}
    today["system"] = {_FORMER_KEYS.get(name, name): value for name, value in project.items()}
    return today


def _maker_kind(contributor: str) -> str:
    """Return the kind of organization that a contributor type stands for, if it does for one."""
    words = contributor.lower()
    if re.search(r"company|big tech|tiger", words):
        return "Company"
    if "research community" in words:
        return "ResearchCollective"
    return "UniversityGroup" if "university" in words else ""


def _is_private(read: YamlRecord) -> bool:
    """Say whether the maker is a single person, whose name stands in the addresses as well."""
    return "individual" in tags_in(read.comments).get("contributor type", "").lower()


def _without_links(data: dict[str, Value]) -> dict[str, Value]:
    return {
        name: {k: v for k, v in value.items() if k != "link"} if isinstance(value, dict) else value
        for name, value in data.items()
    }


class OpenSourceAIIndex(Importer):
    """The records of the European Open Source AI Index, one YAML file a system."""

    source = Source(
        name="osai-index",
        document="european-open-source-ai-index",
        license="CC-BY-4.0",
        retrieved="2026-06-12",
        commit="5a388e871b88735e7ab7e6fb230b76c9d460d99a",
        record_address=(
            "https://github.com/Language-Technology-Assessment/main-database/blob/{commit}/{key}"
        ),
    )

    def drafts(self, path: Path, summary: ImportSummary) -> Iterator[Draft]:
        """Yield the records; see `Importer.drafts`."""
        for file in text_files(path, "models", (".yaml", ".yml")):
            read = read_yaml(file.read_bytes())
            for fault in read.faults:
                summary.note("mended file", file.name, fault)
            if "project" in read.data and "system" not in read.data:
                summary.note("record of the predecessor of the index", file.name)
            read = replace(read, data=_as_today(read.data))
            system = self._system(read)
            name = self._name(system) or file.stem
            if not self._name(system):
                summary.note("record without a name: the name of the file is taken", file.name)
            yield Draft(file.name, name, read)

    def _system(self, read: YamlRecord) -> dict[str, Value]:
        block = mapping_of(read.data.get("system"))
        return {_KEYS.get(key.lower(), key.lower()): value for key, value in block.items()}

    def _name(self, system: dict[str, Value]) -> str:
        """Return the name of the end model, which is what is judged; else that of the entry."""
        end = text_of(system.get("endmodelname", ""))
        return text_of(system.get("name", "")) if _NO_NAME.match(end) else end

    def state(self, draft: Draft, record: RecordStatements, summary: ImportSummary) -> None:
        """State what a record says; see `Importer.state`."""
        read: YamlRecord = draft.payload
        system = self._system(read)
        record.kind("Model")
        record.label(draft.name)
        self._about(draft, read, system, record, summary)
        self._assess(draft, read.data, record, summary)
        self._parts(read, system, record)
        self._licenses(draft, read.data, system, record, summary)

    def _about(
        self,
        draft: Draft,
        read: YamlRecord,
        system: dict[str, Value],
        record: RecordStatements,
        summary: ImportSummary,
    ) -> None:
        tags = tags_in(read.comments)
        private = _is_private(read)
        maker = text_of(mapping_of(read.data.get("org")).get("name", ""))
        if private:
            summary.note("maker is a person: name and addresses are not taken over", draft.key)
        elif maker:
            found = developers(maker, self.organizations)
            kind = _maker_kind(tags.get("contributor type", ""))
            record.developers(found, kind if len(found) == 1 else "")
        else:
            summary.note("no producer", draft.key)
        released = text_of(system.get("releasedate", ""))
        if when := date_literal(released):
            record.fact(DCTERMS.issued, when)
        elif released:
            summary.note("date not understood", draft.key, released)
            record.remark(f'It gives the release date "{released}".')
        for value in [] if private else list_of(system.get("link", "")):
            link = text_of(value)
            if hub := hub_id(link):
                record.fact(OSAI.huggingFaceId, Literal(hub))
            elif (address := address_in(link)) and (node := iri(address)):
                record.fact(SCHEMA.url, node)
        for name, text in tags.items():
            self._tag(draft.key, name, text, record, summary)
        entry = text_of(system.get("name", ""))
        if entry and entry != draft.name:
            record.remark(f'The entry is called "{entry}".')
        if kind := text_of(system.get("type", "")):
            record.remark(f"It is listed for {kind}.")
        self._lineage(draft, system, record, summary)

    def _tag(
        self, key: str, name: str, text: str, record: RecordStatements, summary: ImportSummary
    ) -> None:
        if name.endswith("training compute"):
            if name.startswith("base"):
                record.remark(f"Compute of the base model: {text}.")
                return
            if (compute := compute_of(text)) is not None:
                record.fact(OSAI.trainingCompute, compute)
            elif not text.lower().startswith(("unknown", "-")):
                summary.note("compute not understood", key, text)
            record.remark(f"Compute of the end model: {text}.")
        else:
            record.remark(f"A comment gives the {name} {text}.")

    def _lineage(
        self,
        draft: Draft,
        system: dict[str, Value],
        record: RecordStatements,
        summary: ImportSummary,
    ) -> None:
        base = text_of(system.get("basemodelname", ""))
        if _NO_NAME.match(base) or loose_key(base) == loose_key(draft.name):
            return
        record.remark(f'It names "{base}" as the base model.')
        slug = self.systems.known(base)
        if slug is None or not self.describes(slug):
            summary.note("base model kept as text", draft.key, base)
        elif f"{SYSTEM[slug]}-".startswith(f"{record.subject}-"):
            summary.note("base model is the system itself", draft.key, base)
        else:
            record.fact(OSAI.fineTunedFrom, SYSTEM[slug])

    def _assess(
        self,
        draft: Draft,
        data: dict[str, Value],
        record: RecordStatements,
        summary: ImportSummary,
    ) -> None:
        for name, words in CRITERIA.items():
            value = text_of(_block(data, name).get("class", "")).lower()
            if value:
                record.assessment(name.replace("_", "-"), words, value)
            if value and value not in _AVAILABILITY:
                summary.note("class outside open, partial, closed", draft.key, f"{name}: {value}")
        if prompt := text_of(_block(data, "api").get("metaprompt", "")):
            record.assessment("api-metaprompt", "meta prompt", prompt)
        known = {*CRITERIA, "system", "org"}
        for name in data:
            if name not in known:
                summary.note("unknown block", draft.key, name)
                block = _block(data, name)
                if value := text_of(block.get("class", "")) or text_of(list(block.values())):
                    record.assessment(slugify(name) or "block", name, value)

    def _parts(self, read: YamlRecord, system: dict[str, Value], record: RecordStatements) -> None:
        data = _without_links(read.data) if _is_private(read) else read.data
        base = text_of(system.get("basemodelname", ""))
        same = loose_key(base) == loose_key(record.name)
        for name, fragment in _DIRECT.items():
            if name == "datasources_endmodel" and same:
                continue
            self._part(data, name, fragment, record)
        for name, fragment in _DOCUMENTS.items():
            block = _block(data, name)
            missing = text_of(block.get("class", "")).lower() == "closed"
            if not missing or not text_of(block.get("link", "")):
                self._part(data, name, fragment, record)
        self._papers(data, record)
        if text_of(_block(data, "api").get("class", "")).lower() == "open":
            record.fact(OSAI.hasAccessMode, OSAI.ApiAccess)

    def _part(
        self, data: dict[str, Value], name: str, fragment: str, record: RecordStatements
    ) -> None:
        block = _block(data, name)
        value = text_of(block.get("class", "")).lower()
        availability = _AVAILABILITY.get(value)
        if availability is None:
            return
        gated = fragment == "weights" and value == "partial"
        if gated and _GATE.search(text_of(block.get("notes", ""))):
            availability = "Gated"
        elif fragment == "model-card" and value == "partial":
            availability = "Available"
        record.component(
            fragment,
            availability=availability,
            address=self._address(block, value, fragment),
            shows=f'The index rates {CRITERIA[name]} as "{value}".',
        )

    def _papers(self, data: dict[str, Value], record: RecordStatements) -> None:
        """State the research paper, which is a preprint or a reviewed paper."""
        values = {}
        for name in ("preprint", "paper"):
            values[name] = text_of(_block(data, name).get("class", "")).lower()
        found = [name for name, value in values.items() if value in ("open", "partial")]
        shows = " and ".join(f'{name} as "{value}"' for name, value in values.items() if value)
        if found:
            record.component(
                "research-paper",
                availability="Available",
                address=self._address(_block(data, found[-1]), "open", "research-paper"),
                shows=f"The index rates {shows}.",
            )
        elif set(values.values()) == {"closed"} and not any(
            text_of(_block(data, name).get("link", "")) for name in values
        ):
            record.component(
                "research-paper", availability="NotAvailable", shows=f"The index rates {shows}."
            )

    def _address(self, block: dict[str, Value], value: str, fragment: str) -> str:
        """Return where a component can be had; links to words on missing data are none."""
        if value == "closed" or (value == "partial" and fragment.endswith("data")):
            return ""
        links = (address_in(text_of(link)) for link in list_of(block.get("link", "")))
        return next(filter(None, links), "")

    def _licenses(
        self,
        draft: Draft,
        data: dict[str, Value],
        system: dict[str, Value],
        record: RecordStatements,
        summary: ImportSummary,
    ) -> None:
        of_weights = text_of(system.get("endmodellicense", ""))
        notes = text_of(_block(data, "licenses").get("notes", ""))
        scoped = read_license(notes)
        note_reading(scoped, draft.key, summary)
        stated = read_license(of_weights)
        if of_weights:
            note_reading(stated, draft.key, summary)
        in_notes = scoped.of(Scope.WEIGHTS) if scoped.scopes else None
        self._weights(draft, stated, in_notes, record, summary)
        if notes and not scoped.scopes and notes != of_weights:
            record.declared(notes)
        self._code(scoped, record)
        self._data(scoped, record, summary, draft.key)

    def _weights(
        self,
        draft: Draft,
        stated: LicenseReading,
        in_notes: LicenseReading | None,
        record: RecordStatements,
        summary: ImportSummary,
    ) -> None:
        """State the license of the weights; notes by part are the newer field and come first."""
        reading = stated
        if in_notes and (in_notes.term or in_notes.outcome is Outcome.NO_LICENSE):
            if stated.term and in_notes.term and stated.term != in_notes.term:
                summary.note("two fields differ on the license", draft.key, stated.text)
            reading = in_notes
        texts = [stated.text, in_notes.text if in_notes else ""]
        self._licensed("weights", reading, texts, record)

    def _licensed(
        self, fragment: str, reading: LicenseReading, texts: list[str], record: RecordStatements
    ) -> None:
        """Add a license to a component that the index speaks of; else keep its words."""
        for number, text in enumerate(dict.fromkeys(t for t in texts if t), 1):
            if record.says(fragment) is None:
                key = f"{fragment}-license" + (f"-{number}" if number > 1 else "")
                record.assessment(key, f"license: {fragment}", text)
            else:
                quoted = text if len(text) < 200 else f"{text[:200]} ..."
                shows = f'It gives the license of the part as "{quoted}".'
                record.component(fragment, reading=reading, declared=text, shows=shows)

    def _code(self, scoped: LicenseReading, record: RecordStatements) -> None:
        """State the license of the training code, if there is any; other code is not judged."""
        if not scoped.scopes:
            return
        reading = scoped.of(Scope.TRAINING_CODE, Scope.CODE)
        if reading is not None:
            self._licensed("training-code", reading, [reading.text], record)
        if inference := scoped.of(Scope.INFERENCE_CODE):
            self._licensed("inference-code", inference, [inference.text], record)

    def _data(
        self, scoped: LicenseReading, record: RecordStatements, summary: ImportSummary, key: str
    ) -> None:
        reading = scoped.of(Scope.DATA) if scoped.scopes else None
        if reading is None:
            return
        held = [
            part
            for part in ("training-data", "fine-tuning-data")
            if record.says(part) not in (None, OSAI.NotAvailable)
        ]
        if reading.outcome is Outcome.MIXED:
            term = "LicenseRef-Mixed-Per-Item"
            reading = LicenseReading(reading.text, Outcome.LICENSED, term)
        several = reading.term is not None and not isinstance(reading.term, str)
        if several and len(held) > 1:
            summary.note("several licenses for data of two kinds: kept as text", key, reading.text)
            reading = LicenseReading(reading.text, Outcome.PARTLY)
        for part in held or ["training-data"]:
            self._licensed(part, reading, [reading.text], record)
