"""statements builds the triples of one source's record, one line for each fact."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote

import pyoxigraph as ox
from rdflib import Graph, Literal, URIRef

from osai_graph.interchange.license_text import Choice, LicenseReading, Outcome, Term
from osai_graph.namespaces import (
    DATASET,
    DCAT,
    DCTERMS,
    DOCUMENT,
    GRAPH,
    LICENSE,
    ORGANIZATION,
    OSAI,
    PAV,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SYSTEM,
    XSD,
)

#: Fragment and class of each component, with the words that name it in labels.
COMPONENTS: dict[str, tuple[str, str]] = {
    "weights": ("ModelWeights", "weights"),
    "intermediate-checkpoints": ("IntermediateCheckpoint", "intermediate checkpoints"),
    "optimizer-state": ("OptimizerState", "optimizer state"),
    "architecture": ("ModelArchitecture", "architecture"),
    "training-code": ("TrainingCode", "training code"),
    "fine-tuning-code": ("FineTuningCode", "fine-tuning code"),
    "inference-code": ("InferenceCode", "inference code"),
    "data-preprocessing-code": ("DataPreprocessingCode", "data preprocessing code"),
    "evaluation-code": ("EvaluationCode", "evaluation code"),
    "supporting-libraries": ("SupportingLibraries", "supporting libraries"),
    "source-code": ("SourceCode", "source code"),
    "training-data": ("TrainingData", "training data"),
    "fine-tuning-data": ("FineTuningData", "fine-tuning data"),
    "evaluation-data": ("EvaluationData", "evaluation data"),
    "training-configuration": ("TrainingConfiguration", "training configuration"),
    "data-information": ("DataInformation", "data information"),
    "data-card": ("DataCard", "data card"),
    "model-card": ("ModelCard", "model card"),
    "research-paper": ("ResearchPaper", "research paper"),
    "technical-report": ("TechnicalReport", "technical report"),
    "evaluation-results": ("EvaluationResults", "evaluation results"),
    "sample-outputs": ("SampleOutputs", "sample outputs"),
    "hardware-documentation": ("HardwareDocumentation", "hardware documentation"),
}

NO_LICENSE_STATED = LICENSE["LicenseRef-No-License-Stated"]
_OF_ONE_VARIANT = {
    OSAI.parameterCount: "the number of parameters",
    OSAI.trainingCompute: "the training compute",
    DCTERMS.issued: "the date",
}
#: What evidence shows is said in a few words (OSAI-E05).
_LONGEST_SHOWN = 590
_LONGEST_REMARK = 300
_WITHHELD = frozenset({OSAI.NotAvailable, OSAI.NotApplicable})


@dataclass(frozen=True)
class Source:
    """A public source: its short name, its record in the graph, and the snapshot that was read.

    ``record_address`` is the address of one record at the commit, with ``{key}`` for its file.
    """

    name: str
    document: str
    license: str
    retrieved: str
    commit: str = ""
    record_address: str = ""

    def address(self, key: str) -> str:
        """Return the address of one record as it stood at the commit."""
        return self.record_address.format(commit=self.commit, key=quote(key, safe="/"))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 4].rstrip()} ..."


def written_out(term: Term) -> str:
    """Return a license term in words.

    >>> written_out(Choice(("MIT", "Apache-2.0")))
    'MIT or Apache-2.0'
    """
    if isinstance(term, str):
        return term
    joint = " or " if isinstance(term, Choice) else " and "
    return joint.join(m if isinstance(m, str) else f"({written_out(m)})" for m in term.members)


_MONTHS = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_IN_WORDS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_MONTH},? (?P<year>\d{{4}})",
        rf"{_DAY} {_MONTH},? (?P<year>\d{{4}})",
        rf"{_MONTH} {_DAY},? (?P<year>\d{{4}})",
    )
)


def _with_numbers(text: str) -> str:
    """Return a date in words with its parts as numbers, largest first; other texts as they are."""
    for pattern in _IN_WORDS:
        if match := pattern.fullmatch(text):
            found = match.groupdict()
            month = _MONTHS.index(found["month"].lower()) + 1
            return "-".join(filter(None, (found["year"], str(month), found.get("day"))))
    return text


def date_literal(text: str) -> Literal | None:
    """Return a date as precise as a text gives it, or nothing when it is no date.

    >>> date_literal("2024-05")
    rdflib.term.Literal('2024-05', datatype=rdflib.term.URIRef('http://www.w3.org/2001/XMLSchema#gYearMonth'))
    >>> str(date_literal("July 2023")), str(date_literal("18 Jul 2023"))
    ('2023-07', '2023-07-18')
    >>> date_literal("2024-02-31"), date_literal("soon"), date_literal("03/04/2024")
    (None, None, None)
    """
    numbers = _with_numbers(text.strip())
    match = re.fullmatch(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?:[T ].*)?", numbers)
    if not match:
        return None
    year, month, day = match.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    if day:
        return Literal(f"{year}-{int(month):02}-{int(day):02}", datatype=XSD.date)
    if month:
        return Literal(f"{year}-{int(month):02}", datatype=XSD.gYearMonth)
    return Literal(year, datatype=XSD.gYear)


def iri(address: str) -> URIRef | None:
    """Return a web address as an IRI (RFC 3987), or nothing when it cannot be one.

    >>> iri("https://example.org/a b"), iri("http://[x"), iri("nowhere")
    (None, None, None)
    """
    address = address.strip()
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+\.[^\s<>\"{}|\\^`]+", address):
        return None
    try:
        ox.parse(f"<{address}> a <{address}> .", format=ox.RdfFormat.TURTLE).__next__()
    except SyntaxError:
        return None
    return URIRef(address)


@dataclass(frozen=True)
class Maker:
    """An organization that a record names: slug, name, the record, and its kind if it is told."""

    slug: str
    name: str
    key: str
    kind: str = ""


def write_header(graph: Graph, source: Source, key: str, file: str, subject: URIRef) -> None:
    """State whose statements a file holds, of which day, and under which license."""
    header = GRAPH[f"data/sources/{source.name}/{file}"]
    graph.add((header, RDF.type, OSAI.SourceGraph))
    graph.add((header, SCHEMA.mainEntity, subject))
    graph.add((header, PROV.wasAttributedTo, DOCUMENT[source.document]))
    graph.add((header, PAV.retrievedOn, Literal(source.retrieved, datatype=XSD.date)))
    graph.add((header, DCTERMS.license, LICENSE[source.license]))
    if source.commit:
        graph.add((header, DCAT.version, Literal(source.commit)))
    if address := iri(source.address(key)):
        graph.add((header, DCTERMS.source, address))


def organization_statements(source: Source, maker: Maker) -> tuple[URIRef, Graph]:
    """Return an organization as one source names it: IRI and graph."""
    subject = ORGANIZATION[maker.slug]
    graph = Graph(bind_namespaces="none")
    write_header(graph, source, maker.key, f"organizations/{maker.slug}", subject)
    graph.add((subject, RDF.type, OSAI.Organization))
    graph.add((subject, RDFS.label, Literal(maker.name, lang="en")))
    if maker.kind:
        graph.add((subject, OSAI.hasOrganizationKind, OSAI[maker.kind]))
        node = URIRef(f"{subject}#record-{source.name}")
        graph.add((subject, OSAI.hasEvidence, node))
        graph.add((node, RDF.type, OSAI.Evidence))
        graph.add((node, PAV.retrievedOn, Literal(source.retrieved, datatype=XSD.date)))
        graph.add((node, OSAI.hasBasis, OSAI.ReadFromLists))
        graph.add((node, OSAI.isEvidenceFor, OSAI.hasOrganizationKind))
        shows = "A record of the source says what kind of maker this is."
        graph.add((node, OSAI.shows, Literal(shows, lang="en")))
        if address := iri(source.address(maker.key)):
            graph.add((node, SCHEMA.url, address))
    return subject, graph


@dataclass
class _Part:
    """What one source says of one component, until the record is finished."""

    fragment: str
    availability: URIRef | None = None
    reading: LicenseReading | None = None
    inherited: LicenseReading | None = None
    declared: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    shows: list[str] = field(default_factory=list)


class RecordStatements:
    """The statements of one source about one system, and nothing else.

    Args:
        source: whose statements these are.
        key: the file or row of the source, for its address.
        slug: the record of the graph that is described.
        folder: ``system`` or ``dataset``.
        number: 1 for the first record of the source on this system, 2 for the second ...
    """

    def __init__(
        self,
        source: Source,
        key: str,
        slug: str,
        *,
        number: int = 1,
        folder: str = "system",
    ) -> None:
        self.source = source
        self.key = key
        self.folder = folder
        self.file = slug if number == 1 else f"{number}/{slug}"
        self.mark = source.name if number == 1 else f"{source.name}-{number}"
        self.subject = URIRef((DATASET if folder == "dataset" else SYSTEM)[slug])
        self.name = slug
        self.decided_kind = ""
        self.of_one_variant = False
        self.graph = Graph(bind_namespaces="none")
        self._parts: dict[str, _Part] = {}
        self._supported: set[URIRef] = set()
        self._shows: list[str] = []
        self._cited: list[tuple[URIRef, Literal]] = []
        self.makers: list[Maker] = []
        write_header(self.graph, source, key, self.file, self.subject)

    def node(self, fragment: str) -> URIRef:
        """Return the IRI of a part of the record."""
        return URIRef(f"{self.subject}#{fragment}")

    def kind(self, name: str) -> None:
        """State what the record is; a class that the crosswalk names comes before ``name``."""
        self.graph.add((self.subject, RDF.type, OSAI[self.decided_kind or name]))

    def label(self, name: str) -> None:
        """State the name of the record as the source writes it."""
        self.name = name
        self.graph.add((self.subject, RDFS.label, Literal(name, lang="en")))

    def fact(self, predicate: URIRef, value: URIRef | Literal) -> None:
        """State a fact of the record; the evidence of the record names it.

        A number or date of one size or variant is no fact of a record that covers several: it
        becomes a remark.
        """
        if self.of_one_variant and predicate in _OF_ONE_VARIANT:
            self.remark(f"For {self.name} it gives {_OF_ONE_VARIANT[predicate]} {value}.")
            return
        self.graph.add((self.subject, predicate, value))
        self._supported.add(predicate)

    def developers(self, found: Iterable[tuple[str, str]], kind: str = "") -> None:
        """State who made it; ``kind`` is what the source says all of them are."""
        for slug, name in found:
            self.fact(OSAI.isDevelopedBy, ORGANIZATION[slug])
            self.makers.append(Maker(slug, name, self.key, kind))

    def remark(self, sentence: str) -> None:
        """Add a sentence to what the evidence of the record shows; a very long one is cut."""
        self._shows.append(_cut(sentence, _LONGEST_REMARK))

    def declared(self, text: str) -> None:
        """Keep the words in which the source names a license of the whole, as written.

        A dataset has a license; a system has none, its components do. For a system the words stay
        what they are: a remark of the source.
        """
        if not text.strip():
            return
        if self.folder == "dataset":
            self.graph.add((self.subject, OSAI.declaredLicenseText, Literal(text.strip())))
        else:
            self.assessment("license", "license of the whole", text.strip())

    def assessment(self, key: str, criterion: str, value: str, issued: str = "") -> None:
        """Record a judgment of the source on its own scale; it is no fact of ours."""
        node = self.node(f"{self.mark}-{key}")
        self.graph.add((node, RDF.type, OSAI.Assessment))
        self.graph.add((node, OSAI.assesses, self.subject))
        self.graph.add((node, OSAI.criterionName, Literal(criterion, lang="en")))
        self.graph.add((node, OSAI.assessedValue, Literal(value)))
        if when := date_literal(issued):
            self.graph.add((node, DCTERMS.issued, when))

    def component(
        self,
        fragment: str,
        *,
        availability: str | None = None,
        reading: LicenseReading | None = None,
        inherited: LicenseReading | None = None,
        declared: str = "",
        address: str = "",
        shows: str = "",
    ) -> None:
        """State what the source says of one component; may be called again to add to it.

        Args:
            fragment: the component, one of `COMPONENTS`.
            availability: whether it can be had, if the source tells.
            reading: the license of the component; two that differ leave it open, and their words
                stay.
            inherited: the license that the source lets it take over from the release as a whole.
            declared: the words in which the source names a license.
            address: where the component can be had.
            shows: what one sees in the record, for its evidence.
        """
        part = self._parts.setdefault(fragment, _Part(fragment))
        if availability:
            part.availability = OSAI[availability]
        if reading:
            differs = part.reading is not None and part.reading.term != reading.term
            part.reading = LicenseReading(reading.text, Outcome.PARTLY) if differs else reading
        if inherited:
            part.inherited = inherited
        if declared.strip() and declared.strip() not in part.declared:
            part.declared.append(declared.strip())
        if address and address not in part.addresses:
            part.addresses.append(address)
        if shows:
            part.shows.append(shows)

    def cite(self, address: URIRef, read: Literal) -> None:
        """Add a page on which the source bases its components, and the day it was read there."""
        if (address, read) not in self._cited:
            self._cited.append((address, read))

    def says(self, fragment: str) -> URIRef | None:
        """Return the availability that was stated for a component so far."""
        part = self._parts.get(fragment)
        return part.availability if part else None

    def finish(self) -> Graph:
        """Write down components and evidence, and return the graph."""
        for part in self._parts.values():
            self._write(part)
        if self._supported or self._shows:
            evidence = self._evidence("record", self._supported, self._shows)
            self.graph.add((self.subject, OSAI.hasEvidence, evidence))
        return self.graph

    def _write(self, part: _Part) -> None:
        class_name, words = COMPONENTS[part.fragment]
        node = self.node(part.fragment)
        supported: set[URIRef] = set()
        self.graph.add((self.subject, OSAI.hasComponent, node))
        self.graph.add((node, RDF.type, OSAI[class_name]))
        self.graph.add((node, RDFS.label, Literal(f"{words} of {self.name}", lang="en")))
        if part.availability is not None:
            self.graph.add((node, OSAI.hasAvailability, part.availability))
            supported.add(OSAI.hasAvailability)
        for text in part.declared:
            self.graph.add((node, OSAI.declaredLicenseText, Literal(text)))
        if part.availability not in _WITHHELD:
            for predicate, reading in (
                (DCTERMS.license, part.reading),
                (OSAI.hasInheritedLicense, part.inherited),
            ):
                if license_ := self._license(reading, part.fragment):
                    self.graph.add((node, predicate, license_))
                    supported.add(predicate)
        for address in filter(None, map(iri, part.addresses)):
            self.graph.add((node, SCHEMA.url, address))
        if supported:
            evidence = self._evidence(part.fragment, supported, part.shows)
            self.graph.add((node, OSAI.hasEvidence, evidence))
            for number, (address, read) in enumerate(self._cited, 1):
                page = self._cited_page(number, address, read)
                self.graph.add((node, OSAI.hasEvidence, page))

    def _license(self, reading: LicenseReading | None, fragment: str) -> URIRef | None:
        """Return the license that a reading states, if it states one."""
        if reading is None:
            return None
        if reading.outcome is Outcome.NO_LICENSE:
            return NO_LICENSE_STATED
        if reading.term is None:
            return None
        return self.license_node(reading.term, f"{fragment}-license-{self.mark}")

    def license_node(self, term: Term, fragment: str) -> URIRef:
        """Return the IRI of a license term, with nodes for choices and sets.

        A set combines exactly two, so a longer one holds a further set.
        """
        if isinstance(term, str):
            return LICENSE[term]
        node = self.node(fragment)
        self.graph.add((node, RDFS.label, Literal(written_out(term), lang="en")))
        if isinstance(term, Choice):
            self.graph.add((node, RDF.type, OSAI.LicenseChoice))
            for number, member in enumerate(term.members, 1):
                inner = self.license_node(member, f"{fragment}-{number}")
                self.graph.add((node, OSAI.offers, inner))
            return node
        first, *rest = term.members
        other: Term = rest[0] if len(rest) == 1 else type(term)(tuple(rest))
        self.graph.add((node, RDF.type, OSAI.LicenseSet))
        self.graph.add((node, OSAI.combines, self.license_node(first, f"{fragment}-1")))
        self.graph.add((node, OSAI.combines, self.license_node(other, f"{fragment}-2")))
        return node

    def _cited_page(self, number: int, address: URIRef, read: Literal) -> URIRef:
        node = self.node(f"{self.mark}-page-{number}")
        self.graph.add((node, RDF.type, OSAI.Evidence))
        self.graph.add((node, SCHEMA.url, address))
        self.graph.add((node, PAV.retrievedOn, read))
        self.graph.add((node, OSAI.hasBasis, OSAI.ReadFromLists))
        self.graph.add((node, OSAI.isEvidenceFor, OSAI.hasAvailability))
        self.graph.add((node, OSAI.isEvidenceFor, DCTERMS.license))
        shows = "The source cites this page for what it says of the openness."
        self.graph.add((node, OSAI.shows, Literal(shows, lang="en")))
        return node

    def _evidence(self, part: str, supported: set[URIRef], shows: Iterable[str]) -> URIRef:
        node = self.node(f"{part}-{self.mark}")
        self.graph.add((node, RDF.type, OSAI.Evidence))
        if address := iri(self.source.address(self.key)):
            self.graph.add((node, SCHEMA.url, address))
        retrieved = Literal(self.source.retrieved, datatype=XSD.date)
        self.graph.add((node, PAV.retrievedOn, retrieved))
        self.graph.add((node, OSAI.hasBasis, OSAI.ReadFromLists))
        text = _cut(" ".join(shows), _LONGEST_SHOWN) or "The record states this."
        self.graph.add((node, OSAI.shows, Literal(text, lang="en")))
        for predicate in supported:
            self.graph.add((node, OSAI.isEvidenceFor, predicate))
        return node
