"""records finds records by the names that people use, and describes them as people read them."""

from __future__ import annotations

from osai_graph.records.describing import describe
from osai_graph.records.finding import AmbiguousNameError, Match, find
from osai_graph.records.model import (
    Claim,
    Component,
    Correction,
    Evidence,
    Fact,
    FactGroup,
    FrameworkVerdict,
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

__all__ = [
    "AmbiguousNameError",
    "Claim",
    "Component",
    "Correction",
    "Evidence",
    "Fact",
    "FactGroup",
    "FrameworkVerdict",
    "FreedomStanding",
    "Match",
    "Obstacle",
    "OutcomeVerdict",
    "Record",
    "Relation",
    "Restriction",
    "Source",
    "Standing",
    "Thing",
    "Value",
    "describe",
    "find",
]
