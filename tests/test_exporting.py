"""Exports hold what the files state, to the letter, in the same order every time."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Dataset, Graph, URIRef

from osai_graph import resources
from osai_graph.errors import SyntaxFault, UnknownNameError
from osai_graph.exporting import EXPORT_FORMATS, Selection, export, format_name
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import BASE, INFERRED_GRAPH

ODD = """
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix osai: <https://w3id.org/osai-graph/ns#> .
<https://w3id.org/osai-graph/system/odd> a osai:Model ;
    <http://e/n> "7"^^xsd:nonNegativeInteger , "007"^^xsd:integer , "1.0"^^xsd:decimal ,
        "1"^^xsd:decimal , "1"^^xsd:boolean , true , 1e0 , "2020"^^xsd:gYear ,
        "2020-01-01T00:00:00+00:00"^^xsd:dateTime , "2020-01-01T00:00:00Z"^^xsd:dateTime ,
        "a\\r\\nb" , "c"@en , "<&>" .
<https://w3id.org/osai-graph/system/odd#weights> <http://e/n> "part" .
<https://w3id.org/osai-graph/system/odd-2> <http://e/n> "other record" .
"""
_PARSED = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
}


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "systems" / "odd.ttl"
    path.parent.mkdir(parents=True)
    path.write_text(ODD)
    return tmp_path


def statements(written: bytes, name: str) -> set[str]:
    return {str(q.triple) for q in ox.parse(written, format=_PARSED[name])}


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_literals_keep_their_lexical_forms(name: str, odd: Path) -> None:
    only = Selection(odd, (BASE + "system/odd", BASE + "system/odd-2"))
    expected = {str(q.triple) for q in ox.parse(ODD, format=ox.RdfFormat.TURTLE)}
    assert statements(export(only, name), name) == expected


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own reader
@pytest.mark.parametrize(
    ("name", "rdflib_name"),
    [("turtle", "turtle"), ("ntriples", "nt"), ("jsonld", "json-ld"), ("rdfxml", "xml")],
)
def test_the_whole_graph_comes_back_equal(
    name: str, rdflib_name: str, small_graph_root: Path, tmp_path: Path
) -> None:
    """Without other sources there is nothing to settle, so what is stated is what is accepted."""
    alone = tmp_path / "alone"
    shutil.copytree(small_graph_root, alone, ignore=shutil.ignore_patterns("sources"))
    expected = Graph()
    for path in [
        *resources.ontology_files(),
        *resources.label_files(),
        *resources.framework_files(),
        *resources.data_files(alone),
    ]:
        expected.parse(path)
    written = export(Selection(alone), name)
    found = Graph().parse(data=written, format=rdflib_name)
    assert len(found) == len(expected) > 3000
    assert canonical(found) == canonical(expected)


def canonical(graph: Graph) -> set[str]:
    """Return the triples with canonical labels; rdflib's own comparison takes it minutes."""
    dataset = ox.Dataset(ox.parse(graph.serialize(format="nt"), ox.RdfFormat.N_TRIPLES))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(map(str, dataset))


@pytest.mark.filterwarnings("ignore:.* is deprecated, use Dataset")  # rdflib's own reader
def test_each_source_stays_apart_in_a_named_graph(small_graph_root: Path) -> None:
    for name in ("nquads", "trig"):
        dataset = Dataset()
        dataset.parse(data=export(Selection(small_graph_root), name), format=name)
        graph = dataset.graph(URIRef(BASE + "graph/data/systems/halo"))
        file = Graph().parse(small_graph_root / "data" / "systems" / "halo.ttl")
        assert set(graph) == set(file)
        assert not len(dataset.default_graph)


def test_a_record_comes_with_its_parts_and_nothing_else(odd: Path) -> None:
    text = export(Selection(odd, (BASE + "system/odd",)), "turtle").decode()
    assert ":weights" in text
    assert "other record" not in text
    assert "@prefix : <https://w3id.org/osai-graph/system/odd#> ." in text


def test_inferred_triples_come_on_request(
    small_graph_root: Path, small_store: EmbeddedStore
) -> None:
    iri = BASE + "system/lumen-7b"
    stated = export(Selection(small_graph_root, (iri,)), "nquads").decode()
    assert "lacksFreedom" not in stated
    inferred = Selection(small_graph_root, (iri,), stated=False, inferred=small_store)
    lines = export(inferred, "nquads").decode().splitlines()
    assert any("lacksFreedom" in line for line in lines)
    assert all(line.endswith(f"<{INFERRED_GRAPH}> .") for line in lines)
    assert not set(lines) & set(stated.splitlines())


@pytest.mark.parametrize("name", ["turtle", "trig", "rdfxml", "jsonld"])
def test_another_process_writes_the_same_bytes(name: str, small_graph_root: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from osai_graph.exporting import *; "
        "sys.stdout.buffer.write(export(Selection(Path(sys.argv[1])), sys.argv[2]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(small_graph_root), name], capture_output=True, check=True
    )
    assert run.stdout == export(Selection(small_graph_root), name)


def test_a_broken_file_is_named(odd: Path) -> None:
    (odd / "data" / "systems" / "odd.ttl").write_text("<https://e.example/a> <b> ")
    with pytest.raises(SyntaxFault, match=r"odd\.ttl:1"):
        export(Selection(odd), "turtle")


@pytest.mark.parametrize(
    ("name", "known"), [("ttl", "turtle"), ("N-Quads", "nquads"), ("JSON-LD", "jsonld")]
)
def test_formats_have_other_names(name: str, known: str) -> None:
    assert format_name(name) == known


def test_an_unknown_format_gets_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean turtle"):
        format_name("turtel")


def test_one_graph_holds_what_is_accepted_and_many_hold_what_each_says(tmp_path: Path) -> None:
    for name, license in (("one", "MIT"), ("two", "Apache-2.0")):
        path = tmp_path / "data" / "sources" / name / "x.ttl"
        path.parent.mkdir(parents=True)
        path.write_text(
            f"""@prefix pav: <http://purl.org/pav/> .
            @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
            <> pav:retrievedOn "20{len(license):02}-01-01"^^xsd:date .
            <https://w3id.org/osai-graph/system/x#weights> <http://purl.org/dc/terms/license>
              <https://w3id.org/osai-graph/license/{license}> ."""
        )
    selection = Selection(tmp_path, records=(f"{BASE}system/x",))
    accepted = export(selection, "ntriples").decode()
    assert "license/Apache-2.0> ." in accepted  # the newer of the two
    assert not re.search(r"terms/license> <[^>]*license/MIT>", accepted)
    assert "positionValue> <https://w3id.org/osai-graph/license/MIT>" in accepted
    apart = export(selection, "nquads").decode()
    assert re.search(r"license/MIT> <[^>]*graph/data/sources/one/x>", apart)
    assert re.search(r"license/Apache-2.0> <[^>]*graph/data/sources/two/x>", apart)
