"""License texts as found in the wild are read right or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osai_graph.interchange.license_names import find_by_address, find_by_name
from osai_graph.interchange.license_text import (
    Choice,
    LicenseReading,
    Outcome,
    Scope,
    Term,
    Together,
    identifiers,
    read_license,
)
from osai_graph.licenses import shipped_index

TABLE = Path(__file__).parent / "license_texts.tsv"


def written(term: Term | None) -> str:
    if term is None or isinstance(term, str):
        return term or ""
    joint = " OR " if isinstance(term, Choice) else " AND "
    return joint.join(m if isinstance(m, str) else f"({written(m)})" for m in term.members)


def short(reading: LicenseReading) -> str:
    if reading.term:
        return written(reading.term)
    several = reading.outcome is Outcome.AMBIGUOUS
    return f"[{reading.outcome.value}]" + (f" {'|'.join(reading.candidates)}" if several else "")


def cases() -> list[tuple[str, str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [(line.split("\t")[0], line.split("\t")[1]) for line in lines if line[:1] != "#"]


@pytest.mark.parametrize(("text", "expected"), cases(), ids=lambda value: value[:40])
def test_reading(text: str, expected: str) -> None:
    reading = read_license(text)
    found = "; ".join(f"{scope.value}: {short(part)}" for scope, part in reading.scopes)
    assert (found or short(reading)) == expected


def test_the_table_is_broad() -> None:
    readings = [read_license(text) for text, _ in cases()]
    assert len(readings) > 300
    assert {r.outcome for r in readings} == set(Outcome)


@pytest.mark.parametrize(
    "text",
    [
        "not MIT",
        "MIT-like",
        "Apache-2.0-based",
        "Modified MIT",
        "Apache 2.0 with Commons Clause",
        "MIT until 2024, then BUSL-1.1",
        "CC-BY-4.0 (except logos)",
        "Apache-2.0?",
        "MIT (core)",
        "Apache 3.0",
        "CC-BY-5.0",
        "MIT and Apache 2.0 or GPL",
        "EXAONE AI Model License Agreement 1.2",
        "unlicensed",
        "MIT (non-commercial)",
        "[Apache 2.0](https://opensource.org/licenses/MIT)",
    ],
)
def test_a_changed_or_contradicted_license_is_not_stated(text: str) -> None:
    assert read_license(text).term is None


def shared_names() -> list[str]:
    """Return texts from the wild, and every name of every license record."""
    index = shipped_index()
    names = [text for text, _ in cases()]
    return names + [name for license_ in index.licenses for name in index.names_of(license_.iri)]


def test_reader_and_index_of_licenses_agree() -> None:
    """Where both are certain they mean one license; where the index is certain, both are."""
    index, own_outcome = shipped_index(), {Outcome.NO_LICENSE, Outcome.MIXED}
    for name in shared_names():
        match, reading = index.find(name), read_license(name)
        candidates = {candidate.identifier for candidate in match.candidates}
        if match.license and reading.outcome not in own_outcome:
            assert reading.term == match.license.identifier, name
        elif isinstance(reading.term, str) and candidates:
            assert reading.term in candidates, name


def test_scopes_are_kept_apart() -> None:
    reading = read_license("Weights: CC-BY-NC-4.0. Code: Apache-2.0. Data: not released.")
    weights, code, data = (reading.of(s) for s in (Scope.WEIGHTS, Scope.CODE, Scope.DATA))
    assert weights is not None
    assert code is not None
    assert data is not None
    assert (weights.term, code.term) == ("CC-BY-NC-4.0", "Apache-2.0")
    assert data.outcome is Outcome.NOT_RELEASED
    assert reading.of(Scope.DOCUMENTATION) is None
    assert reading.term is None


def test_nested_expression() -> None:
    term = read_license("MIT OR (Apache-2.0 AND BSD-3-Clause)").term
    assert term == Choice(("MIT", Together(("Apache-2.0", "BSD-3-Clause"))))
    assert identifiers(term) == ("MIT", "Apache-2.0", "BSD-3-Clause")


def test_candidates_name_what_may_be_meant() -> None:
    assert "BSD-2-Clause" in read_license("BSD").candidates
    assert read_license("Unknown (perhaps Apache-2.0)").candidates == ("Apache-2.0",)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://www.apache.org/licenses/LICENSE-2.0", ("Apache-2.0",)),
        ("http://spdx.org/licenses/CC-BY-3.0.html", ("CC-BY-3.0",)),
        ("https://creativecommons.org/licenses/by/3.0/us/", ("CC-BY-3.0-US",)),
        ("https://github.com/someone/thing/blob/main/LICENSE", ()),
        ("https://opensource.org/licenses/bsd-license.php", find_by_name("BSD")),
    ],
)
def test_addresses(address: str, expected: tuple[str, ...]) -> None:
    assert find_by_address(address) == expected


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    reading = read_license(text)
    assert reading.text == text
    assert (reading.term is None) or reading.outcome is Outcome.LICENSED


@given(
    st.lists(
        st.sampled_from(
            ["MIT", "Apache 2.0", "(", ")", ",", "and", "or", "/", "Weights:", "Code:"]
        ),
        max_size=14,
    ).map(" ".join)
)
def test_fragments_in_any_order_are_read_without_an_error(text: str) -> None:
    names = set(identifiers(read_license(text).term))
    assert names <= {"MIT", "Apache-2.0"}
