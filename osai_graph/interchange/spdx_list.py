"""spdx_list reads the SPDX License List: identifiers, names, and what OSI and FSF say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rdflib import Literal, URIRef

from osai_graph import resources
from osai_graph.interchange.license_lists import (
    FREEDOMS,
    LicenseList,
    ListedLicense,
    read_json_list,
    text,
)
from osai_graph.interchange.mot_licenses import mot_open_licenses
from osai_graph.interchange.statements import Source, iri
from osai_graph.interchange.summary import ImportSummary
from osai_graph.namespaces import DCTERMS, LICENSE, OSAI, OWL, RDFS, SCHEMA, SKOS, SPDX, XSD

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,99}")
#: Addresses of bodies; others are often pages and messages of persons.
_OF_STEWARDS = re.compile(
    r"https?://(?:www\.)?(?:opensource|gnu|creativecommons|opendatacommons|eclipse|mozilla)\.org/"
)
_DEFINITION = "https://opensource.org/osd"
_ALL_FOUR = "The Open Source Definition, which the OSI found fulfilled, asks for it."


_TOOL = "https://github.com/lfai/model_openness_tool/tree/8b5d30e90a7c62d7d6ece48b91e69ff495920a4d"
_TOOL_READ = "2026-05-11"
_TESTED = (
    "The openness test of the tool accepts what its copy of the SPDX list (of 2024-05-21) flags as "
    "approved by the OSI or free by the FSF, and what its own lists name."
)


def _status(flag: object) -> URIRef:
    """Return the status that a flag states; a missing flag is no assertion."""
    if flag is True:
        return OSAI.Approved
    return OSAI.NotApproved if flag is False else OSAI.ApprovalUnknown


def _list_in(item: dict[str, Any], key: str) -> list[Any]:
    value = item.get(key)
    return value if isinstance(value, list) else []


def curated_licenses() -> frozenset[str]:
    """Return the licenses that have a record of their own in the graph."""
    folder = resources.graph_root() / "data" / "licenses"
    return frozenset(path.stem for path in folder.glob("*.ttl"))


class SpdxLicenseList(LicenseList):
    """The identifiers of the list for which the graph has no record of its own."""

    source = Source(
        name="spdx-licenses",
        document="spdx-license-list",
        license="CC-BY-4.0",
        retrieved="2026-07-16",
        commit="e4c1f276b8befa364960e288c6a17f5433353b1b",
        record_address="https://spdx.org/licenses/{key}.html",
    )

    def licenses(self, path: Path, summary: ImportSummary) -> Iterator[ListedLicense]:
        """Yield the licenses of ``licenses.json``; see `LicenseList.licenses`."""
        known = {name.lower() for name in curated_licenses()}
        items = read_json_list(path, "licenses.json", summary, "licenses")
        listed = {text(item, "licenseId") for item in items}
        for item in items:
            summary.records += 1
            identifier = text(item, "licenseId")
            if not _IDENTIFIER.fullmatch(identifier):
                summary.note("entry without an identifier", identifier or str(item)[:80])
            elif identifier.lower() in known:
                summary.note("has a record of its own", identifier)
            else:
                known.add(identifier.lower())
                yield self._stated(identifier, item, listed, summary)

    def _stated(
        self, identifier: str, item: dict[str, Any], listed: set[str], summary: ImportSummary
    ) -> ListedLicense:
        name = text(item, "name") or identifier
        entry = ListedLicense(self.source, identifier, name, identifier)
        entry.add(SPDX.licenseId, Literal(identifier))
        entry.add(SKOS.exactMatch, URIRef(f"http://spdx.org/licenses/{identifier}"))
        entry.add(SCHEMA.url, URIRef(self.source.address(identifier)))
        for address in _list_in(item, "seeAlso"):
            place = iri(address) if isinstance(address, str) else None
            if place is not None and _OF_STEWARDS.match(place):
                entry.add(RDFS.seeAlso, place)
        approved = _status(item.get("isOsiApproved"))
        entry.add(OSAI.hasOsiStatus, approved)
        entry.add(OSAI.hasFsfStatus, _status(item.get("isFsfLibre")))
        entry.add(OSAI.hasMotStatus, self._mot_status(identifier))
        self._grants(entry, approved)
        self._replaced(entry, item, listed, summary)
        flags = [SPDX.licenseId, OSAI.hasOsiStatus, OSAI.hasFsfStatus]
        shows = "The SPDX list carries the identifier with these flags; none is no assertion."
        entry.rest("spdx-list", self.source.address(identifier), shows, *flags)
        entry.rest("model-openness-tool", _TOOL, _TESTED, OSAI.hasMotStatus, on=_TOOL_READ)
        return entry

    @staticmethod
    def _mot_status(identifier: str) -> URIRef:
        return OSAI.Approved if identifier in mot_open_licenses() else OSAI.NotApproved

    def _grants(self, entry: ListedLicense, approved: URIRef) -> None:
        if approved != OSAI.Approved:
            entry.leave_unknown()
            return
        entry.add(OSAI.grantsFreedom, *FREEDOMS)
        entry.classify()
        entry.rest("definition", _DEFINITION, _ALL_FOUR, OSAI.grantsFreedom)

    def _replaced(
        self,
        entry: ListedLicense,
        item: dict[str, Any],
        listed: set[str],
        summary: ImportSummary,
    ) -> None:
        """State that an identifier is out of use, and those that took its place."""
        if item.get("isDeprecatedLicenseId") is not True:
            return
        entry.add(OWL.deprecated, Literal("true", datatype=XSD.boolean))
        since = text(item, "deprecatedVersion")
        if since:
            note = f"Out of use since version {since} of the list."
            entry.add(SKOS.editorialNote, Literal(note, lang="en"))
        for later in _list_in(item, "obsoletedBy"):
            name = text(later, "id") if isinstance(later, dict) else ""
            if name in listed and name != entry.slug:
                entry.add(DCTERMS.isReplacedBy, LICENSE[name])
            else:
                summary.note("replaced by an expression, kept out", entry.slug, str(later)[:80])
