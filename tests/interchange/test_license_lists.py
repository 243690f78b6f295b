"""Lists of licenses: SPDX, AboutCode LicenseDB, and the identifiers of the hub."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rdflib import Graph, Literal, URIRef

from osai_graph.errors import GraphError
from osai_graph.interchange.summary import ImportSummary
from osai_graph.namespaces import DCTERMS, LICENSE, OSAI, OWL, RDF, RDFS, SKOS, SPDX

Run = Callable[..., tuple[Graph, ImportSummary]]
GRANTS = (OSAI.grantsFreedom, OSAI.leavesFreedomUnknown)


def spdx(identifier: str, **fields: Any) -> dict[str, Any]:
    return {"licenseId": identifier, "name": f"{identifier} License", **fields}


def listed(*items: Any) -> dict[str, str]:
    return {"licenses.json": json.dumps({"licenses": list(items)})}


@pytest.mark.parametrize(
    ("fields", "osi", "fsf", "granted"),
    [
        ({"isOsiApproved": True, "isFsfLibre": True}, "Approved", "Approved", 4),
        ({"isOsiApproved": True}, "Approved", "ApprovalUnknown", 4),
        ({"isOsiApproved": False, "isFsfLibre": True}, "NotApproved", "Approved", 0),
        ({"isOsiApproved": False, "isFsfLibre": False}, "NotApproved", "NotApproved", 0),
        ({"isOsiApproved": "yes"}, "ApprovalUnknown", "ApprovalUnknown", 0),
    ],
)
def test_flags_say_what_is_approved_and_only_that_grants(
    run: Run, fields: dict[str, Any], osi: str, fsf: str, granted: int
) -> None:
    graph, _ = run("spdx", listed(spdx("Zebra-1.0", **fields)))
    license_ = LICENSE["Zebra-1.0"]
    assert graph.value(license_, OSAI.hasOsiStatus) == OSAI[osi]
    assert graph.value(license_, OSAI.hasFsfStatus) == OSAI[fsf]
    assert len(list(graph.objects(license_, OSAI.grantsFreedom))) == granted
    assert sum(len(list(graph.objects(license_, grant))) for grant in GRANTS) == 4
    assert (license_, SPDX.licenseId, Literal("Zebra-1.0")) in graph


@pytest.mark.parametrize(
    ("identifier", "status"),
    [("AFL-1.2", "Approved"), ("CC-BY-3.0-NL", "Approved"), ("Zebra-1.0", "NotApproved")],
)
def test_the_openness_test_of_the_model_openness_tool_is_on_record(
    run: Run, identifier: str, status: str
) -> None:
    graph, _ = run("spdx", listed(spdx(identifier, isOsiApproved=False)))
    assert graph.value(LICENSE[identifier], OSAI.hasMotStatus) == OSAI[status]
    evidence = URIRef(f"{LICENSE[identifier]}#model-openness-tool")
    assert (evidence, OSAI.isEvidenceFor, OSAI.hasMotStatus) in graph


def test_a_license_with_a_record_of_its_own_is_left_alone(run: Run) -> None:
    graph, summary = run("spdx", listed(spdx("MIT"), spdx("mit"), spdx("Zebra-1.0")))
    assert set(graph.subjects(RDF.type, OSAI.License)) == {LICENSE["Zebra-1.0"]}
    assert summary.reasons()["has a record of its own"] == 2


def test_an_old_identifier_names_those_that_took_its_place(run: Run) -> None:
    later = [{"id": "Zebra-1.0-only"}, {"id": "Zebra-1.0-or-later", "expression": "Zebra-1.0+"}]
    old = spdx("Zebra-1.0", isDeprecatedLicenseId=True, obsoletedBy=[*later, {"id": "Lost"}])
    graph, summary = run("spdx", listed(old, spdx("Zebra-1.0-only"), spdx("Zebra-1.0-or-later")))
    assert set(graph.objects(LICENSE["Zebra-1.0"], DCTERMS.isReplacedBy)) == {
        LICENSE["Zebra-1.0-only"],
        LICENSE["Zebra-1.0-or-later"],
    }
    assert list(graph.subjects(OWL.deprecated)) == [LICENSE["Zebra-1.0"]]
    assert summary.reasons()["replaced by an expression, kept out"] == 1


def test_entries_without_a_fit_identifier_are_noted(run: Run) -> None:
    graph, summary = run("spdx", listed({"name": "x"}, spdx("../up"), "text", spdx("Zebra-1.0")))
    assert len(set(graph.subjects(RDF.type, OSAI.License))) == 1
    assert summary.reasons()["entry without an identifier"] == 2


@pytest.mark.parametrize("content", ["[", "{}", '"text"', "", '{"licenses": 3}'])
def test_what_is_no_list_is_refused_in_words(run: Run, content: str) -> None:
    with pytest.raises(GraphError):
        run("spdx", {"licenses.json": content})


def test_keys_and_categories_of_the_license_database(run: Run) -> None:
    entries = [
        {"key": "llama-2-license-2023", "name": "Llama 2", "category": "Proprietary Free"},
        {"key": "zebra-model-1", "name": "Zebra Model License", "category": 7},
        {"key": "mit", "name": "MIT License", "spdx_license_key": "MIT"},
        {"name": "no key"},
    ]
    graph, summary = run("licensedb", {"ai-and-data-licenses.json": json.dumps(entries)})
    identifiers = {
        str(s).removeprefix(LICENSE): str(o) for s, o in graph.subject_objects(DCTERMS.identifier)
    }
    assert identifiers == {
        "LicenseRef-Llama-2": "scancode:llama-2-license-2023",
        "LicenseRef-scancode-zebra-model-1": "scancode:zebra-model-1",
        "MIT": "scancode:mit",
    }
    node = URIRef(f"{LICENSE['LicenseRef-Llama-2']}#licensedb-category")
    assert graph.value(node, OSAI.assessedValue) == Literal("Proprietary Free")
    assert len(list(graph.objects(None, OSAI.leavesFreedomUnknown))) == 4
    assert summary.reasons()["entry without a key"] == 1


def test_identifiers_of_the_hub(run: Run) -> None:
    table = "id,fullname,license_url,info_url\nllama3.1,Llama 3.1 Community License Agreement,,\n"
    table += "gpl,GNU General Public License family,,\nunknown,Unknown,,\n"
    graph, summary = run("hf-licenses", {"license-ids.csv": table})
    assert set(graph.subjects(RDF.type, OSAI.License)) == {LICENSE["LicenseRef-Llama-3.1"]}
    license_ = LICENSE["LicenseRef-Llama-3.1"]
    assert graph.value(license_, SKOS.altLabel) == Literal("llama3.1", lang="en")
    assert graph.value(license_, RDFS.label) is not None
    assert summary.reasons() == {"family without a version": 1, "no license": 1}
