"""problems answers every error in one shape: JSON, a page or text, never a stack trace."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from osai_graph.errors import GraphError, StoreError, SyntaxFault, UnknownNameError
from osai_graph.graph.negotiation import HTML, Format, negotiate
from osai_graph.web.answers import varied

_TEXT = Format("text", ("text/plain",), ("txt",))
_JSON = Format(
    "JSON",
    ("application/json", "application/problem+json", "application/sparql-results+json"),
    ("json",),
)
_FORMS = (_TEXT, HTML, _JSON)


@dataclass(frozen=True)
class Problem:
    """What went wrong, where, and what to do next.

    ``excerpt`` is the line of the query in which the fault lies, and ``column`` where in it.
    """

    status: int
    message: str
    remedy: str = ""
    line: int | None = None
    column: int | None = None
    excerpt: str | None = None
    retry_after: int | None = None

    @property
    def title(self) -> str:
        """The words of the status."""
        return HTTPStatus(self.status).phrase

    @property
    def caret(self) -> str:
        """The marker that stands below the fault in the excerpt."""
        before = (self.excerpt or "")[: (self.column or 1) - 1]
        return "".join("\t" if char == "\t" else " " for char in before) + "^"

    def as_text(self) -> str:
        """Return the problem as lines of text."""
        lines = [f"{self.status} {self.title}: {self.message}"]
        if self.line is not None:
            lines.append(f"Line {self.line}, column {self.column}:")
        if self.excerpt is not None:
            lines += ["", f"  {self.excerpt}", f"  {self.caret}", ""]
        if self.remedy:
            lines.append(self.remedy)
        return "\n".join(lines) + "\n"

    def as_json(self) -> dict[str, Any]:
        """Return the error shape that all routes share."""
        place = {
            name: value
            for name in ("line", "column", "excerpt")
            if (value := getattr(self, name)) is not None
        }
        detail = {"message": self.message, "remedy": self.remedy, **place}
        return {
            "ok": False,
            "error": self.message,
            "remedy": self.remedy,
            "errors": [detail],
            "status": self.status,
            **place,
        }


class ProblemError(GraphError):
    """Carries a problem to the error handler."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message, problem.remedy)
        self.problem = problem


def _line_of(text: str, number: int) -> str | None:
    lines = text.split("\n")
    return lines[number - 1].rstrip("\r")[:500] if 0 < number <= len(lines) else None


def problem_of(error: GraphError, text: str | None = None) -> Problem:
    """Return the problem that an error of ours is; ``text`` is the query in which it may lie."""
    if isinstance(error, ProblemError):
        return error.problem
    status = int(getattr(error, "status", 404 if isinstance(error, UnknownNameError) else 400))
    if isinstance(error, SyntaxFault):
        excerpt = _line_of(text, error.line) if text is not None and error.line else None
        return Problem(status, error.reason, error.remedy, error.line, error.column, excerpt)
    wait = getattr(error, "retry_after", 5 if status == 503 else None)
    return Problem(status, error.message, error.remedy, retry_after=wait)


def answer(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """Return the problem in the form that the client likes best."""
    choice = negotiate(request.headers.get("Accept"), _FORMS)
    form = choice.format if choice else _TEXT
    if form is HTML:
        response = Response(render_template("problem.html", problem=problem))
    elif form is _JSON:
        response = jsonify(problem.as_json())
    else:
        response = Response(problem.as_text(), mimetype="text/plain")
    response.status_code = problem.status
    response.headers["Cache-Control"] = "no-store"
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return varied(response)


_HTTP_SENTENCES = {
    404: ("There is nothing at this address.", "Start at / or look at /search."),
    413: ("The request is larger than this service accepts.", "Send less at once."),
}


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    message, remedy = _HTTP_SENTENCES.get(status, (error.description or error.name, ""))
    headers = {}
    if status == 405:
        allowed = sorted(getattr(error, "valid_methods", None) or ["GET", "HEAD", "OPTIONS"])
        headers["Allow"] = ", ".join(allowed)
        message = f"{request.method} is not possible here."
        remedy = f"Use {', '.join(allowed)}."
    if error.response is not None or 300 <= status < 400:
        return Response(error.get_response().get_data(), status, error.get_response().headers)
    return answer(Problem(status, message, remedy), headers)


def _unexpected(error: Exception) -> Response:
    from flask import current_app

    current_app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return answer(
        Problem(500, "The service failed at this request. That is our fault.", "Please report it.")
    )


def _store_failed(error: StoreError) -> Response:
    """Answer for a query of our own that the store did not answer; its words are for the log."""
    from flask import current_app

    if hasattr(error, "status"):
        return answer(problem_of(error))
    current_app.logger.error("%s %s: %s", request.method, request.path, error)
    return answer(
        Problem(503, "The store of the graph cannot answer now.", "Try again later.", retry_after=5)
    )


def register(app: Flask) -> None:
    """Answer all errors of an application."""
    app.register_error_handler(StoreError, _store_failed)
    app.register_error_handler(GraphError, lambda error: answer(problem_of(error)))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)
