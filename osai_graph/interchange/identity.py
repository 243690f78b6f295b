"""identity decides which record of the graph a name of a source means; a reviewed file decides."""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from osai_graph import resources
from osai_graph.errors import GraphError
from osai_graph.namespaces import expand

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "λ": "lambda",
    "μ": "mu", "π": "pi", "σ": "sigma", "ς": "sigma", "φ": "phi", "ω": "omega",
}  # fmt: skip
#: A name of a file may have 255 bytes.
_LONGEST_SLUG = 100
_HUB_NAME = r"(?P<id>[\w.-]+/[\w.-]+)"
_HUB = re.compile(
    rf"(?:huggingface\.co|hf\.co)/(?!(?:datasets|spaces|collections|docs|blog|papers)/){_HUB_NAME}"
)
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+", re.IGNORECASE)


def slugify(name: str) -> str:
    """Return the kebab-case slug of a name, in ASCII.

    >>> slugify("CodeT5+-16B"), slugify("PanGu-α"), slugify("Llama-3.1 8B"), slugify("Tülu")
    ('codet5-plus-16b', 'pangu-alpha', 'llama-3-1-8b', 'tulu')
    """
    text = "".join(_GREEK.get(letter, letter) for letter in name.lower())
    text = text.replace("+", "-plus-").replace("&", "-and-")
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", text.replace("'", "")).strip("-")
    if len(slug) <= _LONGEST_SLUG:
        return slug
    digest = hashlib.sha256(slug.encode()).hexdigest()[:8]
    return f"{slug[:_LONGEST_SLUG].rstrip('-')}-{digest}"


def loose_key(name: str) -> str:
    """Return what two spellings of one name share: letters and numbers, cut where they change.

    >>> loose_key("Qwen2.5-72B") == loose_key("qwen 2.5 72b")
    True
    >>> loose_key("Llama 3.1") == loose_key("Llama 31")
    False
    """
    return " ".join(re.findall(r"[a-z]+|\d+", slugify(name)))


def hub_id(text: str) -> str | None:
    """Return the Hugging Face identifier in an address or text, if it is one of a model.

    >>> hub_id("https://huggingface.co/EleutherAI/pythia-12b/tree/main")
    'EleutherAI/pythia-12b'
    >>> hub_id("https://huggingface.co/datasets/EleutherAI/pile")
    """
    match = re.fullmatch(_HUB_NAME, text.strip()) or _HUB.search(text)
    return match["id"] if match else None


def address_in(text: str) -> str | None:
    """Return the first web address in a text, fit to be an IRI."""
    match = _ADDRESS.search(text)
    return match.group().rstrip(".,;)]'") if match else None


@dataclass(frozen=True)
class Decision:
    """One reviewed line of a crosswalk: this name of this source is that record, or within it."""

    record: str
    kind: str = ""
    label: str = ""
    comment: str = ""
    broader: bool = False


@dataclass(frozen=True)
class Identity:
    """The record that a name means, and whether a person decided so.

    ``broader`` says that the record covers more sizes or variants than the one of that name.
    """

    slug: str
    kind: str = ""
    label: str = ""
    reviewed: bool = False
    broader: bool = False


@dataclass
class Crosswalk:
    """The reviewed decisions: SSSOM files, one line per name of a source.

    ``subject_id`` is ``<source>:<key>``; ``object_id`` the record as a prefixed name, or
    ``sssom:NoTermFound`` for a name that is no record of its own (a person, an empty form). The
    predicate is ``skos:broadMatch`` where the record covers more than the one of that name.
    """

    decisions: Mapping[str, Decision] = field(default_factory=dict)
    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def find(self, source: str, key: str, name: str, prefix: str = "system") -> Identity | None:
        """Return the record of a name: as decided, else by the slug of the name.

        Returns:
            ``None`` when the crosswalk says that there is no record, or the name has no letters.
        """
        decision = self.decisions.get(f"{source}:{key}")
        if decision is None:
            slug = slugify(name)
            return Identity(slug) if slug else None
        if not decision.record:
            return None
        slug = decision.record.removeprefix(f"{prefix}:")
        return Identity(slug, decision.kind, decision.label, True, decision.broader)

    def known_to_others(self, source: str) -> frozenset[str]:
        """Return the systems and datasets that another source, or a record of our own, is about."""
        return frozenset(
            decision.record.partition(":")[2]
            for key, decision in self.decisions.items()
            if decision.record and key.partition(":")[0] not in (source, "name")
        )

    def known(self, name: str) -> str | None:
        """Return the one record that this name or a spelling of it stands for, if it is known."""
        records = self.labels.get(loose_key(name), frozenset())
        return next(iter(records)) if len(records) == 1 else None


_NOTHING = "sssom:NoTermFound"
_BROADER = "skos:broadMatch"


def crosswalk_folder(root: Path | None = None) -> Path:
    """Return the folder of the crosswalk files."""
    return (root or resources.graph_root()) / "data" / "crosswalk"


