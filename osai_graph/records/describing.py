"""describing puts together what the graph says of one record, as `model.Record`."""

from __future__ import annotations

from collections.abc import Sequence

from rdflib import RDF, URIRef
from rdflib.term import Identifier

from osai_graph.errors import UnknownNameError
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import BASE, DCTERMS, GRAPH, OSAI, SKOS, shorten
from osai_graph.records.claims import claim_views
from osai_graph.records.evidence import evidence_views
from osai_graph.records.facts import LINEAGE, fact_groups, part_facts
from osai_graph.records.freedoms import (
    FREEDOMS,
    Taking,
    artifact_freedoms,
    license_freedoms,
    read_takings,
    restriction_views,
    system_freedoms,
)
from osai_graph.records.model import (
    Claim,
    Component,
    FreedomStanding,
    Record,
    Relation,
    Source,
    Thing,
)
from osai_graph.records.reading import (
    Excerpt,
    read_claims,
    read_labels,
    read_mentions,
    read_parts,
    read_sources,
    read_superclasses,
)
from osai_graph.records.verdicts import read_verdicts


def describe(store: GraphStore, iri: URIRef) -> Record:
    """Return everything the graph says of a record, a component or a term.

    Raises:
        UnknownNameError: the graph says nothing of it; `find` turns names into IRIs.
    """
    excerpt = read_parts(store, iri)
    if not excerpt.values:
        raise UnknownNameError("record", shorten(str(iri)), [])
    parts = [*excerpt.all(iri, OSAI.hasComponent), *excerpt.all(iri, OSAI.hasItems)]
    mentions = read_mentions(store, iri)
    sources = read_sources(store, iri)
    named = [term for pair in mentions for term in pair]
    named += [term for source in sources for term in source.values()]
    read_labels(store, excerpt, [*named, *FREEDOMS])
    licenses = {term for node in (iri, *parts) for term in excerpt.all(node, DCTERMS.license)}
    takings = read_takings(store, {iri, *licenses})
    kinds = _kinds(store, excerpt, [iri, *parts])
    lineage, others = _split_mentions(excerpt, iri, mentions)
    return Record(
        iri=str(iri),
        identifier=str(iri)[len(BASE) :].partition("/")[2] if iri.startswith(BASE) else str(iri),
        route=str(iri)[len(BASE) :].partition("/")[0] if iri.startswith(BASE) else "",
        kind=kinds[iri],
        label=excerpt.label(iri),
        alternative_labels=tuple(sorted(map(str, excerpt.all(iri, SKOS.altLabel)))),
        description=excerpt.text(iri, DCTERMS.description) or excerpt.text(iri, SKOS.definition),
        facts=fact_groups(excerpt, iri),
        freedoms=_freedoms(excerpt, iri, takings),
        components=_components(excerpt, kinds, takings),
        restrictions=restriction_views(excerpt, iri),
        lineage=lineage,
        claims=_claims(store, iri, parts),
        evidence=evidence_views(excerpt, iri),
        mentions=others,
        sources=tuple(_source(excerpt, source) for source in sources),
        verdicts=read_verdicts(store, iri),
    )


def _claims(store: GraphStore, iri: URIRef, parts: Sequence[Identifier]) -> tuple[Claim, ...]:
    excerpt = read_claims(store, iri, parts)
    read_labels(store, excerpt)
    return claim_views(excerpt)


def _kinds(
    store: GraphStore, excerpt: Excerpt, nodes: Sequence[Identifier]
) -> dict[Identifier, Thing]:
    """Return for each node the most specific class that a file states, ours if there is one."""
    above = read_superclasses(store, {t for n in nodes for t in excerpt.all(n, RDF.type)})
    kinds = {}
    for node in nodes:
        types = excerpt.all(node, RDF.type)
        stated = [t for t in types if (node, RDF.type, t) not in excerpt.inferred] or types
        ours = [t for t in stated if str(t).startswith(str(OSAI))] or stated
        general = {sup for t in ours for sup in above.get(t, ())}
        chosen = next((t for t in ours if t not in general), None)
        kinds[node] = _thing(excerpt, chosen) if chosen else Thing("", "thing")
    return kinds


