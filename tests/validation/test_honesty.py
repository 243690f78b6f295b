"""The two shapes that keep facts honest, on stated and on inferred triples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from osai_graph.graph.store import GraphStore
from osai_graph.reasoning.rule_files import read_rule_files
from osai_graph.reasoning.rules import Rule
from osai_graph.validation import Finding, GraphContext, validate

RIGHT = Path(__file__).parent.parent / "fixtures" / "entries" / "right"

#: A rule that gives each component the license of the system, without any evidence.
INHERIT = """#+ title = "Components have the license of their system"
#+ explanation = "{component} has {license} from {system}"
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX osai: <https://w3id.org/osai-graph/ns#>
CONSTRUCT { ?component dcterms:license ?license }
WHERE { ?system osai:hasComponent ?component ; dcterms:license ?license }
"""


@dataclass(frozen=True)
class RuledContext:
    """The small graph with further rules."""

    root: Path
    store: GraphStore
    rules: list[Rule]


def _validate(
    tmp_path: Path, name: str, changes: dict[str, str], context: GraphContext
) -> tuple[Finding, ...]:
    text = (RIGHT / name).read_text(encoding="utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path / Path(name).name
    path.write_text(text, encoding="utf-8")
    return validate([path], context).findings


class TestRefutedClaims:
    OWN_CLAIM = 'rdf:object "2024-04"^^xsd:gYearMonth'

    @pytest.mark.parametrize("status", ["Inaccurate", "Refuted"])
    def test_a_stated_triple_of_a_refuted_claim(
        self, status: str, tmp_path: Path, small_context: GraphContext
    ) -> None:
        changes = {
            self.OWN_CLAIM: 'rdf:object "2023-02-24"^^xsd:date',
            "osai:hasStatus osai:Inaccurate": f"osai:hasStatus osai:{status}",
        }
        found = _validate(tmp_path, "claims/leaflet.ttl", changes, small_context)
        assert [(f.code, f.path) for f in found] == [
            ("OSAI-C20", "http://purl.org/dc/terms/issued")
        ]

    @pytest.mark.parametrize("status", ["Confirmed", "Disputed", "Unsupported", "Opinion"])
    def test_a_stated_triple_of_a_claim_that_is_not_refuted(
        self, status: str, tmp_path: Path, small_context: GraphContext
    ) -> None:
        changes = {
            self.OWN_CLAIM: 'rdf:object "2023-02-24"^^xsd:date',
            "osai:hasStatus osai:Inaccurate": f"osai:hasStatus osai:{status}",
        }
        assert _validate(tmp_path, "claims/leaflet.ttl", changes, small_context) == ()

    def test_a_coarser_date_is_another_date(
        self, tmp_path: Path, small_context: GraphContext
    ) -> None:
        changes = {self.OWN_CLAIM: 'rdf:object "2023-02"^^xsd:gYearMonth'}
        assert _validate(tmp_path, "claims/leaflet.ttl", changes, small_context) == ()

    def test_an_inferred_triple_of_a_refuted_claim(
        self, tmp_path: Path, small_context: GraphContext
    ) -> None:
        changes = {
            "rdf:object osai:OpenSourceAI": "rdf:object osai:FreedomToUse",
            "rdf:predicate osai:hasOpennessLabel": "rdf:predicate osai:lacksFreedom",
        }
        found = _validate(tmp_path, "claims/leaflet.ttl", changes, small_context)
        assert [f.code for f in found] == ["OSAI-C20"]
        assert "system:lumen-7b osai:lacksFreedom osai:FreedomToUse" in found[0].message

    def test_an_entry_that_states_what_a_claim_of_the_graph_got_wrong(
        self, tmp_path: Path, small_graph_root: Path, small_context: GraphContext
    ) -> None:
        """The brochure's refuted claim B01 says that the data of Lumen 7B is available."""
        text = (small_graph_root / "data" / "systems" / "lumen-7b.ttl").read_text(encoding="utf-8")
        head, part, tail = text.partition("\n:training-data\n")
        assert part
        path = tmp_path / "lumen-7b.ttl"
        path.write_text(head + part + tail.replace("osai:NotAvailable", "osai:Available", 1))
        found = validate([path], small_context).findings
        assert [(f.code, f.file) for f in found] == [("OSAI-C20", str(path))]
        assert "claim:brochure#B01" in found[0].message
        assert found[0].focus == "https://w3id.org/osai-graph/system/lumen-7b#training-data"

    def test_what_follows_from_a_refuted_class_is_no_fault_of_its_own(
        self, tmp_path: Path, small_context: GraphContext
    ) -> None:
        """A dataset needs an availability, which the entry is not blamed for as well."""
        claim = (RIGHT / "claims" / "leaflet.ttl").read_text(encoding="utf-8")
        for old, new in (
            ("rdf:object osai:OpenSourceAI", "rdf:object osai:Dataset"),
            ("rdf:predicate osai:hasOpennessLabel", "rdf:predicate rdf:type"),
            ("rdf:subject system:lumen-7b", "rdf:subject system:ember-9b"),
        ):
            assert old in claim
            claim = claim.replace(old, new)
        system = (RIGHT / "systems" / "ember-9b.ttl").read_text(encoding="utf-8")
        (tmp_path / "leaflet.ttl").write_text(claim)
        path = tmp_path / "ember-9b.ttl"
        path.write_text(system.replace("a osai:Model ;", "a osai:Dataset ,\n        osai:Model ;"))
        found = validate([tmp_path / "leaflet.ttl", path], small_context).findings
        claimed = {f.code: f for f in found}
        assert sorted(claimed) == ["OSAI-C20", "OSAI-K01"], found
        assert claimed["OSAI-C20"].file == str(tmp_path / "leaflet.ttl")
        assert "system:ember-9b rdf:type osai:Dataset" in claimed["OSAI-C20"].message
        assert claimed["OSAI-K01"].file == str(path)


