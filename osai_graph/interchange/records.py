"""records runs an import: read each record, decide what it is about, state it, write its file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rdflib import Graph, URIRef

from osai_graph.errors import GraphError
from osai_graph.graph.files import write_whole
from osai_graph.graph.serialization import canonical_turtle
from osai_graph.interchange.identity import (
    Crosswalk,
    Identity,
    doubtful_pairs,
    is_recorded,
    organizations,
    slugify,
    systems,
)
from osai_graph.interchange.license_text import LicenseReading, Outcome
from osai_graph.interchange.statements import (
    Maker,
    RecordStatements,
    Source,
    organization_statements,
)
from osai_graph.interchange.summary import ImportSummary
from osai_graph.namespaces import DCTERMS, LICENSE, OSAI

#: Called with the number of records done and the number there are.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Draft:
    """One record as read: the file or row it comes from, its name, and what it holds.

    ``handle`` is the source's own identifier where it has one that makes a better slug.
    """

    key: str
    name: str
    payload: Any
    folder: str = "system"
    handle: str = ""


class SourceReader(ABC):
    """One source: what it states, record by record."""

    source: Source
    #: Leave out records on systems that no other source lists; see `Importer.keeps`.
    only_known: bool = False

    def __init__(self, source: Source | None = None, *_: Crosswalk | None) -> None:
        self.source = source or type(self).source

    @abstractmethod
    def read(
        self, path: Path, summary: ImportSummary, progress: Progress | None = None
    ) -> Iterator[Imported]:
        """Yield every record below a path as canonical Turtle, in a fixed order.

        Raises:
            GraphError: the path holds nothing of this source.
        """


class Importer(SourceReader):
    """A source on systems and datasets: how its records are found, and what each says."""

    def __init__(
        self,
        source: Source | None = None,
        crosswalk: Crosswalk | None = None,
        organizations_crosswalk: Crosswalk | None = None,
    ) -> None:
        super().__init__(source)
        #: The systems on which this import keeps records.
        self.kept: frozenset[str] = frozenset()
        self.systems = crosswalk if crosswalk is not None else systems()
        self.organizations = (
            organizations_crosswalk if organizations_crosswalk is not None else organizations()
        )

    @abstractmethod
    def drafts(self, path: Path, summary: ImportSummary) -> Iterable[Draft]:
        """Yield every record below a path, in a fixed order; what cannot be read is noted."""

    def describes(self, slug: str) -> bool:
        """Say whether a record describes a system: one of this import or one of the graph."""
        return slug in self.kept or is_recorded(slug)

    def keeps(self, draft: Draft, identity: Identity) -> bool:  # noqa: ARG002
        """Say whether a record is kept when only known systems are wanted."""
        return identity.slug in self.systems.known_to_others(self.source.name)

    @abstractmethod
    def state(self, draft: Draft, record: RecordStatements, summary: ImportSummary) -> None:
        """State what a record says."""

    def read(
        self, path: Path, summary: ImportSummary, progress: Progress | None = None
    ) -> Iterator[Imported]:
        """Yield the records, and then the organizations; see `SourceReader.read`."""
        return read_records(self, path, summary, progress)


@dataclass(frozen=True)
class Imported:
    """One finished record: the file it belongs in, and its text."""

    file: str
    subject: URIRef
    turtle: str


def text_files(path: Path, subfolder: str, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the files of a source below a path: a file, a folder, or a folder that holds it.

    Raises:
        GraphError: there are none.
    """
    if path.is_file():
        return [path]
    folder = path / subfolder if (path / subfolder).is_dir() else path
    found = (
        sorted(
            (p for p in folder.glob("*") if p.suffix.lower() in suffixes and p.is_file()),
            key=lambda p: p.name,
        )
        if folder.is_dir()
        else []
    )
    found = [p for p in found if not p.name.startswith((".", "_"))]
    if not found:
        raise GraphError(
            f"{path} holds no {' or '.join(suffixes)} file of this source.",
            f"Name the folder of the source, the one with {subfolder}/ in it.",
        )
    return found


def _identified(
    importer: Importer, drafts: Iterable[Draft], summary: ImportSummary
) -> Iterator[tuple[Draft, Identity]]:
    for draft in drafts:
        summary.records += 1
        name = draft.handle or draft.name or Path(draft.key).stem
        identity = importer.systems.find(importer.source.name, draft.key, name)
        if identity is None and draft.key not in importer.systems.decisions:
            identity = importer.systems.find(importer.source.name, draft.key, Path(draft.key).stem)
        if identity is None:
            summary.note("no record of its own, as the crosswalk says", draft.key, name)
            continue
        if importer.only_known and not importer.keeps(draft, identity):
            summary.note("known to no other source and not for download", draft.key)
            continue
        slug = identity.slug
        if slug.startswith("dataset:"):
            yield replace(draft, folder="dataset"), replace(identity, slug=slug[8:])
        else:
            yield draft, identity


def _ordinals(found: list[tuple[Draft, Identity]]) -> list[int]:
    """Return for each record whether it is the first, second ... of the source on its system."""
    counts: Counter[str] = Counter()
    numbers = []
    for _, identity in found:
        counts[identity.slug] += 1
        numbers.append(counts[identity.slug])
    return numbers


