"""licenses finds the license that a name means, or those it could mean, and never guesses."""

from __future__ import annotations

from osai_graph.licenses.index import How, LicenseIndex, Match, NamedLicense, shipped_index

__all__ = ["How", "LicenseIndex", "Match", "NamedLicense", "shipped_index"]
