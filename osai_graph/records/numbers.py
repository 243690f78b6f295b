"""numbers says how numeric literals are ordered and written for people."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from osai_graph.namespaces import XSD

#: The datatypes of numbers that occur in facts.
NUMERIC = frozenset(
    str(datatype)
    for datatype in (XSD.integer, XSD.nonNegativeInteger, XSD.decimal, XSD.double, XSD.float)
)

#: From here on digits are of no use to a reader: amounts of computation and the like.
_HUGE = Decimal(10) ** 15

#: Numbers below this read as well without separators; years and small counts are among them.
_LONG = 10_000


def number_of(text: str, datatype: str | None) -> Decimal | None:
    """Return the value of a numeric literal, ``None`` for anything else."""
    if datatype not in NUMERIC:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def number_words(text: str, datatype: str | None) -> str:
    """Return a numeric literal as people read it; anything else as it is.

    >>> number_words("7300000000", str(XSD.integer)), number_words("8192", str(XSD.integer))
    ('7,300,000,000', '8192')
    >>> number_words("38000000000000000000000000", str(XSD.integer))
    '3.8e25'
    >>> number_words("4.90E25", str(XSD.double)), number_words("0.5", str(XSD.decimal))
    ('4.9e25', '0.5')
    """
    number = number_of(text, datatype)
    if number is None or abs(number) < _LONG:
        return text
    if abs(number) >= _HUGE:
        digits, _, exponent = f"{number:.3e}".partition("e")
        return f"{digits.rstrip('0').rstrip('.')}e{int(exponent)}"
    return f"{int(number):,}" if number == int(number) else f"{number:,}"
