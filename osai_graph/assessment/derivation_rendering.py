"""derivation_rendering writes derivations as text, Markdown, JSON and RDF (EARL and PROV-O)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rdflib import Graph, Literal, Namespace, URIRef

from osai_graph import __version__
from osai_graph.assessment.derivation import (
    SCHEMA_VERSION,
    Check,
    Conclusion,
    Derivation,
    Ground,
    Reason,
    terms_text,
)
from osai_graph.assessment.frameworks import Outcome
from osai_graph.assessment.grounds import Clause, Evidence
from osai_graph.assessment.headlines import (
    SIGNS,
    framework_name,
    headline,
    listed,
    main_reason,
    outcome_headline,
)
from osai_graph.assessment.values import Value
from osai_graph.assessment.verdicts import verdict_iri
from osai_graph.namespaces import (
    BASE,
    DCTERMS,
    OSAI,
    PAV,
    PREFIXES,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    XSD,
)

EARL = Namespace("http://www.w3.org/ns/earl#")

_COMBINATIONS = {"AllOf": "all of these", "AnyOf": "one of these"}


def framework_line(derivation: Derivation) -> str:
    """Return name, date and address of the framework."""
    framework = derivation.framework
    parts = [framework_name(framework)]
    if framework.issued:
        parts.append(f"of {framework.issued}")
    if address := framework_address(derivation):
        parts.append(f"at {address}")
    return " ".join(parts)


def framework_address(derivation: Derivation) -> str:
    """Return where the text of the framework stands, as its definition says."""
    start = f"<{derivation.framework.iri}> <{SCHEMA.url}> <"
    lines = (line for line in derivation.definition if line.startswith(start))
    return next((line.removeprefix(start).removesuffix("> .") for line in lines), "")


def derivation_text(derivation: Derivation) -> str:
    """Return a derivation as an argument in plain text, from the conclusion down to evidence."""
    lines = _Lines()
    out = [headline(derivation), framework_line(derivation)]
    for number, reason in enumerate(derivation.reasons):
        out.append("")
        if len(derivation.reasons) > 1:
            outcome = derivation.outcomes[number]
            name = derivation.system.label
            out.append(outcome_headline(name, derivation.framework, outcome, reason))
        out += lines.of(reason)
    out += ["", _footer(derivation)]
    return "\n".join(out)


def conclusions_text(conclusions: Sequence[Conclusion]) -> str:
    """Return what several frameworks say of a system: a headline and the main reason for each."""
    lines: list[str] = []
    for conclusion in conclusions:
        lines.append(f"{SIGNS[conclusion.value]} {headline(conclusion)}")
        if beyond := _beyond(conclusion):
            outcome, reason = beyond
            name, framework = conclusion.system.label, conclusion.framework
            lines.append(f"    {outcome_headline(name, framework, outcome, reason)}")
        blocking = beyond[1] if beyond else conclusion.decisive[1]
        if sentence := main_reason(blocking):
            lines.append(f"    {sentence}")
    return "\n".join(lines)


def _beyond(conclusion: Conclusion) -> tuple[Outcome, Reason] | None:
    """Return the next outcome above the one that is reached."""
    reached = conclusion.decisive[0]
    if conclusion.value is not Value.MET or reached is None:
        return None
    pairs = zip(conclusion.outcomes, conclusion.reasons, strict=True)
    return next((pair for pair in pairs if pair[0].order > reached.order), None)


def conclusions_json(conclusions: Sequence[Conclusion]) -> dict[str, Any]:
    """Return the same as what ``json.dumps`` takes: ``system``, and for each of ``frameworks``
    what `derivation_json` says in ``framework``, ``headline`` and ``outcomes``."""
    return {
        "system": asdict(conclusions[0].system) if conclusions else None,
        "frameworks": [
            {
                "framework": {
                    "iri": str(conclusion.framework.iri),
                    "label": conclusion.framework.label,
                    "version": conclusion.framework.version,
                },
                "value": conclusion.value.value,
                "headline": headline(conclusion),
                "outcomes": _outcomes_json(conclusion),
            }
            for conclusion in conclusions
        ],
    }


def _outcomes_json(conclusion: Conclusion) -> list[dict[str, Any]]:
    name, framework = conclusion.system.label, conclusion.framework
    return [
        {
            "iri": str(outcome.iri),
            "label": outcome.label,
            "value": reason.value.value,
            "headline": outcome_headline(name, framework, outcome, reason),
            "main_reason": main_reason(reason) or None,
        }
        for outcome, reason in zip(conclusion.outcomes, conclusion.reasons, strict=False)
    ]


def _footer(derivation: Derivation) -> str:
    version = f", data version {derivation.data_version}" if derivation.data_version else ""
    day = f" as of {derivation.as_of}" if derivation.as_of else ""
    return f"From {len(derivation.facts)} facts{day}{version}; {derivation.hash}"


class _Lines:
    """Writes reasons as a tree; what was written once is referred to."""

    def __init__(self) -> None:
        self._shown: set[URIRef] = set()
        self._clauses: set[tuple[Clause, ...]] = set()
        self._evidence: set[str] = set()

    def of(self, reason: Reason, first: str = "", rest: str = "") -> Iterator[str]:
        """Yield the lines of a reason and all below it."""
        requirement = reason.requirement
        head = f"{first}{SIGNS[reason.value]} {requirement.identifier} {requirement.label}"
        if requirement.iri in self._shown:
            yield f"{head}: {reason.value.words}, see above"
            return
        self._shown.add(requirement.iri)
        yield head + self._note(reason)
        bar = rest + ("│  " if reason.parts else "   ")
        for line in self._leaf(reason):
            yield bar + line
        for place, part in enumerate(reason.parts):
            last = place == len(reason.parts) - 1
            yield from self.of(
                part, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  ")
            )

    def _note(self, reason: Reason) -> str:
        requirement = reason.requirement
        place = f" [{requirement.locator}]" if requirement.locator else ""
        if not reason.parts:
            return f": {reason.value.words}{place}"
        least = f"at least {requirement.minimum} of these"
        how = _COMBINATIONS.get(requirement.combination, least)
        return f" ({how}): {reason.value.words}{place}"

    def _leaf(self, reason: Reason) -> Iterator[str]:
        for ground in reason.grounds:
            yield from self._ground(ground)
        for sentence in reason.missing:
            yield f"missing: {sentence}"
        for search in reason.searches:
            yield f"looked in vain: {evidence_text(search)}"
        if not reason.parts and reason.requirement.note and not _shown_by_facts(reason):
            yield f"note: {reason.requirement.note}"

    def _ground(self, ground: Ground) -> Iterator[str]:
        part = ground.part
        if not ground.checks:
            yield f"• {part.label}: {part.availability.label}" + (
                f", under {terms_text(part.terms)}" if part.terms else ""
            )
            properties = (OSAI.hasAvailability, DCTERMS.license)
            yield from self._evidence_lines(part.evidence_for(properties), "    ")
            return
        yield f"• {part.label}"
        shown: set[Evidence] = set()
        for check in ground.checks:
            yield f"  {SIGNS[check.value]} {check.text}: {check.found}"
            for line in self._clause_lines(check):
                yield f"      {line}"
            fresh = [e for e in check.evidence if e not in shown]
            shown.update(fresh)
            yield from self._evidence_lines(fresh, "      ")

    def _evidence_lines(self, evidence: Iterable[Evidence], indent: str) -> Iterator[str]:
        """Yield evidence; what it shows is said once, and the address each time."""
        for one in evidence:
            word = "looked in vain" if one.is_search else "evidence"
            text = _place(one) if one.iri in self._evidence else evidence_text(one)
            self._evidence.add(one.iri)
            yield f"{indent}{word}: {text}"

    def _clause_lines(self, check: Check) -> Iterator[str]:
        if not check.clauses:
            return
        if check.clauses in self._clauses:
            yield "its clauses: see above"
            return
        self._clauses.add(check.clauses)
        for clause in check.clauses:
            yield clause_text(clause)
        texts = dict.fromkeys(e for clause in check.clauses for e in clause.evidence)
        yield from (f"clauses read at {_place(e)}" for e in texts)


def _shown_by_facts(reason: Reason) -> bool:
    """Return whether the grounds themselves show why a leaf has its value."""
    if reason.value is not Value.MET:
        return bool(reason.grounds or reason.missing)
    return any(all(c.value is Value.MET for c in ground.checks) for ground in reason.grounds)


def clause_text(clause: Clause) -> str:
    """Return a clause in words: where it stands, what it limits, which freedoms it takes."""
    names = [name.removeprefix("freedom ") for name in clause.takes]
    place = f"{clause.locator}: " if clause.locator else ""
    takes = f", takes the freedom {listed(names)}" if names else ""
    binds = ", binds derivatives" if clause.binds_derivatives else ""
    return f"{place}{clause.label}{takes}{binds}"


def evidence_text(evidence: Evidence) -> str:
    """Return evidence in words: address, place in it, day, and what it shows."""
    return _place(evidence) + (f": {evidence.shows}" if evidence.shows else "")


def _place(evidence: Evidence) -> str:
    locator = f", {evidence.locator}" if evidence.locator else ""
    day = f" (read {evidence.retrieved_on})" if evidence.retrieved_on else ""
    return f"{evidence.url or evidence.iri}{locator}{day}"


def derivation_markdown(derivation: Derivation) -> str:
    """Return a derivation as Markdown (CommonMark 0.31): a heading, and nested lists."""
    out = [f"## {_escaped(headline(derivation))}", "", _escaped(framework_line(derivation)), ""]
    writer = _Lines()
    for number, reason in enumerate(derivation.reasons):
        if len(derivation.reasons) > 1:
            out += [f"### {_escaped(derivation.outcomes[number].label)}", ""]
        out += [_markdown_line(line) for line in writer.of(reason)] + [""]
    out.append(_escaped(_footer(derivation)))
    return "\n".join(out)


def _markdown_line(line: str) -> str:
    """Return a line of the tree as an item of a list, as deep as it stood."""
    text = line.lstrip("│├└─ ")
    depth = (len(line) - len(text) + 1) // 3
    return f"{'  ' * depth}- {_escaped(text.removeprefix('• '))}"


def _escaped(text: str) -> str:
    """Return text with the signs that Markdown reads escaped; addresses stay links."""
    words = re.split(r"(https?://\S+?(?=[,.:;)]*(?:\s|$)))", text)
    signs = re.compile(r"([\\`*_\[\]<>#|])")
    return "".join(f"<{w}>" if n % 2 else signs.sub(r"\\\1", w) for n, w in enumerate(words))


def derivation_json(derivation: Derivation) -> dict[str, Any]:
    """Return a derivation as what ``json.dumps`` takes.

    ``schema_version`` is that of this form, ``software_version`` ours, ``data_version`` that of the
    graph; ``as_of``, only where it was asked for, is the day whose facts they are. ``system``,
    ``framework`` and ``outcomes`` say what was judged, ``headline`` the conclusion. ``reasons`` are
    the arguments, one for each outcome: a node has ``requirement`` (``iri``, ``identifier``,
    ``label``, ``locator``, ``combination``), ``value`` (Met, NotMet, CannotBeDecided), ``met`` of
    ``leaves``, ``parts`` (nodes again), ``grounds`` (parts of the system with ``checks``, clauses
    and evidence), ``missing`` and ``searches``. ``definition``, ``facts`` (both N-Triples) and
    ``values`` are what `osai_graph.assessment.content.recheck` derives the verdict from again;
    ``hash`` is over these and the system.
    """
    framework = derivation.framework
    return {
        "schema_version": SCHEMA_VERSION,
        "software_version": __version__,
        "data_version": derivation.data_version,
        **({"as_of": derivation.as_of} if derivation.as_of else {}),
        "headline": headline(derivation),
        "system": asdict(derivation.system),
        "framework": {
            "iri": str(framework.iri),
            "label": framework.label,
            "version": framework.version,
            "issued": framework.issued,
            "source": framework_address(derivation) or None,
        },
        "outcomes": _outcomes_json(derivation),
        "reasons": [reason_json(reason) for reason in derivation.reasons],
        "definition": list(derivation.definition),
        "facts": list(derivation.facts),
        "values": dict(sorted(derivation.values.items())),
        "hash": derivation.hash,
    }


def reason_json(reason: Reason) -> dict[str, Any]:
    """Return a reason, and all below it, as what ``json.dumps`` takes."""
    requirement = reason.requirement
    return {
        "requirement": {
            "iri": str(requirement.iri),
            "identifier": requirement.identifier,
            "label": requirement.label,
            "locator": requirement.locator,
            "combination": requirement.combination or None,
            "decidability": requirement.decidability,
        },
        "value": reason.value.value,
        "met": reason.met,
        "leaves": reason.leaves,
        "parts": [reason_json(part) for part in reason.parts],
        "grounds": [_ground_json(ground) for ground in reason.grounds],
        "missing": list(reason.missing),
        "searches": [asdict(search) for search in reason.searches],
    }


def _ground_json(ground: Ground) -> dict[str, Any]:
    checks = [{**asdict(check), "value": check.value.value} for check in ground.checks]
    return {"part": asdict(ground.part), "checks": checks}


def derivation_graph(derivation: Derivation) -> Graph:
    """Return a derivation as RDF.

    Each requirement has its verdict as an ``earl:Assertion`` (EARL 1.0 Schema, section 2.1) and
    ``prov:Entity``; ``prov:wasDerivedFrom`` leads to the verdicts on its parts and to the parts of
    the system, licenses and clauses that decided it, ``osai:hasEvidence`` to the evidence. The
    activity that made it had the framework as its ``prov:hadPlan`` (PROV-O, section 3.3).
    """
    graph = Graph()
    for prefix, namespace in {**PREFIXES, "earl": str(EARL)}.items():
        graph.bind(prefix, namespace)
    activity = _add_activity(graph, derivation)
    for reason in derivation.reasons:
        for below in reason.walk():
            _add_verdict(graph, derivation, below, activity)
    for outcome, reason in zip(derivation.outcomes, derivation.reasons, strict=False):
        node = _verdict(derivation, reason)
        text = outcome_headline(derivation.system.label, derivation.framework, outcome, reason)
        graph.add((node, RDFS.comment, Literal(text, lang="en")))
        if reason.value is Value.MET:
            graph.add((URIRef(derivation.system.iri), OSAI.reachesOutcome, outcome.iri))
    return graph


def _verdict(derivation: Derivation, reason: Reason) -> URIRef:
    return verdict_iri(URIRef(derivation.system.iri), derivation.framework, reason.requirement)


def _add_activity(graph: Graph, derivation: Derivation) -> URIRef:
    framework = derivation.framework
    activity = URIRef(f"{derivation.system.iri}#assessment-{framework.slug}")
    association = URIRef(f"{activity}-association")
    agent = URIRef(BASE + "software")
    graph.add((activity, RDF.type, PROV.Activity))
    graph.add((activity, PROV.used, URIRef(derivation.system.iri)))
    graph.add((activity, DCTERMS.identifier, Literal(derivation.hash)))
    if derivation.as_of:
        graph.add((activity, DCTERMS.valid, Literal(derivation.as_of, datatype=XSD.date)))
    graph.add((activity, PROV.qualifiedAssociation, association))
    graph.add((association, RDF.type, PROV.Association))
    graph.add((association, PROV.agent, agent))
    graph.add((association, PROV.hadPlan, framework.iri))
    graph.add((framework.iri, RDF.type, PROV.Plan))
    graph.add((framework.iri, RDFS.label, Literal(framework.label, lang="en")))
    graph.add((agent, RDF.type, PROV.SoftwareAgent))
    graph.add((agent, RDFS.label, Literal(f"osai-graph {__version__}")))
    return activity


def _add_verdict(graph: Graph, derivation: Derivation, reason: Reason, activity: URIRef) -> None:
    node, requirement = _verdict(derivation, reason), reason.requirement
    for kind in (OSAI.Verdict, EARL.Assertion, PROV.Entity):
        graph.add((node, RDF.type, kind))
    graph.add((node, EARL.subject, URIRef(derivation.system.iri)))
    graph.add((node, EARL.test, requirement.iri))
    graph.add((node, EARL.mode, EARL.automatic))
    graph.add((node, EARL.assertedBy, URIRef(BASE + "software")))
    graph.add((node, OSAI.ofRequirement, requirement.iri))
    graph.add((node, OSAI.ofFramework, derivation.framework.iri))
    graph.add((node, OSAI.hasVerdictValue, reason.value.iri))
    graph.add((node, PROV.wasGeneratedBy, activity))
    graph.add((requirement.iri, RDFS.label, Literal(requirement.label, lang="en")))
    graph.add((requirement.iri, DCTERMS.identifier, Literal(requirement.identifier)))
    for part in reason.parts:
        graph.add((node, PROV.wasDerivedFrom, _verdict(derivation, part)))
    for sentence in reason.missing:
        graph.add((node, OSAI.missingFact, Literal(sentence, lang="en")))
    for iri, label in _things(reason.grounds):
        graph.add((node, PROV.wasDerivedFrom, URIRef(iri)))
        graph.add((node, OSAI.isBecauseOf, URIRef(iri)))
        graph.add((URIRef(iri), RDFS.label, Literal(label, lang="en")))
    for evidence in _all_evidence(reason):
        _add_evidence(graph, node, evidence)


def _things(grounds: Sequence[Ground]) -> Iterator[tuple[str, str]]:
    for ground in grounds:
        yield ground.part.iri, ground.part.label
        for check in ground.checks:
            if check.is_on_license:
                yield from ((terms.iri, terms.label) for terms in ground.part.terms)
            yield from ((clause.iri, clause.label) for clause in check.clauses)


def _all_evidence(reason: Reason) -> Iterator[Evidence]:
    yield from reason.searches
    for ground in reason.grounds:
        for check in ground.checks:
            yield from check.evidence
            for clause in check.clauses:
                yield from clause.evidence


def _add_evidence(graph: Graph, node: URIRef, evidence: Evidence) -> None:
    iri = URIRef(evidence.iri)
    graph.add((node, OSAI.hasEvidence, iri))
    graph.add((iri, RDF.type, OSAI.Search if evidence.is_search else OSAI.Evidence))
    if evidence.url:
        graph.add((iri, SCHEMA.url, URIRef(evidence.url)))
    if evidence.retrieved_on:
        graph.add((iri, PAV.retrievedOn, Literal(evidence.retrieved_on, datatype=XSD.date)))
    if evidence.shows:
        graph.add((iri, OSAI.shows, Literal(evidence.shows, lang="en")))
