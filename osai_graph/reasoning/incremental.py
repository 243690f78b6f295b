"""incremental brings a materialized graph up to date when facts are added or removed.

It is "delete and rederive" (Gupta, Mumick and Subrahmanian 1993): what may depend on a removed fact
is taken out, what still has another reason is put back, and what follows from new facts is added,
each semi-naively. The work grows with what depends on the change, not with the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rdflib import BNode, URIRef, Variable
from rdflib.term import Identifier

from osai_graph.errors import GraphError
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import INFERRED_GRAPH
from osai_graph.reasoning.rules import (
    Pattern,
    PatternIndex,
    Rule,
    Triple,
    given,
    in_graph,
    match,
    sparql_pattern,
    substitute,
    variables_of,
    where,
)

#: Rows in one VALUES, triples in one DATA block.
CHUNK = 500

_SPO: Pattern = (Variable("s"), Variable("p"), Variable("o"))


@dataclass(frozen=True)
class Change:
    """What an update did: before and after differ by these triples.

    Args:
        added: stated now and not before.
        removed: stated before and not now.
        inferred: in the inferred graph now and not before.
        retracted: in the inferred graph before and not now: they do not follow, or are stated.
    """

    added: frozenset[Triple]
    removed: frozenset[Triple]
    inferred: frozenset[Triple]
    retracted: frozenset[Triple]


def update_materialization(
    store: GraphStore,
    rules: Iterable[Rule],
    *,
    removed: Iterable[Triple] = (),
    added: Iterable[Triple] = (),
    working_graph: URIRef | None = None,
    inferred_graph: URIRef = INFERRED_GRAPH,
) -> Change:
    """Change the stated facts of a materialized graph, and what is inferred from them.

    The outcome is that of materialize over the changed facts. Named graphs of files are the
    caller's; a triple that another file states too does not belong into ``removed`` (see
    stated_elsewhere).

    Args:
        store: a store after materialize, or after this function.
        rules: the rules that were run.
        removed: triples that no accepted statement backs any more.
        added: triples that are stated now; those that are in ``removed`` too stay.
        working_graph: the graph with stated and inferred facts; ``None`` is the default graph.
        inferred_graph: the graph with the inferred ones alone.

    Raises:
        GraphError: a triple has a blank node, which SPARQL cannot name; build from scratch then.
    """
    run = _Update(store, rules, working_graph, inferred_graph)
    gone = run.stated(_named(removed))
    fallen = run.overdelete(gone)
    run.delete(gone | fallen)
    new = run.state(_named(added))
    put_back = run.rederive((gone | fallen) - new)
    follows = run.insert(new | put_back)
    inferred = put_back | follows
    return Change(
        added=frozenset(new - gone | run.now_stated),
        removed=frozenset(gone - new),
        inferred=frozenset(inferred - fallen),
        retracted=frozenset(fallen - inferred | run.now_stated),
    )


def stated_elsewhere(
    store: GraphStore,
    triples: Iterable[Triple],
    graph: URIRef,
    *,
    ignored: Iterable[URIRef] = (INFERRED_GRAPH,),
) -> frozenset[Triple]:
    """Return those of the triples that a named graph other than ``graph`` states too."""
    skip = ", ".join(g.n3() for g in (graph, *ignored))
    found: set[Triple] = set()
    for values in _values_of(list(triples)):
        query = (
            f"SELECT DISTINCT ?s ?p ?o WHERE {{ {values} GRAPH ?graph {{ ?s ?p ?o }} "
            f"FILTER (?graph NOT IN ({skip})) }}"
        )
        found.update(_rows(store, query))
    return frozenset(found)


def _named(triples: Iterable[Triple]) -> list[Triple]:
    listed = list(dict.fromkeys(triples))
    if any(isinstance(term, BNode) for triple in listed for term in triple):
        raise GraphError(
            "Facts with blank nodes cannot be added or removed one by one.",
            "Give the nodes IRIs, or build the graph again: osai-graph build",
        )
    return listed


def _values_of(triples: Sequence[Triple]) -> Iterator[str]:
    for start in range(0, len(triples), CHUNK):
        rows = " ".join(f"({sparql_pattern(t)})" for t in triples[start : start + CHUNK])
        yield f"VALUES ({sparql_pattern(_SPO)}) {{ {rows} }}"


def _rows(store: GraphStore, query: str) -> Iterator[Triple]:
    for s, p, o in store.select(query).rows:
        if s is not None and p is not None and o is not None:
            yield s, p, o


class _Update:
    """One update: the rules, indexed by their premises and conclusions, and the graphs."""

    def __init__(
        self, store: GraphStore, rules: Iterable[Rule], working: URIRef | None, inferred: URIRef
    ) -> None:
        self.store = store
        self.working = working
        self.inferred = inferred
        self.rules = [rule for rule in rules if rule.head is not None]
        self.premises = [(n, k) for n, rule in enumerate(self.rules) for k in range(len(rule.body))]
        self.by_premise = PatternIndex(
            (self.rules[n].body[k], i) for i, (n, k) in enumerate(self.premises)
        )
        self.by_head = PatternIndex((r.head, n) for n, r in enumerate(self.rules) if r.head)
        self.now_stated: set[Triple] = set()

    def stated(self, triples: list[Triple]) -> set[Triple]:
        """Return those that are stated in the working graph, as the store writes them."""
        return self._select(triples, in_graph(self.working, [_SPO]), unless=self.inferred)

    def _select(
        self, triples: list[Triple], condition: str, unless: URIRef | None = None
    ) -> set[Triple]:
        negative = f"FILTER NOT EXISTS {{ {in_graph(unless, [_SPO])} }}" if unless else ""
        found: set[Triple] = set()
        for values in _values_of(triples):
            query = f"SELECT ?s ?p ?o WHERE {{ {values} {condition} {negative} }}"
            found.update(_rows(self.store, query))
        return found

    def overdelete(self, gone: set[Triple]) -> set[Triple]:
        """Return the inferred triples that some derivation bases on what is gone."""
        fallen: set[Triple] = set()
        delta = gone
        while delta:
            heads = set()
            for rule, conclusions in self._from_premises(delta, only_inferred=True):
                heads |= {head for head in conclusions if rule.head and head not in fallen}
            fallen |= heads
            delta = heads
        return fallen

    def _from_premises(
        self, delta: Iterable[Triple], *, only_inferred: bool
    ) -> Iterator[tuple[Rule, set[Triple]]]:
        """Yield what each rule concludes with one premise in ``delta``, the others in the graph.

        Either only triples that are inferred already, or only those that do not hold yet.
        """
        matching: dict[int, list[dict[Variable, Identifier]]] = {}
        for triple in delta:
            for number in dict.fromkeys(self.by_premise.candidates(triple)):
                n, k = self.premises[number]
                bindings = match(self.rules[n].body[k], triple)
                if bindings is not None:
                    matching.setdefault(number, []).append(bindings)
        for number, rows in matching.items():
            n, k = self.premises[number]
            rule = self.rules[n]
            assert rule.head is not None
            condition = (
                in_graph(self.inferred, [rule.head])
                if only_inferred
                else f"FILTER NOT EXISTS {{ {in_graph(self.working, [rule.head])} }}"
            )
            texts = [in_graph(self.working, [p]) for i, p in enumerate(rule.body) if i != k]
            rest = tuple(p for i, p in enumerate(rule.body) if i != k)
            yield rule, self._conclusions(rule, rest, texts, rows, condition)

    def _conclusions(
        self,
        rule: Rule,
        body: tuple[Pattern, ...],
        texts: list[str],
        rows: list[dict[Variable, Identifier]],
        condition: str,
    ) -> set[Triple]:
        """Return the conclusions of a rule for the rows of known bindings."""
        assert rule.head is not None
        part = Rule(rule.name, body, rule.head, "", rule.filters, rule.prologue)
        names = variables_of(rule.head)
        if not names:
            names = (Variable("any"),)
        found: set[Triple] = set()
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            values, tests = given(rule, chunk[0], (row.values() for row in chunk))
            values = values if chunk[0] else ""
            text = where(part, self.working, body=texts, before=values)
            query = (
                f"{rule.prologue}\nSELECT DISTINCT {' '.join(v.n3() for v in names)} "
                f"WHERE {{ {text} {tests if chunk[0] else ''} {condition} }}"
            )
            for row in self.store.select(query).rows:
                bound = {v: t for v, t in zip(names, row, strict=True) if t is not None}
                found.add(substitute(rule.head, bound))
        return set(_named(found))

    def delete(self, triples: set[Triple]) -> None:
        """Take triples out of the working graph and the inferred graph."""
        for block in _blocks(triples):
            self.store.update(f"DELETE DATA {{ {_in_both(self.working, self.inferred, block)} }}")

    def state(self, triples: list[Triple]) -> set[Triple]:
        """Add stated triples; return those that did not hold before.

        One that was inferred is stated from now on, and no longer in the inferred graph.
        """
        for block in _blocks(triples):
            self.now_stated |= self._select(list(block), in_graph(self.inferred, [_SPO]))
        held = self._select(triples, in_graph(self.working, [_SPO]))
        for block in _blocks(self.now_stated):
            data = " ".join(f"{sparql_pattern(t)} ." for t in block)
            self.store.update(f"DELETE DATA {{ GRAPH {self.inferred.n3()} {{ {data} }} }}")
        for block in _blocks(triples):
            data = " ".join(f"{sparql_pattern(t)} ." for t in block)
            graph = data if self.working is None else f"GRAPH {self.working.n3()} {{ {data} }}"
            self.store.update(f"INSERT DATA {{ {graph} }}")
        now = self._select(triples, in_graph(self.working, [_SPO]))
        return now - held

    def rederive(self, fallen: set[Triple]) -> set[Triple]:
        """Put back what one rule application concludes from what is left; return it."""
        found: set[Triple] = set()
        by_rule: dict[int, list[dict[Variable, Identifier]]] = {}
        for triple in fallen:
            for number in dict.fromkeys(self.by_head.candidates(triple)):
                head = self.rules[number].head
                bindings = match(head, triple) if head is not None else None
                if bindings is not None:
                    by_rule.setdefault(number, []).append(bindings)
        for number, rows in by_rule.items():
            rule = self.rules[number]
            texts = [in_graph(self.working, [p]) for p in rule.body]
            found |= self._conclusions(rule, rule.body, texts, rows, "")
        self._infer(found)
        return found

    def insert(self, delta: set[Triple]) -> set[Triple]:
        """Add what follows from new triples, round by round; return it."""
        found: set[Triple] = set()
        while delta:
            new: set[Triple] = set()
            for _, conclusions in self._from_premises(delta, only_inferred=False):
                new |= conclusions
            self._infer(new)
            found |= new
            delta = new
        return found

    def _infer(self, triples: set[Triple]) -> None:
        for block in _blocks(triples):
            self.store.update(f"INSERT DATA {{ {_in_both(self.working, self.inferred, block)} }}")


def _blocks(triples: Iterable[Triple]) -> Iterator[Sequence[Triple]]:
    listed = list(triples)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def _in_both(working: URIRef | None, inferred: URIRef, triples: Sequence[Triple]) -> str:
    data = " ".join(f"{sparql_pattern(triple)} ." for triple in triples)
    first = data if working is None else f"GRAPH {working.n3()} {{ {data} }}"
    return f"{first} GRAPH {inferred.n3()} {{ {data} }}"
