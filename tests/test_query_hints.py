"""A query that finds nothing gets the names that no statement has."""

from __future__ import annotations

import pytest

from osai_graph.graph.store import EmbeddedStore
from osai_graph.query_hints import hints_on

OSAI = "https://w3id.org/osai-graph/ns#"


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("SELECT * { ?s a osai:Modell }", "No statement has osai:Modell: did you mean osai:Model"),
        (f"SELECT * {{ ?s <{OSAI}developdBy> ?o }}", "No statement has osai:developdBy"),
        ("PREFIX x: <https://w3id.org/osai-graph/ns#> ASK { ?s x:Lizense ?o }", "osai:Lizense"),
        ("SELECT * { system:lumen-99 ?p ?o }", "No statement has system:lumen-99."),
        (
            'SELECT * { ?s rdfs:label "Halo" }',
            'write "Halo"@en, or compare STR(?label)',
        ),
    ],
)
def test_what_nobody_states(query: str, hint: str, small_store: EmbeddedStore) -> None:
    (said,) = hints_on(small_store, query)
    assert hint in said


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s a osai:Model ; osai:isDevelopedBy ?o }",
        "SELECT * { ?s a osai:ModelWeights ; osai:hasAvailability osai:Available }",
        "SELECT * { GRAPH <https://w3id.org/osai-graph/graph/inferred> { ?s ?p ?o } }",
        'SELECT * { ?s rdfs:label "Halo"@en, "1"^^xsd:integer, "no label at all" }',
        "SELECT * { ?s ?p <https://elsewhere.example/x> }",
        "PREFIX osai: <https://elsewhere.example/> SELECT * { ?s a osai:Modell }",
    ],
)
def test_what_is_stated_gets_no_hint(query: str, small_store: EmbeddedStore) -> None:
    assert hints_on(small_store, query) == []
