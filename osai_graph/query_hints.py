"""query_hints says why a query may have found nothing: names that the graph does not have."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from rdflib import URIRef

from osai_graph.graph.query_text import QueryText
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import BASE, OSAI, PREFIXES, RDFS, shorten

#: So many names are looked up at most.
_MOST = 20


def hints_on(store: GraphStore, query: str) -> list[str]:
    """Return sentences on names in a query that no statement has, and on labels without language.

    Args:
        store: the graph that was asked.
        query: a query that could be run.
    """
    text = QueryText(query)
    names = list(dict.fromkeys(_own_names(text)))[:_MOST]
    labels = list(dict.fromkeys(_plain_texts(text)))[:_MOST]
    found = [_on_name(store, name) for name in names if not _is_used(store, name)]
    return found + [hint for label in labels if (hint := _on_label(store, label))]


def _own_names(text: QueryText) -> Iterator[URIRef]:
    """Yield the IRIs of ours that a query names."""
    known = {**PREFIXES, **text.prefixes}
    for token in text.tokens:
        iri = token.text[1:-1] if token.kind == "iri" else ""
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            iri = known.get(prefix, "") + local if local else ""
        if iri.startswith(BASE) and iri not in known.values() and "\\" not in iri:
            yield URIRef(iri)


def _plain_texts(text: QueryText) -> Iterator[str]:
    """Yield the strings of a query that have neither language nor datatype."""
    following = [*(token.text for token in text.tokens[1:]), ""]
    for token, after in zip(text.tokens, following, strict=True):
        if token.kind == "string" and not after.startswith(("@", "^^")):
            yield token.text


def _is_used(store: GraphStore, name: URIRef) -> bool:
    iri = name.n3()
    return store.ask(
        f"ASK {{ {{ {iri} ?p ?o }} UNION {{ ?s {iri} ?o }} UNION {{ ?s ?p {iri} }} "
        f"UNION {{ GRAPH {iri} {{ ?s ?p ?o }} }} }}"
    )


def _on_name(store: GraphStore, name: URIRef) -> str:
    """Return that a name is in no statement, with the nearest one of the ontology."""
    hint = f"No statement has {shorten(name)}"
    if not name.startswith(str(OSAI)):
        return f"{hint}."
    rows = store.select(
        f'SELECT DISTINCT ?t {{ ?t a ?kind FILTER(STRSTARTS(STR(?t), "{OSAI}")) }}'
    ).rows
    terms = {str(term)[len(OSAI) :] for (term,) in rows}
    near = get_close_matches(name[len(OSAI) :], sorted(terms), n=2, cutoff=0.6)
    return f"{hint}: did you mean {' or '.join(f'osai:{n}' for n in near)}?" if near else f"{hint}."


def _on_label(store: GraphStore, text: str) -> str:
    """Return that a text is a label with a language, if it is one."""
    if store.ask(f"ASK {{ ?s {RDFS.label.n3()} {text}@en }}"):
        return f"Labels have a language: write {text}@en, or compare STR(?label) with {text}."
    return ""
