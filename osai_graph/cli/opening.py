"""opening gives the commands the built graph, with progress on standard error while it is built."""

from __future__ import annotations

from osai_graph.build import BuiltGraph, open_graph


def open_with_progress() -> BuiltGraph:
    """Return the built graph; a build that takes a while shows what it is doing.

    Raises:
        GraphError: see `osai_graph.build.open_graph`.
    """
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("opening the graph") as status:
        return open_graph(progress=lambda step: status.update(f"building the graph: {step}"))
