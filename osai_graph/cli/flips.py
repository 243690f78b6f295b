"""flips lays out verdicts that turn, for the commands that find them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from osai_graph.assessment.headlines import SIGNS, framework_name
from osai_graph.assessment.values import Value
from osai_graph.assessment.what_if import Flip

_STYLES = {Value.MET: "green", Value.NOT_MET: "red", Value.UNDECIDED: "yellow"}


def flips_table(flips: Sequence[Flip], before: str = "before", after: str = "after") -> Table:
    """Return verdicts that turn as a table; ``before`` and ``after`` head the answers."""
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("framework", "requirement", before, after):
        table.add_column(heading, overflow="fold")
    last = None
    for flip in flips:
        framework = framework_name(flip.framework)
        label = flip.outcome.label if flip.outcome else flip.requirement.label
        table.add_row(
            Text(framework if framework != last else ""),
            Text(f"{flip.requirement.identifier} {label}", style="bold" if flip.outcome else ""),
            _value(flip.before),
            _value(flip.after),
        )
        last = framework
    return table


def _value(value: Value) -> Text:
    return Text(f"{SIGNS[value]} {value.words}", style=_STYLES[value])


def flip_json(flip: Flip) -> dict[str, Any]:
    """Return a verdict that turns as what ``json.dumps`` takes."""
    return {
        "framework": str(flip.framework.iri),
        "requirement": str(flip.requirement.iri),
        "identifier": flip.requirement.identifier,
        "label": flip.requirement.label,
        "outcome": str(flip.outcome.iri) if flip.outcome else None,
        "before": flip.before.value,
        "after": flip.after.value,
    }
