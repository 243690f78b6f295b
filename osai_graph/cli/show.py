"""The command ``show`` describes a record: a system, license, organization, dataset, claim ..."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

import click
from rich.console import Group
from rich.text import Text

from osai_graph.cli import ExitCode
from osai_graph.cli.opening import (
    as_of_option,
    day_line,
    find_on,
    open_with_progress,
    told_day,
)
from osai_graph.cli.record_view import record_view
from osai_graph.cli.rendering import show as show_text
from osai_graph.cli.rendering import write_bytes
from osai_graph.cli.servers import store_option
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.exporting import Selection, export
from osai_graph.records import describe

_FORMATS = ("text", "json", "turtle")


@click.command("show")
@click.argument("name", metavar="ID")
@click.option(
    "--format", "form", default="text", show_default=True, metavar="|".join(_FORMATS), help="Form."
)
@as_of_option
@store_option
def command(name: str, form: str, as_of: date | None) -> int:
    """Show what the graph says of a record, with its evidence.

    ID is a name such as mistral-7b, "Mistral 7B", mistralai/Mistral-7B-v0.1, license:MIT, T34 (a
    claim) or a full IRI.
    """
    if form not in _FORMATS:
        raise UnknownNameError("format", form, _FORMATS, f"Formats: {', '.join(_FORMATS)}.")
    if form == "turtle" and as_of is not None:
        raise GraphError(
            "Turtle gives the files as they are today, not the facts of a day.",
            "Take --format json, or a CONSTRUCT query: osai-graph query - --as-of DATE.",
        )
    graph = open_with_progress(as_of)
    iri = find_on(graph, name, as_of)
    if form == "turtle":
        write_bytes(export(Selection(graph.root, (str(iri),)), "turtle"), None)
        return ExitCode.FINE
    record = describe(graph.store, iri)
    if form == "json":
        content = asdict(record) | told_day(graph)
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        view = record_view(record)
        if as_of is not None:
            view = Group(Text(f"{day_line(as_of)}\n", style="dim"), view)
        show_text(view)
    return ExitCode.FINE
