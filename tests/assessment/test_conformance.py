"""What conforms is what pySHACL, the reference, says conforms: each construct by itself."""

from __future__ import annotations

import pytest
from pyshacl.pytypes import SHACLExecutor
from pyshacl.shapes_graph import ShapesGraph
from rdflib import Graph, URIRef

from osai_graph.assessment.conformance import Conformance
from osai_graph.assessment.shapes import read_shape
from osai_graph.graph.store import EmbeddedStore
from tests.assessment.conftest import PREAMBLE
from tests.assessment.test_shapes import EX, shape_graph

DATA = f"""{PREAMBLE}@prefix ex: <{EX}> .
ex:a a ex:Thing , ex:Red ; ex:has ex:p1 , ex:p2 , ex:p3 ; ex:size 3 ; ex:name "a"@en .
ex:b a ex:Thing , ex:Blue ; ex:has ex:p1 ; ex:size 7 , 12 ; ex:name "b" ; ex:from ex:a .
ex:c a ex:Thing ; ex:size 1.5e3 ; ex:from ex:b , ex:d ; ex:released "2024-01-31"^^xsd:date .
ex:d a ex:Thing , ex:Red , ex:Blue ; ex:has ex:p4 ; ex:size "many" .
ex:e a ex:Thing .
ex:p1 a ex:Part ; ex:state ex:open ; ex:under ex:l1 .
ex:p2 a ex:Part ; ex:state ex:shut ; ex:under ex:l2 .
ex:p3 a ex:Part , ex:Code ; ex:state ex:open ; ex:under ex:l1 , ex:l2 .
ex:p4 a ex:Code ; ex:under ex:l3 .
ex:l1 ex:grants ex:use , ex:share .
ex:l2 ex:grants ex:use .
ex:l3 ex:combines ex:l1 , ex:l4 . ex:l4 ex:combines ex:l2 .
"""
GRANTS_SHARE = "[ sh:property [ sh:path ex:grants ; sh:hasValue ex:share ] ]"
SOME_OPEN = """sh:property [ sh:path ex:has ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShape
  [ sh:property [ sh:path ex:state ; sh:hasValue ex:open ] ] ]"""
SHAPES = [
    "sh:class ex:Red",
    "sh:class ex:Red , ex:Blue",
    "sh:in ( ex:a ex:c ex:nowhere )",
    "sh:hasValue ex:b",
    "sh:not [ sh:class ex:Red ]",
    "sh:not [ sh:not [ sh:class ex:Red ] ]",
    "sh:or ( [ sh:class ex:Red ] [ sh:class ex:Blue ] )",
    "sh:and ( [ sh:class ex:Red ] [ sh:not [ sh:class ex:Blue ] ] )",
    "sh:or ( [ sh:not [ sh:class ex:Red ] ] [ sh:hasValue ex:a ] )",
    "sh:node [ sh:class ex:Blue ]",
    "sh:property [ sh:path ex:has ; sh:minCount 1 ]",
    "sh:property [ sh:path ex:has ; sh:minCount 2 ]",
    "sh:property [ sh:path ex:has ; sh:minCount 1 ; sh:maxCount 1 ]",
    "sh:property [ sh:path ex:has ; sh:maxCount 0 ]",
    "sh:property [ sh:path ex:has ; sh:maxCount 2 ]",
    "sh:property [ sh:path ex:has ; sh:minCount 0 ]",
    "sh:property [ sh:path ex:has ; sh:hasValue ex:p1 , ex:p2 ]",
    "sh:property [ sh:path ex:has ; sh:class ex:Part ]",
    "sh:property [ sh:path ex:has ; sh:in ( ex:p1 ex:p4 ) ]",
    "sh:property [ sh:path ex:has ; sh:minCount 1 ; sh:in ( ex:p1 ex:p4 ) ]",
    f"sh:property [ sh:path ( ex:has ex:under ) ; sh:node {GRANTS_SHARE} ]",
    f"sh:property [ sh:path ( ex:has ex:under ) ; sh:not {GRANTS_SHARE} ]",
    "sh:property [ sh:path ex:has ; sh:or ( [ sh:class ex:Code ] [ sh:hasValue ex:p1 ] ) ]",
    SOME_OPEN,
    SOME_OPEN.replace("Count 1", "Count 2"),
    SOME_OPEN.replace("qualifiedMinCount 1", "qualifiedMaxCount 0"),
    SOME_OPEN.replace("qualifiedMinCount 1", "qualifiedMaxCount 1"),
    SOME_OPEN.replace("qualifiedMinCount 1", "qualifiedMinCount 1 ; sh:qualifiedMaxCount 1"),
    f"sh:not [ {SOME_OPEN} ]",
    f"sh:or ( [ {SOME_OPEN} ] [ sh:class ex:Blue ] )",
    "sh:property [ sh:path ex:size ; sh:datatype xsd:integer ]",
    "sh:property [ sh:path ex:name ; sh:minCount 1 ; sh:datatype xsd:string ]",
    "sh:property [ sh:path ex:size ; sh:minInclusive 7 ]",
    "sh:property [ sh:path ex:size ; sh:minExclusive 7 ]",
    "sh:property [ sh:path ex:size ; sh:maxInclusive 12 ]",
    "sh:property [ sh:path ex:size ; sh:minCount 1 ; sh:maxExclusive 1.0e3 ]",
    """sh:property [ sh:path ex:size ; sh:qualifiedMinCount 1 ;
      sh:qualifiedValueShape [ sh:minExclusive 10 ] ]""",
    'sh:property [ sh:path ex:released ; sh:maxInclusive "2024-06-30"^^xsd:date ]',
    "sh:property [ sh:path [ sh:inversePath ex:from ] ; sh:minCount 1 ]",
    "sh:property [ sh:path [ sh:oneOrMorePath ex:from ] ; sh:hasValue ex:a ]",
    "sh:property [ sh:path [ sh:zeroOrMorePath ex:from ] ; sh:hasValue ex:a ]",
    "sh:property [ sh:path [ sh:zeroOrOnePath ex:from ] ; sh:class ex:Red ]",
    "sh:property [ sh:path [ sh:alternativePath ( ex:has ex:from ) ] ; sh:minCount 2 ]",
    """sh:property [ sh:path ( ex:has ex:under [ sh:oneOrMorePath ex:combines ] ) ;
      sh:qualifiedMinCount 1 ; sh:qualifiedValueShape [ sh:property
        [ sh:path ex:grants ; sh:maxCount 1 ; sh:hasValue ex:use ] ] ]""",
    "sh:property [ sh:path ex:absent ; sh:class ex:Part ]",
    "sh:property [ sh:path ex:absent ; sh:minCount 1 ]",
]


