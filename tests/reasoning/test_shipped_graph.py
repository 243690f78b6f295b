"""On the shipped ontology and records, the compiled rules conclude what owlrl concludes."""

import pytest
from rdflib import Graph, Literal

from osai_graph import resources
from osai_graph.errors import InconsistencyError
from osai_graph.graph.loading import load_graph
from osai_graph.namespaces import DCTERMS, INFERRED_GRAPH, OSAI, SYSTEM
from osai_graph.reasoning.compile import compile_ontology
from osai_graph.reasoning.consistency import require_consistent
from osai_graph.reasoning.materialize import materialize
from osai_graph.reasoning.rule_files import read_rule_files
from tests.reasoning.owlrl_oracle import is_junk, owlrl_closure, store_of, triples_of

#: Records with gated, open and withdrawn parts, lineages, and licenses of each kind.
SYSTEMS = ("pythia", "llama-2", "mistral-7b", "bloomz", "bloom")


def without_idle_literals(graph):
    """Leave out labels and texts of which no axiom speaks: owlrl takes 3 ms for each."""
    smaller = Graph()
    for s, p, o in graph:
        if not isinstance(o, Literal) or (p, None, None) in graph:
            smaller.add((s, p, o))
    return smaller


@pytest.fixture(scope="module")
def ontology():
    return load_graph(resources.ontology_files())


@pytest.fixture(scope="module")
def some_records():
    data = resources.graph_root() / "data"
    systems = load_graph([data / "systems" / f"{name}.ttl" for name in SYSTEMS])
    used = set(systems.objects(None, DCTERMS.license))
    licenses = [
        p for p in data.glob("licenses/*.ttl") if any(str(u).endswith(f"/{p.stem}") for u in used)
    ]
    return systems + load_graph(licenses)


def test_owlrl_concludes_the_same(ontology, some_records):
    graph = without_idle_literals(ontology + some_records)
    store = store_of(graph)
    materialize(store, compile_ontology(ontology))
    ours = {t for t in triples_of(store, INFERRED_GRAPH) if not is_junk(t)}
    theirs, contradicted = owlrl_closure(graph)
    assert not contradicted
    assert ours == theirs
    assert (SYSTEM["llama-2#weights"], OSAI.deniesFreedom, OSAI.FreedomToUse) in ours


def test_with_the_rule_files_the_chains_still_close(ontology, some_records):
    """owlrl knows no rule files; but it must have nothing to add to what they conclude."""
    graph = without_idle_literals(ontology + some_records)
    store = store_of(graph)
    materialize(store, [*compile_ontology(ontology), *read_rule_files(resources.rule_files())])
    closed = Graph()
    for triple in triples_of(store):
        closed.add(triple)
    assert (SYSTEM["pythia#weights"], OSAI.givesFreedom, OSAI.FreedomToShare) in closed
    systems = {SYSTEM[name] for name in ("pythia", "llama-2")}
    mine = Graph()
    for s, p, o in closed:
        if (s in systems or str(s).split("#")[0] in map(str, systems)) or (s, p, o) in ontology:
            mine.add((s, p, o))
    added, _ = owlrl_closure(without_idle_literals(mine))
    assert added - set(closed) == set()


def test_the_records_are_consistent_and_a_contradiction_is_noticed(ontology, some_records):
    rules = compile_ontology(ontology)
    store = store_of(ontology + some_records)
    materialize(store, rules)
    require_consistent(store, rules)
    store.update(
        f"INSERT DATA {{ {SYSTEM['pythia'].n3()} a {OSAI.License.n3()} , {OSAI.Artifact.n3()} }}"
    )
    materialize(store, rules)
    with pytest.raises(InconsistencyError, match="License"):
        require_consistent(store, rules)