def _freedoms(
    excerpt: Excerpt, iri: URIRef, takings: Sequence[Taking]
) -> tuple[FreedomStanding, ...]:
    types = excerpt.all(iri, RDF.type)
    if OSAI.License in types:
        return license_freedoms(excerpt, iri, takings)
    if excerpt.all(iri, OSAI.hasComponent):
        return system_freedoms(excerpt, iri)
    if OSAI.Artifact in types or excerpt.all(iri, OSAI.hasAvailability):
        return artifact_freedoms(excerpt, iri, takings)
    return ()


def _components(
    excerpt: Excerpt, kinds: dict[Identifier, Thing], takings: Sequence[Taking]
) -> tuple[Component, ...]:
    components = [
        Component(
            iri=str(part),
            label=excerpt.label(part),
            kind=kinds[part],
            availability=excerpt.thing(excerpt.one(part, OSAI.hasAvailability)),
            licenses=excerpt.things(excerpt.all(part, DCTERMS.license)),
            freedoms=artifact_freedoms(excerpt, part, takings),
            evidence=evidence_views(excerpt, part),
            facts=part_facts(excerpt, part),
        )
        for part in list(kinds)[1:]  # the first is the record itself
    ]
    return tuple(sorted(components, key=lambda c: (_component_rank(c), c.kind.label, c.label)))


#: Kinds of component in the order of interest; the others follow, by name.
_FIRST = (
    "ModelWeights",
    "IntermediateCheckpoint",
    "SourceCode",
    "TrainingCode",
    "InferenceCode",
    "ModelArchitecture",
    "FineTuningCode",
    "DataPreprocessingCode",
    "EvaluationCode",
    "TrainingData",
    "DataInformation",
)


def _component_rank(component: Component) -> int:
    name = component.kind.iri.rpartition("#")[2]
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _split_mentions(
    excerpt: Excerpt, iri: URIRef, mentions: Sequence[tuple[Identifier, Identifier]]
) -> tuple[tuple[Relation, ...], tuple[Relation, ...]]:
    """Return lineage in both directions, and what else points at the record, by property."""
    lineage = []
    for relation in LINEAGE:
        targets = [t for t in excerpt.all(iri, relation) if _adds(excerpt, iri, relation, t)]
        if targets:
            stated = any((iri, relation, t) not in excerpt.inferred for t in targets)
            lineage.append(Relation(_thing(excerpt, relation), excerpt.things(targets), not stated))
    incoming: dict[Identifier, list[Identifier]] = {}
    for subject, predicate in mentions:
        incoming.setdefault(predicate, []).append(subject)
    others = [
        Relation(_thing(excerpt, predicate), excerpt.things(subjects))
        for predicate, subjects in incoming.items()
    ]
    others.sort(key=lambda relation: (relation.property.label, relation.property.iri))
    return tuple(lineage), tuple(others)


def _adds(excerpt: Excerpt, iri: URIRef, relation: URIRef, target: Identifier) -> bool:
    """Tell whether a relation says more than a stated, more specific one to the same system."""
    if (iri, relation, target) not in excerpt.inferred:
        return True
    stated = [r for r in LINEAGE if r != relation and target in excerpt.all(iri, r)]
    return all((iri, r, target) in excerpt.inferred for r in stated) and relation in (
        OSAI.hasAncestor,
    )


def _thing(excerpt: Excerpt, term: Identifier) -> Thing:
    return Thing(str(term), excerpt.label(term))


def _source(excerpt: Excerpt, source: dict[str, Identifier]) -> Source:
    graph = str(source["g"])
    return Source(
        graph=graph,
        path=graph.removeprefix(str(GRAPH)) + ".ttl",
        attributed_to=excerpt.thing(source.get("who")),
        retrieved_on=str(source["day"]) if "day" in source else None,
        license=excerpt.thing(source.get("license")),
    )
