"""hub_licenses reads the license identifiers that a card on the Hugging Face Hub may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from osai_graph.interchange.license_lists import LicenseList, ListedLicense
from osai_graph.interchange.license_names import find_by_name
from osai_graph.interchange.statements import Source, iri
from osai_graph.interchange.summary import ImportSummary
from osai_graph.interchange.tables import read_table, table_in
from osai_graph.namespaces import RDFS, SKOS


class HubLicenses(LicenseList):
    """The identifiers that stand for one license; families without a version stay ambiguous."""

    source = Source(
        name="hf-licenses",
        document="hugging-face-hub-docs",
        license="Apache-2.0",
        retrieved="2026-08-22",
        commit="242f4a1eeb867daf4ac3f44026a5df4a68908a3d",
        record_address=(
            "https://github.com/huggingface/hub-docs/blob/{commit}/docs/hub/repositories-licenses.md"
        ),
    )

    def licenses(self, path: Path, summary: ImportSummary) -> Iterator[ListedLicense]:
        """Yield the licenses of ``license-ids.csv``; see `LicenseList.licenses`."""
        found: dict[str, ListedLicense] = {}
        for row in read_table(table_in(path, "license-ids.csv"), "id"):
            summary.records += 1
            identifier, name = row.get("id", ""), row.get("fullname", "")
            names = find_by_name(identifier) or find_by_name(name)
            if "family" in name and len(names) != 1:
                summary.note("family without a version", identifier, name)
            elif len(names) != 1:
                summary.note("no license", identifier, name)
            else:
                slug = names[0]
                if slug not in found:
                    found[slug] = ListedLicense(self.source, slug, name or identifier, identifier)
                self._state(found[slug], row)
        yield from found.values()

    def _state(self, entry: ListedLicense, row: dict[str, str]) -> None:
        entry.also_named(row.get("id", ""), row.get("fullname", ""))
        if place := iri(row.get("license_url", "")):
            entry.add(RDFS.seeAlso, place)
        shows = "The hub lists the identifier with the name of the license."
        entry.rest("hub", self.source.address(""), shows, SKOS.altLabel)
