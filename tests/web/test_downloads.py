"""The dump, its description, and the index of the hub."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from osai_graph.build import BuiltGraph
from osai_graph.dumping import make_dump, write_dump
from tests.web.rdf_answers import triples

GRAPH = "https://w3id.org/osai-graph/graph/"
VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"


def fetch(client: FlaskClient, name: str) -> bytes:
    with client.get(f"/dump/{name}") as answer:
        assert answer.status_code == 200
        return answer.data


def test_files_have_the_sums_that_are_listed(client: FlaskClient) -> None:
    sums = fetch(client, "SHA256SUMS").decode().splitlines()
    listed = {f["name"]: f for f in client.get("/dump/?format=json").get_json()["files"]}
    assert {"osai-graph.ttl.gz", "osai-graph.nq.gz", "osai-graph.jsonld.gz"} <= set(listed)
    assert len(sums) == len(listed)
    for line in sums:
        checksum, name = line.split("  ")
        content = fetch(client, name)
        assert hashlib.sha256(content).hexdigest() == checksum == listed[name]["sha256"]
        assert len(content) == listed[name]["bytes"]


def test_quads_keep_sources_apart_and_literals_as_written(client: FlaskClient) -> None:
    content = gzip.decompress(fetch(client, "osai-graph.nq.gz"))
    quads = list(ox.parse(content, format=ox.RdfFormat.N_QUADS))
    graphs = {str(quad.graph_name) for quad in quads}
    assert f"<{GRAPH}data/systems/lumen-7b>" in graphs
    assert {f"<{GRAPH}inferred>", f"<{GRAPH}verdicts>"} <= graphs
    assert b'"07000000000"' in content
    assert b'"LUMEN of another list"@en' in content


def test_turtle_and_json_ld_hold_what_the_default_graph_holds(
    client: FlaskClient, built: BuiltGraph
) -> None:
    stores = []
    for name, form in (("ttl", ox.RdfFormat.TURTLE), ("jsonld", ox.RdfFormat.JSON_LD)):
        store = ox.Store()
        store.load(gzip.decompress(fetch(client, f"osai-graph.{name}.gz")), format=form)
        stores.append(store)
    wanted = built.store.engine.quads_for_pattern(None, None, None, ox.DefaultGraph())
    named = {str(q) for q in wanted if "_:" not in str(q)}
    for store in stores:
        assert {str(quad) for quad in store if "_:" not in str(quad)} == named


def test_tables(client: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(fetch(client, "systems.csv").decode(), newline="")))
    assert "Lumen 7B" in [row["label"] for row in rows]
    header = fetch(client, "components.csv").split(b"\r\n")[0]
    assert header == b"system,component,kind,availability,license"


def test_rebuilt_dumps_are_byte_identical(
    client: FlaskClient, built: BuiltGraph, tmp_path: Path
) -> None:
    make_dump(tmp_path / "again", lambda place: write_dump(built, place))
    for path in (tmp_path / "again").iterdir():
        assert path.read_bytes() == fetch(client, path.name), path.name


def test_a_dump_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(place: Path) -> None:
        (place / "half").write_text("half")
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        make_dump(tmp_path / "dump", fail)
    assert [path.name for path in tmp_path.iterdir()] == [".dump.lock"]


def test_parts_and_304(client: FlaskClient) -> None:
    with client.get("/dump/systems.csv", headers={"Range": "bytes=0-5"}) as part:
        assert (part.status_code, part.data) == (206, b"system")
        tag = part.headers["ETag"]
    with client.get("/dump/systems.csv", headers={"If-None-Match": tag}) as again:
        assert again.status_code == 304


def test_unknown_files_get_the_nearest(client: FlaskClient) -> None:
    answer = client.get("/dump/system.csv", headers={"Accept": "text/plain"})
    assert answer.status_code == 404
    assert "Did you mean systems.csv" in answer.text


def test_void_and_dcat(client: FlaskClient) -> None:
    for target in ("/.well-known/void", "/dump/?format=ttl"):
        fetch(client, "SHA256SUMS")
        graph = triples(client.get(target).data, "turtle")
        objects: dict[str, set[str]] = {}
        for _, p, o in graph:
            objects.setdefault(str(p), set()).add(str(o))
        assert f"{DCAT}Dataset" in objects["http://www.w3.org/1999/02/22-rdf-syntax-ns#type"]
        assert "https://w3id.org/osai-graph/ns#Model" in objects[f"{VOID}class"]
        assert "http://www.w3.org/2000/01/rdf-schema#label" in objects[f"{VOID}property"]
        assert objects[f"{VOID}sparqlEndpoint"] == {"http://localhost/sparql"}
        assert "http://localhost/dump/osai-graph.nq.gz" in objects[f"{DCAT}downloadURL"]
        partitions = [s for s, p, o in graph if str(p) == f"{VOID}class"]
        assert len(partitions) == len(set(partitions))


def test_page(client: FlaskClient) -> None:
    page = client.get("/dump/", headers={"Accept": "text/html"})
    assert 'href="/dump/osai-graph.ttl.gz"' in page.text


def test_index_of_the_hub(client: FlaskClient) -> None:
    answer = client.get("/by-hf-repo.json")
    assert answer.content_type == "application/json"
    index = answer.get_json()
    assert index["ok"] is True
    (entry,) = index["repositories"]["zenith-labs/zenith"]
    assert entry["record"] == "https://w3id.org/osai-graph/system/zenith"
    assert entry["weightsLicenses"] == [
        {"license": "https://w3id.org/osai-graph/license/Zenith-2.0", "name": "Zenith-2.0"}
    ]
