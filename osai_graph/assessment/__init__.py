"""Verdicts: frameworks read as data, compiled to SPARQL, answered from facts in three values."""
