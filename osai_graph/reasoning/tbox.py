"""tbox looks up the axioms of an ontology, as terms and in a stable order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Identifier, Node

from osai_graph.namespaces import RDF, RDFS, XSD
from osai_graph.reasoning.rules import Triple

#: Datatypes outside the XML Schema namespace.
_LITERAL_TYPES = frozenset(
    {RDFS.Literal, RDF.langString, RDF.PlainLiteral, RDF.XMLLiteral, RDF.HTML}
)
_XSD = str(XSD)


def term(node: Node) -> Identifier:
    """Return a node as the term it is; rdflib types what is in its graphs more loosely."""
    return cast(Identifier, node)


def triples(graph: Graph) -> list[Triple]:
    """Return all triples, in no order."""
    return cast(list[Triple], list(graph))


def first(found: Iterable[Triple]) -> Triple | None:
    """Return the first of some triples in alphabetical order, so that messages are stable."""
    return min(found, key=_as_strings, default=None)


def _as_strings(terms: tuple[Identifier, ...]) -> tuple[str, ...]:
    """Sort as text: much faster than rdflib's order of terms."""
    return tuple(map(str, terms))


def subject_objects(graph: Graph, predicate: Identifier) -> list[tuple[Identifier, Identifier]]:
    """Return the subjects and objects of a predicate, sorted."""
    pairs = ((term(s), term(o)) for s, o in graph.subject_objects(predicate))
    return sorted(pairs, key=_as_strings)


def subjects(graph: Graph, predicate: Identifier, value: Identifier) -> list[Identifier]:
    """Return the subjects of a predicate with this object, sorted."""
    return sorted(term(s) for s in graph.subjects(predicate, value))


def objects(graph: Graph, subject: Identifier, predicate: Identifier) -> list[Identifier]:
    """Return the objects of a predicate of a subject, sorted."""
    return sorted(term(o) for o in graph.objects(subject, predicate))


def members(graph: Graph, head: Identifier) -> list[Identifier]:
    """Return the members of an RDF list."""
    return [term(member) for member in Collection(graph, head)]


def is_datatype(graph: Graph, what: Identifier) -> bool:
    """Return whether a term is a datatype rather than a class."""
    return (
        what in _LITERAL_TYPES
        or (isinstance(what, URIRef) and what.startswith(_XSD))
        or (what, RDF.type, RDFS.Datatype) in graph
    )
