"""The command ``build`` makes the materialized graph and says what is in it."""

from __future__ import annotations

import click

from osai_graph.cli.opening import open_with_progress


@click.command("build")
def command() -> None:
    """Build the materialized graph, if the files have changed, and print what it holds."""
    graph = open_with_progress()
    manifest = graph.manifest
    click.echo(
        f"{manifest.stated:,} stated and {manifest.inferred:,} inferred triples and "
        f"{manifest.verdicts:,} verdicts from {manifest.files:,} files, built in {manifest.seconds} s"
    )
    click.echo(f"version {manifest.version} in {graph.path}")
