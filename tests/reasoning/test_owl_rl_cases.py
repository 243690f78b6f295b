"""One small case for each rule of OWL 2 RL/RDF: what follows, what does not, and owlrl agrees."""

from dataclasses import dataclass

import pytest
from rdflib import Graph, URIRef

from osai_graph.reasoning.compile import compile_ontology
from osai_graph.reasoning.consistency import find_inconsistencies
from osai_graph.reasoning.materialize import materialize
from tests.reasoning.owlrl_oracle import our_closure, owlrl_closure, parse, store_of


@dataclass(frozen=True)
class Case:
    """``follows`` is a conclusion, or empty where the premises contradict each other."""

    rule: str
    premises: str
    follows: str
    follows_not: str


CLASSES = ":A a owl:Class . :B a owl:Class . :C a owl:Class . :D a owl:Class ."
PROPERTIES = ":p a owl:ObjectProperty . :q a owl:ObjectProperty . :r a owl:ObjectProperty ."
NAMES = CLASSES + PROPERTIES

#: Tables 4 to 9 of https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
CASES = [
    Case("eq-sym", ":a owl:sameAs :b .", ":b owl:sameAs :a .", ":b owl:sameAs :c ."),
    Case(
        "eq-trans",
        ":a owl:sameAs :b . :b owl:sameAs :c .",
        ":a owl:sameAs :c .",
        ":a owl:sameAs :d .",
    ),
    Case(
        "eq-rep-s",
        ":a owl:sameAs :b . :a :p :x . :c :p :y .",
        ":b :p :x .",
        ":b :p :y .",
    ),
    Case(
        "eq-rep-p",
        ":p owl:sameAs :q . :a :p :x . :a :r :y .",
        ":a :q :x .",
        ":a :q :y .",
    ),
    Case("eq-rep-o", ":a owl:sameAs :b . :x :p :a . :y :p :c .", ":x :p :b .", ":y :p :b ."),
    Case("eq-diff1", ":a owl:sameAs :b . :a owl:differentFrom :b .", "", ":a owl:sameAs :b ."),
    Case(
        "eq-diff2",
        ":all a owl:AllDifferent ; owl:members ( :a :b :c ) . :a owl:sameAs :b .",
        "",
        ":a owl:sameAs :d .",
    ),
    Case(
        "eq-diff3",
        ":all a owl:AllDifferent ; owl:distinctMembers ( :a :b :c ) . :a owl:sameAs :b .",
        "",
        ":a owl:sameAs :d .",
    ),
    Case("prp-dom", NAMES + ":p rdfs:domain :A . :a :p :b .", ":a a :A .", ":b a :A ."),
    Case("prp-rng", NAMES + ":p rdfs:range :A . :a :p :b .", ":b a :A .", ":a a :A ."),
    Case(
        "prp-fp",
        ":p a owl:FunctionalProperty . :a :p :b , :c . :d :p :e .",
        ":b owl:sameAs :c .",
        ":b owl:sameAs :e .",
    ),
    Case(
        "prp-fp, eq-diff1",
        ':p a owl:FunctionalProperty . :a :p "1"^^xsd:integer , "2"^^xsd:integer .',
        "",
        ":a :p 3 .",
    ),
    Case(
        "prp-ifp",
        ":p a owl:InverseFunctionalProperty . :a :p :x . :b :p :x . :c :p :y .",
        ":a owl:sameAs :b .",
        ":a owl:sameAs :c .",
    ),
    Case("prp-irp", ":p a owl:IrreflexiveProperty . :a :p :a .", "", ":a :p :b ."),
    Case(
        "prp-symp", ":p a owl:SymmetricProperty . :a :p :b . :c :q :d .", ":b :p :a .", ":d :q :c ."
    ),
    Case("prp-asyp", ":p a owl:AsymmetricProperty . :a :p :b . :b :p :a .", "", ":a :p :b ."),
    Case(
        "prp-trp",
        ":p a owl:TransitiveProperty . :a :p :b . :b :p :c . :c :p :d .",
        ":a :p :d .",
        ":d :p :a .",
    ),
    Case(
        "prp-spo1",
        NAMES + ":p rdfs:subPropertyOf :q . :a :p :b . :c :q :d .",
        ":a :q :b .",
        ":c :p :d .",
    ),
    Case(
        "prp-spo2",
        ":p owl:propertyChainAxiom ( :q :r :s ) . :a :q :b . :b :r :c . :c :s :d .",
        ":a :p :d .",
        ":a :p :c .",
    ),
    Case(
        "prp-eqp1", NAMES + ":p owl:equivalentProperty :q . :a :p :b .", ":a :q :b .", ":b :q :a ."
    ),
    Case(
        "prp-eqp2", NAMES + ":p owl:equivalentProperty :q . :a :q :b .", ":a :p :b .", ":b :p :a ."
    ),
    Case(
        "prp-pdw", ":p owl:propertyDisjointWith :q . :a :p :b ; :q :b .", "", ":a :p :b ; :q :c ."
    ),
    Case(
        "prp-adp",
        ":all a owl:AllDisjointProperties ; owl:members ( :p :q :r ) . :a :p :b ; :q :b .",
        "",
        ":a :p :b ; :r :c .",
    ),
    Case("prp-inv1", ":p owl:inverseOf :q . :a :p :b .", ":b :q :a .", ":a :q :b ."),
    Case("prp-inv2", ":p owl:inverseOf :q . :a :q :b .", ":b :p :a .", ":a :p :b ."),
    Case(
        "prp-key",
        CLASSES + ":A owl:hasKey ( :p :q :r ) . :a a :A ; :p :x ; :q :y ; :r :w . "
        ":b a :A ; :p :x ; :q :y ; :r :w . :c a :A ; :p :x ; :q :z ; :r :w .",
        ":a owl:sameAs :b .",
        ":a owl:sameAs :c .",
    ),
    Case(
        "prp-npa1",
        ":n a owl:NegativePropertyAssertion ; owl:sourceIndividual :a ; owl:assertionProperty :p ; "
        "owl:targetIndividual :b . :a :p :b .",
        "",
        ":a :p :c .",
    ),
    Case(
        "prp-npa2",
        ":n a owl:NegativePropertyAssertion ; owl:sourceIndividual :a ; owl:assertionProperty :p ; "
        'owl:targetValue "x" . :a :p "x" .',
        "",
        ':a :p "y" .',
    ),
    Case("cls-nothing2", ":a a owl:Nothing .", "", ":a a :A ."),
    Case(
        "cls-int1",
        NAMES + ":C owl:intersectionOf ( :A :B ) . :a a :A , :B . :b a :A .",
        ":a a :C .",
        ":b a :C .",
    ),
    Case(
        "cls-int2", NAMES + ":C owl:intersectionOf ( :A :B ) . :a a :C .", ":a a :B .", ":a a :D ."
    ),
    Case(
        "cls-uni",
        NAMES + ":C owl:unionOf ( :A :B ) . :a a :B . :c a :C .",
        ":a a :C .",
        ":c a :A .",
    ),
    Case("cls-com", NAMES + ":A owl:complementOf :B . :a a :A , :B .", "", ":a a :A , :C ."),
    Case(
        "cls-svf1",
        NAMES + ":A owl:someValuesFrom :B ; owl:onProperty :p . :a :p :b . :b a :B . :c :p :d .",
        ":a a :A .",
        ":c a :A .",
    ),
    Case(
        "cls-svf2",
        NAMES + ":A owl:someValuesFrom owl:Thing ; owl:onProperty :p . :a :p :b . :c :q :d .",
        ":a a :A .",
        ":c a :A .",
    ),
    Case(
        "cls-avf",
        NAMES + ":A owl:allValuesFrom :B ; owl:onProperty :p . :a a :A ; :p :b . :c :p :d .",
        ":b a :B .",
        ":d a :B .",
    ),
    Case(
        "cls-hv1",
        NAMES + ":A owl:hasValue :v ; owl:onProperty :p . :a a :A . :b a :B .",
        ":a :p :v .",
        ":b :p :v .",
    ),
    Case(
        "cls-hv2",
        NAMES + ":A owl:hasValue :v ; owl:onProperty :p . :a :p :v . :b :p :w .",
        ":a a :A .",
        ":b a :A .",
    ),
    Case(
        "cls-maxc1",
        ":A owl:maxCardinality 0 ; owl:onProperty :p . :a a :A ; :p :b .",
        "",
        ":a a :A ; :q :b .",
    ),
    Case(
        "cls-maxc2",
        ':A owl:maxCardinality "1"^^xsd:nonNegativeInteger ; owl:onProperty :p . '
        ":a a :A ; :p :b , :c . :d :p :e , :f .",
        ":b owl:sameAs :c .",
        ":e owl:sameAs :f .",
    ),
    Case(
        "cls-maxqc1",
        ':A owl:maxQualifiedCardinality "0"^^xsd:nonNegativeInteger ; owl:onProperty :p ; '
        "owl:onClass :B . :a a :A ; :p :b . :b a :B .",
        "",
        ":a a :A ; :p :b . :b a :C .",
    ),
    Case(
        "cls-maxqc2",
        ':A owl:maxQualifiedCardinality "0"^^xsd:nonNegativeInteger ; owl:onProperty :p ; '
        "owl:onClass owl:Thing . :a a :A ; :p :b .",
        "",
        ":a a :A ; :q :b .",
    ),
    Case(
        "cls-maxqc3",
        ':A owl:maxQualifiedCardinality "1"^^xsd:nonNegativeInteger ; owl:onProperty :p ; '
        "owl:onClass :B . :a a :A ; :p :b , :c , :d . :b a :B . :c a :B .",
        ":b owl:sameAs :c .",
        ":b owl:sameAs :d .",
    ),
    Case(
        "cls-maxqc4",
        ':A owl:maxQualifiedCardinality "1"^^xsd:nonNegativeInteger ; owl:onProperty :p ; '
        "owl:onClass owl:Thing . :a a :A ; :p :b , :c ; :q :d .",
        ":b owl:sameAs :c .",
        ":b owl:sameAs :d .",
    ),
    Case("cls-oo", CLASSES + ":A owl:oneOf ( :a :b ) .", ":b a :A .", ":c a :A ."),
    Case(
        "cax-sco",
        NAMES + ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :a a :A . :b a :B .",
        ":a a :C .",
        ":b a :A .",
    ),
    Case("cax-eqc1", NAMES + ":A owl:equivalentClass :B . :a a :A .", ":a a :B .", ":a a :C ."),
    Case("cax-eqc2", NAMES + ":A owl:equivalentClass :B . :a a :B .", ":a a :A .", ":a a :C ."),
    Case("cax-dw", NAMES + ":A owl:disjointWith :B . :a a :A , :B .", "", ":a a :A , :C ."),
    Case(
        "cax-adc",
        NAMES + ":all a owl:AllDisjointClasses ; owl:members ( :A :B :C ) . :a a :A , :C .",
        "",
        ":a a :A , :D .",
    ),
    Case(
        "scm-sco",
        NAMES + ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .",
        ":A rdfs:subClassOf :C .",
        ":C rdfs:subClassOf :A .",
    ),
    Case(
        "scm-eqc1",
        NAMES + ":A owl:equivalentClass :B .",
        ":B rdfs:subClassOf :A .",
        ":A rdfs:subClassOf :C .",
    ),
    Case(
        "scm-eqc2",
        NAMES + ":A rdfs:subClassOf :B . :B rdfs:subClassOf :A .",
        ":A owl:equivalentClass :B .",
        ":A owl:equivalentClass :C .",
    ),
    Case(
        "scm-spo",
        NAMES + ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .",
        ":p rdfs:subPropertyOf :r .",
        ":r rdfs:subPropertyOf :p .",
    ),
    Case(
        "scm-eqp1",
        NAMES + ":p owl:equivalentProperty :q .",
        ":q rdfs:subPropertyOf :p .",
        ":p rdfs:subPropertyOf :r .",
    ),
    Case(
        "scm-eqp2",
        NAMES + ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .",
        ":p owl:equivalentProperty :q .",
        ":p owl:equivalentProperty :r .",
    ),
    Case(
        "scm-dom1",
        NAMES + ":p rdfs:domain :A . :A rdfs:subClassOf :B .",
        ":p rdfs:domain :B .",
        ":q rdfs:domain :B .",
    ),
    Case(
        "scm-dom2",
        NAMES + ":p rdfs:domain :A . :q rdfs:subPropertyOf :p .",
        ":q rdfs:domain :A .",
        ":r rdfs:domain :A .",
    ),
    Case(
        "scm-rng1",
        NAMES + ":p rdfs:range :A . :A rdfs:subClassOf :B .",
        ":p rdfs:range :B .",
        ":p rdfs:domain :B .",
    ),
    Case(
        "scm-rng2",
        NAMES + ":p rdfs:range :A . :q rdfs:subPropertyOf :p .",
        ":q rdfs:range :A .",
        ":r rdfs:range :A .",
    ),
    Case(
        "scm-hv",
        NAMES + ":A owl:hasValue :v ; owl:onProperty :p . :B owl:hasValue :v ; owl:onProperty :q . "
        ":p rdfs:subPropertyOf :q .",
        ":A rdfs:subClassOf :B .",
        ":B rdfs:subClassOf :A .",
    ),
    Case(
        "scm-svf1",
        NAMES + ":A owl:someValuesFrom :C ; owl:onProperty :p . "
        ":B owl:someValuesFrom :D ; owl:onProperty :p . :C rdfs:subClassOf :D .",
        ":A rdfs:subClassOf :B .",
        ":B rdfs:subClassOf :A .",
    ),
    Case(
        "scm-svf2",
        NAMES + ":A owl:someValuesFrom :C ; owl:onProperty :p . "
        ":B owl:someValuesFrom :C ; owl:onProperty :q . :p rdfs:subPropertyOf :q .",
        ":A rdfs:subClassOf :B .",
        ":B rdfs:subClassOf :A .",
    ),
    Case(
        "scm-avf1",
        NAMES + ":A owl:allValuesFrom :C ; owl:onProperty :p . "
        ":B owl:allValuesFrom :D ; owl:onProperty :p . :C rdfs:subClassOf :D .",
        ":A rdfs:subClassOf :B .",
        ":B rdfs:subClassOf :A .",
    ),
    Case(
        "scm-avf2",
        NAMES + ":A owl:allValuesFrom :C ; owl:onProperty :p . "
        ":B owl:allValuesFrom :C ; owl:onProperty :q . :p rdfs:subPropertyOf :q .",
        ":B rdfs:subClassOf :A .",
        ":A rdfs:subClassOf :B .",
    ),
    Case(
        "scm-int",
        NAMES + ":C owl:intersectionOf ( :A :B ) .",
        ":C rdfs:subClassOf :A .",
        ":A rdfs:subClassOf :C .",
    ),
    Case(
        "scm-uni",
        NAMES + ":C owl:unionOf ( :A :B ) .",
        ":A rdfs:subClassOf :C .",
        ":C rdfs:subClassOf :A .",
    ),
]
BY_RULE = {case.rule: case for case in CASES}

