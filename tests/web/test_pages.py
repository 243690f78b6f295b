"""Pages say what the graph says, to people and to screen readers, and nothing unsafe."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient

from osai_graph import resources
from osai_graph.credits import Credit
from osai_graph.namespaces import DOCUMENT, LICENSE

PAGES = [
    "/",
    "/system",
    "/license",
    "/claim",
    "/system/lumen-7b",
    "/license/Open-1.0",
    "/organization/aurora-labs",
    "/claim/launch",
    "/credits",
    "/search",
    "/search?q=lumen",
    "/search?q=nothing-like-it",
    "/queries",
    "/queries/systems-of-a-license",
    "/queries/systems-of-a-license?license=Open-1.0",
    "/queries/statuses-of-claims",
    "/queries/does-a-system-have-parts",
    "/sparql",
    "/sparql?query=SELECT+*+{+?s+?p+?o+}+LIMIT+5",
    "/sparql?query=nonsense",
    "/ns",
    "/nowhere",
]
_VOID = {"meta", "link", "input", "br", "hr", "img"}


class Page(HTMLParser):
    """Notes what the tests ask of a page; complains about tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def get(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.content_type == "text/html; charset=utf-8"
    return answer.text


@pytest.mark.parametrize("path", PAGES)
def test_accessible(client: FlaskClient, path: str) -> None:
    page = Page(get(client, path))
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert all("scope" in attributes for attributes in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    labelled = {attributes.get("for") for attributes in page.all("label")}
    for field in page.all("input", "select", "textarea"):
        assert field["id"] in labelled
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    inside = {str(a["href"])[1:] for a in page.all("a") if str(a.get("href")).startswith("#")}
    assert inside <= set(ids)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_from_elsewhere_and_no_script(client: FlaskClient, path: str) -> None:
    page = Page(get(client, path))
    assert page.all("script") == []
    assert all("style" not in attributes for _, attributes in page.tags)
    loaded = [a["href"] for a in page.all("link") if a["rel"] in ("stylesheet", "icon")]
    assert all(str(address).startswith("/static/") for address in loaded)
    for address in loaded:
        with client.get(str(address)) as answer:
            assert answer.status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_local_links_lead_somewhere(client: FlaskClient, path: str) -> None:
    links = {str(a["href"]).partition("#")[0] for a in Page(get(client, path)).all("a")}
    for link in sorted(links):
        if link.startswith("/"):
            assert client.head(link).status_code == 200, link


def test_sources_are_credited_on_a_page_that_every_footer_leads_to(
    app: Flask, client: FlaskClient
) -> None:
    source = Credit(
        iri=str(DOCUMENT.index), label="records of the index", title="The Index", publisher="Lab",
        license=str(LICENSE["CC-BY-4.0"]), license_name="CC Attribution 4.0",
        citation="The Index, 2026, <https://doi.example>.", url="https://index.example/",
        retrieved_on="2026-06-01", commit="0123456789abcdef", files=2, records=1200,
    )  # fmt: skip
    with app.test_request_context():
        text = render_template("credits.html", sources=[source])
    for part in ("The Index, 2026, &lt;https://doi.example&gt;.", "CC Attribution 4.0", "Lab",
                 "as of 2026-06-01", "0123456789ab", "1,200 records"):  # fmt: skip
        assert part in text
    linked = {a["href"] for a in Page(text).all("a")}
    assert {"https://index.example/", "/license/CC-BY-4.0"} <= linked
    assert "/credits" in {a["href"] for a in Page(get(client, "/")).all("a")}
    answer = client.get("/credits", headers={"Accept": "application/json"})
    assert answer.json == {"ok": True, "sources": []}


def test_security_headers(client: FlaskClient) -> None:
    headers = client.get("/").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_system_page(client: FlaskClient) -> None:
    page = get(client, "/system/lumen-7b")
    assert "<h1>Lumen 7B</h1>" in page
    assert 'href="/organization/aurora-labs"' in page
    assert "7 billion parameters" in page
    assert "A made-up model &lt;b&gt;for&lt;/b&gt; tests &amp; checks." in page
    assert "The weights are available under Open License 1.0" in page
    assert "withheld" in page
    assert "our fully open model" in page
    assert 'href="https://aurora.example/lumen"' in page
    assert 'datetime="2026-11-20"' in page


def test_license_page(client: FlaskClient) -> None:
    page = get(client, "/license/Open-1.0")
    assert "section 2" in page
    assert "not approved" in page
    assert "/system/lumen-7b" in page


def test_claim_page(client: FlaskClient) -> None:
    page = get(client, "/claim/launch")
    for words in ("our fully open model", "refuted", "Its training data is not published.",
                  "Its weights can be had; its training data cannot."):  # fmt: skip
        assert words in page
    assert 'id="A1"' in page


def test_search(client: FlaskClient) -> None:
    assert 'href="/system/lumen-7b"' in get(client, "/search?q=LUMEN")
    assert "Near names" in get(client, "/search?q=lumin-7b")
    found = client.get("/search?q=open+one&format=json").get_json()
    assert found["ok"] is True
    assert found["records"][0]["identifier"] == "Open-1.0"


def test_search_shows_words_as_words(client: FlaskClient) -> None:
    page = get(client, "/search?q=%22%3E%3Cscript%3E")
    assert "<script>" not in page


def test_stored_question(client: FlaskClient) -> None:
    page = get(client, "/queries/systems-of-a-license?license=Open-1.0")
    assert "system:lumen-7b#weights" in page
    answer = client.get("/queries/systems-of-a-license?license=Open-1.0&format=csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.text.split() == [
        "system,part",
        "https://w3id.org/osai-graph/system/lumen-7b,https://w3id.org/osai-graph/system/lumen-7b#weights",
    ]


def test_stored_question_errors(client: FlaskClient) -> None:
    for path, status, words in (
        ("/queries/systems-of-a-licence", 404, "systems-of-a-license"),
        ("/queries/systems-of-a-license?license=Opem-1.0&format=json", 404, "Open-1.0"),
        ("/queries/systems-of-a-license?licence=x&format=json", 404, "license"),
    ):
        answer = client.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == status
        assert words in answer.get_json()["remedy"]


def selected(page: str) -> str:
    """Return the value of the option that the page has chosen."""
    (tag,) = [a for a in Page(page).all("option") if "selected" in a]
    return str(tag["value"])


def test_a_default_is_chosen_and_any_is_no_default(client: FlaskClient) -> None:
    page = get(client, "/queries/statuses-of-claims")
    assert selected(page) == "Refuted"
    assert "our fully open model" in page
    assert get(client, "/queries/statuses-of-claims?status=any").count("selected") == 0
    confirmed = get(client, "/queries/statuses-of-claims?status=Confirmed")
    assert selected(confirmed) == "Confirmed"
    assert "our fully open model" not in confirmed
    assert '<option value="any">any</option>' in page


def test_columns_are_named_in_words(client: FlaskClient) -> None:
    page = get(client, "/queries/statuses-of-claims")
    assert "exact words" in page
    assert ">exact_words<" not in page


def test_a_value_that_must_be_given_is_asked_for(client: FlaskClient) -> None:
    page = get(client, "/queries/does-a-system-have-parts")
    assert "choose one" in page
    assert 'role="alert"' not in page
    assert 'id="answer"' not in page
    assert "Yes." in get(client, "/queries/does-a-system-have-parts?system=lumen-7b")
    answer = client.get("/queries/does-a-system-have-parts?format=json")
    assert answer.status_code == 400
    assert 'needs the parameter "system"' in answer.text


def test_home_asks_about_the_founding_document_first(client: FlaskClient) -> None:
    page = get(client, "/")
    section = page[page.index("Ask the graph") :]
    assert section.index("statuses-of-claims") < section.index("All 3 questions")
    assert section.index("/queries/") == section.index("/queries/statuses-of-claims")


def test_fields_left_empty_leave_the_address(client: FlaskClient) -> None:
    answer = client.get("/queries/systems-of-a-license?license=")
    assert answer.status_code == 302
    assert answer.location == "/queries/systems-of-a-license"


def test_lists_as_json(client: FlaskClient) -> None:
    assert client.get("/system?format=json").get_json()["records"][0]["label"] == "Lumen 7B"
    questions = client.get("/queries", headers={"Accept": "application/json"}).get_json()
    names = [question["name"] for question in questions["queries"]]
    assert names == ["does-a-system-have-parts", "statuses-of-claims", "systems-of-a-license"]


def test_health(client: FlaskClient) -> None:
    health = client.get("/health").get_json()
    assert health["ok"] is True
    assert health["records"] == 4 + len(resources.framework_files())


def test_our_fault_is_said_without_a_trace(client: FlaskClient) -> None:
    service = client.application.extensions["osai_graph"]
    pool = service.pool
    object.__setattr__(service, "pool", None)
    try:
        answer = client.get("/health", headers={"Accept": "application/json"})
    finally:
        object.__setattr__(service, "pool", pool)
    assert answer.status_code == 500
    assert answer.get_json()["error"] == "The service failed at this request. That is our fault."


def test_a_freedom_of_a_system_names_the_parts_that_do_not_give_it(client: FlaskClient) -> None:
    text = get(client, "/system/lumen-7b")
    strip = text[text.index('class="strip"') :]
    use, study = strip.split("</li>")[:2]
    assert "not given by every part" in use
    assert 'denied by <a href="/system/lumen-7b#weights">weights</a>' in use
    assert "not given" not in study
