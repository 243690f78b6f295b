"""rendering lays out answers and records for people: tables, blocks, markdown, shortened IRIs."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import click
from rdflib import Literal, URIRef
from rdflib.term import Identifier
from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from osai_graph.errors import GraphError
from osai_graph.graph.files import write_whole
from osai_graph.graph.store import Rows
from osai_graph.namespaces import XSD, shorten
from osai_graph.records import Standing

#: How a freedom stands: a symbol, a word and a style, so that color alone never tells.
STANDINGS = {
    Standing.GIVEN: ("●", "given", "green"),
    Standing.LIMITED: ("◐", "limited", "yellow"),
    Standing.WITHHELD: ("✕", "withheld", "red"),
    Standing.DENIED: ("✕", "denied", "red"),
    Standing.UNKNOWN: ("?", "unknown", "dim"),
}

_NUMBERS = {XSD.integer, XSD.decimal, XSD.double, XSD.float}

#: A column narrower than this is hard to read when its cells are longer.
_READABLE = 20


class _Console(Console):
    """A console that leaves it to `osai_graph.cli.main` what a reader's going means."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console(width: int | None = None) -> Console:
    """Return a console on standard output; its width is the terminal's, or 120 where there is none.

    ``COLUMNS`` overrides both. Colors appear on terminals only (and not with ``NO_COLOR``).
    """
    fallback = shutil.get_terminal_size((120, 50)).columns
    wide = width or (fallback if os.environ.get("COLUMNS") or not sys.stdout.isatty() else None)
    return _Console(width=wide, highlight=False)


def echo_lines(text: str) -> None:
    """Print lines of prose; on a terminal, those that are too long for it are wrapped.

    Programs get whole lines.
    """
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    click.echo(wrapped(text, width) if width else text)


def wrapped(text: str, width: int) -> str:
    """Return text with long lines broken between words and set in below where they begin.

    >>> print(wrapped("  ✓ a license that allows all of it", 20))
      ✓ a license that
        allows all of it
    """
    return "\n".join(_wrapped(line, width) for line in text.split("\n"))


def _wrapped(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    start = re.match(r"[ │├└─]*(?:[✓✗?!·•-] |\d+  )?", line)
    marks = start[0][: width // 2] if start else ""
    indent = "".join("│" if mark in "│├" else " " for mark in marks)
    return textwrap.fill(
        line,
        width,
        subsequent_indent=indent,
        drop_whitespace=True,
        break_long_words=False,
        break_on_hyphens=False,
    )


def write_bytes(content: bytes, output: Path | None) -> None:
    """Write to a file, whole or not at all, or to standard output.

    Raises:
        GraphError: the file cannot be written.
    """
    if output is None or str(output) == "-":
        click.echo(content, nl=False)
        return
    try:
        write_whole(output, content)
    except OSError as error:
        raise GraphError(
            f"{output} cannot be written: {error.strerror or error}.", "Name another file."
        ) from error


def to_text(renderable: RenderableType) -> bytes:
    """Return what a console would show, as plain text without trailing spaces."""
    buffer = io.StringIO()
    Console(width=console().width, highlight=False, file=buffer).print(renderable)
    return ("\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n").encode()


def show(renderable: RenderableType) -> None:
    """Show something on standard output; where that is no terminal, without trailing spaces."""
    if sys.stdout.isatty():
        console().print(renderable)
    else:
        write_bytes(to_text(renderable), None)


def cell(term: Identifier | None) -> str:
    """Return an RDF term as people read it: IRIs shortened, literals without datatype."""
    if term is None:
        return ""
    return shorten(str(term)) if isinstance(term, URIRef) else str(term)


def rows_table(rows: Rows, width: int) -> RenderableType:
    """Return the answer as a table, or as one block a row where columns would be too narrow."""
    cells = [[cell(term) for term in row] for row in rows.rows]
    if not cells:
        return Text("nothing found", style="dim")
    needed = sum(
        min(_READABLE, max(len(name), *(len(row[i]) for row in cells))) + 3
        for i, name in enumerate(rows.variables)
    )
    return _table(rows, cells) if needed <= width else _blocks(rows.variables, cells)


def _table(rows: Rows, cells: list[list[str]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for i, name in enumerate(rows.variables):
        terms = [row[i] for row in rows.rows if row[i] is not None]
        numeric = bool(terms) and all(
            isinstance(term, Literal) and term.datatype in _NUMBERS for term in terms
        )
        # an IRI is of use only whole: fold it rather than cut it
        table.add_column(heading(name), justify="right" if numeric else "left", overflow="fold")
    for row in cells:
        table.add_row(*(Text(value) for value in row))
    return table


def _blocks(variables: Sequence[str], cells: list[list[str]]) -> Group:
    parts: list[RenderableType] = []
    for number, row in enumerate(cells, 1):
        block = Table.grid(padding=(0, 2, 0, 0))
        block.add_column(style="bold", no_wrap=True)
        block.add_column(overflow="fold")
        for name, value in zip(variables, row, strict=True):
            if value:
                block.add_row(heading(name), Text(value))
        parts += [Rule(f"{number} of {len(cells)}", align="left", style="dim"), block]
    return Group(*parts)


def heading(variable: str) -> str:
    """Return the name of a column in words."""
    return variable.replace("_", " ")


def fit_widths(columns: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Return widths for columns of texts that together take ``width`` at most, or ``None``.

    The widest columns give way first, and no column becomes narrower than its longest word: a word
    that is broken reads as two.

    >>> fit_widths([["data card"], ["not available", "available"]], 18)
    [9, 9]
    >>> fit_widths([["data card"], ["not available", "available"]], 12) is None
    True
    """
    widths = [max(map(len, texts)) for texts in columns]
    least = [max(len(word) for text in texts for word in text.split()) for texts in columns]
    while sum(widths) > width:
        shrinkable = [i for i, known in enumerate(widths) if known > least[i]]
        if not shrinkable:
            return None
        widths[max(shrinkable, key=lambda i: widths[i])] -= 1
    return widths


def rows_markdown(rows: Rows) -> str:
    """Return the answer as a table of GitHub Flavored Markdown."""

    def line(values: Sequence[str]) -> str:
        return "| " + " | ".join(map(_escape, values)) + " |\n"

    head = line([heading(name) for name in rows.variables])
    rule = "|" + " --- |" * len(rows.variables) + "\n"
    return head + rule + "".join(line([cell(term) for term in row]) for row in rows.rows)


def _escape(value: str) -> str:
    for old, new in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("\r\n", "\n"), ("\n", "<br>")):
        value = value.replace(old, new)
    return value


def count(number: int, noun: str) -> str:
    """Return a number with its noun in the right form.

    >>> count(1, "row"), count(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
