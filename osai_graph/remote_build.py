"""remote_build makes the materialized graph on a SPARQL server, and opens one that is there.

The files are read and settled here; the rules run on the server, as SPARQL updates; the verdicts
are computed here from what queries answer. What has been loaded stands in graphs of its own, below
``store/next/``, until it is whole, consistent and counted. Only then does it take the place of the
graph that was there, and the data version is written into the graph ``store/state`` last of all.

So a build that fails, whatever the reason, leaves the old graph as it was, and the next one begins
anew. Where a request is a transaction, all graphs change places in one. On a server without
transactions they do so one after another: a build that is cut off then has lost nothing either,
and the next one goes on where it stopped, for the graphs that are left still stand below
``store/next/`` and ``store/next-state`` says that they are whole.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox
from rdflib import Literal, URIRef

from osai_graph.assessment.frameworks import read_frameworks
from osai_graph.assessment.verdicts import assess_store
from osai_graph.assessment.writing import verdict_triples
from osai_graph.build import (
    Inputs,
    Manifest,
    Progress,
    build_store,
    collect_inputs,
    compile_rules,
    read_inputs,
)
from osai_graph.errors import InconsistencyError, StoreError
from osai_graph.graph.dialects import DEFAULT_GRAPH, STORE
from osai_graph.graph.exchange import shown
from osai_graph.graph.remote import RemoteStore
from osai_graph.namespaces import (
    DCTERMS,
    DISAGREEMENTS_GRAPH,
    GRAPH,
    INFERRED_GRAPH,
    RDF,
    VERDICTS_GRAPH,
)
from osai_graph.reasoning.consistency import require_consistent
from osai_graph.reasoning.materialize import count_triples, materialize
from osai_graph.reasoning.rules import Rule
from osai_graph.reasoning.settle import settle
from osai_graph.settings import cache_directory

_STATE = URIRef(STORE + "state")
_NEXT_STATE = URIRef(STORE + "next-state")
_PROBE = URIRef(STORE + "probe")

#: Graphs that are being built: the name of each, below this, is that below ``graph/``.
_NEXT = STORE + "next/"
_NEXT_DEFAULT = URIRef(STORE + "next-default")


@dataclass(frozen=True)
class RemoteGraph:
    """A materialized graph on a server."""

    store: RemoteStore
    root: Path
    manifest: Manifest

    @property
    def version(self) -> str:
        """The data version, equal for equal inputs."""
        return self.manifest.version

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return shown(self.store.addresses.query)

    @property
    def workplace(self) -> Path:
        """The directory for what is made from this graph, such as its dump."""
        name = hashlib.blake2b(f"{self.place} {self.version}".encode(), digest_size=12).hexdigest()
        return cache_directory() / f"on-server-{name}"

    def unopened(self) -> RemoteGraph:
        """Return the same graph with nothing opened yet, as another process can be given it."""
        return replace(self)

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules that were run: the compiled ontology and the rule files."""
        return compile_rules(collect_inputs(self.root))


@dataclass(frozen=True)
class _State:
    """What stands in a server: what a build did, and the graph that is the default graph."""

    manifest: Manifest
    default: URIRef | None


def open_remote(store: RemoteStore, root: Path | None = None) -> RemoteGraph:
    """Return the graph that was built on a server; nothing is changed there.

    Raises:
        StoreError: the server cannot be reached, or holds no built graph.
    """
    state = _read_state(store, _STATE)
    if state is None:
        raise StoreError(
            f"The server at {shown(store.addresses.query)} holds no built graph.",
            "Build it there first: osai-graph build --store URL",
        )
    return RemoteGraph(store.with_default(state.default), collect_inputs(root).root, state.manifest)


def build_remote(
    store: RemoteStore,
    root: Path | None = None,
    progress: Progress = lambda _: None,
    *,
    fresh: bool = False,
) -> RemoteGraph:
    """Return the graph of the present files on a server, built there if it is not yet.

    Args:
        store: the server.
        root: the directory of ``ontology/`` and ``data/``.
        progress: called with a sentence on what is done now.
        fresh: build again even if it is there.

    Raises:
        StoreError: the server cannot be reached, written or relied on; what was there is kept.
        InconsistencyError: the facts contradict the ontology; what was there is kept.
        GraphError: the files are broken.
    """
    inputs = collect_inputs(root)
    state = _read_state(store, _STATE)
    if fresh or state is None or state.manifest.version != inputs.version:
        state = _read_state(store, _NEXT_STATE)
        if fresh or state is None or state.manifest.version != inputs.version:
            state = _Build(store, inputs, progress).run()
        progress("replacing the graph")
        _move_in(store, state)
    return RemoteGraph(store.with_default(state.default), inputs.root, state.manifest)


