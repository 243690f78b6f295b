"""How fast our reasoner is beside owlrl and `reasonable`, on the same generated graphs.

Run by hand:

    python -m tests.benchmarks.reasoning                    # 300, 1,000, 3,000 and 10,000 systems
    python -m tests.benchmarks.reasoning --systems 300
    python -m tests.benchmarks.reasoning --large 100000     # load and reason, with memory

owlrl is run up to --owlrl-limit systems only; it takes a minute for 300. `reasonable` knows no
property chains and no rule files, so it concludes about half; "ours, without chains" runs on what
it knows. What loading took stands beside it; compiling the ontology counts as reasoning. Runs take
turns and the best of each is shown. The ratios are of processor time for reasoning, which other
processes on the machine disturb less than time by the clock; all three reason in one thread.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph
from rdflib.namespace import OWL
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from osai_graph import resources
from osai_graph.graph.loading import load_graph
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import INFERRED_GRAPH
from osai_graph.reasoning.compile import compile_ontology
from osai_graph.reasoning.materialize import Report, count_triples, materialize
from osai_graph.reasoning.rule_files import read_rule_files
from tests.benchmarks.synthetic import n_triples

#: Systems loaded at once, so that progress can be shown.
BATCH = 2_000


@dataclass(frozen=True)
class Result:
    """Seconds of loading, of reasoning by the clock and of the processor; triples concluded."""

    loading: float
    seconds: float
    processor: float
    triples: int


class Stopwatch:
    """Measures from when it is made."""

    def __init__(self) -> None:
        self.clock, self.processor = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Return seconds by the clock and of the processor."""
        return time.perf_counter() - self.clock, time.process_time() - self.processor


def ontology_triples() -> str:
    """Return the ontology as N-Triples."""
    return load_graph(resources.ontology_files()).serialize(format="nt")


def data(systems: int) -> str:
    return "\n".join(n_triples(systems)) + "\n"


def run_ours(document: str, *, chains: bool = True) -> Result:
    store = EmbeddedStore()
    loading = Stopwatch()
    store.engine.bulk_load(input=document.encode(), format=ox.RdfFormat.N_TRIPLES)
    loaded, _ = loading.read()
    ontology = load_graph(resources.ontology_files())
    rule_files = read_rule_files(resources.rule_files()) if chains else []
    if not chains:
        ontology.remove((None, OWL.propertyChainAxiom, None))
    reasoning = Stopwatch()
    materialize(store, [*compile_ontology(ontology), *rule_files])
    times = reasoning.read()
    return Result(loaded, *times, count_triples(store, INFERRED_GRAPH))


def run_reasonable(document: str) -> Result:
    import reasonable

    with tempfile.NamedTemporaryFile("w", suffix=".ttl") as file:
        file.write(document)
        file.flush()
        reasoner = reasonable.PyReasoner()
        loading = Stopwatch()
        reasoner.load_file(file.name)
        loaded, _ = loading.read()
    reasoning = Stopwatch()
    closure = reasoner.reason()
    return Result(loaded, *reasoning.read(), len(closure) - document.count("\n"))


def run_owlrl(document: str) -> Result:
    import owlrl

    loading = Stopwatch()
    graph = Graph().parse(data=document, format="nt")
    loaded, _ = loading.read()
    stated = len(graph)
    reasoning = Stopwatch()
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return Result(loaded, *reasoning.read(), len(graph) - stated)


RUNS = {
    "ours": run_ours,
    "ours, without chains": partial(run_ours, chains=False),
    "reasonable": run_reasonable,
    "owlrl": run_owlrl,
}


def in_fresh_process(name: str, systems: int) -> Result:
    """Run one reasoner in a process of its own, so that none inherits another's memory."""
    answer = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.benchmarks.reasoning",
            "--one",
            name,
            "--systems",
            str(systems),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    *times, triples = answer[-4:]
    loading, seconds, processor = map(float, times)
    return Result(loading, seconds, processor, int(triples))


