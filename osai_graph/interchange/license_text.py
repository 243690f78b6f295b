"""license_text reads what people write in license fields into licenses, scopes and gaps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from osai_graph.interchange.license_names import (
    find_by_address,
    find_by_name,
    is_outside,
    normalize,
)
from osai_graph.licenses import shipped_index
from osai_graph.namespaces import LICENSE


class Outcome(StrEnum):
    """How far a license text was understood; only ``LICENSED`` and ``NO_LICENSE`` state one."""

    LICENSED = "understood"
    PARTLY = "understood in part"
    AMBIGUOUS = "fits several licenses"
    OWN_TERMS = "terms outside the vocabulary"
    MIXED = "differs by item"
    NO_LICENSE = "no license stated"
    NOT_RELEASED = "not released"
    PROPRIETARY = "proprietary"
    UNKNOWN = "not known to the source"
    EMPTY = "empty"
    NOT_UNDERSTOOD = "not understood"


class Scope(StrEnum):
    """The part of a system that a license text speaks of."""

    WEIGHTS = "weights"
    BASE_WEIGHTS = "weights of the base model"
    CODE = "code"
    TRAINING_CODE = "training code"
    INFERENCE_CODE = "inference code"
    DATA = "data"
    DOCUMENTATION = "documentation"


@dataclass(frozen=True)
class Choice:
    """Any one of the members may be taken (SPDX ``OR``)."""

    members: tuple[Term, ...]


@dataclass(frozen=True)
class Together:
    """All members hold, each for a part or all at once (SPDX ``AND``)."""

    members: tuple[Term, ...]


#: The identifier of one license, or a compound of several.
Term = str | Choice | Together


@dataclass(frozen=True)
class LicenseReading:
    """What a license text says.

    ``term`` is set when and only when the whole text was understood as licenses. ``candidates``
    are identifiers that a reader may choose from otherwise. ``scopes`` holds the readings of a
    text that speaks of several parts; then the fields of the reading itself are those of nothing.
    """

    text: str
    outcome: Outcome
    term: Term | None = None
    candidates: tuple[str, ...] = ()
    scopes: tuple[tuple[Scope, LicenseReading], ...] = ()

    def of(self, *wanted: Scope) -> LicenseReading | None:
        """Return the reading for the first of the scopes that the text speaks of.

        A text without scopes speaks of everything.
        """
        if not self.scopes:
            return self
        found = dict(self.scopes)
        return next((found[scope] for scope in wanted if scope in found), None)


def identifiers(term: Term | None) -> tuple[str, ...]:
    """Return the identifiers in a term, in order."""
    if term is None:
        return ()
    if isinstance(term, str):
        return (term,)
    return tuple(name for member in term.members for name in identifiers(member))


_RELEASED = r"(?:included?|released|available|shared|provided|published|public|distributed|open)"
_ANY_REMARK = r"(?:\s*\(.*\))?"
_PHRASES: tuple[tuple[Outcome, re.Pattern[str]], ...] = tuple(
    (outcome, re.compile(pattern, re.DOTALL))
    for outcome, pattern in (
        (
            Outcome.NOT_RELEASED,
            rf"(?:component |it |model |code |data )*(?:is |was |are )?(?:not|never|un)[ -]?"
            rf"(?:be )?(?!open){_RELEASED}(?: publicly| yet)?(?: but list(?:s|ed) sources)?"
            rf"|none ?\(not (?:distributed|released)\)|unreleased|closed[- ]?source|closed",
        ),
        (
            Outcome.NO_LICENSE,
            r"(?:is |are )?un-?licensed|none|no licen[sc]e(?: (?:is )?(?:stated|specified|found|"
            r"given|provided|information|file|listed|declared))?|licen[sc]e (?:is )?(?:not "
            r"(?:specified|stated|found|given|provided|listed|declared|available)|missing)|"
            rf"(?:not (?:specified|stated|licensed|declared)|unspecified|undeclared){_ANY_REMARK}|"
            r"without (?:a )?licen[sc]e",
        ),
        (
            Outcome.PROPRIETARY,
            rf"(?:proprietary|commercial)(?: licen[sc]e| terms)?{_ANY_REMARK}|not open"
            rf"|all rights reserved",
        ),
        (
            Outcome.UNKNOWN,
            rf"(?:licen[sc]e )?(?:is )?(?:unknown|undisclosed|unclear|undetermined|not known|not "
            rf"disclosed|tbd|to be determined|n/?a|not applicable|ambiguous){_ANY_REMARK}"
            rf"|purposely left ambiguous|[?-]+",
        ),
        (
            Outcome.MIXED,
            rf"(?:mixed|various|varies|variable|variably|multiple|different|several)"
            rf"(?:[- ]licen[sc](?:es?|ed|ing))?(?: provided)?{_ANY_REMARK}"
            rf"|(?:mixed |licen[sc]es? )?per (?:item|file)"
            rf"|licen[sc]es? (?:varies|vary|depends) (?:by|per|on) (?:item|file|source)",
        ),
        (
            Outcome.OWN_TERMS,
            r"(?:(?:an?|its|their|the)? ?(?:other|custom|bespoke|own|special)(?: (?:rail|model|"
            r"community|research|commercial|open))*)(?: licen[sc]e)?(?: agreement)?|(?:for )?"
            r"(?:academic |non-?commercial )*(?:research|non-?commercial)(?: use| purposes)?"
            r"(?: only)?",
        ),
    )
)

_OSI_REMARK = re.compile(
    r"[,.;]?\s*(?:which is |both |and )?(?:not )?(?:an? )?OSI[- ](?:approved|recogni[sz]ed)"
    r"(?: open)? licen[sc]es?\.?\s*$",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:both|all|everything|it|this|they)\s+)?(?:(?:is|are|was|were|has been)\s+)?"
    r"(?:dual[- ])?(?:licen[sc]ed|released|distributed|available|provided|published|shared)\s+"
    r"(?:under|as|through|via|with|by)\s+(?:the |an? )?(?:terms of (?:the )?)?|^(?:under|the)\s+"
    r"|^licen[sc]e\s*:\s*",
    re.IGNORECASE,
)
_DUAL = re.compile(r"^dual(?:[- ](?:licen[sc]ed?))?\s*(?:under|as|:|-)?\s*", re.IGNORECASE)

_NOUNS: tuple[tuple[Scope, str], ...] = (
    (Scope.TRAINING_CODE, r"training (?:code|scripts)"),
    (Scope.INFERENCE_CODE, r"inference (?:code|scripts)"),
    (Scope.BASE_WEIGHTS, r"base[- ]?models?(?: weights)?"),
    (
        Scope.WEIGHTS,
        r"(?:(?:end|final|fine-?tuned|derived) )?(?:model )?(?:weights|parameters|checkpoints?)"
        r"|(?:(?:end|final|fine-?tuned|derived) )?models?",
    ),
    (Scope.CODE, r"(?:source |software )?code(?:base)?|software|scripts"),
    (Scope.DATA, r"(?:(?:training|base[- ]?model) )?(?:data|data ?sets?|corpus)"),
    (Scope.DOCUMENTATION, r"docs|documentation|papers?"),
)
_NOUN = "|".join(pattern for _, pattern in _NOUNS)
_NOUN_LIST = rf"(?:the |both |all )?(?:{_NOUN})(?:(?:,? and | & |, |/)(?:the )?(?:{_NOUN}))*"
_VERB = (
    r"(?:(?:is|are|was|were|all|both)\s+)*(?:(?:licen[sc]ed|released|provided|distributed|available|"
    r"shared|published)\s+)?(?:under|as|through|via)\s+(?:the |an? )?"
)
_LABEL = re.compile(
    rf"(?:^|(?<=[.;,|])\s*|(?<=\s)(?=(?:{_NOUN_LIST})\s+{_VERB}))(?:and\s+)?"
    rf"(?P<nouns>{_NOUN_LIST})(?:\s+licen[sc]e)?\s*(?::\s*|\s{_VERB})",
    re.IGNORECASE,
)
_PREFIX = re.compile(rf"^(?P<nouns>{_NOUN_LIST})\s+(?P<rest>.+)$", re.IGNORECASE)
_TRAILING = re.compile(rf",\s*(?:and )?(?P<nouns>{_NOUN_LIST})\s+(?P<rest>[^,.;]+)$", re.IGNORECASE)
_SUFFIX = re.compile(
    rf"^(?P<rest>.+?)(?:\s+(?:on|for)\s+(?P<nouns>{_NOUN_LIST})"
    rf"|\s*\((?P<inside>{_NOUN_LIST})(?: only)?\))(?:\s+only)?$",
    re.IGNORECASE,
)

#: Words of a remark in parentheses that leave the meaning of the name before it as it is.
_HARMLESS_WORDS = """
    osi approved permissive copyleft open redistributable attribution fully non not style spdx data
    license licence no use restrictions commercial and allowed required free software declared elv2
