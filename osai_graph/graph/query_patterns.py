"""query_patterns reads the group graph patterns of a SPARQL query from its tokens.

It follows SPARQL 1.1 Query, section 19.8, productions 53 to 92, as far as `rewriting` must know a
query: which variables each part may bind, which it surely binds (section 18.2.1), and where
expressions stand. What it does not know (SERVICE, triple terms ...) raises `UnreadableError`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from osai_graph.graph.query_text import QUERY_FORMS, Token

Names = frozenset[str]
NONE: Names = frozenset()


class UnreadableError(Exception):
    """The query has a part that is not read here, or none that is of use."""


@dataclass(frozen=True)
class Statement:
    """A triple pattern: where it stands and which variables it has.

    ``parts`` are the token ranges of subject, verb and object where each is one term, else empty.
    ``ends`` are the variables at the ends of a path that may have length zero.
    """

    variables: Names
    parts: tuple[tuple[int, int], ...]
    steps: int
    ends: Names


@dataclass(frozen=True)
class Part:
    """A part of a group: the tokens from ``start`` up to ``end``, and all variables in them."""

    start: int
    end: int
    mentioned: Names


@dataclass(frozen=True)
class Triples(Part):
    """Triple patterns that follow each other."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Exists(Part):
    """An EXISTS or NOT EXISTS that a filter demands, alone or joined by ``&&`` to other demands."""

    negated: bool
    group: Group


@dataclass(frozen=True)
class Filter(Part):
    """A filter; ``demands`` are those of its EXISTS that must be true for it to be true."""

    demands: tuple[Exists, ...]


@dataclass(frozen=True)
class Bind(Part):
    """A BIND; ``target`` is the variable that gets the value."""

    target: str


@dataclass(frozen=True)
class Values(Part):
    """Inline data; ``defined`` are the variables that have a value in each row."""

    defined: Names


@dataclass(frozen=True)
class Group(Part):
    """A group graph pattern in braces."""

    parts: tuple[Part, ...]

    def certain(self) -> Names:
        """Return the variables that each solution binds."""
        return NONE.union(*map(certain, self.parts))

    def possible(self) -> Names:
        """Return the variables that a solution may bind."""
        return NONE.union(*map(possible, self.parts))


@dataclass(frozen=True)
class Optional(Part):
    """An OPTIONAL group."""

    group: Group


@dataclass(frozen=True)
class Minus(Part):
    """A MINUS group."""

    group: Group


@dataclass(frozen=True)
class InGraph(Part):
    """A GRAPH group; ``name`` is its variable, ``None`` for an IRI."""

    name: str | None
    group: Group


@dataclass(frozen=True)
class Union(Part):
    """Alternatives; a group in a group is a union of one."""

    groups: tuple[Group, ...]


@dataclass(frozen=True)
class SubSelect(Part):
    """A sub-query; ``columns`` is ``None`` for ``SELECT *``, ``plain`` what passes unchanged."""

    group: Group
    columns: Names | None
    plain: Names


def certain(part: Part) -> Names:
    """Return the variables that a part surely binds."""
    match part:
        case Triples():
            return NONE.union(*(s.variables for s in part.statements))
        case Values():
            return part.defined
        case Group():
            return part.certain()
        case InGraph():
            return part.group.certain() | ({part.name} if part.name else NONE)
        case Union():
            return frozenset.intersection(*(group.certain() for group in part.groups))
        case SubSelect():
            inner = part.group.certain()
            return inner if part.columns is None else inner & part.plain
    return NONE


def possible(part: Part) -> Names:
    """Return the variables that a part may bind, those in scope outside it (section 18.2.1)."""
    match part:
        case Triples() | Values():
            return part.mentioned
        case Bind():
            return frozenset({part.target})
        case Group():
            return part.possible()
        case Optional():
            return part.group.possible()
        case InGraph():
            return part.group.possible() | ({part.name} if part.name else NONE)
        case Union():
            return NONE.union(*(group.possible() for group in part.groups))
        case SubSelect():
            return part.group.possible() if part.columns is None else part.columns
    return NONE


