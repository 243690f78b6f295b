"""The command ``assess`` judges records of the graph, or entry files that are not in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
from rdflib import URIRef

from osai_graph import resources
from osai_graph.assessment.definitions import definition_of
from osai_graph.assessment.derivation import Conclusion, Derivation, conclude, derive
from osai_graph.assessment.derivation_rendering import (
    conclusions_json,
    conclusions_text,
    derivation_json,
    derivation_text,
)
from osai_graph.assessment.frameworks import Framework
from osai_graph.assessment.values import Value
from osai_graph.build import MaterializedGraph
from osai_graph.cli import ExitCode
from osai_graph.cli.judging import (
    caveat,
    frameworks_named,
    later_frameworks_option,
    not_judged,
    system_named,
)
from osai_graph.cli.opening import as_of_option, day_line, open_with_progress, told_day
from osai_graph.cli.rendering import echo_lines
from osai_graph.cli.servers import store_option
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import SYSTEM
from osai_graph.reasoning.verbalization import Labels
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
@click.option(
    "--alone",
    is_flag=True,
    help="Judge a file by what it says, not settled with what others say of the system.",
)
@click.option(
    "--explain", is_flag=True, help="Give the whole argument of each verdict, as why does."
)
@as_of_option
@later_frameworks_option
def command(
    targets: tuple[str, ...],
    framework: tuple[str, ...],
    form: str,
    alone: bool,
    explain: bool,
    as_of: date | None,
    later_frameworks: bool,
) -> int:
    """Judge systems of the graph, or of Turtle files as if they were added to the graph.

    \b
    Try:
      osai-graph assess pythia bloom --framework osaid-1.0
      osai-graph assess my-model.ttl --framework mof --format json
      osai-graph assess imported/some-model.ttl --framework mof --alone --explain
      osai-graph assess falcon-40b --as-of 2023-05-28

    Exit status: 0 if each framework that is named is met by each system (by a framework with
    several outcomes: one of them is reached), or if none is named; 1 if one is not met or cannot be
    decided; 2 if something could not be judged.
    """
    if form not in _FORMATS:
        raise UnknownNameError("format", form, _FORMATS, f"Formats: {', '.join(_FORMATS)}.")
    sorted_targets = _sorted(targets)
    if as_of is not None and any(isinstance(target, Path) for target in sorted_targets):
        raise GraphError(
            "A file says what is so today; --as-of is for systems of the graph.",
            "Leave out --as-of, or name systems of the graph alone.",
        )
    graph = open_with_progress(as_of)
    frameworks = frameworks_named(graph, framework, later_frameworks=later_frameworks)
    found: list[tuple[Conclusion, ...]] = []
    caveats: list[str] = []
    for store, system in _systems(graph, sorted_targets, alone=alone):
        found.append(_concluded(graph, store, frameworks, system, explain=explain))
        caveats.append(caveat(store, system, recorded=store is graph.store))
        if not found[-1]:
            raise not_judged(graph, Labels(store)(system), frameworks, framework)
    if form == "json":
        told = [
            _content(conclusions) | told_day(graph) | ({"caveat": said} if said else {})
            for conclusions, said in zip(found, caveats, strict=True)
        ]
        click.echo(_as_json(told))
    else:
        if as_of is not None:
            click.echo(day_line(as_of))
        texts = [
            _text(conclusions) + (f"\n\n{said}" if said else "")
            for conclusions, said in zip(found, caveats, strict=True)
        ]
        echo_lines("\n\n".join(texts))
    met = all(c.value is Value.MET for conclusions in found for c in conclusions)
    return ExitCode.FINDINGS if framework and not met else ExitCode.FINE


def _concluded(
    graph: MaterializedGraph,
    store: GraphStore,
    frameworks: Sequence[Framework],
    system: URIRef,
    *,
    explain: bool,
) -> tuple[Conclusion, ...]:
    conclusions = conclude(store, frameworks, system)
    if not explain:
        return conclusions
    return tuple(
        derive(
            store,
            conclusion.framework,
            system,
            definition_of(conclusion.framework, graph.root),
            data_version=graph.version,
            as_of=graph.manifest.as_of,
        )
        for conclusion in conclusions
    )


def _text(conclusions: Sequence[Conclusion]) -> str:
    told = [derivation_text(c) for c in conclusions if isinstance(c, Derivation)]
    return "\n\n".join(told) or conclusions_text(conclusions)


def _content(conclusions: Sequence[Conclusion]) -> dict[str, Any]:
    told = [derivation_json(c) for c in conclusions if isinstance(c, Derivation)]
    content = conclusions_json(conclusions)
    return {**content, "derivations": told} if told else content


def _as_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)


def _sorted(targets: Sequence[str]) -> list[str | Path]:
    """Return the targets, files as paths; whatever ends like a file is one."""
    return [Path(name) if _is_file(name) else name for name in targets]


def _is_file(name: str) -> bool:
    return name.endswith(".ttl") or Path(name).is_file()


def _systems(
    graph: MaterializedGraph, targets: Sequence[str | Path], *, alone: bool
) -> list[tuple[GraphStore, URIRef]]:
    """Return each system with the store that it is judged in, in the order of the targets."""
    paths = [target for target in targets if isinstance(target, Path)]
    if alone and not paths:
        raise GraphError(
            "--alone is for files; what the graph holds is settled already.",
            "Name a Turtle file, or leave out --alone.",
        )
    entries = _entries(graph, paths)
    together = _with_entries(graph, list(entries.values())) if entries and not alone else None
    return [
        (together or _by_itself(graph, entries[target]), _system_of(entries[target]))
        if isinstance(target, Path)
        else (graph.store, system_named(graph, target))
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
            first = findings[0]
            place = f"{path}, line {first.line}: " if first.line else ""
            raise GraphError(f"{place}{first.message}", first.fix or f"osai-graph validate {path}")
        found[path] = entries[0].at_home()
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
    return accepted_graph(_terms(graph), gather(graph.store, entries), entries, graph.rules).store


def _by_itself(graph: MaterializedGraph, entry: Entry) -> GraphStore:
    """Return the same without what other files state of the system or its parts."""
    system = str(_system_of(entry))
    around = {
        file: triples
        for file, triples in gather(graph.store, [entry]).items()
        if not any(str(subject).partition("#")[0] == system for subject, _, _ in triples)
    }
    return accepted_graph(_terms(graph), around, [entry], graph.rules).store


def _terms(graph: MaterializedGraph) -> Path:
    """Return the folder that holds the ontology."""
    return graph.root if (graph.root / "ontology").is_dir() else resources.graph_root()
