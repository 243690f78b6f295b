"""statistics counts what the graph holds and how well it is evidenced, with stored questions."""

from __future__ import annotations

from dataclasses import dataclass

from osai_graph.graph.store import GraphStore
from osai_graph.queries import QueryCatalog


@dataclass(frozen=True)
class FactCount:
    """How many facts of one kind there are, and how many of them have evidence."""

    fact: str
    facts: int
    with_evidence: int
    with_primary_source: int


@dataclass(frozen=True)
class Statistics:
    """Numbers on the graph.

    Attributes:
        records: kind of record to their number.
        claims: status to the number of claims that have it.
        facts: license, availability and date facts, with those that have evidence.
        evidence: basis to the number of pieces of evidence that have it.
        sources: number of sources to the number of systems that have so many.
        disagreements: property to the number of questions on which sources differ.
    """

    records: dict[str, int]
    claims: dict[str, int]
    facts: tuple[FactCount, ...]
    evidence: dict[str, int]
    sources: dict[int, int]
    disagreements: dict[str, int]

    @property
    def systems(self) -> int:
        """How many systems there are."""
        return sum(self.sources.values())

    @property
    def systems_of_several_sources(self) -> int:
        """How many systems two or more sources describe."""
        return sum(number for sources, number in self.sources.items() if sources > 1)


def measure(store: GraphStore, catalog: QueryCatalog) -> Statistics:
    """Return the numbers of a graph.

    Raises:
        UnknownNameError: the catalogue lacks one of the questions that count.
    """

    def rows(name: str) -> list[tuple[str, ...]]:
        return [tuple(map(str, row)) for row in store.select(catalog.get(name).text).rows]

    claims: dict[str, int] = {}
    for _, status, count in rows("how-many-claims-have-each-status"):
        claims[status] = claims.get(status, 0) + int(count)
    disagreements: dict[str, int] = {}
    for fact, _, count in rows("how-many-disagreements-each-rule-decided"):
        disagreements[fact] = disagreements.get(fact, 0) + int(count)
    return Statistics(
        records={kind: int(count) for kind, count in rows("how-many-records-of-each-kind")},
        claims=claims,
        facts=tuple(
            FactCount(fact, int(facts), int(evidenced), int(primary))
            for fact, facts, evidenced, primary in rows("how-many-facts-have-evidence")
        ),
        evidence={basis: int(n) for basis, n in rows("how-much-evidence-has-each-basis")},
        sources={
            int(number): int(systems)
            for number, systems in rows("how-many-systems-have-how-many-sources")
        },
        disagreements=disagreements,
    )