#: What is left out, and why.
LEFT_OUT = {
    "eq-ref": "everything is itself",
    "prp-ap": "axiomatic: the built-in annotation properties",
    "cls-thing": "axiomatic: owl:Thing is a class",
    "cls-nothing1": "axiomatic: owl:Nothing is a class",
    "dt-type1": "axiomatic: the datatypes",
    "dt-type2": "a literal would be a subject",
    "dt-eq": "literals would be subjects",
    "dt-diff": "literals would be subjects; built into the FILTER of the rules on single values",
    "dt-not-type": "ill-typed literals are findings of SHACL",
    "scm-cls": "reflexive, or about owl:Thing and owl:Nothing",
    "scm-op": "reflexive",
    "scm-dp": "reflexive",
}

#: All rules of tables 4 to 9.
STANDARD_TEXT = """
eq-ref eq-sym eq-trans eq-rep-s eq-rep-p eq-rep-o eq-diff1 eq-diff2 eq-diff3
prp-ap prp-dom prp-rng prp-fp prp-ifp prp-irp prp-symp prp-asyp prp-trp prp-spo1 prp-spo2 prp-eqp1
prp-eqp2 prp-pdw prp-adp prp-inv1 prp-inv2 prp-key prp-npa1 prp-npa2
cls-thing cls-nothing1 cls-nothing2 cls-int1 cls-int2 cls-uni cls-com cls-svf1 cls-svf2 cls-avf
cls-hv1 cls-hv2 cls-maxc1 cls-maxc2 cls-maxqc1 cls-maxqc2 cls-maxqc3 cls-maxqc4 cls-oo
cax-sco cax-eqc1 cax-eqc2 cax-dw cax-adc
dt-type1 dt-type2 dt-eq dt-diff dt-not-type
scm-cls scm-sco scm-eqc1 scm-eqc2 scm-op scm-dp scm-spo scm-eqp1 scm-eqp2 scm-dom1 scm-dom2 scm-rng1
scm-rng2 scm-hv scm-svf1 scm-svf2 scm-avf1 scm-avf2 scm-int scm-uni
"""
STANDARD = STANDARD_TEXT.split()


