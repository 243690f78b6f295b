"""The command ``queries`` lists the stored questions, or shows one of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from osai_graph.cli import ExitCode
from osai_graph.cli.rendering import console
from osai_graph.namespaces import shorten
from osai_graph.queries import Parameter, StoredQuery, stored_queries


@click.command("queries")
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--tag", help="Only questions with this tag.")
def command(name: str | None, form: str, tag: str | None) -> int:
    """List the stored questions, or show the question, parameters and SPARQL of NAME."""
    chosen = [stored_queries().get(name)] if name else list(stored_queries())
    if tag:
        chosen = [query for query in chosen if tag in query.tags]
    if form == "json":
        click.echo(json.dumps([_as_json(q) for q in chosen], ensure_ascii=False, indent=2))
    elif name:
        _show(console(), chosen[0])
    else:
        _list(console(), chosen)
    return ExitCode.FINE


def _list(out: Console, queries: list[StoredQuery]) -> None:
    groups: dict[str, list[StoredQuery]] = {}
    for query in queries:
        groups.setdefault(query.tags[0], []).append(query)
    for tag, group in sorted(groups.items()):
        out.print(Text(f"\n{tag}", style="bold"))
        for query in group:
            out.print(Text(f"  {query.name}", style="cyan"))
            out.print(Text(f"    {query.question}"))
    click.echo(f"\n{len(queries)} questions. Ask one: osai-graph query NAME", err=True)


def _show(out: Console, query: StoredQuery) -> None:
    out.print(Text(query.question, style="bold"))
    out.print(Text(", ".join(query.tags), style="dim"))
    if query.parameters:
        out.print("\nParameters", style="bold")
        out.print(_grid([(p.name, _describe(p)) for p in query.parameters]))
    if query.columns:
        out.print("\nColumns", style="bold")
        out.print(_grid(list(query.columns.items())))
    out.print("\nSPARQL", style="bold")
    click.echo(query.body, nl=False)


def _grid(pairs: list[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="cyan")
    grid.add_column()
    for name, text in pairs:
        grid.add_row(Text(f"  {name}"), Text(text))
    return grid


def _describe(parameter: Parameter) -> str:
    text = parameter.description
    if parameter.records:
        text += f" A name of a {' or '.join(parameter.records)}."
    elif parameter.values:
        text += f" One of: {', '.join(iri.rpartition('#')[2] for iri in parameter.values)}."
    else:
        text += f" Type: {parameter.type}."
    if parameter.example:
        text += f" Example: --param {parameter.name}={parameter.example}"
    return text


def _as_json(query: StoredQuery) -> dict[str, Any]:
    return {
        "name": query.name,
        "title": query.title,
        "question": query.question,
        "tags": list(query.tags),
        "level": query.level,
        "audience": list(query.audience),
        "columns": dict(query.columns),
        "parameters": [
            {**asdict(p), "values": [shorten(iri) for iri in p.values]} for p in query.parameters
        ],
        "sparql": query.body,
    }
