"""store is the small interface behind which every SPARQL engine stands, and the embedded one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef
from rdflib.term import Identifier

from osai_graph.errors import StoreError, SyntaxFault
from osai_graph.namespaces import PREFIXES


@dataclass(frozen=True)
class Rows:
    """The answer to a SELECT query: the variables in the order of the query, and one tuple a row.

    A value is ``None`` where the variable is unbound.
    """

    variables: tuple[str, ...]
    rows: list[tuple[Identifier | None, ...]]


#: What an engine answers: a sequence of solutions, yes or no, or triples.
Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_Triple = tuple[Identifier, Identifier, Identifier]


class GraphStore(Protocol):
    """What the services need of a SPARQL engine; embedded and remote stores both have it."""

    def select(self, query: str) -> Rows:
        """Run a SELECT query; raises SyntaxFault when it is wrong, StoreError if it cannot run."""

    def ask(self, query: str) -> bool:
        """Run an ASK query."""

    def construct(self, query: str) -> list[tuple[Identifier, Identifier, Identifier]]:
        """Run a CONSTRUCT or DESCRIBE query and return its triples."""

    def update(self, update: str) -> None:
        """Run a SPARQL 1.1 Update request (one or more operations)."""

    def query(self, query: str) -> Answer:
        """Run a query of any form. Our prefixes need no declaration; those of the query win."""

    def add(self, triples: Iterable[_Triple], graphs: Sequence[URIRef | None] = (None,)) -> None:
        """Add triples to each of the graphs; ``None`` is the default graph."""

    def contains(self, triple: _Triple) -> bool:
        """Say whether the default graph has a triple without blank nodes."""

    def named_graphs(self) -> list[str]:
        """Return the IRIs of the named graphs."""

    def graphs_about(self, subject: str) -> list[str]:
        """Return the named graphs with triples about a subject; none for what is no IRI."""

    def triples_of(self, graph: str) -> Iterator[ox.Triple]:
        """Yield the triples of a named graph."""


#: A term as the engine has it; a Triple is a triple term of RDF 1.2, which our data does not use.
EngineTerm = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def to_rdflib(term: EngineTerm) -> Identifier:
    """Return the rdflib term equal to a pyoxigraph term; lexical forms stay as they are.

    Raises:
        StoreError: the term is a triple term of RDF 1.2, for which rdflib has no counterpart.
    """
    if isinstance(term, ox.Triple):
        raise StoreError("Triple terms (RDF 1.2) are not used in this graph.", "Write RDF 1.1.")
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    if term.datatype.value == "http://www.w3.org/2001/XMLSchema#string":
        return Literal(term.value)
    return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)


def from_rdflib(term: Identifier) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return the pyoxigraph term equal to an rdflib term."""
    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    if isinstance(term, Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        if term.datatype is None:
            return ox.Literal(str(term))
        return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)))
    raise TypeError(f"no RDF term: {term!r}")


_POSITION = re.compile(r"at (\d+):(\d+)")


def syntax_fault(error: SyntaxError) -> SyntaxFault:
    """Turn the engine's syntax error into ours, with the line and column it names."""
    text = str(error)
    match = _POSITION.search(text)
    line, column = (int(match[1]), int(match[2])) if match else (None, None)
    reason = re.sub(r"^error at \d+:\d+: ", "", text)
    return SyntaxFault(
        f"The SPARQL query cannot be read: {reason}",
        line=line,
        column=column,
        remedy="SPARQL 1.1 Query, section 19.8, has the grammar.",
    )


@contextmanager
def _reading() -> Iterator[None]:
    """Turn what the engine raises while an answer is read into our error."""
    try:
        yield
    except (RuntimeError, OSError, ValueError) as error:
        raise StoreError(
            f"The answer cannot be read from the store: {error}",
            "If the store is damaged, build it again: osai-graph build --fresh",
        ) from error


