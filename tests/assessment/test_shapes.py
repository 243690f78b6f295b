"""Shapes are read as far as they are covered; anything else is refused by name."""

from __future__ import annotations

import pytest
from rdflib import Graph, URIRef

from osai_graph.assessment.shapes import Count, Or, ShapeError, predicates_of, read_shape
from tests.assessment.conftest import PREAMBLE

EX = "https://example.org/"


def shape_graph(body: str) -> Graph:
    graph = Graph(bind_namespaces="none")
    prefix = f"{PREAMBLE}@prefix ex: <{EX}> .\n"
    graph.parse(data=f"{prefix} ex:shape a sh:NodeShape ; {body} .", format="turtle")
    return graph


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("sh:closed true", "sh:closed"),
        ("sh:xone ( [ sh:class osai:Model ] )", "sh:xone"),
        ("sh:nodeKind sh:IRI", "sh:nodeKind"),
        ("sh:property [ sh:path rdfs:label ; sh:pattern '^a' ]", "sh:pattern"),
        ("sh:property [ sh:path rdfs:label ; sh:uniqueLang true ]", "sh:uniqueLang"),
        ("sh:property [ sh:path rdfs:label ; sh:equals skos:altLabel ]", "sh:equals"),
        ("sh:deactivated true", "sh:deactivated"),
        ("sh:sparql [ sh:select 'SELECT $this {}' ]", "sh:sparql"),
        ("sh:targetClass osai:Model", "sh:targetClass"),
        ("sh:property [ sh:minCount 1 ]", "sh:path"),
        ("sh:property [ sh:path [ sh:inverse rdfs:label ] ]", "path"),
        ("sh:node ex:shape", "refers to itself"),
        ("sh:property [ sh:path rdfs:label ; sh:node ex:shape ]", "refers to itself"),
        ("sh:not [ sh:or ( ex:shape ) ]", "refers to itself"),
        ("sh:node ex:elsewhere", "no such shape"),
        ("sh:not [ sh:path rdfs:label ; sh:minCount 1 ]", "property shape"),
    ],
)
def test_what_is_not_covered_is_refused(body: str, named: str) -> None:
    with pytest.raises(ShapeError) as caught:
        read_shape(shape_graph(body), URIRef(f"{EX}shape"))
    assert named in caught.value.message
    assert caught.value.remedy


def test_a_second_qualified_shape_is_refused() -> None:
    body = """sh:property [ sh:path rdfs:label ; sh:qualifiedMinCount 1 ;
      sh:qualifiedValueShape [ sh:class osai:Model ] , [ sh:class osai:System ] ]"""
    with pytest.raises(ShapeError, match="one sh:qualifiedValueShape"):
        read_shape(shape_graph(body), URIRef(f"{EX}shape"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("ex:p", "<https://example.org/p>"),
        ("( ex:p ex:q )", "(<https://example.org/p>/<https://example.org/q>)"),
        ("[ sh:inversePath ex:p ]", "(^<https://example.org/p>)"),
        (
            "[ sh:alternativePath ( ex:p ex:q ) ]",
            "(<https://example.org/p>|<https://example.org/q>)",
        ),
        ("[ sh:oneOrMorePath ex:p ]", "(<https://example.org/p>)+"),
        ("[ sh:zeroOrMorePath ex:p ]", "(<https://example.org/p>)*"),
        ("[ sh:zeroOrOnePath ex:p ]", "(<https://example.org/p>)?"),
    ],
)
def test_paths_are_written_as_sparql_writes_them(path: str, text: str) -> None:
    shape = read_shape(
        shape_graph(f"sh:property [ sh:path {path} ; sh:minCount 1 ]"), URIRef(f"{EX}shape")
    )
    (count,) = shape.constraints
    assert isinstance(count, Count)
    assert count.path.text == text


def test_equal_conditions_are_equal_whatever_their_nodes_are_called() -> None:
    body = "sh:or ( [ sh:class osai:Model ] ex:other ) . ex:other sh:class osai:System"
    first, second = (
        read_shape(shape_graph(text), URIRef(f"{EX}shape"))
        for text in (body, body.replace("ex:other", "ex:another"))
    )
    assert first == second
    assert isinstance(first.constraints[0], Or)


def test_the_predicates_of_a_shape_have_their_direction() -> None:
    body = """sh:not [ sh:property [ sh:path ( ex:p [ sh:inversePath ex:q ] ) ; sh:minCount 1 ;
      sh:node [ sh:property [ sh:path ex:r ; sh:hasValue ex:v ] ] ] ]"""
    shape = read_shape(shape_graph(body), URIRef(f"{EX}shape"))
    assert predicates_of(shape) == {
        (URIRef(f"{EX}p"), True),
        (URIRef(f"{EX}q"), False),
        (URIRef(f"{EX}r"), True),
    }
