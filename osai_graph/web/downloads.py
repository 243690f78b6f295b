"""downloads serves the dump of the graph, its description in VoID and DCAT, and the hub index."""

from __future__ import annotations

import atexit
import json
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from flask import Blueprint, Response, jsonify, render_template, request, send_file

from osai_graph.dataset_description import (
    DumpFile,
    describe_access,
    describe_content,
    write_description,
)
from osai_graph.dumping import SUMS, dump_files
from osai_graph.errors import UnknownNameError
from osai_graph.graph.negotiation import HTML, PLAIN_JSON, RDF_FORMATS, Format
from osai_graph.hub_index import hub_index
from osai_graph.web.answers import stable, varied
from osai_graph.web.problems import Problem, ProblemError
from osai_graph.web.rdf import ENGINE_FORMATS
from osai_graph.web.service import Service, service
from osai_graph.web.sparql import choose

blueprint = Blueprint("downloads", __name__)

#: A request waits this long for a dump that is being made.
_PATIENCE_SECONDS = 20.0


class DumpMaker:
    """Has the dump made by a process of its own, which yields to everything else.

    Args:
        served: the running service.
    """

    def __init__(self, served: Service) -> None:
        self.directory = served.exports / "dump"
        self._command = [sys.executable, "-m", "osai_graph.dumping", str(self.directory)]
        self._graph = pickle.dumps(served.graph.unopened())
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        atexit.register(self.close)

    @property
    def is_made(self) -> bool:
        """Whether the dump lies there whole."""
        return (self.directory / SUMS).exists()

    def start(self) -> None:
        """Have the dump made, unless it is there or on its way."""
        with self._lock:
            running = self._process is not None and self._process.poll() is None
            if not running and not self.is_made:
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
                )
                assert self._process.stdin is not None
                with suppress(BrokenPipeError), self._process.stdin as pipe:
                    pipe.write(self._graph)

    def wait(self) -> Path:
        """Return the directory of the dump once it is made.

        Raises:
            ProblemError: it takes longer than a request can wait.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        self.start()
        while not self.is_made:
            failed = self._process is not None and self._process.poll() not in (None, 0)
            if failed or time.monotonic() > deadline:
                message = "The dump cannot be made." if failed else "The dump is being made."
                raise ProblemError(Problem(503, message, "Ask again.", retry_after=30))
            time.sleep(0.05)
        return self.directory

    def close(self) -> None:
        """End the process, if it runs; what it has begun is swept up by the next one."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def dump() -> DumpMaker:
    """Return the maker of the dump of the running service."""
    return service().kept("dump", lambda: DumpMaker(service()))


def _listed(files: Sequence[DumpFile]) -> Response:
    described = [
        {"name": f.name, "mediaType": f.media_type, "bytes": f.size, "sha256": f.sha256}
        for f in files
    ]
    return varied(jsonify({"ok": True, "version": service().graph.version, "files": described}))


def _describe(form: Format, files: Sequence[DumpFile]) -> Response:
    root = request.url_root

    def make() -> bytes:
        content = service().kept("content", lambda: describe_content(service().store))
        access = describe_access(service().graph.version, root, files)
        return write_description([*access, *content], ENGINE_FORMATS[form])

    return stable(form.media_type, ("dataset", root, bool(files), form.ending), make)


@blueprint.get("/dump", strict_slashes=False)
def listing() -> Response:
    """List the files of the dump: a page, JSON, or a description in DCAT."""
    choice = choose(request.args.get("format"), (HTML, PLAIN_JSON, *RDF_FORMATS))
    files = dump_files(dump().wait())
    if choice.format is PLAIN_JSON:
        return _listed(files)
    if choice.format is not HTML:
        return _describe(choice.format, files)
    return stable(
        HTML.media_type,
        ("dump",),
        lambda: render_template("dump.html", files=files, sums=SUMS).encode(),
    )


@blueprint.get("/dump/<name>")
def file(name: str) -> Response:
    """Send a file of the dump; parts of it on request (RFC 9110, section 14)."""
    directory = dump().wait()
    sums = {found.name: found for found in dump_files(directory)}
    if name == SUMS:
        return send_file(directory / SUMS, "text/plain", conditional=True)
    if name not in sums:
        raise UnknownNameError("file", name, [*sums, SUMS], "See /dump/ for all.")
    media_type = "application/gzip" if name.endswith(".gz") else sums[name].media_type
    return send_file(directory / name, media_type, conditional=True, etag=sums[name].sha256)


@blueprint.get("/.well-known/void")
def void() -> Response:
    """Describe the dataset in VoID and DCAT."""
    choice = choose(request.args.get("format"), RDF_FORMATS)
    maker = dump()
    return _describe(choice.format, dump_files(maker.directory) if maker.is_made else [])


@blueprint.get("/by-hf-repo.json")
def by_repository() -> Response:
    """List the repositories of the Hugging Face hub with their records."""

    def make() -> bytes:
        index = {"version": service().graph.version, "repositories": hub_index(service().store)}
        return json.dumps({"ok": True, **index}, ensure_ascii=False).encode()

    return stable("application/json", ("hub",), make)
