"""query_grammar finds the place where a SPARQL query leaves the grammar, and what may stand there.

The engine says only that a query is wrong and points at its end. The grammar here is that of SPARQL
1.1 Query, section 19.8, productions 1 to 137, over the tokens of `query_text`; it is LL(1), so that
the token that gets furthest is the one at fault. It serves messages; what is valid the engine says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from osai_graph.errors import SyntaxFault
from osai_graph.graph.query_text import QUERY_FORMS, QueryText, Token, explain_prefix

_GRAMMAR = """
Query = ( Base | Prefix )* ( Select | Construct | Describe | Ask ) Values?
Base = 'BASE' IRI
Prefix = 'PREFIX' NAME IRI
Select = SelectClause Dataset* Where Modifiers
SubSelect = SelectClause Where Modifiers Values?
SelectClause = 'SELECT' ( 'DISTINCT' | 'REDUCED' )? ( '*' | Projection+ )
Projection = VARIABLE | '(' Expression 'AS' VARIABLE ')'
Construct = 'CONSTRUCT' ( Template Dataset* Where Modifiers | Dataset* 'WHERE' Template Modifiers )
Describe = 'DESCRIBE' ( '*' | VarOrIri+ ) Dataset* Where? Modifiers
Ask = 'ASK' Dataset* Where Modifiers
Dataset = 'FROM' ( 'NAMED' Iri | Iri )
Where = 'WHERE'? Group
Modifiers = GroupBy? Having? OrderBy? ( Limit Offset? | Offset Limit? )?
GroupBy = 'GROUP' 'BY' GroupCondition+
GroupCondition = VARIABLE | '(' Expression ( 'AS' VARIABLE )? ')' | BuiltIn | Iri Arguments
Having = 'HAVING' Constraint+
OrderBy = 'ORDER' 'BY' OrderCondition+
OrderCondition = VARIABLE | ( 'ASC' | 'DESC' ) Bracketed | Constraint
Limit = 'LIMIT' NUMBER
Offset = 'OFFSET' NUMBER
Values = 'VALUES' DataBlock
DataBlock = VARIABLE '{' DataValue* '}' | '(' VARIABLE* ')' '{' DataRow* '}'
DataRow = '(' DataValue* ')'
DataValue = Iri | Literal | 'UNDEF'
Template = '{' Triples? '}'
Group = '{' ( SubSelect | Triples? ( NotTriples '.'? Triples? )* ) '}'
Triples = SameSubject ( '.' Triples? )?
NotTriples = Group ( 'UNION' Group )* | Filter | Bind | Values | 'OPTIONAL' Group | 'MINUS' Group | 'GRAPH' VarOrIri Group | 'SERVICE' 'SILENT'? VarOrIri Group
Filter = 'FILTER' Constraint
Bind = 'BIND' '(' Expression 'AS' VARIABLE ')'
Constraint = Bracketed | BuiltIn | Iri Arguments
Arguments = '(' ( 'DISTINCT'? Expression ( ',' Expression )* )? ')'
Expressions = '(' ( Expression ( ',' Expression )* )? ')'
SameSubject = Term PropertyList | Node PropertyList?
Node = '(' GraphNode* ')' | '[' PropertyList? ']'
GraphNode = Term | Node
PropertyList = Verb Objects ( ';' ( Verb Objects )? )*
Verb = VARIABLE | Path
Objects = GraphNode ( ',' GraphNode )*
Path = Sequence ( '|' Sequence )*
Sequence = Step ( '/' Step )*
Step = '^'? PathPrimary ( '?' | '*' | '+' )?
PathPrimary = Iri | 'a' | '!' Negated | '(' Path ')'
Negated = OneOf | '(' ( OneOf ( '|' OneOf )* )? ')'
OneOf = Iri | 'a' | '^' ( Iri | 'a' )
VarOrIri = VARIABLE | Iri
Term = VARIABLE | Iri | Literal | BLANK
Expression = And ( '||' And )*
And = Relation ( '&&' Relation )*
Relation = Sum ( ( '=' | '!=' | '<' | '>' | '<=' | '>=' ) Sum | 'IN' Expressions | 'NOT' 'IN' Expressions )?
Sum = Product ( ( '+' | '-' ) Product )*
Product = Unary ( ( '*' | '/' ) Unary )*
Unary = ( '!' | '+' | '-' )? Primary
Primary = Bracketed | BuiltIn | Iri Arguments? | Literal | VARIABLE
Bracketed = '(' Expression ')'
BuiltIn = OneArgument | TwoArguments | Several | Aggregate | 'BOUND' '(' VARIABLE ')' | 'EXISTS' Group | 'NOT' 'EXISTS' Group
OneArgument = FUNCTION1 '(' Expression ')'
TwoArguments = FUNCTION2 '(' Expression ',' Expression ')'
Several = FUNCTION Expressions
Aggregate = 'COUNT' '(' 'DISTINCT'? ( '*' | Expression ) ')' | AGGREGATE '(' 'DISTINCT'? Expression ( ';' 'SEPARATOR' '=' STRING )? ')'
Literal = STRING ( LANGUAGE | '^^' Iri )? | ( '+' | '-' )? NUMBER | 'true' | 'false'
Iri = IRI | NAME
"""  # noqa: E501 - one production a line, as in the standard


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORDS: Mapping[str, frozenset[str]] = {
    "FUNCTION1": _words(
        "STR LANG DATATYPE IRI URI ABS CEIL FLOOR ROUND STRLEN UCASE LCASE ENCODE_FOR_URI YEAR "
        "MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ MD5 SHA1 SHA256 SHA384 SHA512 ISIRI ISURI "
        "ISBLANK ISLITERAL ISNUMERIC"
    ),
    "FUNCTION2": _words(
        "LANGMATCHES CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER STRLANG STRDT SAMETERM"
    ),
    # the second line is SPARQL 1.2, which the engine knows
    "FUNCTION": _words(
        "BNODE CONCAT COALESCE IF SUBSTR REPLACE REGEX RAND NOW UUID STRUUID "
        "TRIPLE SUBJECT PREDICATE OBJECT ISTRIPLE LANGDIR HASLANG HASLANGDIR STRLANGDIR"
    ),
    "AGGREGATE": _words("SUM MIN MAX AVG SAMPLE GROUP_CONCAT"),
}

#: What a terminal is called in a message.
_CALLED: Mapping[str, str] = {
    "IRI": "an IRI",
    "NAME": "a prefixed name",
    "VARIABLE": "a variable",
    "BLANK": "a blank node",
    "NUMBER": "a number",
    "STRING": "a string",
    "LANGUAGE": "a language tag",
    "FUNCTION": "a function",
    "FUNCTION1": "a function",
    "FUNCTION2": "a function",
    "AGGREGATE": "an aggregate",
}

_PIECE = re.compile(r"'([^']+)'|(\w+)|([()|*+?])")

#: ("token", text), ("rule", name), ("all", parts), ("any", parts), ("repeat", part, least, most)
Node = tuple[object, ...]


def _parse_choice(pieces: list[tuple[str, str, str]]) -> Node:
    branches = [_parse_sequence(pieces)]
    while pieces and pieces[0][2] == "|":
        pieces.pop(0)
        branches.append(_parse_sequence(pieces))
    return branches[0] if len(branches) == 1 else ("any", tuple(branches))


def _parse_sequence(pieces: list[tuple[str, str, str]]) -> Node:
    parts: list[Node] = []
    while pieces and pieces[0][2] not in ("|", ")"):
        literal, name, mark = pieces.pop(0)
        if mark == "(":
            part = _parse_choice(pieces)
            pieces.pop(0)
        elif literal or name.isupper() or name.rstrip("12").isupper():
            part = ("token", literal or name, bool(literal))
        else:
            part = ("rule", name)
        if pieces and pieces[0][2] in ("*", "+", "?"):
            sign = pieces.pop(0)[2]
            part = ("repeat", part, sign == "+", sign == "?")
        parts.append(part)
    return ("all", tuple(parts))


@cache
def _rules() -> dict[str, Node]:
    rules = {}
    for line in _GRAMMAR.strip().splitlines():
        name, _, body = line.partition(" = ")
        rules[name] = _parse_choice([match.groups("") for match in _PIECE.finditer(body)])  # type: ignore[misc]
    return rules


class _Reader:
    """Follows the grammar through tokens and notes how far it got."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.furthest = 0
        self.expected: set[str] = set()

    def read(self, node: Node, at: int) -> int | None:
        """Return the position after a part of the grammar, ``None`` where it does not stand."""
        match node:
            case ("token", str(text), bool(literal)):
                return self._read_token(text, literal, at)
            case ("rule", str(name)):
                return self.read(_rules()[name], at)
            case ("any", tuple(branches)):
                return self._read_any(branches, at)
            case ("repeat", tuple(part), bool(least), bool(once)):
                return self._read_repeated(part, at, least, once)
            case ("all", tuple(parts)):
                position: int | None = at
                for part in parts:
                    position = None if position is None else self.read(part, position)
                return position
        raise AssertionError(node)

    def _read_any(self, branches: tuple[Node, ...], at: int) -> int | None:
        for branch in branches:
            after = self.read(branch, at)
            if after is not None:
                return after
        return None

    def _read_repeated(self, part: Node, at: int, least: bool, once: bool) -> int | None:
        after = self.read(part, at)
        if after is None:
            return None if least else at
        while not once:
            further = self.read(part, after)
            if further is None or further == after:
                break
            after = further
        return after

    def _read_token(self, text: str, literal: bool, at: int) -> int | None:
        token = self.tokens[at] if at < len(self.tokens) else None
        if token is not None and _is(token, text, literal):
            return at + 1
        if at > self.furthest:
            self.furthest, self.expected = at, set()
        if at == self.furthest:
            self.expected.add(text)
        return None


