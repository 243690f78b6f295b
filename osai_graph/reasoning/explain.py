"""explain finds why a triple holds, by matching the rules backwards down to stated triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rdflib import BNode, URIRef, Variable
from rdflib.term import Identifier

from osai_graph.errors import GraphError
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import INFERRED_GRAPH
from osai_graph.reasoning.provenance import Evidence, evidence_of, graphs_of
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
    where,
)
from osai_graph.reasoning.verbalization import Labels, explanation, sentence

#: Ways to conclude one triple by one rule that are looked at; if they do not do, all are.
WAYS = 20

_SPO: Pattern = (Variable("s"), Variable("p"), Variable("o"))


@dataclass(frozen=True)
class Axiom:
    """A triple of the ontology that a compiled rule stands for, and the files that state it."""

    triple: Triple
    graphs: tuple[URIRef, ...]


@dataclass(frozen=True)
class Proof:
    """Why a triple holds: it is stated, or a rule concludes it from premises that have proofs.

    Args:
        triple: what is proved.
        sentence: the same in words; for a conclusion with the reason.
        rule: the rule; ``None`` for a stated triple.
        premises: the proofs of what the rule needs, in its order.
        axioms: for a compiled rule, the axioms it was compiled from.
        graphs: for a stated triple, the named graphs of the files that state it.
        evidence: for a stated triple, what its subject gives as evidence for the property.
    """

    triple: Triple
    sentence: str
    rule: Rule | None = None
    premises: tuple[Proof, ...] = ()
    axioms: tuple[Axiom, ...] = ()
    graphs: tuple[URIRef, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    def leaves(self) -> Iterator[Proof]:
        """Yield the proofs of the stated triples that this one rests on."""
        if self.rule is None:
            yield self
        for premise in self.premises:
            yield from premise.leaves()


@dataclass(frozen=True)
class _Step:
    """One way to conclude a triple."""

    rule: Rule
    bindings: tuple[tuple[Variable, Identifier], ...]
    premises: tuple[Triple, ...]


def explain(
    store: GraphStore,
    rules: Iterable[Rule],
    triple: Triple,
    *,
    working_graph: URIRef | None = None,
    inferred_graph: URIRef = INFERRED_GRAPH,
) -> Proof | None:
    """Return a proof of a triple, or ``None`` when it does not hold.

    Of all proofs it is one of the least depth, and of those that were found at that depth one with
    the fewest steps. A proof never rests on its own conclusion.

    Args:
        store: a store after materialize.
        rules: the rules that were run.
        triple: what to prove.
        working_graph: the graph with stated and inferred facts; ``None`` is the default graph.
        inferred_graph: tells inferred facts from stated ones.

    Raises:
        GraphError: the triple was inferred, but not by these rules.
    """
    known = _as_stored(store, triple, working_graph)
    if known is None:
        return None
    for ways in (WAYS, None):
        search = _Search(store, rules, working_graph, inferred_graph, ways)
        if search.run(known):
            return search.proof(known)
    raise GraphError(
        "The triple was inferred, but not by the rules of this version.",
        "Build the graph again: osai-graph build",
    )


def _as_stored(store: GraphStore, triple: Triple, graph: URIRef | None) -> Triple | None:
    """Return a triple as the store writes it (literals in canonical form), if it is there."""
    if any(isinstance(term, BNode) for term in triple):
        raise GraphError("A triple with a blank node cannot be asked for.", "Name it by an IRI.")
    values = f"VALUES ({sparql_pattern(_SPO)}) {{ ({sparql_pattern(triple)}) }}"
    rows = store.select(f"SELECT ?s ?p ?o WHERE {{ {values} {in_graph(graph, [_SPO])} }}").rows
    for s, p, o in rows:
        if s is not None and p is not None and o is not None:
            return s, p, o
    return None


class _Search:
    """Looks for the steps to a goal, one level deeper each time, until they close."""

    def __init__(
        self,
        store: GraphStore,
        rules: Iterable[Rule],
        working: URIRef | None,
        inferred: URIRef,
        ways: int | None,
    ) -> None:
        self.store = store
        self.working = working
        self.inferred = inferred
        self.ways = ways
        self.rules = [rule for rule in rules if rule.head is not None]
        self.index = PatternIndex((r.head, n) for n, r in enumerate(self.rules) if r.head)
        self.labels = Labels(store, working)
        self.steps: dict[Triple, list[_Step]] = {}
        self.cost: dict[Triple, int] = {}

    def run(self, goal: Triple) -> bool:
        """Return whether a proof of ``goal`` was found."""
        frontier = [goal]
        self._mark_stated(frontier)
        while frontier and goal not in self.cost:
            for triple in frontier:
                self.steps[triple] = list(self._steps_to(triple))
            found = [p for t in frontier for step in self.steps[t] for p in step.premises]
            new = [t for t in dict.fromkeys(found) if t not in self.cost and t not in self.steps]
            self._mark_stated(new)
            self._spread_costs()
            frontier = [t for t in new if t not in self.cost]
        return goal in self.cost

    def _mark_stated(self, triples: Sequence[Triple]) -> None:
        """Give stated triples the cost of one step; so do triples that SPARQL cannot ask for."""
        askable = [t for t in triples if not any(isinstance(term, BNode) for term in t)]
        self.cost.update(dict.fromkeys(set(triples) - set(askable), 1))
        for start in range(0, len(askable), 500):
            rows = " ".join(f"({sparql_pattern(t)})" for t in askable[start : start + 500])
            values = f"VALUES ({sparql_pattern(_SPO)}) {{ {rows} }}"
            query = (
                f"SELECT ?s ?p ?o WHERE {{ {values} {in_graph(self.working, [_SPO])} "
                f"FILTER NOT EXISTS {{ {in_graph(self.inferred, [_SPO])} }} }}"
            )
            for s, p, o in self.store.select(query).rows:
                assert s is not None and p is not None and o is not None  # noqa: PT018
                self.cost[s, p, o] = 1

    def _steps_to(self, goal: Triple) -> Iterator[_Step]:
        if any(isinstance(term, BNode) for term in goal):
            return
        for number in dict.fromkeys(self.index.candidates(goal)):
            rule = self.rules[number]
            assert rule.head is not None
            bindings = match(rule.head, goal)
            if bindings is None:
                continue
            if not rule.body:
                yield _Step(rule, (), ())
                continue
            for solution in solutions(self.store, rule, bindings, self.working, self.ways):
                premises = tuple(substitute(p, solution) for p in rule.body)
                if goal not in premises:
                    yield _Step(rule, tuple(solution.items()), premises)

    def _spread_costs(self) -> None:
        """Give each triple the cost of its cheapest proof (Knuth 1977, as a fixpoint)."""
        changed = True
        while changed:
            changed = False
            for triple, steps in self.steps.items():
                for step in steps:
                    if all(p in self.cost for p in step.premises):
                        cost = 1 + sum(self.cost[p] for p in step.premises)
                        if cost < self.cost.get(triple, cost + 1):
                            self.cost[triple] = cost
                            changed = True

    def proof(self, triple: Triple) -> Proof:
        """Return the cheapest proof; each premise costs less, so it cannot come back to itself."""
        step = self._cheapest(triple)
        if step is None:
            return Proof(
                triple,
                sentence(triple, self.labels),
                graphs=graphs_of(self.store, triple, self.inferred),
                evidence=evidence_of(self.store, triple),
            )
        return Proof(
            triple,
            explanation(step.rule, dict(step.bindings), triple, step.premises, self.labels),
            step.rule,
            tuple(self.proof(premise) for premise in dict.fromkeys(step.premises)),
            tuple(
                Axiom(axiom, graphs_of(self.store, axiom, self.inferred))
                for axiom in step.rule.axioms
            ),
        )

    def _cheapest(self, triple: Triple) -> _Step | None:
        cost = self.cost[triple]
        for step in self.steps.get(triple, ()):
            known = all(p in self.cost for p in step.premises)
            if known and 1 + sum(self.cost[p] for p in step.premises) == cost:
                return step
        return None


def solutions(
    store: GraphStore,
    rule: Rule,
    bindings: dict[Variable, Identifier],
    graph: URIRef | None,
    limit: int | None,
) -> list[dict[Variable, Identifier]]:
    """Return how the premises of a rule can hold when some of its variables are known."""
    rows = [tuple(bindings.values())]
    values, tests = given(rule, bindings, rows) if bindings else ("", "")
    body = f"{where(rule, graph, before=values)} {tests}"
    if not rule.variables:
        return [{}] if store.ask(f"{rule.prologue}\nASK {{ {body} }}") else []
    names = " ".join(v.n3() for v in rule.variables)
    most = f" LIMIT {limit}" if limit else ""
    found = store.select(f"{rule.prologue}\nSELECT DISTINCT {names} WHERE {{ {body} }}{most}").rows
    return [
        {v: term for v, term in zip(rule.variables, row, strict=True) if term is not None}
        for row in found
    ]
