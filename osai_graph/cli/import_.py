"""The command ``import`` turns the records of a public source into statements of that source."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from osai_graph.cli import ExitCode


@click.command("import")
@click.argument("source")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder to write one Turtle file a record into.",
)
@click.option("--retrieved", metavar="DATE", help="Day on which the source was fetched.")
@click.option("--commit", metavar="ID", help="Version of the source that was fetched.")
@click.option(
    "--only",
    type=click.Choice(["known"]),
    help="Leave out systems that no other source lists and nobody can download.",
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the summary.",
)
def command(
    source: str,
    path: Path,
    out: Path,
    retrieved: str | None,
    commit: str | None,
    only: str | None,
    output: str,
) -> int:
    """Read SOURCE from PATH as found.

    Systems: mot, osai-index, os-ai-map, osi-validation, epoch. Licenses: spdx, licensedb,
    hf-licenses. Writes what each record says as statements of the source: facts with evidence,
    license words as written, the source's own judgment. What is not understood is kept as text
    and counted.
    """
    from osai_graph.interchange.importing import importer_named
    from osai_graph.interchange.records import import_records
    from osai_graph.interchange.statements import date_literal

    reader = importer_named(source)
    if retrieved is not None and date_literal(retrieved) is None:
        raise click.BadParameter(f'"{retrieved}" is no date; write 2026-11-23.')
    snapshot = reader.source
    snapshot = replace(
        snapshot, retrieved=retrieved or snapshot.retrieved, commit=commit or snapshot.commit
    )
    importer = reader(snapshot)
    importer.only_known = only == "known"
    with _progress(source) as advance:
        summary = import_records(importer, path, out, advance)
    if output == "json":
        click.echo(json.dumps(summary.as_json(), ensure_ascii=False, indent=2))
    else:
        _print(summary.as_json(), out)
    return ExitCode.FINE


@contextmanager
def _progress(source: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error while records are read."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"importing {source}", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print(summary: dict[str, Any], out: Path) -> None:
    click.echo(f"{summary['records']} records, {summary['written']} files in {out}")
    click.echo(f"{summary['systems']} subjects of records")
    for name, count in summary["stated"].items():
        click.echo(f"  {count:6,}  {name}")
    if summary["notUnderstood"]:
        click.echo("kept as text, mended or left out:")
    for reason, count in summary["notUnderstood"].items():
        click.echo(f"  {count:6,}  {reason}")
    if summary["doubtfulPairs"]:
        click.echo("records that may be one (decide in data/crosswalk/systems.sssom.tsv):")
    for pair in summary["doubtfulPairs"]:
        click.echo(f"  {pair['first']} and {pair['second']}: {pair['reason']}")
    click.echo("Every note with its record: --format json", err=True)
