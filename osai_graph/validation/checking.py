"""checking validates entries in the context of the graph, and the graph as a whole."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.term import Node

from osai_graph import resources
from osai_graph.namespaces import BASE, OSAI, RDF, RDFS, SKOS
from osai_graph.validation.context import GraphContext, inference_rules
from osai_graph.validation.contradictions import CODE as CONTRADICTION
from osai_graph.validation.contradictions import contradictions
from osai_graph.validation.engine import Violation, in_order, run_core, run_sparql
from osai_graph.validation.entries import READING_RULES, Entry, files_of, read_entries
from osai_graph.validation.findings import Finding, Report, Severity
from osai_graph.validation.neighborhood import Stated, gather
from osai_graph.validation.shapes import Rule, Shapes, load_shapes
from osai_graph.validation.suggestions import Suggester, license_resolver
from osai_graph.validation.wording import sort_findings, to_findings, without_consequences
from osai_graph.validation.working import WorkingGraph, accepted_graph, stated_graph


def validate(
    paths: Iterable[Path], context: GraphContext | None = None, *, root: Path | None = None
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
    files, findings = _find(paths)
    entries, unreadable = read_entries(files, base)
    terms = _ontology_root(base)
    checker = _Checker(entries, context, terms)
    findings += unreadable
    if entries:
        findings += checker.findings_on_stated() + checker.findings_on_accepted()
    return Report(
        findings=sort_findings(without_consequences(findings)),
        files=tuple(str(path) for path in files),
        facts=sum(len(entry.graph) for entry in entries),
        evidence=sum(_evidence_count(entry) for entry in entries),
        rules=len(
            {rule.code for rule in checker.rules.values()} | set(READING_RULES) | {CONTRADICTION}
        ),
        seconds=round(time.perf_counter() - started, 3),
    )


def validate_graph(root: Path | None = None) -> Report:
    """Check all data files below ``root`` (by default: the shipped ones) with all shapes.

    Raises:
        GraphError: as `validate`.
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


#: What a record of our own has to say, and a source may leave out: maker, description, kind of
#: maker, availability, and what a license grants, how it is called and who approved it.
_OF_WHOLE_RECORDS = frozenset(
    {"OSAI-N02", "OSAI-N03", "OSAI-N08", "OSAI-A01", "OSAI-A02", "OSAI-L10"}
    | {"OSAI-L12", "OSAI-L13", "OSAI-L14", "OSAI-L15", "OSAI-L16"}
)


class _Checker:
    """One validation: the entries, what the graph has around them, and the shapes."""

    def __init__(self, entries: list[Entry], context: GraphContext | None, root: Path) -> None:
        self._entries = entries
        self._context = context
        self._root = root
        self._shapes = load_shapes(root)
        self._around: Stated = gather(context.store, entries) if context and entries else {}
        self._resolve_license = license_resolver(context.store) if context else None

    @property
    def rules(self) -> Mapping[URIRef, Rule]:
        """All rules by the IRI of their shape."""
        return self._shapes.rules

    def findings_on_stated(self) -> list[Finding]:
        """Apply the shapes that look at what files state, to one source after the other."""
        findings: list[Finding] = []
        for source in sorted({entry.source for entry in self._entries}):
            own = [entry for entry in self._entries if entry.source == source]
            others = [entry for entry in self._entries if entry.source != source]
            beside = _kinds_of_referents(own, others) if source else _stated_by(others)
            working = stated_graph(self._root, self._around | beside, own)
            places = files_of(own)
            headers = [entry.header for entry in own]
            found = _apply(self._shapes.stated, working, places, headers)
            worded = self._worded(found, working, places)
            findings += [f for f in worded if not source or f.code not in _OF_WHOLE_RECORDS]
        return findings

    def findings_on_accepted(self) -> list[Finding]:
        """Apply the shapes that look at what is accepted of all sources and what follows."""
        rules = self._context.rules if self._context else inference_rules(self._root)
        working = accepted_graph(self._root, self._around, self._entries, rules)
        places = files_of(self._entries)
        nodes = {*places, *_claims_about(working.data, places)}
        found = _apply(self._shapes.inferred, working, nodes)
        return self._worded(found, working, places) + contradictions(working, rules, places)

    def _worded(
        self, found: Iterable[Violation], working: WorkingGraph, places: Mapping[Node, str]
    ) -> list[Finding]:
        names = partial(_names, working.data, self._context)
        suggester = Suggester.for_graph(working.data, names, self._resolve_license)
        return to_findings(found, self.rules, places, working.data, suggester)


def _stated_by(entries: Sequence[Entry]) -> Stated:
    return {str(e.graph.identifier): set(e.graph) for e in entries}  # type: ignore[arg-type]


def _kinds_of_referents(own: Sequence[Entry], others: Sequence[Entry]) -> Stated:
    """Return of which class things are that some entries refer to, as the others state it."""
    referents = {o for entry in own for o in entry.graph.objects(unique=True)}
    return {
        str(e.graph.identifier): {
            (s, RDF.type, o)  # type: ignore[misc]
            for s, o in e.graph.subject_objects(RDF.type)
            if s in referents
        }
        for e in others
    }


def _apply(
    shapes: Shapes, working: WorkingGraph, nodes: Iterable[Node], headers: Iterable[Node] = ()
) -> list[Violation]:
    targets = shapes.targets(nodes, working.data, headers)
    found = list(run_core(working.data, shapes.core_graph(targets)))
    for constraint in shapes.sparql_constraints:
        found += run_sparql(working.store, constraint, targets[constraint.shape])
    return in_order(found)


def _claims_about(data: Graph, places: Mapping[Node, str]) -> set[Node]:
    """Return the claims that name a triple about a node of the entries."""
    return {claim for claim, subject in data.subject_objects(RDF.subject) if subject in places}


def _names(data: Graph, context: GraphContext | None) -> Mapping[str, set[str]]:
    """Return the names of every record of the graph and of the entries."""
    pairs = [pair for prop in (RDFS.label, SKOS.altLabel) for pair in data.subject_objects(prop)]
    if context:
        rows = context.store.select(
            f"SELECT ?s ?name WHERE {{ ?s {RDFS.label.n3()}|{SKOS.altLabel.n3()} ?name "
            f'FILTER (STRSTARTS(STR(?s), "{BASE}")) }}'
        ).rows
        pairs += [(s, name) for s, name in rows if s is not None and name is not None]
    names: dict[str, set[str]] = {}
    for thing, name in pairs:
        if isinstance(thing, URIRef) and str(thing).startswith(BASE) and "#" not in thing:
            names.setdefault(str(thing), set()).add(str(name))
    return names