"""
_HARMLESS = frozenset(_HARMLESS_WORDS.split())
_HARMLESS_PART = re.compile(
    r"(?:\(c\)|©|copyright)\s*(?:\(c\)\s*)?\d{4}\b.*"
    r"|on (?:the )?(?:hf|hugging ?face) (?:\w+ )?card",
    re.IGNORECASE,
)
#: Remarks that describe terms of their own rather than change those of a known license.
_DESCRIBES = re.compile(r"\b(?:non|not)[- ]OSI\b", re.IGNORECASE)
_CHANGES = re.compile(
    r"\b(?:based|modified|except\w*|additional|but not|some|partly)\b", re.IGNORECASE
)
_LIMITS = re.compile(
    r"\bnon-?commercial\b|\bonly\b|\bnot (?:open|free|commercial)\b", re.IGNORECASE
)

_SET = re.compile(r"\s*(?:\|\s*|,\s*(?:and|plus)\s+|;\s*|,\s*|\s+(?:and|AND|plus)\s+|\s+[&+]\s+)")
_JOINT = re.compile(r"(?<=\))\s*\+\s*")
_OR = re.compile(r"\s*(?:,?\s+(?:or|OR)\s+|\|\||/)\s*")
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
_LINK_AND_TERMS = re.compile(
    r"(\[[^\]]*\]\([^)\s]+\))\s+(?:free|no usage)\b.*", re.IGNORECASE | re.DOTALL
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_LOOKS_NAMED = re.compile(
    r"^(?!.*\b(?:only|specified|requires|signing|usage|should|subject|is|are|neither)\b)"
    r".*(?:\b(?:licen[sc]e|agreement|terms(?: of (?:use|service))?|eula|rail)|许可协议|ライセンス)"
    r"(?:[ -]v?[\d.]+[\w.-]*| for .*)?$",
    re.IGNORECASE,
)
_LONGEST_TEXT = 2_000
_LONGEST_NAME = 120


def _tidy(text: str) -> str:
    text = re.sub(r"\s+", " ", text[:_LONGEST_TEXT].replace("\ufeff", "")).strip(" \t\"'`*")
    return "" if text.lower() in ("null", "~") else text.rstrip(" .;,")


def _phrase(text: str) -> Outcome | None:
    words = text.lower().strip(" .")
    return next((outcome for outcome, pattern in _PHRASES if pattern.fullmatch(words)), None)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _of_names(text: str, names: Sequence[str]) -> LicenseReading | None:
    if len(names) == 1:
        return LicenseReading(text, Outcome.LICENSED, names[0])
    if names:
        return LicenseReading(text, Outcome.AMBIGUOUS, candidates=tuple(names))
    return None


def _split_remark(text: str) -> tuple[str, str] | None:
    """Split ``Apache-2.0(OSI, permissive)`` into the name and what is in the parentheses."""
    start = text.find("(")
    if start <= 0:
        return None
    depth = 0
    for index in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if depth == 0:
            rest = text[index + 1 :].strip()
            return None if rest else (text[:start].strip(), text[start + 1 : index])
    return text[:start].strip(), text[start + 1 :]


def _is_harmless(remark: str, names: Sequence[str]) -> bool:
    """Say whether a remark in parentheses leaves the meaning of the name before it as it is."""
    own_terms = names[0].startswith("LicenseRef-") or names[0] in ("Elastic-2.0", "SSPL-1.0")
    if own_terms and _DESCRIBES.search(remark) and not _CHANGES.search(remark):
        return True
    if _LIMITS.search(remark):
        return False
    parts = (part.strip() for part in re.split(r"[,;]", remark))
    return all(
        find_by_name(part) == tuple(names)
        or _HARMLESS_PART.fullmatch(part)
        or all(word in _HARMLESS for word in re.split(r"[-/ +]+", part.lower()) if word)
        for part in parts
        if part
    )


def _atom(text: str) -> LicenseReading | None:
    """Read one license name, identifier, address or set phrase; nothing when it is none."""
    text = _LEAD.sub("", _tidy(text))
    if outcome := _phrase(text):
        return LicenseReading(text, outcome)
    if link := _LINK.fullmatch(text):
        return _linked(text, *link.groups())
    if described := _LINK_AND_TERMS.fullmatch(text):
        return _described(text, described.group(1))
    if _ADDRESS.fullmatch(text):
        return _of_names(text, find_by_address(text))
    if name := _recorded_name(text):
        return LicenseReading(text, Outcome.LICENSED, name)
    if reading := _of_names(text, find_by_name(text)):
        return reading
    if is_outside(text):
        return LicenseReading(text, Outcome.OWN_TERMS)
    split = _split_remark(text)
    if split and (names := find_by_name(split[0])):
        if len(names) > 1:
            return _of_names(text, names)
        if _is_harmless(split[1], names):
            return _of_names(text, names)
    return None


def _recorded_name(text: str) -> str | None:
    """Return the license that has this name in its record, if exactly one has."""
    if len(text) > _LONGEST_NAME:
        return None
    found = shipped_index().find_certain(text)
    return found.iri.removeprefix(str(LICENSE)) if found else None


def _linked(text: str, label: str, address: str) -> LicenseReading | None:
    """Read a Markdown link: label and address must not contradict each other."""
    by_label = find_by_name(label)
    by_address = find_by_address(address)
    both = tuple(name for name in by_label if name in by_address)
    if by_label and by_address and not both:
        return LicenseReading(text, Outcome.PARTLY, candidates=_unique(by_label + by_address))
    if names := both or by_address or by_label:
        return _of_names(text, names)
    outcome = _phrase(label)
    return LicenseReading(text, outcome) if outcome else None


def _described(text: str, link: str) -> LicenseReading | None:
    """Read a link that is followed by a few words on its terms (``Free if you have under ...``)."""
    reading = _atom(link)
    if reading is None or reading.outcome is Outcome.OWN_TERMS:
        return reading
    if isinstance(reading.term, str) and reading.term.startswith("LicenseRef-"):
        return replace(reading, text=text)
    return None


def _expression(text: str) -> LicenseReading | None:
    """Read an SPDX license expression (SPDX 3.0, annex on license expressions)."""
    if not re.search(r"\s(?:AND|OR|WITH)\s", text):
        return None
    from license_expression import ExpressionError, ExpressionParseError, get_spdx_licensing

    try:
        parsed = get_spdx_licensing().parse(text, validate=True)
    except (ExpressionError, ExpressionParseError, ValueError, TypeError):
        return None
    term = _term_of(parsed)
    if term is None:
        return LicenseReading(text, Outcome.PARTLY, candidates=_mentions(text))
    return LicenseReading(text, Outcome.LICENSED, term)


def _term_of(node: object) -> Term | None:
    arguments = getattr(node, "args", ())
    if not arguments:
        names = find_by_name(str(getattr(node, "key", "")))
        return names[0] if len(names) == 1 else None
    members = [_term_of(argument) for argument in arguments]
    if any(member is None for member in members):
        return None
    known = tuple(member for member in members if member is not None)
    return Choice(known) if type(node).__name__ == "OR" else Together(known)


def _pieces(text: str) -> tuple[list[str], list[str]]:
    """Cut a list at its separators outside parentheses; return the pieces and the separators."""
    pieces, separators, depth, start, index = [], [], 0, 0, 0
    while index < len(text):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        match = None
        if depth <= 0 and index > start:
            for kind, pattern in (("or", _OR), ("and", _SET), ("and", _JOINT)):
                if (match := pattern.match(text, index)) and match.end() > index:
                    pieces.append(text[start:index])
                    separators.append(kind)
                    start = index = match.end()
                    break
        if not match:
            index += 1
    pieces.append(text[start:])
    return pieces, separators


def _joins(pieces: Sequence[str], original: str) -> Iterable[str]:
    """Yield the ways in which several pieces may be one name after all."""
    start = original.find(pieces[0])
    end = original.find(pieces[-1], start) + len(pieces[-1])
    if start >= 0 and end > start:
        yield original[start:end]
    if len(pieces) > 1:
        yield " and ".join((_split_remark(p) or (p, ""))[0] for p in pieces)


def _segment(
    text: str, read: Callable[[str], LicenseReading | None]
) -> tuple[list[LicenseReading | None], list[str]]:
    """Cut a list into the longest pieces that are names; return readings and separators between."""
    pieces, separators = _pieces(text)
    readings: list[LicenseReading | None] = []
    kinds: list[str] = []
    index = 0
    while index < len(pieces):
        longest = min(len(pieces), index + 6)
        for end in range(longest, index, -1):
            found = next(filter(None, map(read, _joins(pieces[index:end], text))), None)
            if found or end == index + 1:
                break
        readings.append(found)
        if end < len(pieces):
            kinds.append(separators[end - 1])
        index = end
    return readings, kinds


def _mentions(text: str) -> tuple[str, ...]:
    """Return identifiers of licenses that are named somewhere in a text: hints, never a reading."""
    words = re.findall(r"[^\s,;()\[\]\"“”]+", text)
    found: list[str] = []
    index = 0
    while index < len(words):
        for size in range(min(8, len(words) - index), 0, -1):
            phrase = " ".join(words[index : index + size])
            names = find_by_name(phrase) if normalize(phrase) not in ("", "open", "data") else ()
            if names:
                found += names
                index += size - 1
                break
        index += 1
    return _unique(found)


def _unscoped(text: str) -> LicenseReading:
    """Read a text that speaks of one thing."""
    original = text
    text = _tidy(_OSI_REMARK.sub("", _tidy(text)))
    if not text:
        return LicenseReading(
            original, Outcome.NOT_UNDERSTOOD if original.strip() else Outcome.EMPTY
        )
    dual = _DUAL.sub("", text) if _DUAL.match(text) else ""
    reading = _atom(text) or _expression(_LEAD.sub("", text)) or _list(dual or _LEAD.sub("", text))
    if dual and isinstance(reading.term, Together):
        reading = replace(reading, term=Choice(reading.term.members))
    if reading.outcome is Outcome.UNKNOWN:
        reading = replace(reading, candidates=_mentions(text))
    return replace(reading, text=original)


def _list(text: str) -> LicenseReading:
    """Read a list of licenses; anything in it that is not understood keeps it from being stated."""
    readings, kinds = _segment(text, _atom)
    names: list[str] = []
    for reading in readings:
        if reading and reading.outcome is Outcome.LICENSED and isinstance(reading.term, str):
            names.append(reading.term)
    if len(names) == len(readings) and len(set(kinds)) <= 1:
        unique = _unique(names)
        if len(unique) == 1:
            return LicenseReading(text, Outcome.LICENSED, unique[0])
        return LicenseReading(
            text, Outcome.LICENSED, Choice(unique) if kinds[0] == "or" else Together(unique)
        )
    if mentioned := _unique(
        [*names, *(c for r in readings if r for c in r.candidates), *_mentions(text)]
    ):
        return LicenseReading(text, Outcome.PARTLY, candidates=mentioned)
    if (
        _LOOKS_NAMED.search(text)
        and not _ADDRESS.fullmatch(text)
        and len(normalize(text).split()) in range(1, 15)
    ):
        return LicenseReading(text, Outcome.OWN_TERMS)
    return LicenseReading(text, Outcome.NOT_UNDERSTOOD)


def _scopes_in(nouns: str) -> list[Scope]:
    found = []
    for noun in re.split(r",? and | & |, |/", nouns):
        bare = re.sub(r"^(?:the|both|all) ", "", noun.strip().lower())
        found += [s for s, pattern in _NOUNS if re.fullmatch(pattern, bare, re.IGNORECASE)][:1]
    return found


def _labeled(text: str) -> list[tuple[list[Scope], str]] | None:
    """Cut ``Weights: X. Code: Y.`` and ``models under X, code under Y`` into scopes and texts."""
    labels = list(_LABEL.finditer(text))
    if not labels:
        return None
    if text[: labels[0].start()].strip(" .,;"):
        return None
    ends = [label.start() for label in labels[1:]] + [len(text)]
    parts = []
    for label, end in zip(labels, ends, strict=True):
        part, rest = text[label.end() : end], None
        if cut := _TRAILING.search(part):
            part, rest = part[: cut.start()], (_scopes_in(cut["nouns"]), cut["rest"])
        parts.append((_scopes_in(label["nouns"]), re.sub(r"[\s,;.|]*(?:\band)?\s*$", "", part)))
        parts += [rest] if rest else []
    return parts


def _suffixed(text: str) -> list[tuple[list[Scope], str]] | None:
    """Cut ``X for weights, Y for code`` and ``X (code), Y (weights)`` into scopes and texts."""
    pieces, _ = _pieces(text)
    found: list[tuple[list[Scope], str]] = []
    pending = ""
    for piece in pieces:
        joined = f"{pending}, {piece}" if pending else piece
        if match := _SUFFIX.match(_tidy(joined)):
            found.append((_scopes_in(match["nouns"] or match["inside"]), match["rest"]))
            pending = ""
        else:
            pending = joined
    if pending and found and (scopes := _scopes_in(pending)):
        found[-1] = (found[-1][0] + scopes, found[-1][1])
        pending = ""
    return found if found and not pending else None


def _prefixed(text: str) -> list[tuple[list[Scope], str]] | None:
    """Cut ``code MIT + model Apache-2.0`` into scopes and texts."""
    found = []
    for piece in _pieces(text)[0]:
        match = _PREFIX.match(piece)
        reading = match and _atom(match["rest"])
        if not match or not reading:
            return None
        found.append((_scopes_in(match["nouns"]), match["rest"]))
    return found


def read_license(text: str) -> LicenseReading:
    """Read a license text as found in the wild.

    Args:
        text: an identifier, a name, a hub tag, an SPDX expression, a list, a text with scopes
            (``Weights: X. Code: Y.``), an address, a Markdown link, or words for a gap.

    Returns:
        The reading. A license is stated only if every word of the text was understood; what was
        not is named in ``outcome``, and the licenses that it may mean in ``candidates``.

    >>> read_license("MIT OR Apache-2.0").term
    Choice(members=('MIT', 'Apache-2.0'))
    >>> read_license("Modified MIT").outcome.value
    'fits several licenses'
    >>> [(s.value, r.term) for s, r in read_license("Weights: MIT. Code: not released.").scopes]
    [('weights', 'MIT'), ('code', None)]
    """
    tidy = _tidy(text)
    whole = _unscoped(tidy)
    if whole.outcome in (Outcome.LICENSED, Outcome.AMBIGUOUS, Outcome.EMPTY) or _phrase(tidy):
        return replace(whole, text=text)
    stripped = _tidy(_OSI_REMARK.sub("", tidy))
    parts = _labeled(stripped) or _suffixed(stripped) or _prefixed(stripped)
    if not parts:
        return replace(whole, text=text)
    scopes: dict[Scope, LicenseReading] = {}
    for names, part in parts:
        reading = _unscoped(part)
        for scope in names:
            clash = scope in scopes and scopes[scope].term != reading.term
            scopes[scope] = (
                LicenseReading(part, Outcome.PARTLY, candidates=_mentions(text))
                if clash
                else reading
            )
    outcome = Outcome.LICENSED if any(r.term for r in scopes.values()) else Outcome.PARTLY
    return LicenseReading(text, outcome, scopes=tuple(scopes.items()))
