"""What the compiler makes of an ontology beyond single rules, and which axioms it refuses."""

import pytest
from rdflib import BNode, URIRef
from rdflib.namespace import OWL, RDFS

from osai_graph import resources
from osai_graph.errors import GraphError
from osai_graph.graph.loading import load_graph
from osai_graph.reasoning.compile import compile_ontology, stray_axioms
from osai_graph.reasoning.materialize import materialize
from tests.reasoning.owlrl_oracle import our_closure, parse, store_of
from tests.reasoning.random_ontologies import DECLARATIONS


def compiled(turtle):
    return compile_ontology(parse(DECLARATIONS + turtle))


def conclusions(turtle):
    return {
        " ".join(str(t).rpartition("/")[2].rpartition("#")[2] for t in triple)
        for triple in our_closure(parse(DECLARATIONS + turtle))
    }


@pytest.mark.parametrize(
    ("axiom", "named"),
    [
        (":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; "
         "owl:someValuesFrom :B ] .", "subClassOf"),
        (":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; "
         "owl:minCardinality 1 ] .", "minCardinality"),
        (":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; "
         "owl:cardinality 1 ] .", "cardinality"),
        (":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; "
         "owl:hasSelf true ] .", "hasSelf"),
        (":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; "
         "owl:maxCardinality 2 ] .", "maximum of 2"),
        (":A rdfs:subClassOf [ a owl:Class ; owl:unionOf ( :B :C ) ] .", "subClassOf"),
        (":A owl:disjointUnionOf ( :B :C ) .", "disjointUnionOf"),
        (":p rdfs:domain [ a owl:Class ; owl:unionOf ( :A :B ) ] .", "domain"),
        (":p a owl:ReflexiveProperty .", "ReflexiveProperty"),
        ("[ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom :B ] "
         "rdfs:subClassOf :A .", "subClassOf|allValuesFrom"),
        ("[] a rdfs:Datatype ; owl:oneOf ( 1 2 ) .", "oneOf|enumeration"),
        (":A rdfs:subClassOf [ a owl:Class ; owl:complementOf :B ; owl:foo :C ] .", "foo"),
    ],
)  # fmt: skip
def test_an_axiom_that_no_rule_covers_is_an_error_that_names_it(axiom, named):
    with pytest.raises(GraphError, match=named) as error:
        compiled(axiom)
    assert error.value.remedy


@pytest.mark.parametrize(
    "axiom",
    [
        ":A rdfs:subClassOf owl:Thing .",
        ":A rdfs:subClassOf :A .",
        "owl:Nothing rdfs:subClassOf :A .",
        ":p rdfs:range xsd:integer .",
        ":p rdfs:range rdfs:Literal .",
        ":p rdfs:domain owl:Thing .",
        "<> a owl:Ontology ; owl:imports <https://example.org/o> ; owl:versionInfo '1' .",
        ":A owl:deprecated true ; rdfs:label 'a class' .",
    ],
)
def test_axioms_that_say_nothing_are_no_errors(axiom):
    assert [rule.name for rule in compiled(axiom)] == ["cls-nothing2"]


def test_no_rule_speaks_of_a_blank_node():
    rules = compiled(
        ":A owl:equivalentClass [ owl:intersectionOf ( :B [ a owl:Restriction ; owl:onProperty :p ;"
        " owl:someValuesFrom [ owl:unionOf ( :C :D ) ] ] ) ] ."
    )
    patterns = [p for rule in rules for p in (*rule.body, rule.head) if p]
    assert not [p for p in patterns if any(isinstance(term, BNode) for term in p)]
    assert {len(rule.body) for rule in rules if "cls-svf1" in rule.name} == {3}


def test_nested_anonymous_classes_keep_their_consequences():
    definition = (
        ":A owl:equivalentClass [ owl:intersectionOf ( :B [ a owl:Restriction ; owl:onProperty :p ;"
        " owl:someValuesFrom [ owl:unionOf ( :C :D ) ] ] ) ] ."
    )
    assert "x type A" in conclusions(definition + ":x a :B ; :p :y . :y a :D .")
    assert "x type A" not in conclusions(definition + ":x a :B ; :p :y . :y a :E .")
    assert conclusions(definition + ":x a :A .") >= {"x type B"}


def test_a_rule_through_an_anonymous_class_names_all_the_rules_it_stands_for():
    (rule,) = [
        rule
        for rule in compiled(
            "[ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :B ] rdfs:subClassOf :A ."
        )
        if len(rule.body) == 2
    ]
    assert rule.name == "cls-svf1, cax-sco"
    assert {axiom[1] for axiom in rule.axioms} == {
        RDFS.subClassOf,
        OWL.onProperty,
        OWL.someValuesFrom,
    }


def test_inverse_properties_without_a_name_work_in_chains():
    chain = ":q owl:propertyChainAxiom ( :p [ owl:inverseOf :r ] ) ."
    assert "x q z" in conclusions(chain + ":x :p :y . :z :r :y .")


def test_a_chain_may_feed_itself():
    """Self-referential chains are what owlrl may not end on."""
    found = conclusions(":q owl:propertyChainAxiom ( :p :q ) . :a :p :b . :b :p :c . :c :q :d .")
    assert found == {"b q d", "a q d"}


def test_equality_is_compiled_only_where_something_can_be_the_same():
    assert not {"eq-trans"} & {rule.name for rule in compiled(":p rdfs:domain :A .")}
    assert "eq-trans" in {rule.name for rule in compiled(":p a owl:FunctionalProperty .")}
    with_equality = compile_ontology(parse(DECLARATIONS), equality=True)
    assert "eq-rep-s" in {rule.name for rule in with_equality}


def test_literals_never_become_subjects():
    found = conclusions(
        ":p rdfs:range :A ; a owl:SymmetricProperty . :q owl:inverseOf :p . :a :p 1 , :b ."
    )
    assert found == {"b type A", "b p a", "a type A", "a q b", "b q a"}


def test_an_anonymous_class_that_is_defined_by_itself_is_refused():
    with pytest.raises(GraphError, match="defined by itself"):
        compiled(
            "_:c owl:intersectionOf ( :A _:d ) . _:d a owl:Restriction ; owl:onProperty :p ; "
            "owl:someValuesFrom _:c . _:c rdfs:subClassOf :B . :E rdfs:subClassOf _:d ."
        )


def test_axioms_among_the_facts_that_were_not_compiled_are_found():
    ontology = parse(DECLARATIONS + ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .")
    store = store_of(ontology)
    materialize(store, compile_ontology(ontology))
    assert stray_axioms(store, ontology) == []
    store.add(parse(":D rdfs:subClassOf :E . :p a owl:TransitiveProperty . :x owl:sameAs :y ."))
    strays = {triple[1] for triple in stray_axioms(store, ontology)}
    assert len(strays) == 3
    assert OWL.sameAs in strays


def test_the_shipped_ontology_is_covered():
    rules = compile_ontology(load_graph(resources.ontology_files()))
    assert {"cax-sco", "prp-spo2", "prp-dom", "cax-dw"} <= {rule.name for rule in rules}
    terms = {term for rule in rules for p in (*rule.body, rule.head) if p for term in p}
    assert not [term for term in terms if isinstance(term, BNode)]
    assert URIRef("https://w3id.org/osai-graph/ns#Component") in terms
