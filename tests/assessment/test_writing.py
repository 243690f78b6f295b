"""Verdicts stand in the graph, in both places, and can be taken out again."""

from __future__ import annotations

import pytest
from rdflib import Literal, URIRef

from osai_graph import resources
from osai_graph.assessment.verdicts import Assessment, Assessor
from osai_graph.assessment.writing import take_back_verdicts, verdict_triples, write_verdicts
from osai_graph.graph.loading import load_graph
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import OSAI, RDF, RDFS, SYSTEM, VERDICTS_GRAPH
from tests.assessment.conftest import LUMEN, model

EARL = "http://www.w3.org/ns/earl#"
PARTS = ["ModelWeights Available Limited", "InferenceCode Available Open"]


@pytest.fixture
def store() -> EmbeddedStore:
    return model(PARTS, "system:other a osai:Model , osai:AISystem , osai:System .")


def size(store: EmbeddedStore, graph: str = "") -> int:
    pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
    return int(str(store.select(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}").rows[0][0]))


def test_every_verdict_stands_in_the_default_graph_and_in_a_graph_of_its_own(
    store: EmbeddedStore, assessor: Assessor
) -> None:
    before = size(store)
    assessment = assessor.assess(store)
    write_verdicts(store, assessment)
    written = size(store, str(VERDICTS_GRAPH))
    assert written == len(set(verdict_triples(assessment)))
    assert size(store) == before + written
    counted = f"SELECT (COUNT(DISTINCT ?v) AS ?n) {{ ?v a {OSAI.Verdict.n3()} }}"
    assert store.select(counted).rows == [(Literal(len(assessment)),)]


def test_a_question_reads_a_verdict_with_its_reasons(
    store: EmbeddedStore, assessor: Assessor
) -> None:
    write_verdicts(store, assessor.assess(store))
    query = f"""SELECT ?value ?thing WHERE {{
      ?verdict <{EARL}subject> {LUMEN.n3()} ;
        {OSAI.ofFramework.n3()} <https://w3id.org/osai-graph/framework/osaid-1.0> ;
        {OSAI.ofRequirement.n3()} <https://w3id.org/osai-graph/framework/osaid-1.0#parameters> ;
        {OSAI.hasVerdictValue.n3()} ?value ; {OSAI.isBecauseOf.n3()} ?thing }} ORDER BY ?thing"""
    assert store.select(query).rows == [
        (OSAI.NotMet, URIRef("https://w3id.org/osai-graph/license/Limited")),
        (OSAI.NotMet, URIRef(f"{LUMEN}#p0")),
    ]


def test_outcomes_that_are_reached_hang_on_the_system(
    store: EmbeddedStore, assessor: Assessor
) -> None:
    write_verdicts(store, assessor.assess(store))
    rows = store.select(f"SELECT ?s ?o {{ ?s {OSAI.reachesOutcome.n3()} ?o }}").rows
    label = URIRef("https://w3id.org/osai-graph/framework/g7-2026#weights-available")
    assert rows == [(LUMEN, label)]


def test_verdicts_of_one_system_are_taken_back(store: EmbeddedStore, assessor: Assessor) -> None:
    write_verdicts(store, assessor.assess(store))
    other = SYSTEM.other
    expected = model(PARTS, "system:other a osai:Model , osai:AISystem , osai:System .")
    write_verdicts(expected, Assessment(assessor.frameworks, {
        key: verdict
        for key, verdict in assessor.assess(expected).verdicts.items()
        if key[0] == other
    }))  # fmt: skip
    take_back_verdicts(store, LUMEN)
    assert set(map(str, store.engine)) == set(map(str, expected.engine))


def test_all_verdicts_are_taken_back(store: EmbeddedStore, assessor: Assessor) -> None:
    before = set(map(str, store.engine))
    write_verdicts(store, assessor.assess(store))
    take_back_verdicts(store)
    assert set(map(str, store.engine)) == before


def test_texts_survive_their_quotation_marks(assessor: Assessor) -> None:
    label = f'{OSAI.TrainingCode.n3()} rdfs:label "the \\"code\\"\\\\"@en .'
    store = model([], label)
    write_verdicts(store, assessor.assess(store))
    missing = {str(o) for _, o in store.select(
        f"SELECT ?v ?o {{ ?v {OSAI.missingFact.n3()} ?o }}"
    ).rows}  # fmt: skip
    assert 'Nothing is recorded on this part: the "code"\\.' in missing


def test_earl_knows_our_verdicts() -> None:
    ontology = load_graph(resources.ontology_files())
    outcome = URIRef(f"{EARL}outcome")
    assert (OSAI.Verdict, RDFS.subClassOf, URIRef(f"{EARL}Assertion")) in ontology
    assert (OSAI.ofRequirement, RDFS.subPropertyOf, URIRef(f"{EARL}test")) in ontology
    assert (OSAI.hasVerdictValue, RDFS.subPropertyOf, URIRef(f"{EARL}result")) in ontology
    values = {OSAI.Met: "passed", OSAI.NotMet: "failed", OSAI.CannotBeDecided: "cantTell"}
    for value, name in values.items():
        assert ontology.value(value, outcome) == URIRef(EARL + name)
        assert (value, RDF.type, OSAI.VerdictValue) in ontology
