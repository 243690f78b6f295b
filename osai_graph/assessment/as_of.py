"""as_of keeps of the accepted facts those that held on a day.

What is known today about that day is told, not what was known on it. A date that is known to the
month or year counts from its last day: until then what held before is kept. Where that leaves
nothing, what may have begun in that month or year is taken; and so are licenses, organizations and
documents, which others rest on.
"""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyoxigraph as ox

from osai_graph.errors import GraphError
from osai_graph.graph.store import EngineTerm
from osai_graph.namespaces import (
    BASE,
    DCTERMS,
    OSAI,
    PROV,
    RDF,
    RECORD_KINDS,
    SCHEMA,
    shorten,
)

#: What tells when a record came into the world; of a framework, when it came into force.
_BEGINNINGS = tuple(
    ox.NamedNode(str(p))
    for p in (OSAI.validFrom, DCTERMS.issued, SCHEMA.startDate, SCHEMA.foundingDate)
)

#: Kinds of record that count from the first day that they may have been there.
_RESTED_ON = ("license", "organization", "document")

_NAMED = 5


class DateError(GraphError):
    """A day that cannot be read, or that has not come yet."""


@dataclass(frozen=True)
class Span:
    """The first and the last day that a date, as precise as it is known, can mean."""

    first: date
    last: date


def read_span(text: str) -> Span | None:
    """Return the days that a date, a month or a year covers; ``None`` where it is none of them.

    >>> read_span("2024-02").last
    datetime.date(2024, 2, 29)
    """
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        end = month or 12
        last = date(first.year, end, day or calendar.monthrange(first.year, end)[1])
    except ValueError:
        return None
    return Span(first, last)


def read_day(text: str, today: date) -> date:
    """Return the day that a person means; a month or a year stands for its last day.

    Raises:
        DateError: the text is no date, or the day has not come yet.
    """
    span = read_span(text)
    if span is None:
        raise DateError(f'"{text}" is no date.', "Write a day, a month or a year: 2024-10-28.")
    if span.first > today:
        raise DateError(f"{text} has not come yet.", f"Today is {today}.")
    return min(span.last, today)


@dataclass
class Retrospect:
    """What held on a day, and what had to be decided to say so.

    Attributes:
        day: the day.
        absent: records that came later.
        undated: records of which no date is known; they are kept.
        coarse: what is dated by a month or year in which the day falls, with that date.
        changed: artifacts whose license or availability was another than today.
        open: artifacts of which it is not recorded what held on the day.
    """

    day: date
    absent: set[str] = field(default_factory=set)
    undated: set[str] = field(default_factory=set)
    coarse: dict[str, str] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)

    def is_absent(self, term: EngineTerm | None) -> bool:
        """Tell whether a term names a record that came later, or a part of one."""
        if not isinstance(term, ox.NamedNode):
            return False
        return term.value in self.absent or term.value.partition("#")[0] in self.absent

    def sentences(self) -> list[str]:
        """Return in words what the answer for the day rests on."""
        found = [
            f"True on {self.day} as known today, not what was known on that day.",
            f"{len(self.absent):,} records came later and are left out; "
            f"{len(self.undated):,} have no date and are kept.",
        ]
        told = (
            ("Other than today: {}.", self.changed),
            (
                "Known to the month or year only, and taken to have come at its end: {}.",
                {f"{shorten(iri)} ({text})" for iri, text in self.coarse.items()},
            ),
            ("What held then is not recorded: {}.", self.open),
        )
        found += [text.format(_enumerate(things)) for text, things in told if things]
        return found


