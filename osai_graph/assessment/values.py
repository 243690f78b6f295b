"""values are the three answers to a requirement, and how a combination follows from its parts."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from rdflib import URIRef

from osai_graph.namespaces import OSAI


class Value(Enum):
    """The answer whether a system meets a requirement."""

    MET = "Met"
    NOT_MET = "NotMet"
    UNDECIDED = "CannotBeDecided"

    @property
    def iri(self) -> URIRef:
        """The concept of the ontology."""
        return OSAI[self.value]

    @property
    def words(self) -> str:
        """The answer as people read it."""
        return _WORDS[self]


_WORDS = {Value.MET: "met", Value.NOT_MET: "not met", Value.UNDECIDED: "cannot be decided"}


def of_leaf(meets: bool, refutes: bool) -> Value:
    """Return the answer to a leaf: facts that speak for both sides decide nothing.

    >>> of_leaf(True, False).words, of_leaf(True, True).words
    ('met', 'cannot be decided')
    """
    if meets == refutes:
        return Value.UNDECIDED
    return Value.MET if meets else Value.NOT_MET


def combine(combination: str, values: Sequence[Value], minimum: int = 0) -> Value:
    """Return the answer to a combination of parts (strong Kleene logic).

    ``AllOf`` asks for all parts, ``AnyOf`` for one, ``AtLeast`` for ``minimum`` of them. What is
    undecided counts neither way, so the answer is undecided only where it could still turn.

    >>> combine("AllOf", [Value.MET, Value.UNDECIDED, Value.NOT_MET]).words
    'not met'
    >>> combine("AtLeast", [Value.MET, Value.MET, Value.UNDECIDED], minimum=2).words
    'met'
    """
    needed = {"AllOf": len(values), "AnyOf": 1, "AtLeast": minimum}[combination]
    if values.count(Value.MET) >= needed:
        return Value.MET
    possible = len(values) - values.count(Value.NOT_MET)
    return Value.UNDECIDED if possible >= needed else Value.NOT_MET
