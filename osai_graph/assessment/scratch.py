"""scratch is a copy in memory of the part of a graph around a system, to change facts in.

Nothing is saved, and the graph that it is taken from stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rdflib import Literal, URIRef
from rdflib.term import Identifier

from osai_graph.graph.store import EmbeddedStore, GraphStore
from osai_graph.namespaces import (
    BASE,
    DCTERMS,
    FRAMEWORK,
    GRAPH,
    INFERRED_GRAPH,
    OSAI,
    RDF,
    RDFS,
    SKOS,
)
from osai_graph.reasoning.incremental import update_materialization
from osai_graph.reasoning.rules import Rule, Triple

#: Nodes in one VALUES.
_CHUNK = 500


@dataclass(frozen=True)
class Edit:
    """A change of facts: a property of a node has these values and no others.

    Args:
        subject: the node; a component that does not exist is made with ``kind``.
        predicate: the property.
        values: what it has from now on; none takes the property away.
        kind: the class of a component that is new.
    """

    subject: URIRef
    predicate: URIRef
    values: tuple[Identifier, ...]
    kind: URIRef | None = None


class Neighborhood:
    """What conclusions about a system can rest on: all that is reached from it by statements.

    Rules conclude from what a node says and from what the nodes that it names say, so a system's
    own facts follow from here as they do in the whole graph. What others say of it is left out.

    Args:
        store: a materialized graph.
        rules: the rules that were run.
        system: the system.
        others: nodes that changes may refer to, such as another license or base.
    """

    def __init__(
        self,
        store: GraphStore,
        rules: Sequence[Rule],
        system: URIRef,
        others: Iterable[URIRef] = (),
    ) -> None:
        self.system = system
        self.rules = rules
        terms = store.select(
            f"SELECT ?c WHERE {{ {{ ?c {SKOS.inScheme.n3()} ?scheme }} UNION "
            f"{{ ?c {RDFS.subClassOf.n3()}+ {OSAI.Component.n3()} }} }}"
        ).rows
        starts = {system, *others, *(c for (c,) in terms if isinstance(c, URIRef))}
        self._triples = _reached(store, starts)
        self._about: dict[Identifier, list[Triple]] = {}
        for triple in self._triples:
            self._about.setdefault(triple[0], []).append(triple)
        subjects = {s for s in self._about if isinstance(s, URIRef)}
        inferred = set(_of(store, subjects, INFERRED_GRAPH)) & self._triples
        original = EmbeddedStore()
        original.add(self._triples)
        original.add(inferred, [INFERRED_GRAPH])
        self._quads = list(original.engine)

    def copy(self) -> EmbeddedStore:
        """Return a store of its own with the facts as they are."""
        copied = EmbeddedStore()
        copied.engine.extend(self._quads)
        return copied

    def changed(self, edits: Iterable[Edit]) -> EmbeddedStore:
        """Return a store with facts changed, and with what follows from them."""
        removed: set[Triple] = set()
        added: set[Triple] = set()
        for edit in edits:
            old = {t for t in self._about.get(edit.subject, ()) if t[1] == edit.predicate}
            new = {(edit.subject, edit.predicate, value) for value in edit.values}
            removed |= old - new
            added = {t for t in added if (t[0], t[1]) != (edit.subject, edit.predicate)} | new - old
            if not self._is_shown(edit):
                added |= set(assumption(edit))
            if edit.kind is not None and not self.describes(edit.subject):
                added |= set(self._new_component(edit.subject, edit.kind))
        store = self.copy()
        update_materialization(store, self.rules, removed=removed, added=added)
        return store

    def _is_shown(self, edit: Edit) -> bool:
        """Return whether evidence for the property is there, which the change then goes by."""
        evidence = (o for _, p, o in self._about.get(edit.subject, ()) if p == OSAI.hasEvidence)
        shown = (
            o for e in evidence for _, p, o in self._about.get(e, ()) if p == OSAI.isEvidenceFor
        )
        return edit.predicate in shown

    def describes(self, node: URIRef) -> bool:
        """Return whether anything is said of a node."""
        return node in self._about

    def _new_component(self, node: URIRef, kind: URIRef) -> Iterator[Triple]:
        name = node.rpartition("#")[2].replace("-", " ")
        yield self.system, OSAI.hasComponent, node
        yield node, RDF.type, kind
        yield node, RDFS.label, Literal(name, lang="en")


def assumption(edit: Edit) -> Iterator[Triple]:
    """Yield the evidence that a changed fact is taken to have: else it would decide nothing."""
    if edit.values:
        name = edit.predicate.rpartition("#")[2].rpartition("/")[2]
        evidence = URIRef(f"{edit.subject}{'-' if '#' in edit.subject else '#'}assumed-{name}")
        yield edit.subject, OSAI.hasEvidence, evidence
        yield evidence, OSAI.isEvidenceFor, edit.predicate


def license_edits(part: URIRef, license_: URIRef, kind: URIRef | None = None) -> tuple[Edit, ...]:
    """Return the edits by which a component is under this license and no other.

    A license that it was taken to inherit from the release gives way to one of its own.
    """
    return (
        Edit(part, DCTERMS.license, (license_,), kind),
        Edit(part, OSAI.hasInheritedLicense, ()),
    )


def availability_edit(part: URIRef, availability: URIRef, kind: URIRef | None = None) -> Edit:
    """Return the edit by which a component can be had as said."""
    return Edit(part, OSAI.hasAvailability, (availability,), kind)


#: Computed from facts and not a ground for any: frameworks, verdicts, what files say of themselves.
_COMPUTED = (str(FRAMEWORK), str(GRAPH))


def _reached(store: GraphStore, starts: set[URIRef]) -> set[Triple]:
    found: set[Triple] = set()
    seen: set[URIRef] = set()
    frontier = starts
    while frontier:
        seen |= frontier
        new = [t for t in _of(store, frontier) if not str(t[2]).startswith(_COMPUTED)]
        found.update(new)
        named = {o for _, _, o in new if isinstance(o, URIRef) and str(o).startswith(BASE)}
        frontier = {node for node in named if not str(node).startswith(_COMPUTED)} - seen
    return found


def _of(
    store: GraphStore, nodes: set[URIRef], graph: URIRef | None = None
) -> Iterator[tuple[Identifier, Identifier, Identifier]]:
    listed = sorted(nodes)
    pattern = "?s ?p ?o" if graph is None else f"GRAPH {graph.n3()} {{ ?s ?p ?o }}"
    for start in range(0, len(listed), _CHUNK):
        values = " ".join(node.n3() for node in listed[start : start + _CHUNK])
        rows = store.select(f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {values} }} {pattern} }}").rows
        for s, p, o in rows:
            if s is not None and p is not None and o is not None:
                yield s, p, o
