"""Small records that show each quirk of the sources, and a way to import them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Graph

from osai_graph.interchange.identity import Crosswalk
from osai_graph.interchange.importing import importer_named
from osai_graph.interchange.records import import_records
from osai_graph.interchange.summary import ImportSummary

Run = Callable[..., tuple[Graph, ImportSummary]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Import texts as the files of a source; return all triples and the summary."""

    def imported(
        source: str, files: dict[str, str | bytes], crosswalk: Crosswalk | None = None
    ) -> tuple[Graph, ImportSummary]:
        folder = tmp_path / "snapshot"
        for name, content in files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            data = content if isinstance(content, bytes) else content.encode("utf-8")
            target.write_bytes(data)
        importer = importer_named(source)(None, crosswalk or Crosswalk(), Crosswalk())
        summary = import_records(importer, folder, tmp_path / "out")
        graph = Graph()
        for file in sorted((tmp_path / "out").rglob("*.ttl")):
            graph.parse(file)
        return graph, summary

    return imported
