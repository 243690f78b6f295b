"""rule_files reads ``ontology/rules/*.rq``, one CONSTRUCT and one conclusion each, as rules."""

from __future__ import annotations

import re
import threading
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count, product
from pathlib import Path
from typing import Any

from rdflib import BNode, URIRef, Variable
from rdflib.paths import InvPath, SequencePath
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql.algebra import (
    translatePath,
    translatePName,
    translatePrologue,
    translateQuery,
    traverse,
)
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.term import Identifier

from osai_graph.errors import SyntaxFault
from osai_graph.reasoning.rules import Pattern, Rule

#: Tokens of SPARQL 1.1 (section 19.8), as far as they are needed to see where a clause ends.
_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<string>\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}
            |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<name>[?$@]?[A-Za-z_][\w.-]*(?::[\w%.\\/#-]*)?|:[\w%.\\-]*)
      | (?P<other>\S)""",
    re.VERBOSE | re.DOTALL,
)

#: What would make a conclusion depend on absence, on counting, on chance or on another server.
_REFUSED = {
    "OPTIONAL": "OPTIONAL",
    "MINUS": "MINUS: a conclusion from absence is withdrawn when a fact is added",
    "EXISTS": "EXISTS or NOT EXISTS: write the pattern itself; nothing follows from absence",
    "SERVICE": "SERVICE",
    "GRAPH": "GRAPH: rules are about the accepted facts only",
    "SELECT": "a sub-SELECT",
    "GROUP": "an aggregate",
    "HAVING": "an aggregate",
    "LIMIT": "LIMIT",
    "OFFSET": "OFFSET",
    "FROM": "FROM",
    "BOUND": "BOUND: every variable of a rule is bound",
    "BNODE": "BNODE: it makes a new node each time",
    "UUID": "UUID: it makes a new node each time",
    "STRUUID": "STRUUID: it makes a new value each time",
    "RAND": "RAND: it makes a new value each time",
    "NOW": "NOW: the same facts must give the same conclusions",
}

_SLOT = re.compile(r"\{([^{}]*)\}")


@dataclass
class _Group:
    """One alternative of a WHERE clause: its triples as text, and everything else verbatim."""

    triples: list[str] = field(default_factory=list)
    filters: list[str] = field(default_factory=list)


#: rdflib's SPARQL parser breaks for good when two threads use it at once (rdflib#1282).
_PARSER = threading.Lock()


def read_rule_file(path: Path) -> list[Rule]:
    """Return the rules of one file: one for each triple of the template and each UNION branch.

    Args:
        path: the file, a SPARQL 1.1 CONSTRUCT with a ``#+`` header in TOML.

    Raises:
        SyntaxFault: the file is no such query, its header lacks ``title`` or ``explanation``, or
            it holds what a rule may not have (see the message).
    """
    text = path.read_text(encoding="utf-8")
    name = "/".join(path.parts[-3:])  # ontology/rules/x.rq, wherever the graph lies
    header = _header(text, name)
    with _PARSER:
        rules = _rules(path, text, name, header)
    for rule in rules:
        _check(rule, name)
    return rules


def _rules(path: Path, text: str, name: str, header: dict[str, str]) -> list[Rule]:
    try:
        query = translateQuery(parseQuery(text)).algebra
    except Exception as error:  # pyparsing and rdflib raise many kinds
        raise SyntaxFault(
            f"The rule is no SPARQL query: {error}",
            path=name,
            remedy="SPARQL 1.1 Query, section 19.8, has the grammar.",
        ) from error
    if query.name != "ConstructQuery":
        raise SyntaxFault("A rule is a CONSTRUCT query.", path=name)
    tokens = [m for m in _TOKEN.finditer(text) if m.lastgroup != "comment"]
    _refuse(tokens, name)
    prologue = text[: _keyword(tokens, "CONSTRUCT").start()]
    prologue = "\n".join(line for line in prologue.splitlines() if not line.startswith("#"))
    branches = _branches(_where_tokens(tokens, name), text, name)
    return [
        _rule(path, name, header, prologue, branch, head)
        for branch, head in product(branches, query.template)
    ]


def read_rule_files(paths: Iterable[Path]) -> list[Rule]:
    """Return the rules of several files; see read_rule_file."""
    return [rule for path in paths for rule in read_rule_file(path)]


def _header(text: str, name: str) -> dict[str, str]:
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    try:
        header = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        raise SyntaxFault(f"The #+ header is no TOML: {error}", path=name) from error
    for key in ("title", "explanation"):
        if not isinstance(header.get(key), str):
            raise SyntaxFault(
                f"The #+ header has no {key}.",
                path=name,
                remedy=f'Add a line: #+ {key} = "..."',
            )
    return header


def _refuse(tokens: list[re.Match[str]], name: str) -> None:
    for token in tokens:
        word = token.group().upper()
        if token.lastgroup == "name" and word in _REFUSED:
            raise SyntaxFault(
                f"A rule may not have {_REFUSED[word]}.",
                path=name,
                line=token.string.count("\n", 0, token.start()) + 1,
                remedy="Rules are patterns that hold, with FILTER, BIND, VALUES and UNION.",
            )


def _keyword(tokens: list[re.Match[str]], word: str) -> re.Match[str]:
    return next(t for t in tokens if t.lastgroup == "name" and t.group().upper() == word)


def _where_tokens(tokens: list[re.Match[str]], name: str) -> list[re.Match[str]]:
    """Return the tokens inside the braces of WHERE, which stand after the template."""
    words = [t.group() for t in tokens]
    start = tokens.index(_keyword(tokens, "CONSTRUCT")) + 1
    if words[start] != "{":
        raise SyntaxFault("Write the short form CONSTRUCT WHERE out in full.", path=name)
    opening = words.index("{", _closing(words, start))
    return tokens[opening + 1 : _closing(words, opening)]


def _closing(words: list[str], opening: int) -> int:
    """Return the place of the bracket that closes the one at ``opening``."""
    pair = {"{": "}", "(": ")"}[words[opening]]
    depth = 0
    for place in range(opening, len(words)):
        depth += (words[place] == words[opening]) - (words[place] == pair)
        if depth == 0:
            return place
    raise ValueError("unbalanced brackets")  # rdflib has parsed the text before


def _branches(tokens: list[re.Match[str]], text: str, name: str) -> list[_Group]:
    """Return the alternatives of a group: its UNIONs multiplied out."""
    words = [t.group() for t in tokens]
    alternatives: list[list[_Group]] = []
    for start, end in _clauses(words):
        verbatim = text[tokens[start].start() : tokens[end - 1].end()]
        word = words[start].upper()
        if word == "{":
            alternatives.append(_union(tokens[start:end], text, name))
        elif word in ("FILTER", "BIND", "VALUES"):
            alternatives.append([_Group(filters=[verbatim])])
        else:
            alternatives.append([_Group(triples=[verbatim])])
    return [
        _Group([t for g in chosen for t in g.triples], [f for g in chosen for f in g.filters])
        for chosen in product(*alternatives)
    ]


def _clauses(words: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where each clause of a group starts and ends."""
    place = 0
    while place < len(words):
        start, word = place, words[place].upper()
        if word == ".":
            place += 1
            continue
        if word == "{":
            place = _closing(words, place) + 1
            while place < len(words) and words[place].upper() == "UNION":
                place = _closing(words, place + 1) + 1
        elif word in ("FILTER", "BIND"):
            place = _closing(words, words.index("(", place)) + 1
        elif word == "VALUES":
            place = _closing(words, words.index("{", place)) + 1
        else:
            while place < len(words) and words[place].upper() not in (
                "{",
                "FILTER",
                "BIND",
                "VALUES",
            ):
                place += 1
        yield start, place


def _union(tokens: list[re.Match[str]], text: str, name: str) -> list[_Group]:
    words = [t.group() for t in tokens]
    groups, place = [], 0
    while place < len(words):
        end = _closing(words, place)
        groups += _branches(tokens[place + 1 : end], text, name)
        place = end + 2  # past the brace and UNION
    return groups


def _rule(
    path: Path,
    name: str,
    header: dict[str, str],
    prologue: str,
    branch: _Group,
    head: tuple[Identifier, Identifier, Identifier],
) -> Rule:
    if any(isinstance(term, BNode) for term in head):
        raise SyntaxFault("The conclusion of a rule may not have a blank node.", path=name)
    return Rule(
        name=path.stem,
        body=tuple(_patterns(prologue, branch, name)),
        head=head,
        explanation=header["explanation"],
        filters=tuple(branch.filters),
        prologue=prologue,
        file=name,
    )


def _patterns(prologue: str, branch: _Group, name: str) -> Iterator[Pattern]:
    """Yield the triple patterns of a branch; sequence and inverse paths are written out."""
    text = " . ".join(t.strip().rstrip(".") for t in branch.triples)
    fresh = (Variable(f"step{n}") for n in count(1))
    for s, p, o in _in_written_order(f"{prologue}\nSELECT * WHERE {{ {text} }}"):
        yield from _steps(_variable(s), p, _variable(o), fresh, name)


def _in_written_order(query: str) -> list[tuple[Any, Any, Any]]:
    """Return the triple patterns of a query as they are written; translateQuery reorders them."""
    parsed = parseQuery(query)
    prologue = translatePrologue(parsed[0], None)
    where = traverse(parsed[1].where, visitPost=partial(translatePName, prologue=prologue))
    where = traverse(where, visitPost=translatePath)
    blocks = [flat for part in where.part or [] for flat in part.triples or []]
    return [t for flat in blocks for t in zip(flat[::3], flat[1::3], flat[2::3], strict=True)]


def _variable(term: Identifier) -> Identifier:
    """A blank node in a pattern is a variable without a name (SPARQL 1.1 Query, section 4.1.4)."""
    return Variable(f"node_{term}") if isinstance(term, BNode) else term


def _steps(
    s: Identifier,
    p: Identifier | PropertyPath,
    o: Identifier,
    fresh: Iterator[Variable],
    name: str,
) -> Iterator[Pattern]:
    if isinstance(p, (URIRef, Variable)):
        yield s, p, o
    elif isinstance(p, InvPath):
        yield from _steps(o, p.arg, s, fresh, name)
    elif isinstance(p, SequencePath):
        for place, step in enumerate(p.args):
            end = o if place == len(p.args) - 1 else next(fresh)
            yield from _steps(s, step, end, fresh, name)
            s = end
    else:
        raise SyntaxFault(
            f"A rule may not have the property path {p}.",
            path=name,
            remedy="Use UNION for |, and an owl:TransitiveProperty for + and *.",
        )


def _check(rule: Rule, name: str) -> None:
    known = {str(v) for p in rule.body for v in p if isinstance(v, Variable)}
    known |= rule.computed
    for text in rule.filters:
        if text.upper().startswith("VALUES"):
            known |= set(re.findall(r"[?$](\w+)", text.partition("{")[0]))
    assert rule.head is not None
    missing = {str(t) for t in rule.head if isinstance(t, Variable)} - known
    if missing:
        raise SyntaxFault(
            f"The conclusion has the variable ?{min(missing)}, which the premises do not bind.",
            path=name,
        )
    slots = {s for s in _SLOT.findall(rule.explanation) if not s.startswith("<")}
    if unknown := slots - known:
        raise SyntaxFault(
            f"The explanation has the slot {{{min(unknown)}}}, which no premise binds.",
            path=name,
            remedy=f"The variables are {', '.join(sorted(known))}.",
        )
    if not rule.body:
        raise SyntaxFault("A rule needs at least one triple pattern as premise.", path=name)
