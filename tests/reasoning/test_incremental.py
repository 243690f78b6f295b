"""Bringing a graph up to date gives the graph that starting over gives."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import RDF, XSD

from osai_graph.errors import GraphError
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import INFERRED_GRAPH
from osai_graph.reasoning.compile import compile_ontology
from osai_graph.reasoning.incremental import stated_elsewhere, update_materialization
from osai_graph.reasoning.materialize import materialize
from osai_graph.reasoning.rule_files import read_rule_file
from tests.reasoning.owlrl_oracle import parse, store_of, triples_of
from tests.reasoning.random_ontologies import DECLARATIONS, axioms, facts, identifying, turtle

LIMITS = settings(
    deadline=None,
    derandomize=True,
    max_examples=50,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
EX = "https://example.org/"

RULES = {
    "loops": """
CONSTRUCT { ?x :q ?z } WHERE { ?x :p ?y . ?y :q ?z }""",
    "filters": """
CONSTRUCT { ?x :r ?y } WHERE { VALUES ?c { :A :B } ?x :p ?y . ?y a ?c FILTER (?x != ?y) }""",
    "computes": """
CONSTRUCT { ?x a ?class } WHERE { ?x :s ?y BIND (IRI(CONCAT(STR(:E), "")) AS ?class) }""",
}


@pytest.fixture(scope="module")
def extra_rules(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    rules = []
    for name, text in RULES.items():
        header = '#+ title = "t"\n#+ explanation = "{x}"\nPREFIX : <https://example.org/>\n'
        path = folder / f"{name}.rq"
        path.write_text(header + text)
        rules += read_rule_file(path)
    return rules


def both_graphs(store):
    return triples_of(store), triples_of(store, INFERRED_GRAPH)


def from_scratch(ontology, stated, rules):
    store = store_of(ontology)
    store.add(stated)
    materialize(store, rules)
    return both_graphs(store)


def check_sequence(document, files, changes, extra):
    """Replace one file after the other, and compare with starting over each time."""
    parsed = parse(document)
    try:
        rules = compile_ontology(parsed) + extra
    except GraphError:
        assume(False)
    ontology = [t for t in parsed if not any(isinstance(x, BNode) for x in t)]
    state = [set(parse("\n".join(lines))) for lines in files]
    store = store_of(ontology)
    store.add(set().union(*state))
    materialize(store, rules)
    for number, lines in changes:
        before = both_graphs(store)
        old, new = state[number], set(parse("\n".join(lines)))
        others = set(ontology).union(*(s for n, s in enumerate(state) if n != number))
        state[number] = new
        change = update_materialization(store, rules, removed=old - new - others, added=new - old)
        stated = set().union(*state)
        after = both_graphs(store)
        assert after == from_scratch(ontology, stated, rules)
        assert after[1] - before[1] == change.inferred
        assert before[1] - after[1] == change.retracted
        assert (after[0] - after[1]) - (before[0] - before[1]) == change.added
        assert (before[0] - before[1]) - (after[0] - after[1]) == change.removed


some_facts = st.lists(facts, max_size=5)
three_files = st.lists(some_facts, min_size=3, max_size=3)
some_changes = st.lists(st.tuples(st.integers(0, 2), some_facts), min_size=1, max_size=3)


@LIMITS
@given(st.lists(axioms, max_size=6), three_files, some_changes)
def test_update_equals_starting_over(extra_rules, some_axioms, files, changes):
    check_sequence(turtle(some_axioms), files, changes, extra_rules)


@LIMITS
@given(st.lists(axioms, max_size=3), st.lists(identifying, min_size=1), three_files, some_changes)
def test_update_equals_starting_over_where_things_are_the_same(
    some_axioms, identities, files, changes
):
    check_sequence(turtle(some_axioms + identities), files, changes, [])


def built(document):
    """Return a materialized store of a document, and its rules."""
    graph = parse(DECLARATIONS + document)
    store, rules = store_of(graph), compile_ontology(graph)
    materialize(store, rules)
    return store, rules


def iri(name):
    return URIRef(EX + name)


def test_a_cycle_does_not_keep_itself_alive():
    store, rules = built(":p a owl:SymmetricProperty , owl:TransitiveProperty . :a :p :b .")
    assert (iri("b"), iri("p"), iri("b")) in triples_of(store)
    update_materialization(store, rules, removed=[(iri("a"), iri("p"), iri("b"))])
    assert [t for t in triples_of(store) if t[1] == iri("p")] == []
    assert triples_of(store, INFERRED_GRAPH) == set()


def test_what_has_another_reason_stays():
    store, rules = built(":p rdfs:domain :A . :q rdfs:domain :A . :a :p :b ; :q :c .")
    change = update_materialization(store, rules, removed=[(iri("a"), iri("p"), iri("b"))])
    assert (iri("a"), RDF.type, iri("A")) in triples_of(store, INFERRED_GRAPH)
    assert change.retracted == change.inferred == frozenset()


def test_stating_what_was_inferred_moves_it_and_removing_it_moves_it_back():
    store, rules = built(":p rdfs:domain :A . :a :p :b .")
    conclusion = (iri("a"), RDF.type, iri("A"))
    change = update_materialization(store, rules, added=[conclusion])
    assert change.added == change.retracted == {conclusion}
    assert conclusion not in triples_of(store, INFERRED_GRAPH)
    change = update_materialization(store, rules, removed=[conclusion])
    assert change.removed == change.inferred == {conclusion}
    assert conclusion in triples_of(store)


def test_removing_what_is_only_inferred_changes_nothing():
    store, rules = built(":p rdfs:domain :A . :a :p :b .")
    before = both_graphs(store)
    update_materialization(store, rules, removed=[(iri("a"), RDF.type, iri("A"))])
    assert both_graphs(store) == before


def test_a_literal_is_found_in_whatever_form_it_is_written():
    store, rules = built(':p rdfs:domain :A . :a :p "07"^^xsd:integer .')
    seven = Literal("07", datatype=XSD.integer, normalize=False)
    change = update_materialization(store, rules, removed=[(iri("a"), iri("p"), seven)])
    assert change.retracted == {(iri("a"), RDF.type, iri("A"))}


def test_blank_nodes_are_refused():
    store, rules = built(":a :p :b .")
    with pytest.raises(GraphError, match="blank nodes"):
        update_materialization(store, rules, added=[(BNode(), iri("p"), iri("b"))])


def test_stated_elsewhere_looks_at_the_other_files_only():
    store = EmbeddedStore()
    here, there = iri("here"), iri("there")
    both, one, inferred = ((iri("a"), iri("p"), iri(name)) for name in ("b", "c", "d"))
    store.add([both, one, inferred], [here])
    store.add([both], [there])
    store.add([inferred], [INFERRED_GRAPH])
    assert stated_elsewhere(store, [both, one, inferred], here) == {both}


def test_the_working_graph_may_be_a_named_one():
    graph = parse(DECLARATIONS + ":p rdfs:domain :A . :a :p :b .")
    store, work = EmbeddedStore(), iri("work")
    store.add(graph, [work])
    rules = compile_ontology(graph)
    materialize(store, rules, working_graph=work)
    update_materialization(
        store,
        rules,
        removed=[(iri("a"), iri("p"), iri("b"))],
        added=[(iri("c"), iri("p"), iri("b"))],
        working_graph=work,
    )
    assert triples_of(store, INFERRED_GRAPH) == {(iri("c"), RDF.type, iri("A"))}
    assert triples_of(store) == set()


def test_rules_with_a_computed_variable_are_read_from_files(extra_rules):
    assert {rule.name for rule in extra_rules} == set(RULES)
    assert Path(extra_rules[0].file).name == "loops.rq"
