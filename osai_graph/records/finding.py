"""finding turns what a person types into the IRI of a record."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rdflib import URIRef

from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import BASE, PREFIXES, RDF, RDFS, RECORD_KINDS, expand, shorten


class AmbiguousNameError(GraphError):
    """A name that several records carry; ``candidates`` are their IRIs."""

    def __init__(self, name: str, candidates: list[Match]) -> None:
        self.name = name
        self.candidates = candidates
        lines = "\n".join(f"  {shorten(m.iri)}  ({m.label})" for m in candidates)
        super().__init__(f'"{name}" names several records:\n{lines}', "Take one of these names.")


class WrongKindError(GraphError):
    """A name of a record of another kind than the one that is asked for."""

    def __init__(self, name: str, kind: str, kinds: tuple[str, ...]) -> None:
        wanted = " or ".join(kinds)
        is_one = f"is a {kind}" if kind in RECORD_KINDS else "is no record"
        super().__init__(
            f"{name} {is_one}, and what is asked for is a {wanted}.", f"Name a {wanted}."
        )


@dataclass(frozen=True, order=True)
class Match:
    """A record that carries a name."""

    iri: str
    label: str


_NAMES = f"""
PREFIX osai: <{PREFIXES["osai"]}>
PREFIX rdfs: <{PREFIXES["rdfs"]}>
PREFIX skos: <{PREFIXES["skos"]}>
PREFIX spdx: <{PREFIXES["spdx"]}>
PREFIX dcterms: <{PREFIXES["dcterms"]}>
SELECT ?record ?name ?rank WHERE {{
  VALUES (?property ?rank) {{
    (rdfs:label 1) (osai:huggingFaceId 1) (spdx:licenseId 1) (osai:licenseRef 1)
    (skos:altLabel 2) (dcterms:title 3)
  }}
  ?record ?property ?name .
  FILTER(STRSTARTS(STR(?record), "{BASE}"))
}}
"""


def _route(iri: str) -> str:
    return iri[len(BASE) :].partition("/")[0] if iri.startswith(BASE) else ""


def _is_record(iri: str) -> bool:
    """Tell whether an IRI is that of a record; of fragments, only claims are records."""
    route = _route(iri)
    return route in RECORD_KINDS and ("#" not in iri or route == "claim")


def _exists(store: GraphStore, iri: URIRef) -> bool:
    return store.ask(f"ASK {{ {iri.n3()} ?p ?o }}")


def _allowed(iri: str, kinds: tuple[str, ...]) -> bool:
    return not kinds or _route(iri) in kinds


def find(store: GraphStore, name: str, kinds: tuple[str, ...] = ()) -> URIRef:
    """Return the IRI of the record that a name means.

    In this order: a full IRI, a prefixed name (``system:mistral-7b``), a slug (``mistral-7b``),
    then, without regard to case, a label, Hugging Face id or license identifier, an alias, a title,
    and the fragment of a claim (``T34``); at last any of these, without regard to what stands
    between letters and digits (``llama 3.1 8b``). A later way is tried only when the earlier ones
    find nothing.

    Args:
        store: the graph.
        name: what the person typed.
        kinds: only records of these kinds (keys of `namespaces.RECORD_KINDS`); empty for all.

    Raises:
        AmbiguousNameError: several records carry the name.
        UnknownNameError: none does; with the nearest names.
    """
    text = name.strip()
    if iri := _as_iri(text):
        return _existing(store, iri, text, kinds)
    names: list[_Name] = []
    matches = _with_slug(store, text, kinds)
    if not matches:
        names = _names(store, kinds)
        matches = _matching(names, text)
    if len(matches) == 1:
        return URIRef(matches.pop())
    if matches:
        raise AmbiguousNameError(name, _labelled(store, matches))
    raise _unknown(names, text, kinds)


def _existing(store: GraphStore, iri: URIRef, text: str, kinds: tuple[str, ...]) -> URIRef:
    """Return an IRI, or the one that differs from it in capitals only, if the graph has it."""
    names: list[_Name] = []
    found: URIRef | None = iri if _exists(store, iri) else None
    if found is None:
        names = _names(store, kinds)
        found = next((URIRef(n.iri) for n in names if n.iri.lower() == iri.lower()), None)
    if found is None:
        # what is near to it: of the kind that it names, and nothing to an IRI that is not ours
        raise _unknown([n for n in names if _route(n.iri) == _route(iri)], text, kinds)
    if not _allowed(found, kinds):
        raise WrongKindError(text, _route(found), kinds)
    return found


def _with_slug(store: GraphStore, slug: str, kinds: tuple[str, ...]) -> set[str]:
    """Return the records of that slug, without reading all names."""
    if not re.fullmatch(r"[\w.+-]+(#[\w.-]+)?", slug):
        return set()
    iris = [f"{BASE}{kind}/{slug}" for kind in kinds or RECORD_KINDS]
    values = " ".join(f"<{iri}>" for iri in iris)
    rows = store.select(
        f"SELECT DISTINCT ?x WHERE {{ VALUES ?x {{ {values} }} ?x <{RDF.type}> ?t }}"
    ).rows
    return {str(row[0]) for row in rows}


def _labelled(store: GraphStore, iris: set[str]) -> list[Match]:
    values = " ".join(f"<{iri}>" for iri in sorted(iris))
    rows = store.select(
        f"SELECT ?x ?label WHERE {{ VALUES ?x {{ {values} }} ?x <{RDFS.label}> ?label }}"
    ).rows
    return sorted(Match(str(iri), str(label)) for iri, label in rows)


def _as_iri(text: str) -> URIRef | None:
    if re.match(r"<?https?://", text):
        iri = text.removeprefix("<").removesuffix(">")
        return None if re.search(r'[\s<>"{}|\\^`]', iri) else URIRef(iri)
    iri_or_none = expand(text)
    return None if iri_or_none is None or re.search(r'[\s<>"{}|\\^`]', text) else iri_or_none


def _slug(iri: str) -> str:
    return iri[len(BASE) :].partition("/")[2]


@dataclass(frozen=True, order=True)
class _Name:
    """A name of a record; a lower rank is a better kind of name."""

    rank: int
    iri: str
    name: str


def _names(store: GraphStore, kinds: tuple[str, ...]) -> list[_Name]:
    rows = store.select(_NAMES).rows
    found = (_Name(int(str(rank)), str(record), str(name)) for record, name, rank in rows)
    return sorted(n for n in found if _is_record(n.iri) and _allowed(n.iri, kinds))


def _matching(names: list[_Name], text: str) -> set[str]:
    """Return the records that carry a name, by the best kind of name under which any does."""
    wanted = text.casefold()
    for rank in sorted({n.rank for n in names}):
        if found := {n.iri for n in names if n.rank == rank and n.name.casefold() == wanted}:
            return found
    if slugs := {n.iri for n in names if _slug(n.iri).casefold() == wanted}:
        return slugs
    if claims := {n.iri for n in names if n.iri.rpartition("#")[2].casefold() == wanted}:
        return claims
    return _loosely_matching(names, text)


def _loosely_matching(names: list[_Name], text: str) -> set[str]:
    """Return the records with a name of the same letters and digits in the same order."""
    wanted = _letters(text)
    if not wanted:
        return set()
    records = [n for n in names if "#" not in n.iri]
    if found := {n.iri for n in records if _letters(n.name) == wanted}:
        return found
    ends = {(n.iri, n.name.rpartition("/")[2]) for n in records}
    ends |= {(n.iri, _slug(n.iri)) for n in records}
    return {iri for iri, end in ends if _letters(end) == wanted}


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _unknown(names: list[_Name], name: str, kinds: tuple[str, ...]) -> UnknownNameError:
    known = {_slug(n.iri) for n in names if "#" not in n.iri} | {n.name for n in names}
    kind = " or ".join(kinds) if kinds else "record"
    local = re.split(r"[/:]", name)[-1] if _as_iri(name) else name
    remedy = "`osai-graph stats` says what the graph holds."
    return UnknownNameError(kind, name, known, remedy, near=local)
