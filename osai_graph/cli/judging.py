"""judging gives the commands on verdicts what they share: frameworks, systems and names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

import click
from rdflib import URIRef

from osai_graph.assessment.chains import chain_of
from osai_graph.assessment.definitions import load_frameworks
from osai_graph.assessment.frameworks import Framework, find_framework
from osai_graph.assessment.headlines import listed
from osai_graph.build import MaterializedGraph
from osai_graph.cli.opening import find_on
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.graph.store import GraphStore
from osai_graph.licenses import LicenseIndex
from osai_graph.records import find

_Command = TypeVar("_Command", bound=Callable[..., Any])


def later_frameworks_option(command: _Command) -> _Command:
    """Give a command ``--later-frameworks``, whose value reaches it as ``later_frameworks``."""
    return click.option(
        "--later-frameworks",
        is_flag=True,
        help="With --as-of: judge by the frameworks of today, though they were not in force then.",
    )(command)


def frameworks_named(
    graph: MaterializedGraph, names: Iterable[str], *, later_frameworks: bool = False
) -> tuple[Framework, ...]:
    """Return the frameworks of these names, or all of them where none is named.

    In the graph of a day, only those that were in force then, except with ``later_frameworks``.

    Raises:
        UnknownNameError: there is no framework of a name; with the nearest names.
        NotInForceError: a framework that is named was not in force on the day of the graph.
    """
    frameworks = load_frameworks(graph.root)
    day = None if later_frameworks else day_of(graph)
    in_force = [f for f in frameworks if day is None or f.in_force(day)]
    named = tuple(dict.fromkeys(_framework(frameworks, name, in_force) for name in names))
    for framework in named or (() if in_force else frameworks):
        if day is not None and framework not in in_force:
            raise NotInForceError(framework, day, in_force)
    return named or tuple(in_force)


def day_of(graph: MaterializedGraph) -> date | None:
    """Return the day whose facts a graph holds; ``None`` for today's."""
    return date.fromisoformat(graph.manifest.as_of) if graph.manifest.as_of else None


class NotInForceError(GraphError):
    """A framework that was not in force on the day that is asked about."""

    def __init__(self, framework: Framework, day: date, in_force: Sequence[Framework]) -> None:
        when = f"it came into force on {framework.valid_from}"
        if framework.valid_from is None or framework.valid_from <= day:
            when = f"it was in force until {framework.valid_until}"
        others = ", ".join(other.slug for other in in_force)
        super().__init__(
            f"{framework.label} was not in force on {day}: {when}.",
            f"In force then: {others or 'no framework'}. "
            "To judge the facts of that day by it all the same, add --later-frameworks.",
        )


def caveat(store: GraphStore, system: URIRef, *, recorded: bool = True) -> str:
    """Return what verdicts leave out of account: a base that allows less than is declared.

    Verdicts are about declared licenses; whether terms of a base pass along is told apart from
    them. Empty where nothing of the kind is recorded. ``recorded`` is false for what is not in the
    graph, so that no command shows its chain.
    """
    chain = chain_of(store, system)
    excesses = [excess for excess in chain.excesses if not excess.same_maker]
    if not excesses:
        return ""
    declared = listed(sorted({excess.declared.label for excess in excesses}))
    bases = listed(sorted({excess.ancestor.label for excess in excesses}))
    hint = f": osai-graph chain {str(system).rpartition('/')[2]}" if recorded else "."
    return (
        f"! These verdicts rest on the declared license ({declared}), which grants more than the "
        f"terms of what {chain.system.label} is made from ({bases}){hint}"
    )


def not_judged(
    graph: MaterializedGraph, label: str, frameworks: Sequence[Framework], named: Iterable[str] = ()
) -> GraphError:
    """Return the error for something that no framework asked about applies to.

    Args:
        graph: the graph.
        label: its name.
        frameworks: the frameworks that were asked.
        named: the names they were asked for by; empty where all were.
    """
    who = " or ".join(f.label for f in frameworks) + " does not judge"
    remedy = "Frameworks judge models and tools, not families of them."
    day = day_of(graph)
    if not tuple(named):
        who = "No framework judges"
        if day is not None and len(frameworks) < len(load_frameworks(graph.root)):
            who = f"No framework that was in force on {day} judges"
            remedy += " For those that came later, add --later-frameworks."
    return GraphError(f"{who} {label}.", remedy)


def _framework(
    frameworks: Sequence[Framework], name: str, in_force: Sequence[Framework]
) -> Framework:
    """Return the framework of a name, preferring a version that is in force."""
    try:
        return find_framework(in_force, name)
    except UnknownNameError:
        pass
    try:
        return find_framework(frameworks, name)
    except UnknownNameError as error:
        slugs = ", ".join(framework.slug for framework in frameworks)
        raise GraphError(error.message, f"{error.remedy} Frameworks: {slugs}.".strip()) from error


def system_named(graph: MaterializedGraph, name: str) -> URIRef:
    """Return the system that a name means; a name that other records bear too means the system.

    Raises:
        NotThereError: in the graph of a day, the system came later.
        GraphError: there is no system of that name, or several.
    """
    try:
        return find_on(graph, name, day_of(graph), ("system",))
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
