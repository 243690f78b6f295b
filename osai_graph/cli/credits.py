"""The command ``credits`` lists the public sources of the data, as their licenses ask for."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from rich.padding import Padding
from rich.text import Text

from osai_graph.cli import ExitCode
from osai_graph.cli.opening import open_with_progress
from osai_graph.cli.rendering import console
from osai_graph.cli.servers import store_option
from osai_graph.credits import Credit, credits


@click.command("credits")
@click.option(
    "--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@store_option
def command(output: str) -> int:
    """List the public sources: license of the data, citation, state that was read, records."""
    found = credits(open_with_progress().store)
    if output == "json":
        click.echo(json.dumps([asdict(credit) for credit in found], ensure_ascii=False, indent=2))
    else:
        _show(found)
    return ExitCode.FINE


def _show(found: tuple[Credit, ...]) -> None:
    out = console()
    for number, credit in enumerate(found):
        if number:
            out.print()
        out.print(Text(credit.label, style="bold"))
        for line in _lines(credit):
            out.print(Padding(Text(line), (0, 0, 0, 2)))


def _lines(credit: Credit) -> list[str]:
    state = f"as of {credit.retrieved_on}"
    if credit.commit:
        state += f", commit {credit.commit[:12]}"
    subjects = "1 record" if credit.records == 1 else f"{credit.records:,} records"
    return [
        line
        for line in (
            " · ".join(filter(None, [credit.publisher, credit.license_name])),
            f"{state}; on {subjects}",
            credit.citation,
            credit.url,
        )
        if line
    ]
