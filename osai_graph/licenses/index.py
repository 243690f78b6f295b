"""index holds every name of every license in the graph and looks names up in it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import Final

import pyoxigraph as ox
from rdflib import RDF, Graph

from osai_graph import resources
from osai_graph.graph.loading import parse_quads, read_file
from osai_graph.graph.store import GraphStore
from osai_graph.licenses.names import (
    NOT_NAMES,
    bare,
    is_telling,
    is_version,
    key,
    without_version,
    words,
)
from osai_graph.namespaces import DCTERMS, LICENSE, OSAI, RDFS, SCHEMA, SKOS, SPDX, expand

_IDENTIFIERS: Final = (str(SPDX.licenseId), str(OSAI.licenseRef), str(DCTERMS.identifier))
_NAMES: Final = (str(RDFS.label), str(SKOS.altLabel))
_ADDRESSES: Final = (str(SCHEMA.url), str(RDFS.seeAlso))
_SAME: Final = str(SKOS.exactMatch)
_REPLACED: Final = str(DCTERMS.isReplacedBy)
_PROPERTIES: Final = (*_IDENTIFIERS, *_NAMES, *_ADDRESSES, _SAME, _REPLACED)

#: Marks that say that the writer does not mean just this license: ``Apache-2.0?``, ``~MIT``.
_IN_DOUBT: Final = re.compile(r"[?!~≈≠<>]")

_QUERY: Final = (
    f"SELECT DISTINCT ?license ?property ?value WHERE {{ "
    f"VALUES ?property {{ {' '.join(f'<{p}>' for p in _PROPERTIES)} }} "
    f"?license a <{OSAI.License}> ; ?property ?value . }}"
)

#: A license, a property that names it, and the value: IRIs and texts as strings.
NameRow = tuple[str, str, str]


class How(StrEnum):
    """How a text came to mean a license."""

    IDENTIFIER = "identifier"
    ADDRESS = "address"
    NAME = "name"
    NORMALIZED_NAME = "normalized name"


@dataclass(frozen=True, order=True)
class NamedLicense:
    """A license with the identifier and the label under which it is shown."""

    identifier: str
    label: str
    iri: str


@dataclass(frozen=True)
class Match:
    """What a text means.

    Attributes:
        text: the text that was looked up.
        license: the one license that it means, or ``None``.
        how: how it came to mean that license; ``None`` without a license.
        candidates: the licenses that it could mean, if it could mean several or names no version.
        nearest: identifiers that look like the text, if it means nothing; never an answer.
        names_nothing: the text is known to be no name of a license, such as "other".
    """

    text: str
    license: NamedLicense | None = None
    how: How | None = None
    candidates: tuple[NamedLicense, ...] = ()
    nearest: tuple[str, ...] = ()
    names_nothing: bool = False


class LicenseIndex:
    """The names of all licenses.

    A text means a license only if one of its names says so, apart from spelling. A name that
    several licenses share, or that leaves the version open, gives candidates instead.

    Args:
        rows: the names; see `from_store` and `from_graph`.
    """

    def __init__(self, rows: Iterable[NameRow]) -> None:
        properties: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for iri, name, value in rows:
            properties[iri][name].add(value)
        self._names = {
            iri: frozenset(name for p in (*_IDENTIFIERS, *_NAMES) for name in values[p])
            for iri, values in properties.items()
        }
        self._same = {iri: _meant_by(iri, values) for iri, values in properties.items()}
        self._licenses = {iri: _named(iri, values) for iri, values in properties.items()}
        self._tables: dict[How, dict[str, set[str]]] = {how: defaultdict(set) for how in How}
        self._bare: dict[str, set[str]] = defaultdict(set)
        self._words: list[tuple[tuple[str, ...], str]] = []
        for iri, values in properties.items():
            self._enter(iri, values)

    @classmethod
    def from_store(cls, store: GraphStore) -> LicenseIndex:
        """Return the index of the licenses in a store.

        Raises:
            StoreError: the store cannot be read.
        """
        return cls((str(lic), str(name), str(v)) for lic, name, v in store.select(_QUERY).rows)

    @classmethod
    def from_graph(cls, graph: Graph) -> LicenseIndex:
        """Return the index of the licenses in an rdflib graph."""
        licenses = set(graph.subjects(RDF.type, OSAI.License))
        return cls(
            (str(s), str(p), str(o)) for s, p, o in graph if s in licenses and str(p) in _PROPERTIES
        )

    @property
    def licenses(self) -> tuple[NamedLicense, ...]:
        """All licenses, by identifier."""
        return tuple(sorted(self._licenses.values()))

    def names_of(self, iri: str) -> tuple[str, ...]:
        """Return the names and identifiers of a license, sorted; none for an unknown one."""
        return tuple(sorted(self._names.get(iri, ())))

    def find(self, text: str) -> Match:
        """Return what a text means: a license, several candidates, or nothing.

        It is looked up as an identifier (SPDX identifiers compare without case: SPDX 2.3, annex D),
        as the address of a license, as a name as it is written, as a name apart from spelling, and
        at last as a part of a name, which only ever gives candidates.
        """
        if match := self._by_whole_name(text):
            return match
        if self._is_no_name(text):
            return Match(text, names_nothing=True)
        candidates = self._with_part(bare(words(text)))
        return Match(
            text,
            candidates=self._sorted(candidates),
            nearest=() if candidates else self._nearest(text),
        )

    def find_certain(self, text: str) -> NamedLicense | None:
        """Return the one license of which a text is a name, without a look at parts of names."""
        match = self._by_whole_name(text)
        return match.license if match else None

    def _by_whole_name(self, text: str) -> Match | None:
        ways: tuple[tuple[How, Callable[[str], set[str]]], ...] = (
            (How.IDENTIFIER, self._by_identifier),
            (How.ADDRESS, self._by_address),
            (How.NAME, self._by_name),
            (How.NORMALIZED_NAME, self._by_words),
        )
        for how, look_up in ways[:1] if self._is_no_name(text) else ways:
            if found := self._meant(look_up(text)):
                return self._match(text, found, how)
        return None

    @staticmethod
    def _is_no_name(text: str) -> bool:
        return " ".join(bare(words(text))) in NOT_NAMES | {""}

    def _enter(self, iri: str, values: dict[str, set[str]]) -> None:
        identifiers = {name for p in _IDENTIFIERS for name in values[p]}
        for identifier in identifiers:
            self._tables[How.IDENTIFIER][identifier.casefold()].add(iri)
        self._tables[How.IDENTIFIER][iri.removeprefix(str(LICENSE)).casefold()].add(iri)
        for address in (*(a for p in _ADDRESSES for a in values[p]), *values[_SAME]):
            self._tables[How.ADDRESS][_plain_address(address)].add(iri)
        if len(self._same[iri]) > 1:  # an old identifier; its name is mostly that of a newer one
            return
        for name in {n for p in _NAMES for n in values[p]} | values[str(SPDX.licenseId)]:
            self._tables[How.NAME][_spaced(name)].add(iri)
            self._tables[How.NORMALIZED_NAME][key(words(name))].add(iri)
            self._bare[key(bare(words(name)))].add(iri)
            self._words.append((bare(words(name)), iri))
        # an identifier of our own making is no name that people use: it only gives candidates
        for reference in values[str(OSAI.licenseRef)]:
            self._words.append((bare(words(reference.removeprefix("LicenseRef-"))), iri))

    def _by_identifier(self, text: str) -> set[str]:
        name = _spaced(text)
        if (iri := expand(text.strip())) is not None:
            name = str(iri).removeprefix(str(LICENSE)).casefold()
        elif name.startswith(str(LICENSE).casefold()):
            name = name.removeprefix(str(LICENSE).casefold())
        elif spdx := re.fullmatch(r"https?://spdx\.org/licenses/(.+?)(?:\.html|\.json)?/?", name):
            name = spdx[1]
        name = re.sub(r"^licenseref-scancode-", "scancode:", name)
        return self._tables[How.IDENTIFIER].get(name, set())

    def _by_address(self, text: str) -> set[str]:
        if not re.match(r"(?:https?://|www\.)", text.strip(), re.IGNORECASE):
            return set()
        return self._tables[How.ADDRESS].get(_plain_address(text), set())

    def _by_name(self, text: str) -> set[str]:
        return self._tables[How.NAME].get(_spaced(text), set())

    def _by_words(self, text: str) -> set[str]:
        """Look the words up. "License" may be added to a name but not be taken away from it.

        "DeepSeek" is no name of the "DeepSeek License", but "Apache 2.0 License" is Apache 2.0.
        """
        text_words = words(text)
        if found := self._tables[How.NORMALIZED_NAME].get(key(text_words)):
            return found
        stripped = bare(text_words)
        return self._bare.get(key(stripped), set()) if stripped != text_words else set()

    def _with_part(self, part: tuple[str, ...]) -> set[str]:
        """Return the licenses with a name that the words are a part of.

        Names that add nothing but a version come first, then those that contain the words in a
        row, then those that contain them anywhere.
        """
        if not any(is_telling(word) for word in part):
            return set()
        ways = [_adds_version, _adds_around, _adds_anywhere]
        if any(name == part for name, _ in self._words):
            ways.remove(_adds_version)
        for adds in ways:
            if found := self._meant(iri for name, iri in self._words if adds(part, name)):
                return found
        return set()

    def _meant(self, iris: Iterable[str]) -> set[str]:
        """Return the licenses that records stand for: other names and old identifiers resolved."""
        return {meant for iri in iris for meant in self._same[iri] if meant in self._licenses}

    def _match(self, text: str, found: set[str], how: How) -> Match:
        in_doubt = how is not How.ADDRESS and _IN_DOUBT.search(text)
        if len(found) > 1 or in_doubt:
            return Match(text, candidates=self._sorted(found))
        return Match(text, self._licenses[found.pop()], how)

    def _sorted(self, iris: Iterable[str]) -> tuple[NamedLicense, ...]:
        return tuple(sorted(self._licenses[iri] for iri in iris))

    def _nearest(self, text: str) -> tuple[str, ...]:
        close = get_close_matches(_spaced(text), self._tables[How.NAME], n=9, cutoff=0.6)
        found = (iri for name in close for iri in sorted(self._tables[How.NAME][name]))
        iris = {meant: None for iri in found for meant in sorted(self._meant([iri]))}
        return tuple(self._licenses[iri].identifier for iri in iris)[:3]


def _named(iri: str, values: dict[str, set[str]]) -> NamedLicense:
    identifiers = values[str(SPDX.licenseId)] or values[str(OSAI.licenseRef)]
    identifier = min(identifiers, default=iri.removeprefix(str(LICENSE)))
    return NamedLicense(identifier, min(values[str(RDFS.label)], default=identifier), iri)


def _meant_by(iri: str, values: dict[str, set[str]]) -> frozenset[str]:
    """Return the licenses of the graph that a record stands for, which mostly is itself.

    A record may be another name of one, or an old identifier that several took the place of.
    """
    same = [v for v in values[_SAME] if v.startswith(str(LICENSE))]
    replaced = values[_REPLACED] if not same else set()
    return frozenset(sorted(same)[:1] or replaced or {iri})


@cache
def shipped_index() -> LicenseIndex:
    """Return the index of the license records that come with the graph.

    Raises:
        SyntaxFault: a file is broken.
    """
    data = resources.graph_root() / "data"
    paths = [*(data / "licenses").glob("*.ttl"), *(data / "sources/spdx-licenses").glob("*.ttl")]
    rows: list[NameRow] = []
    for path in sorted(paths):
        quads = parse_quads(read_file(path))
        typed = {q.subject for q in quads if q.object == ox.NamedNode(str(OSAI.License))}
        rows += [
            (q.subject.value, q.predicate.value, q.object.value)  # type: ignore[union-attr]
            for q in quads
            if q.subject in typed and q.predicate.value in _PROPERTIES
        ]
    return LicenseIndex(rows)


def _spaced(text: str) -> str:
    return " ".join(text.split()).casefold()


def _plain_address(text: str) -> str:
    """Return an address without what makes no difference: scheme, "www.", a slash at the end."""
    plain = re.sub(r"^(?:https?://)?(?:www\.)?", "", text.strip().casefold())
    return plain.partition("#")[0].rstrip("/")


def _adds_version(part: tuple[str, ...], name: tuple[str, ...]) -> bool:
    versions = {word for word in part if is_version(word)}
    return versions <= set(name) and key(without_version(name)) == key(without_version(part))


def _adds_around(part: tuple[str, ...], name: tuple[str, ...]) -> bool:
    length = len(part)
    return any(name[i : i + length] == part for i in range(len(name) - length + 1))


def _adds_anywhere(part: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return set(part) <= set(name)
