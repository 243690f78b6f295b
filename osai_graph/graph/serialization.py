"""serialization turns triples into files: canonical Turtle, and every media type that we write."""

from __future__ import annotations

from rdflib import BNode, Graph, URIRef
from rdflib.namespace import NamespaceManager

from osai_graph.namespaces import BASE, PREFIXES


def _fragment_namespace(graph: Graph) -> str | None:
    """Return the namespace of the record whose fragments the graph names most, if it has any."""
    counts: dict[str, int] = {}
    for subject in set(graph.subjects()):
        if isinstance(subject, URIRef) and subject.startswith(BASE) and "#" in subject:
            namespace = subject.partition("#")[0] + "#"
            counts[namespace] = counts.get(namespace, 0) + 1
    counts.pop(PREFIXES["osai"], None)
    return min(counts, key=lambda name: (-counts[name], name)) if counts else None


def canonical_turtle(graph: Graph) -> str:
    """Return the one Turtle text of a graph that our files hold.

    The layout is rdflib's ``longturtle`` with canonical blank node labels: sorted subjects,
    predicates and objects, one object a line. Our prefixes are used and only those needed are
    declared; the parts of the file's own record (``.../system/pythia#weights``) are written with
    the empty prefix (``:weights``). Equal graphs give equal bytes. ``graph`` is not changed.
    """
    copy = Graph(bind_namespaces="none")
    copy.namespace_manager = NamespaceManager(copy, bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        copy.bind(prefix, namespace)
    if fragments := _fragment_namespace(graph):
        copy.bind("", fragments)
    for triple in graph:
        copy.add(triple)
    canonical = any(isinstance(term, BNode) for triple in copy for term in triple)
    return copy.serialize(format="longturtle", canon=canonical)
