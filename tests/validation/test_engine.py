"""Our way of running SPARQL constraints gives what pySHACL, the reference, gives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph, URIRef

from osai_graph import resources
from osai_graph.errors import GraphError
from osai_graph.graph.loading import load_graph
from osai_graph.namespaces import SH
from osai_graph.validation import GraphContext, validate
from osai_graph.validation.engine import SparqlConstraint, run_core, run_sparql
from osai_graph.validation.entries import read_entries
from osai_graph.validation.neighborhood import gather
from osai_graph.validation.shapes import load_shapes
from osai_graph.validation.working import stated_graph

ENTRIES = Path(__file__).parent.parent / "fixtures" / "entries"
WRONG = ENTRIES / "wrong" / "systems" / "cinder-7b.ttl"

Results = set[tuple[str, str]]


def _reference(data: Graph, nodes: set[URIRef]) -> Results:
    """Return shape and focus node of each result of pySHACL with its own SPARQL engine."""
    shapes = Graph(bind_namespaces="none")
    for path in resources.shape_files():
        if path.name != "honesty.ttl":
            shapes += load_graph([path])
    for shape in set(shapes.subjects(SH.targetSubjectsOf)) | set(shapes.subjects(SH.targetClass)):
        targets = load_shapes().stated.targets(nodes, data)[shape]
        for target in (SH.targetSubjectsOf, SH.targetClass):
            shapes.remove((shape, target, None))
        for node in targets:
            shapes.add((shape, SH.targetNode, node))
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    assert isinstance(report, Graph)
    return {
        (str(report.value(r, SH.sourceShape)), str(report.value(r, SH.focusNode)))
        for r in report.objects(None, SH.result)
    }


def test_results_are_those_of_the_reference_engine(small_context: GraphContext) -> None:
    entries, _ = read_entries([WRONG])
    working = stated_graph(
        resources.graph_root(), gather(small_context.store, entries), entries
    )  # fmt: skip
    record = str(entries[0].record)
    nodes = {URIRef(iri) for iri in (record, f"{record}#weights", f"{record}#training-code")}
    shapes = load_shapes().stated
    targets = shapes.targets(nodes, working.data)
    found = list(run_core(working.data, shapes.core_graph(targets)))
    for constraint in shapes.sparql_constraints:
        found += run_sparql(working.store, constraint, targets[constraint.shape])
    ours = {(str(violation.shape), str(violation.focus)) for violation in found}
    assert ours == _reference(working.data, nodes)
    assert len(ours) >= 5


def test_threads_do_not_disturb_one_another(small_context: GraphContext) -> None:
    def codes(_: int) -> list[str]:
        return [finding.code for finding in validate([WRONG], small_context).findings]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(codes, range(8)))
    assert answers == [codes(0)] * 8
    assert sorted(answers[0]) == [
        "OSAI-D01", "OSAI-E01", "OSAI-I03", "OSAI-L01", "OSAI-T01", "OSAI-U01", "OSAI-V02",
    ]  # fmt: skip


def test_nested_shapes_see_values_that_are_no_focus_nodes() -> None:
    """The option focus_nodes of pySHACL would let this pass: it hides the literal from sh:or."""
    prefixes = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <https://x.example/> . "
    shapes = Graph().parse(
        data=prefixes + "x:S a sh:NodeShape ; sh:targetNode x:a ; sh:property x:P . "
        "x:P a sh:PropertyShape ; sh:path x:p ; sh:or ( x:I x:I ) ; sh:message 'no IRI' . "
        "x:I a sh:NodeShape ; sh:nodeKind sh:IRI .",
        format="turtle",
    )
    data = Graph().parse(data=prefixes + "x:a x:p 'text' .", format="turtle")
    focus = ["https://x.example/a"]
    conforms, _, _ = pyshacl.validate(data, shacl_graph=shapes, focus_nodes=focus)
    assert conforms
    assert [violation.message for violation in run_core(data, shapes)] == ["no IRI"]


def test_a_malformed_shape_is_no_success() -> None:
    shapes = Graph().parse(
        data="@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <https://x.example/> . "
        "x:S a sh:NodeShape ; sh:targetNode x:a ; sh:property x:P . "
        "x:P a sh:PropertyShape ; sh:path x:p , x:q ; sh:minCount 1 .",
        format="turtle",
    )
    with pytest.raises(GraphError):
        list(run_core(Graph(), shapes))


def test_a_malformed_constraint_is_no_success(small_context: GraphContext) -> None:
    constraint = SparqlConstraint(URIRef("https://x.example/S"), "SELECT $this WHERE { ", "")
    with pytest.raises(GraphError):
        list(run_sparql(small_context.store, constraint, [URIRef("https://x.example/a")]))


def test_every_constraint_joins_the_focus_node() -> None:
    """Pre-binding and joining agree only where $this is bound in the pattern itself."""
    sets = load_shapes()
    for constraint in sets.stated.sparql_constraints + sets.inferred.sparql_constraints:
        pattern = constraint.select.partition("WHERE {")[2]
        assert pattern.lstrip().startswith("$this "), constraint.shape
        assert "$this" in constraint.select.partition("WHERE")[0]
