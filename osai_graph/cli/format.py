"""The command ``format`` rewrites Turtle files in canonical form."""

from __future__ import annotations

from pathlib import Path

import click

from osai_graph.cli import ExitCode
from osai_graph.graph.files import write_whole
from osai_graph.graph.loading import find_turtle, parse_graph, read_file
from osai_graph.graph.serialization import canonical_turtle


@click.command("format")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a file would change.")
def command(paths: tuple[Path, ...], check: bool) -> int:
    """Rewrite Turtle files (or all in a directory) in canonical form.

    Comments are lost: write notes as skos:editorialNote.
    """
    files = list(find_turtle(paths))
    parsed = [(path, read_file(path)) for path in files]
    wanted = [(path, source, canonical_turtle(parse_graph(source))) for path, source in parsed]
    changed = [(p, text) for p, source, text in wanted if source.content != text.encode("utf-8")]
    for path, text in changed:
        if not check:
            write_whole(path, text.encode("utf-8"))
        click.echo(f"{'would change' if check else 'formatted'} {path}")
    click.echo(f"{len(files)} files, {len(changed)} changed.", err=True)
    return ExitCode.FINDINGS if check and changed else ExitCode.FINE
