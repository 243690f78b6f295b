"""The command ``query`` answers a stored question, a query file or SPARQL from standard input."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
import pyoxigraph as ox

from osai_graph.build import MaterializedGraph
from osai_graph.cli import ExitCode
from osai_graph.cli.opening import as_of_option, find_on, open_with_progress
from osai_graph.cli.rendering import (
    console,
    count,
    rows_markdown,
    rows_table,
    show,
    to_text,
    write_bytes,
)
from osai_graph.cli.servers import store_option
from osai_graph.errors import GraphError, SyntaxFault, UnknownNameError
from osai_graph.graph.store import Answer
from osai_graph.queries import Resolver, StoredQuery, parse_query, stored_queries
from osai_graph.query_hints import hints_on
from osai_graph.results import FORMAT_NAMES, evaluate, read_rows, write_answer

_READABLE = ("table", "markdown")


@click.command("query")
@click.argument("name", metavar="NAME|FILE|-")
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="KEY=VALUE",
    help="Give a parameter of a stored question a value: an IRI, a name of a record, a number ...",
)
@click.option(
    "--format",
    "format_name",
    default="table",
    show_default=True,
    metavar="FORMAT",
    help=f"One of: {', '.join((*_READABLE, *FORMAT_NAMES))}.",
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file."
)
@as_of_option
@store_option
def command(
    name: str,
    params: tuple[str, ...],
    format_name: str,
    output: Path | None,
    as_of: date | None,
) -> int:
    """Answer a stored question (NAME), a query file (FILE) or SPARQL from standard input (-).

    Exit status: 0, and 1 where a question of yes or no is answered by no.

    \b
    Examples:
      osai-graph query openness-examples-that-fail
      osai-graph query license-of-each-component --param system=mistral-7b
      osai-graph query open-washing --as-of 2024-12-31
      echo 'SELECT * WHERE { ?s a osai:Model }' | osai-graph query - --format csv
    """
    known = (*_READABLE, *FORMAT_NAMES)
    if format_name not in known:
        raise UnknownNameError("format", format_name, known, f"Formats: {', '.join(known)}.")
    query = _read(name)
    values = _parse_params(params)
    graph = open_with_progress(as_of)
    text = query.bind(values, _resolver(graph, as_of)) if isinstance(query, StoredQuery) else query
    if values and not isinstance(query, StoredQuery):
        raise GraphError(
            "Only a query with a header takes parameters.",
            "Begin the file with #+ lines that declare them; `osai-graph queries NAME` shows one.",
        )
    place = query.path if isinstance(query, StoredQuery) else None if name == "-" else Path(name)
    try:
        with _stopped_by_interrupt():
            answer = evaluate(graph.store, text)
            rows = _write(answer, format_name, output)
            if rows == 0 and not isinstance(query, StoredQuery):
                for hint in hints_on(graph.store, text):
                    click.echo(hint, err=True)
    except SyntaxFault as fault:
        raise _with_line(fault, text, place) from fault
    is_no = isinstance(answer, ox.QueryBoolean) and not answer
    return ExitCode.FINDINGS if is_no else ExitCode.FINE


def _read(name: str) -> StoredQuery | str:
    """Return a stored question, or the text of a file or of standard input."""
    if name == "-":
        return _decode(sys.stdin.buffer.read(), "standard input")
    if name in stored_queries():
        return stored_queries().get(name)
    path = Path(name)
    if path.suffix != ".rq" and not path.exists():
        if "{" in name:
            raise GraphError(
                "The query is taken for a name.",
                "Give SPARQL on standard input: echo '...' | osai-graph query -",
            )
        return stored_queries().get(name)
    try:
        text = _decode(path.read_bytes(), name)
    except OSError as error:
        raise GraphError(f"{name} cannot be read: {error.strerror}.", "Check the path.") from error
    return parse_query(path, text) if text.startswith("#+") else text


def _decode(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GraphError(f"{name} is not UTF-8.", "Save the query as UTF-8.") from error


def _parse_params(params: tuple[str, ...]) -> dict[str, str]:
    values = {}
    for param in params:
        key, equals, value = param.partition("=")
        if not equals:
            raise GraphError(f'"{param}" gives no value.', "Write --param KEY=VALUE.")
        values[key] = value
    return values


def _resolver(graph: MaterializedGraph, as_of: date | None) -> Resolver:
    """Return the function that finds the record which a parameter's value names."""
    return lambda name, kinds: find_on(graph, name, as_of, kinds)


@contextmanager
def _stopped_by_interrupt() -> Iterator[None]:
    """Let Ctrl-C end the process at once: the engine cannot be interrupted while it evaluates."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _write(answer: Answer, format_name: str, output: Path | None) -> int | None:
    """Write an answer; return the number of its rows where it is shown as a table."""
    if format_name not in _READABLE:
        write_bytes(write_answer(answer, format_name), output)
    elif isinstance(answer, ox.QueryTriples):
        write_bytes(write_answer(answer, "turtle"), output)
    elif isinstance(answer, ox.QueryBoolean):
        write_bytes(b"yes\n" if answer else b"no\n", output)
    else:
        return _write_rows(answer, format_name, output)
    return None


def _write_rows(answer: ox.QuerySolutions, format_name: str, output: Path | None) -> int:
    rows = read_rows(answer)
    if format_name == "markdown":
        write_bytes(rows_markdown(rows).encode(), output)
    elif output is not None:
        write_bytes(to_text(rows_table(rows, console().width)), output)
    else:
        show(rows_table(rows, console().width))
    click.echo(count(len(rows.rows), "row"), err=True)
    return len(rows.rows)


def _with_line(fault: SyntaxFault, text: str, path: Path | None) -> GraphError:
    """Return the fault with the line it points at, and a caret below the column."""
    lines = text.splitlines()
    place = ":".join(str(part) for part in (path, fault.line, fault.column) if part is not None)
    message = f"{place}: {fault.reason}" if place else fault.reason
    if fault.line and fault.column and fault.line <= len(lines):
        line = lines[fault.line - 1]
        before = "".join("\t" if c == "\t" else " " for c in line[: fault.column - 1])
        message += f"\n  {line}\n  {before}^"
    return GraphError(message, fault.remedy)