class _Build:
    """One build, up to the point where the new graphs are whole."""

    def __init__(self, store: RemoteStore, inputs: Inputs, progress: Progress) -> None:
        self.store = store
        self.inputs = inputs
        self.progress = progress
        self.expected: Counter[str] = Counter()

    def run(self) -> _State:
        """Load, reason, check, assess and count; return what there is now."""
        started = time.monotonic()
        self.progress(f"reading {len(self.inputs.stated):,} files")
        files = read_inputs(self.inputs)
        rules = compile_rules(self.inputs)
        self.progress("connecting")
        default = _default_graph(self.store)
        _drop(self.store, [_NEXT_STATE, *_staged(self.store)])
        stated = self._load(files)
        self.progress("reasoning on the server")
        inferred = self._reason(rules)
        self.progress("assessing")
        verdicts = self._assess()
        self.progress("counting")
        self._count()
        seconds = round(time.monotonic() - started, 2)
        version, number = self.inputs.version, len(self.inputs.stated)
        manifest = Manifest(version, number, stated, inferred, verdicts, seconds, bytes=0)
        state = _State(manifest, default)
        names = [GRAPH[g.removeprefix(_NEXT)] for g in self.expected if g.startswith(_NEXT)]
        part = f"{_NEXT_STATE.n3()} {DCTERMS.hasPart.n3()}"
        self.store.load([f"{part} {name.n3()}" for name in names], _NEXT_STATE)
        # that the new graphs are whole is said by the last of all requests
        self.store.update(_writing(_NEXT_STATE, state)[1])
        return state

    def _load(self, files: list[tuple[ox.NamedNode, list[ox.Quad]]]) -> int:
        self.progress("loading")
        settlement = settle(files)
        accepted = settlement.accepted + settlement.disagreements
        graphs = [(_next(URIRef(graph.value)), _lines(quads)) for graph, quads in files]
        graphs.append((_next(DISAGREEMENTS_GRAPH), _lines(settlement.disagreements)))
        self.store.load_all((graph, lines) for graph, lines in graphs if lines)
        self.store.load(_lines(accepted), _NEXT_DEFAULT)
        for graph, quads in files:
            self.expected[str(_next(URIRef(graph.value)))] = _distinct(quads)
        self.expected[str(_next(DISAGREEMENTS_GRAPH))] = _distinct(settlement.disagreements)
        self.expected[str(_NEXT_DEFAULT)] = _distinct(accepted)
        return self.expected[str(_NEXT_DEFAULT)]

    def _reason(self, rules: list[Rule]) -> int:
        inferred = _next(INFERRED_GRAPH)
        materialize(self.store, rules, working_graph=_NEXT_DEFAULT, inferred_graph=inferred)
        try:
            require_consistent(
                self.store, rules, working_graph=_NEXT_DEFAULT, inferred_graph=inferred
            )
        except InconsistencyError:
            build_store(self.inputs.root)  # says the same, and in which files it stands
            raise
        concluded = count_triples(self.store, inferred)
        self.expected[str(inferred)] = concluded
        self.expected[str(_NEXT_DEFAULT)] += concluded
        return concluded

    def _assess(self) -> int:
        frameworks = read_frameworks(self.inputs.frameworks)
        assessment = assess_store(self.store.with_default(_NEXT_DEFAULT), frameworks)
        lines = [" ".join(triple) for triple in verdict_triples(assessment)]
        for graph in (_NEXT_DEFAULT, _next(VERDICTS_GRAPH)):
            self.store.load(lines, graph)
            self.expected[str(graph)] += len(set(lines))
        return len(assessment)

    def _count(self) -> None:
        """Compare what the server holds with what was sent.

        A server that takes some literals for others may hold a little less.

        Raises:
            StoreError: something is missing.
        """
        found = _sizes(self.store)
        spared = 0.0 if self.store.dialect.keeps_literals else 0.01
        for graph, wanted in self.expected.items():
            if found[graph] > wanted or found[graph] < wanted * (1 - spared) - 5 * bool(spared):
                raise StoreError(
                    f"The server holds {found[graph]:,} triples in the graph {graph}, "
                    f"and {wanted:,} were sent.",
                    "What it held before is kept. See whether someone else builds there as well, "
                    "and try again.",
                )


def _next(graph: URIRef) -> URIRef:
    return URIRef(_NEXT + graph.removeprefix(str(GRAPH)))


