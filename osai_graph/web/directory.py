"""directory keeps the list of records of the running service, read when it is first needed."""

from __future__ import annotations

import threading

from flask import current_app

from osai_graph.records.directory import Directory
from osai_graph.web.service import service

_LOCK = threading.Lock()


def directory() -> Directory:
    """Return the list of all records."""
    kept = current_app.extensions
    with _LOCK:
        if "osai_graph.directory" not in kept:
            kept["osai_graph.directory"] = Directory(service().store)
        found = kept["osai_graph.directory"]
        assert isinstance(found, Directory)
        return found
