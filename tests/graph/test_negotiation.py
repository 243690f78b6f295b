"""Accept headers choose the format that RFC 9110, section 12.5.1, asks for."""

from __future__ import annotations

import pytest

from osai_graph.graph.negotiation import (
    HTML,
    RDF_FORMATS,
    RESULT_FORMATS,
    named_format,
    negotiate,
)


@pytest.mark.parametrize(
    ("header", "media_type"),
    [
        (None, "application/sparql-results+json"),
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("application/xml;q=0.5, text/csv;q=0.4", "application/xml"),
        ("application/sparql-results+xml; q=0.3, text/csv ;q = 0.9", "text/csv"),
        ("text/*", "text/csv"),
        ("text/*;q=0.5, text/csv", "text/csv"),
        ("application/*, application/sparql-results+json;q=0.1", "application/sparql-results+xml"),
        ("application/sparql-results+json;q=0, */*;q=0.1", "application/sparql-results+xml"),
        (
            "application/sparql-results+json;q=0, application/json;q=0, */*",
            "application/sparql-results+xml",
        ),
        ("TEXT/CSV", "text/csv"),
        ("text/csv;charset=utf-8;header=present", "text/csv"),
        ("nonsense, text/csv", "text/csv"),
    ],
)  # fmt: skip
def test_results(header: str | None, media_type: str) -> None:
    choice = negotiate(header, RESULT_FORMATS)
    assert choice is not None
    assert choice.media_type == media_type


@pytest.mark.parametrize(
    "header", ["image/png", "text/csv;q=0", "*/*;q=0", "text/turtle", "nonsense"]
)
def test_nothing_acceptable(header: str) -> None:
    assert negotiate(header, RESULT_FORMATS) is None


def test_a_browser_gets_the_page() -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    choice = negotiate(accept, (*RESULT_FORMATS, HTML))
    assert choice is not None
    assert choice.format is HTML


@pytest.mark.parametrize("name", ["ttl", "turtle", "Turtle", "text/turtle"])
def test_names_of_turtle(name: str) -> None:
    found = named_format(name, RDF_FORMATS)
    assert found is not None
    assert found.label == "Turtle"


def test_no_such_name() -> None:
    assert named_format("pdf", RDF_FORMATS) is None
