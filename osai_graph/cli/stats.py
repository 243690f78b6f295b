"""The command ``stats`` shows how large and how well evidenced the graph is."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from osai_graph.build import Manifest
from osai_graph.cli import ExitCode
from osai_graph.cli.opening import open_with_progress
from osai_graph.cli.rendering import console
from osai_graph.cli.servers import store_option
from osai_graph.queries import stored_queries
from osai_graph.statistics import FactCount, Statistics, measure


@click.command("stats")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@store_option
def command(form: str) -> int:
    """Count records, claims, facts and their evidence, and triples stated and inferred."""
    graph = open_with_progress()
    numbers = measure(graph.store, stored_queries())
    if form == "json":
        built = {k: v for k, v in asdict(graph.manifest).items() if k != "seconds"}
        click.echo(json.dumps({**asdict(numbers), "build": built}, ensure_ascii=False, indent=2))
    else:
        _show(numbers, graph.manifest)
    return ExitCode.FINE


def _show(numbers: Statistics, manifest: Manifest) -> None:
    out = console()
    built = {
        "stated triples": manifest.stated,
        "inferred triples": manifest.inferred,
        "files": manifest.files,
    }
    for title, counts in (
        ("Records", numbers.records),
        ("Claims", numbers.claims),
        ("Evidence", numbers.evidence),
        ("Graph", built),
    ):
        out.print(Text(title, style="bold"))
        out.print(_counts(counts))
        if title == "Claims":
            out.print(Text("\nFacts", style="bold"))
            out.print(_facts(numbers.facts))
        out.print()
    _show_sources(out, numbers)
    out.print(Text(f"version {manifest.version}", style="dim"))


def _show_sources(out: Console, numbers: Statistics) -> None:
    out.print(Text("Sources", style="bold"))
    several = _share(numbers.systems_of_several_sources, numbers.systems)
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(min_width=28)
    grid.add_column(justify="right")
    grid.add_row("  systems", f"{numbers.systems:,}")
    grid.add_row("  with two or more sources", several)
    for fact, number in numbers.disagreements.items():
        grid.add_row(Text(f"  disagreements, {fact}"), f"{number:,}")
    out.print(grid)
    out.print()


def _counts(counts: dict[str, int]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(min_width=28)
    grid.add_column(justify="right")
    for name, number in counts.items():
        grid.add_row(Text(f"  {name}"), f"{number:,}")
    return grid


def _facts(facts: tuple[FactCount, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("  fact", min_width=28)
    for name in ("number", "with evidence", "read at the source"):
        table.add_column(name, justify="right")
    for fact in facts:
        table.add_row(
            Text(f"  {fact.fact}"),
            f"{fact.facts:,}",
            _share(fact.with_evidence, fact.facts),
            _share(fact.with_primary_source, fact.facts),
        )
    return table


def _share(part: int, whole: int) -> str:
    return f"{part:,} ({part / whole:.0%})" if whole else "0"
