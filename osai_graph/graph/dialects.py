"""dialects is the one place that knows how SPARQL servers differ, and what we do about it.

What is needed of every server: SPARQL 1.1 Query, Update and Protocol with forms (``query=`` and
``update=`` as ``application/x-www-form-urlencoded``), results as JSON, triples as N-Triples.

**The default graph.** The SPARQL recommendations leave open whether the default graph of a server
is a graph of its own (Oxigraph, Jena Fuseki, Stardog as they are installed) or all named graphs
together (Virtuoso, GraphDB, RDF4J, Neptune; Oxigraph with ``--union-default-graph``). It is found
out by trying, not from the name of the server, when a graph is built, and is written down in the
store. Where the default graph is one of its own, ours goes there, so that other clients of the
server see it too. Where it is not, ours is the named graph `DEFAULT_GRAPH`, and every query is sent
with it as ``default-graph-uri`` (SPARQL 1.1 Protocol, section 2.1.4). By the recommendation, such a
query has then no named graphs but those it is given as ``named-graph-uri``; so those that its
``GRAPH`` clauses name are given, or all of ours where a clause has a variable. Updates name each
graph that they are about, and never rely on a default graph.

**Virtuoso 7** (7.2.5 was tried):

- It hangs on a query sent as ``application/sparql-query``; every request is a form.
- Its default graph is the union of all graphs, its own system graphs among them (see above). With
  ``default-graph-uri``, ``GRAPH ?g`` still ranges over everything in the server; so where a query
  has such clauses only, a filter on our graphs is written behind each, and no ``named-graph-uri``
  is sent, which would be thousands. ``GRAPH <g>`` finds nothing unless it is named so.
- ``/sparql`` may not write. Updates go to ``/sparql-auth``, documents to
  ``/sparql-graph-crud-auth``, both with Digest authentication.
- In ``INSERT DATA`` it takes ``true`` for the number 1, and longer requests are refused by its SQL
  compiler; so triples are loaded as documents through the Graph Store Protocol.
- An INSERT into two graphs with a WHERE fails, having inserted ("string_output_string needs a
  string output"); so each graph gets a request of its own.
- It takes no full stop behind ``GRAPH <g> { ... }`` in a template; none is written.
- After many changes it may hang on ``SELECT DISTINCT ?g`` of all graphs; GROUP BY does not.
- ASK is answered by a table with the one column ``__ASK_RETVAL``.
- Booleans in JSON results are written "1" and "0"; whole numbers beyond 32 bits come back as
  xsd:decimal. Both are mended when answers are read.
- Answers of more rows than ``ResultSetMaxRows`` (10,000 as it is installed) are cut, and queries
  that run long are answered in part. Both are told in a header only, and are errors here.
- An update is not one transaction; see `osai_graph.remote_build` for what that means for a build.

What cannot be mended there, and is left as a known difference in answers:

- Texts with language tags are ordered otherwise than by code point.
- A column that SELECT computes as true or false holds 1 or 0.
- Of two OPTIONAL sub-queries with GROUP_CONCAT, one is left empty in some rows (the columns
  ``not_met`` and ``undecided`` of the stored question ``open-washing``).
- Paths of any length between two open ends are refused ("transitive start not given"); none of our
  own queries asks for one.
- xsd:duration values come back as numbers of months; our data has none.
- Of two values of one property that are the same moment (a gYearMonth and the date of its first
  day) one is kept.
- DESCRIBE has the server's own idea of a description.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rdflib import URIRef

from osai_graph.errors import StoreError
from osai_graph.graph.query_text import QueryText, Token, tokenize
from osai_graph.namespaces import BASE, GRAPH, PREFIXES, XSD

#: What the store holds for itself stands below this, apart from the graphs that queries are about.
STORE: Final = BASE + "store/"

#: The graph that takes the place of the default graph in servers that have none of its own.
DEFAULT_GRAPH: Final = URIRef(STORE + "default")


@dataclass(frozen=True)
class Dialect:
    """How a kind of server differs from the recommendations.

    Attributes:
        name: what we call it.
        query_path: how the address of queries ends, where the others can be told from it.
        update_path: how the address of updates ends then.
        graph_store_path: how that of the Graph Store Protocol ends then.
        loads_documents: whether triples are sent as documents; else as INSERT DATA.
        grouped_updates: how many operations on whole graphs are sent in one request.
        inserts_together: whether INSERT ... WHERE may fill several graphs.
        atomic: whether a request of several operations is done as a whole or not at all.
        keeps_dataset: whether the named graphs stay when a default graph is given.
        keeps_literals: whether distinct triples stay distinct.
        mends_answers: whether literals in answers need mending.
    """

    name: str
    query_path: str = ""
    update_path: str = ""
    graph_store_path: str = ""
    loads_documents: bool = False
    grouped_updates: int = 200
    inserts_together: bool = True
    atomic: bool = True
    keeps_dataset: bool = False
    keeps_literals: bool = True
    mends_answers: bool = False

    def beside(self, query_url: str, path: str) -> str | None:
        """Return an address that is told from that of queries; ``None`` where it cannot be."""
        if not self.query_path or not path or not query_url.endswith(self.query_path):
            return None
        return query_url.removesuffix(self.query_path) + path


STANDARD: Final = Dialect("SPARQL 1.1")
OXIGRAPH: Final = Dialect("Oxigraph", "/query", "/update", "/store", grouped_updates=100_000)
VIRTUOSO: Final = Dialect(
    "Virtuoso",
    "/sparql",
    "/sparql-auth",
    "/sparql-graph-crud-auth",
    loads_documents=True,
    grouped_updates=20,
    inserts_together=False,
    atomic=False,
    keeps_dataset=True,
    keeps_literals=False,
    mends_answers=True,
)


def dialect_of(headers: Mapping[str, str]) -> Dialect:
    """Return the dialect of the server that sent these headers."""
    server = headers.get("Server", "").lower()
    if server.startswith("virtuoso"):
        return VIRTUOSO
    return OXIGRAPH if server.startswith("oxigraph") else STANDARD


def require_whole(headers: Mapping[str, str], rows: int) -> None:
    """Refuse an answer that the server has cut.

    Raises:
        StoreError: it says so in a header.
    """
    most = headers.get("X-SPARQL-MaxRows", "")
    if most.isdigit() and rows >= int(most):
        raise StoreError(
            f"The server cuts answers at {int(most):,} rows.",
            "Raise ResultSetMaxRows in the section [SPARQL] of virtuoso.ini.",
        )
    if "incomplete" in (said := headers.get("X-SQL-Message", "")).lower():
        raise StoreError(
            f"The server answered in part only: {said}",
            "Raise MaxQueryExecutionTime in the section [SPARQL] of virtuoso.ini.",
        )


def update_texts(dialect: Dialect, update: str) -> list[str]:
    """Return what to send for an update, one request after the other."""
    return [update] if dialect.inserts_together else _one_graph_each(update)


def _one_graph_each(update: str) -> list[str]:
    """Return an INSERT ... WHERE of several graphs as one of each, the last graph first.

    The pattern may read the graph that stands first, as those of the reasoner do: it is filled
    when all others have what follows from it.
    """
    tokens = list(tokenize(update))
    start = next((n for n, token in enumerate(tokens) if token.keyword == "INSERT"), len(tokens))
    if any(t.kind == "word" and t.keyword in ("DELETE", "WITH") for t in tokens[:start]):
        return [update]
    graphs: list[str] = []
    place = start + 2
    while place + 2 < len(tokens) and tokens[place].keyword == "GRAPH":
        end = _end_of_group(tokens, place + 2)
        graphs.append(update[tokens[place].start : end])
        place = next(n for n, token in enumerate(tokens) if token.start >= end)
    if len(graphs) < 2 or place + 1 >= len(tokens) or tokens[place + 1].keyword != "WHERE":
        return [update]
    before, after = update[: tokens[start].start], update[tokens[place].start :]
    return [f"{before}INSERT {{ {graph} {after}" for graph in reversed(graphs)]


def mend_literal(dialect: Dialect, text: str, datatype: str) -> tuple[str, str]:
    """Return the lexical form and the datatype that a literal of an answer was stored with."""
    if not dialect.mends_answers:
        return text, datatype
    if datatype == str(XSD.boolean):
        return {"1": "true", "0": "false"}.get(text, text), datatype
    if datatype == str(XSD.decimal) and len(text) > 9 and text.lstrip("-").isdigit():
        return text, str(XSD.integer)
    return text, datatype


def in_dataset(
    dialect: Dialect, query: QueryText, default: URIRef | None, ours: Sequence[str]
) -> tuple[str, list[tuple[str, str]]]:
    """Return the text to send for a query, and the parameters that name its dataset.

    Args:
        dialect: the server's.
        query: the query; one with FROM clauses has a dataset of its own.
        default: the graph to take for the default graph; ``None`` for that of the server.
        ours: all named graphs that queries are about.
    """
    if default is None or any(token.keyword == "FROM" for token in query.tokens):
        return query.text, []
    parameters = [("default-graph-uri", str(default))]
    clauses = _graph_clauses(query.tokens)
    variable = {name.kind == "variable" for name, _ in clauses}
    if dialect.keeps_dataset and variable == {True}:
        return _only_ours(query.text, clauses), parameters
    if True in variable:
        named: list[str] = list(ours)
    else:
        named = [_iri(name, query) for name, _ in clauses]
    return query.text, parameters + [("named-graph-uri", name) for name in dict.fromkeys(named)]


def _graph_clauses(tokens: Sequence[Token]) -> list[tuple[Token, int]]:
    """Return what each GRAPH clause names, and the offset behind its closing brace."""
    found = []
    for place, token in enumerate(tokens[:-1]):
        if token.keyword == "GRAPH" and tokens[place + 1].kind in ("variable", "iri", "name"):
            found.append((tokens[place + 1], _end_of_group(tokens, place + 2)))
    return found


def _end_of_group(tokens: Sequence[Token], start: int) -> int:
    depth = 0
    for token in tokens[start:]:
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0:
            return token.start + 1
    return tokens[-1].start + 1


def _only_ours(text: str, clauses: Sequence[tuple[Token, int]]) -> str:
    """Let each variable of a GRAPH clause stand for our graphs only."""
    variables = [(end, name.text) for name, end in clauses if name.kind == "variable"]
    for end, variable in sorted(variables, reverse=True):
        test = f' FILTER (STRSTARTS(STR({variable}), "{GRAPH}")) '
        text = text[:end] + test + text[end:]
    return text


def _iri(name: Token, query: QueryText) -> str:
    if name.kind == "iri":
        return name.text[1:-1]
    prefix, _, local = name.text.partition(":")
    return {**PREFIXES, **query.prefixes}.get(prefix, "") + local
