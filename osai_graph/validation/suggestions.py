"""suggestions finds the nearest right value for a wrong one: terms, records, licenses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from functools import cache, cached_property

from rdflib import Graph, URIRef
from rdflib.term import Node

from osai_graph.graph.store import GraphStore
from osai_graph.licenses import LicenseIndex
from osai_graph.namespaces import BASE, LICENSE, OSAI, OWL, RDF, RDFS, shorten

#: Finds the licenses that a free-text name means, best first, as IRIs.
LicenseResolver = Callable[[str], Iterable[str]]


def license_resolver(store: GraphStore) -> LicenseResolver:
    """Return a resolver of the names that the licenses of a store have."""

    @cache
    def index() -> LicenseIndex:
        return LicenseIndex.from_store(store)

    def resolve(text: str) -> Iterable[str]:
        match = index().find(text)
        if match.license:
            return [match.license.iri]
        return [found.iri for found in match.candidates]

    return resolve


class Suggester:
    """Suggests terms of the ontology, records of the graph and licenses.

    Args:
        properties: the IRIs of our properties.
        terms: the IRIs of our classes and values.
        names: gives the names of every record by its IRI; called only when there is a need.
        resolve_license: finds licenses by name; without it only identifiers are compared.
    """

    def __init__(
        self,
        properties: Iterable[str],
        terms: Iterable[str],
        names: Callable[[], Mapping[str, Iterable[str]]],
        resolve_license: LicenseResolver | None = None,
    ) -> None:
        self._properties = sorted(properties)
        self._terms = sorted(terms)
        self._names = names
        self._resolve_license = resolve_license

    @classmethod
    def for_graph(
        cls,
        data: Graph,
        names: Callable[[], Mapping[str, Iterable[str]]],
        resolve_license: LicenseResolver | None,
    ) -> Suggester:
        """Return a suggester of the terms that the ontology in ``data`` defines."""
        defined = {str(s) for s in data.subjects(RDFS.isDefinedBy) if str(s).startswith(OSAI)}
        kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
        properties = defined & {str(s) for kind in kinds for s in data.subjects(RDF.type, kind)}
        return cls(properties, defined - properties, names, resolve_license)

    @cached_property
    def _records(self) -> Mapping[str, Iterable[str]]:
        return self._names()

    def suggest(self, code: str, wrong: Node | None) -> tuple[str, ...]:
        """Return the short names of at most three right values, best first."""
        if wrong is None:
            return ()
        if code == "OSAI-S10":
            return _nearest(str(wrong), self._properties)
        if code == "OSAI-S11":
            return _nearest(str(wrong), self._terms)
        if code in ("OSAI-L01", "OSAI-L02"):
            return self._license(wrong)
        if code == "OSAI-I03" and isinstance(wrong, URIRef):
            return self._record(wrong)
        return ()

    def _license(self, wrong: Node) -> tuple[str, ...]:
        text = str(wrong)
        if isinstance(wrong, URIRef):
            text = text.removeprefix(LICENSE).rpartition("/")[2].removesuffix(".html")
        if self._resolve_license and (found := list(self._resolve_license(text))[:3]):
            return tuple(shorten(iri) for iri in found)
        return self._by_name(text, (iri for iri in self._records if iri.startswith(LICENSE)))

    def _record(self, wrong: URIRef) -> tuple[str, ...]:
        kind = wrong.removeprefix(BASE).partition("/")[0]
        same_kind = [iri for iri in self._records if iri.startswith(f"{BASE}{kind}/")]
        text = wrong.rpartition("/")[2]
        return self._by_name(text, same_kind)

    def _by_name(self, text: str, candidates: Iterable[str]) -> tuple[str, ...]:
        """Return the candidates whose slug or any of whose names is nearest to ``text``."""
        wanted = _plain(text)
        scores = []
        for iri in candidates:
            names = [iri.rpartition("/")[2], *self._records[iri]]
            score = max(SequenceMatcher(None, wanted, _plain(name)).ratio() for name in names)
            if score >= 0.7:
                scores.append((-score, len(iri), iri))
        return tuple(shorten(iri) for *_, iri in sorted(scores)[:3])


def _plain(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _nearest(wrong: str, known: list[str]) -> tuple[str, ...]:
    local = {iri.removeprefix(OSAI).lower(): iri for iri in known}
    near = get_close_matches(wrong.removeprefix(OSAI).lower(), sorted(local), n=3, cutoff=0.6)
    return tuple(shorten(local[name]) for name in near)
