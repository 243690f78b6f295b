"""opening gives the commands the built graph, with progress on standard error while it is built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import click
from rdflib import URIRef

from osai_graph.assessment.as_of import read_day
from osai_graph.build import BuiltGraph, open_graph
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.namespaces import DCTERMS, SCHEMA
from osai_graph.records import Record, describe, find

_Command = TypeVar("_Command", bound=Callable[..., Any])


def open_with_progress(as_of: date | None = None, *, fresh: bool = False) -> BuiltGraph:
    """Return the built graph; a build that takes a while shows what it is doing.

    Args:
        as_of: the day whose facts the graph holds; ``None`` for today's. What such an answer rests
            on is said on standard error.
        fresh: build again even if there is a store.

    Raises:
        GraphError: see `osai_graph.build.open_graph`.
    """
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("opening the graph") as status:

        def show(step: str) -> None:
            status.update(f"building the graph: {step}")

        if as_of is None:
            return open_graph(progress=show, fresh=fresh)
        graph = open_graph(progress=show, day=as_of, fresh=fresh)
    for sentence in graph.manifest.notes:
        click.echo(sentence, err=True)
    return graph


class Day(click.ParamType[date]):
    """A day, written as a day, a month or a year."""

    name = "date"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,  # noqa: ARG002 - click gives it
        ctx: click.Context | None,  # noqa: ARG002 - click gives it
    ) -> date:
        """Return the day.

        Raises:
            DateError: it is none, or has not come yet.
        """
        return value if isinstance(value, date) else read_day(value, datetime.now(UTC).date())


def as_of_option(command: _Command) -> _Command:
    """Give a command the option ``--as-of``, whose value reaches it as ``as_of``."""
    return click.option(
        "--as-of",
        type=Day(),
        metavar="DATE",
        help="Answer for this day: what was true then as known today. A month or a year stands "
        "for its last day.",
    )(command)


class NotThereError(GraphError):
    """A record that came into the world after the day that is asked about."""

    def __init__(self, name: str, day: date, begins: str | None) -> None:
        when = f": it is dated {begins}" if begins else ""
        super().__init__(
            f"{name} was not there on {day}{when}.", "Take a later day, or leave out --as-of."
        )


def day_line(as_of: date) -> str:
    """Return the line above an answer for a day."""
    return f"As of {as_of}: true then as known today."


def told_day(graph: BuiltGraph) -> dict[str, Any]:
    """Return what JSON says of the day whose facts a graph holds; nothing of today's."""
    if not graph.manifest.as_of:
        return {}
    return {"as_of": graph.manifest.as_of, "as_of_notes": list(graph.manifest.notes)}


def find_on(
    graph: BuiltGraph, name: str, as_of: date | None, kinds: tuple[str, ...] = ()
) -> URIRef:
    """Return the IRI of the record that a name means, in the graph of a day.

    Raises:
        NotThereError: the record is known, and came later than that day.
        GraphError: see `osai_graph.records.find`.
    """
    try:
        return find(graph.store, name, kinds)
    except UnknownNameError:
        if as_of is None:
            raise
        store = open_graph().store
        try:
            later = find(store, name, kinds)
        except UnknownNameError:
            later = None
        if later is None:
            raise
        record = describe(store, later)
        raise NotThereError(record.label, as_of, _begins(record)) from None


def _begins(record: Record) -> str | None:
    dates = [str(p) for p in (DCTERMS.issued, SCHEMA.startDate, SCHEMA.foundingDate)]
    values = {fact.property.iri: fact.values for group in record.facts for fact in group.facts}
    return next((values[p][0].text for p in dates if p in values), None)
