"""reading gets from the store what a record is described with: its triples, labels and sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from rdflib import RDF, Literal, URIRef
from rdflib.term import Identifier

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import (
    DCTERMS,
    INFERRED_GRAPH,
    OSAI,
    PROV,
    RDFS,
    SCHEMA,
    SKOS,
    shorten,
)
from osai_graph.records.model import Thing

Triple = tuple[Identifier, Identifier, Identifier]

#: From a record to the nodes that are described with it.
_PARTS = (OSAI.hasComponent, OSAI.hasItems, OSAI.hasRestriction, OSAI.hasEvidence)


@dataclass
class Excerpt:
    """Triples of some nodes, each marked as stated or inferred, with labels for all they name."""

    values: dict[Identifier, dict[Identifier, list[Identifier]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    inferred: set[Triple] = field(default_factory=set)
    labels: dict[str, str] = field(default_factory=dict)

    def add(self, triples: Iterable[Triple]) -> None:
        """Take in triples; order is made the same for equal sets."""
        for s, p, o in sorted(set(triples)):
            if o not in self.values[s][p]:
                self.values[s][p].append(o)

    def all(self, subject: Identifier, predicate: URIRef) -> list[Identifier]:
        """Return the values of a property, none if there are none."""
        node = self.values.get(subject)
        return list(node.get(predicate, ())) if node else []

    def one(self, subject: Identifier, predicate: URIRef) -> Identifier | None:
        """Return the first value of a property."""
        return next(iter(self.all(subject, predicate)), None)

    def text(self, subject: Identifier, predicate: URIRef) -> str | None:
        """Return the first value of a property as text."""
        value = self.one(subject, predicate)
        return None if value is None else str(value)

    def label(self, term: Identifier) -> str:
        """Return the label of a thing, or else its prefixed name."""
        return self.labels.get(str(term)) or shorten(str(term))

    def thing(self, term: Identifier | None) -> Thing | None:
        """Return a thing with its label."""
        return None if term is None else Thing(str(term), self.label(term))

    def things(self, terms: Iterable[Identifier]) -> tuple[Thing, ...]:
        """Return things with their labels, sorted by label."""
        found = {Thing(str(term), self.label(term)) for term in terms}
        return tuple(sorted(found, key=lambda t: (t.label.casefold(), t.iri)))


def iri_list(terms: Iterable[Identifier]) -> str:
    """Return IRIs as they stand in a VALUES block, sorted."""
    return " ".join(term.n3() for term in sorted(set(terms)) if isinstance(term, URIRef))


def read_parts(store: GraphStore, iri: URIRef) -> Excerpt:
    """Return the triples of a record, of its components and restrictions, and of their evidence."""
    excerpt = Excerpt()
    nodes = _reached(store, {iri}, _PARTS)
    values = iri_list(nodes)
    excerpt.add(_triples_about(store, nodes))
    inferred = (
        f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {values} }} "
        f"GRAPH <{INFERRED_GRAPH}> {{ ?s ?p ?o }} }}"
    )
    excerpt.inferred = set(_rows(store, inferred))
    return excerpt


def _triples_about(store: GraphStore, nodes: Iterable[Identifier]) -> list[Triple]:
    return _rows(store, f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {iri_list(nodes)} }} ?s ?p ?o }}")


def _reached(
    store: GraphStore, nodes: set[Identifier], properties: Iterable[URIRef]
) -> set[Identifier]:
    """Return nodes and all that properties lead to from them, found step by step.

    A path of any length would find them at once, but not every server takes one here.
    """
    found: set[Identifier] = set()
    newest = nodes
    while newest:
        found |= newest
        rows = store.select(
            f"SELECT DISTINCT ?part WHERE {{ VALUES ?s {{ {iri_list(newest)} }} "
            f"VALUES ?p {{ {iri_list(properties)} }} ?s ?p ?part }}"
        ).rows
        newest = {part for (part,) in rows if part is not None} - found
    return found


def read_labels(store: GraphStore, excerpt: Excerpt, more: Iterable[Identifier] = ()) -> None:
    """Look up labels for every IRI that the excerpt names and has no label for yet."""
    terms: set[Identifier] = set(more)
    for subject, node in excerpt.values.items():
        terms.add(subject)
        for predicate, objects in node.items():
            terms.add(predicate)
            terms.update(objects)
    wanted = iri_list(term for term in terms if str(term) not in excerpt.labels)
    rows = store.select(
        f"SELECT ?x ?label ?rank WHERE {{ VALUES ?x {{ {wanted} }} "
        f"VALUES (?p ?rank) {{ (<{RDFS.label}> 1) (<{SKOS.prefLabel}> 2) (<{DCTERMS.title}> 3) }} "
        f"?x ?p ?label }}"
    ).rows
    for term, label, _ in sorted(rows, key=lambda row: _label_order(row[1], row[2])):
        excerpt.labels.setdefault(str(term), str(label))


def _label_order(label: Identifier | None, rank: Identifier | None) -> tuple[bool, str, str]:
    """English and untagged names come first, then labels before titles, then the alphabet."""
    foreign = isinstance(label, Literal) and (label.language or "en").partition("-")[0] != "en"
    return foreign, str(rank), str(label)


def read_superclasses(
    store: GraphStore, types: Iterable[Identifier]
) -> dict[Identifier, set[Identifier]]:
    """Return, for each of the types, the classes above it: the graph holds the closure."""
    rows = store.select(
        f"SELECT ?c ?super WHERE {{ VALUES ?c {{ {iri_list(types)} }} "
        f"?c <{RDFS.subClassOf}> ?super }}"
    ).rows
    above: dict[Identifier, set[Identifier]] = defaultdict(set)
    for c, sup in rows:
        if c is not None and sup is not None and sup != c:
            above[c].add(sup)
    return above


def read_sources(store: GraphStore, iri: URIRef) -> list[dict[str, Identifier]]:
    """Return the named graphs that state the record, with what they say about themselves."""
    query = (
        "SELECT DISTINCT ?g ?who ?day ?license WHERE { "
        f"GRAPH ?g {{ {iri.n3()} <{RDF.type}> ?type }} "
        f"FILTER(?g != <{INFERRED_GRAPH}>) "
        f"OPTIONAL {{ ?g <{PROV.wasAttributedTo}> ?who }} "
        f"OPTIONAL {{ ?g <http://purl.org/pav/retrievedOn> ?day }} "
        f"OPTIONAL {{ ?g <{DCTERMS.license}> ?license }} }} ORDER BY ?g"
    )
    answer = store.select(query)
    return [
        {name: term for name, term in zip(answer.variables, row, strict=True) if term is not None}
        for row in answer.rows
    ]


def read_claims(store: GraphStore, iri: URIRef, parts: Iterable[Identifier]) -> Excerpt:
    """Return claims about a record or its parts, claims of a document or collection, or the claim.

    Their corrections and all evidence come with them.
    """
    found = store.select(
        f"""SELECT DISTINCT ?claim WHERE {{
  {{ VALUES ?node {{ {iri_list({iri, *parts})} }} ?claim <{RDF.subject}>|<{SCHEMA.about}> ?node }}
  UNION {{ ?claim <{PROV.hadPrimarySource}> {iri.n3()} }}
  UNION {{ {iri.n3()} <{OSAI.hasClaim}> ?claim }}
  UNION {{ BIND({iri.n3()} AS ?claim) }}
  ?claim <{RDF.type}> <{OSAI.Claim}> }}"""
    )
    claims = [row[0] for row in found.rows if row[0] is not None]
    if not claims:
        return Excerpt()
    corrections = store.select(
        f"SELECT ?x WHERE {{ VALUES ?claim {{ {iri_list(claims)} }} ?x <{OSAI.corrects}> ?claim }}"
    )
    nodes = {*claims, *(row[0] for row in corrections.rows if row[0] is not None)}
    excerpt = Excerpt()
    excerpt.add(_triples_about(store, _reached(store, nodes, (OSAI.hasEvidence,))))
    return excerpt


def read_mentions(store: GraphStore, iri: URIRef) -> list[tuple[Identifier, Identifier]]:
    """Return what points at a record, as pairs of subject and property; claims are left out."""
    slots = " ".join(
        f"<{p}>"
        for p in (
            RDF.subject,
            RDF.object,
            SCHEMA.about,
            SCHEMA.mainEntity,
            OSAI.hasCandidate,
            PROV.wasAttributedTo,
            DCTERMS.creator,
            DCTERMS.hasPart,
            OSAI.hasClaim,
            OSAI.isBecauseOf,
            OSAI.ofFramework,
            OSAI.ofRequirement,
            OSAI.positionValue,
            "http://www.w3.org/ns/earl#subject",
        )
    )
    rows = store.select(
        f"SELECT DISTINCT ?s ?p WHERE {{ ?s ?p {iri.n3()} "
        f"MINUS {{ VALUES ?p {{ {slots} }} ?s ?p {iri.n3()} }} }}"
    ).rows
    return [(s, p) for s, p in rows if s is not None and p is not None and s != iri]


def _rows(store: GraphStore, query: str) -> list[Triple]:
    rows = store.select(query).rows
    return [(s, p, o) for s, p, o in rows if s is not None and p is not None and o is not None]
