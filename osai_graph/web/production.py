"""production runs the application in several processes of a server written in Rust (granian).

It was chosen by measurement: see ``tests/benchmarks/service.py``.
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from osai_graph.build import MaterializedGraph
from osai_graph.web.clients import ClientLimits
from osai_graph.web.pool import Limits

_TRIM_SECONDS = 5.0


@dataclass(frozen=True)
class ServerSettings:
    """How the service runs.

    Attributes:
        host: the address to listen at.
        port: its port.
        processes: the number of processes.
        limits: what a query may take in each of them.
        clients: what one client may ask of each of them.
        behind_proxy: whether a proxy in front says who the client is (``X-Forwarded-For`` ...).
    """

    host: str
    port: int
    processes: int = 1
    limits: Limits = field(default_factory=Limits)
    clients: ClientLimits = field(default_factory=ClientLimits)
    behind_proxy: bool = False


def default_processes() -> int:
    """Return the number of processes for this machine."""
    return max(1, min(4, len(os.sched_getaffinity(0))))


def load_application(settings: ServerSettings, graph: MaterializedGraph, _target: str) -> Any:
    """Return the WSGI application of one process; it opens the store itself."""
    from osai_graph.web import create_app, warm_up
    from osai_graph.web.front import Front
    from osai_graph.web.shortcut import Shortcut

    app = create_app(
        graph,
        limits=settings.limits,
        clients=settings.clients,
        config={"PROCESSES": settings.processes, "BEHIND_PROXY": settings.behind_proxy},
    )
    # a look-up that waits for long texts to be read shall not wait long for its turns
    sys.setswitchinterval(0.001)
    threading.Thread(target=warm_up, args=(app,), daemon=True).start()
    threading.Thread(target=_give_memory_back, daemon=True).start()
    shortcut = Shortcut(app).answer
    return Front(app.wsgi_app, app.config["MAX_CONTENT_LENGTH"], shortcut=shortcut)


def _give_memory_back() -> None:
    """Return to the system, every few seconds, what answered requests have left (glibc only)."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):
        return
    while True:
        time.sleep(_TRIM_SECONDS)
        trim(0)


def run(graph: MaterializedGraph, settings: ServerSettings, ready: Callable[[], None]) -> None:
    """Serve a graph until the process is told to end (SIGINT or SIGTERM).

    Args:
        graph: the graph, here or on a server.
        settings: how to serve it.
        ready: called once the service answers.
    """
    import multiprocessing

    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    # one arena for each of the many threads would keep what each of them once needed
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    # a forked process would inherit the open store with its threads gone
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "osai_graph.web.production",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.processes,
        blocking_threads=128,  # slow clients hold one each
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    )
    server.on_startup(lambda: _call_when_up(settings, ready))
    loader = partial(load_application, settings, graph.unopened())
    server.serve(target_loader=loader)


def _call_when_up(settings: ServerSettings, ready: Callable[[], None]) -> None:
    def watch() -> None:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
        while True:
            try:
                socket.create_connection((host, settings.port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.02)
        ready()

    threading.Thread(target=watch, daemon=True).start()
