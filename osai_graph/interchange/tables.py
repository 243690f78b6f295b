"""tables reads comma-separated files as they are exported: marks, line breaks, missing cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from osai_graph.errors import GraphError


def read_table(path: Path, required: str) -> Iterator[dict[str, str]]:
    """Yield each row of a table as a mapping of column to text; missing cells are empty.

    Args:
        path: the file.
        required: a column that tells the right table from others.

    Raises:
        GraphError: the file cannot be read or has no such column.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise GraphError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    text = content.decode("utf-8-sig", errors="replace").replace("\0", "")
    csv.field_size_limit(10_000_000)
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if required not in (rows.fieldnames or ()):
        raise GraphError(f'{path} has no column "{required}".', "Name the table of this source.")
    for row in rows:
        yield {key: (value or "").replace("\xa0", " ").strip() for key, value in row.items() if key}


def table_in(path: Path, pattern: str) -> Path:
    """Return the one table that a path names: itself, or the file of a folder that fits.

    Raises:
        GraphError: there is none.
    """
    if path.is_file():
        return path
    found = sorted(path.glob(pattern)) if path.is_dir() else []
    if not found:
        raise GraphError(f"{path} holds no {pattern}.", "Name the folder of the source.")
    return found[-1]
