"""names reduces the spellings of a license name to the words that tell licenses apart."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Words that say that a name is one of a license, and nothing about which.
_LICENSE_WORDS: Final = frozenset(
    {"license", "licenses", "licensed", "licence", "licences", "agreement"}
)
#: Words that carry no meaning at all in a name.
_FILLERS: Final = frozenset({"the", "v", "ver", "version"})
#: What tells versions of one license apart, besides numbers.
_VERSION_WORDS: Final = frozenset(
    {"only", "or", "later", "+", "no", "invariants"}
    | {"international", "unported", "universal", "generic"}
)
#: Words that half of all license names contain: alone they point at nothing.
_COMMON_WORDS: Final = frozenset(
    {"ai", "and", "by", "for", "non", "of", "to", "with"}
    | {"code", "clause", "data", "model", "models", "software", "source", "terms", "use"}
    | {"commercial", "community", "free", "general", "open", "public", "research"}
)
#: What people write in a license field that is no name of a license, in the words of `bare`.
NOT_NAMES: Final = frozenset(
    {
        "bespoke",
        "component not include",
        "component not included",
        "custom",
        "n a",
        "na",
        "no",
        "none",
        "not applicable",
        "not available",
        "not disclosed",
        "not released",
        "not specified",
        "not stated",
        "null",
        "open source",
        "other",
        "proprietary",
        "tbd",
        "unclear",
        "undisclosed",
        "unknown",
        "unspecified",
        "unlicensed",
        "various",
    }
)

#: In CC0 and 0BSD the digit belongs to the name and is no version.
_TOKEN = re.compile(r"\bcc0\b|\b0bsd\b|\d+(?:\.\d+)*|[^\W\d_]+|\++")
_GLUED_VERSION = re.compile(r"(?<=[^\W\d_])v(?=\d)")


def words(name: str) -> tuple[str, ...]:
    """Return the words and numbers of a name: case, punctuation and fillers gone.

    Letters and digits are set apart, and a version ends in no ``.0``.

    >>> words("The Apache Licence, Version 2.0")
    ('apache', 'licence', '2')
    >>> words("GPLv3+")
    ('gpl', '3', '+')
    >>> words("CC0-1.0")
    ('cc0', '1')
    """
    text = unicodedata.normalize("NFKC", name).casefold()
    tokens = _TOKEN.findall(_GLUED_VERSION.sub(" ", text))
    numbers = (re.sub(r"(?:\.0+)+$", "", token) for token in tokens)
    return tuple(word for word in numbers if word not in _FILLERS)


def bare(name_words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a name without "license", "licence" and "agreement".

    >>> bare(words("Llama 2 Community License Agreement"))
    ('llama', '2', 'community')
    """
    return tuple(word for word in name_words if word not in _LICENSE_WORDS)


def key(name_words: tuple[str, ...]) -> str:
    """Return words as one string, so that spaces and hyphens make no difference.

    >>> key(words("Open RAIL-M")) == key(words("openrail-m"))
    True
    >>> key(words("llama3.1"))
    'llama3.1'
    """
    return "".join(name_words)


def without_version(name_words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a name without its version.

    >>> without_version(words("CC-BY 4.0 International"))
    ('cc', 'by')
    """
    return tuple(word for word in name_words if not is_version(word))


def is_version(word: str) -> bool:
    """Tell whether a word tells versions apart: a number, "only", "or later" ..."""
    return word in _VERSION_WORDS or word[:1].isdigit()


def is_telling(word: str) -> bool:
    """Tell whether a word points at some licenses rather than at half of them."""
    return not is_version(word) and word not in _COMMON_WORDS
