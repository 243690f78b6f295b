"""record_view lays out a record for reading: head, freedoms, components, evidence, claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from osai_graph.cli.rendering import STANDINGS, console, fit_widths
from osai_graph.namespaces import DCTERMS, OSAI, SCHEMA, shorten
from osai_graph.records import (
    Claim,
    Component,
    Evidence,
    FactGroup,
    FreedomStanding,
    Obstacle,
    OutcomeVerdict,
    Record,
    Relation,
    Restriction,
    Source,
    Standing,
    Thing,
    Value,
)
from osai_graph.records.numbers import number_words

#: How many things a line names before it says how many more there are.
_NAMED = 8

#: A literal longer than this is cut.
_LONG = 400

_STATUS_STYLES = {
    "confirmed": "green",
    "inaccurate": "yellow",
    "refuted": "red",
    "unsupported": "yellow",
    "disputed": "yellow",
}


#: How far the contents of a section stand in from the margin.
_INDENT = 2

#: Columns of white space between those of a table.
_GAP = 2


def record_view(record: Record, width: int | None = None) -> RenderableType:
    """Return a record as people read it, for a width in columns (by default the console's)."""
    evidence = _Numbered(record)
    room = (width or console().width) - _INDENT
    sections: list[tuple[str, RenderableType | None]] = [
        ("Verdicts", _verdicts(record)),
        ("Facts", _facts(record.facts)),
        ("Freedoms", _freedoms(record)),
        ("Restrictions", _restrictions(record.restrictions)),
        (_parts_title(record), _components(record.components, evidence, room)),
        ("Lineage", _relations(record.lineage)),
        (_claims_title(record), _claims(record.claims)),
        ("Mentioned by", _relations(record.mentions)),
        ("Evidence", evidence.view()),
        ("Stated in", _sources(record.sources)),
    ]
    parts: list[RenderableType] = [_head(record)]
    for title, body in sections:
        if body is not None:
            parts += [Text(f"\n{title}", style="bold"), Padding(body, (0, 0, 0, _INDENT))]
    return Group(*parts)


def _head(record: Record) -> Text:
    head = Text(record.label, style="bold")
    head.append(f"  {shorten(record.iri)}", style="dim not bold")
    head.append(f"\n{_summary(record)}", style="not bold")
    if record.description:
        head.append(f"\n{record.description}", style="not bold")
    if record.alternative_labels:
        head.append(f"\nalso called {', '.join(record.alternative_labels)}", style="dim not bold")
    return head


def _summary(record: Record) -> str:
    values = {f.property.iri: f.values for group in record.facts for f in group.facts}
    makers = values.get(str(OSAI.isDevelopedBy), values.get(str(OSAI.hasSteward), ()))
    words = [record.kind.label]
    if makers:
        words.append(f"by {_and([value.text for value in makers])}")
    for prop, word in (
        (DCTERMS.issued, "of"),
        (SCHEMA.foundingDate, "founded"),
        (SCHEMA.startDate, "of"),
    ):
        if dates := values.get(str(prop)):
            words.append(f"{word} {dates[0].text}")
    return " ".join(words)


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _named(things: Sequence[Thing]) -> str:
    names = [thing.label for thing in things[:_NAMED]]
    more = len(things) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _grid(*styles: str) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for style in styles:
        grid.add_column(style=style, overflow="fold")
    return grid


def _facts(groups: tuple[FactGroup, ...]) -> Table | None:
    grid = _grid("dim", "")
    for group in groups:
        for fact in group.facts:
            values = ", ".join(_value(value) for value in fact.values)
            grid.add_row(Text(fact.property.label), Text(values))
    return grid if grid.row_count else None


def _value(value: Value) -> str:
    if value.iri:
        return shorten(value.text)
    text = number_words(value.text, value.datatype)
    # the whole text of a document belongs in the export, not in the overview
    return text if len(text) <= _LONG else f"{text[:_LONG]} ..."


def _standing(standing: FreedomStanding) -> Text:
    symbol, word, style = STANDINGS[standing.standing]
    if standing.parts:
        word = "not given by every part"
    return Text(f"{symbol} {word}", style=style, no_wrap=True)


def _short(freedom: Thing) -> str:
    return freedom.label.removeprefix("freedom to ")


def _freedoms(record: Record) -> Table | None:
    if not record.freedoms:
        return None
    grid = _grid("", "", "")
    for standing in record.freedoms:
        grid.add_row(
            Text(_short(standing.freedom)),
            _standing(standing),
            Text(_because(standing, f" of {record.label}")),
        )
    return grid


#: Words, symbol and style of a verdict; met, undecided and not met never differ by color alone.
_VERDICT_STYLES = {
    "met": ("●", "green"),
    "not met": ("✕", "red"),
    "cannot be decided": ("?", "yellow"),
}

#: How many obstacles a verdict names; `osai-graph why` has them all.
_OBSTACLES = 3


def _verdicts(record: Record) -> Table | None:
    grid = _grid("", "", "")
    for verdict in record.verdicts:
        best = _best(verdict.outcomes)
        symbol, style = _VERDICT_STYLES[best.value]
        grid.add_row(
            Text(verdict.framework.label),
            Text(f"{symbol} {best.value}: {best.outcome.label}{_progress(best)}", style=style),
            Text("" if best.value == "met" else _obstacles(verdict.obstacles, record, best.value)),
        )
    return grid if grid.row_count else None


def _best(outcomes: Sequence[OutcomeVerdict]) -> OutcomeVerdict:
    """Return the highest outcome that is met, else the first that may be, else the first."""
    met = [outcome for outcome in outcomes if outcome.value == "met"]
    open_ = [outcome for outcome in outcomes if outcome.value == "cannot be decided"]
    return (met[-1:] or open_[:1] or list(outcomes))[0]


def _progress(outcome: OutcomeVerdict) -> str:
    if outcome.requirements is None or outcome.value == "met":
        return ""
    return f" ({outcome.met} of {outcome.requirements} requirements)"


def _obstacles(obstacles: Sequence[Obstacle], record: Record, value: str) -> str:
    wanted = [obstacle for obstacle in obstacles if obstacle.value == value] or list(obstacles)
    parts = []
    for obstacle in wanted[:_OBSTACLES]:
        things = ", ".join(
            thing.label.removesuffix(f" of {record.label}") for thing in obstacle.because
        )
        parts.append(obstacle.requirement.label + (f" ({things})" if things else ""))
    more = len(wanted) - len(parts)
    return "; ".join(parts) + (f"; {more} more" if more > 0 else "")


def _because(standing: FreedomStanding, suffix: str) -> str:
    if not standing.because:
        return ""
    if all(thing.iri.startswith(str(OSAI)) for thing in standing.because):
        return f"because it is {_named(standing.because)}"
    if standing.parts:
        return "; ".join(
            f"{STANDINGS[group.standing][1]} by {_named(_without(suffix, group.parts))}"
            for group in standing.parts
        )
    return f"because of {_named(_without(suffix, standing.because))}"


def _without(suffix: str, parts: Iterable[Thing]) -> list[Thing]:
    return [Thing(part.iri, part.label.removesuffix(suffix)) for part in parts]


def _restrictions(restrictions: tuple[Restriction, ...]) -> Table | None:
    if not restrictions:
        return None
    table = _table("restriction", "takes", "clause", "what it says")
    for restriction in restrictions:
        kind = restriction.kind.label if restriction.kind else restriction.label
        binds = " Binds derivatives." if restriction.binds_derivatives else ""
        threshold = f" Above {restriction.threshold}." if restriction.threshold else ""
        table.add_row(
            Text(kind),
            Text(", ".join(map(_short, restriction.takes))),
            Text(restriction.locator or "not recorded"),
            Text(f"{restriction.description or restriction.label}{threshold}{binds}"),
        )
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _parts_title(record: Record) -> str:
    return "Works in it" if record.route == "dataset" else "Components"


def _components(
    components: tuple[Component, ...], evidence: _Numbered, width: int
) -> RenderableType | None:
    """Return a table with words if there is room, else with symbols, else a block for each part."""
    if not components:
        return None
    table = _component_table(components, evidence, width, words=True)
    if table is not None:
        return table
    table = _component_table(components, evidence, width, words=False)
    body = table or _component_blocks(components, evidence)
    return Group(body, _legend(f.standing for c in components for f in c.freedoms))


def _component_table(
    components: tuple[Component, ...], evidence: _Numbered, width: int, *, words: bool
) -> Table | None:
    """Return the table, or ``None`` if it would break words or hide one freedom below another."""
    freedoms = [_short(standing.freedom) for standing in components[0].freedoms]
    heads = ["component", "availability", "license", *freedoms, "evidence"]
    rows = [_component_cells(component, evidence, words=words) for component in components]
    texts = [[head, *(_unbroken(row[i]) for row in rows)] for i, head in enumerate(heads)]
    widths = fit_widths(texts, width - _GAP * (len(heads) - 1))
    if widths is None:
        return None
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, _GAP, 0, 0))
    for head, wide in zip(heads, widths, strict=True):
        table.add_column(head, width=wide)
    for row in rows:
        table.add_row(*row)
    return table


