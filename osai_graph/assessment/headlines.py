"""headlines say a verdict in one sentence, and its main reason in another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from osai_graph.assessment.derivation import NO_LICENSE, Check, Conclusion, Reason
from osai_graph.assessment.frameworks import Framework, Outcome
from osai_graph.assessment.grounds import Clause, Part
from osai_graph.assessment.values import Value
from osai_graph.namespaces import OSAI

#: A sign beside the word, so that neither color nor sign has to tell alone.
SIGNS = {Value.MET: "✓", Value.NOT_MET: "✗", Value.UNDECIDED: "?"}


def framework_name(framework: Framework) -> str:
    """Return the name of a framework with its version, said once."""
    named = framework.version in framework.label
    return framework.label if named else f"{framework.label} ({framework.version})"


def headline(conclusion: Conclusion) -> str:
    """Return what is concluded, in one sentence.

    It is about the decisive outcome; see `Conclusion.decisive`.
    """
    outcome, reason = conclusion.decisive
    if outcome is None:
        return _on_requirement(conclusion)
    return outcome_headline(conclusion.system.label, conclusion.framework, outcome, reason)


def outcome_headline(system: str, framework: Framework, outcome: Outcome, reason: Reason) -> str:
    """Return whether a system reaches an outcome of a framework, and how much is lacking."""
    name, verdict = framework_name(framework), reason.value
    if _is_title(outcome.label):
        subject = f"{system} is{' not' if verdict is Value.NOT_MET else ''} {outcome.label}"
        whether = f"whether {system} is {outcome.label}"
    else:
        reach = {Value.MET: "reaches", Value.NOT_MET: "does not reach"}.get(verdict, "")
        subject = f"{system} {reach} “{outcome.label}”"
        whether = f"whether {system} reaches “{outcome.label}”"
    if verdict is Value.UNDECIDED:
        subject = f"It cannot be decided {whether}"
    return f"{subject} by the {name.removeprefix('the ')}: {counts(reason)}."


def _is_title(label: str) -> bool:
    """Return whether a label is a name, such as "Open Source AI", and no description."""
    return all(word[0].isupper() for word in label.split() if len(word) > 4)


def counts(reason: Reason) -> str:
    """Return how many of the requirements are met, not met or undecided, as it matters most.

    >>> from rdflib import URIRef
    >>> from osai_graph.assessment.frameworks import Requirement
    >>> leaf = Requirement(URIRef("x#a"), "weights", "X.1")
    >>> counts(Reason(leaf, Value.NOT_MET, 0, 1))
    'the requirement is not met'
    """
    parts = reason.decisive()
    if len(parts) == 1:
        return f"the requirement {_is(1, reason.value)}"
    total = len(parts)
    if reason.value is Value.MET:
        return f"all {total} requirements are met"
    numbers = {value: sum(part.value is value for part in parts) for value in Value}
    shown = [v for v in (Value.NOT_MET, Value.UNDECIDED) if numbers[v]]
    first, *rest = shown
    text = f"{numbers[first]} of {total} requirements {_is(numbers[first], first)}"
    return text + "".join(f", {numbers[v]} {v.words}" for v in rest)


def _is(count: int, value: Value) -> str:
    if value is Value.UNDECIDED:
        return value.words
    return f"{'is' if count == 1 else 'are'} {value.words}"


def _on_requirement(conclusion: Conclusion) -> str:
    requirement, system = conclusion.reasons[0].requirement, conclusion.system.label
    name = framework_name(conclusion.framework)
    asked = f"{requirement.identifier} of the {name}, “{requirement.label}”"
    if conclusion.value is Value.UNDECIDED:
        return f"It cannot be decided whether {system} meets {asked}."
    return f"{system} {'meets' if conclusion.value is Value.MET else 'does not meet'} {asked}."


#: So many clauses are named in the main reason.
_MOST_CLAUSES = 3


def main_reason(reason: Reason) -> str:
    """Return the fact that weighs most against an outcome, as a sentence; empty where it is met.

    The license of the weights comes before other licenses, these before parts that are withheld,
    and these before what is not known.
    """
    lacking = [r for part in reason.decisive() for r in _lacking(part)]
    refuted = [r for r in lacking if r.value is Value.NOT_MET]
    against = [pair for r in refuted for pair in _refutations(r)]
    if against:
        part, check = min(against, key=lambda pair: _weight(*pair))
        return f"{_capital(part.label)}: {_against(check)}."
    missing = [sentence for r in lacking for sentence in r.missing]
    return next(iter([*(f"Not met: {r.requirement.label}." for r in refuted), *missing]), "")


def _lacking(reason: Reason) -> Iterator[Reason]:
    """Yield the leaves that keep a requirement from being met."""
    if reason.value is Value.MET:
        return
    if not reason.parts:
        yield reason
    for part in reason.parts:
        yield from _lacking(part)


def _refutations(reason: Reason) -> Iterator[tuple[Part, Check]]:
    for ground in reason.grounds:
        for check in ground.checks:
            if check.value is Value.NOT_MET:
                yield ground.part, check


def _weight(part: Part, check: Check) -> tuple[bool, bool]:
    return not check.is_on_license, part.kind.iri != str(OSAI.ModelWeights)


def _against(check: Check) -> str:
    if not check.is_on_license or check.found == NO_LICENSE:
        return check.found
    terms = check.found.partition(" (")[0]
    ordered = sorted(check.clauses, key=lambda clause: -len(clause.takes))
    places = [_place(clause) for clause in ordered[:_MOST_CLAUSES]]
    more = len(ordered) - len(places)
    places += [f"and {more} more"] if more else []
    return f"under {terms}" + (f" ({'; '.join(places)})" if places else "")


def _place(clause: Clause) -> str:
    return f"{clause.label}, {clause.locator}" if clause.locator else clause.label


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def listed(names: Sequence[str]) -> str:
    """Return names as a list in prose.

    >>> listed(["use", "study", "share"])
    'use, study and share'
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
