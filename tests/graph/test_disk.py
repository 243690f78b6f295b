"""A database that is written in the background holds what was handed over, or nobody gets it."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from osai_graph.graph.disk import DiskWriter

A, B, C, GRAPH = (ox.NamedNode(f"https://example.org/{name}") for name in "abcg")


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    place = tmp_path / "scratch"
    place.mkdir()
    return place


def test_it_holds_what_a_store_held_when_it_was_handed_over(tmp_path: Path, scratch: Path) -> None:
    store = ox.Store()
    store.extend([ox.Quad(A, B, ox.Literal("ü", language="en")), ox.Quad(A, B, C, GRAPH)])
    held = set(store)
    with DiskWriter(tmp_path / "db", scratch) as disk:
        disk.add_quads(store)
        store.add(ox.Quad(C, B, A))
        disk.add_triples([(str(C), str(B), '"1"')], (ox.DefaultGraph(), GRAPH))
    one = ox.Literal("1")
    added = {ox.Quad(C, B, one), ox.Quad(C, B, one, GRAPH)}
    assert set(ox.Store.read_only(str(tmp_path / "db"))) == held | added


def test_it_holds_one_graph_in_each_of_its_targets(tmp_path: Path, scratch: Path) -> None:
    store = ox.Store()
    store.extend([ox.Quad(A, B, C, GRAPH), ox.Quad(A, B, A)])
    with DiskWriter(tmp_path / "db", scratch) as disk:
        disk.add_graph(store, GRAPH, (ox.DefaultGraph(), C))
    assert set(ox.Store.read_only(str(tmp_path / "db"))) == {ox.Quad(A, B, C), ox.Quad(A, B, C, C)}


def test_its_files_are_final_when_it_is_left(tmp_path: Path, scratch: Path) -> None:
    path = tmp_path / "db"
    with DiskWriter(path, scratch) as disk:
        for number in range(6):
            disk.add_triples([(str(A), str(B), f'"{number}"')], (ox.DefaultGraph(),))
    sizes = {file.name: file.stat().st_size for file in path.glob("*.sst")}
    assert sizes
    assert len(ox.Store.read_only(str(path))) == 6
    assert sizes == {file.name: file.stat().st_size for file in path.glob("*.sst")}
    ox.Store(str(path))  # the lock is free


def test_a_part_that_cannot_be_read_is_told(tmp_path: Path, scratch: Path) -> None:
    with pytest.raises(SyntaxError), DiskWriter(tmp_path / "db", scratch) as disk:
        disk.add_triples([("no", "triple", "at all")], (ox.DefaultGraph(),))


def test_what_goes_wrong_beside_it_is_told_at_once(tmp_path: Path, scratch: Path) -> None:
    with pytest.raises(KeyboardInterrupt), DiskWriter(tmp_path / "db", scratch):
        raise KeyboardInterrupt
    ox.Store(str(tmp_path / "db"))
