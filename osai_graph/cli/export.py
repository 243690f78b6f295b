"""The command ``export`` writes the graph, or some records, as linked data."""

from __future__ import annotations

from pathlib import Path

import click

from osai_graph.cli import ExitCode
from osai_graph.cli.opening import open_with_progress
from osai_graph.cli.rendering import write_bytes
from osai_graph.cli.servers import store_option
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.exporting import EXPORT_FORMATS, Selection, export, format_name
from osai_graph.records import find

_PARTS = ("stated", "inferred")


@click.command("export")
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option(
    "--format",
    "form",
    default="turtle",
    show_default=True,
    metavar="FORMAT",
    help=f"One of: {', '.join(EXPORT_FORMATS)}. nquads and trig keep each source apart.",
)
@click.option(
    "--output",
    default="-",
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Write to this file; - is standard output.",
)
@click.option(
    "--include",
    default="stated",
    show_default=True,
    metavar="stated,inferred",
    help="What the files state, what was inferred, or both.",
)
@store_option
def command(ids: tuple[str, ...], form: str, output: Path, include: str) -> int:
    """Write the whole graph, or the records ID..., as linked data.

    Literals are written as the files write them. Equal graphs give equal bytes.
    """
    name = format_name(form)
    parts = _parts(include)
    graph = open_with_progress()
    selection = Selection(
        root=graph.root,
        records=tuple(str(find(graph.store, one)) for one in ids),
        stated="stated" in parts,
        inferred=graph.store if "inferred" in parts else None,
    )
    write_bytes(export(selection, name), output)
    return ExitCode.FINE


def _parts(include: str) -> set[str]:
    parts = {part.strip() for part in include.split(",") if part.strip()}
    for part in sorted(parts):
        if part not in _PARTS:
            raise UnknownNameError("part of the graph", part, _PARTS, "Parts: stated, inferred.")
    if not parts:
        raise GraphError("Nothing is to be written.", "Write --include stated,inferred.")
    return parts