class TestEvidence:
    AVAILABLE = "    osai:hasAvailability osai:Available ;\n"
    WEIGHTS = AVAILABLE + "    osai:hasEvidence :page ;\n"
    NAMES_LICENSE = "        dcterms:license ,\n        osai:hasAvailability ,"

    def test_a_stated_license_without_evidence(
        self, tmp_path: Path, small_context: GraphContext
    ) -> None:
        changes = {self.NAMES_LICENSE: "        osai:hasAvailability ,"}
        found = _validate(tmp_path, "systems/ember-9b.ttl", changes, small_context)
        assert [(f.code, f.found) for f in found] == [("OSAI-E01", "license:Open-1.0")]

    def test_one_missing_piece_of_evidence_is_one_finding(
        self, tmp_path: Path, small_context: GraphContext
    ) -> None:
        changes = {self.WEIGHTS: self.AVAILABLE}
        (found,) = _validate(tmp_path, "systems/ember-9b.ttl", changes, small_context)
        assert found.code == "OSAI-E01"
        assert found.message == (
            "dcterms:license and osai:hasAvailability are stated without evidence."
        )
        assert found.details == (
            "dcterms:license license:Open-1.0",
            "osai:hasAvailability osai:Available",
        )

    def test_what_is_unknown_and_was_not_looked_for_lacks_a_search_only(
        self, tmp_path: Path, small_context: GraphContext
    ) -> None:
        unknown = "    osai:hasAvailability osai:AvailabilityUnknown ;\n"
        changes = {f"{unknown}    osai:hasEvidence :search ;\n": unknown}
        found = _validate(tmp_path, "systems/ember-9b.ttl", changes, small_context)
        assert [f.code for f in found] == ["OSAI-U01"]

    def test_evidence_for_another_property_is_none(
        self, tmp_path: Path, small_context: GraphContext
    ) -> None:
        changes = {self.WEIGHTS: self.AVAILABLE + "    osai:hasEvidence :search ;\n"}
        found = _validate(tmp_path, "systems/ember-9b.ttl", changes, small_context)
        assert [(f.code, f.path) for f in found] == [
            ("OSAI-E01", "http://purl.org/dc/terms/license")
        ]

    @pytest.mark.parametrize(
        ("status", "codes"),
        [("Confirmed", []), ("Unverified", ["OSAI-E01"]), ("Disputed", ["OSAI-E01"])],
    )
    def test_a_confirmed_claim_stands_in_for_evidence(
        self, status: str, codes: list[str], tmp_path: Path, small_context: GraphContext
    ) -> None:
        system = tmp_path / "ember-9b.ttl"
        text = (RIGHT / "systems" / "ember-9b.ttl").read_text(encoding="utf-8")
        text = text.replace(self.WEIGHTS, self.AVAILABLE)
        licensed = "    dcterms:license license:Open-1.0 ;\n" + self.AVAILABLE
        assert licensed in text
        system.write_text(text.replace(licensed, self.AVAILABLE))
        claims = tmp_path / "leaflet.ttl"
        text = (RIGHT / "claims" / "leaflet.ttl").read_text(encoding="utf-8")
        text = text.replace("rdf:object osai:OpenSourceAI", "rdf:object osai:Available")
        text = text.replace(
            "rdf:predicate osai:hasOpennessLabel", "rdf:predicate osai:hasAvailability"
        )
        text = text.replace(
            "rdf:object osai:Available ;\n    rdf:predicate osai:hasAvailability ;\n"
            "    rdf:subject system:lumen-7b ;",
            "rdf:object osai:Available ;\n    rdf:predicate osai:hasAvailability ;\n"
            "    rdf:subject <https://w3id.org/osai-graph/system/ember-9b#weights> ;",
        )
        claims.write_text(
            text.replace("osai:hasStatus osai:Refuted", f"osai:hasStatus osai:{status}")
        )
        found = validate([system, claims], small_context).findings
        assert [f.code for f in found] == codes

    def test_an_inferred_license_without_evidence(
        self, tmp_path: Path, small_context: GraphContext
    ) -> None:
        rule = tmp_path / "inherit.rq"
        rule.write_text(INHERIT)
        context = RuledContext(
            small_context.root,
            small_context.store,
            [*small_context.rules, *read_rule_files([rule])],
        )
        changes = {
            "    osai:isDevelopedBy organization:aurora-labs ;\n    osai:parameterCount":
            "    osai:isDevelopedBy organization:aurora-labs ;\n"
            "    dcterms:license license:Open-1.0 ;\n    osai:parameterCount",
        }  # fmt: skip
        assert _validate(tmp_path, "systems/ember-9b.ttl", changes, small_context) == ()
        found = _validate(tmp_path, "systems/ember-9b.ttl", changes, context)
        assert [(f.code, str(f.focus).partition("#")[2]) for f in found] == [
            ("OSAI-E01", "evaluation-code")
        ]
        assert found[0].path == "http://purl.org/dc/terms/license"


