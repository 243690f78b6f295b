"""importing lists the sources that can be imported, by name."""

from __future__ import annotations

from osai_graph.errors import UnknownNameError
from osai_graph.interchange.epoch import EpochNotableModels
from osai_graph.interchange.hub_licenses import HubLicenses
from osai_graph.interchange.licensedb import LicenseDb
from osai_graph.interchange.mot import ModelOpennessTool
from osai_graph.interchange.os_ai_map import OpenSourceAIStackMap
from osai_graph.interchange.osai_index import OpenSourceAIIndex
from osai_graph.interchange.osi_validation import OsiValidation
from osai_graph.interchange.records import SourceReader
from osai_graph.interchange.spdx_list import SpdxLicenseList

#: Name of a source to its importer.
IMPORTERS: dict[str, type[SourceReader]] = {
    "mot": ModelOpennessTool,
    "osai-index": OpenSourceAIIndex,
    "os-ai-map": OpenSourceAIStackMap,
    "osi-validation": OsiValidation,
    "epoch": EpochNotableModels,
    "spdx": SpdxLicenseList,
    "licensedb": LicenseDb,
    "hf-licenses": HubLicenses,
}


def importer_named(name: str) -> type[SourceReader]:
    """Return the importer of a source.

    Raises:
        UnknownNameError: there is none of this name.
    """
    try:
        return IMPORTERS[name]
    except KeyError:
        raise UnknownNameError("source", name, IMPORTERS) from None
