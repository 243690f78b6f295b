"""query_headers reads the ``#+`` header of a stored question: TOML in the first lines of the file.

The form is that of grlc's query decorators, with TOML 1.0 in place of YAML, so that the file stays
plain SPARQL for every other tool::

    #+ title = "Systems of one license"
    #+ question = "Which systems have a component under this license?"
    #+ tags = ["licenses"]
    #+ [columns]
    #+ system = "The name of the system."
    #+ [parameters.license]
    #+ type = "iri"
    #+ record = "license"
    #+ description = "Only components under this license."

A parameter without a value means any; ``default`` is the value it has when none is given, and with
``required = true`` one must be given.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rdflib import URIRef

from osai_graph.errors import SyntaxFault
from osai_graph.namespaces import RECORD_KINDS, expand

PARAMETER_TYPES = ("iri", "string", "integer", "date")

_FIELDS = ("title", "question", "tags", "columns", "parameters", "level", "audience")
_PARAMETER_FIELDS = ("type", "description", "record", "values", "example", "default", "required")

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True)
class ParameterHeader:
    """What a header says of one parameter; see `osai_graph.queries.Parameter`."""

    name: str
    type: str
    description: str
    records: tuple[str, ...]
    values: tuple[URIRef, ...]
    example: str | None
    default: str | None = None
    required: bool = False


@dataclass(frozen=True)
class QueryHeader:
    """What a header says; see `osai_graph.queries.StoredQuery`."""

    title: str
    question: str
    tags: tuple[str, ...]
    columns: Mapping[str, str]
    parameters: tuple[ParameterHeader, ...]
    level: int | None
    audience: tuple[str, ...]


def read_header(path: Path, text: str) -> QueryHeader:
    """Read the header of a stored question.

    Raises:
        SyntaxFault: the header is missing, is no TOML, lacks a field or has one of the wrong type.
    """
    table = _Table(_toml(path, text), path)
    table.refuse_other_fields(_FIELDS)
    parameters = table.optional("parameters", dict, {})
    return QueryHeader(
        title=table.required("title", str),
        question=table.required("question", str),
        tags=table.strings("tags"),
        columns={str(k): str(v) for k, v in table.optional("columns", dict, {}).items()},
        parameters=tuple(_parameter(path, name, value) for name, value in parameters.items()),
        level=table.optional("level", int, None),
        audience=table.strings("audience") if "audience" in table.fields else (),
    )


def _toml(path: Path, text: str) -> dict[str, object]:
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#+"):
            break
        lines.append(line[2:].strip())
    if not lines:
        raise SyntaxFault(
            "The query has no header.",
            path=path,
            line=1,
            remedy='Begin the file with lines such as  #+ title = "..."',
        )
    try:
        return tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        raise SyntaxFault(
            f"The header is no TOML: {re.sub(r' .at .*', '', str(error))}.",
            path=path,
            line=int(place[1]) if place else len(lines),
            remedy="The #+ lines together hold one TOML 1.0 document.",
        ) from error


@dataclass(frozen=True)
class _Table:
    """A TOML table whose fields are read with their types."""

    fields: Mapping[str, object]
    path: Path
    place: str = ""

    def _fault(self, message: str, remedy: str = "") -> SyntaxFault:
        return SyntaxFault(message, path=self.path, line=1, remedy=remedy)

    def refuse_other_fields(self, known: tuple[str, ...]) -> None:
        for name in self.fields:
            if name not in known:
                raise self._fault(
                    f'The header has a field "{self.place}{name}" that means nothing here.',
                    f"Fields are {', '.join(known)}.",
                )

    def required(self, key: str, kind: type[T]) -> T:
        if key not in self.fields:
            raise self._fault(
                f'The header lacks "{self.place}{key}".', f"Add a line  #+ {key} = ..."
            )
        return self._of_type(key, kind)

    def optional(self, key: str, kind: type[T], default: D) -> T | D:
        return self._of_type(key, kind) if key in self.fields else default

    def _of_type(self, key: str, kind: type[T]) -> T:
        value = self.fields[key]
        if not isinstance(value, kind):
            raise self._fault(f'The header field "{self.place}{key}" must be a {kind.__name__}.')
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        values = self.required(key, list)
        if not values or not all(isinstance(value, str) for value in values):
            raise self._fault(f'The header field "{self.place}{key}" must list one string or more.')
        return tuple(values)


def _parameter(path: Path, name: str, value: object) -> ParameterHeader:
    if not isinstance(value, dict):
        raise SyntaxFault(
            f'The parameter "{name}" must be a table.',
            path=path,
            line=1,
            remedy=f"Write  #+ [parameters.{name}]  and its fields below.",
        )
    table = _Table(value, path, f"parameters.{name}.")
    table.refuse_other_fields(_PARAMETER_FIELDS)
    kind = table.required("type", str)
    if kind not in PARAMETER_TYPES:
        raise SyntaxFault(
            f'The parameter "{name}" has the unknown type "{kind}".',
            path=path,
            line=1,
            remedy=f"Types are {', '.join(PARAMETER_TYPES)}.",
        )
    default = table.optional("default", str, None)
    required = table.optional("required", bool, False)
    if required and default is not None:
        raise SyntaxFault(
            f'The parameter "{name}" is required, and so never takes its default.',
            path=path,
            line=1,
            remedy="Leave out one of the two.",
        )
    return ParameterHeader(
        name=name,
        type=kind,
        description=table.required("description", str),
        records=_records(path, name, table.optional("record", str, "")),
        values=_values(path, name, table),
        example=table.optional("example", str, None),
        default=default,
        required=required,
    )


def _records(path: Path, name: str, text: str) -> tuple[str, ...]:
    kinds = tuple(text.split())
    for kind in kinds:
        if kind not in RECORD_KINDS:
            raise SyntaxFault(
                f'The parameter "{name}" speaks of the unknown kind of record "{kind}".',
                path=path,
                line=1,
                remedy=f"Kinds are {', '.join(RECORD_KINDS)}.",
            )
    return kinds


def _values(path: Path, name: str, table: _Table) -> tuple[URIRef, ...]:
    if "values" not in table.fields:
        return ()
    iris = []
    for value in table.strings("values"):
        iri = expand(value)
        if iri is None:
            raise SyntaxFault(
                f'The parameter "{name}" lists "{value}", which is no prefixed name.',
                path=path,
                line=1,
            )
        iris.append(iri)
    return tuple(iris)
