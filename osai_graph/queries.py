"""queries is the catalogue of stored questions: one SPARQL file each, described by its own header.

A parameter is the block ``VALUES ?license { UNDEF }`` of the query: as the file stands it means
"any", and `StoredQuery.bind` replaces what is between the braces with one RDF term: the value that
is given, or else the default of the parameter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from rdflib import Literal, URIRef
from rdflib.term import Identifier

from osai_graph import resources
from osai_graph.errors import GraphError, SyntaxFault, UnknownNameError
from osai_graph.namespaces import BASE, RECORD_KINDS, XSD, expand
from osai_graph.query_headers import ParameterHeader, QueryHeader, read_header

#: What stands for no restriction where a parameter has a default.
ANY = ("any", "UNDEF")

#: Turns what a person typed into the IRI of a record of one of the kinds (no kind: any).
Resolver = Callable[[str, tuple[str, ...]], URIRef]


class ParameterError(GraphError):
    """A parameter of a stored question got a value that it cannot take."""


def resolve_by_form(name: str, kinds: tuple[str, ...]) -> URIRef:
    """Return the IRI that a prefixed name or a slug spells, without looking whether it exists.

    >>> resolve_by_form("mistral-7b", ("system",))
    rdflib.term.URIRef('https://w3id.org/osai-graph/system/mistral-7b')

    Raises:
        ParameterError: the name is no prefixed name, and no one kind says what a slug would mean.
    """
    if iri := expand(name):
        return iri
    if len(kinds) == 1 and re.fullmatch(r"[\w.+#-]+", name):
        return URIRef(f"{BASE}{kinds[0]}/{name}")
    raise ParameterError(
        f'"{name}" is no IRI.', "Write it with a prefix, such as system:mistral-7b, or in full."
    )


@dataclass(frozen=True)
class Parameter(ParameterHeader):
    """A place in a stored question that takes a value.

    Attributes:
        name: the SPARQL variable, without the question mark.
        type: one of iri, string, integer, date.
        description: what the value means, for people.
        records: for an IRI, the kinds of record that it may name; see `namespaces.RECORD_KINDS`.
        values: for an IRI from a closed list, the IRIs allowed; empty means any.
        example: a value worth trying.
        default: the value where none is given; ``None`` for any.
        required: whether a value must be given.
    """

    @property
    def instead(self) -> str:
        """How to give it, for messages."""
        return f"Write it like --param {self.name}={self.example or 'VALUE'}."

    def written(self, value: str | None, resolve: Resolver = resolve_by_form) -> str:
        """Return what stands between the braces for a typed value, or for none.

        Raises:
            ParameterError: there is none, or any, and the parameter is required; see `term`.
            UnknownNameError: see `term`.
        """
        if value is None and self.default is not None:
            return self.term(self.default).n3()
        if value is not None and not (value in ANY and self.type != "string"):
            return self.term(value, resolve).n3()
        if self.required:
            raise ParameterError(f'The question needs the parameter "{self.name}".', self.instead)
        return "UNDEF"

    def term(self, value: str, resolve: Resolver = resolve_by_form) -> Identifier:
        """Return the RDF term that a typed value stands for.

        Raises:
            ParameterError: the value is not of the parameter's type.
            UnknownNameError: the value names nothing in the closed list or among the records.
        """
        if self.type == "string":
            return Literal(value)
        if self.type == "integer":
            return self._integer(value)
        if self.type == "date":
            return self._date(value)
        return self._choice(value) if self.values else self._iri(value, resolve)

    def _integer(self, value: str) -> Literal:
        if not re.fullmatch(r"[+-]?[0-9]+", value):
            raise ParameterError(
                f'The parameter "{self.name}" takes a whole number, and "{value}" is none.',
                f"Write it like --param {self.name}=10.",
            )
        return Literal(value, datatype=XSD.integer, normalize=False)

    def _date(self, value: str) -> Literal:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        if day is None or day.isoformat() != value:
            raise ParameterError(
                f'The parameter "{self.name}" takes a date, and "{value}" is none.',
                f"Write year, month and day, like --param {self.name}=2024-10-28.",
            )
        return Literal(value, datatype=XSD.date, normalize=False)

    def _choice(self, value: str) -> URIRef:
        names = {iri.rpartition("#")[2]: iri for iri in self.values}
        wanted = expand(value) or URIRef(value.strip("<>"))
        if wanted in self.values:
            return wanted
        for name, iri in names.items():
            if name.lower() == value.lower():
                return iri
        raise UnknownNameError(
            f"value of the parameter {self.name}", value, names, f"Values: {', '.join(names)}."
        )

    def _iri(self, value: str, resolve: Resolver) -> URIRef:
        is_full = re.match(r"<?[A-Za-z][A-Za-z0-9+.-]*://", value)
        iri = _full_iri(self.name, value) if is_full else resolve(value, self.records)
        kind = iri.removeprefix(BASE).partition("/")[0] if iri.startswith(BASE) else ""
        if self.records and kind in RECORD_KINDS and kind not in self.records:
            wanted = " or ".join(self.records)
            raise ParameterError(
                f'The parameter "{self.name}" takes records of the kind {wanted}, and {value} is '
                f"of the kind {kind}.",
                self.instead,
            )
        return iri


def _full_iri(parameter: str, value: str) -> URIRef:
    iri = value.removeprefix("<").removesuffix(">")
    if re.search(r'[\x00-\x20<>"{}|\\^`]', iri):
        raise ParameterError(
            f'The parameter "{parameter}" takes an IRI, and "{value}" is none.',
            "An IRI has no spaces, quotes, backslashes, angle or curly brackets.",
        )
    return URIRef(iri)


@dataclass(frozen=True)
class StoredQuery:
    """A stored question: what it asks, in words and in SPARQL.

    Attributes:
        name: the file name without its ending.
        title: a heading.
        question: the question in one sentence.
        tags: the subjects under which it is listed; the first one groups it.
        parameters: the values that it takes.
        columns: what each column of the answer means, in the order of the answer.
        level: 1 look-up, 2 join or aggregate, 3 path, negation or time; ``None`` if not stated.
        audience: who asks this.
        text: the SPARQL text, header included.
        path: the file.
    """

    name: str
    title: str
    question: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, str]
    level: int | None
    audience: tuple[str, ...]
    text: str
    path: Path

    @property
    def body(self) -> str:
        """The SPARQL text without the header."""
        lines = self.text.splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith("#+"))

    def bind(self, values: Mapping[str, str], resolve: Resolver = resolve_by_form) -> str:
        """Return the SPARQL text with the values in place of the parameters.

        A parameter without a value gets its default; "any" stands for no restriction. Line numbers
        stay those of the file.

        Raises:
            UnknownNameError: there is no such parameter, or a value names nothing.
            ParameterError: a value is not of the parameter's type, or a required one is missing.
        """
        known = [parameter.name for parameter in self.parameters]
        for name in values:
            if name not in known:
                takes = f"It takes {', '.join(known)}." if known else "It takes none."
                raise UnknownNameError(f"parameter of {self.name}", name, known, takes)
        text = self.text
        for parameter in self.parameters:
            written = parameter.written(values.get(parameter.name), resolve)
            if written != "UNDEF":
                text = _fill(_place_of(parameter.name), written, text)
        return text


def _fill(place: re.Pattern[str], term: str, text: str) -> str:
    """Put a term between the braces; a function, since backslashes mean something in a template."""
    return place.sub(lambda match: f"{match[1]} {term} }}", text)


def _place_of(parameter: str) -> re.Pattern[str]:
    return re.compile(rf"(VALUES\s+\?{re.escape(parameter)}\s*\{{)\s*UNDEF\s*\}}")


def parse_query(path: Path, text: str) -> StoredQuery:
    """Read a stored question from the text of its file.

    Raises:
        SyntaxFault: the header is malformed, or a parameter has no place in the query.
    """
    header: QueryHeader = read_header(path, text)
    query = StoredQuery(
        name=path.stem,
        parameters=tuple(Parameter(**vars(parameter)) for parameter in header.parameters),
        text=text,
        path=path,
        title=header.title,
        question=header.question,
        tags=header.tags,
        columns=header.columns,
        level=header.level,
        audience=header.audience,
    )
    for parameter in query.parameters:
        _check_default(parameter, path)
        if not _place_of(parameter.name).search(query.body):
            raise SyntaxFault(
                f'The parameter "{parameter.name}" has no place in the query.',
                path=path,
                remedy=f"Write VALUES ?{parameter.name} {{ UNDEF }} where the value belongs.",
            )
    return query


def _check_default(parameter: Parameter, path: Path) -> None:
    if parameter.default is None:
        return
    try:
        parameter.term(parameter.default)
    except GraphError as error:
        raise SyntaxFault(
            f'The default of the parameter "{parameter.name}" is no value of it: {error.message}',
            path=path,
            remedy=error.remedy,
        ) from error


class QueryCatalog:
    """The stored questions of a directory; each file is read when it is asked for.

    Args:
        files: the query files; a question's name is its file name without the ending.
    """

    def __init__(self, files: list[Path]) -> None:
        self._files = {path.stem: path for path in files}
        self._read: dict[str, StoredQuery] = {}

    @classmethod
    def load(cls, root: Path | None = None) -> QueryCatalog:
        """Return the catalogue of ``queries/`` below ``root``, by default of this installation."""
        return cls(resources.query_files(root))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all questions, alphabetically."""
        return tuple(sorted(self._files))

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[StoredQuery]:
        return (self.get(name) for name in self.names)

    def get(self, name: str) -> StoredQuery:
        """Return a question.

        Raises:
            UnknownNameError: there is no such question.
            SyntaxFault: its header is malformed.
        """
        if name not in self._files:
            raise UnknownNameError(
                "stored question", name, self._files, "`osai-graph queries` lists them all."
            )
        if name not in self._read:
            path = self._files[name]
            self._read[name] = parse_query(path, path.read_text(encoding="utf-8"))
        return self._read[name]

    def by_tag(self) -> dict[str, list[StoredQuery]]:
        """Return the questions grouped by their first tag, tags and questions alphabetically."""
        groups: dict[str, list[StoredQuery]] = {}
        for query in self:
            groups.setdefault(query.tags[0], []).append(query)
        return dict(sorted(groups.items()))


@cache
def stored_queries() -> QueryCatalog:
    """Return the catalogue of this installation; one object a process."""
    return QueryCatalog.load()
