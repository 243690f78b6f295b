"""materialize runs rules to a fixpoint inside any SPARQL store, by SPARQL 1.1 Update alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from rdflib import URIRef, Variable

from osai_graph.errors import GraphError
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import GRAPH, INFERRED_GRAPH
from osai_graph.reasoning.anonymous import resolve
from osai_graph.reasoning.batching import Batch, batches
from osai_graph.reasoning.relevance import kinds_in, live_rules
from osai_graph.reasoning.rules import (
    Pattern,
    Rule,
    in_graph,
    may_match,
    sparql_pattern,
    variables_of,
    where,
)
from osai_graph.reasoning.stratification import Stratum, stratify

#: What a round of a recursive stratum concluded, and what the round before it did.
SCRATCH_GRAPHS = (GRAPH["reasoner-scratch-1"], GRAPH["reasoner-scratch-2"])

#: A fixpoint that takes longer than this does not come: a rule makes new terms without end.
MAX_ROUNDS = 10_000

#: Triples in one INSERT DATA or VALUES; larger requests are refused by some servers.
CHUNK = 1_000

#: Whether a recursion goes on is asked for so many pairs of rules; more are run again unasked.
MOST_QUESTIONS = 10

#: Told after each update: how many are done, how many there are, and what the last one was.
Progress = Callable[[int, int, str], None]

SPO: Pattern = (Variable("s"), Variable("p"), Variable("o"))


@dataclass(frozen=True)
class Report:
    """What a materialization did.

    Args:
        rounds: the most rounds that a recursive stratum took; 1 where none is recursive.
        updates: how many SPARQL updates ran.
        seconds: how long it took.
        by_rule: how many triples each rule added, by its name; only when it was asked for.
    """

    rounds: int
    updates: int
    seconds: float
    by_rule: Counter[str] = field(default_factory=Counter)


def materialize(
    store: GraphStore,
    rules: Iterable[Rule],
    *,
    working_graph: URIRef | None = None,
    inferred_graph: URIRef = INFERRED_GRAPH,
    progress: Progress | None = None,
    count_by_rule: bool = False,
) -> Report:
    """Add to a graph all that follows from it by the rules.

    Afterwards the working graph holds the stated and the inferred triples, the inferred graph
    the inferred ones alone. Conclusions of an earlier run are taken back first, so a second run
    over changed facts is right as well.

    Args:
        store: any store with SPARQL 1.1 Query and Update.
        rules: see compile_ontology and read_rule_files; inconsistency rules are passed over.
        working_graph: the graph with the facts; ``None`` is the default graph.
        inferred_graph: where the inferred triples stand apart from the stated ones.
        progress: told after each update.
        count_by_rule: count what each rule adds; about a third slower.

    Raises:
        GraphError: a rule makes new terms without end.
        StoreError: the store refuses an update.
    """
    started = time.perf_counter()
    rules = [rule for rule in rules if rule.head is not None]
    run = _Run(store, working_graph, inferred_graph, progress, count_by_rule)
    try:
        run.take_back()
        stated = kinds_in(store, rules, working_graph)
        strata = stratify(live_rules(rules, stated))
        plan = [batches(s.rules, working_graph, stated, s.recursive) for s in strata]
        run.expected = 2 + sum(map(len, plan))
        run.assert_conclusions(rules)
        for stratum, updates in zip(strata, plan, strict=True):
            run.stratum(stratum, updates)
    finally:
        run.clear_scratch()
    return Report(run.rounds, run.updates, time.perf_counter() - started, run.by_rule)


def count_triples(store: GraphStore, graph: URIRef | None) -> int:
    """Return how many triples a graph has."""
    rows = store.select(f"SELECT (COUNT(*) AS ?n) WHERE {{ {in_graph(graph, [SPO])} }}").rows
    return int(str(rows[0][0]))


class _Run:
    """One materialization: where it reads and writes, and what it has done so far."""

    def __init__(
        self,
        store: GraphStore,
        working: URIRef | None,
        inferred: URIRef,
        progress: Progress | None,
        count_by_rule: bool,
    ) -> None:
        self.store = store
        self.working = working
        self.inferred = inferred
        self.progress = progress
        self.count_by_rule = count_by_rule
        self.by_rule: Counter[str] = Counter()
        self.expected = 0
        self.updates = 0
        self.rounds = 1

    def update(self, text: str, label: str) -> None:
        self.store.update(text)
        self.updates += 1
        if self.progress:
            self.progress(self.updates, max(self.expected, self.updates), label)

    def take_back(self) -> None:
        """Remove the conclusions of an earlier run."""
        spo = sparql_pattern(SPO)
        self.update(
            f"DELETE {{ {in_graph(self.working, [SPO])} }} "
            f"WHERE {{ GRAPH {self.inferred.n3()} {{ {spo} }} }} ;\n"
            f"DROP SILENT GRAPH {self.inferred.n3()}",
            "taking back earlier conclusions",
        )
        self.clear_scratch()

    def clear_scratch(self) -> None:
        self.store.update(" ;\n".join(f"DROP SILENT GRAPH {g.n3()}" for g in SCRATCH_GRAPHS))

    def assert_conclusions(self, rules: Sequence[Rule]) -> None:
        """Add the conclusions of rules without premises."""
        facts = [rule.head for rule in rules if not rule.body and rule.head is not None]
        for start in range(0, len(facts), CHUNK):
            rows = "\n".join(f"({sparql_pattern(t)})" for t in facts[start : start + CHUNK])
            values = f"VALUES ({sparql_pattern(SPO)}) {{ {rows} }}"
            self._fire(Batch("the ontology itself", values, SPO))

    def stratum(self, stratum: Stratum, batches: Sequence[Batch]) -> None:
        for batch in batches:
            self._fire(batch)
        if not stratum.recursive or not self._may_go_on(stratum.rules):
            return
        new, delta = SCRATCH_GRAPHS
        for batch in batches:  # everything once more, so that the first round need not be kept
            self._fire(replace(batch, new=False), (new,))
        for number in range(2, MAX_ROUNDS):
            if not self.store.ask(f"ASK {{ {in_graph(new, [SPO])} }}"):
                return
            self.rounds = max(self.rounds, number)
            new, delta = delta, new
            for rule in stratum.rules:
                self._fire_on_delta(rule, stratum.rules, delta, new)
            self.store.update(f"DROP SILENT GRAPH {delta.n3()}")
        names = ", ".join(sorted({rule.name for rule in stratum.rules}))
        raise GraphError(
            f"The rules {names} do not come to an end.",
            "A BIND that makes new terms may not feed the rule that it stands in.",
        )

    def _may_go_on(self, rules: Sequence[Rule]) -> bool:
        """Return whether a rule may have a premise that a rule beside it has just concluded.

        Recursion that the facts do not feed, such as licenses of licenses, is seen by asking for
        two applications in a row, which costs less than another round.
        """
        pairs = [
            (rule, premise, maker)
            for rule in rules
            for premise in rule.body
            for maker in rules
            if maker.head is not None and may_match(maker.head, premise)
        ]
        if len(pairs) > MOST_QUESTIONS or any(rule.filters for rule in rules):
            return True
        twice = filter(None, (resolve(*pair) for pair in pairs))
        return any(self.store.ask(f"ASK {{ {where(rule, self.working)} }}") for rule in twice)

    def _fire_on_delta(
        self, rule: Rule, stratum: Sequence[Rule], delta: URIRef, new: URIRef
    ) -> None:
        """Fire a rule once for each premise that the last round may have concluded."""
        heads = [other.head for other in stratum if other.head is not None]
        for place, premise in enumerate(rule.body):
            if not any(may_match(head, premise) for head in heads):
                continue
            ordered = _moved_first(rule, place)
            texts = [in_graph(delta, [premise])]
            texts += [in_graph(self.working, [p]) for p in ordered.body[1:]]
            body = where(ordered, self.working, body=texts)
            assert rule.head is not None
            self._fire(Batch(rule.name, body, rule.head, prologue=rule.prologue), (new,))

    def _fire(self, batch: Batch, extra: tuple[URIRef, ...] = ()) -> None:
        """Add what a batch concludes and does not hold yet to both graphs, and to others."""
        if self.count_by_rule:
            self.by_rule[batch.name] += self._count(batch)
        graphs = (self.working, self.inferred, *extra)
        template = " ".join(_template(graph, batch.head) for graph in graphs)
        unless_known = "" if batch.new else self._unless_known(batch)
        self.update(
            f"{batch.prologue}\nINSERT {{ {template} }}\nWHERE {{ {batch.body} {unless_known} }}",
            batch.name,
        )

    def _unless_known(self, batch: Batch) -> str:
        return f"FILTER NOT EXISTS {{ {in_graph(self.working, [batch.head])} }}"

    def _count(self, batch: Batch) -> int:
        """Return how many new triples a batch is going to give."""
        names = " ".join(v.n3() for v in variables_of(batch.head))
        body = f"{batch.body} {self._unless_known(batch)}"
        if not names:
            return int(self.store.ask(f"{batch.prologue}\nASK {{ {body} }}"))
        query = (
            f"{batch.prologue}\nSELECT (COUNT(*) AS ?count) "
            f"WHERE {{ SELECT DISTINCT {names} WHERE {{ {body} }} }}"
        )
        return int(str(self.store.select(query).rows[0][0]))


def _template(graph: URIRef | None, head: Pattern) -> str:
    """Return a triple to insert; some servers take no full stop behind the braces of a graph."""
    return in_graph(graph, [head]) + (" ." if graph is None else "")


def _moved_first(rule: Rule, place: int) -> Rule:
    """Return a rule with one premise first: all else being equal, engines start there."""
    body = (rule.body[place], *(p for n, p in enumerate(rule.body) if n != place))
    return replace(rule, body=body)