class EmbeddedStore:
    """A SPARQL store in this process (Oxigraph), in memory or in a directory.

    Args:
        path: the directory of the database; ``None`` keeps everything in memory.
        read_only: open an existing database so that several processes may share it.

    Raises:
        StoreError: the directory holds no readable database.
    """

    def __init__(self, path: Path | None = None, *, read_only: bool = False) -> None:
        try:
            if path is None:
                self.engine = ox.Store()
            elif read_only:
                self.engine = ox.Store.read_only(str(path))
            else:
                self.engine = ox.Store(str(path))
        except OSError as error:
            raise StoreError(f"The store {path} cannot be opened: {error}") from error

    def _evaluate(self, query: str, prefixes: Mapping[str, str] | None = None) -> Answer:
        try:
            return self.engine.query(query, prefixes=dict(prefixes) if prefixes else None)
        except SyntaxError as error:
            raise syntax_fault(error) from error
        except (RuntimeError, OSError, ValueError) as error:
            raise StoreError(f"The query cannot be run: {error}") from error

    def select(self, query: str) -> Rows:
        """Run a SELECT query; see GraphStore."""
        solutions = self._evaluate(query)
        if not isinstance(solutions, ox.QuerySolutions):
            raise StoreError(
                "This query is no SELECT query.", "Write SELECT, or use construct or ask."
            )
        variables = tuple(variable.value for variable in solutions.variables)
        with _reading():
            rows = [
                tuple(None if value is None else to_rdflib(value) for value in solution)
                for solution in solutions
            ]
        return Rows(variables, rows)

    def ask(self, query: str) -> bool:
        """Run an ASK query; see GraphStore."""
        answer = self._evaluate(query)
        if not isinstance(answer, ox.QueryBoolean):
            raise StoreError("This query is no ASK query.")
        return bool(answer)

    def construct(self, query: str) -> list[tuple[Identifier, Identifier, Identifier]]:
        """Run a CONSTRUCT or DESCRIBE query; see GraphStore."""
        triples = self._evaluate(query)
        if not isinstance(triples, ox.QueryTriples):
            raise StoreError("This query is no CONSTRUCT or DESCRIBE query.")
        with _reading():
            return [
                (to_rdflib(t.subject), to_rdflib(t.predicate), to_rdflib(t.object)) for t in triples
            ]

    def update(self, update: str) -> None:
        """Run a SPARQL Update request; see GraphStore."""
        try:
            self.engine.update(update)
        except SyntaxError as error:
            raise syntax_fault(error) from error
        except (RuntimeError, OSError, ValueError) as error:
            raise StoreError(f"The update cannot be run: {error}") from error

    def add(
        self,
        triples: Iterable[tuple[Identifier, Identifier, Identifier]],
        graphs: Sequence[URIRef | None] = (None,),
    ) -> None:
        """Add triples to each of the graphs; ``None`` is the default graph. All or nothing."""
        targets = [ox.DefaultGraph() if g is None else ox.NamedNode(str(g)) for g in graphs]

        def quads() -> Iterator[ox.Quad]:
            for s, p, o in triples:
                subject, predicate, value = from_rdflib(s), from_rdflib(p), from_rdflib(o)
                for target in targets:
                    yield ox.Quad(subject, predicate, value, target)  # type: ignore[arg-type]

        self.engine.extend(list(quads()))

    def query(self, query: str) -> Answer:
        """Run a query of any form; see GraphStore."""
        return self._evaluate(query, PREFIXES)

    def contains(self, triple: _Triple) -> bool:
        """Say whether the default graph has a triple; see GraphStore."""
        subject, predicate, value = (from_rdflib(term) for term in triple)
        return ox.Quad(subject, predicate, value) in self.engine  # type: ignore[arg-type]

    def named_graphs(self) -> list[str]:
        """Return the IRIs of the named graphs."""
        return [g.value for g in self.engine.named_graphs()]

    def graphs_about(self, subject: str) -> list[str]:
        """Return the named graphs with triples about a subject; see GraphStore."""
        try:
            node = ox.NamedNode(subject)
        except ValueError:  # no IRI
            return []
        quads = self.engine.quads_for_pattern(node, None, None, None)
        return sorted({q.graph_name.value for q in quads if isinstance(q.graph_name, ox.NamedNode)})

    def triples_of(self, graph: str) -> Iterator[ox.Triple]:
        """Yield the triples of a named graph; see GraphStore."""
        quads = self.engine.quads_for_pattern(None, None, None, ox.NamedNode(graph))
        return (quad.triple for quad in quads)
