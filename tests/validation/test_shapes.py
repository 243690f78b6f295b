"""Shapes explain themselves: name, description, severity, message with a way out, stable code."""

from __future__ import annotations

import re

import pytest
from rdflib import Graph, Literal, URIRef

from osai_graph import resources
from osai_graph.graph.loading import load_graph
from osai_graph.namespaces import DCTERMS, OSAI, RDF, SH
from osai_graph.validation.entries import READING_RULES
from osai_graph.validation.shapes import load_shapes

SHAPES = load_graph(resources.shape_files())
NAMED = sorted(
    {s for kind in (SH.NodeShape, SH.PropertyShape) for s in SHAPES.subjects(RDF.type, kind)},
    key=str,
)


@pytest.mark.parametrize("shape", NAMED, ids=lambda shape: str(shape).rpartition("#")[2])
def test_a_shape_explains_itself(shape: URIRef) -> None:
    assert re.fullmatch(re.escape(str(OSAI)) + r"[A-Z]\w+Shape", str(shape))
    for prop in (SH.name, SH.description, SH.message):
        (text,) = SHAPES.objects(shape, prop)
        assert isinstance(text, Literal)
        assert text.language == "en"
    what, _, fix = str(SHAPES.value(shape, SH.message)).partition(" Fix: ")
    assert what.endswith(".")
    assert fix.endswith(".")
    assert SHAPES.value(shape, SH.severity) in (SH.Violation, SH.Warning, SH.Info)


def test_codes_have_their_form_and_one_severity_each() -> None:
    rules = load_shapes().rules.values()
    weights: dict[str, set[str]] = {}
    for rule in rules:
        assert re.fullmatch(r"OSAI-[A-Z]\d\d", rule.code)
        weights.setdefault(rule.code, set()).add(rule.severity)
    assert {code: len(found) for code, found in weights.items() if len(found) > 1} == {}
    assert all(re.fullmatch(r"OSAI-[A-Z]\d\d", code) for code in READING_RULES)


def test_every_shape_that_finds_something_has_a_code() -> None:
    constraints = {SH.sparql, SH.minCount, SH.maxCount, SH.nodeKind, SH.datatype, SH.pattern}
    constraints |= {SH.hasValue, SH["class"], SH["or"]}
    listed = {node for prop in (SH.property,) for node in SHAPES.objects(None, prop)}
    helpers = {node for name in ("or", "node") for node in _members(SHAPES, SH[name])}
    nested = {p for helper in helpers for p in SHAPES.objects(helper, SH.property)}
    for shape in NAMED:
        if any((shape, c, None) in SHAPES for c in constraints) and shape not in helpers | nested:
            assert (shape, DCTERMS.identifier, None) in SHAPES, shape
    assert listed


def _members(graph: Graph, prop: URIRef) -> set[URIRef]:
    members = set()
    for head in graph.objects(None, prop):
        members.update(graph.items(head))
    return members  # type: ignore[return-value]


def test_only_the_honest_shapes_look_at_inferred_triples() -> None:
    sets = load_shapes()
    assert {rule.code for rule in sets.inferred.rules.values()} == {
        "OSAI-C20", "OSAI-C21", "OSAI-D05", "OSAI-E01", "OSAI-V02",
    }  # fmt: skip
    assert not set(sets.inferred.rules) & set(sets.stated.rules)
