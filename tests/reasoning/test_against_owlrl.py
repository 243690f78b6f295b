"""Random small ontologies: the compiled rules conclude exactly what owlrl concludes."""

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from osai_graph.errors import GraphError
from tests.reasoning.owlrl_oracle import our_closure, owlrl_closure, parse
from tests.reasoning.random_ontologies import axioms, facts, identifying, turtle

LIMITS = settings(
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


def assert_same_conclusions(document):
    graph = parse(document)
    try:
        ours = our_closure(graph)
    except GraphError:
        assume(False)  # an axiom that says nothing is refused; see test_compile
    theirs, _ = owlrl_closure(graph)
    assert ours == theirs


@LIMITS
@given(st.lists(axioms, max_size=6), st.lists(facts, min_size=1, max_size=8))
def test_same_conclusions(some_axioms, some_facts):
    assert_same_conclusions(turtle(some_axioms + some_facts))


@LIMITS
@given(
    st.lists(axioms, max_size=3),
    st.lists(identifying, min_size=1, max_size=2),
    st.lists(facts, min_size=1, max_size=6),
)
def test_same_conclusions_where_things_are_the_same(some_axioms, identities, some_facts):
    assert_same_conclusions(turtle(some_axioms + identities + some_facts))
