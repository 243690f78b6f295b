"""since shows which verdicts on a system have turned since a day, for the command ``why``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.text import Text

from osai_graph.assessment.verdicts import Assessor
from osai_graph.assessment.what_if import Flip, flips_between
from osai_graph.cli import ExitCode
from osai_graph.cli.flips import flip_json, flips_table
from osai_graph.cli.judging import frameworks_named, not_judged, system_named
from osai_graph.cli.opening import open_with_progress
from osai_graph.cli.rendering import show
from osai_graph.errors import GraphError
from osai_graph.reasoning.verbalization import Labels


def turned_since(
    name: str, since: date, until: date | None, framework: Iterable[str], form: str
) -> ExitCode:
    """Show which verdicts the facts of two days give differently, by the frameworks of today.

    Args:
        name: the system.
        since: the earlier day.
        until: the later day; ``None`` for today.
        framework: names of frameworks; empty for all.
        form: ``text`` or ``json``.

    Raises:
        GraphError: the system was not there on both days, or no framework judges it.
    """
    if form not in ("text", "json"):
        raise GraphError(
            f"Verdicts that have turned are not written as {form}.", "Take --format text or json."
        )
    if until is not None and until <= since:
        raise GraphError(f"{until} does not come after {since}.", "Swap --since and --as-of.")
    earlier, later = open_with_progress(since), open_with_progress(until)
    named = tuple(framework)
    frameworks = frameworks_named(later, named, later_frameworks=True)
    system = system_named(later, name)
    system_named(earlier, str(system))
    assessor = Assessor(frameworks)
    first, second = (assessor.assess_system(g.store, system) for g in (earlier, later))
    label = Labels(later.store)(system)
    if not len(second):
        raise not_judged(later, label, frameworks, named)
    flips = flips_between(first, second, system)
    days = (str(since), str(until or "today"))
    if form == "json":
        content = _content(str(system), label, days, flips, len(second))
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        show(_view(label, days, flips, len(second)))
    return ExitCode.FINE


def _content(
    system: str, label: str, days: tuple[str, str], flips: list[Flip], judged: int
) -> dict[str, Any]:
    return {
        "system": {"iri": system, "label": label},
        "since": days[0],
        "until": days[1],
        "judged": judged,
        "flips": [flip_json(flip) for flip in flips],
    }


def _view(label: str, days: tuple[str, str], flips: list[Flip], judged: int) -> RenderableType:
    head = f"{label}, from the facts of {days[0]} to those of {days[1]}, by the frameworks of today"
    parts: list[RenderableType] = [Text(head, style="bold")]
    if flips:
        parts += [Text(), flips_table(flips, *days), Text()]
    parts.append(Text(f"{len(flips)} of {judged} verdicts have turned."))
    return Group(*parts)