@pytest.fixture(scope="module")
def data() -> Graph:
    graph = Graph(bind_namespaces="none")
    graph.parse(data=DATA, format="turtle")
    return graph


@pytest.fixture(scope="module")
def store(data: Graph) -> EmbeddedStore:
    store = EmbeddedStore()
    store.add(data)
    return store


def by_reference(data: Graph, shapes: Graph) -> set[str]:
    known = ShapesGraph(shapes)
    assert known.shapes
    shape = known.lookup_shape_from_node(URIRef(f"{EX}shape"))
    executor = SHACLExecutor(validator=None)
    nodes = [URIRef(EX + name) for name in "abcde"]
    return {n.rpartition("/")[2] for n in nodes if shape.validate(executor, data, focus=n)[0]}


@pytest.mark.parametrize("body", SHAPES)
def test_a_construct_agrees_with_the_reference(
    body: str, data: Graph, store: EmbeddedStore
) -> None:
    shapes = shape_graph(body)
    conformance = Conformance(store)
    things = conformance.members(URIRef(f"{EX}Thing"))
    found = conformance.conforming(read_shape(shapes, URIRef(f"{EX}shape")), things)
    assert {str(node).rpartition("/")[2] for node in found} == by_reference(data, shapes)


def test_the_cases_tell_something(data: Graph) -> None:
    """Most constructs let some nodes pass and others not; a mistake in either would show."""
    sizes = [len(by_reference(data, shape_graph(body))) for body in SHAPES]
    assert sum(0 < size < 5 for size in sizes) > 0.8 * len(SHAPES)


def test_witnesses_are_the_values_that_were_counted(store: EmbeddedStore) -> None:
    body = """sh:or ( [ sh:property [ sh:path ex:has ; sh:qualifiedMinCount 1 ;
      sh:qualifiedValueShape
      [ sh:property [ sh:path ex:state ; sh:hasValue ex:open ] , [ sh:path ex:under ;
        sh:qualifiedMinCount 1 ; sh:qualifiedValueShape [ sh:property
          [ sh:path ex:grants ; sh:hasValue ex:share ] ] ] ] ] ] [ sh:class ex:Blue ] )"""
    conformance = Conformance(store)
    shape = read_shape(shape_graph(body), URIRef(f"{EX}shape"))
    found = conformance.conforming(shape, conformance.members(URIRef(f"{EX}Thing")))
    names = {
        str(node).rpartition("/")[2]: [iri.rpartition("/")[2] for iri in witnesses]
        for node, witnesses in found.items()
    }
    assert names == {"a": ["l1", "p1", "p3"], "b": ["l1", "p1"], "d": []}
