"""The command ``validate`` checks entries and says in sentences what is wrong with them."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from osai_graph import resources
from osai_graph.cli import ExitCode
from osai_graph.cli.opening import open_with_progress
from osai_graph.cli.servers import store_option
from osai_graph.validation import GraphContext, Report, Severity, files_beside, validate
from osai_graph.validation.reports import as_json, as_text
from osai_graph.validation.unnamed import STANDARD_INPUT, called, write_named

_STDIN = Path("-")

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}


@click.command("validate")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Sentences for people, or JSON for programs.",
)
@click.option("--verbose", is_flag=True, help="Show every finding, with its shape and node.")
@store_option
def command(paths: tuple[Path, ...], form: str, verbose: bool) -> int:
    """Check Turtle files (or all in a directory) as if they were added to the graph.

    The path - stands for standard input.
    A file that the graph already has is checked in place of its older version. Exit status: 0 if
    nothing is wrong (warnings may be left), 1 if there are errors, 2 if nothing could be checked.
    """
    with ExitStack() as stack:
        report = _report(paths, stack)
    if form == "json":
        click.echo(as_json(report))
    else:
        click.echo(_text(report, verbose))
    if not report.files:
        return ExitCode.CANNOT_RUN
    return ExitCode.FINE if report.conforms else ExitCode.FINDINGS


def _report(paths: tuple[Path, ...], stack: ExitStack) -> Report:
    if _STDIN not in paths:
        return validate(paths, _context(paths))
    place = Path(stack.enter_context(TemporaryDirectory(prefix="osai-graph-")))
    entry = write_named(sys.stdin.buffer.read(), place)
    files = tuple(dict.fromkeys(entry if path == _STDIN else path for path in paths))
    return called(validate(files, _context(files)), entry, STANDARD_INPUT)


def _context(paths: tuple[Path, ...]) -> GraphContext:
    """Return the graph around the files.

    A file that lies in the graph may be broken, which would break a build of the graph; then the
    other files are read as they stand.
    """
    data = (resources.graph_root() / "data").resolve()
    inside = [path for path in paths if path.resolve().is_relative_to(data)]
    if not inside:
        return open_with_progress()
    files = [file for path in inside for file in ([path] if path.is_file() else path.rglob("*"))]
    return files_beside(files)


def _text(report: Report, verbose: bool) -> str:
    def decorate(word: str, severity: Severity) -> str:
        return click.style(word, fg=_COLORS[severity], bold=True)

    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    if "NO_COLOR" in os.environ or not sys.stdout.isatty():
        return as_text(report, verbose=verbose, width=width)
    return as_text(report, verbose=verbose, width=width, decorate=decorate)
