"""Records: found by the names that people use, and described with what decides their openness."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from rdflib import RDF, Literal, URIRef

from osai_graph.errors import UnknownNameError
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import BASE, OSAI
from osai_graph.records import (
    AmbiguousNameError,
    Component,
    Record,
    Standing,
    describe,
    find,
)


class TestFinding:
    @pytest.mark.parametrize(
        ("name", "iri"),
        [
            ("https://w3id.org/osai-graph/system/lumen-7b", "system/lumen-7b"),
            ("<https://w3id.org/osai-graph/system/lumen-7b>", "system/lumen-7b"),
            ("system:lumen-7b", "system/lumen-7b"),
            ("lumen-7b", "system/lumen-7b"),
            (" lumen-7b ", "system/lumen-7b"),
            ("Lumen-7B", "system/lumen-7b"),
            ("LUMEN 7b", "system/lumen-7b"),
            ("aurora/lumen-7b", "system/lumen-7b"),
            ("lumen-7b-v1", "system/lumen-7b"),
            ("lumen 7 B", "system/lumen-7b"),
            ("LUMEN_7B v1", "system/lumen-7b"),
            ("open 1.0", "license/Open-1.0"),
            ("open-1.0", "license/Open-1.0"),
            ("licenseref-guarded-1.0", "license/LicenseRef-Guarded-1.0"),
            ("Borealis Collective", "organization/borealis"),
            ("Open AI in Brief", "document/brochure"),
            ("B04", "claim/brochure#B04"),
            ("claim:brochure#B04", "claim/brochure#B04"),
            ("system:lumen-7b#weights", "system/lumen-7b#weights"),
        ],
    )
    def test_a_name_leads_to_its_record(
        self, name: str, iri: str, small_store: EmbeddedStore
    ) -> None:
        assert find(small_store, name) == URIRef(BASE + iri)

    def test_a_label_goes_before_a_title(self, small_store: EmbeddedStore) -> None:
        # the paper on Halo has the title "Halo"
        assert find(small_store, "halo") == URIRef(BASE + "system/halo")
        assert find(small_store, "HALO") == URIRef(BASE + "system/halo")
        assert find(small_store, "Halo", ("document",)) == URIRef(BASE + "document/halo-paper")

    def test_an_ambiguous_name_lists_its_records(self, small_store: EmbeddedStore) -> None:
        with pytest.raises(AmbiguousNameError) as caught:
            find(small_store, "brochure")
        assert str(caught.value) == (
            '"brochure" names several records:\n'
            "  claim:brochure  (statements of the brochure)\n"
            "  document:brochure  (brochure on open AI)\n"
            "Take one of these names."
        )
        assert find(small_store, "brochure", ("document",)) == URIRef(BASE + "document/brochure")

    @pytest.mark.parametrize(
        ("name", "nearest"),
        [
            ("lumen-7c", "lumen-7b"),
            ("system:lumen-7c", "lumen-7b"),
            (BASE + "system/lumen-7c", "lumen-7b"),
            ("borealys", "borealis"),
        ],
    )
    def test_an_unknown_name_gets_the_nearest(
        self, name: str, nearest: str, small_store: EmbeddedStore
    ) -> None:
        with pytest.raises(UnknownNameError) as caught:
            find(small_store, name)
        assert nearest in caught.value.nearest

    @pytest.mark.parametrize("name", ["", "} ?s ?p", "https://e.example/> {", "system:a b", "#"])
    def test_what_is_no_name_is_unknown(self, name: str, small_store: EmbeddedStore) -> None:
        with pytest.raises(UnknownNameError):
            find(small_store, name)

    def test_a_part_is_no_record_by_its_label(self, small_store: EmbeddedStore) -> None:
        with pytest.raises(UnknownNameError):
            find(small_store, "weights of Lumen 7B")


@pytest.fixture(scope="module")
def lumen(small_store: EmbeddedStore) -> Record:
    return describe(small_store, URIRef(BASE + "system/lumen-7b"))


def component(record: Record, fragment: str) -> Component:
    return next(c for c in record.components if c.iri == f"{record.iri}#{fragment}")


class TestSystem:
    def test_its_head(self, lumen: Record) -> None:
        assert (lumen.route, lumen.identifier, lumen.label) == ("system", "lumen-7b", "Lumen 7B")
        assert lumen.kind.label == "model"
        assert lumen.alternative_labels == ("Lumen-7B-v1",)
        assert lumen.description == "A made-up language model."

    def test_its_facts_stand_under_headings_and_keep_types(self, lumen: Record) -> None:
        facts = {
            fact.property.label: (group.title, [value.text for value in fact.values])
            for group in lumen.facts
            for fact in group.facts
        }
        assert facts["is developed by"] == ("Who and what", ["Aurora Labs"])
        assert facts["issued"] == ("Dates", ["2023-02-24"])
        assert facts["trained on"] == ("Size and training", ["Paper Trail"])
        assert "creator" not in facts, "a superproperty of another vocabulary says nothing new"
        assert "has component" not in facts

    def test_its_components_come_in_the_order_of_interest(self, lumen: Record) -> None:
        assert [c.kind.label for c in lumen.components] == [
            "model weights",
            "training code",
            "inference code",
            "evaluation code",
            "training data",
            "data information",
            "model card",
        ]

    def test_a_license_that_limits_is_the_reason(self, lumen: Record) -> None:
        weights = component(lumen, "weights")
        assert [license_.label for license_ in weights.licenses] == ["Guarded Example License 1.0"]
        use, study, modify, share = weights.freedoms
        assert (use.standing, share.standing) == (Standing.LIMITED, Standing.LIMITED)
        assert [thing.label for thing in use.because] == ["forbidden uses", "size of the user"]
        assert (study.standing, study.because[0].label) == (Standing.LIMITED, "gated")
        assert (modify.standing, modify.because) == (Standing.UNKNOWN, ())

    def test_what_is_withheld_is_so_by_its_availability(self, lumen: Record) -> None:
        code = component(lumen, "training-code")
        assert {f.standing for f in code.freedoms} == {Standing.WITHHELD}
        assert {f.because[0].label for f in code.freedoms} == {"not available"}

    def test_evidence_carries_address_day_basis_and_what_it_shows(self, lumen: Record) -> None:
        (index,) = component(lumen, "training-code").evidence
        assert (index.url, index.retrieved_on) == ("https://index.example/lumen", "2025-05-20")
        assert index.basis is not None
        assert index.basis.label == "read from lists"
        assert [thing.label for thing in index.supports] == ["has availability"]
        (search,) = component(lumen, "evaluation-code").evidence
        assert search.is_search
        assert not index.is_search

    def test_the_system_lacks_what_a_needed_part_denies(self, lumen: Record) -> None:
        use = lumen.freedoms[0]
        assert use.standing is Standing.WITHHELD
        assert [thing.label for thing in use.because] == [
            "data information of Lumen 7B",
            "training code of Lumen 7B",
            "weights of Lumen 7B",
        ]
        assert [(g.standing, [t.label for t in g.parts]) for g in use.parts] == [
            (
                Standing.WITHHELD,
                ["data information of Lumen 7B", "training code of Lumen 7B"],
            ),
            (Standing.LIMITED, ["weights of Lumen 7B"]),
        ]

    def test_a_system_whose_parts_only_limit_a_freedom_limits_it(self) -> None:
        system, part = URIRef(BASE + "system/x"), URIRef(BASE + "system/x#weights")
        facts = (
            (system, OSAI.hasComponent, part),
            (system, OSAI.lacksFreedom, OSAI.FreedomToUse),
            (part, RDF.type, OSAI.PreferredFormComponent),
            (part, OSAI.limitsFreedom, OSAI.FreedomToUse),
            (part, OSAI.deniesFreedom, OSAI.FreedomToUse),
        )
        store = EmbeddedStore()
        store.add(facts)
        use, study, *_ = describe(store, system).freedoms
        assert use.standing is Standing.LIMITED
        assert [g.standing for g in use.parts] == [Standing.LIMITED]
        assert (study.standing, study.parts) == (Standing.UNKNOWN, ())

    def test_numbers_come_by_value(self) -> None:
        system = URIRef(BASE + "system/x")
        store = EmbeddedStore()
        store.add((system, OSAI.parameterCount, Literal(n)) for n in (70_000, 7_000, 160_000))
        (group,) = describe(store, system).facts
        assert [value.text for value in group.facts[0].values] == ["7000", "70000", "160000"]

    def test_a_system_whose_needed_parts_all_give_a_freedom_gives_it(
        self, small_store: EmbeddedStore
    ) -> None:
        halo = describe(small_store, URIRef(BASE + "system/halo"))
        assert {f.standing for f in halo.freedoms} == {Standing.GIVEN}

    def test_claims_about_its_parts_are_claims_about_it(self, lumen: Record) -> None:
        assert [claim.identifier for claim in lumen.claims] == ["B01", "B05", "lumen-open-source"]
        example = lumen.claims[0]
        assert example.status is not None
        assert example.status.label == "refuted"
        assert example.quote == "Open models come with data (e.g., Lumen)"
        assert example.corrections[0].text == "The data of Lumen 7B was not released."
        assert example.corrections[0].sources == ("https://index.example/lumen",)

    def test_lineage_and_mentions(self, small_store: EmbeddedStore, lumen: Record) -> None:
        chat = describe(small_store, URIRef(BASE + "system/lumen-7b-chat"))
        assert [(r.property.label, r.inferred) for r in chat.lineage] == [
            ("fine-tuned from", False)
        ]
        mentions = {r.property.label: [t.label for t in r.things] for r in lumen.mentions}
        assert mentions["fine-tuned from"] == ["Lumen 7B Chat"]
        assert mentions["serves"] == ["Spark API"]
        assert "claimed subject" not in mentions

    def test_the_file_that_states_it(self, lumen: Record) -> None:
        (source,) = lumen.sources
        assert source.path == "data/systems/lumen-7b.ttl"
        assert source.retrieved_on == "2025-06-01"
        assert source.attributed_to is not None
        assert source.attributed_to.label == "Example Curators"


class TestOtherKinds:
    def test_a_license_shows_grants_and_restrictions(self, small_store: EmbeddedStore) -> None:
        record = describe(small_store, URIRef(BASE + "license/LicenseRef-Guarded-1.0"))
        standings = [f.standing for f in record.freedoms]
        assert standings == [
            Standing.LIMITED,
            Standing.GIVEN,
            Standing.UNKNOWN,
            Standing.LIMITED,
        ]
        uses, passing_on, size = record.restrictions
        assert (uses.locator, uses.binds_derivatives) == ("section 2", True)
        assert passing_on.locator is None
        assert size.threshold == "1,000,000 monthly users"
        assert size.binds_derivatives is None
        assert [t.label for t in size.takes] == ["freedom to use", "freedom to share"]

    def test_a_dataset_and_the_works_in_it(self, small_store: EmbeddedStore) -> None:
        record = describe(small_store, URIRef(BASE + "dataset/paper-trail"))
        assert record.kind.label == "dataset"
        assert [c.label for c in record.components] == ["items of Paper Trail"]
        assert record.freedoms[0].standing is Standing.LIMITED

    def test_a_document_lists_the_claims_it_makes(self, small_store: EmbeddedStore) -> None:
        record = describe(small_store, URIRef(BASE + "document/brochure"))
        named = [claim.identifier for claim in record.claims]
        assert named[:9] == [f"B0{n}" for n in range(1, 10)]
        assert len(named) == 12

    def test_a_claim_shows_itself_and_its_candidates(self, small_store: EmbeddedStore) -> None:
        record = describe(small_store, URIRef(BASE + "claim/brochure#B07"))
        (claim,) = record.claims
        assert record.kind.label == "claim"
        assert [thing.label for thing in claim.candidates] == ["Northern Summit 2024"]
        assert claim.sources == ("https://summits.example/",)

    def test_an_event_and_an_organization(self, small_store: EmbeddedStore) -> None:
        event = describe(small_store, URIRef(BASE + "event/northern-summit-2024"))
        assert event.facts
        organization = describe(small_store, URIRef(BASE + "organization/borealis"))
        mentions = {r.property.label: len(r.things) for r in organization.mentions}
        assert mentions["is developed by"] == 5

    def test_a_term_of_the_ontology(self, small_store: EmbeddedStore) -> None:
        record = describe(small_store, URIRef(str(OSAI.Gated)))
        assert record.label == "gated"
        assert record.description == "A form, an account or a click stands before the artifact."

    def test_what_the_graph_does_not_know(self, small_store: EmbeddedStore) -> None:
        with pytest.raises(UnknownNameError):
            describe(small_store, URIRef(BASE + "system/nobody"))


def test_every_record_can_be_written_as_json(small_store: EmbeddedStore) -> None:
    rows = small_store.select(
        f"SELECT DISTINCT ?s WHERE {{ ?s a ?t FILTER(STRSTARTS(STR(?s), '{BASE}')) "
        "FILTER(!CONTAINS(STR(?s), '/graph/') && !CONTAINS(STR(?s), '#')) }"
    ).rows
    assert len(rows) > 15
    for (iri,) in rows:
        record = asdict(describe(small_store, URIRef(str(iri))))
        assert json.loads(json.dumps(record))["iri"] == str(iri)


def test_describing_twice_gives_the_same(small_store: EmbeddedStore, lumen: Record) -> None:
    assert describe(small_store, URIRef(lumen.iri)) == lumen


class TestVerdicts:
    def test_a_system_carries_the_verdicts_of_the_frameworks_that_apply(
        self, small_store: EmbeddedStore
    ) -> None:
        record = describe(small_store, URIRef(BASE + "system/lumen-7b"))
        verdicts = {v.framework.iri.rpartition("/")[2]: v for v in record.verdicts}
        assert {"osaid-1.0", "mof-1.0", "g7-2026"} <= set(verdicts)
        assert [o.outcome.label.partition(",")[0] for o in verdicts["mof-1.0"].outcomes] == [
            "Class III",
            "Class II",
            "Class I",
        ]
        osaid = verdicts["osaid-1.0"]
        (outcome,) = osaid.outcomes
        assert outcome.value in ("met", "not met", "cannot be decided")
        assert len(osaid.obstacles) == (outcome.requirements or 0) - (outcome.met or 0)

    def test_verdicts_are_no_mentions(self, small_store: EmbeddedStore) -> None:
        record = describe(small_store, URIRef(BASE + "system/lumen-7b"))
        mentioned = {thing.iri for r in record.mentions for thing in r.things}
        rows = small_store.select(f"SELECT ?v {{ ?v a {OSAI.Verdict.n3()} }}").rows
        assert rows
        assert not mentioned & {str(verdict) for (verdict,) in rows}

    def test_a_framework_is_not_mentioned_by_each_of_its_verdicts(
        self, small_store: EmbeddedStore
    ) -> None:
        record = describe(small_store, URIRef(BASE + "framework/osaid-1.0"))
        assert not any(OSAI.ofFramework in str(relation) for relation in record.mentions)

    def test_what_no_framework_judges_has_none(self, small_store: EmbeddedStore) -> None:
        assert describe(small_store, URIRef(BASE + "license/Open-1.0")).verdicts == ()
