"""Verdicts as arguments: checked answers on the shipped graph, and what hangs on each fact."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import PROV

from osai_graph.assessment.content import Recheck, SavedDerivationError, recheck
from osai_graph.assessment.definitions import defined_framework, definition_of
from osai_graph.assessment.derivation import (
    SCHEMA_VERSION,
    Derivation,
    NotJudgedError,
    Reason,
    conclude,
    derive,
)
from osai_graph.assessment.derivation_rendering import (
    EARL,
    conclusions_text,
    derivation_graph,
    derivation_json,
    derivation_markdown,
    derivation_text,
)
from osai_graph.assessment.frameworks import Framework, find_framework
from osai_graph.assessment.headlines import headline, main_reason
from osai_graph.assessment.values import Value
from osai_graph.assessment.verdicts import assess_system
from osai_graph.errors import GraphError
from osai_graph.graph.serialization import canonical_turtle
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import OSAI, SYSTEM

LLAMA = SYSTEM["llama-2"]


def derived(
    store: EmbeddedStore, frameworks: tuple[Framework, ...], name: str, framework: str
) -> Derivation:
    chosen = find_framework(frameworks, framework)
    return derive(store, chosen, SYSTEM[name], definition_of(chosen), data_version="test")


def reason_of(derivation: Derivation, identifier: str) -> Reason:
    found = [r for top in derivation.reasons for r in top.walk()]
    return next(r for r in found if r.requirement.identifier == identifier)


@pytest.fixture(scope="module")
def llama(shipped_store: EmbeddedStore, frameworks: tuple[Framework, ...]) -> Derivation:
    return derived(shipped_store, frameworks, "llama-2", "osaid-1.0")


@pytest.fixture(scope="module")
def lumen(small_store: EmbeddedStore, frameworks: tuple[Framework, ...]) -> Derivation:
    return derived(small_store, frameworks, "lumen-7b", "osaid-1.0")


class TestTheArgument:
    def test_llama_2_is_not_open_source_because_of_clauses_of_its_license(
        self, llama: Derivation
    ) -> None:
        assert llama.value is Value.NOT_MET
        (ground,) = reason_of(llama, "OSAID.30").grounds
        assert ground.part.iri == str(LLAMA) + "#weights"
        access, terms = ground.checks
        assert (access.value, access.found) == (Value.UNDECIDED, "gated")
        assert terms.value is Value.NOT_MET
        assert {clause.locator for clause in terms.clauses} >= {"section 1.b.iv", "section 2"}
        policy = next(c for c in terms.clauses if c.locator == "section 1.b.iv")
        assert policy.takes == ("freedom to use", "freedom to modify")
        assert policy.binds_derivatives
        assert "https://ai.meta.com/llama/license/" in {e.url for e in policy.evidence}
        assert all(e.retrieved_on for e in policy.evidence)

    def test_pythia_is_open_source_by_an_approved_license(
        self, shipped_store: EmbeddedStore, frameworks: tuple[Framework, ...]
    ) -> None:
        pythia = derived(shipped_store, frameworks, "pythia", "osaid-1.0")
        assert pythia.value is Value.MET
        (ground,) = reason_of(pythia, "OSAID.30").grounds
        assert [check.value for check in ground.checks] == [Value.MET, Value.MET]
        assert ground.checks[1].found.startswith("Apache License 2.0 (approved by the Open Source")
        assert not ground.checks[1].clauses

    def test_bloom_lacks_nothing_but_other_terms_on_its_weights(
        self, shipped_store: EmbeddedStore, frameworks: tuple[Framework, ...]
    ) -> None:
        bloom = derived(shipped_store, frameworks, "bloom", "osaid-1.0")
        blocking = [r for r in bloom.reasons[0].decisive() if r.value is not Value.MET]
        assert [r.requirement.identifier for r in blocking] == ["OSAID.30"]
        assert "(forbidden uses, section 5; Attachment A;" in main_reason(bloom.reasons[0])

    def test_mistral_7b_has_open_weights_and_withholds_training_code(
        self, shipped_store: EmbeddedStore, frameworks: tuple[Framework, ...]
    ) -> None:
        mistral = derived(shipped_store, frameworks, "mistral-7b", "osaid-1.0")
        assert reason_of(mistral, "OSAID.30").value is Value.MET
        code = reason_of(mistral, "OSAID.21.1")
        assert code.value is Value.NOT_MET
        assert code.grounds[0].checks[0].found == "not available"

    def test_an_undecided_leaf_says_what_is_missing_and_where_one_looked(
        self, small_store: EmbeddedStore, frameworks: tuple[Framework, ...]
    ) -> None:
        lumen = derived(small_store, frameworks, "lumen-7b", "mof-1.0")
        reason = reason_of(lumen, "MOF.10")
        assert reason.value is Value.UNDECIDED
        assert reason.missing == ("It is not known whether this part can be had: evaluation code.",)
        (search,) = reason.searches
        assert (search.url, search.retrieved_on) == ("https://aurora.example/code", "2025-05-20")

    def test_a_condition_is_unknown_where_the_fact_is(self, lumen: Derivation) -> None:
        (ground,) = reason_of(lumen, "OSAID.21.1").grounds
        assert [(c.value, c.found) for c in ground.checks] == [
            (Value.NOT_MET, "not available"),
            (Value.UNDECIDED, "no license is recorded"),
        ]

    def test_values_are_those_of_the_assessment(
        self, shipped_store: EmbeddedStore, frameworks: tuple[Framework, ...]
    ) -> None:
        for conclusion in conclude(shipped_store, frameworks, LLAMA):
            verdicts = assess_system(shipped_store, LLAMA, [conclusion.framework])
            expected = {str(v.requirement.iri): v.value.value for v in verdicts}
            assert conclusion.values == expected

    def test_a_framework_that_does_not_apply_is_refused(
        self, small_store: EmbeddedStore, frameworks: tuple[Framework, ...]
    ) -> None:
        with pytest.raises(NotJudgedError, match="does not judge Lantern"):
            derived(small_store, frameworks, "lantern", "osaid-1.0")

    def test_a_single_requirement(
        self, small_store: EmbeddedStore, frameworks: tuple[Framework, ...]
    ) -> None:
        osaid = find_framework(frameworks, "osaid-1.0")
        chosen = osaid.requirement("OSAID.30")
        found = derive(small_store, osaid, SYSTEM["lumen-7b"], (), requirement=chosen)
        assert headline(found).startswith("Lumen 7B does not meet OSAID.30 of the Open Source AI")
        assert list(found.values) == [str(chosen.iri)]


class TestHeadlines:
    def test_an_open_outcome_goes_before_one_that_is_ruled_out(
        self, shipped_store: EmbeddedStore, frameworks: tuple[Framework, ...]
    ) -> None:
        """OLMo 2 is not "Weights Available AI" because it is more open than that."""
        olmo = derived(shipped_store, frameworks, "olmo-2", "g7-2026")
        assert [r.value for r in olmo.reasons[:2]] == [Value.NOT_MET, Value.UNDECIDED]
        assert headline(olmo).startswith("It cannot be decided whether OLMo 2 is Open Weights AI")

    def test_of_a_framework_with_one_outcome(self, llama: Derivation) -> None:
        assert headline(llama) == (
            f"{llama.system.label} is not Open Source AI by the Open Source AI Definition 1.0: "
            "7 of 8 requirements are not met."
        )

    def test_the_highest_outcome_that_is_reached_counts(
        self, small_store: EmbeddedStore, frameworks: tuple[Framework, ...]
    ) -> None:
        halo = derived(small_store, frameworks, "halo", "g7-2026")
        assert headline(halo).startswith("Halo is Open Source AI with Open Data by the G7")

    def test_what_cannot_be_decided(
        self, small_store: EmbeddedStore, frameworks: tuple[Framework, ...]
    ) -> None:
        halo = derived(small_store, frameworks, "halo", "osaid-1.0")
        assert headline(halo) == (
            "It cannot be decided whether Halo is Open Source AI by the Open Source AI Definition "
            "1.0: 1 of 8 requirements cannot be decided."
        )

    def test_overview_names_the_main_reason(
        self, small_store: EmbeddedStore, frameworks: tuple[Framework, ...]
    ) -> None:
        text = conclusions_text(conclude(small_store, frameworks, SYSTEM["lumen-7b"]))
        assert "Weights of Lumen 7B: under Guarded Example License 1.0 (" in text
        assert "forbidden uses, section 2" in text
        assert text.count("\n✗ ") + text.startswith("✗ ") >= 4


class TestRendering:
    def test_text_leads_from_the_conclusion_to_the_evidence(self, lumen: Derivation) -> None:
        lines = derivation_text(lumen).splitlines()
        assert lines[0] == headline(lumen)
        assert "at https://opensource.org/ai/open-source-ai-definition" in lines[1]
        assert "      • weights of Lumen 7B" in lines
        place = lines.index("      • weights of Lumen 7B")
        assert lines[place + 1].endswith("? people can get it: gated")
        assert "evidence: https://aurora.example/lumen-7b (read 2025-05-20)" in lines[place + 2]
        assert (
            "            section 2: forbidden uses, takes the freedom to use, binds derivatives"
            in (lines)
        )
        assert lines[-1].endswith(lumen.hash)

    def test_what_evidence_shows_is_said_once(self, lumen: Derivation) -> None:
        text = derivation_text(lumen)
        assert text.count("The index says that neither code nor data was released.") == 1
        assert text.count("https://index.example/lumen") == 3

    def test_a_requirement_that_two_outcomes_share_is_written_once(
        self, small_store: EmbeddedStore, frameworks: tuple[Framework, ...]
    ) -> None:
        text = derivation_text(derived(small_store, frameworks, "lumen-7b", "mof-1.0"))
        assert "MOF.R1 class III, open model: cannot be decided, see above" in text
        assert text.count("• weights of Lumen 7B") == 1

    def test_markdown_nests_what_belongs_together(self, lumen: Derivation) -> None:
        lines = derivation_markdown(lumen).splitlines()
        assert lines[0] == f"## {headline(lumen)}"
        place = lines.index("    - weights of Lumen 7B")
        assert lines[place + 1] == "      - ? people can get it: gated"
        assert "<https://aurora.example/lumen-7b> (read" in lines[place + 2]

    def test_json_has_the_whole_argument(self, lumen: Derivation) -> None:
        saved = json.loads(json.dumps(derivation_json(lumen)))
        assert saved["schema_version"] == SCHEMA_VERSION
        assert (saved["data_version"], saved["hash"]) == ("test", lumen.hash)
        (top,) = saved["reasons"]
        weights = next(p for p in top["parts"] if p["requirement"]["identifier"] == "OSAID.30")
        checks = weights["grounds"][0]["checks"]
        assert [check["value"] for check in checks] == ["CannotBeDecided", "NotMet"]
        assert {c["locator"] for c in checks[1]["clauses"]} == {"", "section 2", "section 4"}
        assert saved["outcomes"][0]["value"] == "NotMet"

    def test_rdf_leads_from_verdict_to_evidence(self, lumen: Derivation) -> None:
        graph = derivation_graph(lumen)
        assert not [t for t in graph.objects() if not isinstance(t, (URIRef, Literal))]
        node = URIRef(f"{SYSTEM['lumen-7b']}#verdict-osaid-1.0-parameters")
        assert (node, RDF.type, EARL.Assertion) in graph
        assert (node, OSAI.hasVerdictValue, OSAI.NotMet) in graph
        assert (node, PROV.wasDerivedFrom, URIRef(f"{SYSTEM['lumen-7b']}#weights")) in graph
        top = URIRef(f"{SYSTEM['lumen-7b']}#verdict-osaid-1.0-preferred-form")
        assert (top, PROV.wasDerivedFrom, node) in graph
        days = {str(o) for o in graph.objects(None, URIRef("http://purl.org/pav/retrievedOn"))}
        assert days == {"2025-05-20"}
        assert Graph().parse(data=canonical_turtle(graph), format="turtle") is not None


def saved(derivation: Derivation) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(derivation_json(derivation)))
    return content


class TestDerivingAgain:
    def test_a_saved_verdict_agrees(self, lumen: Derivation) -> None:
        result = recheck(saved(lumen), SCHEMA_VERSION)
        assert result == Recheck(
            "Lumen 7B", "Open Source AI Definition 1.0", (), lumen.hash, lumen.hash
        )
        assert result.agrees

    def test_all_frameworks_on_a_shipped_system(
        self, shipped_store: EmbeddedStore, frameworks: tuple[Framework, ...]
    ) -> None:
        for framework in ("mof-1.0", "g7-2026", "ai-act-open-source"):
            found = derived(shipped_store, frameworks, "mistral-7b", framework)
            assert recheck(saved(found), SCHEMA_VERSION).agrees, framework

    def test_the_definition_in_it_is_the_framework(self, frameworks: tuple[Framework, ...]) -> None:
        for framework in frameworks:
            assert defined_framework(definition_of(framework)) == framework

    def test_another_answer_is_found_out(self, lumen: Derivation) -> None:
        content = saved(lumen)
        weights = next(iri for iri in content["values"] if iri.endswith("#parameters"))
        content["values"][weights] = "Met"
        result = recheck(content, SCHEMA_VERSION)
        assert result.differing == (("OSAID.30", "Met", "NotMet"),)
        assert not result.agrees

    def test_another_fact_changes_answer_and_hash(self, lumen: Derivation) -> None:
        content = saved(lumen)
        license_ = "#weights> <http://purl.org/dc/terms/license>"
        content["facts"] = [line for line in content["facts"] if license_ not in line]
        result = recheck(content, SCHEMA_VERSION)
        assert ("OSAID.30", "NotMet", "CannotBeDecided") in result.differing
        assert result.derived_hash != result.saved_hash

    def test_another_condition_changes_the_hash(self, lumen: Derivation) -> None:
        content = saved(lumen)
        content["definition"] = [
            line.replace("#NotAvailable>", "#Withdrawn>") for line in content["definition"]
        ]
        assert recheck(content, SCHEMA_VERSION).derived_hash != lumen.hash

    def test_evidence_and_versions_are_no_part_of_the_hash(
        self, small_store: EmbeddedStore, lumen: Derivation
    ) -> None:
        osaid = lumen.framework
        later = derive(small_store, osaid, SYSTEM["lumen-7b"], lumen.definition, data_version="2")
        assert later.hash == lumen.hash
        assert not [line for line in lumen.facts if "retrievedOn" in line or "label>" in line]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ({}, "no saved derivation"),
            ([], "no saved derivation"),
            ({"schema_version": 99}, "saved in form 99"),
        ],
    )
    def test_something_else_is_refused(self, content: Any, message: str) -> None:
        with pytest.raises(SavedDerivationError, match=message):
            recheck(content, SCHEMA_VERSION)

    def test_broken_statements_are_refused(self, lumen: Derivation) -> None:
        content = saved(lumen)
        content["facts"].append("no triple")
        with pytest.raises(GraphError, match="cannot be read"):
            recheck(content, SCHEMA_VERSION)

    def test_a_path_cannot_smuggle_a_query_in(self, lumen: Derivation) -> None:
        """Conditions are read as SHACL: whatever stands in an IRI stays within its brackets."""
        content = saved(lumen)
        path = "<https://w3id.org/osai-graph/ns#hasAvailability>"
        evil = "<https://e/> ?x . SERVICE <https://e/> { ?s ?p ?o } ?s <https://e/>"
        content["definition"] = [line.replace(path, evil) for line in content["definition"]]
        with pytest.raises(GraphError, match="cannot be read"):
            recheck(content, SCHEMA_VERSION)
