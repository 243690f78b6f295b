"""naming turns what a person types into a term of the ontology, an IRI or a literal."""

from __future__ import annotations

import re

from rdflib import Literal, URIRef

from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import GRAPH, PREFIXES, RDF, RDFS, expand

#: The graphs that name terms: our ontology, and what it says of other people's terms.
_ONTOLOGY_GRAPHS = str(GRAPH["ontology/"])

#: A literal as in Turtle, but with the text taken as it stands: shells have quoting enough.
_LITERAL = re.compile(
    r"""(?P<quote>["'])(?P<text>.*)(?P=quote)"""
    r"""(?:@(?P<language>[a-zA-Z]+(?:-[a-zA-Z0-9]+)*)|\^\^(?P<datatype>\S+))?""",
    re.DOTALL,
)


def as_literal(text: str) -> Literal | None:
    """Return the literal that a text in quotes writes in Turtle, or ``None``.

    >>> as_literal('"Pythia"@en'), as_literal("Pythia")
    (rdflib.term.Literal('Pythia', lang='en'), None)

    Raises:
        GraphError: the text starts as a literal does and goes on as none.
    """
    if not text.startswith(('"', "'")):
        return None
    found = _LITERAL.fullmatch(text)
    datatype = as_iri(found["datatype"]) if found and found["datatype"] else None
    if found is None or (found["datatype"] and datatype is None):
        raise GraphError(
            f"{text} is no literal.", 'Write "text", "text"@en or "2023-04-03"^^xsd:date.'
        )
    return Literal(found["text"], lang=found["language"], datatype=datatype, normalize=False)


def as_iri(text: str) -> URIRef | None:
    """Return the IRI that a text is, in full or with one of our prefixes, or ``None``.

    >>> as_iri("osai:Model"), as_iri("pythia")
    (rdflib.term.URIRef('https://w3id.org/osai-graph/ns#Model'), None)
    """
    if re.search(r'[\s"{}|\\^`]', text):
        return None
    if text == "a":
        return URIRef(RDF.type)
    if re.match(r"<?[a-zA-Z][\w+.-]*://", text):
        return URIRef(text.removeprefix("<").removesuffix(">"))
    return expand(text)


def term_named(store: GraphStore, name: str) -> URIRef | None:
    """Return the term of the ontology with this local name, ours before other people's.

    Args:
        store: the built graph, with the ontology's files as named graphs.
        name: such as ``givesFreedom``; an exact match is needed.
    """
    found = [term for term in _terms(store) if _local_name(term) == name]
    return min(found, key=lambda term: (not term.startswith(PREFIXES["osai"]), term), default=None)


def property_named(store: GraphStore, text: str) -> URIRef:
    """Return the property that a text names: an IRI, or the local name of a term.

    Raises:
        UnknownNameError: neither; with the nearest names.
    """
    found = as_iri(text) or term_named(store, text)
    if found is None:
        raise UnknownNameError(
            "property", text, {_local_name(t) for t in _terms(store) if _is_property(t)}
        )
    return found


def _terms(store: GraphStore) -> list[URIRef]:
    rows = store.select(
        f"SELECT DISTINCT ?term WHERE {{ GRAPH ?g {{ ?term {RDFS.label.n3()} ?label }} "
        f"FILTER (STRSTARTS(STR(?g), '{_ONTOLOGY_GRAPHS}')) }}"
    ).rows
    return [term for (term,) in rows if isinstance(term, URIRef)]


def _local_name(term: URIRef) -> str:
    return re.split(r"[#/]", term)[-1]


def _is_property(term: URIRef) -> bool:
    return bool(re.fullmatch(r"[a-z][a-zA-Z]*", _local_name(term)))
