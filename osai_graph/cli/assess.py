"""The command ``assess`` judges records of the graph, or entry files that are not in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rdflib import URIRef

from osai_graph import resources
from osai_graph.assessment.derivation import Conclusion, conclude
from osai_graph.assessment.derivation_rendering import conclusions_json, conclusions_text
from osai_graph.assessment.frameworks import Framework
from osai_graph.assessment.values import Value
from osai_graph.build import MaterializedGraph
from osai_graph.cli import ExitCode
from osai_graph.cli.judging import frameworks_named, system_named
from osai_graph.cli.opening import open_with_progress
from osai_graph.cli.servers import store_option
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import SYSTEM
from osai_graph.validation.entries import Entry, read_entries
from osai_graph.validation.neighborhood import gather
from osai_graph.validation.working import accepted_graph

_FORMATS = ("text", "json")


@click.command("assess")
@click.argument("targets", nargs=-1, required=True, metavar="ID|FILE...")
@click.option("--framework", "-f", multiple=True, help="Only this framework; may be repeated.")
@click.option(
    "--format", "form", default="text", show_default=True, metavar="|".join(_FORMATS), help="Form."
)
@store_option
def command(targets: tuple[str, ...], framework: tuple[str, ...], form: str) -> int:
    """Judge systems of the graph, or of Turtle files as if they were added to the graph.

    \b
    Try:
      osai-graph assess pythia bloom --framework osaid-1.0
      osai-graph assess my-model.ttl --framework mof --format json

    Exit status: 0 if each framework that is named is met by each system (by a framework with
    several outcomes: one of them is reached), or if none is named; 1 if one is not met or cannot be
    decided; 2 if something could not be judged.
    """
    if form not in _FORMATS:
        raise UnknownNameError("format", form, _FORMATS, f"Formats: {', '.join(_FORMATS)}.")
    graph = open_with_progress()
    frameworks = frameworks_named(graph, framework)
    found = [
        _judged(store, frameworks, system) for store, system in _systems(graph, _sorted(targets))
    ]
    if form == "json":
        click.echo(_as_json([conclusions_json(conclusions) for conclusions in found]))
    else:
        click.echo("\n\n".join(conclusions_text(conclusions) for conclusions in found))
    met = all(c.value is Value.MET for conclusions in found for c in conclusions)
    return ExitCode.FINDINGS if framework and not met else ExitCode.FINE


def _as_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)


def _judged(
    store: GraphStore, frameworks: Sequence[Framework], system: URIRef
) -> tuple[Conclusion, ...]:
    conclusions = conclude(store, frameworks, system)
    if not conclusions:
        names = " or ".join(framework.label for framework in frameworks)
        raise GraphError(
            f"{system.removeprefix(SYSTEM)} is not judged by {names}.",
            "Frameworks judge models and tools, not families of them.",
        )
    return conclusions


def _sorted(targets: Sequence[str]) -> list[str | Path]:
    """Return the targets, files as paths; whatever ends like a file is one."""
    return [Path(name) if _is_file(name) else name for name in targets]


def _is_file(name: str) -> bool:
    return name.endswith(".ttl") or Path(name).is_file()


def _systems(
    graph: MaterializedGraph, targets: Sequence[str | Path]
) -> list[tuple[GraphStore, URIRef]]:
    """Return each system with the store that it is judged in, in the order of the targets."""
    paths = [target for target in targets if isinstance(target, Path)]
    entries = _entries(graph, paths) if paths else {}
    drafts = _with_entries(graph, list(entries.values())) if entries else graph.store
    return [
        (drafts, _system_of(entries[target]))
        if isinstance(target, Path)
        else (graph.store, system_named(graph.store, target))
        for target in targets
    ]


def _entries(graph: MaterializedGraph, paths: Sequence[Path]) -> dict[Path, Entry]:
    """Read entry files.

    Raises:
        GraphError: a file cannot be read, or is about no system.
    """
    found: dict[Path, Entry] = {}
    for path in paths:
        entries, findings = read_entries([path], graph.root)
        if not entries:
            raise GraphError(findings[0].message, f"osai-graph validate {path}")
        found[path] = entries[0]
        _system_of(entries[0])
    return found


def _system_of(entry: Entry) -> URIRef:
    if entry.record is None or not entry.record.startswith(SYSTEM):
        raise GraphError(
            f"{entry.name} is about no system.", "Name the system in schema:mainEntity."
        )
    return entry.record


def _with_entries(graph: MaterializedGraph, entries: Sequence[Entry]) -> GraphStore:
    """Return a store with the entries, what they refer to, and what follows."""
    terms = graph.root if (graph.root / "ontology").is_dir() else resources.graph_root()
    around = gather(graph.store, entries)
    return accepted_graph(terms, around, entries, graph.rules).store