def _is(token: Token, text: str, literal: bool) -> bool:
    if not literal:
        return token.keyword in _WORDS[text] if text in _WORDS else token.kind == text.lower()
    if text == "a":
        return token.kind == "word" and token.text == "a"
    return token.keyword == text.upper() if text[0].isalpha() else token.text == text


@dataclass(frozen=True)
class _Failure:
    token: Token | None
    expected: frozenset[str]


def _first_failure(tokens: list[Token]) -> _Failure | None:
    """Return the first token that the grammar does not allow; its absence where the text ends."""
    reader = _Reader(tokens)
    end = reader.read(("rule", "Query"), 0)
    if end == len(tokens):
        return None
    if end is not None and end > reader.furthest:
        return _Failure(tokens[end], frozenset())
    token = tokens[reader.furthest] if reader.furthest < len(tokens) else None
    return _Failure(token, frozenset(reader.expected))


def _listed(expected: frozenset[str]) -> str:
    # SERVICE is grammatical but refused, so that it is not recommended
    called = {_CALLED.get(text) or _quoted(text) for text in expected if text != "SERVICE"}
    if "a function" in called:
        called = {"an expression"}
    elif {"an IRI", "a prefixed name", "a variable"} <= called:
        called = {"a term", *(c for c in called if not c.startswith(("a ", "an ")))}
        called -= {"true", "false", '"+"', '"-"', '"("', '"["'}
    words = sorted(called, key=lambda word: (not word.startswith("a"), word))
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _quoted(text: str) -> str:
    return text if text[0].isalpha() else f'"{text}"'