def _lines(triples: Iterable[ox.Quad] | Iterable[ox.Triple]) -> list[str]:
    return [f"{t.subject} {t.predicate} {t.object}" for t in triples]


def _distinct(triples: Iterable[ox.Quad] | Iterable[ox.Triple]) -> int:
    """Return how many triples are left where equal literals are one."""
    store = ox.Store()
    store.extend([ox.Quad(t.subject, t.predicate, t.object) for t in triples])
    return len(store)


def _default_graph(store: RemoteStore) -> URIRef | None:
    """Return the graph to take for the default graph: see `graph.dialects`."""
    triple = f"{_PROBE.n3()} {RDF.value.n3()} {_PROBE.n3()}"
    _drop(store, [_PROBE])
    store.update(f"INSERT DATA {{ GRAPH {_PROBE.n3()} {{ {triple} }} }}")
    try:
        if not store.ask(f"ASK {{ GRAPH {_PROBE.n3()} {{ {triple} }} }}"):
            raise StoreError(
                f"What was written to the server at {shown(store.addresses.query)} is not there.",
                "Check that --store and --update-url lead to the same database.",
            )
        return DEFAULT_GRAPH if store.ask(f"ASK {{ {triple} }}") else None
    finally:
        _drop(store, [_PROBE])


def _sizes(store: RemoteStore) -> Counter[str]:
    """Return the sizes of the graphs that are being built."""
    rows = store.select(
        "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } "
        f'FILTER (STRSTARTS(STR(?g), "{STORE}next")) }} GROUP BY ?g'
    ).rows
    return Counter({str(graph): int(str(number)) for graph, number in rows})


def _staged(store: RemoteStore) -> list[URIRef]:
    return [URIRef(graph) for graph in sorted(_sizes(store)) if graph != str(_NEXT_STATE)]


def _drop(store: RemoteStore, graphs: Iterable[URIRef]) -> None:
    _change(store, [f"DROP SILENT GRAPH {graph.n3()}" for graph in graphs])


def _change(store: RemoteStore, operations: list[str]) -> None:
    """Run updates on whole graphs, as many in a request as the server takes."""
    most = store.dialect.grouped_updates
    for start in range(0, len(operations), most):
        store.update(" ;\n".join(operations[start : start + most]))


def _move_in(store: RemoteStore, state: _State) -> None:
    """Put the new graphs in the place of the old ones, and say so in the store."""
    staged = _staged(store)
    rows = store.select(f"SELECT ?g WHERE {{ {_parts('?g')} }}").rows
    wanted = {str(graph) for (graph,) in rows}
    default = "DEFAULT" if state.default is None else f"GRAPH {state.default.n3()}"
    operations = [
        f"MOVE SILENT GRAPH {graph.n3()} TO GRAPH {GRAPH[graph.removeprefix(_NEXT)].n3()}"
        for graph in staged
        if graph != _NEXT_DEFAULT
    ]
    if _NEXT_DEFAULT in staged:
        operations.append(f"MOVE SILENT GRAPH {_NEXT_DEFAULT.n3()} TO {default}")
    gone = [graph for graph in store.named_graphs() if graph not in wanted]
    operations += [f"DROP SILENT GRAPH <{graph}>" for graph in gone]
    operations += [*_writing(_STATE, state), f"DROP SILENT GRAPH {_NEXT_STATE.n3()}"]
    _change(store, operations)


def _parts(graph: str) -> str:
    return f"GRAPH {_NEXT_STATE.n3()} {{ {_NEXT_STATE.n3()} {DCTERMS.hasPart.n3()} {graph} }}"


def _writing(graph: URIRef, state: _State) -> list[str]:
    """Return the updates that write down a state."""
    content = asdict(state.manifest) | {"default": state.default}
    value = Literal(json.dumps(content)).n3()
    triple = f"{graph.n3()} {RDF.value.n3()} {value}"
    return [
        f"DROP SILENT GRAPH {graph.n3()}",
        f"INSERT DATA {{ GRAPH {graph.n3()} {{ {triple} }} }}",
    ]


def _read_state(store: RemoteStore, graph: URIRef) -> _State | None:
    """Return the state that is written down in a graph; ``None`` where there is none."""
    pattern = f"{graph.n3()} {RDF.value.n3()} ?state"
    rows = store.select(f"SELECT ?state WHERE {{ GRAPH {graph.n3()} {{ {pattern} }} }}").rows
    if len(rows) != 1:
        return None
    try:
        content = json.loads(str(rows[0][0]))
        default = content.pop("default")
        content["notes"] = tuple(content["notes"])
        return _State(Manifest(**content), None if default is None else URIRef(default))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None  # of another version of this program