def _unbroken(text: Text) -> str:
    """Return a text as it is measured: what must not wrap counts as one word."""
    return text.plain.replace(" ", "_") if text.no_wrap else text.plain


def _component_cells(component: Component, evidence: _Numbered, *, words: bool) -> list[Text]:
    return [
        Text(component.kind.label),
        Text(_availability(component)),
        Text(_licenses(component)),
        *(_standing(f) if words else _symbol(f.standing) for f in component.freedoms),
        Text(evidence.references(component.evidence), style="dim"),
    ]


def _component_blocks(components: tuple[Component, ...], evidence: _Numbered) -> Group:
    lines: list[RenderableType] = []
    for component in components:
        head = Text(component.kind.label, style="bold")
        licenses = f", {_licenses(component)}" if component.licenses else ""
        head.append(f": {_availability(component)}{licenses} ", style="not bold")
        head.append(evidence.references(component.evidence), style="dim not bold")
        freedoms = [
            Text.assemble(f"{_short(f.freedom)} ", _symbol(f.standing)) for f in component.freedoms
        ]
        lines += [head, Padding(Text("  ").join(freedoms), (0, 0, 0, 2))]
    return Group(*lines)


def _availability(component: Component) -> str:
    return component.availability.label if component.availability else "not recorded"


def _licenses(component: Component) -> str:
    return ", ".join(map(_license, component.licenses)) or "–"


