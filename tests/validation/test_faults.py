"""Every fault of ``fixtures/entries/faults.toml`` gives one finding; right entries give none."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from osai_graph.validation import Finding, GraphContext, validate
from osai_graph.validation.entries import READING_RULES
from osai_graph.validation.shapes import load_shapes

ENTRIES = Path(__file__).parent.parent / "fixtures" / "entries"


@dataclass(frozen=True)
class Fault:
    number: int
    code: str
    file: str
    find: str
    replace: str
    says: str
    suggests: str = ""

    @property
    def slug(self) -> str:
        return f"{Path(self.file).name}-{self.number}"

    def write_below(self, folder: Path) -> Path:
        """Write the wrong entry as a record of its own, so that all can be checked at once."""
        right = (ENTRIES / "right" / f"{self.file}.ttl").read_text(encoding="utf-8")
        assert right.count(self.find) == 1, f"{self.find!r} stands {right.count(self.find)} times"
        wrong = right.replace(self.find, self.replace)
        path = folder / Path(self.file).parent / f"{self.slug}.ttl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_renamed(wrong, Path(self.file), self.slug), encoding="utf-8")
        return path


def _renamed(text: str, file: Path, slug: str) -> str:
    kind = {"LicenseRef-Ember-1.0": "license"}.get(file.name, str(file.parent).removesuffix("s"))
    for prefix in (f"{kind}:", f"{kind}/", f"{file.parent}/"):
        text = text.replace(f"{prefix}{file.name}", f"{prefix}{slug}")
    return text


def _faults() -> list[Fault]:
    table = tomllib.loads((ENTRIES / "faults.toml").read_text(encoding="utf-8"))
    return [Fault(number, **row) for number, row in enumerate(table["fault"])]


FAULTS = _faults()


@pytest.fixture(scope="session")
def findings(
    tmp_path_factory: pytest.TempPathFactory, small_context: GraphContext
) -> dict[str, list[Finding]]:
    """The findings of all wrong entries by the slug of their record, from one validation."""
    folder = tmp_path_factory.mktemp("wrong")
    report = validate([fault.write_below(folder) for fault in FAULTS], small_context)
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        grouped[Path(finding.file).stem].append(finding)
    return grouped


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.code}-{fault.number}")
def test_each_fault_gives_one_finding(fault: Fault, findings: dict[str, list[Finding]]) -> None:
    found = findings[fault.slug]
    assert [finding.code for finding in found] == [fault.code], found
    finding = found[0]
    assert fault.says in f"{finding.message} {finding.fix} {finding.focus}"
    if fault.suggests:
        assert finding.suggestions[0] == fault.suggests


def test_right_entries_give_no_finding(small_context: GraphContext) -> None:
    report = validate([ENTRIES / "right"], small_context)
    assert report.findings == ()
    assert len(report.files) == 7


def test_every_shape_has_a_fault_that_it_catches(findings: dict[str, list[Finding]]) -> None:
    caught = {finding.shape for group in findings.values() for finding in group}
    shapes = {str(shape) for shape in load_shapes().rules}
    assert shapes - caught == set()


def test_codes_of_reading_and_of_shapes_are_apart() -> None:
    assert not {rule.code for rule in load_shapes().rules.values()} & set(READING_RULES)


def test_every_finding_says_what_to_do(findings: dict[str, list[Finding]]) -> None:
    for group in findings.values():
        for finding in group:
            assert finding.fix
            assert "{?" not in finding.message + finding.fix
            assert "https://w3id.org/osai-graph/ns#" not in finding.message + finding.fix
