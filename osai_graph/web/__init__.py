"""web serves the graph over HTTP: SPARQL for programs, linked data for both, pages for people."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from osai_graph.build import MaterializedGraph
    from osai_graph.web.clients import ClientLimits
    from osai_graph.web.pool import Limits
    from osai_graph.web.service import QueryPool


def create_app(
    graph: MaterializedGraph | None = None,
    *,
    limits: Limits | None = None,
    clients: ClientLimits | None = None,
    config: Mapping[str, Any] | None = None,
) -> Flask:
    """Return the web application over a built graph.

    Args:
        graph: the graph, here or on a server; ``None`` opens the one of this installation.
        limits: what a query may take.
        clients: what one client may ask.
        config: further settings of Flask.

    Raises:
        GraphError: the graph cannot be opened.
    """
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from osai_graph.build import open_graph
    from osai_graph.web import (
        answers,
        display,
        downloads,
        graph_store,
        health,
        pages,
        problems,
        records,
        sparql,
    )
    from osai_graph.web import (
        clients as client_limits,
    )
    from osai_graph.web.pool import Limits
    from osai_graph.web.service import start_service

    app = Flask(__name__)
    app.config.update(
        MAX_CONTENT_LENGTH=1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
        PROCESSES=1,
        BEHIND_PROXY=False,
    )
    app.config.update(config or {})
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    served, pool = _with_pool(graph or open_graph(), limits or Limits())
    atexit.register(pool.close)
    app.extensions["osai_graph"] = start_service(served, pool)
    if app.config["BEHIND_PROXY"]:
        # the type of this attribute is that of the method it replaces
        app.wsgi_app = ProxyFix(app.wsgi_app, x_prefix=1)  # type: ignore[method-assign]
    display.register(app)
    answers.register(app)
    client_limits.register(app, clients or client_limits.ClientLimits())
    problems.register(app)
    for module in (sparql, graph_store, downloads, pages, records, health):
        app.register_blueprint(module.blueprint)
    app.context_processor(lambda: {"service": app.extensions["osai_graph"]})
    return app


def _with_pool(graph: MaterializedGraph, limits: Limits) -> tuple[MaterializedGraph, QueryPool]:
    """Return the graph to make pages of, and what evaluates the queries of strangers."""
    from osai_graph.remote_build import RemoteGraph
    from osai_graph.web.pool import WorkerPool
    from osai_graph.web.server_pool import ServerPool, without_long_waits

    if isinstance(graph, RemoteGraph):
        return without_long_waits(graph), ServerPool(graph.store, limits)
    return graph, WorkerPool(graph.workplace / "store", limits)


def warm_up(app: Flask) -> None:
    """Make what every first visitor would wait for: templates, the list of records, a dump."""
    from osai_graph.web.downloads import dump

    app.extensions["osai_graph"].pool.fill()
    client = app.test_client()
    for path in ("/health", "/", "/sparql?format=html", "/sparql", "/by-hf-repo.json"):
        client.get(path)
    with app.app_context():
        dump().start()
