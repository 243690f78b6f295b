"""remote is a SPARQL store on a server, any that speaks SPARQL 1.1, behind the same interface.

How servers differ, and which graph is the default graph there, is said in `graph.dialects`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef
from rdflib.term import Identifier

from osai_graph.errors import StoreError
from osai_graph.graph.dialects import (
    STANDARD,
    Dialect,
    dialect_of,
    in_dataset,
    mend_literal,
    require_whole,
    update_texts,
)
from osai_graph.graph.exchange import Exchange, RequestRefusedError, ServerAnswer, shown
from osai_graph.graph.query_text import QueryText
from osai_graph.graph.store import (
    Answer,
    EmbeddedStore,
    Rows,
    from_rdflib,
    syntax_fault,
    to_rdflib,
)
from osai_graph.namespaces import GRAPH, PREFIXES, XSD

_JSON = "application/sparql-results+json"
_N_TRIPLES = "application/n-triples"

#: So much is sent in one request; larger ones are refused by some servers.
_REQUEST_BYTES = 1 << 20

_Triple = tuple[Identifier, Identifier, Identifier]


#: Parameters of a request that name the dataset of its query.
_Dataset = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Addresses:
    """Where a server answers queries, takes updates, and takes documents.

    Attributes:
        query: of SPARQL queries.
        update: of SPARQL updates; ``None`` to tell it from that of queries.
        graph_store: of the Graph Store Protocol; ``None`` likewise.
    """

    query: str
    update: str | None = None
    graph_store: str | None = None


class RemoteStore:
    """A SPARQL store on a server; a `GraphStore`, safe to use from several threads.

    Nothing is sent before the first query.

    Args:
        addresses: where it is.
        exchange: sends the requests, with credentials, time and size limits.
        default_graph: the graph that takes the place of the default graph; ``None`` for the
            server's own.
    """

    def __init__(
        self,
        addresses: Addresses,
        exchange: Exchange | None = None,
        default_graph: URIRef | None = None,
    ) -> None:
        self.addresses = addresses
        self.exchange = exchange or Exchange()
        self.default_graph = default_graph

    def with_default(self, graph: URIRef | None) -> RemoteStore:
        """Return the same store with another graph in the place of the default graph."""
        return RemoteStore(self.addresses, self.exchange, graph)

    @cached_property
    def dialect(self) -> Dialect:
        """What kind of server this is; found out with one small query.

        Raises:
            StoreError: the server cannot be reached or is no SPARQL service.
        """
        answer = self.exchange.post_form(self.addresses.query, [("query", "ASK {}")], _JSON)
        found = dialect_of(answer.headers)
        _read_json(answer, shown(self.addresses.query))
        return found

    def select(self, query: str) -> Rows:
        """Run a SELECT query; see GraphStore."""
        variables, bindings = self._results(query)
        rows = [
            tuple(_term(binding[v]) if v in binding else None for v in variables)
            for binding in bindings
        ]
        return Rows(tuple(variables), rows)

    def ask(self, query: str) -> bool:
        """Run an ASK query; see GraphStore."""
        return self._truth(query)

    def construct(self, query: str) -> list[_Triple]:
        """Run a CONSTRUCT or DESCRIBE query; see GraphStore."""
        found = self._triples(query)
        return [(to_rdflib(t.subject), to_rdflib(t.predicate), to_rdflib(t.object)) for t in found]

    def query(
        self, query: str, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> Answer:
        """Run a query of any form; see GraphStore.

        The graphs make the dataset that it is about (SPARQL 1.1 Protocol, section 2.1.4).
        """
        dataset = [("default-graph-uri", graph) for graph in default_graphs]
        dataset += [("named-graph-uri", graph) for graph in named_graphs]
        text = QueryText(query)
        try:  # the same grammar everywhere, and the same words on what is wrong
            ox.Store().query(query, prefixes=PREFIXES)
        except SyntaxError as error:
            raise syntax_fault(error) from error
        known = [p for p in PREFIXES if p not in text.prefixes and f"{p}:" in query]
        full = " ".join([*(f"PREFIX {p}: <{PREFIXES[p]}>" for p in known), query])
        if text.gives_triples:
            return _as_answer(self._triples(full, dataset))
        if text.form == "ASK":
            content: dict[str, Any] = {"head": {}, "boolean": self._truth(full, dataset)}
        else:
            variables, bindings = self._results(full, dataset)
            content = {"head": {"vars": variables}, "results": {"bindings": bindings}}
        return ox.parse_query_results(json.dumps(content), ox.QueryResultsFormat.JSON)

    def update(self, update: str) -> None:
        """Run a SPARQL Update request; see GraphStore."""
        try:
            for text in update_texts(self.dialect, update):
                self.exchange.post_form(self._update_url, [("update", text)], "*/*")
        except RequestRefusedError as error:
            _explain_update(update)
            raise StoreError(error.message, "The update is left undone.") from error

    def add(self, triples: Iterable[_Triple], graphs: Sequence[URIRef | None] = (None,)) -> None:
        """Add triples to each of the graphs; ``None`` is the default graph."""
        lines = [" ".join(str(from_rdflib(term)) for term in triple) for triple in triples]
        for graph in graphs:
            self.load(lines, graph)

    def load(self, triples: Iterable[str], graph: URIRef | None) -> None:
        """Add triples, written as N-Triples without the full stop, to a graph.

        A blank node is one node within a call: those that have any are sent in one request.
        """
        target = self.default_graph if graph is None else graph
        anonymous: list[str] = []
        named: list[str] = []
        for triple in triples:
            (anonymous if _has_blank(triple) else named).append(triple)
        for batch in _batches(anonymous, named):
            self._load(batch, target)

    def load_all(self, graphs: Iterable[tuple[URIRef, list[str]]]) -> None:
        """Add triples to many graphs, several in a request where the server takes them so.

        Graphs with blank nodes are sent alone: in one request, equal labels mean one node.
        """
        waiting: list[str] = []
        size = 0
        for graph, triples in graphs:
            text = " .\n".join(triples)
            if self._sends_documents or any(map(_has_blank, triples)):
                self.load(triples, graph)
                continue
            if size + len(text) > _REQUEST_BYTES:
                self._insert(waiting)
                waiting, size = [], 0
            waiting.append(f"GRAPH {graph.n3()} {{ {text} }}")
            size += len(text)
        self._insert(waiting)

    def named_graphs(self) -> list[str]:
        """Return the named graphs that queries are about."""
        return self._graphs_with("?s ?p ?o")

    def contains(self, triple: _Triple) -> bool:
        """Say whether the default graph has a triple without blank nodes."""
        return self.ask(f"ASK {{ {' '.join(term.n3() for term in triple)} }}")

    def graphs_about(self, subject: str) -> list[str]:
        """Return the named graphs with triples about a subject; see GraphStore."""
        try:
            node = ox.NamedNode(subject)
        except ValueError:  # no IRI
            return []
        return self._graphs_with(f"{node} ?p ?o")

    def triples_of(self, graph: str) -> Iterator[ox.Triple]:
        """Yield the triples of a named graph; see GraphStore."""
        named = ox.NamedNode(graph)
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {named} {{ ?s ?p ?o }} }}"
        yield from self.with_default(None)._triples(query)

    def close(self) -> None:
        """Close the connections of this thread."""
        self.exchange.close()

    @property
    def _place(self) -> str:
        return shown(self.addresses.query)

    @cached_property
    def _ours(self) -> tuple[str, ...]:
        return tuple(self.named_graphs())

    @cached_property
    def _update_url(self) -> str:
        query = self.addresses.query
        return (
            self.addresses.update or self.dialect.beside(query, self.dialect.update_path) or query
        )

    @cached_property
    def _graph_store_url(self) -> str | None:
        told = self.dialect.beside(self.addresses.query, self.dialect.graph_store_path)
        return self.addresses.graph_store or told

    @property
    def _sends_documents(self) -> bool:
        given = self.addresses.graph_store is not None
        return (given or self.dialect.loads_documents) and self._graph_store_url is not None

    def _graphs_with(self, pattern: str) -> list[str]:
        """Return our named graphs with a pattern; with GROUP BY, see `graph.dialects`."""
        query = f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ {pattern} }} }} GROUP BY ?g"
        rows = self.with_default(None).select(query).rows
        return sorted(str(row[0]) for row in rows if str(row[0]).startswith(str(GRAPH)))

    def _post(self, query: str, accept: str, given: _Dataset = ()) -> ServerAnswer:
        """Ask the server, about the dataset that is given or else about ours."""
        text = QueryText(query)
        dialect = STANDARD if self.default_graph is None else self.dialect
        wants_all = self.default_graph is not None and "GRAPH" in query.upper()
        ours = self._ours if wants_all else ()
        sent, dataset = (
            (query, list(given)) if given else in_dataset(dialect, text, self.default_graph, ours)
        )
        try:
            return self.exchange.post_form(
                self.addresses.query, [("query", sent), *dataset], accept
            )
        except RequestRefusedError as error:
            _explain_query(query)
            raise StoreError(
                error.message, "The query is SPARQL 1.1; this server cannot run it."
            ) from error

    def _truth(self, query: str, dataset: _Dataset = ()) -> bool:
        answer = self._post(query, _JSON, dataset)
        return _boolean(_read_json(answer, self._place), self._place)

    def _results(
        self, query: str, dataset: _Dataset = ()
    ) -> tuple[list[str], list[dict[str, Any]]]:
        answer = self._post(query, _JSON, dataset)
        variables, bindings = _table(_read_json(answer, self._place), self._place)
        require_whole(answer.headers, len(bindings))
        dialect = dialect_of(answer.headers)
        if dialect.mends_answers:
            for binding in bindings:
                for value in binding.values():
                    if datatype := value.get("datatype"):
                        value["value"], value["datatype"] = mend_literal(
                            dialect, value["value"], datatype
                        )
        return variables, bindings

    def _triples(self, query: str, dataset: _Dataset = ()) -> list[ox.Triple]:
        answer = self._post(query, _N_TRIPLES, dataset)
        if answer.media_type not in (_N_TRIPLES, "text/plain", "text/turtle"):
            raise _nonsense(self._place, answer)
        try:
            quads = list(ox.parse(answer.body, ox.RdfFormat.TURTLE))
        except (SyntaxError, ValueError) as error:
            raise _nonsense(self._place, answer) from error
        require_whole(answer.headers, len(quads))
        dialect = dialect_of(answer.headers)
        return [ox.Triple(q.subject, q.predicate, _mended(dialect, q.object)) for q in quads]

    def _load(self, lines: Sequence[str], graph: URIRef | None) -> None:
        if not self._sends_documents:
            text = " .\n".join(lines)
            self._insert([text if graph is None else f"GRAPH {graph.n3()} {{ {text} }}"])
            return
        assert self._graph_store_url is not None
        name = "default" if graph is None else f"graph={quote(str(graph), safe='')}"
        document = "".join(f"{line} .\n" for line in lines).encode()
        # N-Triples is Turtle, which is the one media type that every server takes
        self.exchange.post_content(f"{self._graph_store_url}?{name}", document, "text/turtle")

    def _insert(self, texts: Sequence[str]) -> None:
        if texts:
            self.update("INSERT DATA {\n" + "\n".join(texts) + "\n}")


def _explain_query(query: str) -> None:
    """Raise the syntax fault of a query; return if there is none."""
    try:
        ox.Store().query(query)
    except SyntaxError as error:
        raise syntax_fault(error) from error
    except (RuntimeError, OSError, ValueError):
        return


def _explain_update(update: str) -> None:
    try:
        ox.Store().update(update)
    except SyntaxError as error:
        raise syntax_fault(error) from error
    except (RuntimeError, OSError, ValueError):
        return


def _nonsense(place: str, answer: ServerAnswer) -> StoreError:
    kind = f" ({answer.media_type})" if answer.media_type else ""
    return StoreError(
        f"The answer of {place}{kind} is no answer to a SPARQL query.",
        "Check that this is the address of its SPARQL queries, and look into its log.",
    )


def _read_json(answer: ServerAnswer, place: str) -> dict[str, Any]:
    try:
        content = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise _nonsense(place, answer) from error
    if not isinstance(content, dict):
        raise _nonsense(place, answer)
    return content


def _table(content: dict[str, Any], place: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Return variables and bindings of SPARQL 1.1 Query Results JSON, having looked at them."""
    try:
        variables, bindings = content["head"]["vars"], content["results"]["bindings"]
        whole = all(isinstance(v, str) for v in variables) and all(
            isinstance(term["type"], str) and isinstance(term["value"], str)
            for binding in bindings
            for term in binding.values()
        )
    except (KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise StoreError(
            f"The answer of {place} is no table in the JSON format of SPARQL results.",
            "Check that this is the address of its SPARQL queries, and look into its log.",
        )
    return list(variables), list(bindings)


def _boolean(content: dict[str, Any], place: str) -> bool:
    if isinstance(content.get("boolean"), bool):
        return bool(content["boolean"])
    variables, bindings = _table(content, place)
    if variables == ["__ASK_RETVAL"] and len(bindings) <= 1:  # Virtuoso
        return any(b.get("__ASK_RETVAL", {}).get("value") in ("1", "true") for b in bindings)
    raise StoreError(f"The answer of {place} is neither yes nor no.")


def _term(binding: dict[str, Any]) -> Identifier:
    kind, value = binding["type"], binding["value"]
    if kind == "uri":
        return URIRef(value)
    if kind == "bnode":
        return BNode(value)
    if language := binding.get("xml:lang"):
        return Literal(value, lang=language)
    datatype = binding.get("datatype")
    if datatype is None or datatype == str(XSD.string):
        return Literal(value)
    return Literal(value, datatype=URIRef(datatype), normalize=False)


def _mended(dialect: Dialect, term: Any) -> Any:
    if not dialect.mends_answers or not isinstance(term, ox.Literal) or term.language:
        return term
    text, datatype = mend_literal(dialect, term.value, term.datatype.value)
    return ox.Literal(text, datatype=ox.NamedNode(datatype))


def _as_answer(triples: Iterable[ox.Triple]) -> Answer:
    store = EmbeddedStore()
    store.engine.extend([ox.Quad(t.subject, t.predicate, t.object) for t in triples])
    return store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")


def _has_blank(triple: str) -> bool:
    return triple.startswith("_:") or " _:" in triple


def _batches(anonymous: list[str], named: list[str]) -> Iterator[list[str]]:
    batch, size = list(anonymous), 0
    for triple in named:
        if size > _REQUEST_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(triple)
        size += len(triple)
    if batch:
        yield batch
