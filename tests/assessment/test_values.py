"""A combination is undecided exactly where what is not known could still turn it."""

from __future__ import annotations

from itertools import product

import pytest

from osai_graph.assessment.values import Value, combine, of_leaf

MET, NOT, OPEN = Value.MET, Value.NOT_MET, Value.UNDECIDED


@pytest.mark.parametrize(
    ("first", "second", "both", "either"),
    [
        (MET, MET, MET, MET),
        (MET, NOT, NOT, MET),
        (MET, OPEN, OPEN, MET),
        (NOT, NOT, NOT, NOT),
        (NOT, OPEN, NOT, OPEN),
        (OPEN, OPEN, OPEN, OPEN),
    ],
)
def test_two_parts(first: Value, second: Value, both: Value, either: Value) -> None:
    for values in ([first, second], [second, first]):
        assert combine("AllOf", values) is both
        assert combine("AnyOf", values) is either


def completions(values: tuple[Value, ...]) -> set[tuple[Value, ...]]:
    """Return what the values may turn out to be once everything is known."""
    return set(product(*[(MET, NOT) if v is OPEN else (v,) for v in values]))


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_every_combination_agrees_with_what_could_become_known(size: int) -> None:
    needs = [("AllOf", 0, size), ("AnyOf", 0, 1)]
    needs += [("AtLeast", n, n) for n in range(1, size + 1)]
    for values in product(Value, repeat=size):
        for combination, minimum, needed in needs:
            ends = {full.count(MET) >= needed for full in completions(values)}
            expected = OPEN if len(ends) == 2 else MET if ends == {True} else NOT
            assert combine(combination, values, minimum) is expected, (combination, values)


def test_more_parts_asked_for_than_there_are_cannot_be_met() -> None:
    assert combine("AtLeast", [MET, OPEN], minimum=3) is NOT


def test_facts_for_both_sides_decide_nothing() -> None:
    assert of_leaf(True, True) is OPEN
    assert of_leaf(False, False) is OPEN
    assert of_leaf(True, False) is MET
    assert of_leaf(False, True) is NOT
