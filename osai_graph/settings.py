"""What the environment may change: where the built store is cached."""

from __future__ import annotations

import os
from pathlib import Path


def cache_directory() -> Path:
    """Return the directory of built stores.

    ``OSAI_GRAPH_CACHE`` wins; otherwise ``osai-graph`` below ``XDG_CACHE_HOME`` or ``~/.cache``
    (XDG Base Directory Specification 0.8). The directory need not exist yet.
    """
    if override := os.environ.get("OSAI_GRAPH_CACHE"):
        return Path(override)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "osai-graph"