def _preferred(found: list[tuple[Draft, Identity]]) -> list[tuple[Draft, Identity]]:
    """Order records so that the one named as the system comes before others on the same."""
    return sorted(
        found,
        key=lambda item: (
            item[1].slug,
            slugify(Path(item[0].key).stem) != item[1].slug,
            item[0].key,
        ),
    )


def read_records(
    importer: Importer, path: Path, summary: ImportSummary, progress: Progress | None = None
) -> Iterator[Imported]:
    """Yield every record of a source as canonical Turtle, in the order of their systems.

    Raises:
        GraphError: the path holds nothing of this source.
    """
    found = _preferred(list(_identified(importer, importer.drafts(path, summary), summary)))
    importer.kept = frozenset(identity.slug for _, identity in found)
    hubs: list[tuple[str, str | None]] = []
    makers: dict[str, Maker] = {}
    for done, ((draft, identity), number) in enumerate(
        zip(found, _ordinals(found), strict=True), 1
    ):
        if number > 1:
            summary.note("several records of the source on one system", draft.key, identity.slug)
        record = RecordStatements(
            importer.source, draft.key, identity.slug, number=number, folder=draft.folder
        )
        record.decided_kind = identity.kind.removeprefix("osai:")
        record.of_one_variant = identity.broader
        draft = replace(draft, name=identity.label or draft.name)
        importer.state(draft, record, summary)
        graph = record.finish()
        _count(graph, record.subject, summary)
        hub = graph.value(record.subject, OSAI.huggingFaceId)
        hubs.append((identity.slug, str(hub) if hub else None))
        for maker in record.makers:
            known = makers.setdefault(maker.slug, maker)
            if maker.kind and not known.kind:
                makers[maker.slug] = maker
        yield Imported(record.file, record.subject, canonical_turtle(graph))
        if progress:
            progress(done, len(found))
    for maker in sorted(makers.values(), key=lambda m: m.slug):
        subject, graph = organization_statements(importer.source, maker)
        yield Imported(f"organizations/{maker.slug}", subject, canonical_turtle(graph))
    summary.organizations = len(makers)
    summary.pairs = doubtful_pairs(hubs, known=_known_slugs(importer.systems))


def _known_slugs(crosswalk: Crosswalk) -> set[str]:
    return {
        decision.record.partition(":")[2]
        for decision in crosswalk.decisions.values()
        if decision.record.startswith("system:")
    }


#: What the summary counts.
_COUNTED = frozenset(
    {
        OSAI.hasAvailability,
        OSAI.isDevelopedBy,
        DCTERMS.issued,
        OSAI.fineTunedFrom,
        OSAI.isDerivedFrom,
        OSAI.trainedOn,
        OSAI.huggingFaceId,
    }
)


def _count(graph: Graph, subject: URIRef, summary: ImportSummary) -> None:
    summary.subjects.add(str(subject))
    for node, predicate in graph.subject_predicates(None):
        own = str(node).partition("#")[0] == str(subject)
        if own and predicate in _COUNTED and (predicate != DCTERMS.issued or node == subject):
            summary.stated[str(predicate).rpartition("#")[2].rpartition("/")[2]] += 1
    for node, value in graph.subject_objects(DCTERMS.license):
        if str(node).startswith(f"{subject}#"):
            summary.stated["license"] += 1
            summary.licenses[str(value).removeprefix(str(LICENSE))] += 1


def note_reading(reading: LicenseReading, key: str, summary: ImportSummary) -> None:
    """Note a license text that states no license, with the reason and the text as written."""
    if reading.scopes:
        for _, part in reading.scopes:
            note_reading(part, key, summary)
    elif reading.outcome not in (Outcome.LICENSED, Outcome.NO_LICENSE, Outcome.NOT_RELEASED):
        summary.note(f"license text: {reading.outcome.value}", key, reading.text.strip())


def import_records(
    importer: SourceReader, path: Path, out: Path, progress: Progress | None = None
) -> ImportSummary:
    """Write every record of a source as one Turtle file into a folder.

    Args:
        importer: the source.
        path: the snapshot of the source.
        out: the folder to write into; made if it is missing.
        progress: called after each record.

    Returns:
        What was read, stated and not understood.

    Raises:
        GraphError: the path holds nothing of this source, or the folder cannot be written.
    """
    summary = ImportSummary(importer.source.name)
    try:
        out.mkdir(parents=True, exist_ok=True)
        written = set()
        for imported in importer.read(path, summary, progress):
            target = out / f"{imported.file}.ttl"
            target.parent.mkdir(exist_ok=True)
            # half a surrogate pair can be written in JSON and YAML, and in no text
            write_whole(target, imported.turtle.encode("utf-8", errors="replace"))
            written.add(target)
            summary.written += 1
    except OSError as error:
        raise GraphError(f"{out} cannot be written: {error.strerror}.", "Check --out.") from error
    for stale in sorted(p for p in out.rglob("*.ttl") if p not in written):
        relative = stale.relative_to(out).as_posix()
        summary.note("file of an earlier import that this one does not write", relative)
    return summary
