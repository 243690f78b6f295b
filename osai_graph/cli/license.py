"""The command ``license`` finds the license that a name means and shows it as a card."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any, Final

import click
from rdflib import URIRef
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from osai_graph.cli import ExitCode
from osai_graph.cli.opening import open_with_progress
from osai_graph.cli.rendering import show
from osai_graph.cli.servers import store_option
from osai_graph.errors import UnknownNameError
from osai_graph.interchange.license_text import Choice, LicenseReading, Term, read_license
from osai_graph.licenses import LicenseIndex, Match
from osai_graph.namespaces import CC, DCAT, DCTERMS, OSAI, SCHEMA, SKOS
from osai_graph.records import FreedomStanding, Record, Restriction, Standing, describe

_STANDINGS: Final = {
    Standing.GIVEN: ("●", "granted"),
    Standing.LIMITED: ("◐", "conditional"),
    Standing.WITHHELD: ("✕", "withheld"),
    Standing.DENIED: ("✕", "denied"),
    Standing.UNKNOWN: ("?", "unknown"),
}
_STATUSES: Final = {
    "OSI": OSAI.hasOsiStatus,
    "FSF": OSAI.hasFsfStatus,
    "Open Definition": OSAI.hasOpenDefinitionStatus,
    "Model Openness Tool": OSAI.hasMotStatus,
}
#: Facts that take one line for each value.
_LISTED: Final = {"status", "basis", "evidence", "notes"}
_BINDS: Final = {
    True: "binds derivatives",
    False: "does not bind derivatives",
    None: "not known whether it binds derivatives",
}


@click.command("license")
@click.argument("text", nargs=-1, required=True)
@click.option(
    "--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@store_option
def command(text: tuple[str, ...], output: str) -> int:
    """Find the license that TEXT means: an identifier, a name, an alias or an address.

    A text that names several licenses ("MIT OR Apache-2.0", "Weights: X. Code: Y.") is taken apart.
    A name that leaves the version open is never guessed: its candidates are listed, and the exit
    code is 1. An unknown name ends with exit code 2.
    """
    store = open_with_progress().store
    match, reading = find_or_read(LicenseIndex.from_store(store), " ".join(text))
    record = describe(store, URIRef(match.license.iri)) if match.license else None
    if output == "json":
        click.echo(json.dumps(_as_json(match, record, reading), ensure_ascii=False, indent=2))
    elif record:
        show(_card(match, record))
    elif reading:
        _show_reading(reading)
    elif match.candidates:
        _show_candidates(match)
    else:
        raise _unknown(match)
    return ExitCode.FINE if reading else _exit_code(match)


def find_or_read(index: LicenseIndex, text: str) -> tuple[Match, LicenseReading | None]:
    """Return what a text means, and its reading when it names several licenses.

    What is no name may be words around one ("released under MIT"): then that license is meant.
    """
    match = index.find(text)
    if match.license or match.candidates or match.names_nothing:
        return match, None
    reading = read_license(text)
    if reading.scopes or not isinstance(reading.term, str | None):
        return match, reading
    names = (reading.term,) if reading.term else reading.candidates
    found = [found for name in names if (found := index.find(name)).license]
    if reading.term and found:
        return replace(found[0], text=text), None
    return replace(match, candidates=tuple(f.license for f in found if f.license)), None


def _expression(term: Term | None) -> str:
    """Write a license or a compound as an SPDX expression (SPDX 3.0, license expressions)."""
    if term is None or isinstance(term, str):
        return term or ""
    joint = " OR " if isinstance(term, Choice) else " AND "
    return joint.join(m if isinstance(m, str) else f"({_expression(m)})" for m in term.members)


def _parts(reading: LicenseReading) -> list[tuple[str, LicenseReading]]:
    return [(scope.value, part) for scope, part in reading.scopes] or [("", reading)]


def _show_reading(reading: LicenseReading) -> None:
    table = Table("part", "licenses", "outcome", box=None, pad_edge=False)
    for scope, part in _parts(reading):
        licenses = _expression(part.term) or " | ".join(part.candidates)
        table.add_row(scope or "all", licenses, part.outcome.value)
    show(table)


def _reading_as_json(reading: LicenseReading) -> list[dict[str, Any]]:
    return [
        {
            "part": scope or None,
            "expression": _expression(part.term) or None,
            "outcome": part.outcome.value,
            "candidates": list(part.candidates),
        }
        for scope, part in _parts(reading)
    ]


def _exit_code(match: Match) -> ExitCode:
    if match.license:
        return ExitCode.FINE
    return ExitCode.FINDINGS if match.candidates else ExitCode.CANNOT_RUN


def _unknown(match: Match) -> UnknownNameError:
    if match.names_nothing:
        hint = "It is no name of a license: it does not say which terms hold."
        if match.text.strip().casefold() == "unlicensed":
            hint += ' "Unlicense" is one: it gives up all rights.'
    elif match.nearest:
        hint = f"Did you mean {' or '.join(match.nearest)}?"
    else:
        hint = "The graph knows no name that is near to it."
    error = UnknownNameError("license", match.text, (), hint)
    error.nearest = list(match.nearest)
    return error


def _show_candidates(match: Match) -> None:
    table = Table("identifier", "name", box=None, pad_edge=False)
    for candidate in match.candidates:
        table.add_row(candidate.identifier, candidate.label)
    show(table)
    which = "one license" if len(match.candidates) == 1 else "several licenses"
    click.echo(
        f'"{match.text}" does not say exactly which license it means. It fits {which}; '
        "ask again with an identifier of the list.",
        err=True,
    )


def _values(record: Record, *properties: URIRef) -> list[str]:
    wanted = [str(p) for p in properties]
    facts = {f.property.iri: f for group in record.facts for f in group.facts}
    return [value.text for p in wanted if p in facts for value in facts[p].values]


def _card(match: Match, record: Record) -> Group:
    assert match.license is not None
    head = Text(f"{record.label}\n", style="bold")
    facts = [match.license.identifier, *_values(record, OSAI.stewardName, DCTERMS.issued)]
    facts += [f"version {version}" for version in _values(record, DCAT.version)]
    head.append(" · ".join(facts), style="not bold")
    parts: list[Any] = [head]
    if record.description:
        parts.append(Text(record.description))
    parts += [
        _section("Freedoms", _freedom_table(record.freedoms)),
        _section("Restrictions", _restriction_list(record.restrictions)),
        _section("Also", _fact_table(match, record)),
    ]
    return Group(*parts)


def _section(title: str, body: Any) -> Group:
    return Group(Text(f"\n{title}", style="bold"), Padding(body, (0, 0, 0, 2)))


def _freedom_table(freedoms: Iterable[FreedomStanding]) -> Table:
    table = Table.grid(padding=(0, 2))
    for standing in freedoms:
        symbol, word = _STANDINGS[standing.standing]
        because = "; ".join(thing.label for thing in standing.because)
        table.add_row(symbol, standing.freedom.label, word, because)
    return table


def _restriction_list(restrictions: tuple[Restriction, ...]) -> Group:
    if not restrictions:
        return Group(Text("none"))
    lines: list[Any] = []
    for restriction in restrictions:
        lines.append(Text(f"– {_restriction_title(restriction)}"))
        lines.append(Padding(Text(_restriction_text(restriction)), (0, 0, 0, 2)))
    return Group(*lines)


def _restriction_title(restriction: Restriction) -> str:
    kind = restriction.kind.label if restriction.kind else ""
    title = restriction.label if kind == restriction.label else f"{restriction.label} [{kind}]"
    return f"{title}, {restriction.locator}" if restriction.locator else title


def _restriction_text(restriction: Restriction) -> str:
    takes = ", ".join(thing.label.removeprefix("freedom to ") for thing in restriction.takes)
    terms = [
        f"takes the freedom to {takes}" if takes else "takes none of the four freedoms",
        *([f"above {restriction.threshold}"] if restriction.threshold else []),
        _BINDS[restriction.binds_derivatives],
    ]
    return "\n".join(filter(None, [restriction.description, "; ".join(terms)]))


def _fact_table(match: Match, record: Record) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(overflow="fold")
    for title, values in _card_facts(match, record):
        if values:
            table.add_row(title, ("\n" if title in _LISTED else "; ").join(values))
    return table


def _card_facts(match: Match, record: Record) -> list[tuple[str, list[str]]]:
    statuses = [f"{body}: {value}" for body, value in _statuses(record).items()]
    return [
        ("status", statuses),
        ("kind", _values(record, OSAI.hasLicenseKind)),
        ("class", _values(record, OSAI.hasLicenseClass)),
        ("commercial use", _values(record, OSAI.hasCommercialUseGrant)),
        ("derivatives", _values(record, OSAI.hasDerivativesGrant)),
        ("conditions", _values(record, CC.requires)),
        ("followed by", _values(record, OSAI.isEarlierVersionOf)),
        ("other names", [*_values(record, DCTERMS.title), *record.alternative_labels]),
        ("identifiers", _values(record, DCTERMS.identifier)),
        ("text", _values(record, SCHEMA.url)),
        ("basis", [*_values(record, OSAI.hasBasis), *_from_memory(record)]),
        ("evidence", _evidence(record)),
        ("notes", _values(record, SKOS.editorialNote)),
        ("found by", [match.how.value] if match.how else []),
        ("record", [record.iri]),
    ]


def _statuses(record: Record) -> dict[str, str]:
    found = {body: _values(record, status) for body, status in _STATUSES.items()}
    return {body: values[0] for body, values in found.items() if values}


def _from_memory(record: Record) -> list[str]:
    """Return what evidence says that nobody has verified."""
    memory = str(OSAI.FromMemory)
    return [e.shows for e in record.evidence if e.basis and e.basis.iri == memory and e.shows]


def _evidence(record: Record) -> list[str]:
    """Return the addresses that were looked at, each with the day."""
    return [f"{e.url} ({e.retrieved_on})" for e in record.evidence if e.url]


def _as_json(match: Match, record: Record | None, reading: LicenseReading | None) -> dict[str, Any]:
    return {
        "parts": _reading_as_json(reading) if reading else [],
        "text": match.text,
        "license": _record_as_json(match, record) if record else None,
        "how": match.how,
        "candidates": [asdict(candidate) for candidate in match.candidates],
        "nearest": list(match.nearest),
        "names_nothing": match.names_nothing,
    }


def _record_as_json(match: Match, record: Record) -> dict[str, Any]:
    assert match.license is not None
    return {
        **asdict(match.license),
        "description": record.description,
        "other_names": list(record.alternative_labels),
        "identifiers": _values(record, DCTERMS.identifier),
        "steward": _values(record, OSAI.stewardName),
        "issued": _values(record, DCTERMS.issued),
        "version": _values(record, DCAT.version),
        "kind": _values(record, OSAI.hasLicenseKind),
        "class": _values(record, OSAI.hasLicenseClass),
        "status": _statuses(record),
        "freedoms": [_freedom_as_json(standing) for standing in record.freedoms],
        "restrictions": [asdict(restriction) for restriction in record.restrictions],
        "commercial_use": _values(record, OSAI.hasCommercialUseGrant),
        "derivatives": _values(record, OSAI.hasDerivativesGrant),
        "conditions": _values(record, CC.requires),
        "followed_by": _values(record, OSAI.isEarlierVersionOf),
        "url": _values(record, SCHEMA.url),
        "basis": _values(record, OSAI.hasBasis),
        "from_memory": _from_memory(record),
        "notes": _values(record, SKOS.editorialNote),
        "evidence": [asdict(evidence) for evidence in record.evidence],
    }


def _freedom_as_json(standing: FreedomStanding) -> dict[str, Any]:
    return {**asdict(standing), "standing": _STANDINGS[standing.standing][1]}
