"""Next steps: the smallest sets of changes, each of which reaches what it promises."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph, URIRef

from osai_graph.assessment.frameworks import Framework, find_framework, frameworks_in
from osai_graph.assessment.next_steps import Action, NextSteps, Plan, Step, next_steps
from osai_graph.assessment.next_steps_rendering import next_steps_json, next_steps_text
from osai_graph.assessment.scratch import Edit, Neighborhood, license_edits
from osai_graph.assessment.verdicts import Assessor
from osai_graph.build import collect_inputs, compile_rules
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import LICENSE, OSAI, PREFIXES, SYSTEM
from osai_graph.reasoning.rules import Rule

LUMEN, CHAT = SYSTEM["lumen-7b"], SYSTEM["lumen-7b-chat"]


@pytest.fixture(scope="module")
def rules(small_graph_root: Path) -> list[Rule]:
    return compile_rules(collect_inputs(small_graph_root))


@pytest.fixture(scope="module")
def shipped_rules() -> list[Rule]:
    return compile_rules(collect_inputs())


def only(steps: NextSteps) -> Step:
    (step,) = steps.steps
    return step


def needs(plan: Plan) -> list[tuple[str, ...]]:
    return sorted(action.requirements for action in plan.actions)


def texts(plan: Plan) -> list[str]:
    return [action.text for action in plan.actions]


class TestShippedSystems:
    def test_bloom_needs_other_terms_on_its_weights(
        self,
        shipped_store: EmbeddedStore,
        shipped_rules: list[Rule],
        frameworks: tuple[Framework, ...],
    ) -> None:
        osaid = find_framework(frameworks, "osaid-1.0")
        step = only(next_steps(shipped_store, shipped_rules, SYSTEM["bloom"], [osaid]))
        (plan,) = step.plans
        assert plan.verified
        assert texts(plan) == [
            "put the model weights under terms that grant the four freedoms (such as Apache-2.0) "
            "instead of BigScience RAIL License 1.0"
        ]
        assert not plan.actions[0].upstream

    def test_pythia_has_nothing_left(
        self,
        shipped_store: EmbeddedStore,
        shipped_rules: list[Rule],
        frameworks: tuple[Framework, ...],
    ) -> None:
        osaid = find_framework(frameworks, "osaid-1.0")
        steps = next_steps(shipped_store, shipped_rules, SYSTEM["pythia"], [osaid])
        assert not steps.steps
        assert steps.complete == (osaid,)
        assert "nothing left by the Open Source AI Definition 1.0" in next_steps_text(steps)

    def test_what_facts_rule_out_is_not_to_be_shown_elsewhere(
        self,
        shipped_store: EmbeddedStore,
        shipped_rules: list[Rule],
        frameworks: tuple[Framework, ...],
    ) -> None:
        """GPT-4o was trained with more than 10^25 operations: no release changes that."""
        exemption = find_framework(frameworks, "ai-act-open-source")
        steps = next_steps(shipped_store, shipped_rules, SYSTEM["gpt-4o"], [exemption]).steps
        plans = {step.outcome.label: step.plans for step in steps}
        assert plans["conditions on license and publicity hold"]
        assert plans["exemption applies"] == ()

    def test_llama_2_may_describe_its_data_or_release_them(
        self,
        shipped_store: EmbeddedStore,
        shipped_rules: list[Rule],
        frameworks: tuple[Framework, ...],
    ) -> None:
        osaid = find_framework(frameworks, "osaid-1.0")
        step = only(next_steps(shipped_store, shipped_rules, SYSTEM["llama-2"], [osaid]))
        first, second = step.plans
        assert first.verified and second.verified
        differing = set(texts(first)) ^ set(texts(second))
        assert differing == {"publish the data information", "release the training data"}
        weights = next(a for a in first.actions if "OSAID.30" in a.requirements)
        assert weights.text.endswith("instead of Llama 2 Community License Agreement")

    def test_the_base_of_vicuna_binds_its_weights(
        self,
        shipped_store: EmbeddedStore,
        shipped_rules: list[Rule],
        frameworks: tuple[Framework, ...],
    ) -> None:
        fsf = find_framework(frameworks, "fsf")
        step = only(next_steps(shipped_store, shipped_rules, SYSTEM["vicuna-13b-v1-5"], [fsf]))
        weights = next(a for a in step.plans[0].actions if "FSF.3" in a.requirements)
        assert weights.who == "Meta"
        (upstream,) = weights.upstream
        assert upstream.base.iri == str(SYSTEM["llama-2"])
        assert "section 1.b.iv" in {clause.locator for clause in upstream.clauses}

    def test_every_set_reaches_what_it_promises(
        self,
        shipped_store: EmbeddedStore,
        shipped_rules: list[Rule],
        frameworks: tuple[Framework, ...],
    ) -> None:
        for name in ("mistral-7b", "bloom", "pythia", "llama-2"):
            steps = next_steps(shipped_store, shipped_rules, SYSTEM[name], frameworks)
            for step in steps.steps:
                assert step.plans, (name, step.outcome.label)
                assert all(plan.verified for plan in step.plans), (name, step.outcome.label)


class TestSmallSystems:
    def test_each_action_of_a_set_is_needed(
        self, small_store: EmbeddedStore, rules: list[Rule], frameworks: tuple[Framework, ...]
    ) -> None:
        """Leave one action out, and the outcome is not reached."""
        for slug in ("osaid-1.0", "mof-1.0", "g7-2026", "fsf"):
            framework = find_framework(frameworks, slug)
            steps = next_steps(small_store, rules, LUMEN, [framework])
            around = Neighborhood(small_store, rules, LUMEN, [LICENSE["Open-1.0"]])
            for step in steps.steps:
                for plan in step.plans:
                    assert plan.verified
                    changes = [action.change for action in plan.actions if action.change]
                    for left_out in changes:
                        edits = [e for c in changes if c is not left_out for e in c.edits]
                        after = Assessor([framework]).assess_system(around.changed(edits), LUMEN)
                        assert step.outcome not in after.reached(LUMEN, framework), left_out

    def test_a_withheld_part_is_released_and_an_unknown_one_looked_up(
        self, small_store: EmbeddedStore, rules: list[Rule], frameworks: tuple[Framework, ...]
    ) -> None:
        osaid = find_framework(frameworks, "osaid-1.0")
        plan = only(next_steps(small_store, rules, LUMEN, [osaid])).plans[0]
        kinds = {action.requirements: (action.kind, action.who) for action in plan.actions}
        assert kinds["OSAID.21.1",] == ("release", "Aurora Labs")
        assert kinds["OSAID.21.3",] == ("record", "whoever finds evidence")
        assert "release the training code under an OSI-approved license (such as Open-1.0)" in (
            texts(plan)
        )

    def test_what_another_action_brings_along_is_left_out(
        self, small_store: EmbeddedStore, rules: list[Rule], frameworks: tuple[Framework, ...]
    ) -> None:
        """Training code holds the architecture, so that this need not be released apart."""
        osaid = find_framework(frameworks, "osaid-1.0")
        assert small_store.ask(
            f"ASK {{ FILTER NOT EXISTS {{ {LUMEN.n3()} {OSAI.hasComponent.n3()} ?part . "
            f"?part a {OSAI.ModelArchitecture.n3()} }} }}"
        )
        plan = only(next_steps(small_store, rules, LUMEN, [osaid])).plans[0]
        assert plan.verified
        assert ("OSAID.21.4",) not in needs(plan)
        assert ("OSAID.21.1",) in needs(plan)

    def test_what_only_people_can_judge_is_taken_for_granted_and_named(
        self, small_store: EmbeddedStore, rules: list[Rule], frameworks: tuple[Framework, ...]
    ) -> None:
        exemption = find_framework(frameworks, "ai-act-open-source")
        step = next_steps(small_store, rules, SYSTEM["halo"], [exemption]).steps[-1]
        assert step.plans[0].verified
        assert step.plans[0].assumed == ("AIA.11", "AIA.16", "AIA.17", "AIA.21")
        assert "if AIA.11, AIA.16, AIA.17 and AIA.21 are answered in its favor" in next_steps_text(
            next_steps(small_store, rules, SYSTEM["halo"], [exemption])
        )

    def test_the_license_of_a_base_is_not_the_makers_to_give(
        self, small_store: EmbeddedStore, rules: list[Rule], frameworks: tuple[Framework, ...]
    ) -> None:
        fsf = find_framework(frameworks, "fsf")
        guarded = LICENSE["LicenseRef-Guarded-1.0"]
        edits = license_edits(URIRef(f"{CHAT}#weights"), guarded)
        bound = Neighborhood(small_store, rules, CHAT, [guarded, LICENSE["Open-1.0"]]).changed(
            edits
        )
        weights = _on_weights(only(next_steps(bound, rules, CHAT, [fsf])).plans[0])
        (upstream,) = weights.upstream
        assert upstream.base.label == "Lumen 7B"
        assert {clause.label for clause in upstream.clauses} == {"forbidden uses", "flow-down duty"}
        steward = upstream.steward
        assert weights.who == steward != "Borealis"
        free = Neighborhood(bound, rules, CHAT, [LICENSE["Open-1.0"]]).changed(
            [Edit(CHAT, OSAI.fineTunedFrom, ())]
        )
        weights = _on_weights(only(next_steps(free, rules, CHAT, [fsf])).plans[0])
        assert (weights.who, weights.upstream) == ("Borealis", ())

    def test_a_higher_class_builds_on_the_lower_one(
        self, small_store: EmbeddedStore, rules: list[Rule], frameworks: tuple[Framework, ...]
    ) -> None:
        mof = find_framework(frameworks, "mof-1.0")
        steps = next_steps(small_store, rules, SYSTEM["halo"], [mof])
        sizes = [len(step.plans[0].actions) for step in steps.steps]
        assert sizes == sorted(sizes) and len(sizes) == 3
        text = next_steps_text(steps)
        assert "all that Class III, Open Model takes, and:" in text

    def test_json(
        self, small_store: EmbeddedStore, rules: list[Rule], frameworks: tuple[Framework, ...]
    ) -> None:
        g7 = find_framework(frameworks, "g7-2026")
        content = next_steps_json(next_steps(small_store, rules, LUMEN, [g7]))
        assert [r["label"] for r in content["reached"]] == ["Weights Available AI"]
        step = content["steps"][0]
        assert step["outcome"]["label"] == "Open Weights AI"
        (action,) = step["plans"][0]["actions"]
        assert action["kind"] == "license"
        assert action["license"] == str(LICENSE["Open-1.0"])
        assert action["part"] == f"{LUMEN}#weights"


def _on_weights(plan: Plan) -> Action:
    return next(a for a in plan.actions if a.change and a.change.kind == OSAI.ModelWeights)


class TestCombinations:
    """A made-up framework: two of three parts, one of which is already there."""

    LEAF = """
