"""health says whether the service can answer, for those who watch it."""

from __future__ import annotations

import time

from flask import Blueprint, Response, current_app, jsonify

from osai_graph import __version__
from osai_graph.web.service import service
from osai_graph.web.withdrawn import withdrawn

_STARTED = time.monotonic()

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> Response:
    """Answer 200 with versions when a query process gives the right answer, else an error."""
    body = service().pool.evaluate("ASK { ?s ?p ?o }", "json")
    response = jsonify(
        {
            "ok": b"true" in body,
            "version": __version__,
            "data": service().graph.version,
            "records": len(set(service().files.names) - withdrawn().keys()),
            "queries": len(service().catalog),
            "uptime": round(time.monotonic() - _STARTED, 1),
            "processes": current_app.config["PROCESSES"],
            "workers": service().pool.count(),
        }
    )
    response.headers["Cache-Control"] = "no-store"
    if b"true" not in body:
        response.status_code = 503
    return response
