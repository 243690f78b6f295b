"""directory keeps the list of records of the running service, read when it is first needed."""

from __future__ import annotations

from osai_graph.namespaces import BASE
from osai_graph.records.directory import Directory
from osai_graph.web.service import service
from osai_graph.web.withdrawn import withdrawn


def _read() -> Directory:
    found = Directory(service().store)
    found.drop(BASE + name for name in withdrawn())
    return found


def directory() -> Directory:
    """Return the list of all records."""
    return service().kept("directory", _read)
