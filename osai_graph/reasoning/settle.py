"""settle accepts one answer per question where sources differ, and records every disagreement.

The order of evidence is data: each rank of ``osai:SourceRankScheme`` has an ``osai:rankOrder``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

import pyoxigraph as ox

from osai_graph.graph.store import EngineTerm
from osai_graph.namespaces import DCTERMS, LICENSE, OSAI, PAV, PROV, RDF, RDFS, SCHEMA, SKOS, XSD

Term = EngineTerm


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(str(iri))


_TYPE = _node(RDF.type)
_LABEL = _node(RDFS.label)
_LICENSE = _node(DCTERMS.license)
_DESCRIPTION = _node(DCTERMS.description)
_EVIDENCE = _node(OSAI.hasEvidence)
_SUPPORTS = _node(OSAI.isEvidenceFor)
_BASIS = _node(OSAI.hasBasis)
_RANK = _node(OSAI.hasSourceRank)
_ORDER = _node(OSAI.rankOrder)
_ATTRIBUTED = _node(PROV.wasAttributedTo)
_RETRIEVED = _node(PAV.retrievedOn)
_DECLARED = _node(OSAI.declaredLicenseText)
_ADDRESS = _node(SCHEMA.url)
_MEMBERS = (_node(OSAI.offers), _node(OSAI.combines))

#: Questions that have one answer. Others (developers, components, datasets ...) are united.
SINGLE_VALUED = frozenset(
    {_node(OSAI.hasAvailability), _LICENSE, _node(DCTERMS.issued), _LABEL, _DESCRIPTION}
)

#: Differences that are no disagreement about facts: the losing label stays as another name.
_WORDING = frozenset({_LABEL, _DESCRIPTION})

#: What the curator of a record decides, as against what evidence shows.
_DECIDED = frozenset({_TYPE, _LABEL, _DESCRIPTION})

#: Kinds that exclude one another; of these a system has one.
_KINDS: dict[Term, str] = {
    _node(OSAI.Model): "model",
    _node(OSAI.ModelVersion): "model",
    _node(OSAI.ModelFamily): "family",
    _node(OSAI.SoftwareTool): "software",
    _node(OSAI.HostedService): "service",
    _node(OSAI.Dataset): "dataset",
}

_DATES = frozenset(_node(XSD[name]) for name in ("date", "gYearMonth", "gYear"))

#: Places in the order of evidence for statements whose own evidence tells more than their source.
_BASIS_RANK: dict[Term, Term] = {
    _node(OSAI.ReadFromText): _node(OSAI.OfficialPageRank),
    _node(OSAI.ReadFromSecondary): _node(OSAI.CuratedRank),
    _node(OSAI.ReadFromLists): _node(OSAI.CuratedRank),
}
_LAST = 1_000

#: Values that answer nothing. They come after every answer, whoever gives it.
_UNKNOWN = frozenset({_node(OSAI.AvailabilityUnknown), _node(LICENSE["LicenseRef-Unknown"])})
_AFTER_ALL = _LAST + 1


@dataclass(frozen=True)
class Answer:
    """What one source graph answers to a question, and its place in the order of evidence."""

    value: Term
    graph: ox.NamedNode
    order: int
    date: str


@dataclass
class Settlement:
    """The accepted triples, and the triples that describe each disagreement."""

    accepted: list[ox.Triple] = field(default_factory=list)
    disagreements: list[ox.Triple] = field(default_factory=list)
    count: int = 0


def _text(term: Term) -> str:
    """Return the IRI, label or lexical form of a term."""
    return str(term) if isinstance(term, ox.Triple) else term.value


class _SourceGraph:
    """One file as stated, indexed for the questions that settling asks."""

    def __init__(self, name: ox.NamedNode, quads: Sequence[ox.Quad]) -> None:
        self.name = name
        self.quads = quads

    @cached_property
    def objects(self) -> dict[tuple[Term, ox.NamedNode], list[Term]]:
        """The objects by subject and predicate; most files answer nothing that others do too."""
        found: dict[tuple[Term, ox.NamedNode], list[Term]] = defaultdict(list)
        for quad in self.quads:
            found[quad.subject, quad.predicate].append(quad.object)
        return found

    def values(self, subject: Term, predicate: ox.NamedNode) -> list[Term]:
        return self.objects.get((subject, predicate), [])

    def addresses(self, subject: Term, predicate: ox.NamedNode) -> set[Term]:
        """The pages that the answer to a question rests on."""
        return {
            address
            for evidence in self.values(subject, _EVIDENCE)
            if predicate in self.values(evidence, _SUPPORTS)
            for address in self.values(evidence, _ADDRESS)
        }

    @cached_property
    def date(self) -> str:
        return max((_text(v) for v in self.values(self.name, _RETRIEVED)), default="")


class _Settler:
    def __init__(self, graphs: Sequence[_SourceGraph]) -> None:
        self.graphs = graphs
        self.ranks: dict[Term, Term] = {}
        self.orders: dict[Term, int] = {}
        self._stated: dict[tuple[Term, ox.NamedNode], list[tuple[_SourceGraph, Term]]] = {}
        for graph in graphs:
            for quad in graph.quads:
                self._note(graph, quad)

    def _note(self, graph: _SourceGraph, quad: ox.Quad) -> None:
        predicate = quad.predicate
        if predicate in SINGLE_VALUED or (predicate == _TYPE and quad.object in _KINDS):
            self._stated.setdefault((quad.subject, predicate), []).append((graph, quad.object))
        elif predicate == _RANK:
            self.ranks[quad.subject] = quad.object
        elif predicate == _ORDER:
            self.orders[quad.subject] = int(_text(quad.object))

    def order(self, graph: _SourceGraph, subject: Term, predicate: ox.NamedNode) -> int:
        """Return the place of a statement in the order of evidence; 1 comes first.

        A source's rank holds for all its statements. Curated records have no rank of their own:
        each statement has that of its best evidence, and comes last when that is memory. What they
        call a thing, and of which kind it is, needs no evidence: the curator decides it.
        """
        for holder in (graph.name, *graph.values(graph.name, _ATTRIBUTED)):
            if (rank := self.ranks.get(holder)) is not None:
                return self.orders.get(rank, _LAST)
        curated = self.orders.get(_node(OSAI.CuratedRank), _LAST)
        places = [curated if predicate in _DECIDED else _LAST]
        for evidence in graph.values(subject, _EVIDENCE):
            if predicate in graph.values(evidence, _SUPPORTS):
                own = graph.values(evidence, _RANK)
                based = [_BASIS_RANK[b] for b in graph.values(evidence, _BASIS) if b in _BASIS_RANK]
                places += [self.orders.get(rank, _LAST) for rank in own or based]
        return min(places)

    def place(
        self, graph: _SourceGraph, value: Term, subject: Term, predicate: ox.NamedNode
    ) -> int:
        """Return the place of an answer: the statement's, or after all when it is "unknown".

        What is called unknown although the page that another answer rests on was read keeps its
        place: then the page was weighed and found to show nothing.
        """
        if value in _UNKNOWN:
            read = graph.addresses(subject, predicate)
            others = (other for other, _ in self._stated[subject, predicate] if other is not graph)
            if not any(read & other.addresses(subject, predicate) for other in others):
                return _AFTER_ALL
        return self.order(graph, subject, predicate)

    def key(self, graph: _SourceGraph, value: Term) -> object:
        """Return what makes two values the same answer: choices and sets compare by content."""
        members = [m for p in _MEMBERS for m in graph.values(value, p)]
        if members:
            return (
                tuple(sorted(str(t) for t in graph.values(value, _TYPE))),
                tuple(sorted(str(self.key(graph, m)) for m in members)),
            )
        return value

    def answers(self) -> dict[tuple[Term, ox.NamedNode], dict[object, list[Answer]]]:
        """Return the answers to each question that has more than one, by what they say."""
        found: dict[tuple[Term, ox.NamedNode], dict[object, list[Answer]]] = {}
        for (subject, predicate), stated in self._stated.items():
            if len(stated) < 2:
                continue
            positions = found.setdefault((subject, predicate), {})
            for graph, value in stated:
                key = _KINDS[value] if predicate == _TYPE else self.key(graph, value)
                order = self.place(graph, value, subject, predicate)
                positions.setdefault(key, []).append(Answer(value, graph.name, order, graph.date))
        return found


def _other_sources(
    positions: dict[object, list[Answer]], winner: object
) -> dict[object, list[Answer]]:
    """Return the losing answers of graphs that do not state the accepted answer as well.

    A graph that answers a question twice contradicts itself: that is a fault for validation and
    the reasoner to find, and not a disagreement between sources to settle in silence.
    """
    winners = {answer.graph for answer in positions[winner]}
    others = {
        key: [answer for answer in answers if answer.graph not in winners]
        for key, answers in positions.items()
        if key != winner
    }
    return {key: answers for key, answers in others.items() if answers}


def _compatible(coarse: Term, fine: Term) -> bool:
    """Say whether one date is the other at lower precision (``2023-07`` and ``2023-07-18``)."""
    return (
        isinstance(coarse, ox.Literal)
        and isinstance(fine, ox.Literal)
        and coarse.datatype in _DATES
        and fine.datatype in _DATES
        and fine.value.startswith(coarse.value)
    )


def _merge_dates(positions: dict[object, list[Answer]]) -> dict[object, list[Answer]]:
    """Let each date stand with the more precise one that it agrees with."""
    merged: dict[object, list[Answer]] = {}
    for key in sorted(positions, key=lambda k: -len(getattr(k, "value", ""))):
        finer = [k for k in merged if _compatible(key, k)]  # type: ignore[arg-type]
        merged.setdefault(finer[0] if len(finer) == 1 else key, []).extend(positions[key])
    return merged


def _strength(key: object, answers: Sequence[Answer]) -> tuple[int, int, int, str]:
    """Return what answers are sorted by: better rank, newer, more of them, and at last the name."""
    order = min(answer.order for answer in answers)
    newest = max(answer.date for answer in answers if answer.order == order)
    return order, -int(newest.replace("-", "").ljust(8, "0")), -len(answers), str(key)


def _decide(positions: dict[object, list[Answer]]) -> tuple[object, str]:
    """Return the key of the accepted answer, and the rule that decided."""
    best = {key: _strength(key, answers) for key, answers in positions.items()}
    first, second = sorted(best, key=lambda key: best[key])[:2]
    rules = ("ByRank", "ByDate", "ByNumber", "ByName")
    decided = next(i for i in range(4) if best[first][i] != best[second][i])
    return first, rules[decided]


def _finest(answers: Sequence[Answer]) -> Term:
    """Return the most precise value; a model version says more than a model."""
    version = _node(OSAI.ModelVersion)
    if any(a.value == version for a in answers):
        return version
    return max((a.value for a in answers), key=lambda v: (len(_text(v)), _text(v)))


def settle(stated: Iterable[tuple[ox.NamedNode, Sequence[ox.Quad]]]) -> Settlement:
    """Accept one answer for each single-valued question.

    Args:
        stated: the named graph of each file with its quads.

    Returns:
        All triples but the losing answers (and the evidence that only they rest on), and for each
        question that sources answer differently an ``osai:Disagreement`` with every position, its
        graphs and dates, and the rule that decided.
    """
    graphs = [_SourceGraph(name, quads) for name, quads in stated]
    settler = _Settler(graphs)
    settlement = Settlement()
    lost: dict[ox.NamedNode, set[tuple[Term, ox.NamedNode]]] = defaultdict(set)
    dropped: set[tuple[ox.NamedNode, Term, ox.NamedNode, Term]] = set()
    for (subject, predicate), positions in sorted(
        settler.answers().items(), key=lambda item: (str(item[0][0]), str(item[0][1]))
    ):
        merged = _merge_dates(positions)
        winner, rule = (next(iter(merged)), "") if len(merged) == 1 else _decide(merged)
        accepted = _finest(merged[winner]) if predicate != _LICENSE else merged[winner][0].value
        others = _other_sources(merged, winner)
        coarser = [answer for answer in merged[winner] if answer.value != accepted]
        for answer in coarser + [a for answers in others.values() for a in answers]:
            dropped.add((answer.graph, subject, predicate, answer.value))
        for answers in others.values():
            for answer in answers:
                lost[answer.graph].add((subject, predicate))
        if others:
            _record(settlement, subject, predicate, {winner: merged[winner]} | others, winner, rule)
    touched = {graph for graph, *_ in dropped} | set(lost)
    for graph in graphs:
        if graph.name in touched:
            settlement.accepted += _accepted(graph, dropped, lost.get(graph.name, set()))
        else:
            settlement.accepted += [quad.triple for quad in graph.quads]
    return settlement


def _accepted(
    graph: _SourceGraph,
    dropped: set[tuple[ox.NamedNode, Term, ox.NamedNode, Term]],
    lost: set[tuple[Term, ox.NamedNode]],
) -> list[ox.Triple]:
    kept = []
    for quad in graph.quads:
        if (graph.name, quad.subject, quad.predicate, quad.object) in dropped:
            continue
        if lost and quad.predicate == _EVIDENCE and _only_lost(graph, quad, lost):
            continue
        if quad.predicate == _DECLARED and (quad.subject, _LICENSE) in lost:
            continue
        kept.append(ox.Triple(quad.subject, quad.predicate, quad.object))
    return kept


def _only_lost(graph: _SourceGraph, quad: ox.Quad, lost: set[tuple[Term, ox.NamedNode]]) -> bool:
    supported = [
        p
        for p in graph.values(quad.object, _SUPPORTS)
        if isinstance(p, ox.NamedNode) and graph.values(quad.subject, p)
    ]
    return bool(supported) and all((quad.subject, p) in lost for p in supported)


def _record(
    settlement: Settlement,
    subject: Term,
    predicate: ox.NamedNode,
    positions: dict[object, list[Answer]],
    winner: object,
    rule: str,
) -> None:
    """Write down a disagreement; a losing label is kept as another name instead."""
    if predicate in _WORDING:
        if predicate == _LABEL:
            alternative = _node(SKOS.altLabel)
            settlement.accepted += [
                ox.Triple(subject, alternative, answers[0].value)  # type: ignore[arg-type]
                for key, answers in positions.items()
                if key != winner
            ]
        return
    node = _disagreement_iri(subject, predicate)
    add = settlement.disagreements.append
    settlement.count += 1
    add(ox.Triple(node, _TYPE, _node(OSAI.Disagreement)))
    add(ox.Triple(node, _node(RDF.subject), subject))
    add(ox.Triple(node, _node(RDF.predicate), predicate))
    add(ox.Triple(node, _node(OSAI.isDecidedBy), _node(OSAI[rule])))
    ordered = sorted(positions, key=lambda key: (key != winner, str(key)))
    for number, key in enumerate(ordered, 1):
        position = _node(f"{node.value}-{number}")
        link = OSAI.hasAcceptedPosition if key == winner else OSAI.hasPosition
        add(ox.Triple(node, _node(link), position))
        add(ox.Triple(position, _TYPE, _node(OSAI.Position)))
        for answer in positions[key]:
            add(ox.Triple(position, _node(OSAI.positionValue), answer.value))
            add(ox.Triple(position, _node(OSAI.isStatedIn), answer.graph))


def _disagreement_iri(subject: Term, predicate: ox.NamedNode) -> ox.NamedNode:
    """Return ``<record>#disagreement-<part>-<property>``."""
    record, _, part = _text(subject).partition("#")
    local = predicate.value.rpartition("#")[2].rpartition("/")[2]
    return _node(f"{record}#disagreement-{part + '-' if part else ''}{local}")


def by_graph(quads: Iterable[ox.Quad]) -> list[tuple[ox.NamedNode, list[ox.Quad]]]:
    """Group quads by their named graph."""
    ordered = sorted(quads, key=lambda q: str(q.graph_name))
    return [(name, list(group)) for name, group in groupby(ordered, key=lambda q: q.graph_name)]
