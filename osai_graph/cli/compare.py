"""The command ``compare`` shows in what systems differ, and which of them is the more open."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import asdict
from datetime import date
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from osai_graph.assessment.chains import Named
from osai_graph.assessment.comparison import SECTIONS, Comparison, Row, compare
from osai_graph.assessment.frameworks import find_framework, stored_frameworks
from osai_graph.build import MaterializedGraph
from osai_graph.cli import ExitCode
from osai_graph.cli.opening import (
    as_of_option,
    day_line,
    find_on,
    open_with_progress,
    told_day,
)
from osai_graph.cli.rendering import console, count, to_text, write_bytes
from osai_graph.cli.servers import store_option
from osai_graph.errors import UnknownNameError
from osai_graph.namespaces import shorten

_FORMATS = ("table", "json", "csv")


@click.command("compare")
@click.argument("names", metavar="ID ID [ID ID]", nargs=-1, required=True)
@click.option(
    "--framework", metavar="F", help="Compare every requirement of this framework, nothing else."
)
@click.option("--all", "everything", is_flag=True, help="Show what is equal, too.")
@click.option(
    "--format", "form", default="table", show_default=True, metavar="|".join(_FORMATS), help="Form."
)
@as_of_option
@store_option
def command(
    names: tuple[str, ...],
    framework: str | None,
    everything: bool,
    form: str,
    as_of: date | None,
) -> int:
    """Show in what two to four systems differ.

    \b
    Try:
      osai-graph compare mistral-7b llama-2
      osai-graph compare pythia olmo-2 --framework mof-1.0
      osai-graph compare falcon-40b llama-1 --as-of 2023-05-28

    Where values have an order, the last column says which system is the more open; what is unknown
    or cannot be decided has no place in the order.
    """
    if form not in _FORMATS:
        raise UnknownNameError("format", form, _FORMATS, f"Formats: {', '.join(_FORMATS)}.")
    graph = open_with_progress(as_of)
    systems = [find_on(graph, name, as_of, ("system",)) for name in names]
    chosen = find_framework(stored_frameworks(graph.store), framework) if framework else None
    comparison = compare(graph.store, systems, chosen.iri if chosen else None)
    rows = comparison.rows if everything else comparison.differing()
    if form == "json":
        click.echo(json.dumps(_as_json(comparison, rows, graph), ensure_ascii=False, indent=2))
    elif form == "csv":
        click.echo(_as_csv(comparison, rows), nl=False)
    elif sys.stdout.isatty():
        console().print(_view(comparison, rows, as_of))
    else:
        write_bytes(to_text(_view(comparison, rows, as_of)), None)
    click.echo(f"{count(len(rows), 'row')} of {len(comparison.rows)}", err=True)
    return ExitCode.FINE


def _labels(comparison: Comparison, row: Row) -> str:
    names = {system.iri: system.label for system in comparison.systems}
    return ", ".join(names[iri] for iri in row.more_open)


def _as_json(
    comparison: Comparison, rows: tuple[Row, ...], graph: MaterializedGraph
) -> dict[str, Any]:
    keys = [shorten(system.iri) for system in comparison.systems]
    content: dict[str, Any] = {
        "systems": [asdict(system) for system in comparison.systems],
        "frameworks": [asdict(framework) for framework in comparison.frameworks],
        "rows": [
            {
                "section": row.section,
                "item": row.item,
                "differs": row.differs,
                "values": {k: c.text for k, c in zip(keys, row.cells, strict=True)},
                "iris": {k: sorted(c.values) for k, c in zip(keys, row.cells, strict=True)},
                "more_open": [shorten(iri) for iri in row.more_open],
            }
            for row in rows
        ],
    }
    return content | told_day(graph)


def _as_csv(comparison: Comparison, rows: tuple[Row, ...]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    systems = [shorten(system.iri) for system in comparison.systems]
    writer.writerow(["section", "item", *systems, "more_open"])
    for row in rows:
        more = " ".join(shorten(iri) for iri in row.more_open)
        writer.writerow([row.section, row.item, *(cell.text for cell in row.cells), more])
    return out.getvalue()


def _view(comparison: Comparison, rows: tuple[Row, ...], as_of: date | None) -> RenderableType:
    parts: list[RenderableType] = []
    if as_of is not None:
        parts.append(Text(day_line(as_of), style="dim"))
    if not rows:
        parts.append(Text("They differ in nothing that is recorded."))
    for section in SECTIONS:
        if here := [row for row in rows if row.section == section]:
            parts += [Text(f"\n{section.capitalize()}", style="bold"), _table(comparison, here)]
    if any(row.section == "verdicts" for row in rows):
        parts.append(Text(f"\nJudged by {_enumerate(comparison.frameworks)}.", style="dim"))
    return Group(*parts)


def _enumerate(things: tuple[Named, ...]) -> str:
    return "; ".join(thing.label for thing in things)


def _table(comparison: Comparison, rows: list[Row]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("", *(system.label for system in comparison.systems), "more open"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        cells = [Text(cell.text) for cell in row.cells]
        table.add_row(Text(row.item), *cells, Text(_labels(comparison, row), style="green"))
    return table
