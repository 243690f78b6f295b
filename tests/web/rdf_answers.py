"""Reads RDF answers with rdflib, the engine that did not write most of them."""

from __future__ import annotations

import warnings

from rdflib import Graph


def triples(data: bytes, parser: str) -> Graph:
    """Return the triples of an answer."""
    with warnings.catch_warnings():
        # rdflib 7.6 parses JSON-LD through a class that it deprecates itself
        warnings.simplefilter("ignore", DeprecationWarning)
        return Graph().parse(data=data, format=parser)
