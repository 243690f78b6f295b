"""wording turns validation results into findings: plain sentences, one for each fault."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from osai_graph.namespaces import DCTERMS, OSAI, RDF, RDFS, expand, shorten
from osai_graph.validation.engine import Violation
from osai_graph.validation.findings import Finding
from osai_graph.validation.shapes import Rule
from osai_graph.validation.suggestions import Suggester

#: Codes for which each value is a fault of its own; of the others one node and property has one.
_ONE_PER_VALUE = frozenset({"OSAI-S11", "OSAI-I03", "OSAI-L01", "OSAI-L02", "OSAI-T01"})

#: What explains away what: with the first fault on the same node and property, the second is only
#: its consequence. "*" stands for every other code.
_EXPLAINS_PROPERTY: Mapping[str, frozenset[str]] = {
    "OSAI-L01": frozenset({"OSAI-L02", "OSAI-D02", "OSAI-E01"}),
    "OSAI-L02": frozenset({"OSAI-D01", "OSAI-I03"}),
    "OSAI-S11": frozenset("*"),
    "OSAI-I03": frozenset("*"),
    "OSAI-T01": frozenset("*"),
    "OSAI-V02": frozenset({"OSAI-V01", "OSAI-E01"}),
    "OSAI-V01": frozenset({"OSAI-E01", "OSAI-D04"}),
    "OSAI-D02": frozenset("*"),
    "OSAI-D01": frozenset({"OSAI-E01"}),
    "OSAI-A01": frozenset({"OSAI-E01"}),
    "OSAI-U01": frozenset({"OSAI-E01"}),
}

#: What else a class asks for or excludes that a refuted claim gives to a thing.
_FROM_CLASS = frozenset({"OSAI-A02", "OSAI-N02", "OSAI-K01"})

#: The code of the rule that the triples of refuted claims are not in the graph.
_REFUTED = "OSAI-C20"

#: The code of the rule that certain facts rest on evidence.
_EVIDENCE = "OSAI-E01"

#: The same for whole nodes, whatever the property.
_EXPLAINS_NODE: Mapping[str, frozenset[str]] = {
    "OSAI-H01": frozenset({"OSAI-H02", "OSAI-H03", "OSAI-H04", "OSAI-H05", "OSAI-S12", "OSAI-I01"}),
    "OSAI-H02": frozenset({"OSAI-I01"}),
    "OSAI-I02": frozenset({"OSAI-I01"}),
    "OSAI-K01": frozenset({"*"}),
}

#: The code of the rule that every node has a name.
_BLANK_NODE = "OSAI-S05"

_FREEDOMS = (
    OSAI.FreedomToUse,
    OSAI.FreedomToStudy,
    OSAI.FreedomToModify,
    OSAI.FreedomToShare,
)

_IRI = re.compile(r"(?<!<)\bhttps?://[^\s\"'<>(){}]+[^\s\"'<>(){}.,;:]")


def to_findings(
    violations: Iterable[Violation],
    rules: Mapping[URIRef, Rule],
    places: Mapping[Node, str],
    data: Graph,
    suggester: Suggester,
) -> list[Finding]:
    """Turn validation results into findings, one for each fault.

    Args:
        violations: the results.
        rules: the rules by the IRI of their shape.
        places: the file of each node.
        data: the graph that was validated, for labels and for the reasons of refusals.
        suggester: finds the nearest right value.
    """
    merged: dict[tuple[str, ...], Finding] = {}
    for violation in violations:
        rule = rules[violation.shape]
        if _is_about_blank_node(violation) and rule.code != _BLANK_NODE:
            continue
        finding = _finding(violation, rule, places, data, suggester)
        key: tuple[str, ...] = (finding.file, rule.code, finding.focus or "", finding.path or "")
        if rule.code in _ONE_PER_VALUE:
            key += (finding.found or "",)
        merged[key] = _join(merged[key], finding) if key in merged else finding
    return list(merged.values())


def _is_about_blank_node(violation: Violation) -> bool:
    """Return whether a result is only a consequence of a node without a name."""
    return isinstance(violation.focus, BNode) or isinstance(violation.value, BNode)


def _join(first: Finding, second: Finding) -> Finding:
    known = {first.message, first.found, *first.details}
    extra = second.message if second.message != first.message else second.found
    if not extra or extra in known:
        return first
    return replace(first, details=(*first.details, extra))


def _finding(
    violation: Violation,
    rule: Rule,
    places: Mapping[Node, str],
    data: Graph,
    suggester: Suggester,
) -> Finding:
    what, _, fix = violation.message.partition(" Fix: ")
    wrong = violation.value if violation.value != violation.focus else None
    if rule.code == "OSAI-S10":
        wrong = violation.path
    place = _file_node(violation, places, data)
    # a claim of the graph is not at fault: what the entry says of its subject is
    at_fault = place if rule.code == _REFUTED else violation.focus
    focus, path = _owner(at_fault, violation.path, data)
    return Finding(
        code=rule.code,
        severity=rule.severity,
        file=places[place],
        message=_sentence(what, violation, rule, data),
        fix=_readable(fix[:1].upper() + fix[1:]),
        suggestions=suggester.suggest(rule.code, wrong),
        found=None if wrong is None else in_words(wrong),
        focus=None if isinstance(focus, BNode) else str(focus),
        path=str(path) if isinstance(path, URIRef) else None,
        shape=str(violation.shape),
    )


def _owner(node: Node, path: Node | None, data: Graph) -> tuple[Node, Node | None]:
    """Return the named node, and its property, that a node without a name hangs on."""
    seen: set[Node] = set()
    while isinstance(node, BNode) and node not in seen:
        seen.add(node)
        owners = sorted(data.subject_predicates(node), key=str)
        if owners:
            node, path = owners[0]
    return node, path


def _file_node(violation: Violation, places: Mapping[Node, str], data: Graph) -> Node:
    """Return the node of an entry that a result belongs to.

    A claim of the graph is no part of the entry: there the fault is with what the claim is about.
    """
    if violation.focus in places:
        return violation.focus
    subject = data.value(violation.focus, RDF.subject)
    assert subject is not None
    return subject


def _sentence(what: str, violation: Violation, rule: Rule, data: Graph) -> str:
    if rule.code in ("OSAI-V02", "OSAI-C21"):
        return _readable(what.rpartition(": ")[0]) + ": " + _reasons(violation, rule, data) + "."
    if rule.code == _BLANK_NODE:
        return f"{_called(violation.focus, data)} has no name:{what.partition(':')[2]}"
    return _readable(what)


def _called(node: Node, data: Graph) -> str:
    """Call a node without a name by what it hangs on; its label means nothing to people."""
    owner, path = _owner(node, None, data)
    if isinstance(owner, BNode):
        kinds = sorted(shorten(str(kind)) for kind in data.objects(node, RDF.type))
        return f"A node of the class {', '.join(kinds)} that nothing refers to"
    return f"A value of {shorten(str(path))} of {shorten(str(owner))}"


def _readable(text: str) -> str:
    """Shorten the IRIs in a sentence to prefixed names."""
    return _IRI.sub(lambda match: shorten(match[0]), text)


def _reasons(violation: Violation, rule: Rule, data: Graph) -> str:
    """Say which components deny which freedoms and why, for a system that is called open source."""
    system: Node | None = violation.focus
    if rule.code == "OSAI-C21":
        system = data.value(violation.focus, RDF.subject)
    reasons = []
    for part in sorted(data.objects(system, OSAI.hasComponent), key=str):
        denied = set(data.objects(part, OSAI.deniesFreedom))
        if denied and (part, RDF.type, OSAI.PreferredFormComponent) in data:
            names = [label_of(freedom, data) for freedom in _FREEDOMS if freedom in denied]
            freedoms = _listed([name.removeprefix("freedom to ") for name in names])
            cause = f"{label_of(part, data)} ({_cause(part, data)})"
            reasons.append(f"no freedom to {freedoms} because of {cause}")
    return "; ".join(reasons)


def _cause(part: Node, data: Graph) -> str:
    for license_ in sorted(data.objects(part, DCTERMS.license), key=str):
        if (license_, OSAI.deniesFreedom, None) in data:
            return f"license {label_of(license_, data)}"
    availability = data.value(part, OSAI.hasAvailability)
    return label_of(availability, data) if availability else "cannot be had"


def _listed(words: list[str], joint: str = "or") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}"


def label_of(node: Node, data: Graph) -> str:
    """Return the label of a node, or its short name."""
    label = data.value(node, RDFS.label)
    return str(label) if label is not None else shorten(str(node))


def in_words(term: Node) -> str:
    """Return a term as people write it: texts in quotation marks, things by their short name."""
    if isinstance(term, Literal):
        return f'"{term}"'
    return shorten(str(term))


def without_consequences(findings: Iterable[Finding]) -> list[Finding]:
    """Leave out what another finding on the same node, or the same property of it, explains."""
    by_focus: dict[tuple[str, str | None], list[Finding]] = defaultdict(list)
    for finding in findings:
        by_focus[finding.file, finding.focus].append(finding)
    left = [
        finding
        for group in by_focus.values()
        for finding in group
        if not any(_explains(cause, finding) for cause in group)
    ]
    return [*(f for f in left if f.code != _EVIDENCE), *_one_per_node(left)]


def _one_per_node(findings: Iterable[Finding]) -> list[Finding]:
    """Join the facts of a node that lack evidence: one node of evidence may mend them all."""
    groups: dict[tuple[str, str | None], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.code == _EVIDENCE:
            groups[finding.file, finding.focus].append(finding)
    return [_joined(group) if len(group) > 1 else group[0] for group in groups.values()]


def _joined(group: list[Finding]) -> Finding:
    paths = sorted(finding.path or "" for finding in group)
    names = _listed([shorten(path) for path in paths], "and")
    details = [f"{shorten(f.path or '')} {value}" for f in group for value in (f.found, *f.details)]
    return replace(
        group[0],
        message=f"{names} are stated without evidence.",
        fix=f"Add osai:hasEvidence with a node that names {names} in osai:isEvidenceFor.",
        path=paths[0],
        found=None,
        details=tuple(sorted(details)),
    )


def _explains(cause: Finding, other: Finding) -> bool:
    if other.code == cause.code or other.focus is None:
        return False
    if cause.code == _REFUTED and cause.path == str(RDF.type) and other.code in _FROM_CLASS:
        return True
    if other.code == _REFUTED and cause.code in _FROM_CLASS:
        return False
    of_node = _EXPLAINS_NODE.get(cause.code, frozenset())
    if other.code in of_node or "*" in of_node:
        return True
    of_property = _EXPLAINS_PROPERTY.get(cause.code, frozenset())
    if cause.path == other.path and (other.code in of_property or "*" in of_property):
        return True
    # a misspelled property explains why the one that was meant is missing
    meant = {str(expand(name)) for name in cause.suggestions}
    return cause.code == "OSAI-S10" and other.path in meant


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings by file, line, node and code."""
    return tuple(
        sorted(findings, key=lambda f: (f.file, f.line or 0, f.focus or "", f.code, f.found or ""))
    )