def read_crosswalk(path: Path) -> Crosswalk:
    """Read an SSSOM file (tab-separated, with a header of ``#`` lines).

    Raises:
        GraphError: the file cannot be read, lacks a column or names a record that cannot be.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise GraphError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    decisions: dict[str, Decision] = {}
    labels: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        subject, record = row.get("subject_id"), row.get("object_id")
        if not subject or not record or (record != _NOTHING and expand(record) is None):
            raise GraphError(f"{path}: row {number} names no record.", "See the other rows.")
        record = "" if record == _NOTHING else record
        kind, label = row.get("object_category") or "", row.get("object_label") or ""
        broader = row.get("predicate_id") == _BROADER
        comment = row.get("comment") or ""
        decisions[unquote(subject)] = Decision(record, kind, label, comment, broader)
        slug = _local(record)
        for name in (row.get("subject_label") or "", label, slug) if record else ():
            if key := loose_key(name):
                labels.setdefault(key, set()).add(slug)
        if label:
            names.setdefault(slug, label)
    known = {key: frozenset(slugs) for key, slugs in labels.items()}
    return Crosswalk(decisions, known, names)


def _local(record: str) -> str:
    """Return the slug of a record; that of a dataset keeps its prefix among those of systems."""
    prefix, _, slug = record.partition(":")
    return record if prefix == "dataset" else slug


@cache
def is_recorded(slug: str) -> bool:
    """Say whether the graph has a record of a system, or of a dataset (``dataset:the-pile``).

    The crosswalk also decides names of systems that are not shipped: an edge to one of these would
    lead nowhere.
    """
    kind, _, bare = slug.rpartition(":")
    data = resources.graph_root() / "data"
    if (data / f"{kind or 'system'}s" / f"{bare}.ttl").is_file():
        return True
    subject = re.compile(rf"schema:mainEntity {kind or 'system'}:{re.escape(bare)} ;")
    stated = (data / "sources").glob(f"*/{bare}.ttl")
    return any(subject.search(path.read_text(encoding="utf-8")) for path in stated)


@cache
def systems() -> Crosswalk:
    """Return the crosswalk of systems and datasets that comes with the graph."""
    path = crosswalk_folder() / "systems.sssom.tsv"
    return read_crosswalk(path) if path.exists() else Crosswalk()


@cache
def organizations() -> Crosswalk:
    """Return the crosswalk of organizations that comes with the graph."""
    path = crosswalk_folder() / "organizations.sssom.tsv"
    return read_crosswalk(path) if path.exists() else Crosswalk()


def developers(text: str, crosswalk: Crosswalk) -> list[tuple[str, str]]:
    """Return slug and name of each organization in a list as sources write it.

    What the crosswalk knows is never cut. Otherwise commas and slashes part names; "and" does only
    if the crosswalk knows both sides ("Microsoft and Peking University"), since it also stands
    inside names ("Hong Kong University of Science and Technology").
    """
    found = [item for part in _parted(text.strip(), crosswalk) for item in part]
    return list(dict(item for item in found if item[0]).items())


def _parted(text: str, crosswalk: Crosswalk) -> Iterator[list[tuple[str, str]]]:
    if not text:
        return
    if (whole := _organization(text, crosswalk)) is not None:
        yield [whole]
        return
    for separator in (r"\s*[,;]\s*", r"\s+/\s+"):
        parts = [part for part in re.split(separator, text) if part.strip()]
        if len(parts) > 1:
            for part in parts:
                yield from _parted(part, crosswalk)
            return
    yield _joined_by_and(text, crosswalk) or [(slugify(text), text)]


def _joined_by_and(text: str, crosswalk: Crosswalk) -> list[tuple[str, str]] | None:
    """Cut a text at "and" where both sides are known; "LF AI and Data" may be one of them."""
    for match in re.finditer(r"\s+(?:and|&)\s+", text):
        left = _organization(text[: match.start()], crosswalk)
        rest = text[match.end() :]
        right = _organization(rest, crosswalk)
        others = [right] if right else _joined_by_and(rest, crosswalk)
        if left and others:
            return [left, *others]
    return None


def private_id(name: str) -> str:
    """Return the crosswalk identifier of a name that must not stand in a file, such as a person's.

    >>> private_id("John Doe")
    'sha256:6cea57c2fb6cbc2a'
    """
    return f"sha256:{hashlib.sha256(name.strip().encode()).hexdigest()[:16]}"


def _organization(text: str, crosswalk: Crosswalk) -> tuple[str, str] | None:
    """Return slug and name of a known organization, an empty slug for none, nothing if unknown."""
    decisions = crosswalk.decisions
    decision = decisions.get(f"name:{text.strip()}") or decisions.get(private_id(text))
    if decision:
        return decision.record.partition(":")[2], decision.label or text.strip()
    slug = crosswalk.known(text)
    return (slug, crosswalk.names.get(slug) or text.strip()) if slug else None


@dataclass(frozen=True)
class DoubtfulPair:
    """Two records that may be one; a person should look."""

    first: str
    second: str
    reason: str


def doubtful_pairs(
    found: Iterable[tuple[str, str | None]], known: Iterable[str] = ()
) -> list[DoubtfulPair]:
    """Return the pairs of records that may be one: spelled alike, or with one hub identifier.

    Args:
        found: slug and Hugging Face identifier of each imported record.
        known: slugs of records that are there already.
    """
    spellings: dict[str, set[str]] = {}
    hubs: dict[str, set[str]] = {}
    imported = list(found)
    for slug in {*known, *(slug for slug, _ in imported)}:
        spellings.setdefault(loose_key(slug).replace(" ", ""), set()).add(slug)
    for slug, hub in imported:
        if hub:
            hubs.setdefault(hub.lower(), set()).add(slug)
    named = {slug for slug, _ in imported}
    pairs = []
    for reason, groups in (("spelled alike", spellings), ("same repository on the hub", hubs)):
        for slugs in groups.values():
            first, *others = sorted(slugs)
            pairs += [
                DoubtfulPair(first, other, reason) for other in others if {first, other} & named
            ]
    return sorted(set(pairs), key=lambda pair: (pair.first, pair.second, pair.reason))