def _symbol(standing: Standing) -> Text:
    symbol, _, style = STANDINGS[standing]
    return Text(symbol, style=style)


def _legend(standings: Iterable[Standing]) -> Text:
    """Explain the symbols that occur."""
    occurring = set(standings)
    words = [f"{symbol} {word}" for s, (symbol, word, _) in STANDINGS.items() if s in occurring]
    return Text("  ".join(words), style="dim")


def _license(license_: Thing) -> str:
    """Return the identifier of a license, which is shorter than its name."""
    return license_.iri.rpartition("/")[2].removeprefix("LicenseRef-")


def _relations(relations: tuple[Relation, ...]) -> Table | None:
    if not relations:
        return None
    grid = _grid("dim", "")
    for relation in relations:
        mark = " (inferred)" if relation.inferred else ""
        grid.add_row(Text(relation.property.label + mark), Text(_named(relation.things)))
    return grid


def _claims_title(record: Record) -> str:
    if record.route == "claim" and len(record.claims) == 1:
        return "The claim"
    return "Claims in it" if record.route in ("document", "claim") else "Claims about it"


def _claims(claims: tuple[Claim, ...]) -> RenderableType | None:
    if not claims:
        return None
    if len(claims) > _NAMED:
        return _claim_list(claims)
    return Group(*(_claim(claim) for claim in claims))


def _status(claim: Claim) -> Text:
    word = claim.status.label if claim.status else "unverified"
    return Text(word, style=_STATUS_STYLES.get(word, ""))


def _claim_list(claims: Iterable[Claim]) -> Table:
    table = _table("claim", "status", "words")
    for claim in claims:
        table.add_row(Text(claim.identifier), _status(claim), Text(claim.quote or claim.label))
    return table


def _claim(claim: Claim) -> Group:
    head = Text.assemble(
        (claim.identifier, "bold"),
        "  ",
        _status(claim),
        f"  “{claim.quote or claim.label}”",
    )
    grid = _grid("dim", "")
    where = ", ".join(filter(None, [claim.source.label if claim.source else "", claim.locator]))
    lines = [
        ("says", claim.claimed_value),
        ("where", where),
        ("why", claim.reason),
        *(("correct", correction.text) for correction in claim.corrections),
        ("may mean", _named(claim.candidates)),
        ("sources", " ".join(claim.sources)),
    ]
    for name, text in lines:
        if text:
            grid.add_row(name, Text(text))
    return Group(head, Padding(grid, (0, 0, 0, 2)))


class _Numbered:
    """The evidence of a record and its components, numbered in the order of appearance."""

    def __init__(self, record: Record) -> None:
        every = [*record.evidence, *(e for c in record.components for e in c.evidence)]
        self._numbers = {e.iri: n for n, e in enumerate({e.iri: e for e in every}.values(), 1)}
        self._evidence = {e.iri: e for e in every}

    def references(self, evidence: Iterable[Evidence]) -> str:
        """Return the numbers of some evidence, in order."""
        numbers = sorted(self._numbers[e.iri] for e in evidence)
        return " ".join(f"[{number}]" for number in numbers)

    def view(self) -> Table | None:
        """Return the numbered list with addresses, days and what one sees there."""
        if not self._numbers:
            return None
        grid = _grid("dim", "")
        for iri, number in self._numbers.items():
            grid.add_row(Text(f"[{number}]"), self._entry(self._evidence[iri]))
        return grid

    @staticmethod
    def _entry(evidence: Evidence) -> Text:
        where = evidence.url or "no address"
        facts = [evidence.locator, evidence.retrieved_on]
        facts.append(evidence.basis.label if evidence.basis else None)
        entry = Text(f"{where}  ")
        entry.append(", ".join(filter(None, facts)), style="dim")
        found = "searched, nothing found: " if evidence.is_search else ""
        if evidence.shows:
            entry.append(f"\n{found}{evidence.shows}", style="italic")
        return entry


def _sources(sources: tuple[Source, ...]) -> Table | None:
    if not sources:
        return None
    grid = _grid("", "dim")
    for source in sources:
        facts = [
            f"by {source.attributed_to.label}" if source.attributed_to else "",
            f"as of {source.retrieved_on}" if source.retrieved_on else "",
            f"data under {_license(source.license)}" if source.license else "",
        ]
        grid.add_row(Text(source.path), Text(", ".join(filter(None, facts))))
    return grid
