"""checking validates entries in the context of the graph, and the graph as a whole."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph, URIRef
from rdflib.term import Node

from osai_graph import resources
from osai_graph.graph.store import EmbeddedStore, to_rdflib
from osai_graph.namespaces import BASE, INFERRED_GRAPH, OSAI, OWL, RDF, RDFS, SKOS
from osai_graph.reasoning.materialize import materialize
from osai_graph.reasoning.rules import Rule as InferenceRule
from osai_graph.reasoning.rules import Triple
from osai_graph.validation.context import GraphContext, inference_rules, ontology_quads
from osai_graph.validation.engine import Violation, in_order, run_core, run_sparql
from osai_graph.validation.entries import READING_RULES, Entry, files_of, read_entries
from osai_graph.validation.findings import Finding, Report, Severity
from osai_graph.validation.neighborhood import gather, triples_of
from osai_graph.validation.shapes import Shapes, ShapeSets, load_shapes
from osai_graph.validation.suggestions import Suggester, license_resolver
from osai_graph.validation.wording import sort_findings, to_findings, without_consequences


def validate(
    paths: Iterable[Path],
    context: GraphContext | None = None,
    *,
    root: Path | None = None,
) -> Report:
    """Check files as if they were added to the graph, or took the place of their older versions.

    All files are looked at together, so they may refer to one another. A file that cannot be read
    becomes a finding; the others are checked all the same.

    Args:
        paths: Turtle files, or directories that hold some.
        context: the graph; without it the files are all there is besides the ontology.
        root: where the ontology lies, when there is no context.

    Raises:
        GraphError: the ontology or the shapes cannot be read, or a shape is malformed.
    """
    started = time.perf_counter()
    base = context.root if context else root
    files, missing = _find(paths)
    entries, findings = read_entries(files, base)
    shapes = load_shapes(_ontology_root(base))
    if entries:
        findings += _check(entries, shapes, context, _ontology_root(base))
    return Report(
        findings=sort_findings(without_consequences([*missing, *findings])),
        files=tuple(str(path) for path in files),
        facts=sum(len(entry.graph) for entry in entries),
        evidence=sum(_evidence_count(entry) for entry in entries),
        rules=len({rule.code for rule in shapes.rules.values()} | set(READING_RULES)),
        seconds=round(time.perf_counter() - started, 3),
    )


def validate_graph(root: Path | None = None) -> Report:
    """Check all data files below ``root`` (by default: the shipped ones) with all shapes.

    Raises:
        GraphError: as `validate`; or there is no data.
    """
    base = root or resources.graph_root()
    return validate([base / "data"], root=base)


def _ontology_root(base: Path | None) -> Path:
    shipped = resources.graph_root()
    return base if base and (base / "ontology").is_dir() else shipped


def _find(paths: Iterable[Path]) -> tuple[list[Path], list[Finding]]:
    files: dict[Path, None] = {}
    findings = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob("*.ttl"))
            if not inside:
                findings.append(_nothing(path, f"{path} holds no Turtle file."))
            files.update(dict.fromkeys(inside))
        elif path.exists():
            files[path] = None
        else:
            findings.append(_nothing(path, f"There is no file {path}."))
    return list(files), findings


def _nothing(path: Path, message: str) -> Finding:
    fix = "Name a .ttl file, or a directory that has one."
    return Finding("OSAI-S04", Severity.ERROR, str(path), message, fix)


def _evidence_count(entry: Entry) -> int:
    kinds = (OSAI.Evidence, OSAI.Search)
    return len({s for kind in kinds for s in entry.graph.subjects(RDF.type, kind)})


def _check(
    entries: Sequence[Entry],
    shapes: ShapeSets,
    context: GraphContext | None,
    root: Path,
) -> list[Finding]:
    graphs = _WorkingGraphs(root)
    if context:
        graphs.add(gather(context.store, entries))
    for entry in entries:
        graphs.add(triples_of(entry))
    places = files_of(entries)
    suggester = _suggester(graphs.data, context)
    wording = partial(
        to_findings, rules=shapes.rules, places=places, data=graphs.data, suggester=suggester
    )
    headers = [entry.header for entry in entries]
    findings = wording(_apply(shapes.stated, graphs, places, headers))
    graphs.conclude(context.rules if context else inference_rules(root))
    nodes = {*places, *_claims_about(graphs.data, places)}
    return findings + wording(_apply(shapes.inferred, graphs, nodes))


class _WorkingGraphs:
    """The same triples twice, as each engine needs them: rdflib for pySHACL, a store for SPARQL."""

    def __init__(self, root: Path) -> None:
        self.data = Graph(bind_namespaces="none")
        self.store = EmbeddedStore()
        default = ox.DefaultGraph()
        quads = [ox.Quad(q.subject, q.predicate, q.object, default) for q in ontology_quads(root)]
        self.store.engine.extend(quads)
        for triple in _terms(root):
            self.data.add(triple)

    def add(self, triples: Iterable[Triple]) -> None:
        """Add stated triples."""
        stated = list(triples)
        self.store.add(stated)
        for triple in stated:
            self.data.add(triple)

    def conclude(self, rules: Iterable[InferenceRule]) -> None:
        """Add what follows by the rules."""
        materialize(self.store, rules)
        inferred = ox.NamedNode(str(INFERRED_GRAPH))
        for quad in self.store.engine.quads_for_pattern(None, None, None, inferred):
            subject, predicate, value = quad.subject, quad.predicate, quad.object
            self.data.add((to_rdflib(subject), to_rdflib(predicate), to_rdflib(value)))


def _apply(
    shapes: Shapes, graphs: _WorkingGraphs, nodes: Iterable[Node], headers: Iterable[Node] = ()
) -> list[Violation]:
    targets = shapes.targets(nodes, graphs.data, headers)
    found = list(run_core(graphs.data, shapes.core_graph(targets)))
    for constraint in shapes.sparql_constraints:
        found += run_sparql(graphs.store, constraint, targets[constraint.shape])
    return in_order(found)


def _claims_about(data: Graph, places: Mapping[Node, str]) -> set[Node]:
    """Return the claims that name a triple about a node of the entries."""
    return {claim for claim, subject in data.subject_objects(RDF.subject) if subject in places}


@lru_cache(maxsize=4)
def _terms(root: Path) -> tuple[tuple[Node, Node, Node], ...]:
    """Return the triples of the ontology; definitions and notes are of no use to a shape."""
    dropped = {str(SKOS.definition), str(SKOS.example), str(SKOS.scopeNote)}
    return tuple(
        (to_rdflib(q.subject), to_rdflib(q.predicate), to_rdflib(q.object))
        for q in ontology_quads(root)
        if q.predicate.value not in dropped
    )


def _suggester(data: Graph, context: GraphContext | None) -> Suggester:
    defined = {str(s) for s in data.subjects(RDFS.isDefinedBy) if str(s).startswith(OSAI)}
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    properties = defined & {str(s) for kind in kinds for s in data.subjects(RDF.type, kind)}
    resolver = license_resolver(context.store) if context else None
    names = partial(_names, data, context)
    return Suggester(properties, defined - properties, names, resolver)


def _names(data: Graph, context: GraphContext | None) -> Mapping[str, set[str]]:
    """Return the names of every record of the graph and of the entries."""
    pairs = [pair for prop in (RDFS.label, SKOS.altLabel) for pair in data.subject_objects(prop)]
    if context:
        rows = context.store.select(
            f"SELECT ?s ?name WHERE {{ ?s {RDFS.label.n3()}|{SKOS.altLabel.n3()} ?name "
            f'FILTER (STRSTARTS(STR(?s), "{BASE}")) }}'
        ).rows
        pairs += [(s, name) for s, name in rows]  # type: ignore[misc]
    names: dict[str, set[str]] = {}
    for thing, name in pairs:
        if isinstance(thing, URIRef) and thing.startswith(BASE) and "#" not in thing:
            names.setdefault(str(thing), set()).add(str(name))
    return names
