"""Every term of the ontology is complete, well named and consistent."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import owlrl
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef

from osai_graph import resources
from osai_graph.graph.loading import load_graph
from osai_graph.namespaces import BASE, OSAI, SCHEMA, VS

SOURCE = URIRef("http://purl.org/dc/terms/source")


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return load_graph(resources.ontology_files())


@pytest.fixture(scope="module")
def terms(ontology: Graph) -> set[URIRef]:
    return {s for s in ontology.subjects() if isinstance(s, URIRef) and s.startswith(OSAI)}


def test_every_term_has_one_label_definition_status_and_source(
    ontology: Graph, terms: set[URIRef]
) -> None:
    wrong = []
    for term in terms:
        for predicate in (RDFS.label, SKOS.definition, VS.term_status, SOURCE, RDFS.isDefinedBy):
            if len(list(ontology.objects(term, predicate))) != 1:
                wrong.append((term, predicate))
    assert not wrong


def test_texts_are_english_sentences(ontology: Graph, terms: set[URIRef]) -> None:
    for term in terms:
        label, definition = ontology.value(term, RDFS.label), ontology.value(term, SKOS.definition)
        assert isinstance(label, Literal) and label.language == "en", term
        assert isinstance(definition, Literal) and definition.language == "en", term
        assert definition.endswith("."), term
        assert str(ontology.value(term, VS.term_status)) in {
            "unstable",
            "testing",
            "stable",
            "archaic",
        }


def test_labels_of_a_kind_are_unique(ontology: Graph, terms: set[URIRef]) -> None:
    for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty):
        labels = [str(ontology.value(t, RDFS.label)) for t in ontology.subjects(RDF.type, kind)]
        named = [label for label in labels if label != "None"]
        assert len(named) == len(set(named)), sorted({x for x in named if named.count(x) > 1})


def test_names_follow_their_kind(ontology: Graph, terms: set[URIRef]) -> None:
    for term in terms:
        name = term.removeprefix(str(OSAI))
        kinds = set(ontology.objects(term, RDF.type))
        properties = {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}
        pattern = r"[a-z][A-Za-z]*" if kinds & properties else r"[A-Z][A-Za-z]*"
        assert re.fullmatch(pattern, name), term


def test_classes_and_schemes_hang_together(ontology: Graph, terms: set[URIRef]) -> None:
    schemes = set(ontology.subjects(RDF.type, SKOS.ConceptScheme))
    for concept in ontology.subjects(RDF.type, SKOS.Concept):
        assert ontology.value(concept, SKOS.inScheme) in schemes, concept
    for predicate in (
        RDFS.domain,
        RDFS.range,
        RDFS.subClassOf,
        RDFS.subPropertyOf,
        OWL.disjointWith,
        SCHEMA.domainIncludes,
        SCHEMA.rangeIncludes,
    ):
        for subject, value in ontology.subject_objects(predicate):
            if isinstance(value, URIRef) and value.startswith(OSAI):
                assert value in terms, (subject, predicate, value)
    for prop in terms:
        assert len(list(ontology.objects(prop, RDFS.domain))) <= 1, prop
        assert len(list(ontology.objects(prop, RDFS.range))) <= 1, prop


def test_nothing_is_said_about_terms_of_others(ontology: Graph) -> None:
    """Foreign terms may be declared so that tools know their kind; no axiom may touch them."""
    for subject, predicate, _ in ontology:
        if isinstance(subject, URIRef) and not subject.startswith(BASE):
            assert predicate == RDF.type, (subject, predicate)


def test_confusable_classes_carry_a_negative_example(ontology: Graph) -> None:
    for name in (
        "System",
        "Model",
        "SoftwareTool",
        "License",
        "Restriction",
        "TrainingCode",
        "DataInformation",
        "Available",
        "Event",
        "Claim",
        "Evidence",
        "OpenWeights",
    ):
        examples = " ".join(str(x) for x in ontology.objects(OSAI[name], SKOS.example))
        assert "Negative example" in examples, name


def test_the_header_has_what_ontology_checkers_ask_for(ontology: Graph) -> None:
    header = URIRef(BASE + "ns")
    names = {str(p).rpartition("/")[2].rpartition("#")[2] for p in ontology.predicates(header)}
    assert {
        "title",
        "description",
        "license",
        "creator",
        "publisher",
        "versionIRI",
        "versionInfo",
        "preferredNamespaceUri",
        "preferredNamespacePrefix",
        "created",
        "issued",
        "modified",
        "status",
        "bibliographicCitation",
    } <= names
    imported = {str(i).rpartition("/")[2] for i in ontology.objects(header, OWL.imports)}
    assert imported == {p.stem for p in resources.ontology_files()} - {"osai"}


def test_owlrl_finds_no_error(ontology: Graph) -> None:
    closure = Graph()
    closure += ontology
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(closure)
    error = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
    assert not list(closure.subject_objects(error))


@pytest.mark.skipif(shutil.which("java") is None, reason="HermiT needs a Java runtime")
@pytest.mark.filterwarnings("ignore")
def test_hermit_finds_the_ontology_consistent(ontology: Graph, tmp_path: Path) -> None:
    owlready2 = pytest.importorskip("owlready2")
    assert hermit_inconsistencies(owlready2, ontology, tmp_path) == []


@pytest.mark.skipif(shutil.which("java") is None, reason="HermiT needs a Java runtime")
@pytest.mark.filterwarnings("ignore")
def test_hermit_would_find_a_contradiction(ontology: Graph, tmp_path: Path) -> None:
    owlready2 = pytest.importorskip("owlready2")
    wrong = Graph()
    wrong += ontology
    wrong.add((OSAI.Impossible, RDF.type, OWL.Class))
    wrong.add((OSAI.Impossible, RDFS.subClassOf, OSAI.Model))
    wrong.add((OSAI.Impossible, RDFS.subClassOf, OSAI.Dataset))
    assert hermit_inconsistencies(owlready2, wrong, tmp_path) == ["Impossible"]


def hermit_inconsistencies(owlready2: object, graph: Graph, place: Path) -> list[str]:
    """Run HermiT over the graph and return the names of classes that cannot have members."""
    merged = Graph()
    merged += graph
    merged.remove((None, OWL.imports, None))
    path = place / "ontology.rdf"
    merged.serialize(path, format="xml")
    world = owlready2.World()  # type: ignore[attr-defined]
    loaded = world.get_ontology(path.as_uri()).load()
    with loaded:
        owlready2.sync_reasoner(world, debug=0)  # type: ignore[attr-defined]
    return sorted(c.name for c in world.inconsistent_classes() if c.name != "Nothing")
