"""license_lists writes what lists of licenses say of each: identifiers, names, status, category."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rdflib import Graph, Literal, URIRef

from osai_graph.errors import GraphError
from osai_graph.graph.serialization import canonical_turtle
from osai_graph.interchange.records import Imported, Progress, SourceReader
from osai_graph.interchange.statements import Source, write_header
from osai_graph.interchange.summary import ImportSummary
from osai_graph.namespaces import LICENSE, OSAI, PAV, RDF, RDFS, SCHEMA, SKOS, XSD

FREEDOMS = tuple(
    OSAI[name] for name in ("FreedomToUse", "FreedomToStudy", "FreedomToModify", "FreedomToShare")
)


@dataclass
class ListedLicense:
    """What a list says of one license, as triples with their evidence.

    Attributes:
        slug: the license, the last part of its IRI.
        name: its name in the list.
        key: the entry of the list, for its address.
        graph: what is stated so far.
    """

    source: Source
    slug: str
    name: str
    key: str
    graph: Graph = field(default_factory=lambda: Graph(bind_namespaces="none"))

    def __post_init__(self) -> None:
        write_header(self.graph, self.source, self.key, self.slug, self.license)
        self.add(RDF.type, OSAI.License)
        self.add(RDFS.label, Literal(self.name, lang="en"))

    @property
    def license(self) -> URIRef:
        """The IRI of the license."""
        return LICENSE[self.slug]

    def add(self, predicate: URIRef, *values: URIRef | Literal) -> None:
        """State values of a property."""
        for value in values:
            self.graph.add((self.license, predicate, value))

    def rest(
        self, fragment: str, address: str, shows: str, *properties: URIRef, on: str = ""
    ) -> None:
        """Give evidence for properties; ``on`` is its day where it is not that of the list."""
        node = URIRef(f"{self.license}#{fragment}")
        self.add(OSAI.hasEvidence, node)
        for predicate, value in (
            (RDF.type, OSAI.Evidence),
            (SCHEMA.url, URIRef(address)),
            (PAV.retrievedOn, Literal(on or self.source.retrieved, datatype=XSD.date)),
            (OSAI.hasBasis, OSAI.ReadFromLists),
            (OSAI.shows, Literal(shows, lang="en")),
            *((OSAI.isEvidenceFor, predicate) for predicate in properties),
        ):
            self.graph.add((node, predicate, value))

    def leave_unknown(self) -> None:
        """Say that the list tells nothing of freedoms, kind and class."""
        self.add(OSAI.leavesFreedomUnknown, *FREEDOMS)
        self.classify()

    def classify(self) -> None:
        """State kind and class: a list of names tells neither."""
        self.add(OSAI.hasLicenseKind, OSAI.GeneralLicense)
        self.add(OSAI.hasLicenseClass, OSAI.LicenseUnknown)
        self.add(OSAI.hasBasis, OSAI.ReadFromLists)

    def assess(self, criterion: str, value: str) -> None:
        """Record the judgment of the list on its own scale."""
        node = URIRef(f"{self.license}#{self.source.name}-{criterion}")
        self.graph.add((node, RDF.type, OSAI.Assessment))
        self.graph.add((node, OSAI.assesses, self.license))
        self.graph.add((node, OSAI.criterionName, Literal(criterion, lang="en")))
        self.graph.add((node, OSAI.assessedValue, Literal(value)))

    def also_named(self, *names: str) -> None:
        """State further names; the label is not repeated."""
        for name in names:
            if name and name != self.name:
                self.add(SKOS.altLabel, Literal(name, lang="en"))


class LicenseList(SourceReader):
    """A list of licenses: one file a license."""

    @abstractmethod
    def licenses(self, path: Path, summary: ImportSummary) -> Iterable[ListedLicense]:
        """Yield what the list says of each license, each license once."""

    def read(
        self, path: Path, summary: ImportSummary, progress: Progress | None = None
    ) -> Iterator[Imported]:
        """Yield each license as canonical Turtle; see `SourceReader.read`."""
        found = sorted(self.licenses(path, summary), key=lambda listed: listed.slug)
        for done, listed in enumerate(found, 1):
            summary.subjects.add(str(listed.license))
            for predicate in listed.graph.predicates(listed.license, None):
                if predicate in (OSAI.grantsFreedom, OSAI.hasOsiStatus, OSAI.hasFsfStatus):
                    name = str(predicate).rpartition("#")[2]
                    summary.stated[name] += 1
            yield Imported(listed.slug, listed.license, canonical_turtle(listed.graph))
            if progress:
                progress(done, len(found))


def read_json_list(
    path: Path, name: str, summary: ImportSummary, key: str = ""
) -> list[dict[str, Any]]:
    """Return the objects of a list in a JSON file; what is no object is noted and left out.

    Args:
        path: the file, or the folder that holds ``name``.
        name: the file's name.
        summary: takes the notes.
        key: the member of the top object that holds the list.

    Raises:
        GraphError: the file cannot be read or holds no such list.
    """
    file = path / name if path.is_dir() else path
    try:
        data = json.loads(file.read_bytes().decode("utf-8-sig", errors="replace"))
    except OSError as error:
        raise GraphError(f"{file} cannot be read: {error.strerror}.", "Check the path.") from error
    except (ValueError, RecursionError) as error:
        raise GraphError(f"{file} is no JSON: {error}.", "Fetch the file again.") from error
    found = data.get(key) if key and isinstance(data, dict) else data
    if not isinstance(found, list):
        raise GraphError(
            f"{file} holds no list of licenses.", f"Name the folder with {name} in it."
        )
    for item in found:
        if not isinstance(item, dict):
            summary.note("entry that is no object", file.name, str(item)[:80])
    return [item for item in found if isinstance(item, dict)]


def text(item: dict[str, Any], key: str) -> str:
    """Return a text of an object; anything else counts as missing."""
    value = item.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""
