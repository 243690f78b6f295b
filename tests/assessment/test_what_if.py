"""What-if: facts changed in a copy turn the verdicts that a build of changed files would turn."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from rdflib import URIRef

from osai_graph.assessment.changes import Change, Reader, component_kinds
from osai_graph.assessment.frameworks import Framework, find_framework
from osai_graph.assessment.scratch import Edit, Neighborhood
from osai_graph.assessment.verdicts import assess_system
from osai_graph.assessment.what_if import WhatIf, what_if
from osai_graph.build import build_store, collect_inputs, compile_rules
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import LICENSE, OSAI, SYSTEM
from osai_graph.reasoning.rules import Rule

LUMEN = SYSTEM["lumen-7b"]


class Names:
    """Names of licenses and systems are those of their files."""

    def license(self, name: str) -> URIRef:
        return LICENSE[name]

    def record(self, name: str) -> URIRef:
        return SYSTEM[name]


@pytest.fixture(scope="module")
def rules(small_graph_root: Path) -> list[Rule]:
    return compile_rules(collect_inputs(small_graph_root))


def asked(
    store: EmbeddedStore,
    rules: list[Rule],
    frameworks: Sequence[Framework],
    settings: Sequence[str],
    removals: Sequence[str] = (),
    system: URIRef = LUMEN,
) -> WhatIf:
    changes = Reader(store, system, Names()).read(settings, removals)
    return what_if(store, rules, system, changes, frameworks)


def turned(result: WhatIf) -> dict[str, tuple[str, str]]:
    return {f.requirement.identifier: (f.before.words, f.after.words) for f in result.flips}


class TestFlips:
    def test_another_license_on_the_weights(
        self, small_store: EmbeddedStore, rules: list[Rule], frameworks: tuple[Framework, ...]
    ) -> None:
        settings = ["weights.license=Open-1.0", "weights.availability=available"]
        result = asked(small_store, rules, frameworks, settings)
        flips = turned(result)
        assert flips["OSAID.30"] == ("not met", "met")
        assert flips["FSF.3"] == ("not met", "met")
        assert flips["G7.1"] == ("met", "not met")
        assert "OSAID.07" not in flips
        assert "“weights of Lumen 7B” gives the freedom to use." in result.drawn

    def test_outcomes_come_first(
        self, small_store: EmbeddedStore, rules: list[Rule], frameworks: tuple[Framework, ...]
    ) -> None:
        g7 = find_framework(frameworks, "g7-2026")
        result = asked(small_store, rules, [g7], ["weights.license=Open-1.0"])
        named = [flip.outcome.label if flip.outcome else "" for flip in result.flips]
        assert named[:2] == ["Weights Available AI", "Open Weights AI"]
        assert not any(named[2:])

    def test_a_component_that_is_not_recorded_is_added(
        self, small_store: EmbeddedStore, rules: list[Rule], frameworks: tuple[Framework, ...]
    ) -> None:
        settings = ["data-card.availability=Available", "data-card.license=Open-1.0"]
        flips = turned(asked(small_store, rules, frameworks, settings))
        assert flips["MOF.06"] == ("cannot be decided", "met")

    def test_another_base_changes_the_ancestors(
        self, small_store: EmbeddedStore, rules: list[Rule], frameworks: tuple[Framework, ...]
    ) -> None:
        chat = SYSTEM["lumen-7b-chat"]
        result = asked(small_store, rules, frameworks, ["base=halo"], system=chat)
        assert result.drawn == ("Lumen 7B Chat has ancestor: Halo.",)
        assert result.withdrawn == ("Lumen 7B Chat has ancestor: Lumen 7B.",)
        assert turned(result) == {"EOSAI.03": ("cannot be decided", "met")}

    def test_what_was_the_only_source_of_a_verdict_leaves_it_open(
        self, small_store: EmbeddedStore, rules: list[Rule], frameworks: tuple[Framework, ...]
    ) -> None:
        result = asked(small_store, rules, frameworks, [], ["weights.license", "training-code"])
        flips = turned(result)
        assert flips["OSAID.30"] == ("not met", "cannot be decided")
        assert flips["OSAID.21.1"] == ("not met", "cannot be decided")

    def test_nothing_is_saved(
        self, small_store: EmbeddedStore, rules: list[Rule], frameworks: tuple[Framework, ...]
    ) -> None:
        before = set(small_store.engine)
        asked(small_store, rules, frameworks, ["weights.license=Open-1.0"], ["training-code"])
        assert set(small_store.engine) == before

    def test_bloom_would_be_open_source_with_another_license(
        self, shipped_store: EmbeddedStore, frameworks: tuple[Framework, ...]
    ) -> None:
        shipped_rules = compile_rules(collect_inputs())
        osaid = find_framework(frameworks, "osaid-1.0")
        settings = ["weights.license=Apache-2.0"]
        result = asked(shipped_store, shipped_rules, [osaid], settings, system=SYSTEM["bloom"])
        assert turned(result)["OSAID.07"] == ("not met", "met")
        llama = asked(shipped_store, shipped_rules, [osaid], settings, system=SYSTEM["llama-2"])
        assert "OSAID.07" not in turned(llama)


class TestTheCopy:
    def test_it_gives_the_verdicts_of_the_graph(
        self, small_store: EmbeddedStore, rules: list[Rule], frameworks: tuple[Framework, ...]
    ) -> None:
        for name in ("lumen-7b", "lumen-7b-chat", "halo", "lantern", "spark-api"):
            copy = Neighborhood(small_store, rules, SYSTEM[name]).copy()
            found, expected = (
                assess_system(store, SYSTEM[name], frameworks).verdicts
                for store in (copy, small_store)
            )
            assert found == expected

    @pytest.mark.parametrize(
        ("settings", "old", "new"),
        [
            (
                ["weights.license=Open-1.0"],
                "dcterms:license license:LicenseRef-Guarded-1.0",
                "dcterms:license license:Open-1.0",
            ),
            (
                ["evaluation-code.availability=not-available"],
                "osai:hasAvailability osai:AvailabilityUnknown",
                "osai:hasAvailability osai:NotAvailable",
            ),
            (
                ["weights.availability=available"],
                "osai:hasAvailability osai:Gated",
                "osai:hasAvailability osai:Available",
            ),
        ],
    )
    def test_changed_facts_give_what_a_build_of_the_changed_file_gives(
        self,
        settings: list[str],
        old: str,
        new: str,
        small_store: EmbeddedStore,
        small_graph_root: Path,
        rules: list[Rule],
        frameworks: tuple[Framework, ...],
        tmp_path: Path,
    ) -> None:
        shutil.copytree(small_graph_root, tmp_path / "graph")
        file = tmp_path / "graph" / "data" / "systems" / "lumen-7b.ttl"
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")
        built = build_store(tmp_path / "graph")[0]
        changes = Reader(small_store, LUMEN, Names()).read(settings)
        edits = [edit for change in changes for edit in change.edits]
        others = [node for change in changes for node in change.others]
        changed = Neighborhood(small_store, rules, LUMEN, others).changed(edits)
        found, expected = (
            assess_system(store, LUMEN, frameworks).verdicts for store in (changed, built)
        )
        assert found == expected
        about = f"SELECT ?s ?p ?o WHERE {{ {LUMEN.n3()} {OSAI.hasComponent.n3()}? ?s . ?s ?p ?o }}"
        told = f"FILTER (STRSTARTS(STR(?p), '{OSAI}') && ?p NOT IN (osai:reachesOutcome)) }}"
        query = f"PREFIX osai: <{OSAI}> {about[:-1]} {told}"
        assert set(changed.select(query).rows) == set(built.select(query).rows)

    def test_the_last_of_two_edits_holds(
        self, small_store: EmbeddedStore, rules: list[Rule]
    ) -> None:
        around = Neighborhood(small_store, rules, LUMEN)
        part = URIRef(f"{LUMEN}#weights")
        edits = [Edit(part, OSAI.hasAvailability, (OSAI[n],)) for n in ("Available", "Withdrawn")]
        rows = around.changed(edits).select(
            f"SELECT ?a WHERE {{ {part.n3()} {OSAI.hasAvailability.n3()} ?a }}"
        )
        assert rows.rows == [(OSAI.Withdrawn,)]


class TestReading:
    def read(self, store: EmbeddedStore, *settings: str, remove: str = "") -> tuple[Change, ...]:
        return Reader(store, LUMEN, Names()).read(settings, [remove] if remove else [])

    def test_changes_are_told_in_words(self, small_store: EmbeddedStore) -> None:
        changes = self.read(
            small_store, "weights.license=Open-1.0", "training-code.availability=NotAvailable"
        )
        assert [change.text for change in changes] == [
            "weights under Open Example License 1.0",
            "training-code not available",
        ]

    def test_names_of_components_are_those_of_the_data(self, small_store: EmbeddedStore) -> None:
        kinds = component_kinds(small_store)
        assert kinds["weights"] == kinds["model-weights"] == OSAI.ModelWeights
        assert kinds["training-code"] == OSAI.TrainingCode

    @pytest.mark.parametrize(
        ("setting", "nearest"),
        [
            ("wieghts.license=Open-1.0", "weights"),
            ("weights.licence=Open-1.0", "license"),
            ("weights.availability=availabel", "available"),
            ("bsae=halo", "base"),
        ],
    )
    def test_a_wrong_name_gets_the_nearest(
        self, setting: str, nearest: str, small_store: EmbeddedStore
    ) -> None:
        with pytest.raises(UnknownNameError) as caught:
            self.read(small_store, setting)
        assert nearest in caught.value.nearest

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            (("weights.license",), "sets nothing"),
            (("=Open-1.0",), "sets nothing"),
            (("base=halo", "base=spark-api"), "changed twice"),
        ],
    )
    def test_what_is_no_change(
        self, settings: tuple[str, ...], message: str, small_store: EmbeddedStore
    ) -> None:
        with pytest.raises(GraphError, match=message):
            self.read(small_store, *settings)

    def test_what_is_not_there_cannot_be_removed(self, small_store: EmbeddedStore) -> None:
        with pytest.raises(UnknownNameError) as caught:
            self.read(small_store, remove="waights")
        assert "weights" in caught.value.nearest
