"""A build on a server replaces the graph when it is whole, and loses nothing when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rdflib import URIRef

from osai_graph.errors import InconsistencyError, StoreError
from osai_graph.graph.dialects import STORE
from osai_graph.graph.exchange import Exchange, ServerAnswer
from osai_graph.graph.remote import Addresses, RemoteStore
from osai_graph.namespaces import GRAPH, SYSTEM
from osai_graph.remote_build import build_remote, open_remote
from tests.remote.servers import CREDENTIALS, store_at

TERMS = """
@prefix : <https://w3id.org/osai-graph/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:Model rdfs:subClassOf :System ; owl:disjointWith :Dataset .
:contains a owl:TransitiveProperty .
"""
LABELS = (
    "SELECT ?s ?label WHERE { ?s a <https://w3id.org/osai-graph/ns#System> ; "
    "<http://www.w3.org/2000/01/rdf-schema#label> ?label }"
)


def write(root: Path, name: str, statements: str) -> None:
    path = root / "data" / "systems" / f"{name}.ttl"
    path.parent.mkdir(parents=True, exist_ok=True)
    prefixes = "@prefix : <https://w3id.org/osai-graph/ns#> .\n"
    prefixes += "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    path.write_text(f"{prefixes}<{SYSTEM[name]}> {statements} .\n", encoding="utf-8")


def labels(store: RemoteStore) -> set[str]:
    return {str(label) for _, label in open_remote(store).store.select(LABELS).rows}


class Failing(Exchange):
    """Sends so many requests that write, and then no more."""

    def __init__(self, number: int) -> None:
        super().__init__(CREDENTIALS, 60.0)
        self.left = number

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise StoreError("The server went away.")

    def post_form(self, url: str, form: list[tuple[str, str]], *more: Any, **kw: Any) -> Any:
        if form[0][0] == "update":
            self._count()
        return super().post_form(url, form, *more, **kw)

    def post_content(self, url: str, content: bytes, media_type: str) -> ServerAnswer:
        self._count()
        return super().post_content(url, content, media_type)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "osai.ttl").write_text(TERMS, encoding="utf-8")
    write(tmp_path, "ash", 'a :Model ; rdfs:label "Ash" ; :contains [ rdfs:label "Part" ]')
    write(tmp_path, "oak", 'a :Model ; rdfs:label "Oak"')
    return tmp_path


@pytest.fixture
def store(empty_server: str) -> Iterator[RemoteStore]:
    store = store_at(empty_server)
    yield store
    store.close()


def test_a_second_build_finds_the_first(tiny: Path, store: RemoteStore) -> None:
    build_remote(store, tiny)
    first = open_remote(store, tiny)
    assert labels(store) == {"Ash", "Oak"}
    silent = RemoteStore(store.addresses, Failing(0))
    again = build_remote(silent, tiny)  # nothing is written
    assert again.manifest == first.manifest
    silent.close()


def test_what_is_gone_from_the_files_is_gone_from_the_server(
    tiny: Path, store: RemoteStore
) -> None:
    build_remote(store, tiny)
    (tiny / "data" / "systems" / "oak.ttl").unlink()
    write(tiny, "elm", 'a :Model ; rdfs:label "Elm"')
    graph = build_remote(store, tiny)
    assert labels(store) == {"Ash", "Elm"}
    files = {name for name in graph.store.named_graphs() if "/data/" in name}
    assert files == {str(GRAPH[f"data/systems/{name}"]) for name in ("ash", "elm")}
    left = store.select(
        "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    ).rows
    mine = {str(g) for g, _ in left if str(g).startswith(STORE)} - {STORE + "default"}
    assert mine == {STORE + "state"}


def test_a_build_that_fails_anywhere_leaves_the_old_graph_or_the_new(
    tiny: Path, store: RemoteStore
) -> None:
    old = build_remote(store, tiny, fresh=True)
    (tiny / "data" / "systems" / "oak.ttl").unlink()
    write(tiny, "elm", 'a :Model ; rdfs:label "Elm"')
    survived = 0
    for number in range(0, 60, 3):
        failing = RemoteStore(store.addresses, Failing(number))
        try:
            build_remote(failing, tiny)
            break
        except StoreError:
            found = open_remote(store, tiny)
            if found.version == old.version and store.dialect.atomic:
                assert labels(store) == {"Ash", "Oak"}
            assert "Ash" in labels(store)
            survived += 1
        finally:
            failing.close()
    assert survived > 3
    assert labels(store) == {"Ash", "Elm"}


def test_a_contradiction_keeps_the_old_graph_and_names_the_file(
    tiny: Path, store: RemoteStore
) -> None:
    build_remote(store, tiny, fresh=True)
    write(tiny, "oak", 'a :Model, :Dataset ; rdfs:label "Oak the second"')
    with pytest.raises(InconsistencyError, match=r"data/systems/oak\.ttl"):
        build_remote(store, tiny)
    assert labels(store) == {"Ash", "Oak"}


def test_an_update_address_of_another_database_is_noticed(
    tiny: Path, store: RemoteStore, oxigraph_url: str, union_url: str
) -> None:
    crossed = RemoteStore(Addresses(oxigraph_url, union_url.replace("/query", "/update")))
    with pytest.raises(StoreError, match="is not there"):
        build_remote(crossed, tiny, fresh=True)
    crossed.close()


def test_without_permission_the_variables_are_named(tiny: Path, virtuoso_url: str) -> None:
    store = RemoteStore(Addresses(virtuoso_url))
    with pytest.raises(StoreError, match="OSAI_GRAPH_STORE_USER") as caught:
        build_remote(store, tiny, fresh=True)
    assert "refuses access" in str(caught.value)
    store.close()


def test_an_empty_server_says_how_to_build(virtuoso_url: str) -> None:
    other = store_at(virtuoso_url).with_default(URIRef(STORE + "none"))
    assert other.select(LABELS).rows == []
    other.close()