def test_every_rule_of_the_standard_has_a_case_or_a_reason_to_be_left_out():
    assert set(STANDARD) - set(BY_RULE) == set(LEFT_OUT)
    assert len(STANDARD) == len(set(STANDARD)) == 78


@pytest.mark.parametrize("name", BY_RULE)
def test_a_rule_of_that_name_is_compiled(name):
    assert name in {rule.name for rule in compile_ontology(parse(BY_RULE[name].premises))}


@pytest.mark.parametrize("name", [c.rule for c in CASES if c.follows])
def test_conclusion_follows_and_the_other_does_not(name):
    case = BY_RULE[name]
    conclusions = our_closure(parse(case.premises))
    assert set(parse(case.follows)) <= conclusions
    assert not set(parse(case.follows_not)) & conclusions


@pytest.mark.parametrize("name", [c.rule for c in CASES if c.follows])
def test_owlrl_concludes_the_same(name):
    graph = parse(BY_RULE[name].premises)
    conclusions, contradicted = owlrl_closure(graph)
    assert not contradicted
    assert our_closure(graph) == conclusions


@pytest.mark.parametrize("name", [c.rule for c in CASES if not c.follows])
def test_contradiction_is_found_under_its_name(name):
    graph = parse(BY_RULE[name].premises)
    rules, store = compile_ontology(graph), store_of(graph)
    materialize(store, rules)
    assert name in {found.rule for found in find_inconsistencies(store, rules)}


