"""chains follows a system to its ancestors and finds the restrictions that come down with it.

A restriction comes down a chain where the license of an ancestor's weights makes it hold for
modified versions (``osai:bindsDerivatives``) and it takes a freedom. Training on data or on the
output of another model is no derivation of parameters: whether terms reach that far is contested,
so those relations are kept apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rdflib import Graph, Literal, URIRef
from rdflib.term import Identifier

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import DCTERMS, OSAI, RDF, RDFS, shorten

#: The kinds of derivation, most specific first; the general one counts where no other is stated.
DERIVATIONS = (
    OSAI.fineTunedFrom,
    OSAI.isAdapterOf,
    OSAI.quantizedFrom,
    OSAI.mergedFrom,
    OSAI.continuedFrom,
    OSAI.isDerivedFrom,
)

#: Relations of which it is contested whether terms pass along them.
CONTESTED = (OSAI.distilledFrom, OSAI.trainedOnOutputsOf, OSAI.learnedFrom, OSAI.trainedOn)

#: A relation is left out where a more specific one holds between the same two.
_GENERAL = (OSAI.isDerivedFrom, OSAI.learnedFrom)

_FREEDOMS = (OSAI.FreedomToUse, OSAI.FreedomToStudy, OSAI.FreedomToModify, OSAI.FreedomToShare)


@dataclass(frozen=True)
class Named:
    """A thing with the name that people read."""

    iri: URIRef
    label: str


@dataclass(frozen=True)
class Clause:
    """A restriction of a license, where it stands and which freedoms it takes.

    ``binds`` is ``None`` where nobody has checked whether it holds for modified versions.
    """

    iri: URIRef
    kind: str
    license: Named
    locator: str | None
    says: str | None
    takes: tuple[Named, ...]
    binds: bool | None


@dataclass(frozen=True)
class Terms:
    """The licenses of something and their restrictions that take a freedom."""

    licenses: tuple[Named, ...] = ()
    clauses: tuple[Clause, ...] = ()

    @property
    def binding(self) -> tuple[Clause, ...]:
        """The restrictions that hold for modified versions too."""
        return tuple(clause for clause in self.clauses if clause.binds)

    @property
    def unclear(self) -> tuple[Clause, ...]:
        """The restrictions of which it is not known whether they hold for modified versions."""
        return tuple(clause for clause in self.clauses if clause.binds is None)


@dataclass(frozen=True)
class Step:
    """A system that another descends from, in one hop, and what lies beyond it.

    ``repeated`` marks a system whose own ancestors stand elsewhere in the tree, ``circular`` one
    that comes before itself on its own path.
    """

    relation: Named
    system: Named
    terms: Terms
    steps: tuple[Step, ...] = ()
    repeated: bool = False
    circular: bool = False


@dataclass(frozen=True)
class Contested:
    """A relation along which it is contested whether terms pass: from whom, how, to what."""

    system: Named
    relation: Named
    source: Named
    terms: Terms


@dataclass(frozen=True)
class Excess:
    """A declared license that grants a freedom which a restriction of an ancestor takes.

    ``same_maker`` tells that system and ancestor share a maker, who may license anew what is its
    own.
    """

    weights: Named
    declared: Named
    freedom: Named
    ancestor: Named
    clause: Clause
    same_maker: bool = False


@dataclass(frozen=True)
class Chain:
    """A system with its ancestors, the contested relations, and what its license exceeds."""

    system: Named
    terms: Terms
    steps: tuple[Step, ...] = ()
    contested: tuple[Contested, ...] = ()
    excesses: tuple[Excess, ...] = ()

    def ancestors(self) -> tuple[Step, ...]:
        """Return every step of the tree, nearest first, each system once."""
        found: dict[URIRef, Step] = {}
        level = list(self.steps)
        while level:
            for step in level:
                if not step.circular:
                    found.setdefault(step.system.iri, step)
            level = [below for step in level for below in step.steps]
        return tuple(found.values())

    def inherited(self) -> tuple[tuple[Step, Clause], ...]:
        """Return the binding restrictions of the ancestors, nearest ancestor first."""
        return tuple((step, clause) for step in self.ancestors() for clause in step.terms.binding)


def chain_of(store: GraphStore, system: URIRef) -> Chain:
    """Return the chain of a system.

    Args:
        store: a built graph, whose ``osai:hasAncestor`` is closed.
        system: the IRI of a system; one that descends from nothing has an empty chain.
    """
    lineage = _read_lineage(store, system)
    steps = _Tree(lineage).below(system, (system,))
    chain = Chain(lineage.named(system), lineage.terms_of(system), steps, _contested(lineage))
    excesses = _excesses(lineage, system, chain.inherited())
    return Chain(chain.system, chain.terms, chain.steps, chain.contested, excesses)


@dataclass
class _Lineage:
    """What the graph says of a system and its ancestors: edges, terms and names."""

    edges: dict[URIRef, list[tuple[URIRef, URIRef]]]
    contested: dict[URIRef, list[tuple[URIRef, URIRef]]]
    terms: Mapping[URIRef, Terms]
    labels: Mapping[URIRef, str]
    own: list[tuple[Named, Named, Named]] = field(default_factory=list)
    makers: dict[URIRef, set[URIRef]] = field(default_factory=dict)

    def named(self, iri: URIRef) -> Named:
        return Named(iri, self.labels.get(iri, shorten(iri)))

    def terms_of(self, iri: URIRef) -> Terms:
        return self.terms.get(iri, Terms())


class _Tree:
    def __init__(self, lineage: _Lineage) -> None:
        self.lineage = lineage
        self.expanded: set[URIRef] = set()

    def below(self, system: URIRef, path: tuple[URIRef, ...]) -> tuple[Step, ...]:
        self.expanded.add(system)
        found: list[Step] = []
        for relation, parent in self.lineage.edges.get(system, []):
            circular, repeated = parent in path, parent in self.expanded
            steps = () if circular or repeated else self.below(parent, (*path, parent))
            more = repeated and not circular and bool(self.lineage.edges.get(parent))
            name, terms = self.lineage.named(parent), self.lineage.terms_of(parent)
            found.append(Step(self.lineage.named(relation), name, terms, steps, more, circular))
        return tuple(found)


def _contested(lineage: _Lineage) -> tuple[Contested, ...]:
    return tuple(
        Contested(
            lineage.named(system),
            lineage.named(relation),
            lineage.named(source),
            lineage.terms_of(source),
        )
        for system, edges in lineage.contested.items()
        for relation, source in edges
    )


def _excesses(
    lineage: _Lineage, system: URIRef, inherited: Iterable[tuple[Step, Clause]]
) -> tuple[Excess, ...]:
    clauses, makers = list(inherited), lineage.makers
    return tuple(
        Excess(
            weights,
            license_,
            freedom,
            step.system,
            clause,
            bool(makers.get(system, set()) & makers.get(step.system.iri, set())),
        )
        for weights, license_, freedom in lineage.own
        for step, clause in clauses
        if freedom in clause.takes
    )


def _read_lineage(store: GraphStore, system: URIRef) -> _Lineage:
    ancestors = store.select(
        f"SELECT DISTINCT ?to WHERE {{ {system.n3()} {OSAI.hasAncestor.n3()} ?to }}"
    ).rows
    systems = [system, *sorted({_iri(row[0]) for row in ancestors} - {system})]
    edges, contested = (_read_edges(store, systems, kinds) for kinds in (DERIVATIONS, CONTESTED))
    sources = {source for found in contested.values() for _, source in found}
    artifacts = _read_artifacts(store, {*systems, *sources})
    terms = _read_terms(store, artifacts)
    named = {*systems, *sources, *DERIVATIONS, *CONTESTED}
    lineage = _Lineage(edges, contested, terms, _read_labels(store, named))
    lineage.own = _read_grants(store, artifacts.get(system, ()))
    lineage.makers = _read_makers(store, systems)
    return lineage


def _read_makers(store: GraphStore, systems: Iterable[URIRef]) -> dict[URIRef, set[URIRef]]:
    rows = store.select(
        f"SELECT ?system ?maker WHERE {{ VALUES ?system {{ {_values(systems)} }} "
        f"?system {OSAI.isDevelopedBy.n3()} ?maker }}"
    ).rows
    found: dict[URIRef, set[URIRef]] = defaultdict(set)
    for system, maker in rows:
        found[_iri(system)].add(_iri(maker))
    return dict(found)


def _iri(term: Identifier | None) -> URIRef:
    return URIRef(str(term))


def _values(terms: Iterable[URIRef]) -> str:
    return " ".join(term.n3() for term in sorted(set(terms)))


def _read_edges(
    store: GraphStore, systems: Iterable[URIRef], kinds: tuple[URIRef, ...]
) -> dict[URIRef, list[tuple[URIRef, URIRef]]]:
    """Return the relations of these kinds from each system, the general ones as a last resort."""
    rows = store.select(
        f"SELECT ?from ?relation ?to WHERE {{ VALUES ?from {{ {_values(systems)} }} "
        f"VALUES ?relation {{ {_values(kinds)} }} ?from ?relation ?to }}"
    ).rows
    between: dict[tuple[URIRef, URIRef], set[URIRef]] = defaultdict(set)
    for start, relation, end in rows:
        between[_iri(start), _iri(end)].add(_iri(relation))
    found: dict[URIRef, list[tuple[URIRef, URIRef]]] = defaultdict(list)
    for (start, end), relations in between.items():
        exact = relations.difference(_GENERAL) or relations
        found[start] += [(relation, end) for relation in exact]
    order = {kind: place for place, kind in enumerate(kinds)}
    return {s: sorted(found[s], key=lambda e: (order[e[0]], e[1])) for s in systems if s in found}


def _read_artifacts(
    store: GraphStore, things: Iterable[URIRef]
) -> dict[URIRef, tuple[URIRef, ...]]:
    """Return what of each thing carries terms on: the weights of a system, a dataset, its works."""
    rows = store.select(
        f"SELECT ?thing ?artifact WHERE {{ VALUES ?thing {{ {_values(things)} }} "
        f"{{ ?thing {OSAI.hasComponent.n3()} ?artifact . ?artifact a {OSAI.ModelWeights.n3()} }} "
        f"UNION {{ ?thing a {OSAI.Dataset.n3()} . ?thing {OSAI.hasItems.n3()}? ?artifact }} }}"
    ).rows
    found: dict[URIRef, set[URIRef]] = defaultdict(set)
    for thing, artifact in rows:
        found[_iri(thing)].add(_iri(artifact))
    return {thing: tuple(sorted(artifacts)) for thing, artifacts in found.items()}


_CLAUSES = f"""SELECT DISTINCT ?artifact ?license ?name ?clause ?kind ?locator ?says ?binds
  ?freedom ?freedomName WHERE {{
  VALUES ?artifact {{ %s }}
  ?artifact {DCTERMS.license.n3()}/{OSAI.combines.n3()}* ?license .
  OPTIONAL {{ ?license {RDFS.label.n3()} ?name }}
  OPTIONAL {{
    ?license {OSAI.hasRestriction.n3()} ?clause .
    ?clause {OSAI.takesFreedom.n3()} ?freedom .
    OPTIONAL {{ ?clause {OSAI.hasRestrictionKind.n3()}/{RDFS.label.n3()} ?kind }}
    OPTIONAL {{ ?clause {OSAI.locator.n3()} ?locator }}
    OPTIONAL {{ ?clause {DCTERMS.description.n3()} ?says }}
    OPTIONAL {{ ?clause {OSAI.bindsDerivatives.n3()} ?binds }}
    OPTIONAL {{ ?freedom {RDFS.label.n3()} ?freedomName }}
  }}
}}"""


def _read_terms(
    store: GraphStore, artifacts: Mapping[URIRef, tuple[URIRef, ...]]
) -> dict[URIRef, Terms]:
    every = {artifact for found in artifacts.values() for artifact in found}
    licenses: dict[URIRef, set[Named]] = defaultdict(set)
    clauses: dict[URIRef, dict[URIRef, Clause]] = defaultdict(dict)
    for row in store.select(_CLAUSES % _values(every)).rows:
        artifact, license_, name, node, *rest = row
        held = Named(_iri(license_), str(name or shorten(str(license_))))
        licenses[_iri(artifact)].add(held)
        if node is not None:
            here = clauses[_iri(artifact)]
            here[_iri(node)] = _clause(_iri(node), held, rest, here.get(_iri(node)))
    return {
        thing: Terms(
            tuple(sorted({n for a in found for n in licenses[a]}, key=lambda n: n.iri)),
            tuple(sorted({c for a in found for c in clauses[a].values()}, key=_clause_order)),
        )
        for thing, found in artifacts.items()
    }


def _clause(
    node: URIRef, held: Named, values: list[Identifier | None], known: Clause | None
) -> Clause:
    """Return a restriction from one row of the answer, with the freedoms of the rows before."""
    kind, locator, says, binds, freedom, name = values
    taken = Named(_iri(freedom), str(name or shorten(str(freedom))))
    takes = {*(known.takes if known else ()), taken}
    return Clause(
        iri=node,
        kind=str(kind or "restriction"),
        license=held,
        locator=None if locator is None else str(locator),
        says=None if says is None else str(says),
        takes=tuple(sorted(takes, key=_freedom_order)),
        binds=None if binds is None else str(binds) in ("true", "1"),
    )


def _freedom_order(freedom: Named) -> tuple[int, str]:
    known = freedom.iri in _FREEDOMS
    return (_FREEDOMS.index(freedom.iri) if known else len(_FREEDOMS)), freedom.iri


def _clause_order(clause: Clause) -> tuple[str, str, str]:
    return clause.license.iri, clause.kind, clause.iri


def _read_grants(store: GraphStore, weights: Iterable[URIRef]) -> list[tuple[Named, Named, Named]]:
    """Return which freedoms the declared licenses of the weights grant."""
    rows = store.select(
        f"SELECT ?weights ?label ?license ?name ?freedom ?called WHERE {{ "
        f"VALUES ?weights {{ {_values(weights)} }} ?weights {DCTERMS.license.n3()} ?license . "
        f"?license {OSAI.grantsFreedom.n3()} ?freedom . "
        f"OPTIONAL {{ ?weights {RDFS.label.n3()} ?label }} "
        f"OPTIONAL {{ ?license {RDFS.label.n3()} ?name }} "
        f"OPTIONAL {{ ?freedom {RDFS.label.n3()} ?called }} }}"
    ).rows
    found = {
        tuple(
            Named(_iri(x), str(y or shorten(str(x)))) for x, y in zip(r[::2], r[1::2], strict=True)
        )
        for r in rows
    }
    ordered = sorted(found, key=lambda f: (f[0].iri, f[1].iri, _freedom_order(f[2])))
    return [(part, license_, freedom) for part, license_, freedom in ordered]


def _read_labels(store: GraphStore, terms: Iterable[URIRef]) -> dict[URIRef, str]:
    rows = store.select(
        f"SELECT ?x ?label WHERE {{ VALUES ?x {{ {_values(terms)} }} ?x {RDFS.label.n3()} ?label }}"
    ).rows
    return {_iri(term): str(label) for term, label in rows}


def chain_graph(chain: Chain) -> Graph:
    """Return a chain as RDF: its edges, the licenses, the restrictions and what is inherited.

    Contested relations are in it as what they are; no restriction follows along them.
    """
    graph = Graph()
    for prefix, namespace in (("osai", OSAI), ("dcterms", DCTERMS)):
        graph.bind(prefix, str(namespace))
    _add_name(graph, chain.system)
    _add_steps(graph, chain.system.iri, chain.steps)
    for step, clause in chain.inherited():
        graph.add((chain.system.iri, OSAI.inheritsRestriction, clause.iri))
        _add_clause(graph, clause)
        _add_name(graph, step.system)
    for contested in chain.contested:
        graph.add((contested.system.iri, contested.relation.iri, contested.source.iri))
        _add_name(graph, contested.source)
    return graph


def _add_name(graph: Graph, thing: Named) -> None:
    graph.add((thing.iri, RDFS.label, Literal(thing.label, lang="en")))


def _add_steps(graph: Graph, system: URIRef, steps: Iterable[Step]) -> None:
    for step in steps:
        graph.add((system, step.relation.iri, step.system.iri))
        _add_name(graph, step.system)
        _add_steps(graph, step.system.iri, step.steps)


def _add_clause(graph: Graph, clause: Clause) -> None:
    graph.add((clause.license.iri, OSAI.hasRestriction, clause.iri))
    graph.add((clause.iri, RDF.type, OSAI.Restriction))
    _add_name(graph, clause.license)
    for freedom in clause.takes:
        graph.add((clause.iri, OSAI.takesFreedom, freedom.iri))
    if clause.locator:
        graph.add((clause.iri, OSAI.locator, Literal(clause.locator, lang="en")))
    if clause.says:
        graph.add((clause.iri, DCTERMS.description, Literal(clause.says, lang="en")))
