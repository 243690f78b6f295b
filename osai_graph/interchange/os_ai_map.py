"""os_ai_map reads the Open Source AI Stack Map (Current AI): products, scores, organizations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import Literal, URIRef

from osai_graph.interchange.identity import address_in, developers, hub_id
from osai_graph.interchange.license_text import LicenseReading, Outcome, Scope, read_license
from osai_graph.interchange.records import Draft, Importer, note_reading, text_files
from osai_graph.interchange.statements import RecordStatements, Source, date_literal, iri
from osai_graph.interchange.summary import ImportSummary
from osai_graph.interchange.yaml_reading import Value, list_of, mapping_of, read_yaml, text_of
from osai_graph.namespaces import DCTERMS, OSAI, SCHEMA

_MAKERS = {"company": "Company", "foundation": "NonProfit", "government": "PublicBody"}
_KINDS = {"model": "Model", "software": "SoftwareTool", "dataset": "Dataset"}
_STATES = (
    (re.compile(r"^(?:open|public|downloadable|yes|present)\b"), "Available"),
    (re.compile(r"^gated\b"), "Gated"),
    (re.compile(r"^partial\b"), "Partial"),
    (
        re.compile(r"^(?:closed|not[-_ ](?:public|released)|described_not_released|no|none|"
                   r"announced_not_yet_released|internal-only|held-out)\b"),
        "NotAvailable",
    ),
)  # fmt: skip
#: Part of the component string to the component that it speaks of, for models.
_PARTS = {
    "weights": "weights",
    "data": "training-data",
    "post-training-data": "fine-tuning-data",
    "checkpoints": "intermediate-checkpoints",
    "training-code": "training-code",
    "datasheet": "data-card",
}


@dataclass(frozen=True)
class Part:
    """One entry of the component string: ``weights:open(Apache-2.0)``."""

    name: str
    state: str
    remark: str

    @property
    def text(self) -> str:
        """The entry without its name, as written."""
        return f"{self.state}({self.remark})" if self.remark else self.state


def parts_of(text: str) -> list[Part]:
    """Cut the small language of the component strings at its semicolons outside parentheses.

    >>> [(p.name, p.state, p.remark) for p in parts_of("weights:open(MIT; all);data:closed")]
    [('weights', 'open', 'MIT; all'), ('data', 'closed', '')]
    """
    pieces, depth, current = [], 0, ""
    for letter in text:
        depth = max(0, depth + {"(": 1, ")": -1}.get(letter, 0))
        if letter == ";" and depth == 0:
            pieces.append(current)
            current = ""
        else:
            current += letter
    found = []
    for piece in [*pieces, current]:
        name, colon, value = piece.partition(":")
        if not piece.strip():
            continue
        state, _, remark = value.strip().partition("(")
        remark = remark.strip().removesuffix(")")
        found.append(Part(name.strip().lower() if colon else "", state.strip(), remark))
    return found


def availability_of(state: str) -> str | None:
    """Return the availability that a word of the map stands for, if it does for one."""
    return next((value for pattern, value in _STATES if pattern.match(state.lower())), None)


class OpenSourceAIStackMap(Importer):
    """The products of the map, each with its score file."""

    source = Source(
        name="os-ai-map",
        document="open-source-ai-stack-map",
        license="MIT",
        retrieved="2026-06-11",
        commit="57cbce241931b8948ba0d035019226cc0db49faa",
        record_address=(
            "https://github.com/currentai-org/os-ai-map/blob/{commit}/sources/scores/{key}"
        ),
    )

    def drafts(self, path: Path, summary: ImportSummary) -> Iterator[Draft]:
        """Yield the products with their scores and makers; see `Importer.drafts`."""
        root = path / "sources" if (path / "sources").is_dir() else path
        makers = self._makers(root, summary)
        for file in text_files(root, "products", (".yaml", ".yml")):
            product = self._read(file, summary)
            score_file = file.parent.parent / "scores" / file.name
            score = self._read(score_file, summary) if score_file.is_file() else {}
            if not score:
                summary.note("product without a score", file.name)
            name = text_of(product.get("display_name", "")) or text_of(product.get("name", ""))
            key = text_of(product.get("name", "")) or file.stem
            payload = (product, mapping_of(score.get("openness")), makers.get(key, []))
            folder = "dataset" if text_of(product.get("type", "")) == "dataset" else "system"
            yield Draft(file.name, name or file.stem, payload, folder=folder, handle=file.stem)

    def _read(self, file: Path, summary: ImportSummary) -> dict[str, Value]:
        read = read_yaml(file.read_bytes())
        for fault in read.faults:
            summary.note("mended file", file.name, fault)
        return read.data

    def _makers(self, root: Path, summary: ImportSummary) -> dict[str, list[tuple[str, str]]]:
        """Return name and kind of the organizations of each product; persons are left out."""
        makers: dict[str, list[tuple[str, str]]] = {}
        folder = root / "organizations"
        for file in sorted(folder.glob("*.y*ml")) if folder.is_dir() else []:
            data = self._read(file, summary)
            name = text_of(data.get("display_name", "")) or text_of(data.get("name", ""))
            kind = text_of(data.get("type", "")).lower()
            if kind == "individual":
                summary.note("maker is a person: the name is not taken over", "organizations")
                continue
            for product in list_of(data.get("products", "")):
                makers.setdefault(text_of(product), []).append((name, _MAKERS.get(kind, "")))
        return makers

    def state(self, draft: Draft, record: RecordStatements, summary: ImportSummary) -> None:
        """State what a product and its score say; see `Importer.state`."""
        product, openness, makers = draft.payload
        kind = text_of(product.get("type", "")).lower()
        record.kind(_KINDS.get(kind, "SoftwareTool"))
        if kind not in _KINDS:
            summary.note("unknown type of product", draft.key, kind)
        record.label(draft.name)
        for maker, made_by in makers:
            found = developers(maker, self.organizations)
            record.developers(found, made_by if len(found) == 1 else "")
        if not makers:
            summary.note("no producer", draft.key)
        self._places(product, record)
        record.remark("The map lists the product.")
        components = text_of(openness.get("components", ""))
        dates = [
            text_of(mapping_of(s).get("accessed", "")) for s in list_of(openness.get("sources", ""))
        ]
        issued = max(dates, default="")
        for name in ("class", "score", "confidence"):
            if value := text_of(openness.get(name, "")):
                record.assessment(name, f"openness {name}", value, issued)
        if components:
            record.assessment("components", "openness components", components, issued)
        parts = parts_of(components)
        reading = self._license(draft.key, parts, summary)
        if kind == "model":
            self._model(parts, reading, record)
        elif kind == "dataset":
            self._dataset(parts, reading, record)
        else:
            self._software(parts, reading, record)
        self._cited(openness, record)

    def _places(self, product: dict[str, Value], record: RecordStatements) -> None:
        for value in list_of(product.get("huggingface_model", "")):
            if hub := hub_id(text_of(mapping_of(value).get("url", "") or value)):
                record.fact(OSAI.huggingFaceId, Literal(hub))
        for value in list_of(product.get("github", "")):
            address = address_in(text_of(mapping_of(value).get("url", "") or value))
            if address and (node := iri(address)):
                record.fact(SCHEMA.codeRepository, node)
        for value in list_of(product.get("huggingface_dataset", "")):
            address = address_in(text_of(mapping_of(value).get("url", "") or value))
            if address and (node := iri(address)):
                record.fact(SCHEMA.url, node)

    def _license(
        self, key: str, parts: list[Part], summary: ImportSummary
    ) -> LicenseReading | None:
        texts = [part.text for part in parts if part.name in ("license", "licence")]
        if not texts:
            return None
        reading = read_license(texts[0])
        note_reading(reading, key, summary)
        for other in texts[1:]:
            summary.note("second license entry kept as text", key, other)
        return reading

    def _model(
        self, parts: list[Part], reading: LicenseReading | None, record: RecordStatements
    ) -> None:
        for part in parts:
            fragment, held = _PARTS.get(part.name), availability_of(part.state)
            if fragment and held:
                shows = f'The map says "{part.name}:{part.text[:200]}".'
                record.component(fragment, availability=held, shows=shows)
            elif part.name == "code":
                self._code(part, record)
        self._licensed("weights", reading and reading.of(Scope.WEIGHTS), reading, record)
        if reading and reading.scopes and (code := reading.of(Scope.CODE)):
            self._licensed("training-code", code, code, record)

    def _code(self, part: Part, record: RecordStatements) -> None:
        """State training and inference code, as far as the remark tells which is meant."""
        shows = f'The map says "code:{part.text[:200]}".'
        remark, held = part.remark.lower(), availability_of(part.state)
        no_training = re.search(r"\bno (?:\w+ )?training|training[^,;]* not\b", remark)
        if held == "NotAvailable" or (held == "Partial" and no_training):
            record.component("training-code", availability="NotAvailable", shows=shows)
        elif held == "Available" and "training" in remark and not no_training:
            record.component("training-code", availability="Available", shows=shows)
        if held in ("Available", "Partial") and re.search(r"\binference\b", remark):
            record.component("inference-code", availability="Available", shows=shows)

    def _software(
        self, parts: list[Part], reading: LicenseReading | None, record: RecordStatements
    ) -> None:
        for part in parts:
            held = availability_of(part.state)
            if part.name == "source" and held and record.says("source-code") is None:
                shows = f'The map says "source:{part.text[:200]}".'
                record.component("source-code", availability=held, shows=shows)
        self._licensed("source-code", reading, reading, record)

    def _dataset(
        self, parts: list[Part], reading: LicenseReading | None, record: RecordStatements
    ) -> None:
        held = None
        for part in parts:
            if part.name in ("data", "access"):
                held = availability_of(part.state) or held
        if held:
            record.fact(OSAI.hasAvailability, OSAI[held])
        if reading:
            record.declared(reading.text)
            if reading.term is not None and held != "NotAvailable":
                node = record.license_node(reading.term, f"license-{record.mark}")
                record.fact(DCTERMS.license, node)

    def _licensed(
        self,
        fragment: str,
        reading: LicenseReading | None,
        whole: LicenseReading | None,
        record: RecordStatements,
    ) -> None:
        if reading is None or whole is None or not reading.text:
            return
        if record.says(fragment) is None:
            record.assessment(f"{fragment}-license", f"license: {fragment}", whole.text)
            return
        if reading.outcome is Outcome.NO_LICENSE and record.says(fragment) == OSAI.NotAvailable:
            reading = LicenseReading(reading.text, Outcome.NOT_UNDERSTOOD)
        shows = f'It gives the license "{reading.text[:200]}".'
        record.component(fragment, reading=reading, declared=reading.text, shows=shows)

    def _cited(self, openness: dict[str, Value], record: RecordStatements) -> None:
        """Hand on the pages that the map cites for its judgment of openness."""
        for value in list_of(openness.get("sources", "")):
            cited = mapping_of(value)
            address = iri(address_in(text_of(cited.get("url", ""))) or "")
            when = date_literal(text_of(cited.get("accessed", "")))
            if isinstance(address, URIRef) and when is not None:
                record.cite(address, when)
