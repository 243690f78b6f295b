"""The command ``queries`` lists the stored questions, or shows one of them."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from osai_graph.cli import ExitCode
from osai_graph.cli.rendering import console
from osai_graph.errors import UnknownNameError
from osai_graph.namespaces import shorten
from osai_graph.queries import Parameter, StoredQuery, stored_queries

#: Competency questions that a command answers, alone or beside stored questions.
_COMMANDS = {
    "CQ4": ("why ID --framework F", "assess ID"),
    "CQ10": ("show ID",),
    "CQ14": ("compare ID ID",),
    "CQ19": ("chain ID",),
    "CQ20": ("next ID",),
    "CQ23": (
        "show ID --as-of DATE",
        "query is-a-system-open-source-by-each-framework --as-of DATE",
    ),
    "CQ25": ("chain ID",),
    "CQ26": ("what-if ID --set COMPONENT.license=LICENSE",),
    "CQ29": ("why ID --framework F --format json",),
}


@click.command("queries")
@click.argument("words", nargs=-1, metavar="[NAME]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--tag", help="Only questions with this tag.")
def command(words: tuple[str, ...], form: str, tag: str | None) -> int:
    """List the stored questions, or show the question, parameters and SPARQL of NAME.

    NAME may also be the number of a competency question, such as CQ4: then the stored questions
    and the commands that answer it are listed; or words, to list the questions that
    have them all.
    """
    name = " ".join(words)
    number = name.upper() if name and re.fullmatch(r"(?i)CQ\d+", name) else None
    chosen = list(stored_queries())
    if number:
        chosen = _answering(number, chosen)
    elif name:
        chosen = _named_or_about(name, chosen)
    if tag:
        chosen = [query for query in chosen if tag in query.tags]
    if form == "json":
        click.echo(json.dumps([_as_json(q) for q in chosen], ensure_ascii=False, indent=2))
    elif number:
        _list(console(), chosen)
        _list_commands(console(), number)
    elif name and [query.name for query in chosen] == [name]:
        _show(console(), chosen[0])
    else:
        _list(console(), chosen)
    return ExitCode.FINE


def _named_or_about(name: str, queries: list[StoredQuery]) -> list[StoredQuery]:
    """Return the stored question of a name, or else those whose name, words or tags have it.

    Raises:
        UnknownNameError: there is none.
    """
    words = name.lower().split()
    texts = {q.name: f"{q.name} {q.title} {q.question} {' '.join(q.tags)}".lower() for q in queries}
    found = [q for q in queries if all(word in texts[q.name] for word in words)]
    exact = [query for query in found if query.name == name]
    return exact or found or [stored_queries().get(name)]


def _answering(number: str, queries: list[StoredQuery]) -> list[StoredQuery]:
    """Return the stored questions that answer a competency question.

    Raises:
        UnknownNameError: nothing answers a question of that number.
    """
    found = [query for query in queries if number in query.tags]
    if not found and number not in _COMMANDS:
        known = {tag for query in queries for tag in query.tags if tag.startswith("CQ")}
        raise UnknownNameError("competency question", number, known | _COMMANDS.keys())
    return found


def _list_commands(out: Console, number: str) -> None:
    if commands := _COMMANDS.get(number):
        out.print(Text("\ncommands", style="bold"))
        for command_line in commands:
            out.print(Text(f"  osai-graph {command_line}", style="cyan"))


def _list(out: Console, queries: list[StoredQuery]) -> None:
    groups: dict[str, list[StoredQuery]] = {}
    for query in queries:
        groups.setdefault(query.tags[0], []).append(query)
    for number, (tag, group) in enumerate(sorted(groups.items())):
        out.print(Text(f"\n{tag}" if number else tag, style="bold"))
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
    if parameter.required:
        text += " Must be given."
    if parameter.default:
        text += f" Without it: {parameter.default}; with any: no restriction."
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
