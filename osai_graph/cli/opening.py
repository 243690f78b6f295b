"""opening gives the commands the built graph, with progress on standard error while it is built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rdflib import URIRef

from osai_graph.assessment.as_of import read_day
from osai_graph.build import MaterializedGraph, collect_inputs, open_graph
from osai_graph.cli.servers import chosen_store
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.namespaces import DCTERMS, SCHEMA
from osai_graph.records import Record, describe, find

if TYPE_CHECKING:
    from osai_graph.graph.remote import RemoteStore

_Command = TypeVar("_Command", bound=Callable[..., Any])


def open_with_progress(as_of: date | None = None, *, fresh: bool = False) -> MaterializedGraph:
    """Return the built graph; a build that takes a while shows what it is doing.

    Args:
        as_of: the day whose facts the graph holds; ``None`` for today's. What such an answer rests
            on is said on standard error.
        fresh: build again even if there is a store.

    With ``--store``, the graph is on that server; only ``osai-graph build`` builds it there.

    Raises:
        GraphError: see `osai_graph.build.open_graph` and `osai_graph.remote_build`.
    """
    from rich.console import Console

    if (store := chosen_store()) is not None:
        return _open_on_server(store, as_of)
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


def build_with_progress(*, fresh: bool = False) -> MaterializedGraph:
    """Return the graph of the present files, built on the server of ``--store`` if one is named.

    Raises:
        GraphError: see `osai_graph.build.open_graph` and `osai_graph.remote_build.build_remote`.
    """
    if (store := chosen_store()) is None:
        return open_with_progress(fresh=fresh)
    from rich.console import Console

    from osai_graph.remote_build import build_remote

    console = Console(stderr=True)
    with console.status("opening the graph") as status:
        return build_remote(
            store, progress=lambda step: status.update(f"building: {step}"), fresh=fresh
        )


def _open_on_server(store: RemoteStore, as_of: date | None) -> MaterializedGraph:
    from osai_graph.remote_build import open_remote

    if as_of is not None:
        raise GraphError(
            "The graph on a server is that of today.", "Leave out --as-of, or --store."
        )
    graph = open_remote(store)
    if graph.version != collect_inputs().version:
        click.echo(
            "The graph on the server was built from other files than those that are here. "
            "To replace it: osai-graph build --store URL",
            err=True,
        )
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


def told_day(graph: MaterializedGraph) -> dict[str, Any]:
    """Return what JSON says of the day whose facts a graph holds; nothing of today's."""
    if not graph.manifest.as_of:
        return {}
    return {"as_of": graph.manifest.as_of, "as_of_notes": list(graph.manifest.notes)}


def find_on(
    graph: MaterializedGraph, name: str, as_of: date | None, kinds: tuple[str, ...] = ()
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
