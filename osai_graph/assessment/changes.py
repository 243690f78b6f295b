"""changes reads what a person wants to change about a system: ``weights.license=MIT``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from rdflib import URIRef

from osai_graph.assessment.scratch import Edit, availability_edit, license_edits
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import DCTERMS, OSAI, RDF, RDFS
from osai_graph.reasoning.verbalization import Labels

#: Relations to what a system was made from, by their names on the command line.
RELATIONS = {
    "fine-tuned-from": OSAI.fineTunedFrom,
    "continued-from": OSAI.continuedFrom,
    "merged-from": OSAI.mergedFrom,
    "quantized-from": OSAI.quantizedFrom,
    "adapter-of": OSAI.isAdapterOf,
    "distilled-from": OSAI.distilledFrom,
    "trained-on-outputs-of": OSAI.trainedOnOutputsOf,
    "incorporates": OSAI.incorporates,
    "trained-on": OSAI.trainedOn,
}

#: What takes parameters over from another system; ``base`` stands for whichever a system has.
BASES = ("fine-tuned-from", "continued-from", "merged-from", "quantized-from", "adapter-of")

PROPERTIES = {"license": DCTERMS.license, "availability": OSAI.hasAvailability}


class Resolver(Protocol):
    """Turns names that people use into nodes of the graph."""

    def license(self, name: str) -> URIRef:
        """Return the license that a name means; raises GraphError where it means none or many."""

    def record(self, name: str) -> URIRef:
        """Return the system or dataset that a name means; raises GraphError likewise."""


@dataclass(frozen=True)
class Change:
    """A change as it was asked for: in words, and as edits of facts."""

    text: str
    edits: tuple[Edit, ...]

    @property
    def others(self) -> tuple[URIRef, ...]:
        """The nodes that it refers to."""
        return tuple(v for edit in self.edits for v in edit.values if isinstance(v, URIRef))


class Reader:
    """Reads changes to a system.

    Args:
        store: the graph.
        system: the system.
        resolver: looks up licenses and records.
    """

    def __init__(self, store: GraphStore, system: URIRef, resolver: Resolver) -> None:
        self._store = store
        self._system = system
        self._resolver = resolver
        self._labels = Labels(store)
        rows = store.select(
            f"SELECT ?part WHERE {{ {system.n3()} {OSAI.hasComponent.n3()} ?part }}"
        ).rows
        self._parts = {str(part).rpartition("#")[2]: URIRef(str(part)) for (part,) in rows}

    def read(self, settings: Iterable[str], removals: Iterable[str] = ()) -> tuple[Change, ...]:
        """Return the changes that ``NAME=VALUE`` texts and names to remove ask for.

        Raises:
            GraphError: a text is no setting, says something twice, or names what does not exist.
        """
        changes: dict[str, Change] = {}
        for text in settings:
            target, sign, value = (part.strip() for part in text.partition("="))
            if not sign or not target or not value:
                raise GraphError(
                    f'"{text}" sets nothing.', "Write weights.license=Apache-2.0, or base=olmo-2."
                )
            self._note(changes, target, self._setting(target, value))
        for target in removals:
            self._note(changes, target.strip(), self._removal(target.strip()))
        return tuple(changes.values())

    @staticmethod
    def _note(changes: dict[str, Change], target: str, change: Change) -> None:
        if target in changes:
            raise GraphError(f"{target} is changed twice.", "Change each thing once.")
        changes[target] = change

    def _setting(self, target: str, value: str) -> Change:
        name, dot, property_name = target.rpartition(".")
        if not dot:
            return self._related(target, value)
        part, kind = self._part(name)
        if property_name not in PROPERTIES:
            raise UnknownNameError(
                "property of a component", property_name, PROPERTIES, _known(PROPERTIES)
            )
        if property_name == "license":
            license_ = self._resolver.license(value)
            edits = license_edits(part, license_, kind)
            return Change(f"{name} under {self._labels(license_)}", edits)
        availability = self._availability(value)
        edit = availability_edit(part, availability, kind)
        return Change(f"{name} {self._labels(availability)}", (edit,))

    def _related(self, target: str, value: str) -> Change:
        if target != "base" and target not in RELATIONS:
            self._fail_on(target)
        other = self._resolver.record(value)
        present = [name for name in BASES if self._has(RELATIONS[name])]
        name = target
        if target == "base":
            name = present[0] if present else BASES[0]
        cleared = present if target == "base" else []
        edits = [Edit(self._system, RELATIONS[old], ()) for old in cleared if old != name]
        edits.append(Edit(self._system, RELATIONS[name], (other,)))
        return Change(f"{self._labels(RELATIONS[name])} {self._labels(other)}", tuple(edits))

    def _removal(self, target: str) -> Change:
        if target == "base":
            edits = tuple(Edit(self._system, RELATIONS[name], ()) for name in BASES)
            return Change("made from no other system", edits)
        if target in RELATIONS:
            relation = RELATIONS[target]
            return Change(f"no “{self._labels(relation)}”", (Edit(self._system, relation, ()),))
        name, dot, property_name = target.rpartition(".")
        if dot and property_name in PROPERTIES and name in self._parts:
            predicates = [PROPERTIES[property_name]]
            if property_name == "license":
                predicates.append(OSAI.hasInheritedLicense)
            edits = tuple(Edit(self._parts[name], predicate, ()) for predicate in predicates)
            return Change(f"{property_name} of {name} not recorded", edits)
        if target not in self._parts:
            self._fail_on(target)
        part = self._parts[target]
        rows = self._store.select(f"SELECT DISTINCT ?p WHERE {{ {part.n3()} ?p ?o }}").rows
        predicates = sorted(URIRef(str(p)) for (p,) in rows)
        return Change(f"no {target} recorded", tuple(Edit(part, p, ()) for p in predicates))

    def _fail_on(self, name: str) -> None:
        plain = name.partition(".")[0]
        known = {*RELATIONS, *self._parts, "base"}
        remedy = "Write COMPONENT.license=..., COMPONENT.availability=... or base=..."
        raise UnknownNameError("component or relation", plain, known, remedy)

    def _has(self, relation: URIRef) -> bool:
        return self._store.ask(f"ASK {{ {self._system.n3()} {relation.n3()} ?other }}")

    def _part(self, name: str) -> tuple[URIRef, URIRef | None]:
        """Return a component by the fragment of its name; with its class where it is new."""
        if name in self._parts:
            return self._parts[name], None
        kinds = component_kinds(self._store)
        if name not in kinds:
            remedy = "Name a component as the data do, such as weights or training-code."
            raise UnknownNameError("component", name, {*kinds, *self._parts}, remedy)
        return URIRef(f"{self._system}#{name}"), kinds[name]

    def _availability(self, name: str) -> URIRef:
        rows = self._store.select(
            f"SELECT DISTINCT ?a WHERE {{ ?a {RDF.type.n3()} {OSAI.Availability.n3()} }}"
        ).rows
        known = {_kebab(str(a).rpartition("#")[2]): URIRef(str(a)) for (a,) in rows}
        key = _kebab(name.strip())
        if key not in known:
            raise UnknownNameError("availability", name, known, _known(known))
        return known[key]


def component_kinds(store: GraphStore) -> dict[str, URIRef]:
    """Return the classes of components by the names that components of theirs have.

    A name that the data use (``weights``) means the class that most components of that name are
    of; each class can be named by its own name too (``model-weights``).
    """
    listed = store.select(
        f"SELECT ?kind WHERE {{ ?kind {RDFS.subClassOf.n3()}+ {OSAI.Component.n3()} }}"
    ).rows
    classes = {URIRef(str(kind)) for (kind,) in listed if isinstance(kind, URIRef)}
    narrow = classes - {OSAI[name] for name in _GENERAL}
    found = {_kebab(kind.rpartition("#")[2]): kind for kind in sorted(narrow)}
    values = " ".join(kind.n3() for kind in sorted(narrow))
    rows = store.select(
        f"SELECT ?name ?kind (COUNT(*) AS ?count) WHERE {{ VALUES ?kind {{ {values} }} "
        f"?system {OSAI.hasComponent.n3()} ?part . ?part a ?kind . "
        "BIND (STRAFTER(STR(?part), '#') AS ?name) } GROUP BY ?name ?kind ORDER BY ?count ?kind"
    ).rows
    return found | {str(name): URIRef(str(kind)) for name, kind, _ in rows}


_GENERAL = (
    "ParameterComponent",
    "DataComponent",
    "CodeComponent",
    "DocumentComponent",
    "PreferredFormComponent",
)


def _kebab(name: str) -> str:
    """Return a name in lower case with hyphens.

    >>> _kebab("NotAvailable"), _kebab("not available")
    ('not-available', 'not-available')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[\s_]+", "-", name).lower()


def _known(names: Iterable[str]) -> str:
    return f"Known: {', '.join(sorted(names))}."
