"""license_names knows which license one name, identifier or address means, and never guesses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

_HERE = Path(__file__).resolve().parent

#: Words that say nothing about which license a name means.
_IDLE_WORDS = """
    the license licenses licensed licence licences licenced lisence agreement agreements version
    contract
"""
_IDLE = frozenset(_IDLE_WORDS.split())
#: Stands in the table for terms that are known and for which the vocabulary has no license.
_OUTSIDE = "-"
_CC_WORDS = (
    ("creative commons zero", "cc0"),
    ("creative commons", "cc"),
    ("non commercial", "nc"),
    ("noncommercial", "nc"),
    ("share alike", "sa"),
    ("sharealike", "sa"),
    ("no derivatives", "nd"),
    ("noderivatives", "nd"),
    ("no derivs", "nd"),
    ("noderivs", "nd"),
    ("attribution", "by"),
)
_CC = re.compile(
    r"(?:cc )?by(?: (nc))?(?: (sa|nd))?(?: (nc))?(?: (\d\.\d|\d))?"
    r"(?: (?:international|intl|unported|generic))?(?: (de|us|at|au|nl|igo|uk|fr))?"
)
_CC_VERSIONS = ("1.0", "2.0", "2.5", "3.0", "4.0")
_GNU_WORDS = (
    ("affero general public", "agpl"),
    ("lesser general public", "lgpl"),
    ("library general public", "lgpl"),
    ("general public", "gpl"),
    ("free documentation", "gfdl"),
)
_GNU = re.compile(
    r"(?:gnu )?(agpl|lgpl|gpl|gfdl)(?: gnu)?(?: ?(\d(?:\.\d)?))?"
    r"( ?\+| or later| or any later| only)?"
)
_GNU_VERSIONS = {
    "agpl": ("1.0", "3.0"),
    "gfdl": ("1.1", "1.2", "1.3"),
    "gpl": ("1.0", "2.0", "3.0"),
    "lgpl": ("2.0", "2.1", "3.0"),
}
_CC_ADDRESS = re.compile(r"creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)(?:/([a-z]{2,3}))?\b")
_ID_ADDRESS = (
    re.compile(r"spdx\.org/licenses/([^/#?]+?)(?:\.html|\.txt|\.json)?/?$"),
    re.compile(r"opensource\.org/licen[cs]es?/([^/#?]+?)(?:\.php|\.html)?/?$"),
    re.compile(r"choosealicense\.com/licenses/([^/#?]+)/?$"),
    re.compile(r"choosealicense/licenses/blob/main/markdown/([^/#?]+)\.md$"),
)


def normalize(name: str) -> str:
    """Return the words of a license name that tell licenses apart.

    >>> normalize("The Apache Licence, Version 2.0")
    'apache 2.0'
    >>> normalize("CreativeML Open RAIL++-M License")
    'creativeml openrail++ m'
    """
    text = unicodedata.normalize("NFKC", name).lower()
    text = re.sub(r"[\u2010-\u2015\u2212_\-/:,;\"'`\u2018\u2019\u201c\u201d*()\[\]{}]", " ", text)
    text = re.sub(r"\.(?!\d)|(?<![\w\d])\.", " ", text)
    text = re.sub(r"\b(?:version|ver|v)\.?\s*(?=\d)", " ", text)
    text = text.replace("open rail", "openrail").replace("&", " and ")
    text = re.sub(r"(?<=\w)\s+\+\+", "++", text)
    return " ".join(word for word in text.split() if word not in _IDLE)


@cache
def _table(file: str) -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for line in (_HERE / file).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, meaning = line.split("\t")
            table[name] = tuple(meaning.split("|"))
    return table


@cache
def _aliases() -> dict[str, tuple[str, ...]]:
    table = _table("license_aliases.tsv").items()
    return {normalize(name): meaning for name, meaning in table if meaning != (_OUTSIDE,)}


@cache
def _outside() -> frozenset[str]:
    table = _table("license_aliases.tsv").items()
    return frozenset(normalize(name) for name, meaning in table if meaning == (_OUTSIDE,))


@cache
def _spdx_identifiers() -> dict[str, str]:
    """Return the SPDX identifiers, with the one that SPDX now uses.

    They are in lower case, but for those that are ordinary words (``Glide``, ``Intel``, ``GPL``).
    """
    from license_expression import get_spdx_licensing

    found: dict[str, str] = {}
    for key, symbol in get_spdx_licensing().known_symbols.items():
        if symbol.is_exception or key.startswith("LicenseRef-"):
            continue
        found.setdefault(key if key.isalpha() else key.lower(), key)
        for name in symbol.aliases:
            if not name.startswith("LicenseRef-") and not name.isalpha():
                found.setdefault(name.lower(), key)
    return found


def _our_identifiers() -> Iterator[str]:
    for table in (_aliases(), _table("license_addresses.tsv")):
        for meaning in table.values():
            yield from meaning


@cache
def _local_identifiers() -> dict[str, str]:
    extra = ("LicenseRef-No-License-Stated", "LicenseRef-Mixed-Per-Item")
    return {name.lower(): name for name in (*_our_identifiers(), *extra)}


def known_identifier(text: str) -> str | None:
    """Return the identifier that ``text`` is, in the case that the SPDX list or our data uses.

    >>> known_identifier("apache-2.0"), known_identifier("GPL-3.0"), known_identifier("apache-3.0")
    ('Apache-2.0', 'GPL-3.0-only', None)
    """
    text = text.strip()
    spdx = _spdx_identifiers()
    return _local_identifiers().get(text.lower()) or spdx.get(text.lower()) or spdx.get(text)


def _creative_commons(words: str) -> tuple[str, ...]:
    if words == "by":
        return ()
    for long, short in _CC_WORDS:
        words = words.replace(long, short)
    if re.fullmatch(r"cc ?0(?: 1\.0)?(?: universal)?(?: public domain dedication)?", words):
        return ("CC0-1.0",)
    match = _CC.fullmatch(re.sub(r"\b(cc) (?=\1)|\bpublic$", "", words).strip())
    if not match:
        return ()
    first, middle, last, version, port = match.groups()
    parts = ["BY", *(["NC"] if first or last else []), *([middle.upper()] if middle else [])]
    version = f"{version}.0" if version and len(version) == 1 else version
    ids = [
        "-".join(["CC", *parts, number, *([port.upper()] if port else [])])
        for number in ((version,) if version else reversed(_CC_VERSIONS))
    ]
    return tuple(name for name in map(known_identifier, ids) if name)


def _gnu(words: str) -> tuple[str, ...]:
    for long, short in _GNU_WORDS:
        words = words.replace(long, short)
    words = re.sub(r"\b(agpl|lgpl|gpl|gfdl) ?v?(\d)", r"\1 \2", words)
    words = re.sub(r"\b(agpl|lgpl|gpl|gfdl) \1\b", r"\1", words)
    match = _GNU.fullmatch(words.removesuffix(" family"))
    if not match:
        return ()
    family, version, which = match.groups()
    version = f"{version}.0" if version and len(version) == 1 else version
    versions = (version,) if version else tuple(reversed(_GNU_VERSIONS[family]))
    later = bool(which) and "only" not in which
    suffix = "or-later" if later else "only"
    ids = [f"{family.upper()}-{number}-{suffix}" for number in versions]
    return tuple(name for name in map(known_identifier, ids) if name)


def find_by_name(text: str) -> tuple[str, ...]:
    """Return the identifiers that a license name may mean; see `is_outside` for the others.

    Args:
        text: one name or identifier; no list of several.

    Returns:
        One identifier when the name is clear, several when it fits several (a family without its
        version), none when the name is not known.

    >>> find_by_name("Creative Commons Attribution Non Commercial 4.0")
    ('CC-BY-NC-4.0',)
    >>> find_by_name("BSD")
    ('BSD-3-Clause', 'BSD-2-Clause', 'BSD-4-Clause')
    >>> find_by_name("Apache 3.0")
    ()
    """
    if name := known_identifier(re.sub(r"[\s_]+", "-", text.strip())):
        return (name,)
    words = normalize(text)
    if found := _aliases().get(words) or _aliases().get(words.removesuffix(" family")):
        return found
    if name := known_identifier(words.replace(" ", "-")):
        return (name,)
    return _creative_commons(words) or _gnu(words)


def is_outside(text: str) -> bool:
    """Say whether a name is that of known terms for which the vocabulary has no license.

    >>> is_outside("arXiv.org perpetual, non-exclusive license 1.0")
    True
    """
    return normalize(text) in _outside()


def find_by_address(address: str) -> tuple[str, ...]:
    """Return the identifier of the license whose text stands at an address, or nothing.

    Addresses of one repository's own LICENSE file say nothing and give nothing.

    >>> find_by_address("https://creativecommons.org/licenses/by-nc/4.0/legalcode")
    ('CC-BY-NC-4.0',)
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:  # a bracket in the host
        return ()
    bare = unquote(parts.netloc + parts.path).removeprefix("www.").rstrip("/").lower()
    if found := _table("license_addresses.tsv").get(bare):
        return found
    if match := _CC_ADDRESS.search(bare):
        kind, version, port = match.groups()
        tail = f"-{port}" if port and port not in ("leg",) else ""
        name = known_identifier(f"cc-{kind}-{version}{tail}") or known_identifier(
            f"cc-{kind}-{version}"
        )
        return (name,) if name else ()
    if re.search(r"creativecommons\.org/publicdomain/zero/1\.0", bare):
        return ("CC0-1.0",)
    for pattern in _ID_ADDRESS:
        if match := pattern.search(bare):
            return find_by_name(match.group(1))
    return ()
