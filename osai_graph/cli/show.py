"""The command ``show`` describes a record: a system, license, organization, dataset, claim ..."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from osai_graph.cli import ExitCode
from osai_graph.cli.opening import open_with_progress
from osai_graph.cli.record_view import record_view
from osai_graph.cli.rendering import console, to_text, write_bytes
from osai_graph.errors import UnknownNameError
from osai_graph.exporting import Selection, export
from osai_graph.records import describe, find

_FORMATS = ("text", "json", "turtle")


@click.command("show")
@click.argument("name", metavar="ID")
@click.option(
    "--format", "form", default="text", show_default=True, metavar="|".join(_FORMATS), help="Form."
)
def command(name: str, form: str) -> int:
    """Show what the graph says of a record, with its evidence.

    ID is a name such as mistral-7b, "Mistral 7B", mistralai/Mistral-7B-v0.1, license:MIT, T34 (a
    claim) or a full IRI.
    """
    if form not in _FORMATS:
        raise UnknownNameError("format", form, _FORMATS, f"Formats: {', '.join(_FORMATS)}.")
    graph = open_with_progress()
    iri = find(graph.store, name)
    if form == "turtle":
        write_bytes(export(Selection(graph.root, (str(iri),)), "turtle"), None)
        return ExitCode.FINE
    record = describe(graph.store, iri)
    if form == "json":
        click.echo(json.dumps(asdict(record), ensure_ascii=False, indent=2))
    elif sys.stdout.isatty():
        console().print(record_view(record))
    else:
        write_bytes(to_text(record_view(record)), None)
    return ExitCode.FINE
