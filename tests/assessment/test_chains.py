"""Restrictions come down a chain where the license of an ancestor makes them hold."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from rdflib import RDF, URIRef

from osai_graph.assessment.chains import Chain, Step, chain_graph, chain_of
from osai_graph.build import collect_inputs, compile_rules
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import OSAI, PREFIXES, SYSTEM
from osai_graph.reasoning.materialize import materialize
from osai_graph.reasoning.rules import Rule

PREAMBLE = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())

LICENSES = """
license:Open osai:grantsFreedom osai:FreedomToUse , osai:FreedomToShare ; rdfs:label "Open" .
license:Strict osai:hasRestriction license:uses , license:gate , license:notice ;
  osai:grantsFreedom osai:FreedomToShare ; rdfs:label "Strict" .
license:uses osai:takesFreedom osai:FreedomToUse ; osai:bindsDerivatives true ;
  osai:locator "section 2"@en .
license:gate osai:takesFreedom osai:FreedomToUse .
license:notice osai:takesFreedom osai:FreedomToShare ; osai:bindsDerivatives false .
license:Both a osai:LicenseSet ; osai:combines license:Open , license:Strict .
license:Either a osai:LicenseChoice ; osai:offers license:Open , license:Strict .
osai:FreedomToUse rdfs:label "freedom to use"@en .
"""


def system(name: str, license_: str, relations: str = "", maker: str = "") -> str:
    by = f"osai:isDevelopedBy organization:{maker} ;" if maker else ""
    return f"""
      system:{name} a osai:Model ; rdfs:label "{name}" ; {by} {relations}
        osai:hasComponent <https://w3id.org/osai-graph/system/{name}#weights> .
      <https://w3id.org/osai-graph/system/{name}#weights> a osai:ModelWeights ;
        dcterms:license license:{license_} ; rdfs:label "weights of {name}" .
    """


@pytest.fixture(scope="module")
def rules() -> list[Rule]:
    return compile_rules(collect_inputs())


class Reader:
    """Reads chains in a graph of a few facts; ``store`` is the last graph read."""

    def __init__(self, rules: list[Rule]) -> None:
        self.rules = rules
        self.store = EmbeddedStore()

    def __call__(self, turtle: str, name: str) -> Chain:
        self.store = EmbeddedStore()
        content = (PREAMBLE + LICENSES + turtle).encode()
        self.store.engine.load(content, format=ox.RdfFormat.TURTLE)
        materialize(self.store, self.rules)
        return chain_of(self.store, SYSTEM[name])


@pytest.fixture
def chain(rules: list[Rule]) -> Reader:
    return Reader(rules)


def names(steps: tuple[Step, ...]) -> list[object]:
    """Return a tree as nested lists of system names."""
    return [[step.system.label, *names(step.steps)] for step in steps]


LINE = (
    system("base", "Strict", maker="aurora")
    + system("middle", "Open", "osai:continuedFrom system:base ;", maker="borealis")
    + system("tip", "Open", "osai:fineTunedFrom system:middle ;", maker="borealis")
)


class TestTheTree:
    def test_each_hop_has_its_kind(self, chain: Reader) -> None:
        found = chain(LINE, "tip")
        assert names(found.steps) == [["middle", ["base"]]]
        assert found.steps[0].relation.iri == OSAI.fineTunedFrom
        assert found.steps[0].steps[0].relation.iri == OSAI.continuedFrom

    @pytest.mark.parametrize(
        "kind", ["fineTunedFrom", "isAdapterOf", "quantizedFrom", "mergedFrom", "continuedFrom"]
    )
    def test_a_restriction_passes_along_every_kind_of_derivation(
        self, chain: Reader, kind: str
    ) -> None:
        turtle = system("base", "Strict") + system("tip", "Open", f"osai:{kind} system:base ;")
        found = chain(turtle, "tip")
        assert [clause.locator for _, clause in found.inherited()] == ["section 2"]

    def test_a_merge_of_two_lines_shows_a_common_base_on_both_paths(self, chain: Reader) -> None:
        turtle = LINE + system("other", "Open", "osai:fineTunedFrom system:middle ;")
        turtle += system("merged", "Open", "osai:mergedFrom system:tip , system:other ;")
        found = chain(turtle, "merged")
        assert names(found.steps) == [["other", ["middle", ["base"]]], ["tip", ["middle"]]]
        again = found.steps[1].steps[0]
        assert again.repeated
        assert not again.circular
        assert [step.system.label for step in found.ancestors()] == [
            "other",
            "tip",
            "middle",
            "base",
        ]

    def test_a_circle_ends(self, chain: Reader) -> None:
        turtle = system("one", "Strict", "osai:fineTunedFrom system:two ;")
        turtle += system("two", "Open", "osai:fineTunedFrom system:one ;")
        found = chain(turtle, "two")
        assert names(found.steps) == [["one", ["two"]]]
        assert found.steps[0].steps[0].circular
        assert len(found.inherited()) == 1

    def test_a_system_on_its_own_has_no_chain(self, chain: Reader) -> None:
        found = chain(LINE, "base")
        assert (found.steps, found.contested, found.excesses) == ((), (), ())


class TestWhatBinds:
    def test_restrictions_are_told_apart_by_what_is_known_of_them(self, chain: Reader) -> None:
        base = chain(LINE, "tip").steps[0].steps[0]
        assert [clause.iri.rpartition("/")[2] for clause in base.terms.binding] == ["uses"]
        assert [clause.iri.rpartition("/")[2] for clause in base.terms.unclear] == ["gate"]

    def test_the_rules_infer_the_same(self, chain: Reader) -> None:
        found = chain(LINE, "tip")
        inferred = chain.store.select(
            f"SELECT ?s ?r WHERE {{ ?s {OSAI.inheritsRestriction.n3()} ?r }} ORDER BY ?s"
        ).rows
        uses = URIRef("https://w3id.org/osai-graph/license/uses")
        assert inferred == [(SYSTEM.middle, uses), (SYSTEM.tip, uses)]
        assert {clause.iri for _, clause in found.inherited()} == {uses}

    def test_a_set_passes_on_what_one_of_its_licenses_does(self, chain: Reader) -> None:
        turtle = system("base", "Both") + system("tip", "Open", "osai:fineTunedFrom system:base ;")
        found = chain(turtle, "tip")
        assert len(found.inherited()) == 1
        assert chain.store.ask(f"ASK {{ {SYSTEM.tip.n3()} {OSAI.inheritsRestriction.n3()} ?r }}")

    def test_of_a_choice_the_user_takes_the_other(self, chain: Reader) -> None:
        turtle = system("base", "Either")
        turtle += system("tip", "Open", "osai:fineTunedFrom system:base ;")
        assert not chain(turtle, "tip").inherited()
        assert not chain.store.ask(f"ASK {{ ?s {OSAI.inheritsRestriction.n3()} ?r }}")

    def test_nothing_passes_along_contested_relations(self, chain: Reader) -> None:
        turtle = system("teacher", "Strict") + system(
            "pupil", "Open", "osai:trainedOnOutputsOf system:teacher ; osai:trainedOn dataset:d ;"
        )
        turtle += "dataset:d a osai:Dataset ; rdfs:label 'd' ; dcterms:license license:Strict ."
        found = chain(turtle, "pupil")
        assert (found.steps, found.inherited(), found.excesses) == ((), (), ())
        contested = {(c.relation.iri, c.source.label) for c in found.contested}
        assert contested == {(OSAI.trainedOnOutputsOf, "teacher"), (OSAI.trainedOn, "d")}
        assert all(c.terms.clauses for c in found.contested)

    def test_contested_relations_of_ancestors_are_told_too(self, chain: Reader) -> None:
        turtle = system("teacher", "Open") + LINE
        turtle += "system:base osai:distilledFrom system:teacher ."
        found = chain(turtle, "tip")
        assert [(c.system.label, c.source.label) for c in found.contested] == [("base", "teacher")]


class TestLaundering:
    def test_a_license_that_grants_what_the_base_takes_is_found(self, chain: Reader) -> None:
        (excess,) = chain(LINE, "tip").excesses
        assert excess.declared.label == "Open"
        assert excess.freedom.iri == OSAI.FreedomToUse
        assert (excess.ancestor.label, excess.clause.locator) == ("base", "section 2")
        assert not excess.same_maker

    def test_a_maker_may_license_its_own_anew(self, chain: Reader) -> None:
        turtle = LINE.replace("organization:aurora", "organization:borealis")
        assert [excess.same_maker for excess in chain(turtle, "tip").excesses] == [True]

    def test_the_same_license_exceeds_nothing(self, chain: Reader) -> None:
        turtle = system("base", "Strict")
        turtle += system("tip", "Strict", "osai:fineTunedFrom system:base ;")
        found = chain(turtle, "tip")
        assert found.inherited()
        assert not found.excesses


class TestAsRdf:
    def test_it_says_hops_and_what_is_inherited(self, chain: Reader) -> None:
        graph = chain_graph(chain(LINE, "tip"))
        uses = URIRef("https://w3id.org/osai-graph/license/uses")
        assert (SYSTEM.tip, OSAI.fineTunedFrom, SYSTEM.middle) in graph
        assert (SYSTEM.middle, OSAI.continuedFrom, SYSTEM.base) in graph
        assert (SYSTEM.tip, OSAI.inheritsRestriction, uses) in graph
        assert (uses, RDF.type, OSAI.Restriction) in graph
