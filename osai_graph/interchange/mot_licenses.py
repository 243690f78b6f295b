"""mot_licenses says which license names the openness test of the Model Openness Tool accepts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from osai_graph.interchange.license_text import LicenseReading, identifiers


@cache
def _table() -> dict[str, str]:
    """Return the accepted licenses with the identifiers by which the tool knows them."""
    text = Path(__file__).with_name("mot_open_licenses.txt").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.split("\n") if line and not line.startswith("#")]
    return {columns[0]: columns[-1] for columns in lines}


def mot_open_licenses() -> frozenset[str]:
    """Return the licenses that the openness test of the Model Openness Tool accepts."""
    return frozenset(_table())


def is_unread_by_tool(reading: LicenseReading) -> bool:
    """Return whether the tool would accept a license, and does not know it by the name written.

    The tool takes identifiers of its SPDX list, letter for letter.
    """
    table, meant = _table(), identifiers(reading.term)
    known = reading.text.strip() in table.values()
    return not known and bool(meant) and all(name in table for name in meant)
