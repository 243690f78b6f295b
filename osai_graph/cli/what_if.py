"""The command ``what-if`` changes facts in memory and shows which verdicts turn."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.text import Text

from osai_graph.assessment.changes import Reader
from osai_graph.assessment.what_if import WhatIf, what_if
from osai_graph.cli import ExitCode
from osai_graph.cli.flips import flip_json, flips_table
from osai_graph.cli.judging import (
    Names,
    frameworks_named,
    later_frameworks_option,
    not_judged,
    system_named,
)
from osai_graph.cli.opening import as_of_option, day_line, open_with_progress, told_day
from osai_graph.cli.rendering import console, to_text, write_bytes
from osai_graph.cli.servers import store_option
from osai_graph.errors import GraphError, UnknownNameError

_FORMATS = ("text", "json")


@click.command("what-if")
@click.argument("name", metavar="ID")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="COMPONENT.license, COMPONENT.availability, base, fine-tuned-from ...; may be repeated.",
)
@click.option(
    "--remove",
    "removals",
    multiple=True,
    metavar="NAME",
    help="A component, COMPONENT.license, base, fine-tuned-from ...; may be repeated.",
)
@click.option("--framework", "-f", multiple=True, help="Only this framework; may be repeated.")
@click.option(
    "--format", "form", default="text", show_default=True, metavar="|".join(_FORMATS), help="Form."
)
@as_of_option
@later_frameworks_option
@store_option
def command(
    name: str,
    settings: tuple[str, ...],
    removals: tuple[str, ...],
    framework: tuple[str, ...],
    form: str,
    as_of: date | None,
    later_frameworks: bool,
) -> int:
    """Show which verdicts on a system would turn if facts were others; nothing is saved.

    \b
    Try:
      osai-graph what-if bloom --set weights.license=Apache-2.0
      osai-graph what-if llama-2 --set training-code.availability=Available \\
          --set training-code.license=MIT
      osai-graph what-if vicuna-v1-3 --set base=pythia

    Components have the names that the data use (weights, training-code, data-card ...); one that is
    not recorded is added.
    """
    if form not in _FORMATS:
        raise UnknownNameError("format", form, _FORMATS, f"Formats: {', '.join(_FORMATS)}.")
    if not settings and not removals:
        raise GraphError("Nothing is changed.", "Write --set weights.license=MIT, for example.")
    graph = open_with_progress(as_of)
    system = system_named(graph, name)
    changes = Reader(graph.store, system, Names(graph.store)).read(settings, removals)
    frameworks = frameworks_named(graph, framework, later_frameworks=later_frameworks)
    result = what_if(graph.store, graph.rules, system, changes, frameworks)
    if not result.judged:
        raise not_judged(graph, result.system.label, frameworks, framework)
    if form == "json":
        click.echo(json.dumps(_as_json(result) | told_day(graph), ensure_ascii=False, indent=2))
    elif sys.stdout.isatty():
        console().print(_view(result, as_of))
    else:
        write_bytes(to_text(_view(result, as_of)), None)
    return ExitCode.FINE


def _view(result: WhatIf, as_of: date | None) -> RenderableType:
    head = Text(f"{result.system.label}, if: {'; '.join(result.changes)}", style="bold")
    parts: list[RenderableType] = [Text(day_line(as_of), style="dim")] if as_of else []
    parts.append(head)
    if result.flips:
        parts += [Text(), flips_table(result.flips), Text()]
    parts.append(Text(f"{len(result.flips)} of {result.judged} verdicts turn. Nothing was saved."))
    for title, sentences in (
        ("Follows then", result.drawn),
        ("Follows no more", result.withdrawn),
    ):
        if sentences:
            parts.append(Text(f"\n{title}", style="bold"))
            parts += [Text(f"  {sentence}") for sentence in sentences]
    return Group(*parts)


def _as_json(result: WhatIf) -> dict[str, Any]:
    return {
        "system": {"iri": result.system.iri, "label": result.system.label},
        "changes": list(result.changes),
        "judged": result.judged,
        "flips": [flip_json(flip) for flip in result.flips],
        "follows": list(result.drawn),
        "follows_no_more": list(result.withdrawn),
    }
