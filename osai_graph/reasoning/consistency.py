"""consistency finds facts that contradict the ontology, with the axiom, the triples, the files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import BNode, URIRef

from osai_graph.errors import InconsistencyError
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import INFERRED_GRAPH, shorten
from osai_graph.reasoning.explain import Proof, explain, solutions
from osai_graph.reasoning.provenance import file_of
from osai_graph.reasoning.rules import Rule, Triple, substitute
from osai_graph.reasoning.verbalization import Labels, capitalized, explanation, sentence

#: So many contradictions of one rule are looked up; more of the same kind teach nothing.
LIMIT = 20

#: So many of them are written into the message of the error.
SHOWN = 10


@dataclass(frozen=True)
class Inconsistency:
    """One contradiction.

    Args:
        rule: the name of the OWL 2 RL/RDF rule that concludes "false".
        sentence: what is wrong, with labels.
        axioms: the triples of the ontology that the facts contradict.
        proofs: why each of the facts holds that contradict the axioms together.
    """

    rule: str
    sentence: str
    axioms: tuple[Triple, ...]
    proofs: tuple[Proof, ...]

    @property
    def triples(self) -> tuple[Triple, ...]:
        """The facts, stated or inferred."""
        return tuple(proof.triple for proof in self.proofs)

    @property
    def graphs(self) -> tuple[URIRef, ...]:
        """The named graphs of all files that the facts rest on."""
        leaves = (leaf for proof in self.proofs for leaf in proof.leaves())
        return tuple(dict.fromkeys(graph for leaf in leaves for graph in leaf.graphs))


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
        inferred_graph: tells inferred facts from stated ones.
    """
    rules = list(rules)
    labels = Labels(store, working_graph)
    found: dict[tuple[str, frozenset[Triple]], Inconsistency] = {}
    for rule in rules:
        if rule.head is not None:
            continue
        for bindings in solutions(store, rule, {}, working_graph, LIMIT):
            triples = tuple(dict.fromkeys(substitute(p, bindings) for p in rule.body))
            if (rule.name, frozenset(triples)) in found:
                continue
            proofs = (
                _proof(store, rules, triple, working_graph, inferred_graph) for triple in triples
            )
            found[rule.name, frozenset(triples)] = Inconsistency(
                rule.name,
                explanation(rule, bindings, None, triples, labels)
                + f": {'; '.join(sentence(triple, labels) for triple in triples)}",
                rule.axioms,
                tuple(proofs),
            )
    return list(found.values())


def _proof(
    store: GraphStore,
    rules: list[Rule],
    triple: Triple,
    working_graph: URIRef | None,
    inferred_graph: URIRef,
) -> Proof:
    if not any(isinstance(term, BNode) for term in triple):
        proof = explain(
            store, rules, triple, working_graph=working_graph, inferred_graph=inferred_graph
        )
        if proof is not None:
            return proof
    return Proof(triple, sentence(triple, Labels(store, working_graph)))


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
        more = [f"... and {len(found) - SHOWN} more."] if len(found) > SHOWN else []
        raise InconsistencyError(
            "\n".join([*map(inconsistency_text, found[:SHOWN]), *more]),
            "Correct one of the facts named here, or the axiom of the ontology.",
        )


def inconsistency_text(inconsistency: Inconsistency) -> str:
    """Return a contradiction as text: the sentence, then each fact and axiom with its files."""
    lines = [f"{capitalized(inconsistency.sentence)} [{inconsistency.rule}]"]
    lines += [f"  {_short(proof.triple)} ({_place(proof)})" for proof in inconsistency.proofs]
    lines += [f"  {_short(axiom)} (axiom)" for axiom in inconsistency.axioms]
    return "\n".join(lines)


def _short(triple: Triple) -> str:
    return " ".join(shorten(str(term)) for term in triple)


def _place(proof: Proof) -> str:
    graphs = dict.fromkeys(graph for leaf in proof.leaves() for graph in leaf.graphs)
    files = ", ".join(file_of(graph) for graph in graphs)
    how = "stated" if proof.rule is None else f"inferred by {proof.rule.name}"
    return f"{how}, {files}" if files else how
