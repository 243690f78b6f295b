"""consistency finds facts that contradict the ontology, with the axiom, the triples, the files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import URIRef, Variable
from rdflib.term import Identifier

from osai_graph.errors import InconsistencyError
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import INFERRED_GRAPH, shorten
from osai_graph.reasoning.provenance import graphs_of
from osai_graph.reasoning.rules import Rule, Triple, substitute, where
from osai_graph.reasoning.verbalization import Labels, capitalized, explanation, sentence

#: So many contradictions of one rule are looked up; more of the same kind teach nothing.
LIMIT = 100


@dataclass(frozen=True)
class Inconsistency:
    """One contradiction.

    Args:
        rule: the name of the OWL 2 RL/RDF rule that concludes "false".
        sentence: what is wrong, with labels.
        axioms: the triples of the ontology that the facts contradict.
        triples: the facts that contradict them together.
        graphs: the named graphs that state each fact; none for an inferred one.
    """

    rule: str
    sentence: str
    axioms: tuple[Triple, ...]
    triples: tuple[Triple, ...]
    graphs: tuple[tuple[URIRef, ...], ...]


def find_inconsistencies(
    store: GraphStore,
    rules: Iterable[Rule],
    *,
    working_graph: URIRef | None = None,
    inferred_graph: URIRef = INFERRED_GRAPH,
) -> list[Inconsistency]:
    """Return the contradictions in a materialized graph.

    Args:
        store: a store after materialize.
        rules: the same rules; those without a conclusion are looked at.
        working_graph: the graph with stated and inferred facts; ``None`` is the default graph.
        inferred_graph: it is never named as the place where a fact is stated.
    """
    labels = Labels(store, working_graph)
    found: dict[tuple[str, frozenset[Triple]], Inconsistency] = {}
    for rule in rules:
        if rule.head is not None:
            continue
        for bindings in _matches(store, rule, working_graph):
            triples = tuple(dict.fromkeys(substitute(p, bindings) for p in rule.body))
            if (rule.name, frozenset(triples)) in found:
                continue
            facts = tuple(sentence(triple, labels) for triple in triples)
            found[rule.name, frozenset(triples)] = Inconsistency(
                rule.name,
                f"{explanation(rule, bindings, None, triples, labels)}: {'; '.join(facts)}",
                rule.axioms,
                triples,
                tuple(graphs_of(store, triple, inferred_graph) for triple in triples),
            )
    return list(found.values())


def _matches(
    store: GraphStore, rule: Rule, graph: URIRef | None
) -> list[dict[Variable, Identifier]]:
    body = where(rule, graph)
    if not rule.variables:
        return [{}] if store.ask(f"{rule.prologue}\nASK {{ {body} }}") else []
    names = " ".join(v.n3() for v in rule.variables)
    rows = store.select(
        f"{rule.prologue}\nSELECT DISTINCT {names} WHERE {{ {body} }} LIMIT {LIMIT}"
    ).rows
    return [
        {v: term for v, term in zip(rule.variables, row, strict=True) if term is not None}
        for row in rows
    ]


def require_consistent(
    store: GraphStore,
    rules: Iterable[Rule],
    *,
    working_graph: URIRef | None = None,
    inferred_graph: URIRef = INFERRED_GRAPH,
) -> None:
    """Do nothing when a materialized graph has no contradiction.

    Raises:
        InconsistencyError: it has; the message says which facts of which files contradict what.
    """
    found = find_inconsistencies(
        store, rules, working_graph=working_graph, inferred_graph=inferred_graph
    )
    if found:
        raise InconsistencyError(
            "\n".join(_text(inconsistency) for inconsistency in found[:10])
            + (f"\n... and {len(found) - 10} more." if len(found) > 10 else ""),
            "Correct one of the facts named here, or the axiom of the ontology.",
        )


def _text(inconsistency: Inconsistency) -> str:
    lines = [f"{capitalized(inconsistency.sentence)} [{inconsistency.rule}]"]
    for triple, graphs in zip(inconsistency.triples, inconsistency.graphs, strict=True):
        place = ", ".join(shorten(str(g)) for g in graphs) or "inferred"
        lines.append(f"  {' '.join(shorten(str(term)) for term in triple)} ({place})")
    for axiom in inconsistency.axioms:
        lines.append(f"  {' '.join(shorten(str(term)) for term in axiom)} (axiom)")
    return "\n".join(lines)
