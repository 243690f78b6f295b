"""directory lists all records with what a list or a search shows of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import BASE, PREFIXES, RECORD_KINDS

_PROLOGUE = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n"
    for name in ("dcterms", "oa", "osai", "rdf", "rdfs", "schema", "skos", "spdx")
)

_RECORDS = f"""{_PROLOGUE}
SELECT ?record ?property ?value ?node WHERE {{
  VALUES ?property {{
    rdfs:label skos:altLabel osai:huggingFaceId spdx:licenseId osai:licenseRef dcterms:title
    dcterms:description dcterms:issued schema:startDate
    osai:isDevelopedBy osai:hasSteward osai:stewardName osai:hasLicenseClass
    osai:hasStatus oa:exact
  }}
  ?record ?property ?node .
  FILTER(STRSTARTS(STR(?record), "{BASE}"))
  OPTIONAL {{ ?node rdfs:label ?label FILTER(isIRI(?node)) }}
  BIND(COALESCE(?label, STR(?node)) AS ?value)
}}
"""

_KINDS = f"""{_PROLOGUE}
SELECT ?record ?type ?label WHERE {{
  GRAPH ?graph {{ ?record rdf:type ?type }}
  ?type rdfs:label ?label .
  FILTER(STRSTARTS(STR(?record), "{BASE}") && STRSTARTS(STR(?type), "{PREFIXES["osai"]}"))
  FILTER(STRSTARTS(STR(?graph), "{BASE}graph/data/"))
}}
"""


@dataclass
class Entry:
    """A record as a list shows it.

    Attributes:
        iri: its IRI.
        route: its kind as it stands in the IRI.
        identifier: its IRI after the kind.
        label: its name.
        kind: the class that its file states, in words.
        names: further names and identifiers.
        description: one or two sentences.
        date: when it was issued or took place.
        makers: who made it, or keeps it.
        note: the class of a license, or the status of a claim.
        note_iri: the term that the note names.
    """

    iri: str
    route: str
    identifier: str
    label: str = ""
    kind: str = ""
    names: list[str] = field(default_factory=list)
    description: str = ""
    date: str = ""
    makers: list[str] = field(default_factory=list)
    note: str = ""
    note_iri: str = ""

    @property
    def maker(self) -> str:
        """The makers as one line."""
        return ", ".join(self.makers)

    def take(self, name: str, value: str, node: str) -> None:
        """Take over a value of the property ``name``; ``node`` is the term behind the value."""
        if name == "label":
            self.label = self.label or value
        elif name in ("altLabel", "huggingFaceId", "licenseId", "licenseRef", "title"):
            self.names.append(value)
        elif name in ("description", "exact"):
            self.description = self.description or value
        elif name in ("issued", "startDate"):
            self.date = min(filter(None, (self.date, value)))
        elif name in ("isDevelopedBy", "hasSteward", "stewardName"):
            self.makers = sorted({*self.makers, value})
        elif not self.note:
            self.note, self.note_iri = value, node


def _entry(iri: str) -> Entry | None:
    route, _, identifier = iri.removeprefix(BASE).partition("/")
    if route not in RECORD_KINDS or not identifier or ("#" in identifier and route != "claim"):
        return None
    return Entry(iri, route, identifier)


class Directory:
    """All records of a graph, by kind and by name.

    Args:
        store: the graph; it is read once.
    """

    def __init__(self, store: GraphStore) -> None:
        self._entries: dict[str, Entry] = {}
        for record, kind, value, node in store.select(_RECORDS).rows:
            if entry := self._entries.get(str(record)) or _entry(str(record)):
                entry.take(str(kind).replace("#", "/").rpartition("/")[2], str(value), str(node))
                self._entries[entry.iri] = entry
        for record, _, label in store.select(_KINDS).rows:
            if found := self._entries.get(str(record)):
                found.kind = str(label)
        for entry in list(self._entries.values()):
            # of the parts of a file of claims, only the claims are records
            if "#" in entry.identifier and entry.kind != "claim":
                del self._entries[entry.iri]

    def of_kind(self, route: str) -> list[Entry]:
        """Return the records of a kind, by name."""
        found = (entry for entry in self._entries.values() if entry.route == route)
        return sorted(found, key=lambda entry: (entry.label.casefold(), entry.iri))

    def drop(self, iris: Iterable[str]) -> None:
        """Leave records out, as those that were withdrawn."""
        for iri in iris:
            self._entries.pop(iri, None)

    def get(self, iri: str) -> Entry | None:
        """Return the entry of a record."""
        return self._entries.get(iri)

    def search(self, text: str, limit: int = 50) -> list[Entry]:
        """Return the records that all words of the text occur in, names before descriptions."""
        words = text.casefold().split()
        if not words:
            return []
        ranked = [(_rank(entry, words), entry) for entry in self._entries.values()]
        found = [(rank, entry.label.casefold(), entry.iri) for rank, entry in ranked if rank]
        return [self._entries[iri] for _, _, iri in sorted(found)[:limit]]

    def nearest(self, name: str, route: str | None = None, limit: int = 5) -> list[Entry]:
        """Return the records whose names come nearest to a name that is none."""
        names: dict[str, str] = {}
        for entry in self._entries.values():
            if "#" not in entry.identifier and route in (None, entry.route):
                for known in (entry.identifier, entry.label, *entry.names):
                    names.setdefault(known.casefold(), entry.iri)
        close = get_close_matches(name.casefold(), names, n=limit, cutoff=0.5)
        return _unique(self._entries[names[match]] for match in close)


def _unique(entries: Iterable[Entry]) -> list[Entry]:
    return list({entry.iri: entry for entry in entries}.values())


def _rank(entry: Entry, words: list[str]) -> int:
    """Return how well an entry matches: 1 best, 0 not at all."""
    names = [name.casefold() for name in (entry.label, entry.identifier, *entry.names)]
    whole = " ".join(words)
    if whole in names:
        return 1
    if any(name.startswith(whole) for name in names):
        return 2
    together = " ".join(names)
    if all(word in together for word in words):
        return 3 if "#" not in entry.identifier else 4
    everything = (
        f"{together} {entry.description} {entry.maker} {entry.note} {entry.kind}".casefold()
    )
    return 5 if all(word in everything for word in words) else 0
