"""The command ``chain`` shows what a system descends from and which restrictions come with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from osai_graph.assessment.chains import (
    Chain,
    Clause,
    Contested,
    Excess,
    Named,
    Step,
    Terms,
    chain_graph,
    chain_of,
)
from osai_graph.cli import ExitCode
from osai_graph.cli.opening import (
    as_of_option,
    day_line,
    find_on,
    open_with_progress,
    told_day,
)
from osai_graph.cli.rendering import count
from osai_graph.cli.rendering import show as show_text
from osai_graph.cli.servers import store_option
from osai_graph.errors import UnknownNameError
from osai_graph.graph.serialization import canonical_turtle

_FORMATS = ("text", "json", "turtle")


@click.command("chain")
@click.argument("name", metavar="ID")
@click.option(
    "--format", "form", default="text", show_default=True, metavar="|".join(_FORMATS), help="Form."
)
@store_option
@as_of_option
def command(name: str, form: str, as_of: date | None) -> int:
    """Show the systems that a system descends from, and the restrictions that it inherits.

    \b
    Try:
      osai-graph chain llava
      osai-graph chain tulu-3 --format json

    The tree follows fine-tuning, adapters, quantization, merging and continued training. Training
    on data or on the output of another model stands apart: whether terms pass along it is
    contested. The exit code is 1 when the declared license of the weights grants a freedom that a
    restriction of somebody else's base takes.
    """
    if form not in _FORMATS:
        raise UnknownNameError("format", form, _FORMATS, f"Formats: {', '.join(_FORMATS)}.")
    graph = open_with_progress(as_of)
    chain = chain_of(graph.store, find_on(graph, name, as_of, ("system",)))
    if form == "json":
        click.echo(json.dumps(_as_json(chain) | told_day(graph), ensure_ascii=False, indent=2))
    elif form == "turtle":
        click.echo(canonical_turtle(chain_graph(chain)), nl=False)
    else:
        view = chain_view(chain)
        if as_of is not None:
            view = Group(Text(day_line(as_of), style="dim"), view)
        show_text(view)
    others = [excess for excess in chain.excesses if not excess.same_maker]
    return ExitCode.FINDINGS if others else ExitCode.FINE


def _as_json(chain: Chain) -> dict[str, Any]:
    inherited = [
        {"from": asdict(step.system), **asdict(clause)} for step, clause in chain.inherited()
    ]
    return {**asdict(chain), "inherited": inherited}


def chain_view(chain: Chain) -> RenderableType:
    """Return a chain as a tree, with what is contested and what the license exceeds below it."""
    tree = Tree(_head(chain.system.label, chain.terms))
    _grow(tree, chain.steps)
    parts: list[RenderableType] = [tree, Text(f"\n{_summary(chain)}")]
    if chain.excesses:
        parts += [Text("\nThe declared license grants more than the base allows", style="bold red")]
        parts.append(_excesses(chain.excesses))
        parts.append(
            Text("  Additional permission by the makers of the base is not recorded here.")
        )
    if chain.contested:
        parts.append(Text("\nContested: whether terms pass along these is disputed", style="bold"))
        parts += [_contested(contested) for contested in chain.contested]
    return Group(*parts)


def _head(label: str, terms: Terms) -> Text:
    head = Text(label, style="bold")
    licenses = ", ".join(license_.label for license_ in terms.licenses)
    head.append(f"   {licenses or 'license of the weights not recorded'}", style="not bold")
    return head


def _grow(tree: Tree, steps: Iterable[Step]) -> None:
    for step in steps:
        head = Text(f"{step.relation.label} ", style="dim")
        head.append_text(_head(step.system.label, step.terms))
        if step.circular:
            head.append("   (stands above: the chain runs in a circle)", style="red not bold")
            tree.add(head)
            continue
        if step.repeated:
            head.append("   (its own ancestors stand elsewhere in this tree)", style="dim not bold")
        branch = tree.add(head)
        for clause in step.terms.binding:
            branch.add(_clause(clause, "binds derivatives"))
        for clause in step.terms.unclear:
            branch.add(_clause(clause, "not known whether it binds derivatives"))
        _grow(branch, step.steps)


def _clause(clause: Clause, binds: str) -> Text:
    style = "yellow" if clause.binds else "dim"
    line = Text(
        f"{clause.locator or 'clause not recorded'}  ", style="bold" if clause.binds else ""
    )
    line.append(clause.kind, style=style)
    line.append(f"  → takes {_short(clause.takes)}, {binds}", style="not bold")
    if clause.says:
        line.append(f"\n{clause.says}", style="dim not bold")
    return line


def _short(freedoms: Iterable[Named]) -> str:
    return ", ".join(freedom.label.removeprefix("freedom to ") for freedom in freedoms)


def _summary(chain: Chain) -> str:
    if not chain.steps:
        return f"{chain.system.label} descends from no other system, as far as recorded."
    ancestors = count(len(chain.ancestors()), "ancestor")
    inherited = count(len({clause.iri for _, clause in chain.inherited()}), "restriction")
    unclear = {clause.iri for step in chain.ancestors() for clause in step.terms.unclear}
    more = f"; of {len(unclear)} more it is not known whether they bind" if unclear else ""
    return f"{ancestors}; {inherited} inherited{more}."


def _excesses(excesses: tuple[Excess, ...]) -> RenderableType:
    """Return the findings with those together that the same clause is about."""
    declared = dict.fromkeys((excess.weights, excess.declared) for excess in excesses)
    lines: list[RenderableType] = []
    for weights, license_ in declared:
        here = [e for e in excesses if (e.weights, e.declared) == (weights, license_)]
        freedoms = _short(dict.fromkeys(excess.freedom for excess in here))
        lines.append(Text(f"  {weights.label}: {license_.label} grants {freedoms}, but"))
        lines += [_taken(clause, here) for clause in dict.fromkeys(e.clause for e in here)]
    return Group(*lines)


def _taken(clause: Clause, excesses: Iterable[Excess]) -> Text:
    here = [excess for excess in excesses if excess.clause == clause]
    bases = ", ".join(dict.fromkeys(excess.ancestor.label for excess in here))
    freedoms = _short(dict.fromkeys(excess.freedom for excess in here))
    line = Text(f"    {clause.locator or 'clause not recorded'}", style="bold")
    line.append(f" of the {clause.license.label} ({clause.kind}) takes {freedoms}", "not bold")
    line.append(f"; it came with {bases}", "dim not bold")
    if all(excess.same_maker for excess in here):
        line.append(", whose maker is the same and may license anew", "not bold")
    return line


def _contested(contested: Contested) -> Text:
    licenses = ", ".join(license_.label for license_ in contested.terms.licenses)
    line = Text(f"  {contested.system.label} ", style="")
    line.append(contested.relation.label, style="dim")
    line.append(f" {contested.source.label}   {licenses or 'license not recorded'}")
    for clause in contested.terms.clauses:
        where = clause.locator or "clause not recorded"
        line.append(f"\n    {where}  {clause.kind}  → takes {_short(clause.takes)}", style="dim")
    return line
