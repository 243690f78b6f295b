"""Systems are compared by what differs, with a direction where there is an order."""

from __future__ import annotations

import pytest

from osai_graph.assessment.comparison import Comparison, ComparisonError, Row, compare
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import FRAMEWORK, OSAI, SYSTEM


@pytest.fixture(scope="module")
def both(small_store: EmbeddedStore) -> Comparison:
    return compare(small_store, [SYSTEM["halo"], SYSTEM["lumen-7b"]])


def row(comparison: Comparison, section: str, item: str) -> Row:
    (found,) = [r for r in comparison.rows if (r.section, r.item) == (section, item)]
    return found


def texts(found: Row) -> list[str]:
    return [cell.text for cell in found.cells]


class TestOrder:
    def test_what_everyone_can_get_is_more_open_than_what_stands_behind_a_gate(
        self, both: Comparison
    ) -> None:
        found = row(both, "availability", "model weights")
        assert texts(found) == ["available", "gated"]
        assert found.more_open == (SYSTEM["halo"],)

    def test_a_license_that_grants_more_needs_both_to_be_known(self, both: Comparison) -> None:
        found = row(both, "licenses", "model weights")
        assert texts(found) == ["Open Example License 1.0", "Guarded Example License 1.0"]
        # what the guarded license grants of the freedom to modify is not known
        assert found.more_open == ()

    def test_a_freedom_given_is_more_than_one_limited(self, both: Comparison) -> None:
        found = row(both, "freedoms", "model weights: freedom to use")
        assert texts(found) == ["given", "limited"]
        assert found.more_open == (SYSTEM["halo"],)

    def test_what_is_not_recorded_has_no_place_in_the_order(self, both: Comparison) -> None:
        found = row(both, "availability", "model card")
        assert texts(found) == ["not recorded", "partial"]
        assert found.more_open == ()
        assert not [r for r in both.rows if r.item.startswith("model card: ")]

    def test_what_cannot_be_decided_is_no_less_than_what_is_met(
        self, small_store: EmbeddedStore
    ) -> None:
        pair = [SYSTEM["halo"], SYSTEM["lumen-7b-chat"]]
        found = row(
            compare(small_store, pair), "verdicts", "G7 labels of AI openness: Open Source AI"
        )
        assert texts(found) == ["met", "cannot be decided"]
        assert found.more_open == ()

    def test_failing_a_label_by_reaching_a_higher_one_is_not_less_open(
        self, both: Comparison
    ) -> None:
        item = "G7 labels of AI openness: Weights Available AI"
        found = row(both, "verdicts", item)
        assert texts(found) == ["not met", "met"]
        assert found.more_open == ()
        higher = row(both, "verdicts", "G7 labels of AI openness: Open Weights AI")
        assert higher.more_open == (SYSTEM["halo"],)

    def test_relations_have_no_direction(self, both: Comparison) -> None:
        found = row(both, "relations", "is developed by")
        assert texts(found) == ["Borealis", "Aurora Labs"]
        assert found.more_open == ()


class TestRows:
    def test_only_differing_rows_are_shown_unless_asked(self, both: Comparison) -> None:
        same = row(both, "availability", "inference code")
        assert not same.differs
        assert same not in both.differing()
        assert 0 < len(both.differing()) < len(both.rows)
        assert all(found.differs for found in both.differing())

    def test_three_systems_name_those_ahead_of_every_other(
        self, small_store: EmbeddedStore
    ) -> None:
        names = ("halo", "lumen-7b", "lumen-7b-chat")
        found = compare(small_store, [SYSTEM[name] for name in names])
        weights = row(found, "availability", "model weights")
        assert weights.more_open == (SYSTEM["halo"], SYSTEM["lumen-7b-chat"])

    def test_a_framework_shows_its_requirements_and_nothing_else(
        self, small_store: EmbeddedStore
    ) -> None:
        pair = [SYSTEM["halo"], SYSTEM["lumen-7b"]]
        found = compare(small_store, pair, FRAMEWORK["osaid-1.0"])
        assert {r.section for r in found.rows} == {"verdicts"}
        assert [f.iri for f in found.frameworks] == [FRAMEWORK["osaid-1.0"]]
        assert len(found.rows) > 5
        failed = [r for r in found.differing() if OSAI.NotMet in r.cells[1].values]
        assert failed
        met = [r for r in failed if OSAI.Met in r.cells[0].values]
        assert all(r.more_open == (SYSTEM["halo"],) for r in met)

    def test_every_framework_is_named_with_its_version(self, both: Comparison) -> None:
        assert "G7 labels of AI openness, 2026" in {f.label for f in both.frameworks}


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["halo"], "takes two to 4 systems, not 1"),
        (["halo", "a", "b", "c", "d"], "not 5"),
        (["halo", "lumen-7b", "halo"], "system:halo stands twice"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    small_store: EmbeddedStore, names: list[str], message: str
) -> None:
    with pytest.raises(ComparisonError, match=message) as caught:
        compare(small_store, [SYSTEM[name] for name in names])
    assert caught.value.remedy