def _what(failure: _Failure) -> tuple[str, str]:
    """Return what is wrong at the place of a failure, and what to do."""
    wanted = _listed(failure.expected)
    token = failure.token
    if token is None:
        return "The query ends too early.", f"Expected here: {wanted}."
    remedy = f"Expected here: {wanted}." if wanted else "Nothing may follow here."
    if token.kind == "other" and token.text[0] in "'\"":
        return "The string that begins here is not closed.", "Close it with the same quote."
    if token.text == "<" and "IRI" in failure.expected:
        return "The IRI that begins here is broken.", "Between < and > stand no spaces or quotes."
    if token.keyword:
        keywords = [text for text in failure.expected if text.isupper() and text not in _CALLED]
        if near := get_close_matches(token.keyword, keywords, n=1, cutoff=0.6):
            return f'"{token.text}" is not expected here.', f"Did you mean {near[0]}?"
        if "FUNCTION" in failure.expected:
            names = set().union(*_WORDS.values())
            near = get_close_matches(token.keyword, names, n=1, cutoff=0.6)
            hint = f" Did you mean {near[0]}?" if near else ""
            return f'There is no function "{token.text}".', f"{remedy}{hint}"
    return f'"{_shown(token.text)}" is not expected here.', remedy


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _relative_iri(query: QueryText) -> Token | None:
    if any(token.keyword == "BASE" for token in query.tokens):
        return None
    for token in query.tokens:
        if token.kind == "iri" and not re.match(r"<[A-Za-z][A-Za-z0-9+.-]*:", token.text):
            return token
    return None


