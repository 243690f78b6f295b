"""query_text reads the tokens of a SPARQL query: its form, its prefixes, and what must be refused.

It looks at tokens, not at characters, so that ``SERVICE`` in a string, an IRI or a comment is no
service call, and one written ``\\u0053ERVICE`` is (SPARQL 1.1 Query, section 19.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from osai_graph.errors import GraphError, SyntaxFault

#: What a name may begin with (PN_CHARS_BASE, production 164), and all that Python calls a letter.
_LETTERS = (
    r"\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_START = rf"(?:[^\W\d_]|[{_LETTERS}])"
_VARIABLE_CHARS = rf"\w{_LETTERS}\u00B7\u0300-\u036F\u203F-\u2040"
_NAME_CHARS = rf"{_VARIABLE_CHARS}\-"
_ESCAPE = r"\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?:[{_NAME_CHARS}:]|%[0-9A-Fa-f]{{2}}|{_ESCAPE}|\.(?=[{_NAME_CHARS}:.%\\]))*"

#: The terminals of SPARQL 1.1 (section 19.8, productions 139 to 173), the longest match first.
#: No text takes longer than its length deserves: what is not closed, and a run of name characters
#: that no colon follows, is one match, so that it is not searched again from each of its places.
_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+ | \#[^\r\n]*)
  | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+>)
  | (?P<string>\"{{3}}(?:\"{{0,2}}(?:[^"\\]|\\.))*+\"{{3}}
              | '{{3}}(?:'{{0,2}}(?:[^'\\]|\\.))*+'{{3}}
              | "(?:[^"\\\r\n]|\\.)*+" | '(?:[^'\\\r\n]|\\.)*+')
  | (?P<open>\"{{3}}.* | '{{3}}.* | "(?:[^"\\\r\n]|\\.)*+ | '(?:[^'\\\r\n]|\\.)*+)
  | (?P<blank>_:[{_NAME_CHARS}.]*[{_NAME_CHARS}])
  | (?P<name>(?:{_START}(?:[{_NAME_CHARS}.]*[{_NAME_CHARS}])?)?:{_LOCAL})
  | (?P<variable>[?$][\w{_LETTERS}][{_VARIABLE_CHARS}]*)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*(?![{_NAME_CHARS}.]))
  | (?P<run>{_START}[{_NAME_CHARS}.]*)
  | (?P<low>_[A-Za-z0-9_]*)
  | (?P<mark>\^\^|&&|\|\||!=|<=|>=|<<|>>|[{{}}()\[\];,.=<>!+\-*/|^?@~$:&%])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

#: What a run of name characters holds that has no colon behind it, and so is no prefixed name.
_IN_RUN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE]\d+)?)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<mark>[.\-])|(?P<other>.)",
    re.DOTALL,
)

_KINDS = {"low": "word", "open": "other"}

_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")

QUERY_FORMS = ("SELECT", "CONSTRUCT", "DESCRIBE", "ASK")
_UPDATE_WORDS = (
    "INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH",
)  # fmt: skip
_SPACES = r"[ \t\r\n]"
_IRI = r"<[^<>\"{}|^`\\\x00-\x20]*+>"

#: A prologue as almost everybody writes it, and the query form behind it.
_PLAIN_HEAD = re.compile(
    rf"{_SPACES}*+(?:(?:PREFIX{_SPACES}++(?:[A-Z][A-Z0-9_-]*+)?:|BASE){_SPACES}*+{_IRI}{_SPACES}*+)*+"
    rf"({'|'.join(QUERY_FORMS)})(?=[ \t\r\n{{*?$(<])",
    re.IGNORECASE | re.ASCII,
)
_IRI_ANYWHERE = re.compile(_IRI)
_SPACE = re.compile(rf"{_SPACES}+")
_LINE_END = re.compile(rf"[ \t]*[\r\n]{_SPACES}*")
_BLANK = re.compile(r"[ \t]+")

#: Longer queries are compared as they are: to read them costs more than it saves.
_NORMALIZED_LENGTH = 4000

VOLATILE = frozenset({"RAND", "NOW", "UUID", "STRUUID", "BNODE"})


class RefusedQueryError(GraphError):
    """A query that is not run whatever it would answer; ``status`` is the HTTP status."""

    def __init__(self, message: str, remedy: str, status: int = 400) -> None:
        super().__init__(message, remedy)
        self.status = status


@dataclass(frozen=True)
class Token:
    """A terminal of the query: its kind, its text, and the offset where it starts."""

    kind: str
    text: str
    start: int

    @property
    def keyword(self) -> str:
        """The text in capitals for a bare word, else nothing."""
        return self.text.upper() if self.kind == "word" else ""


def decode_codepoints(text: str) -> str:
    r"""Return the text with ``\uXXXX`` and ``\UXXXXXXXX`` replaced (SPARQL 1.1, section 19.2).

    >>> decode_codepoints(r"\u0053ERVICE")
    'SERVICE'
    """

    def replace(match: re.Match[str]) -> str:
        code = int(match[1] or match[2], 16)
        return chr(code) if code < 0x110000 else match[0]

    return _CODEPOINT.sub(replace, text)


def tokenize(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, without white space and comments."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "run":
            for part in _IN_RUN.finditer(match[0]):
                start = match.start() + part.start()
                yield Token(part.lastgroup or "other", part[0], start)
        elif match.lastgroup != "space":
            kind = match.lastgroup or "other"
            yield Token(_KINDS.get(kind, kind), match[0], match.start())


class QueryText:
    """A SPARQL query as text.

    Args:
        text: the query as its sender wrote it.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens of the text."""
        return list(tokenize(self.text))

    @cached_property
    def _head(self) -> list[Token]:
        """The tokens of the prologue and the one that follows it."""
        head: list[Token] = []
        wanted = 1
        for token in tokenize(self.text):
            head.append(token)
            if len(head) == wanted:
                wanted += {"PREFIX": 3, "BASE": 2}.get(token.keyword, 0)
                if len(head) == wanted:
                    break
        return head

    @cached_property
    def _prologue_end(self) -> int:
        return max(0, len(self._head) - 1)

    @cached_property
    def form(self) -> str | None:
        """The query form (``SELECT`` ...), ``UPDATE`` for an update, ``None`` where it has none."""
        if plain := _PLAIN_HEAD.match(self.text):
            return plain[1].upper()
        word = self._head[-1].keyword if self._head else ""
        if word in QUERY_FORMS:
            return word
        return "UPDATE" if word in _UPDATE_WORDS else None

    @property
    def gives_triples(self) -> bool:
        """Whether the answer is a graph."""
        return self.form in ("CONSTRUCT", "DESCRIBE")

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that the prologue declares."""
        declared = {}
        head = self._head
        for first, name, iri in zip(head, head[1:], head[2:], strict=False):
            if first.keyword == "PREFIX" and name.kind == "name" and iri.kind == "iri":
                declared[name.text.partition(":")[0]] = iri.text[1:-1]
        return declared

    @property
    def is_repeatable(self) -> bool:
        """Whether the same data always gives the same answer."""
        words = self.text.upper()
        if not any(word in words for word in VOLATILE):
            return True
        return not any(token.keyword in VOLATILE for token in self.tokens)

    @cached_property
    def normalized(self) -> str:
        """A text that is the same for many queries that differ in white space and comments only.

        Texts of different queries are never the same. Where there are neither strings nor
        comments, that takes no reading of tokens: white space is one run like another, but for the
        ends of lines, at which a comment would end, where a ``#`` leaves a doubt.
        """
        if not any(sign in self.text for sign in "\"'\\"):
            if "#" not in self.text:
                return _SPACE.sub(" ", self.text).strip(" ")
            if "#" not in _IRI_ANYWHERE.sub("", self.text):
                return _BLANK.sub(" ", _LINE_END.sub("\n", self.text)).strip(" \n")
        if len(self.text) > _NORMALIZED_LENGTH:
            return self.text
        return "\n".join(token.text for token in self.tokens)

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column, from 1, of an offset."""
        before = self.text[:offset]
        line = before.count("\n") + 1
        return line, offset - (before.rfind("\n") + 1) + 1

    def undeclared_prefix(self, known: Mapping[str, str]) -> Token | None:
        """Return the first prefixed name whose prefix is neither declared nor known without."""
        for token in self.tokens[self._prologue_end :]:
            prefix = token.text.partition(":")[0]
            if token.kind == "name" and prefix not in self.prefixes and prefix not in known:
                return token
        return None


def _calls(text: str) -> Iterator[str]:
    for token in tokenize(text):
        # the engine sees a keyword also in trueSERVICE and SERVICESILENT
        if "SERVICE" in token.keyword:
            yield "SERVICE"
        elif token.keyword == "LOAD":
            yield "LOAD"
        elif token.kind == "other":
            # no query has such a token; if the engine takes this for one, we have misread it
            raise RefusedQueryError(
                "The query has the word SERVICE or LOAD, and cannot be read without doubt.",
                "Close all quotes, or leave the word out.",
            )


def _depth(tokens: list[Token]) -> int:
    depth = deepest = 0
    for token in tokens:
        if token.text in ("{", "(", "["):
            depth += 1
            deepest = max(deepest, depth)
        elif token.text in ("}", ")", "]"):
            depth -= 1
    return deepest


def check_query(query: QueryText, *, max_length: int = 100_000, max_depth: int = 60) -> None:
    """Refuse what must not reach the engine: calls to other servers, updates, endless nesting.

    Escaped and unescaped readings of the text are both looked at, whichever the engine takes.

    Raises:
        RefusedQueryError: with the reason.
    """
    if len(query.text) > max_length:
        raise RefusedQueryError(
            f"The query has {len(query.text):,} characters; the limit is {max_length:,}.",
            "Ask in several smaller queries.",
            413,
        )
    escaped = "\\u" in query.text or "\\U" in query.text
    for text in {query.text, decode_codepoints(query.text)} if escaped else (query.text,):
        # most queries have neither word anywhere, and need not be read for it
        for word in _calls(text) if re.search("service|load", text, re.IGNORECASE) else ():
            raise RefusedQueryError(
                f"{word} is refused: this service does not call other servers.",
                "Ask the other service yourself and put its answer in a VALUES block.",
            )
    if query.form == "UPDATE":
        raise RefusedQueryError(
            "This is an update; the service answers queries only.",
            "Write SELECT, ASK, CONSTRUCT or DESCRIBE.",
        )
    opening = sum(query.text.count(bracket) for bracket in "{([")
    if opening > max_depth and _depth(query.tokens) > max_depth:
        raise RefusedQueryError(
            f"The query nests more than {max_depth} brackets deep.", "Write it flatter."
        )


def explain_prefix(query: QueryText, known: Mapping[str, str]) -> SyntaxFault | None:
    """Return the fault of an undeclared prefix, if there is one.

    Args:
        query: the query.
        known: the prefixes that need no declaration.
    """
    token = query.undeclared_prefix(known)
    if token is None:
        return None
    prefix = token.text.partition(":")[0]
    line, column = query.place(token.start)
    nearest = get_close_matches(prefix, [*known, *query.prefixes], n=1)
    hint = f" Did you mean {nearest[0]}:?" if nearest else ""
    remedy = f"Declare it first: PREFIX {prefix}: <...>.{hint}"
    return SyntaxFault(
        f"The prefix {prefix}: is not declared.", line=line, column=column, remedy=remedy
    )