:{0} a osai:Requirement ; rdfs:label "{1}"@en ; dcterms:identifier "X.{2}" ;
  osai:concernsKind osai:{3} ; osai:hasDecidability osai:MachineDecidable ;
  osai:isMetBy [ a sh:NodeShape ; sh:property [ sh:path osai:hasComponent ;
    sh:qualifiedMinCount 1 ; sh:qualifiedValueShape [ a sh:NodeShape ; sh:class osai:{3} ;
      sh:property [ sh:path osai:hasAvailability ; sh:hasValue osai:Available ] ] ] ] .
"""

    def framework(self) -> Framework:
        text = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
        text += "@prefix : <https://w3id.org/osai-graph/framework/made-up#> .\n"
        text += """
framework:made-up a osai:Framework ; rdfs:label "Made-up"@en ; dcat:version "1" ;
  osai:appliesTo osai:Model ; osai:hasOutcome :fine .
:fine a osai:Outcome ; rdfs:label "Fine"@en ; osai:hasRequirement :top .
:top a osai:Requirement ; rdfs:label "enough of it"@en ; dcterms:identifier "X.0" ;
  osai:hasCombination osai:AtLeast ; osai:minimumMet 2 ; osai:hasSubrequirement :a , :b , :c .
"""
        text += self.LEAF.format("a", "inference code", 1, "InferenceCode")
        text += self.LEAF.format("b", "training code", 2, "TrainingCode")
        text += self.LEAF.format("c", "data card", 3, "DataCard")
        (framework,) = frameworks_in(Graph().parse(data=text, format="turtle"))
        return framework

    def test_one_more_is_enough(self, small_store: EmbeddedStore, rules: list[Rule]) -> None:
        step = only(next_steps(small_store, rules, LUMEN, [self.framework()]))
        assert [needs(plan) for plan in step.plans] == [[("X.2",)], [("X.3",)]]
        assert all(plan.verified for plan in step.plans)
        text = next_steps_text(next_steps(small_store, rules, LUMEN, [self.framework()]))
        assert "one of these:" in text
        assert "release the training code" in text
        assert "find out and record whether the data card can be had; if not, release it" in text
