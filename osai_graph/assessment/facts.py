"""facts are what the graph holds on the parts of systems, and the part of it around one system."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from rdflib import URIRef
from rdflib.term import Identifier

from osai_graph.graph.store import EmbeddedStore, GraphStore
from osai_graph.namespaces import DCTERMS, OSAI, RDF, RDFS

Triple = tuple[Identifier, Identifier, Identifier]


@dataclass(frozen=True)
class Part:
    """A component as recorded.

    Args:
        iri: its node.
        availability: the name of its availability.
        licensed: whether a license is recorded.
        shown: the properties for which evidence is recorded.
    """

    iri: URIRef
    availability: str
    licensed: bool
    shown: frozenset[Identifier] = frozenset()


@dataclass(frozen=True)
class Facts:
    """The components of systems by their classes, and the names of those classes."""

    parts: dict[URIRef, dict[URIRef, list[Part]]] = field(default_factory=dict)
    labels: dict[URIRef, str] = field(default_factory=dict)

    def of(self, system: URIRef, kind: URIRef) -> list[Part]:
        """Return the components of a class that a system has."""
        return self.parts.get(system, {}).get(kind, [])

    def label(self, kind: URIRef) -> str:
        """Return the name of a class in lower case."""
        return self.labels.get(kind, kind.rpartition("#")[2])


_PARTS = f"""SELECT DISTINCT ?system ?part ?kind ?availability ?license WHERE {{
  VALUES ?kind {{ %s }}
  ?system {OSAI.hasComponent.n3()} ?part . ?part a ?kind .
  OPTIONAL {{ ?part {OSAI.hasAvailability.n3()} ?availability }}
  OPTIONAL {{ ?part {DCTERMS.license.n3()} ?license }}
}}"""


_EVIDENCE = f"""SELECT DISTINCT ?part ?property WHERE {{
  ?part {OSAI.hasEvidence.n3()}/{OSAI.isEvidenceFor.n3()} ?property
}}"""


def read_facts(store: GraphStore, kinds: Iterable[URIRef], labels: dict[URIRef, str]) -> Facts:
    """Read the components of the given classes; their names are known already."""
    named = " ".join(kind.n3() for kind in sorted(set(kinds)))
    if not named:
        return Facts()
    shown: dict[Identifier | None, set[Identifier]] = defaultdict(set)
    for part, shown_property in store.select(_EVIDENCE).rows:
        if shown_property is not None:
            shown[part].add(shown_property)
    found: dict[URIRef, dict[URIRef, dict[URIRef, Part]]] = defaultdict(lambda: defaultdict(dict))
    for owner, part, kind, availability, license_ in store.select(_PARTS % named).rows:
        name = str(availability or OSAI.AvailabilityUnknown).removeprefix(str(OSAI))
        evidence = frozenset(shown.get(part, ()))
        entry = Part(URIRef(str(part)), name, license_ is not None, evidence)
        found[URIRef(str(owner))][URIRef(str(kind))][entry.iri] = entry
    parts = {
        owner: {kind: sorted(by.values(), key=lambda p: p.iri) for kind, by in of_owner.items()}
        for owner, of_owner in found.items()
    }
    return Facts(parts, labels)


def read_labels(store: GraphStore, kinds: Iterable[URIRef]) -> dict[URIRef, str]:
    """Read the names of classes."""
    named = " ".join(kind.n3() for kind in sorted(set(kinds)))
    pattern = f"VALUES ?kind {{ {named} }} ?kind {RDFS.label.n3()} ?label"
    rows = store.select(f"SELECT ?kind ?label WHERE {{ {pattern} }}").rows
    return {URIRef(str(kind)): str(text) for kind, text in rows}


def surroundings(
    store: GraphStore, start: URIRef, predicates: frozenset[tuple[URIRef, bool]]
) -> EmbeddedStore:
    """Return a small store with all that paths of these predicates reach from a node.

    Types come along; whatever a shape over these predicates asks of the node, it finds there.
    """
    forward = {p for p, ahead in predicates if ahead} | {RDF.type}
    backward = {p for p, ahead in predicates if not ahead}
    triples: set[Triple] = set()
    seen: set[Identifier] = set()
    frontier: set[Identifier] = {start}
    while frontier:
        seen |= frontier
        ends = " ".join(sorted(node.n3() for node in frontier))
        found = {t for t in _matching(store, f"VALUES ?s {{ {ends} }} ?s ?p ?o") if t[1] in forward}
        for p in sorted(backward):
            pattern = f"VALUES ?o {{ {ends} }} ?s {p.n3()} ?o . BIND ({p.n3()} AS ?p)"
            found |= _matching(store, pattern)
        triples |= found
        reached = {o for _, p, o in found if p != RDF.type} | {s for s, _, _ in found}
        frontier = {node for node in reached - seen if isinstance(node, URIRef)}
    small = EmbeddedStore()
    small.add(triples)
    return small


def _matching(store: GraphStore, pattern: str) -> set[Triple]:
    rows = store.select(f"SELECT ?s ?p ?o WHERE {{ {pattern} }}").rows
    return {(s, p, o) for s, p, o in rows if s is not None and p is not None and o is not None}
