"""contradictions turns facts that the ontology excludes into findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rdflib.term import Node

from osai_graph.namespaces import shorten
from osai_graph.reasoning.consistency import Inconsistency, find_inconsistencies
from osai_graph.reasoning.rules import Rule
from osai_graph.reasoning.verbalization import capitalized
from osai_graph.validation.findings import Finding, Severity
from osai_graph.validation.working import WorkingGraph

#: The code of the rule: facts do not contradict the axioms of the ontology.
CODE = "OSAI-K01"


def contradictions(
    working: WorkingGraph, rules: Iterable[Rule], places: Mapping[Node, str]
) -> list[Finding]:
    """Return one finding for each contradiction in which a node of the entries has a part.

    Args:
        working: the accepted facts and what follows from them.
        rules: the rules that were run, those that conclude "false" among them.
        places: the file of each node of the entries.
    """
    findings = []
    for found in find_inconsistencies(working.store, rules):
        nodes = [proof.triple[0] for proof in found.proofs]
        ours = [node for node in nodes if node in places]
        if ours:
            findings.append(_finding(found, ours[0], places[ours[0]]))
    return findings


def _finding(found: Inconsistency, node: Node, file: str) -> Finding:
    facts = tuple(" ".join(shorten(str(t)) for t in proof.triple) for proof in found.proofs)
    return Finding(
        code=CODE,
        severity=Severity.ERROR,
        file=file,
        message=capitalized(found.sentence),
        fix=f"Correct one of these facts; the ontology excludes them together ({found.rule}).",
        found="; ".join(facts),
        focus=str(node),
    )