def test_the_last_member_of_a_list_counts():
    """owlrl 7.6 forgets it in owl:hasKey, owl:AllDifferent and owl:AllDisjointProperties."""
    key = ":A owl:hasKey ( :p :q ) . :a a :A ; :p :x ; :q :y . :b a :A ; :p :x ; :q :z ."
    assert our_closure(parse(key)) == set()
    for contradiction in (
        ":all a owl:AllDifferent ; owl:members ( :a :b :c ) . :b owl:sameAs :c .",
        ":all a owl:AllDisjointProperties ; owl:members ( :p :q :r ) . :a :p :b ; :r :b .",
    ):
        graph = parse(contradiction)
        rules, store = compile_ontology(graph), store_of(graph)
        materialize(store, rules)
        assert len(find_inconsistencies(store, rules)) == 1


#: owlrl 7.6 has no dt-diff on these; every other contradiction it finds as well.
NOT_IN_OWLRL = {"prp-fp, eq-diff1"}


@pytest.mark.parametrize("name", [c.rule for c in CASES if not c.follows])
def test_owlrl_finds_the_contradiction_too(name):
    _, contradicted = owlrl_closure(parse(BY_RULE[name].premises))
    assert contradicted == (name not in NOT_IN_OWLRL)


@pytest.mark.parametrize("name", [c.rule for c in CASES if not c.follows])
def test_what_comes_close_to_a_contradiction_is_none(name):
    case = BY_RULE[name]
    individuals = {URIRef(f"https://example.org/{letter}") for letter in "ab"}
    graph = Graph()
    for triple in parse(case.premises):
        if triple[0] not in individuals:
            graph.add(triple)
    graph += parse(case.follows_not)
    rules, store = compile_ontology(graph), store_of(graph)
    materialize(store, rules)
    assert find_inconsistencies(store, rules) == []