_OPENING = {"{": "}", "(": ")", "[": "]"}
_PART_WORDS = frozenset(
    {"FILTER", "BIND", "VALUES", "OPTIONAL", "MINUS", "GRAPH", "SERVICE", "LATERAL"}
)
_UNREAD = frozenset({"<<", "~", "%", "&", ":"})


def matching_brackets(tokens: Sequence[Token]) -> dict[int, int]:
    """Return the index of the closing bracket of each opening one.

    Raises:
        UnreadableError: the brackets do not match.
    """
    closings: dict[int, int] = {}
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind != "mark":
            continue
        if token.text in _OPENING:
            opened.append(index)
        elif token.text in _OPENING.values():
            if not opened or _OPENING[tokens[opened[-1]].text] != token.text:
                raise UnreadableError
            closings[opened.pop()] = index
    if opened:
        raise UnreadableError
    return closings


def read_where(tokens: Sequence[Token]) -> Group:
    """Return the outermost group of a query.

    Raises:
        UnreadableError: the query cannot be read here.
    """
    return _Reader(tokens).read_query()


@dataclass
class _Node:
    """A term or a bracketed node in triples: its tokens, its variable, and whether it is a term."""

    start: int
    end: int
    variable: str | None = None
    is_term: bool = True


@dataclass
class _Reader:
    """Reads from ``at`` on; each method leaves ``at`` behind what it read."""

    tokens: Sequence[Token]
    at: int = 0
    closings: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if any(t.kind == "other" or t.text in _UNREAD for t in self.tokens):
            raise UnreadableError
        self.closings = matching_brackets(self.tokens)

    # reading of single tokens

    def _token(self) -> Token:
        if self.at >= len(self.tokens):
            raise UnreadableError
        return self.tokens[self.at]

    def _next(self) -> Token:
        token = self._token()
        self.at += 1
        return token

    def _skip(self, text: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at].text == text:
            self.at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._skip(text):
            raise UnreadableError

    def _variable(self) -> str:
        token = self._next()
        if token.kind != "variable":
            raise UnreadableError
        return token.text[1:]

    def _names(self, start: int, end: int) -> Names:
        return frozenset(t.text[1:] for t in self.tokens[start:end] if t.kind == "variable")

    def _bracketed(self) -> tuple[int, int]:
        """Step over brackets and what they hold."""
        start = self.at
        if start not in self.closings:
            raise UnreadableError
        self.at = self.closings[start] + 1
        return start, self.at

    # queries and groups

    def read_query(self) -> Group:
        while self._token().keyword not in QUERY_FORMS:
            self.at += 1
        if self._next().keyword == "CONSTRUCT":
            if self._token().text != "{":
                raise UnreadableError  # the short form has no filters
            self._bracketed()
        while self._token().text != "{":
            if self.at in self.closings:
                self._bracketed()
            else:
                self.at += 1
        return self._group()

    def _group(self) -> Group:
        start = self.at
        self._expect("{")
        end = self.closings[start] + 1
        if self._token().keyword == "SELECT":
            parts: tuple[Part, ...] = (self._sub_select(end - 1),)
        else:
            parts = tuple(self._parts(end - 1))
        self._expect("}")
        if self.at != end:
            raise UnreadableError
        return Group(start, end, self._names(start, end), parts)

    def _parts(self, end: int) -> Iterator[Part]:
        while self.at < end:
            if self._skip("."):
                continue
            token = self._token()
            if token.keyword in _PART_WORDS or token.text == "{":
                yield self._part(token)
            else:
                yield self._triples(end)

    def _part(self, token: Token) -> Part:
        start = self.at
        match token.keyword:
            case "FILTER":
                self.at += 1
                demands = tuple(self._constraint())
                self._check_expression(start, self.at)
                return Filter(start, self.at, self._names(start, self.at), demands)
            case "BIND":
                return self._bind()
            case "VALUES":
                return self._values()
            case "OPTIONAL" | "MINUS":
                self.at += 1
                group = self._group()
                kind = Optional if token.keyword == "OPTIONAL" else Minus
                return kind(start, self.at, group.mentioned, group)
            case "GRAPH":
                return self._in_graph()
            case "":
                return self._union()
        raise UnreadableError

    def _in_graph(self) -> InGraph:
        start = self.at
        self.at += 1
        token = self._next()
        name = token.text[1:] if token.kind == "variable" else None
        if token.kind not in ("variable", "iri", "name"):
            raise UnreadableError
        group = self._group()
        return InGraph(start, self.at, self._names(start, self.at), name, group)

    def _union(self) -> Union:
        start = self.at
        groups = [self._group()]
        while self.at < len(self.tokens) and self._token().keyword == "UNION":
            self.at += 1
            groups.append(self._group())
        return Union(start, self.at, self._names(start, self.at), tuple(groups))

    def _bind(self) -> Bind:
        start = self.at
        self.at += 1
        inner, end = self._bracketed()
        target = self.tokens[end - 2]
        if target.kind != "variable" or self.tokens[end - 3].keyword != "AS":
            raise UnreadableError
        self._check_expression(inner, end)
        return Bind(start, end, self._names(start, end), target.text[1:])

    def _values(self) -> Values:
        start = self.at
        self.at += 1
        if self._skip("("):
            names = []
            while not self._skip(")"):
                names.append(self._variable())
        else:
            names = [self._variable()]
        rows, end = self._bracketed()
        some_undefined = any(t.keyword == "UNDEF" for t in self.tokens[rows:end])
        defined = NONE if some_undefined else frozenset(names)
        return Values(start, end, frozenset(names), defined)

    def _sub_select(self, end: int) -> SubSelect:
        start = self.at
        self.at += 1
        columns: set[str] = set()
        plain: set[str] = set()
        star = False
        while self._token().text != "{":
            token = self._token()
            if self.at in self.closings:
                _, after = self._bracketed()
                columns.add(self.tokens[after - 2].text[1:])
                continue
            if token.kind == "variable":
                columns.add(token.text[1:])
                plain.add(token.text[1:])
            star = star or token.text == "*"
            self.at += 1
        group = self._group()
        self.at = end  # modifiers and VALUES bind nothing that is not named above
        names = self._names(start, end)
        shown = None if star and self.at == group.end else frozenset(columns or names)
        return SubSelect(start, end, names, group, shown, frozenset(plain))

    # expressions

    def _check_expression(self, start: int, end: int) -> None:
        # "?a<?b&&?c>?d": the grammar sees an IRI here, the engine two comparisons
        if any(t.kind == "iri" and {"?", "$"} & set(t.text) for t in self.tokens[start:end]):
            raise UnreadableError

    def _constraint(self) -> Iterator[Exists]:
        """Read the constraint of a filter and yield the EXISTS that it demands."""
        token = self._token()
        if token.keyword in ("EXISTS", "NOT"):
            yield self._exists()
        elif token.text == "(":
            start, end = self._bracketed()
            yield from self._demands(start + 1, end - 1)
            self.at = end
        else:
            self.at += 1
            self._bracketed()

    def _demands(self, start: int, end: int) -> Iterator[Exists]:
        operands = list(self._conjunction(start, end))
        for first, last in operands:
            if self.closings.get(first) == last - 1 and self.tokens[first].text == "(":
                yield from self._demands(first + 1, last - 1)
                continue
            self.at = first
            if self.tokens[first].keyword in ("EXISTS", "NOT") or self.tokens[first].text == "!":
                try:
                    found = self._exists()
                except UnreadableError:
                    continue
                if self.at == last:
                    yield found

    def _conjunction(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the operands of ``&&``; nothing where the expression is no conjunction."""
        operands, first, index = [], start, start
        while index < end:
            if index in self.closings:
                index = self.closings[index]
            elif self.tokens[index].text == "||":
                return
            elif self.tokens[index].text == "&&":
                operands.append((first, index))
                first = index + 1
            index += 1
        yield from [*operands, (first, end)]

    def _exists(self) -> Exists:
        start = self.at
        token = self._next()
        negated = token.keyword == "NOT" or token.text == "!"
        if negated:
            token = self._next()
        if token.keyword != "EXISTS":
            raise UnreadableError
        group = self._group()
        return Exists(start, self.at, group.mentioned, negated, group)

    # triples

    def _triples(self, end: int) -> Triples:
        start = self.at
        statements: list[Statement] = []
        while self.at < end:
            token = self._token()
            if token.keyword in _PART_WORDS or token.text == "{":
                break
            subject = self._node(statements)
            if self.at < end and self._token().text != "." and not self._at_part():
                self._properties(subject, statements)
            if not self._skip("."):
                break
        names = self._names(start, self.at)
        if self.at == start:
            raise UnreadableError
        # variables in collections and brackets are bound as well: each stands in a triple
        rest = names - NONE.union(*(s.variables for s in statements))
        if rest:
            statements.append(Statement(rest, (), 1, NONE))
        return Triples(start, self.at, names, tuple(statements))

    def _at_part(self) -> bool:
        token = self._token()
        return token.keyword in _PART_WORDS or token.text in ("{", "}")

    def _node(self, statements: list[Statement]) -> _Node:
        start = self.at
        token = self._next()
        if token.text == "[":
            node = _Node(start, start, None, is_term=False)
            if self._token().text != "]":
                self._properties(node, statements)
            self._expect("]")
        elif token.text == "(":
            while not self._skip(")"):
                statements.append(Statement(NONE, (), 2, NONE))
                self._node(statements)
        elif token.kind == "variable":
            return _Node(start, self.at, token.text[1:])
        elif token.kind in ("iri", "name", "number") or token.keyword in ("TRUE", "FALSE"):
            return _Node(start, self.at)
        elif token.kind == "string":
            self._literal_end()
            return _Node(start, self.at)
        elif token.text in ("+", "-") and self._next().kind == "number":
            return _Node(start, self.at)
        elif token.kind != "blank":
            raise UnreadableError
        return _Node(start, self.at, None, is_term=False)

    def _literal_end(self) -> None:
        if self.at < len(self.tokens) and self._token().kind == "language":
            self.at += 1
        elif self._skip("^^") and self._next().kind not in ("iri", "name"):
            raise UnreadableError

    def _properties(self, subject: _Node, statements: list[Statement]) -> None:
        while True:
            verb, steps, may_be_empty = self._verb()
            while True:
                value = self._node(statements)
                statements.append(self._statement((subject, verb, value), steps, may_be_empty))
                if not self._skip(","):
                    break
            if not self._skip(";"):
                return
            while self._skip(";"):
                pass
            if self._token().text in (".", "]", "}") or self._at_part():
                return

    def _statement(
        self, nodes: tuple[_Node, _Node, _Node], steps: int, may_be_empty: bool
    ) -> Statement:
        names = frozenset(n.variable for n in nodes if n.variable)
        simple = all(node.is_term for node in nodes)
        parts = tuple((n.start, n.end) for n in nodes) if simple else ()
        ends = names if may_be_empty else NONE
        return Statement(names, parts, steps, ends)

    def _verb(self) -> tuple[_Node, int, bool]:
        start = self.at
        if self._token().kind == "variable":
            return _Node(start, start + 1, self._variable()), 1, False
        steps, may_be_empty = self._path()
        return _Node(start, self.at, None, is_term=self.at == start + 1), steps, may_be_empty

    def _path(self) -> tuple[int, bool]:
        """Read a path; return the number of its steps and whether it may have length zero."""
        steps, may_be_empty = self._sequence()
        while self._skip("|"):
            more, empty = self._sequence()
            steps, may_be_empty = steps + more, may_be_empty or empty
        return steps, may_be_empty

    def _sequence(self) -> tuple[int, bool]:
        steps, may_be_empty = self._step()
        while self._skip("/"):
            more, empty = self._step()
            steps, may_be_empty = steps + more, may_be_empty and empty
        return steps, may_be_empty

    def _step(self) -> tuple[int, bool]:
        self._skip("^")
        steps, may_be_empty = 1, False
        if self._skip("!"):
            if self._token().text == "(":
                self._bracketed()
            else:
                self._skip("^")
                self._iri()
        elif self._skip("("):
            steps, may_be_empty = self._path()
            self._expect(")")
        else:
            self._iri()
        if self._skip("*") or self._skip("?"):
            return steps, True
        self._skip("+")
        return steps, may_be_empty

    def _iri(self) -> None:
        token = self._next()
        if token.kind not in ("iri", "name") and token.text != "a":
            raise UnreadableError