class TestOpenSourceClaims:
    def test_the_finding_names_component_freedom_and_cause(
        self, tmp_path: Path, small_context: GraphContext
    ) -> None:
        changes = {
            "osai:isDevelopedBy organization:aurora-labs ;\n    osai:parameterCount":
            "osai:isDevelopedBy organization:aurora-labs ;\n"
            "    osai:hasOpennessLabel osai:OpenSourceAIWithOpenData ;\n    osai:parameterCount",
            "    dcterms:license license:Open-1.0 ;\n    osai:hasAvailability":
            "    dcterms:license license:LicenseRef-Guarded-1.0 ;\n    osai:hasAvailability",
        }  # fmt: skip
        (found,) = _validate(tmp_path, "systems/ember-9b.ttl", changes, small_context)
        assert found.code == "OSAI-V02"
        assert found.message.endswith(
            "no freedom to use, study, modify or share because of training code of Ember 9B "
            "(not available); no freedom to use or share because of weights of Ember 9B "
            "(license Guarded Example License 1.0)."
        )

    def test_a_label_of_a_system_that_lacks_nothing_is_still_a_typed_verdict(
        self, tmp_path: Path, small_context: GraphContext
    ) -> None:
        text = (RIGHT / "systems" / "ember-9b.ttl").read_text(encoding="utf-8")
        assert "NotAvailable" in text
        changes = {
            "osai:isDevelopedBy organization:aurora-labs ;\n    osai:parameterCount":
            "osai:isDevelopedBy organization:aurora-labs ;\n"
            "    osai:hasOpennessLabel osai:OpenSourceAI ;\n    osai:parameterCount",
            "osai:hasAvailability osai:NotAvailable":
            "osai:hasAvailability osai:Available ;\n    dcterms:license license:Open-1.0",
        }  # fmt: skip
        (found,) = _validate(tmp_path, "systems/ember-9b.ttl", changes, small_context)
        assert found.code == "OSAI-V01"
