"""rules is the Datalog-like rule that forward materialization and backward explanation share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rdflib import BNode, Literal, URIRef, Variable
from rdflib.term import Identifier

from osai_graph.namespaces import RDF

Triple = tuple[Identifier, Identifier, Identifier]
Pattern = tuple[Identifier, Identifier, Identifier]
Bindings = Mapping[Variable, Identifier]

#: Looked up often; an attribute of a namespace is made anew each time.
TYPE = RDF["type"]

#: SPARQL 1.1 Query, section 19.8, BrackettedExpression after FILTER: literals cannot be subjects.
NOT_LITERAL = "FILTER (!isLiteral(?{name}))"


@dataclass(frozen=True)
class Rule:
    """One rule: where all patterns of ``body`` hold, the triple ``head`` holds.

    Args:
        name: the name of the OWL 2 RL/RDF rule (W3C OWL 2 Profiles, section 4.3), several of them
            joined by ", " where an anonymous class lies between them, or the stem of a rule file.
        body: the premises.
        head: the conclusion; ``None`` makes it an inconsistency rule, whose body must not hold.
        explanation: a sentence with slots: ``{x}`` is filled with the label of what the variable
            is bound to, ``{<iri>}`` with the label of the IRI.
        filters: FILTER, BIND and VALUES in SPARQL, verbatim; BIND stands in its order.
        prologue: the PREFIX lines that ``filters`` needs.
        axioms: the triples of the ontology that the rule was compiled from.
        file: the rule file, relative to the root of the graph, for rules that have one.
    """

    name: str
    body: tuple[Pattern, ...]
    head: Pattern | None
    explanation: str
    filters: tuple[str, ...] = ()
    prologue: str = ""
    axioms: tuple[Triple, ...] = ()
    file: str | None = None
    _bound: frozenset[str] = field(init=False, repr=False, compare=False, default=frozenset())

    def __post_init__(self) -> None:
        targets = (_BIND_TARGET.search(f) for f in self.filters if f.upper().startswith("BIND"))
        object.__setattr__(self, "_bound", frozenset(t[1] for t in targets if t))

    @property
    def computed(self) -> frozenset[str]:
        """The names of the variables that a BIND computes."""
        return self._bound

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables of body and head, in order of appearance."""
        patterns = self.body if self.head is None else (*self.body, self.head)
        return tuple(dict.fromkeys(t for p in patterns for t in p if isinstance(t, Variable)))


_BIND_TARGET = re.compile(r"\bAS\s+[?$](\w+)\s*\)\s*$", re.IGNORECASE)


def variables_of(pattern: Pattern) -> tuple[Variable, ...]:
    """Return the variables of a pattern, each once, in order."""
    return tuple(dict.fromkeys(term for term in pattern if isinstance(term, Variable)))


def match(pattern: Pattern, triple: Triple) -> dict[Variable, Identifier] | None:
    """Return what the variables of ``pattern`` must be to give ``triple``; ``None`` if they cannot.

    >>> x = Variable("x")
    >>> match((x, TYPE, x), (URIRef("a:a"), TYPE, URIRef("a:b"))) is None
    True
    """
    bindings: dict[Variable, Identifier] = {}
    for expected, term in zip(pattern, triple, strict=True):
        if isinstance(expected, Variable):
            if bindings.setdefault(expected, term) != term:
                return None
        elif expected != term:
            return None
    return bindings


def substitute(pattern: Pattern, bindings: Bindings) -> Pattern:
    """Return ``pattern`` with the bound variables replaced."""
    s, p, o = (bindings.get(t, t) if isinstance(t, Variable) else t for t in pattern)
    return s, p, o


def may_match(left: Pattern, right: Pattern) -> bool:
    """Return whether some triple can match both patterns; variables are taken to be distinct."""
    return all(
        isinstance(a, Variable) or isinstance(b, Variable) or a == b
        for a, b in zip(left, right, strict=True)
    )


