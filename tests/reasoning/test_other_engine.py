"""The rules are plain SPARQL 1.1: they run in rdflib's engine as they do in the embedded store."""

import pytest
from rdflib import Dataset, URIRef
from rdflib.plugins.sparql import prepareUpdate

from osai_graph.graph.store import Rows
from osai_graph.namespaces import INFERRED_GRAPH
from osai_graph.reasoning.compile import compile_ontology
from osai_graph.reasoning.consistency import find_inconsistencies
from osai_graph.reasoning.explain import explain
from osai_graph.reasoning.incremental import update_materialization
from osai_graph.reasoning.materialize import materialize
from tests.reasoning.owlrl_oracle import parse, store_of, triples_of
from tests.reasoning.test_owl_rl_cases import BY_RULE, CASES

pytestmark = pytest.mark.filterwarnings(
    "ignore:Dataset:DeprecationWarning"
)  # rdflib warns of itself

WORK = URIRef("https://example.org/work")


class RdflibStore:
    """A GraphStore on rdflib's own SPARQL engine."""

    def __init__(self, graph):
        self.dataset = Dataset()
        self.dataset.graph(WORK)
        for triple in graph:
            self.dataset.graph(WORK).add(triple)

    def select(self, query):
        result = self.dataset.query(query)
        names = tuple(str(variable) for variable in result.vars)
        return Rows(names, [tuple(row) for row in result])

    def ask(self, query):
        return bool(self.dataset.query(query).askAnswer)

    def construct(self, query):
        return list(self.dataset.query(query).graph)

    def update(self, update):
        self.dataset.update(prepareUpdate(update))


def inferred(store):
    return {t for t in triples_of(store, INFERRED_GRAPH) if all(isinstance(x, URIRef) for x in t)}


@pytest.mark.parametrize("name", [case.rule for case in CASES if case.follows])
def test_the_same_conclusions(name):
    graph = parse(BY_RULE[name].premises)
    rules = compile_ontology(graph)
    ours, theirs = store_of(graph), RdflibStore(graph)
    materialize(ours, rules)
    materialize(theirs, rules, working_graph=WORK)
    assert inferred(theirs) == inferred(ours)


@pytest.mark.parametrize("name", ["cax-dw", "prp-asyp", "prp-fp, eq-diff1", "cls-maxqc1"])
def test_the_same_contradictions(name):
    graph = parse(BY_RULE[name].premises)
    rules, store = compile_ontology(graph), RdflibStore(graph)
    materialize(store, rules, working_graph=WORK)
    found = find_inconsistencies(store, rules, working_graph=WORK)
    assert name in {inconsistency.rule for inconsistency in found}


def test_updates_and_reasons_work_as_well():
    graph = parse(BY_RULE["prp-trp"].premises)
    rules, store = compile_ontology(graph), RdflibStore(graph)
    materialize(store, rules, working_graph=WORK)
    a, p, c, d = (URIRef(f"https://example.org/{name}") for name in "apcd")
    assert explain(store, rules, (a, p, d), working_graph=WORK).rule.name == "prp-trp"
    update_materialization(store, rules, removed=[(c, p, d)], working_graph=WORK)
    assert explain(store, rules, (a, p, d), working_graph=WORK) is None
    assert explain(store, rules, (a, p, c), working_graph=WORK) is not None
