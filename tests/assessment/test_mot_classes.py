"""The classes of MOF 1.0 are those that the Model Openness Tool gives, for record after record."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from osai_graph import resources
from osai_graph.assessment.derivation import conclude
from osai_graph.assessment.frameworks import Framework
from osai_graph.assessment.verdicts import Assessment, Assessor
from osai_graph.build import collect_inputs, compile_rules
from osai_graph.graph.store import EmbeddedStore
from osai_graph.interchange.identity import Crosswalk
from osai_graph.interchange.mot import ModelOpennessTool
from osai_graph.interchange.mot_licenses import mot_open_licenses
from osai_graph.interchange.records import import_records
from osai_graph.namespaces import SYSTEM
from osai_graph.validation.entries import read_entries
from osai_graph.validation.neighborhood import gather
from osai_graph.validation.working import accepted_graph

#: The component list of the tool: kind of content, class, and whether the class requires it.
COMPONENTS = {
    "Model architecture": ("code", 3, True),
    "Model parameters (Final)": ("data", 3, True),
    "Technical report": ("document", 3, True),
    "Evaluation results": ("document", 3, True),
    "Model card": ("document", 3, True),
    "Data card": ("document", 3, True),
    "Sample model outputs": ("document", 3, False),
    "Training code": ("code", 2, True),
    "Inference code": ("code", 2, True),
    "Evaluation code": ("code", 2, True),
    "Evaluation data": ("data", 2, True),
    "Supporting libraries and tools": ("code", 2, False),
    "Datasets": ("data", 1, True),
    "Research paper": ("document", 1, True),
    "Data preprocessing code": ("code", 1, True),
    "Model parameters (Intermediate)": ("data", 1, True),
    "Model metadata": ("data", 1, False),
}
UNREAD = "apache 2.0"

Record = dict[str, Any]


def expected_class(record: Record) -> int:
    """Return the class by the rules of the tool, from the record alone; 0 is none."""
    release = record["release"]
    passed = set()
    for component in release["components"]:
        kind = COMPONENTS[component["name"]][0]
        inherited = [release["license"].get(h, {}).get("name") for h in (kind, "distribution")]
        given = (
            component["license"] if "license" in component else next(filter(None, inherited), "")
        )
        # the tool's identifiers of these tests are today's
        if given in mot_open_licenses():
            passed.add(component["name"])
    reached = 0
    for class_ in (3, 2, 1):
        needed = {n for n, (_, c, required) in COMPONENTS.items() if c == class_ and required}
        if "Research paper" in passed:
            needed.discard("Technical report")
        if not needed <= passed:
            break
        reached = class_
    return reached


def whole(without: tuple[str, ...] = (), **licenses: str) -> Record:
    """Return a record of every component but some, under licenses for kinds of content."""
    holders = {holder: {"name": name, "path": ""} for holder, name in licenses.items()}
    names = [name for name in COMPONENTS if name not in without]
    return {
        "framework": {"name": "Model Openness Framework", "version": "1.0"},
        "release": {
            "producer": "Aurora Labs",
            "license": holders,
            "components": [{"name": name, "description": "words"} for name in names],
        },
    }


def up_to(class_: int) -> tuple[str, ...]:
    """Return the components that only higher classes ask for."""
    return tuple(name for name, (_, c, _) in COMPONENTS.items() if c < class_)


def cases() -> Iterator[tuple[str, Record]]:
    first = whole(distribution="Apache-2.0", data="CC-BY-4.0")
    yield "whole", first
    yield "class II", whole(up_to(2), distribution="Apache-2.0")
    yield "class III", whole(up_to(3), distribution="Apache-2.0")
    yield "no license", whole()
    yield "non-commercial", whole(distribution="CC-BY-NC-4.0")
    yield "documents closed", whole(distribution="MIT", document="CC-BY-ND-4.0")
    yield "documents open", whole(distribution="CC-BY-NC-4.0", document="CC-BY-4.0")
    yield "rare licenses", whole(code="AFL-1.2", data="CC-BY-3.0-NL", document="CC-BY-SA-3.0")
    yield "neither", whole(("Technical report", "Research paper"), distribution="MIT")
    yield "report alone", whole(("Research paper",), distribution="MIT")
    yield "paper alone", whole(("Technical report",), distribution="MIT")
    for place, component in enumerate(first["release"]["components"]):
        record = copy.deepcopy(first)
        del record["release"]["components"][place]
        yield f"{component['name']}: dropped", record
        for given in ("CC-BY-NC-4.0", "Component not included"):
            record = copy.deepcopy(first)
            record["release"]["components"][place]["license"] = given
            yield f"{component['name']}: {given}", record
    for given in ("", "unlicensed", "House terms"):
        record = copy.deepcopy(first)
        record["release"]["components"][0]["license"] = given
        yield f"architecture: {given or 'empty'}", record


CASES: Mapping[str, Record] = dict(cases())


@pytest.fixture(scope="module")
def judged(
    tmp_path_factory: pytest.TempPathFactory,
    shipped_store: EmbeddedStore,
    frameworks: tuple[Framework, ...],
) -> tuple[EmbeddedStore, Assessment, Framework]:
    """Every record, read and judged in one store; each is a system of its own."""
    folder = tmp_path_factory.mktemp("mot")
    (folder / "models").mkdir()
    unread = whole(distribution="Apache-2.0")
    unread["release"]["components"][1]["license"] = UNREAD
    for number, record in enumerate([*CASES.values(), unread]):
        record["release"]["name"] = f"Lumen {number}B"
        (folder / "models" / f"Lumen-{number}B.yml").write_text(yaml.safe_dump(record), "utf-8")
    nothing_known = Crosswalk({})
    importer = ModelOpennessTool(None, nothing_known, nothing_known)
    written = folder / "data" / "sources" / "mot"
    import_records(importer, folder, written)
    entries, findings = read_entries(sorted(written.glob("*.ttl")), folder)
    assert not findings
    around = gather(shipped_store, entries)
    rules = compile_rules(collect_inputs())
    store = accepted_graph(resources.graph_root(), around, entries, rules).store
    mof = next(f for f in frameworks if f.slug == "mof-1.0")
    return store, Assessor([mof]).assess(store), mof


def class_of(judged: tuple[EmbeddedStore, Assessment, Framework], number: int) -> int:
    _, assessment, mof = judged
    reached = assessment.reached(SYSTEM[f"lumen-{number}b"], mof)
    return 4 - max(outcome.order for outcome in reached) if reached else 0


def test_every_record_gets_the_class_of_the_tool(
    judged: tuple[EmbeddedStore, Assessment, Framework],
) -> None:
    expected = {name: expected_class(record) for name, record in CASES.items()}
    found = {name: class_of(judged, number) for number, name in enumerate(CASES)}
    assert found == expected
    assert {0, 1, 2, 3} == set(expected.values())


def test_a_license_name_that_the_tool_cannot_read_is_why_the_class_differs(
    judged: tuple[EmbeddedStore, Assessment, Framework],
) -> None:
    store, _, mof = judged
    system = SYSTEM[f"lumen-{len(CASES)}b"]
    assert class_of(judged, len(CASES)) == 1
    (conclusion,) = conclude(store, [mof], system)
    weights = conclusion.reasons[0].parts[1]
    shown = {
        evidence.shows
        for ground in weights.grounds
        for check in ground.checks
        for evidence in check.evidence
    }
    assert f'as "{UNREAD}". The tool does not know the license by this name' in " ".join(shown)
