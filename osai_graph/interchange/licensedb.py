"""licensedb reads AboutCode LicenseDB: its keys and categories of licenses of AI and data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rdflib import Literal

from osai_graph.interchange.license_lists import LicenseList, ListedLicense, read_json_list, text
from osai_graph.interchange.license_names import find_by_name
from osai_graph.interchange.statements import Source, iri
from osai_graph.interchange.summary import ImportSummary
from osai_graph.licenses import shipped_index
from osai_graph.namespaces import DCTERMS, LICENSE, OSAI, RDFS

_KEY = re.compile(r"[a-z0-9][a-z0-9.+-]{0,99}")


class LicenseDb(LicenseList):
    """The entries on licenses of AI and data; those of licenses that nobody recorded are new."""

    source = Source(
        name="licensedb",
        document="aboutcode-licensedb",
        license="CC-BY-4.0",
        retrieved="2026-02-24",
        commit="053a651f5e0182bec226b90c4ad47a709da8687b",
        record_address="https://scancode-licensedb.aboutcode.org/{key}.html",
    )

    def licenses(self, path: Path, summary: ImportSummary) -> Iterator[ListedLicense]:
        """Yield the licenses of ``ai-and-data-licenses.json``; see `LicenseList.licenses`."""
        found: dict[str, ListedLicense] = {}
        for item in read_json_list(path, "ai-and-data-licenses.json", summary):
            summary.records += 1
            key = text(item, "key")
            if not _KEY.fullmatch(key):
                summary.note("entry without a key", key or str(item)[:80])
                continue
            slug = self._license_of(key, item)
            if slug in found:
                summary.note("several entries on one license", key, slug)
                found[slug].add(DCTERMS.identifier, Literal(f"scancode:{key}"))
                continue
            found[slug] = self._stated(key, slug, item, summary)
        yield from found.values()

    def _license_of(self, key: str, item: dict[str, Any]) -> str:
        """Return the license that an entry is about: by its key, else by its SPDX identifier."""
        if known := shipped_index().find_certain(f"scancode:{key}"):
            return known.iri.removeprefix(str(LICENSE))
        names = find_by_name(text(item, "spdx_license_key"))
        return names[0] if len(names) == 1 else f"LicenseRef-scancode-{key}"

    def _stated(
        self, key: str, slug: str, item: dict[str, Any], summary: ImportSummary
    ) -> ListedLicense:
        name = text(item, "name") or key
        entry = ListedLicense(self.source, slug, name, key)
        entry.add(DCTERMS.identifier, Literal(f"scancode:{key}"))
        shown = [DCTERMS.identifier]
        if slug.startswith("LicenseRef-scancode-"):
            summary.note("license without a record so far", key, name)
            entry.also_named(text(item, "short_name"))
            entry.add(OSAI.licenseRef, Literal(slug))
            entry.add(OSAI.hasOsiStatus, OSAI.ApprovalUnknown)
            entry.add(OSAI.hasFsfStatus, OSAI.ApprovalUnknown)
            entry.leave_unknown()
            shown.append(OSAI.licenseRef)
        for field in ("homepage_url", "osi_url"):
            if place := iri(text(item, field)):
                entry.add(RDFS.seeAlso, place)
        if category := text(item, "category"):
            entry.assess("category", category)
        shows = f'The database has the license under the key "{key}".'
        entry.rest("licensedb", self.source.address(key), shows, *shown)
        return entry
