"""rewriting makes queries with FILTER EXISTS fast, where the faster form provably means the same.

The engine evaluates the group of an EXISTS anew for each solution; where the group holds a join,
that takes time quadratic in the data. The same demand as MINUS, or as a join with a sub-query, is
evaluated once. For a solution μ of the group G around the filter, with P the group of the EXISTS
and S the variables of P that G may bind, substituting μ into P (SPARQL 1.1 Query, section 18.6)
leaves a solution exactly if P has a solution compatible with μ, provided that

- every variable of S is surely bound by P;
- substitution into P is the same as a join with μ: filters, BIND and OPTIONAL inside P look at
  variables of S only where P itself surely binds them, no sub-query or MINUS inside P names one,
  and none stands at the end of a path that may have length zero (which also matches terms that the
  data do not contain).

Then ``FILTER NOT EXISTS P`` is ``MINUS P`` if some variable of S is surely bound by G as well
(MINUS keeps solutions that share no variable), and ``FILTER EXISTS P`` is a join with
``SELECT DISTINCT S { P }`` if all of S are. A filter applies to its whole group, wherever it stands
in it; so the new part stands last. What is not proven stays as written, and so does everything
inside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from osai_graph.graph.query_patterns import (
    NONE,
    Bind,
    Exists,
    Filter,
    Group,
    InGraph,
    Minus,
    Names,
    Optional,
    Part,
    Statement,
    SubSelect,
    Triples,
    Union,
    UnreadableError,
    Values,
    certain,
    possible,
    read_where,
)
from osai_graph.graph.query_text import VOLATILE, Token, tokenize


@dataclass(frozen=True)
class _Edit:
    """Replaces the characters from ``start`` up to ``end``."""

    start: int
    end: int
    text: str


def rewrite(query: str) -> str:
    """Return a query with the same answer in which no EXISTS that we can replace is left.

    A query without EXISTS, or one that is not read here, is returned as it is.
    """
    if "exists" not in query.lower() or "\\u" in query.lower():
        return query
    try:
        tokens = list(tokenize(query))
        return _Rewriter(query, tokens).rewritten(read_where(tokens))
    except (UnreadableError, RecursionError):
        return query


class _Rewriter:
    """Rewrites one query."""

    def __init__(self, query: str, tokens: list[Token]) -> None:
        self.query = query
        self.tokens = tokens

    def rewritten(self, where: Group) -> str:
        return self._apply(0, len(self.query), self._edits(where, NONE))

    def _apply(self, start: int, end: int, edits: Iterable[_Edit]) -> str:
        pieces = []
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
            pieces += [self.query[start : edit.start], edit.text]
            start = edit.end
        return "".join([*pieces, self.query[start:end]])

    def _end_of(self, index: int) -> int:
        token = self.tokens[index - 1]
        return token.start + len(token.text)

    def _text(self, start: int, end: int) -> str:
        return self.query[self.tokens[start].start : self._end_of(end)]

    # the search for what to rewrite

    def _edits(self, group: Group, left: Names) -> Iterator[_Edit]:
        """Yield the edits in a group; ``left`` are variables that its filters see beside its own.

        Filters of an OPTIONAL group see the solution that it extends (section 18.2.2.6).
        """
        before = NONE
        for part in group.parts:
            match part:
                case Filter():
                    for demand in part.demands:
                        yield from self._edits_of_demand(demand, group, left)
                case Optional():
                    yield from self._edits(part.group, before)
                case Minus() | SubSelect():
                    yield from self._edits(part.group, NONE)
                case InGraph(name=None):
                    yield from self._edits(part.group, NONE)
                case Union():
                    for branch in part.groups:
                        yield from self._edits(branch, NONE)
            before |= possible(part)

    def _edits_of_demand(self, demand: Exists, group: Group, left: Names) -> Iterator[_Edit]:
        shared = demand.mentioned & (group.possible() | left)
        if not shared & left <= group.certain():  # its value may come from outside the group
            return
        if not self._is_provable(demand, group, shared) or not _has_join(demand.group):
            return
        yield _Edit(self.tokens[demand.start].start, self._end_of(demand.end), "(true)")
        inner = self.tokens[demand.group.start].start + 1
        last = self.tokens[demand.group.end - 1].start
        body = self._apply(inner, last, self._edits(demand.group, NONE))
        body = " ".join([*self._restrictions(group, shared), body])
        if demand.negated:
            text = f" MINUS {{ {body} }} "
        else:
            columns = " ".join(f"?{name}" for name in sorted(shared))
            text = f" {{ SELECT DISTINCT {columns} WHERE {{ {body} }} }} "
        place = self.tokens[group.end - 1].start
        yield _Edit(place, place, text)

    def _restrictions(self, group: Group, shared: Names) -> Iterator[str]:
        """Yield copies of what G says about S alone: P need not be evaluated for anything else."""
        for part in group.parts:
            if isinstance(part, Values) and NONE < part.mentioned <= shared:
                yield self._text(part.start, part.end)
            elif isinstance(part, Triples):
                for statement in part.statements:
                    if statement.parts and statement.variables and statement.variables <= shared:
                        yield self._copied(statement)

    def _copied(self, statement: Statement) -> str:
        return " ".join(self._text(start, end) for start, end in statement.parts) + " ."

    # the conditions

    def _is_provable(self, demand: Exists, group: Group, shared: Names) -> bool:
        sure = group.certain() & shared
        enough = bool(sure) if demand.negated else sure == shared and bool(sure)
        return (
            enough
            and shared <= demand.group.certain()
            and _is_substitutable(demand.group, shared)
            and not self._is_volatile(demand)
            and not self._shares_blank_nodes(demand)
        )

    def _is_volatile(self, demand: Exists) -> bool:
        return any(t.keyword in VOLATILE for t in self.tokens[demand.start : demand.end])

    def _shares_blank_nodes(self, demand: Exists) -> bool:
        inside = {t.text for t in self.tokens[demand.start : demand.end] if t.kind == "blank"}
        outside = self.tokens[: demand.start] + self.tokens[demand.end :]
        return any(t.kind == "blank" and t.text in inside for t in outside)


def _is_substitutable(group: Group, shared: Names, before: Names = NONE) -> bool:
    """Say whether substituting variables in a group is the same as joining with their values.

    ``before`` are variables that the solution which an OPTIONAL group extends surely binds.
    """
    bound = before
    everywhere = group.certain() | before
    for part in group.parts:
        if not _is_part_substitutable(part, shared, bound, everywhere):
            return False
        bound |= certain(part)
    return True


def _is_part_substitutable(part: Part, shared: Names, bound: Names, everywhere: Names) -> bool:
    named = part.mentioned & shared
    match part:
        case Triples():
            return not any(statement.ends & shared for statement in part.statements)
        case Filter():
            return named <= everywhere
        case Bind():
            return part.target not in shared and named <= bound
        case Values():
            return named <= part.defined
        case Optional():
            return named <= bound and _is_substitutable(part.group, shared, bound)
        case Minus() | SubSelect():
            return not named
        case InGraph():
            scoped = part.name in part.group.mentioned and part.name in shared
            return not scoped and _is_substitutable(part.group, shared)
        case Union():
            return all(_is_substitutable(branch, shared) for branch in part.groups)
    return False


def _has_join(group: Group) -> bool:
    return _weight(group) > 1


def _weight(group: Group) -> int:
    """Return how many things a group joins; a path counts for its steps."""
    total = 0
    for part in group.parts:
        match part:
            case Triples():
                total += sum(statement.steps for statement in part.statements)
            case Optional() | Minus() | InGraph() | SubSelect():
                total += _weight(part.group)
            case Union():
                total += sum(map(_weight, part.groups))
            case Filter():
                total += sum(_weight(demand.group) for demand in part.demands)
            case Values():
                total += 1
    return total
