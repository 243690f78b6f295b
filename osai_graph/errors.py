"""Every error that osai_graph raises on purpose: what is wrong, where, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class GraphError(Exception):
    """The root of all errors that are the user's to mend; shown without a traceback.

    ``message`` says what is wrong and where, ``remedy`` what to do next.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}" if self.remedy else self.message


class UnknownNameError(GraphError):
    """A name (of a record, a query, a format ...) that the graph does not know.

    ``near`` is what the known names are compared with, where that is not the name as it was typed.
    """

    def __init__(
        self,
        kind: str,
        name: str,
        known: Iterable[str],
        remedy: str = "",
        *,
        near: str | None = None,
    ) -> None:
        self.kind = kind
        self.name = name
        wanted = (near or name).lower()
        self.nearest = get_close_matches(wanted, sorted(known), n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(self.nearest)}?" if self.nearest else ""
        super().__init__(f'There is no {kind} "{name}".', " ".join(filter(None, [hint, remedy])))


class SyntaxFault(GraphError):  # noqa: N818 - the error in the text, not in the program
    """A file or a query that cannot be read; carries the place of the fault.

    ``line`` and ``column`` count from 1 and are ``None`` where the parser gives no place.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path | str | None = None,
        line: int | None = None,
        column: int | None = None,
        remedy: str = "",
    ) -> None:
        place = ":".join(str(part) for part in (path, line, column) if part is not None)
        super().__init__(f"{place}: {message}" if place else message, remedy)
        self.reason = message
        self.path = path
        self.line = line
        self.column = column


class StoreError(GraphError):
    """The store cannot be opened, read or written."""


class InconsistencyError(GraphError):
    """The facts contradict the ontology."""
