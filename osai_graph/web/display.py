"""display gives templates what they show of a record: marks, addresses, order and summaries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from flask import Flask, request

from osai_graph.graph.negotiation import Format
from osai_graph.namespaces import BASE, PREFIXES, RECORD_KINDS
from osai_graph.records.model import Claim, Component, Fact, FactGroup, Record, Standing, Thing
from osai_graph.records.numbers import NUMERIC, number_words


@dataclass(frozen=True)
class Mark:
    """How a status looks: a symbol and a tone beside its word, never a color alone."""

    symbol: str
    tone: str


GOOD: Final = Mark("●", "good")
PART: Final = Mark("◐", "part")
BAD: Final = Mark("✕", "bad")
OPEN: Final = Mark("?", "open")
NONE: Final = Mark("–", "none")

#: Terms of the closed lists of the ontology, by the last part of their IRI.
_MARKS: Final = {
    "Available": GOOD,
    "Gated": PART,
    "Partial": PART,
    "Withdrawn": BAD,
    "NotAvailable": BAD,
    "NotApplicable": NONE,
    "AvailabilityUnknown": OPEN,
    "Confirmed": GOOD,
    "Inaccurate": PART,
    "Disputed": PART,
    "Refuted": BAD,
    "Unsupported": OPEN,
    "Unverified": OPEN,
    "Opinion": NONE,
    "Approved": GOOD,
    "NotApproved": BAD,
    "NotEvaluated": OPEN,
    "ApprovalUnknown": OPEN,
    "Granted": GOOD,
    "GrantedConditionally": PART,
    "NotGranted": BAD,
    "GrantUnknown": OPEN,
    "OpenSourceAI": GOOD,
    "OpenSourceAIWithOpenData": GOOD,
    "OpenWeights": PART,
    "WeightsAvailable": PART,
}

_STANDINGS: Final = {
    Standing.GIVEN: GOOD,
    Standing.LIMITED: PART,
    Standing.WITHHELD: BAD,
    Standing.DENIED: BAD,
    Standing.UNKNOWN: OPEN,
}

#: The order in which people read the parts of a system; parts not named come last.
_COMPONENT_ORDER: Final = (
    "ModelWeights", "IntermediateCheckpoint", "OptimizerState", "ModelArchitecture", "SourceCode",
    "InferenceCode", "TrainingCode", "FineTuningCode", "DataPreprocessingCode", "EvaluationCode",
    "SupportingLibraries", "TrainingConfiguration", "TrainingData", "FineTuningData",
    "EvaluationData", "DataInformation", "DataCard", "ModelCard", "ResearchPaper",
    "TechnicalReport", "EvaluationResults", "HardwareDocumentation", "SampleOutputs",
)  # fmt: skip

KIND_TITLES: Final = {
    "system": "Systems",
    "organization": "Organizations",
    "license": "Licenses",
    "dataset": "Datasets",
    "document": "Documents",
    "event": "Events",
    "claim": "Claims",
    "framework": "Frameworks",
}


def local_name(iri: str) -> str:
    """Return the last part of an IRI."""
    return iri.replace("#", "/").rpartition("/")[2]


def mark_of(thing: Thing | str | None) -> Mark | None:
    """Return the mark of a term of a closed list, ``None`` for anything else."""
    iri = thing.iri if isinstance(thing, Thing) else thing
    if iri is None or not iri.startswith(PREFIXES["osai"]):
        return None
    return _MARKS.get(local_name(iri))


def standing_mark(standing: Standing) -> Mark:
    """Return the mark of the standing of a freedom."""
    return _STANDINGS[standing]


def verdict_mark(value: str) -> Mark:
    """Return the mark of a verdict: "met", "not met" or "cannot be decided"."""
    return {"met": GOOD, "not met": BAD}.get(value, OPEN)


def href(iri: str | None) -> str | None:
    """Return where a page links for an IRI: our records on this host, addresses of the web as is.

    Other schemes (``javascript:`` ...) give ``None``: no link.
    """
    if iri is None:
        return None
    if iri.startswith(BASE):
        path, hash_, fragment = iri.removeprefix(BASE).partition("#")
        served = path == "ns" or path.partition("/")[0] in (*RECORD_KINDS, "graph")
        address = f"{request.script_root}/{quote(path)}"
        return f"{address}{hash_}{quote(fragment)}" if served else None
    return iri if iri.startswith(("https://", "http://")) else None


def host(url: str) -> str:
    """Return the host of an address, without ``www.``.

    >>> host("https://www.example.org/a")
    'example.org'
    """
    return urlsplit(url).netloc.removeprefix("www.") or url


def address(url: str) -> str:
    """Return an address without its scheme, for reading.

    >>> address("https://www.example.org/a/")
    'example.org/a'
    """
    return url.partition("://")[2].removeprefix("www.").rstrip("/") or url


def thousands(number: int | str) -> str:
    """Return a number with its thousands parted; anything else as it is.

    >>> thousands("7300000000")
    '7,300,000,000'
    """
    try:
        return f"{int(number):,}"
    except ValueError:
        return str(number)


def billions(number: str) -> str:
    """Return a number of parameters as people say it.

    >>> billions("7300000000"), billions("160000000")
    ('7.3 billion', '160 million')
    """
    try:
        value = int(number)
    except ValueError:
        return number
    for size, word in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if value >= size:
            return f"{value / size:.4g} {word}"
    return f"{value:,}"


def counts_of_parameters(fact: Fact) -> str:
    """Return the numbers of parameters of a model, smallest first."""
    numbers = sorted({v.text for v in fact.values}, key=lambda text: (len(text), text))
    return ", ".join(billions(number) for number in numbers)


def capitalize_first(text: str) -> str:
    """Return words with a capital at the start; what is escaped stays so."""
    stripped = text.strip()
    return stripped[:1].upper() + stripped[1:]


def freedom_name(thing: Thing) -> str:
    """Return the verb of a freedom.

    >>> freedom_name(Thing(PREFIXES["osai"] + "FreedomToUse", "freedom to use"))
    'use'
    """
    return local_name(thing.iri).removeprefix("FreedomTo").lower()


def ordered_components(components: Iterable[Component]) -> list[Component]:
    """Return the parts in the order in which people read them."""
    order = {name: index for index, name in enumerate(_COMPONENT_ORDER)}
    return sorted(
        components, key=lambda c: (order.get(local_name(c.kind.iri), len(order)), c.label)
    )


def part_name(component: Component, record: Record) -> str:
    """Return the name of a part without that of its system ("weights of Pythia": "weights")."""
    return component.label.removesuffix(f" of {record.label}")


def find_fact(record: Record, *names: str) -> Fact | None:
    """Return the first fact of a record whose property has one of the names."""
    facts = [fact for group in record.facts for fact in group.facts]
    for name in names:
        for fact in facts:
            if local_name(fact.property.iri) == name:
                return fact
    return None


def other_facts(record: Record, *names: str) -> list[FactGroup]:
    """Return the facts of a record without those of the named properties."""
    groups = []
    for group in record.facts:
        kept = tuple(f for f in group.facts if local_name(f.property.iri) not in names)
        if kept:
            groups.append(FactGroup(group.title, kept))
    return groups


def _listed(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _count_parts(components: Sequence[Component]) -> str:
    counted = {"available": 0, "gated or partial": 0, "not available": 0, "unknown": 0}
    tones = dict(zip(("good", "part", "bad", "open"), counted, strict=True))
    for component in components:
        mark = mark_of(component.availability) or OPEN
        if mark.tone in tones:
            counted[tones[mark.tone]] += 1
    pieces = [f"{number} {word}" for word, number in counted.items() if number]
    total = sum(counted.values())
    return f"Of {total} parts on record, {_listed(pieces)}." if total > 1 else ""


def _freedoms_clause(component: Component) -> str:
    """Return what a part gives, as the end of a sentence whose subject it is."""
    by_standing: dict[Standing, list[str]] = {}
    for item in component.freedoms:
        by_standing.setdefault(item.standing, []).append(freedom_name(item.freedom))
    given = by_standing.get(Standing.GIVEN, [])
    if not component.freedoms:
        return ""
    if len(given) == len(component.freedoms):
        return "all four freedoms are given"
    pieces = []
    for standing, word in _STANDING_WORDS.items():
        if verbs := by_standing.get(standing):
            pieces.append(f"{_listed(verbs)} {'is' if len(verbs) == 1 else 'are'} {word}")
    return f"of its freedoms, {'; '.join(pieces)}"


_STANDING_WORDS: Final = {
    Standing.GIVEN: "given",
    Standing.LIMITED: "limited",
    Standing.DENIED: "denied",
    Standing.WITHHELD: "withheld",
    Standing.UNKNOWN: "unknown",
}


def summary(record: Record) -> str:
    """Return what the parts of a system come to, in one or two sentences."""
    parts = ordered_components(record.components)
    if not parts:
        return ""
    first = parts[0]
    name = part_name(first, record)
    license_names = _listed([license.label for license in first.licenses])
    have = first.availability.label if first.availability else "of unknown availability"
    terms = f" under {license_names}" if license_names else ""
    verb = "are" if name.endswith("s") else "is"
    clause = _freedoms_clause(first) if terms else ""
    sentence = f"The {name} {verb} {have}{terms}" + (f": {clause}." if clause else ".")
    return " ".join(filter(None, [sentence, _count_parts(parts)]))


def claim_groups(claims: Iterable[Claim]) -> list[tuple[str, Mark | None, int]]:
    """Return the statuses of claims with their marks and counts, the most frequent first."""
    counts: dict[tuple[str, Mark | None], int] = {}
    for claim in claims:
        if claim.status:
            key = (claim.status.label, mark_of(claim.status))
            counts[key] = counts.get(key, 0) + 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0][0]))
    return [(label, mark, number) for (label, mark), number in ranked]


def with_ending(name: str, form: Format) -> str:
    """Return the address of one form of a thing."""
    return f"{request.script_root}/{quote(name)}.{form.ending}"


def register(app: Flask) -> None:
    """Give the functions of this module to templates."""
    app.jinja_env.filters.update(
        href=href,
        host=host,
        capitalize_first=capitalize_first,
        address=address,
        mark=mark_of,
        thousands=thousands,
        number_words=number_words,
        counts_of_parameters=counts_of_parameters,
        freedom_name=freedom_name,
        local_name=local_name,
    )
    app.jinja_env.tests.update(number_value=lambda value: value.datatype in NUMERIC)
    app.jinja_env.globals.update(
        standing_mark=standing_mark,
        verdict_mark=verdict_mark,
        ordered_components=ordered_components,
        part_name=part_name,
        find_fact=find_fact,
        other_facts=other_facts,
        summary=summary,
        claim_groups=claim_groups,
        with_ending=with_ending,
        kind_titles=KIND_TITLES,
    )
