"""judging gives the commands on verdicts what they share: frameworks, systems and names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rdflib import URIRef

from osai_graph.assessment.definitions import load_frameworks
from osai_graph.assessment.frameworks import Framework, find_framework
from osai_graph.build import MaterializedGraph
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.graph.store import GraphStore
from osai_graph.licenses import LicenseIndex
from osai_graph.records import find


def frameworks_named(graph: MaterializedGraph, names: Iterable[str]) -> tuple[Framework, ...]:
    """Return the frameworks of these names, or all of them where none is named.

    Raises:
        UnknownNameError: there is no framework of a name; with the nearest names.
    """
    frameworks = load_frameworks(graph.root)
    named = tuple(dict.fromkeys(_framework(frameworks, name) for name in names))
    return named or frameworks


def _framework(frameworks: Sequence[Framework], name: str) -> Framework:
    try:
        return find_framework(frameworks, name)
    except UnknownNameError as error:
        slugs = ", ".join(framework.slug for framework in frameworks)
        raise GraphError(error.message, f"{error.remedy} Frameworks: {slugs}.".strip()) from error


def system_named(store: GraphStore, name: str) -> URIRef:
    """Return the system that a name means; a name that other records bear too means the system.

    Raises:
        GraphError: there is no system of that name, or several.
    """
    try:
        return find(store, name, ("system",))
    except UnknownNameError as error:
        hint = "That there is no data on something is no verdict on it."
        raise GraphError(error.message, f"{error.remedy} {hint}".strip()) from error


class Names:
    """Looks up licenses and records by the names that people use."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._index = LicenseIndex.from_store(store)

    def license(self, name: str) -> URIRef:
        """Return the license that a name means.

        Raises:
            UnknownNameError: it means none.
            GraphError: it could mean several.
        """
        match = self._index.find(name)
        if match.license is not None:
            return URIRef(match.license.iri)
        if match.candidates:
            names = ", ".join(candidate.identifier for candidate in match.candidates)
            raise GraphError(f'"{name}" could mean several licenses.', f"Take one of: {names}.")
        known = [known.identifier for known in self._index.licenses]
        raise UnknownNameError("license", name, {*match.nearest, *known}, "See osai-graph license.")

    def record(self, name: str) -> URIRef:
        """Return the system or dataset that a name means; raises GraphError as `find` does."""
        return find(self._store, name, ("system", "dataset"))