def _enumerate(things: Iterable[str]) -> str:
    ordered = sorted(shorten(thing) for thing in things)
    more = len(ordered) - _NAMED
    return ", ".join(ordered[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


class _Facts:
    """Accepted triples, indexed by subject and predicate."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.triples = list(triples)
        self.index: dict[tuple[EngineTerm, ox.NamedNode], list[EngineTerm]] = defaultdict(list)
        for triple in self.triples:
            self.index[triple.subject, triple.predicate].append(triple.object)

    def values(self, subject: EngineTerm, predicate: ox.NamedNode) -> list[EngineTerm]:
        return self.index.get((subject, predicate), [])

    def pairs(self, predicate: ox.NamedNode) -> list[tuple[EngineTerm, EngineTerm]]:
        return [(t.subject, t.object) for t in self.triples if t.predicate == predicate]

    def span(self, subject: EngineTerm, predicate: ox.NamedNode) -> Span | None:
        texts = [v.value for v in self.values(subject, predicate) if isinstance(v, ox.Literal)]
        return next(filter(None, map(read_span, sorted(texts))), None)

    def begins(self, subject: EngineTerm) -> str | None:
        """Return the date on which a record came into the world, as written."""
        for predicate in _BEGINNINGS:
            values = self.values(subject, predicate)
            if texts := [v.value for v in values if isinstance(v, ox.Literal)]:
                return min(texts)
        return None


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(str(iri))


_TYPE = _node(RDF.type)
_CLAIM = _node(OSAI.Claim)
_SOURCE = _node(PROV.hadPrimarySource)
_ABOUT = (_node(RDF.subject), _node(SCHEMA.about))
_CORRECTS = _node(OSAI.corrects)
_FROM, _UNTIL = _node(OSAI.validFrom), _node(OSAI.validUntil)

#: The property that is said now, what assigns it to a span, and the value assigned.
_ASSIGNED = (
    (_node(DCTERMS.license), _node(OSAI.hasLicenseAssignment), _node(OSAI.assignedLicense)),
    (
        _node(OSAI.hasAvailability),
        _node(OSAI.hasAvailabilityAssignment),
        _node(OSAI.assignedAvailability),
    ),
)


def facts_on(triples: Iterable[ox.Triple], day: date) -> tuple[list[ox.Triple], Retrospect]:
    """Return the facts that held on a day.

    Left out are records that came later (and what points at them), and claims made later or about
    such records. Where an artifact has assignments of licenses or availability to spans of time,
    the one of the day stands in the place of today's.

    Args:
        triples: accepted facts, see `osai_graph.reasoning.settle`.
        day: the day.
    """
    facts = _Facts(triples)
    retrospect = Retrospect(day)
    _find_absent(facts, retrospect)
    _find_absent_claims(facts, retrospect)
    replaced, added = _assign(facts, retrospect)
    kept = [
        triple
        for triple in facts.triples
        if (triple.subject, triple.predicate) not in replaced
        and not retrospect.is_absent(triple.subject)
        and not retrospect.is_absent(triple.object)
    ]
    return kept + [t for t in added if not retrospect.is_absent(t.object)], retrospect


def _is_record(term: EngineTerm) -> bool:
    if not isinstance(term, ox.NamedNode) or not term.value.startswith(BASE):
        return False
    kind, _, name = term.value[len(BASE) :].partition("/")
    return kind in RECORD_KINDS and bool(name) and "#" not in name


def _find_absent(facts: _Facts, retrospect: Retrospect) -> None:
    for record in {subject for subject, _ in facts.pairs(_TYPE) if _is_record(subject)}:
        if isinstance(record, ox.NamedNode) and not record.value.startswith(f"{BASE}claim/"):
            _judge(record, facts.begins(record), retrospect)


def _judge(node: ox.NamedNode, text: str | None, retrospect: Retrospect) -> None:
    span = read_span(text) if text else None
    if span is None:
        retrospect.undated.add(node.value)
        return
    kind = node.value[len(BASE) :].partition("/")[0]
    if (span.first if kind in _RESTED_ON else span.last) > retrospect.day:
        retrospect.absent.add(node.value)
        if span.first <= retrospect.day:
            retrospect.coarse[node.value] = text or ""


def _find_absent_claims(facts: _Facts, retrospect: Retrospect) -> None:
    for claim, kind in facts.pairs(_TYPE):
        if kind != _CLAIM or not isinstance(claim, ox.NamedNode):
            continue
        if any(retrospect.is_absent(v) for p in _ABOUT for v in facts.values(claim, p)):
            retrospect.absent.add(claim.value)
            continue
        sources = facts.values(claim, _SOURCE)
        dates = [facts.begins(claim), *(facts.begins(source) for source in sources)]
        _judge(claim, next(filter(None, dates), None), retrospect)
    for correction, claim in facts.pairs(_CORRECTS):
        if retrospect.is_absent(claim) and isinstance(correction, ox.NamedNode):
            retrospect.absent.add(correction.value)


def _assign(
    facts: _Facts, retrospect: Retrospect
) -> tuple[set[tuple[EngineTerm, ox.NamedNode]], list[ox.Triple]]:
    """Return which properties of which artifacts fall, and what stands in their place."""
    replaced: set[tuple[EngineTerm, ox.NamedNode]] = set()
    added: list[ox.Triple] = []
    for said, has, value in _ASSIGNED:
        for artifact in {subject for subject, _ in facts.pairs(has)}:
            if not isinstance(artifact, ox.NamedNode) or retrospect.is_absent(artifact):
                continue
            chosen = _chosen(facts, facts.values(artifact, has), artifact, retrospect)
            values = {v for node in chosen for v in facts.values(node, value)}
            if not values:
                retrospect.open.add(artifact.value)
            elif values != set(facts.values(artifact, said)):
                retrospect.changed.add(artifact.value)
            replaced.add((artifact, said))
            added += [ox.Triple(artifact, said, v) for v in sorted(values, key=str)]
    return replaced, added


def _chosen(
    facts: _Facts, assignments: Sequence[EngineTerm], artifact: ox.NamedNode, past: Retrospect
) -> list[EngineTerm]:
    """Return the assignments that held on the day: for certain, or else possibly."""
    spans = [(node, facts.span(node, _FROM), facts.span(node, _UNTIL)) for node in assignments]

    def holding(has_begun: Callable[[Span], bool]) -> list[EngineTerm]:
        return [
            node
            for node, begins, ends in spans
            if (begins is None or has_begun(begins)) and (ends is None or ends.last > past.day)
        ]

    certain = holding(lambda span: span.last <= past.day)
    for _, begins, ends in spans:
        for span in filter(None, (begins, ends)):
            if span.first <= past.day < span.last:
                past.coarse[artifact.value] = _coarse_text(span)
    return certain or holding(lambda span: span.first <= past.day)


def _coarse_text(span: Span) -> str:
    whole_year = span.first.month != span.last.month
    return f"{span.first:%Y}" if whole_year else f"{span.first:%Y-%m}"
