"""The command ``next`` says what would have to change for a system to reach more."""

from __future__ import annotations

import json
from datetime import date

import click

from osai_graph.assessment.next_steps import next_steps
from osai_graph.assessment.next_steps_rendering import next_steps_json, next_steps_text
from osai_graph.cli import ExitCode
from osai_graph.cli.judging import (
    frameworks_named,
    later_frameworks_option,
    not_judged,
    system_named,
)
from osai_graph.cli.opening import as_of_option, day_line, open_with_progress, told_day
from osai_graph.cli.rendering import echo_lines
from osai_graph.cli.servers import store_option
from osai_graph.errors import UnknownNameError

_FORMATS = ("text", "json")


@click.command("next")
@click.argument("name", metavar="ID")
@click.option("--framework", "-f", multiple=True, help="Only this framework; may be repeated.")
@click.option(
    "--format", "form", default="text", show_default=True, metavar="|".join(_FORMATS), help="Form."
)
@store_option
@as_of_option
@later_frameworks_option
def command(
    name: str, framework: tuple[str, ...], form: str, as_of: date | None, later_frameworks: bool
) -> int:
    """Show the smallest changes by which a system would reach the next outcomes.

    \b
    Try:
      osai-graph next bloom --framework osaid-1.0
      osai-graph next pythia --framework mof
      osai-graph next falcon-40b --as-of 2023-05-28

    Each action comes with who can take it: where the license of a base binds what is made from it,
    that is the licensor of the base. Each set of actions was tried out on a copy of the graph.
    """
    if form not in _FORMATS:
        raise UnknownNameError("format", form, _FORMATS, f"Formats: {', '.join(_FORMATS)}.")
    graph = open_with_progress(as_of)
    system = system_named(graph, name)
    frameworks = frameworks_named(graph, framework, later_frameworks=later_frameworks)
    steps = next_steps(graph.store, graph.rules, system, frameworks)
    if not steps.steps and not steps.complete:
        raise not_judged(graph, steps.system.label, frameworks, framework)
    if form == "json":
        click.echo(
            json.dumps(next_steps_json(steps) | told_day(graph), ensure_ascii=False, indent=2)
        )
    else:
        if as_of is not None:
            click.echo(day_line(as_of))
        echo_lines(next_steps_text(steps))
    return ExitCode.FINE
