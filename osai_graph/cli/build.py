"""The command ``build`` makes the materialized graph and says what is in it."""

from __future__ import annotations

import click

from osai_graph.cli.opening import build_with_progress
from osai_graph.cli.servers import store_option


@click.command("build")
@store_option
@click.option("--fresh", is_flag=True, help="Build again even if nothing has changed.")
def command(fresh: bool) -> None:
    """Build the materialized graph, if the files have changed, and print what it holds."""
    graph = build_with_progress(fresh=fresh)
    manifest = graph.manifest
    click.echo(
        f"{manifest.stated:,} stated and {manifest.inferred:,} inferred triples and "
        f"{manifest.verdicts:,} verdicts from {manifest.files:,} files, "
        f"built in {manifest.seconds} s"
    )
    click.echo(f"version {manifest.version} in {graph.place}")
