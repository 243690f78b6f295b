"""proof_rendering writes proofs, and what is missing for one, as text, JSON and RDF (PROV-O)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from rdflib import Graph, Literal, URIRef, Variable
from rdflib.term import Identifier

from osai_graph.namespaces import BASE, OSAI, PREFIXES, PROV, RDF, RDFS, shorten
from osai_graph.reasoning.explain import Axiom, Proof
from osai_graph.reasoning.provenance import IMPORTED, Evidence, file_of
from osai_graph.reasoning.rules import Rule, Triple
from osai_graph.reasoning.verbalization import Labels, capitalized, sentence
from osai_graph.reasoning.why_not import Attempt

#: Where the OWL 2 RL/RDF rules are defined.
STANDARD = URIRef(
    "https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules"
)

#: So many rules that could conclude a missing triple are written out in text.
MOST_ATTEMPTS = 3


#: So many files and pieces of evidence are named for a stated triple in text; JSON has all.
SHOWN = 3


def proof_text(proof: Proof) -> str:
    """Return a proof as a tree of sentences: rule and axioms in brackets, files at the leaves."""
    return "\n".join(_lines(proof))


def _lines(proof: Proof, first: str = "", rest: str = "") -> Iterator[str]:
    mark = f" [{_rule_note(proof)}]" if proof.rule else ""
    yield f"{first}{capitalized(proof.sentence)}{mark}"
    bar = rest + ("│  " if proof.premises else "   ")
    for note in _leaf_notes(proof) if proof.rule is None else ():
        yield f"{bar}{note}"
    for place, premise in enumerate(proof.premises):
        last = place == len(proof.premises) - 1
        yield from _lines(
            premise, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  ")
        )


def _rule_note(proof: Proof) -> str:
    assert proof.rule is not None
    if proof.rule.file:
        return proof.rule.file
    files = dict.fromkeys(file_of(graph) for axiom in proof.axioms for graph in axiom.graphs)
    return "; ".join([proof.rule.name, *files])


def _leaf_notes(proof: Proof) -> Iterator[str]:
    graphs = sorted(proof.graphs, key=lambda graph: (graph.startswith(IMPORTED), graph))
    files = [file_of(graph) for graph in graphs]
    shown = ", ".join(files[:SHOWN])
    more = f" and {len(files) - SHOWN} more" if len(files) > SHOWN else ""
    yield f"stated in {shown}{more}" if files else "stated"
    for one in proof.evidence[:SHOWN]:
        yield f"evidence: {_evidence_text(one)}"
    if len(proof.evidence) > SHOWN:
        yield f"and {len(proof.evidence) - SHOWN} more pieces of evidence"


def _evidence_text(evidence: Evidence) -> str:
    address = evidence.url or shorten(str(evidence.iri))
    when = f" (read {evidence.retrieved})" if evidence.retrieved else ""
    return f"{address}{when}" + (f": {evidence.shows}" if evidence.shows else "")


def proof_json(proof: Proof) -> dict[str, Any]:
    """Return a proof as what ``json.dumps`` takes.

    Each node has ``triple`` (``subject``, ``predicate``, ``object``; the object as in SPARQL 1.1
    Query Results JSON), ``sentence``, ``holds`` (true), ``rule`` (``null`` where stated),
    ``rule_file``, ``axioms`` (each with ``triple`` and ``files``), ``files``, ``evidence`` (each
    with ``iri``, ``url``, ``retrieved``, ``shows``, ``file``) and ``premises``, nodes again.
    """
    return {
        "triple": triple_json(proof.triple),
        "sentence": capitalized(proof.sentence),
        "holds": True,
        "rule": proof.rule.name if proof.rule else None,
        "rule_file": proof.rule.file if proof.rule else None,
        "axioms": [
            {"triple": triple_json(axiom.triple), "files": [file_of(g) for g in axiom.graphs]}
            for axiom in proof.axioms
        ],
        "files": [file_of(graph) for graph in proof.graphs],
        "evidence": [
            {
                "iri": str(one.iri),
                "url": one.url,
                "retrieved": one.retrieved,
                "shows": one.shows,
                "file": file_of(one.graph),
            }
            for one in proof.evidence
        ],
        "premises": [proof_json(premise) for premise in proof.premises],
    }


def why_not_text(triple: Triple, attempts: Sequence[Attempt], labels: Labels) -> str:
    """Return what a triple lacks as text: for each rule what holds (✓) and what is missing (✗)."""
    lines = [f"It is not known that {sentence(triple, labels)}."]
    if not attempts:
        lines.append("No rule concludes this; it would have to be stated in a file, with evidence.")
    near = [a for a in attempts if a.holds or len(a.missing) != 1]
    for attempt in near[:MOST_ATTEMPTS]:
        lines += _attempt_lines(attempt, labels, "")
    if len(near) > MOST_ATTEMPTS:
        lines.append(f"{len(near) - MOST_ATTEMPTS} more rules with several premises conclude it.")
    single = [(a.missing[0], a.rule) for a in attempts if a not in near]
    if single:
        lines.append("It would follow from any one of these; none of them is known:")
    for missing, rule in single:
        text = capitalized(sentence(missing.pattern, labels))
        lines.append(f"  ✗ {text} [{rule.file or rule.name}]")
    return "\n".join(lines)


def _attempt_lines(attempt: Attempt, labels: Labels, indent: str) -> Iterator[str]:
    yield f"{indent}It would follow [{attempt.rule.file or attempt.rule.name}] if all of this held:"
    for triple in attempt.holds:
        yield f"{indent}  ✓ {capitalized(sentence(triple, labels))}"
    for missing in attempt.missing:
        yield f"{indent}  ✗ {capitalized(sentence(missing.pattern, labels))}"
        for other in missing.instead:
            yield f"{indent}      known instead: {sentence(other, labels)}."
        for deeper in missing.attempts[:1]:
            yield from _attempt_lines(deeper, labels, indent + "      ")
    for condition in attempt.conditions:
        yield f"{indent}  ✗ {condition}"


def why_not_json(triple: Triple, attempts: Sequence[Attempt]) -> dict[str, Any]:
    """Return what a triple lacks as what ``json.dumps`` takes.

    ``holds`` is false; each of ``attempts`` has ``rule``, ``rule_file``, ``holds`` (triples),
    ``missing`` (each with ``pattern``, ``instead`` and ``attempts``) and ``conditions``. A variable
    of a pattern is a string that starts with a question mark.
    """
    return {
        "triple": triple_json(triple),
        "holds": False,
        "attempts": [_attempt_json(attempt) for attempt in attempts],
    }


def _attempt_json(attempt: Attempt) -> dict[str, Any]:
    return {
        "rule": attempt.rule.name,
        "rule_file": attempt.rule.file,
        "holds": [triple_json(triple) for triple in attempt.holds],
        "missing": [
            {
                "pattern": triple_json(missing.pattern),
                "instead": [triple_json(triple) for triple in missing.instead],
                "attempts": [_attempt_json(deeper) for deeper in missing.attempts],
            }
            for missing in attempt.missing
        ],
        "conditions": list(attempt.conditions),
    }


def triple_json(triple: Triple) -> dict[str, Any]:
    """Return a triple, or a pattern, as what ``json.dumps`` takes."""
    subject, predicate, object_ = triple
    names = (f"?{t}" if isinstance(t, Variable) else str(t) for t in (subject, predicate))
    return {"subject": next(names), "predicate": next(names), "object": _term_json(object_)}


def _term_json(term: Identifier) -> dict[str, str]:
    """Return a term as in SPARQL 1.1 Query Results JSON, section 3.2.2."""
    if isinstance(term, Variable):
        return {"type": "variable", "value": f"?{term}"}
    if not isinstance(term, Literal):
        return {"type": "uri" if isinstance(term, URIRef) else "bnode", "value": str(term)}
    result = {"type": "literal", "value": str(term)}
    if term.language:
        result["xml:lang"] = term.language
    elif term.datatype:
        result["datatype"] = str(term.datatype)
    return result


def proof_graph(proof: Proof) -> Graph:
    """Return a proof as RDF: every triple is a node that names it without asserting it.

    The nodes are ``rdf:Statement`` and ``prov:Entity``; ``prov:wasDerivedFrom`` leads from a
    conclusion to its premises and axioms, so one walk over it gives the proof tree. The rule is the
    ``prov:hadPlan`` of the activity that generated the conclusion (PROV-O, section 3.3); a stated
    triple has the graph of its file as ``prov:hadPrimarySource``.
    """
    graph = Graph()
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    _add_proof(graph, proof)
    return graph


def _add_proof(graph: Graph, proof: Proof) -> URIRef:
    node = _add_statement(graph, proof.triple, proof.graphs)
    graph.add((node, RDFS.comment, Literal(capitalized(proof.sentence), lang="en")))
    for evidence in proof.evidence:
        graph.add((node, OSAI.hasEvidence, evidence.iri))
    if proof.rule is not None:
        sources = [_add_proof(graph, premise) for premise in proof.premises]
        sources += [_add_axiom(graph, axiom) for axiom in proof.axioms]
        for source in sources:
            graph.add((node, PROV.wasDerivedFrom, source))
        _add_activity(graph, node, proof.rule)
    return node


def _add_axiom(graph: Graph, axiom: Axiom) -> URIRef:
    return _add_statement(graph, axiom.triple, axiom.graphs)


def _add_statement(graph: Graph, triple: Triple, files: tuple[URIRef, ...]) -> URIRef:
    node = _iri("statement", " ".join(term.n3() for term in triple))
    graph.add((node, RDF.type, RDF.Statement))
    graph.add((node, RDF.type, PROV.Entity))
    for predicate, term in zip((RDF.subject, RDF.predicate, RDF.object), triple, strict=True):
        graph.add((node, predicate, term))
    for file in files:
        graph.add((node, PROV.hadPrimarySource, file))
    return node


def _add_activity(graph: Graph, conclusion: URIRef, rule: Rule) -> None:
    activity = _iri("activity", f"{conclusion} {rule.name}")
    association = _iri("association", str(activity))
    plan = URIRef(BASE + (rule.file or f"rule/{rule.name.replace(', ', '+')}"))
    graph.add((conclusion, PROV.wasGeneratedBy, activity))
    graph.add((activity, RDF.type, PROV.Activity))
    graph.add((activity, PROV.qualifiedAssociation, association))
    graph.add((association, RDF.type, PROV.Association))
    graph.add((association, PROV.hadPlan, plan))
    graph.add((plan, RDF.type, PROV.Plan))
    graph.add((plan, RDFS.label, Literal(rule.name)))
    if rule.file is None:
        graph.add((plan, RDFS.isDefinedBy, STANDARD))


def _iri(kind: str, text: str) -> URIRef:
    """Return the same IRI for the same thing each time (RFC 9562, UUID version 5)."""
    return URIRef(f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{BASE}{kind} {text}')}")