def explain_syntax(text: str, known: Mapping[str, str]) -> SyntaxFault | None:
    """Return what is wrong with a query that the engine refused, and where.

    Args:
        text: the query.
        known: prefixes that a query may declare, for hints.

    Returns:
        ``None`` where the text follows the grammar: then the engine has another reason.
    """
    query = QueryText(text)
    try:
        failure = _first_failure(query.tokens)
    except RecursionError:
        return None
    if failure is None:
        return explain_prefix(query, known) or _explain_relative(query)
    offset = failure.token.start if failure.token else len(text.rstrip())
    line, column = query.place(offset)
    message, remedy = _what(failure)
    if failure.expected >= set(QUERY_FORMS):
        remedy = remedy if remedy.startswith("Did you") else f"Write {', '.join(QUERY_FORMS)}."
    return SyntaxFault(message, line=line, column=column, remedy=remedy)


def explain_meaning(text: str, engine: str) -> SyntaxFault:
    """Return the fault of a query that follows the grammar but that the engine refuses.

    Args:
        text: the query.
        engine: the message of the engine, in which its own sentence stands among parser states.
    """
    query = QueryText(text)
    start = next((t.start for t in query.tokens if t.keyword in QUERY_FORMS), 0)
    line, column = query.place(start)
    for sign, (message, remedy) in _MEANINGS.items():
        if sign in engine:
            return SyntaxFault(message, line=line, column=column, remedy=remedy)
    return SyntaxFault(
        "The query follows the grammar, but it cannot mean anything.",
        line=line,
        column=column,
        remedy="Often a variable is given a value twice (BIND, AS), or aggregates are nested.",
    )


_MEANINGS: Mapping[str, tuple[str, str]] = {
    "contains a variable that is unbound": (
        "A selected variable is not grouped.",
        "Name it after GROUP BY, or put it into an aggregate such as SAMPLE.",
    ),
    "Duplicated variable name": (
        "Two columns have the same name.",
        "Give each expression after AS a variable of its own.",
    ),
}


def _explain_relative(query: QueryText) -> SyntaxFault | None:
    token = _relative_iri(query)
    if token is None:
        return None
    line, column = query.place(token.start)
    return SyntaxFault(
        f"The IRI {_shown(token.text)} is relative, and the query declares no BASE.",
        line=line,
        column=column,
        remedy="Write it in full, or put a line BASE <...> first.",
    )