def compare(sizes: list[int], owlrl_limit: int, repeat: int) -> None:
    columns = (
        "systems",
        "triples",
        "reasoner",
        "load s",
        "reason s",
        "cpu s",
        "concluded",
        "ratio",
    )
    table = Table(*columns)
    ours: dict[int, Result] = {}
    for systems in sizes:
        stated = sum(1 for _ in n_triples(systems))
        best = measure(systems, [name for name in RUNS if name != "owlrl"], repeat)
        if systems <= owlrl_limit:
            best |= measure(systems, ["owlrl"], 1)
        ours[systems] = best["ours"]
        for name, result in best.items():
            table.add_row(
                f"{systems:,}",
                f"{stated:,}",
                name,
                f"{result.loading:.3f}",
                f"{result.seconds:.3f}",
                f"{result.processor:.3f}",
                f"{result.triples:,}",
                f"{result.processor / best['ours'].processor:.2f}",
            )
    Console(width=110).print(table)
    for small, large in scales(sizes):
        factor = ours[large].processor / ours[small].processor / (large / small)
        print(f"{small:,} to {large:,} systems: {factor:.2f} times linear")


def measure(systems: int, names: list[str], repeat: int) -> dict[str, Result]:
    """Return the best run of each reasoner; they take turns, so that noise meets all alike."""
    best: dict[str, Result] = {}
    for _ in range(repeat):
        for name in names:
            result = in_fresh_process(name, systems)
            if name not in best or result.processor < best[name].processor:
                best[name] = result
    return best


def scales(sizes: list[int]) -> Iterator[tuple[int, int]]:
    for small in sizes:
        if small * 10 in sizes:
            yield small, small * 10


def load(systems: int, store: EmbeddedStore, progress: Progress) -> int:
    """Load a synthetic graph in batches; return how many triples it has."""
    task = progress.add_task("loading", total=systems)
    lines: list[str] = [ontology_triples()]
    loaded = lines[0].count("\n")
    seen = 0
    for line in n_triples(systems):
        lines.append(line)
        if line.startswith("<https://w3id.org/osai-graph/system/") and "#Model>" in line:
            seen += 1
        if len(lines) > BATCH * 60:
            loaded += len(lines) - 1
            store.engine.bulk_load(input="\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES)
            lines = [""]
            progress.update(task, completed=seen)
    store.engine.bulk_load(input="\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES)
    progress.update(task, completed=systems)
    return loaded + len(lines) - 1


def large(systems: int, directory: Path | None) -> None:
    """Load and reason over one large graph, and print time and memory."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        store = EmbeddedStore(directory)
        started = time.perf_counter()
        stated = load(systems, store, progress)
        loaded = time.perf_counter()
        report = _reason(store, progress)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    inferred = count_triples(store, INFERRED_GRAPH)
    print(
        f"{systems:,} systems: {stated:,} stated triples loaded in {loaded - started:.0f} s, "
        f"{inferred:,} inferred in {report.seconds:.0f} s, {report.rounds} rounds, "
        f"{report.updates} updates, at most {memory:.1f} GiB of memory"
    )


def _reason(store: EmbeddedStore, progress: Progress) -> Report:
    task = progress.add_task("reasoning", total=None)

    def show(done: int, expected: int, label: str) -> None:
        progress.update(task, completed=done, total=expected, description=f"reasoning: {label}")

    rules = compile_ontology(load_graph(resources.ontology_files()))
    rules += read_rule_files(resources.rule_files())
    return materialize(store, rules, progress=show)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--systems", type=int, nargs="+", default=[300, 1_000, 3_000, 10_000])
    parser.add_argument("--owlrl-limit", type=int, default=300)
    parser.add_argument("--repeat", type=int, default=5, help="take the best of so many runs")
    parser.add_argument("--large", type=int, metavar="SYSTEMS")
    parser.add_argument("--directory", type=Path, help="keep the store of --large on disk, here")
    parser.add_argument("--one", choices=RUNS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        result = RUNS[options.one](ontology_triples() + data(options.systems[0]))
        print(result.loading, result.seconds, result.processor, result.triples)
    elif options.large:
        large(options.large, options.directory)
    else:
        compare(options.systems, options.owlrl_limit, options.repeat)


if __name__ == "__main__":
    main()