class PatternIndex:
    """Finds, among many patterns, those that may match another one, without trying them all."""

    def __init__(self, patterns: Iterable[tuple[Pattern, int]]) -> None:
        self._by_key: dict[
            Identifier | tuple[str, Identifier] | None, list[tuple[Pattern, int]]
        ] = {}
        for pattern, number in patterns:
            self._by_key.setdefault(_index_key(pattern), []).append((pattern, number))

    def candidates(self, pattern: Pattern) -> Iterator[int]:
        """Yield the numbers of the patterns that may match ``pattern``; a number may come twice."""
        key = _index_key(pattern)
        if key is None:
            buckets = list(self._by_key.values())
        elif key == TYPE:  # a type, but of which class is open
            buckets = [
                b for k, b in self._by_key.items() if k in (None, TYPE) or isinstance(k, tuple)
            ]
        else:
            keys = [key, None, TYPE] if isinstance(key, tuple) else [key, None]
            buckets = [self._by_key.get(k, []) for k in keys]
        for bucket in buckets:
            for other, number in bucket:
                if may_match(pattern, other):
                    yield number


def _index_key(pattern: Pattern) -> Identifier | tuple[str, Identifier] | None:
    _, p, o = pattern
    if isinstance(p, Variable):
        return None
    if p == TYPE and not isinstance(o, Variable):
        return ("type", o)
    return p


def sparql_term(term: Identifier) -> str:
    """Return a term in SPARQL syntax.

    Raises:
        ValueError: the term is a blank node, which SPARQL cannot name.
    """
    if isinstance(term, BNode):
        raise ValueError(f"SPARQL cannot name the blank node {term}")
    if isinstance(term, (URIRef, Literal, Variable)):
        return term.n3()
    raise ValueError(f"no RDF term: {term!r}")


def sparql_pattern(pattern: Pattern) -> str:
    """Return a pattern in SPARQL syntax, without a full stop."""
    return " ".join(sparql_term(term) for term in pattern)


def in_graph(graph: URIRef | None, patterns: Iterable[Pattern]) -> str:
    """Return patterns in SPARQL syntax, inside GRAPH unless they are about the default graph."""
    text = " . ".join(sparql_pattern(pattern) for pattern in patterns)
    return text if graph is None else f"GRAPH {graph.n3()} {{ {text} }}"


def where(
    rule: Rule,
    graph: URIRef | None,
    *,
    body: Iterable[str] | None = None,
    before: str = "",
) -> str:
    """Return the WHERE text of a rule, without its braces.

    Args:
        rule: the rule.
        graph: where the premises are looked up; ``None`` is the default graph.
        body: the text of each premise, if it differs from a lookup in ``graph``.
        before: what stands first, such as VALUES with the bindings that are already known.
    """
    texts = list(body) if body is not None else [in_graph(graph, [p]) for p in rule.body]
    early: list[str] = []
    late: list[str] = []
    for pattern, text in zip(rule.body, texts, strict=True):
        computed = any(str(v) in rule.computed for v in variables_of(pattern))
        (late if computed else early).append(text)
    tests = [f for f in rule.filters if f.upper().startswith("FILTER")]
    others = [f for f in rule.filters if not f.upper().startswith("FILTER")]
    parts = [before, " . ".join(early), *others, " . ".join(late), *tests]
    return " ".join(part for part in parts if part)


def given(
    rule: Rule, variables: Iterable[Variable], rows: Iterable[Iterable[Identifier]]
) -> tuple[str, str]:
    """Return VALUES for known bindings of a rule's variables, and the FILTER that goes with it.

    A variable that a BIND of the rule computes may not be in scope before it, so it gets another
    name in VALUES and is compared afterwards (SPARQL 1.1 Query, section 10.1).
    """
    names, tests = [], []
    for variable in variables:
        if str(variable) in rule.computed:
            names.append(f"?{variable}__given")
            tests.append(f"FILTER (sameTerm(?{variable}, ?{variable}__given))")
        else:
            names.append(f"?{variable}")
    lines = " ".join("(" + " ".join(sparql_term(t) for t in row) + ")" for row in rows)
    return f"VALUES ({' '.join(names)}) {{ {lines} }}", " ".join(tests)
