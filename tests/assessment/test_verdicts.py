"""Verdicts follow from facts as each framework says, on models made up for the purpose."""

from __future__ import annotations

import pytest
from rdflib import URIRef

from osai_graph.assessment.verdicts import CONTRADICTION, Assessor, Verdict, assess_system
from osai_graph.namespaces import LICENSE, PREFIXES
from tests.assessment.conftest import EVIDENCE, LICENSES, LUMEN, SHOWN, model, stored, value_of

OPEN_CODE = [f"{kind} Available Open" for kind in ("TrainingCode", "InferenceCode")]
COMPLETE = [
    "ModelWeights Available Open",
    "DataPreprocessingCode Available Open",
    "ModelArchitecture Available Open",
    "DataInformation Available",
    *OPEN_CODE,
]


def with_part(part: str) -> list[str]:
    """Return a complete release with one part in another state."""
    kind = part.split()[0]
    return [p for p in COMPLETE if p.split()[0] != kind] + [part]


def without(kind: str) -> list[str]:
    return [p for p in COMPLETE if p.split()[0] != kind]


def verdict(assessor: Assessor, parts: list[str], slug: str, identifier: str) -> Verdict:
    assessment = assessor.assess(model(parts))
    framework = next(f for f in assessor.frameworks if f.slug == slug)
    found = assessment.verdict(LUMEN, framework.requirement(identifier))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        (COMPLETE, "met"),
        (with_part("ModelWeights Available Content"), "met"),
        (with_part("ModelWeights Available Limited"), "not met"),
        (with_part("ModelWeights NotAvailable"), "not met"),
        (with_part("ModelWeights Withdrawn"), "not met"),
        (with_part("ModelWeights Gated Open"), "cannot be decided"),
        (with_part("ModelWeights Gated Limited"), "not met"),
        (with_part("ModelWeights Available"), "cannot be decided"),
        (with_part("ModelWeights Available Unlisted"), "cannot be decided"),
        (with_part("TrainingCode Available Content"), "not met"),
        (with_part("TrainingCode NotAvailable"), "not met"),
        (with_part("TrainingCode AvailabilityUnknown"), "cannot be decided"),
        (without("TrainingCode"), "cannot be decided"),
        (without("ModelArchitecture"), "met"),
        (with_part("ModelArchitecture Available Limited"), "not met"),
        (with_part("DataPreprocessingCode NotApplicable"), "met"),
        (without("DataPreprocessingCode"), "cannot be decided"),
        (with_part("DataInformation NotAvailable"), "cannot be decided"),
        ([*with_part("DataInformation NotAvailable"), "TrainingData NotAvailable"], "not met"),
        ([*with_part("DataInformation NotAvailable"), "TrainingData Partial"], "not met"),
        ([*with_part("DataInformation NotAvailable"), "TrainingData Available"], "met"),
        ([*with_part("DataInformation Partial"), "TrainingData Partial"], "not met"),
        ([*with_part("DataInformation Partial"), "TrainingData Gated"], "cannot be decided"),
        ([*COMPLETE, "TrainingData NotAvailable"], "met"),
        ([*COMPLETE, "EvaluationCode AvailabilityUnknown"], "met"),
        ([*COMPLETE, "EvaluationCode NotApplicable"], "met"),
        ([*COMPLETE, "EvaluationCode NotAvailable"], "not met"),
        ([*COMPLETE, "SupportingLibraries Available Limited"], "not met"),
        ([*COMPLETE, "SupportingLibraries Available None"], "met"),
        ([*COMPLETE, "EvaluationCode Available None"], "not met"),
        ([], "cannot be decided"),
    ],
    ids=str,
)
def test_open_source_ai_definition(assessor: Assessor, parts: list[str], value: str) -> None:
    assert verdict(assessor, parts, "osaid-1.0", "OSAID.07").value.words == value


def test_one_good_part_of_a_kind_suffices(assessor: Assessor) -> None:
    parts = [*COMPLETE, "TrainingCode NotAvailable", "ModelWeights Available Limited"]
    assert verdict(assessor, parts, "osaid-1.0", "OSAID.21.1").value.words == "met"
    assert verdict(assessor, parts, "osaid-1.0", "OSAID.30").value.words == "met"


CHOICE = """
license:Choice a osai:LicenseChoice ; osai:offers license:Limited , license:Open .
license:BadChoice a osai:LicenseChoice ; osai:offers license:Limited , license:Content .
license:OpenChoice a osai:LicenseChoice ; osai:offers license:Unlisted , license:Limited .
license:Set a osai:LicenseSet ; osai:combines license:Open , license:Choice .
license:BadSet a osai:LicenseSet ; osai:combines license:Open , license:Limited .
license:Nested a osai:LicenseSet ; osai:combines license:Open , license:BadSet .
license:Both a osai:LicenseSet ; osai:combines license:Open , license:Unlisted .
"""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Choice", "met"),
        ("BadChoice", "not met"),
        ("OpenChoice", "cannot be decided"),
        ("Set", "met"),
        ("BadSet", "not met"),
        ("Nested", "not met"),
        ("Both", "cannot be decided"),
    ],
)
def test_any_of_a_choice_and_all_of_a_set(assessor: Assessor, name: str, value: str) -> None:
    store = model([f"TrainingCode Available {name}"], CHOICE)
    assert value_of(assessor.assess(store), "osaid-1.0", "OSAID.21.1") == value


CLASS_3 = [
    "ModelArchitecture Available Open",
    "ModelWeights Available Content",
    "EvaluationResults Available Content",
    "ModelCard Available Content",
    "DataCard Available Content",
]
REPORT, PAPER = "TechnicalReport Available Content", "ResearchPaper Available Content"
CLASS_2 = [
    *OPEN_CODE,
    "EvaluationCode Available Open",
    "EvaluationData Available Content",
]
CLASS_1 = [
    "TrainingData Available Content",
    "DataPreprocessingCode Available Open",
    "IntermediateCheckpoint Available Content",
]


@pytest.mark.parametrize(
    ("parts", "outcomes"),
    [
        ([], []),
        (CLASS_3, []),
        ([*CLASS_3, REPORT], ["class-iii"]),
        ([*CLASS_3, PAPER], ["class-iii"]),
        ([*CLASS_3, REPORT.replace("Content", "Limited"), PAPER], ["class-iii"]),
        ([*CLASS_3, PAPER.replace("Content", "Limited")], []),
        ([*CLASS_3[1:], REPORT, *CLASS_2], []),
        ([*CLASS_3, REPORT, *CLASS_2], ["class-iii", "class-ii"]),
        ([*CLASS_3, REPORT, *CLASS_2[1:], *CLASS_1, PAPER], ["class-iii"]),
        ([*CLASS_3, REPORT, *CLASS_2, *CLASS_1], ["class-iii", "class-ii"]),
        ([*CLASS_3, *CLASS_2, *CLASS_1, PAPER], ["class-iii", "class-ii", "class-i"]),
        ([*CLASS_3, *CLASS_2, *CLASS_1[1:], PAPER], ["class-iii", "class-ii"]),
        (
            [*CLASS_3, *CLASS_2, "TrainingData Available Limited", *CLASS_1[1:], PAPER],
            ["class-iii", "class-ii"],
        ),
        ([p.replace("Available", "Gated") for p in [*CLASS_3, REPORT]], ["class-iii"]),
        ([p.replace("Card Available", "Card Partial") for p in [*CLASS_3, REPORT]], ["class-iii"]),
        ([p.replace("Weights Available", "Weights Partial") for p in [*CLASS_3, REPORT]], []),
        ([p.rpartition(" ")[0] for p in [*CLASS_3, REPORT]], []),
    ],
    ids=range(17),
)
def test_classes_are_those_of_the_model_openness_tool(
    assessor: Assessor, parts: list[str], outcomes: list[str]
) -> None:
    framework = next(f for f in assessor.frameworks if f.slug == "mof-1.0")
    reached = assessor.assess(model(parts)).reached(LUMEN, framework)
    assert [outcome.iri.rpartition("#")[2] for outcome in reached] == outcomes


def test_an_inherited_license_counts_for_a_class_and_for_nothing_else(assessor: Assessor) -> None:
    node = f"<{LUMEN}#p0>"
    store = model(["TrainingCode Available"], f"{node} osai:hasInheritedLicense license:Open .")
    assessment = assessor.assess(store)
    assert value_of(assessment, "mof-1.0", "MOF.08") == "met"
    assert value_of(assessment, "osaid-1.0", "OSAID.21.1") == "cannot be decided"


@pytest.mark.parametrize(
    ("weights", "labels"),
    [
        ("Available Limited", ["weights-available"]),
        ("Gated Limited", ["weights-available"]),
        ("Available Open", ["open-weights"]),
        ("Gated Chosen", []),
        ("NotAvailable", []),
    ],
)
def test_labels_of_the_g7(assessor: Assessor, weights: str, labels: list[str]) -> None:
    chosen = """license:Chosen osai:hasRestriction license:Chosen-gate ;
      osai:deniesFreedom osai:FreedomToUse , osai:FreedomToStudy .
    license:Chosen-gate osai:hasRestrictionKind osai:RegistrationGate ;
      osai:takesFreedom osai:FreedomToStudy ."""
    store = model([f"ModelWeights {weights}", "InferenceCode Available Open"], chosen)
    framework = next(f for f in assessor.frameworks if f.slug == "g7-2026")
    reached = assessor.assess(store).reached(LUMEN, framework)
    assert [outcome.iri.rpartition("#")[2] for outcome in reached] == labels


def test_data_that_cannot_be_shared_leaves_the_label_to_a_person(assessor: Assessor) -> None:
    parts = [*COMPLETE, "TrainingData Partial"]
    found = verdict(assessor, parts, "g7-2026", "G7.3D")
    assert found.value.words == "cannot be decided"
    question = verdict(assessor, parts, "g7-2026", "G7.3D.4")
    assert "legally or technically impossible" in question.missing[0]


@pytest.mark.parametrize(
    ("kinds", "value"),
    [
        ("osai:BehavioralList , osai:FlowDown", "cannot be decided"),
        ("osai:NonCommercial", "not met"),
        ("osai:UserThreshold", "not met"),
        ("osai:RedistributionLimit", "not met"),
    ],
)
def test_the_ai_act_leaves_use_limits_open_and_fails_on_scale(
    assessor: Assessor, kinds: str, value: str
) -> None:
    rail = f"""license:Rail osai:hasRestriction license:Rail-1 ;
      osai:deniesFreedom osai:FreedomToUse .
    license:Rail-1 osai:hasRestrictionKind {kinds} ."""
    store = model(["ModelWeights Available Rail", *COMPLETE[1:], "ModelCard Available"], rail)
    assert value_of(assessor.assess(store), "ai-act-open-source", "AIA.04a") == value


def test_what_is_outside_the_graph_is_said_to_be(assessor: Assessor) -> None:
    found = verdict(assessor, COMPLETE, "ai-act-open-source", "AIA.16")
    assert found.value.words == "cannot be decided"
    assert found.missing == ("This graph holds no facts of this kind: no monetization.",)
    exempt = verdict(assessor, COMPLETE, "ai-act-open-source", "AIA.04")
    assert exempt.value.words == "cannot be decided"


def test_compute_above_the_threshold_refutes(assessor: Assessor) -> None:
    for compute, value in (("2.0e25", "not met"), ("1.0e25", "cannot be decided")):
        store = model([], f"system:lumen osai:trainingCompute {compute} ; {SHOWN} .")
        assert value_of(assessor.assess(store), "ai-act-open-source", "AIA.21") == value


def test_software_is_judged_as_software_only(assessor: Assessor) -> None:
    node = f"<{PREFIXES['system']}flow#code>"
    store = stored(f"""{LICENSES}{EVIDENCE}
    system:flow a osai:SoftwareTool , osai:System ; osai:hasComponent {node} .
    {node} a osai:SourceCode ; {SHOWN} ; osai:hasAvailability osai:Available ;
      dcterms:license license:Open .
    """)
    assessment = assessor.assess(store)
    assert {v.framework.slug for v in assessment} == {"open-source-definition"}
    flow = URIRef(PREFIXES["system"] + "flow")
    assert value_of(assessment, "open-source-definition", "OSD.0", flow) == "met"


def test_a_hosted_service_hands_out_no_parameters(assessor: Assessor) -> None:
    store = stored("system:lumen a osai:HostedService , osai:AISystem , osai:System .")
    assessment = assessor.assess(store)
    assert value_of(assessment, "osaid-1.0", "OSAID.07") == "not met"
    assert value_of(assessment, "g7-2026", "G7.1") == "not met"


def test_a_verdict_names_the_part_and_the_license_that_decided(assessor: Assessor) -> None:
    parts = ["ModelWeights Available Limited", "TrainingCode NotAvailable"]
    weights = verdict(assessor, parts, "osaid-1.0", "OSAID.30")
    assert weights.because == (LICENSE.Limited, URIRef(f"{LUMEN}#p0"))
    code = verdict(assessor, parts, "osaid-1.0", "OSAID.21.1")
    assert code.because == (URIRef(f"{LUMEN}#p1"),)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("", "Nothing is recorded on this part: TrainingCode."),
        ("AvailabilityUnknown", "It is not known whether this part can be had: TrainingCode."),
        ("Available", "No license is recorded for this part: TrainingCode."),
        ("Gated Open", "A gate stands before this part"),
        ("Partial Open", "Only a portion of this part can be had"),
        ("Available Unlisted", "A person has to judge: training code under"),
    ],
)
def test_an_open_verdict_says_what_is_missing(assessor: Assessor, part: str, words: str) -> None:
    found = verdict(assessor, [f"TrainingCode {part}"] if part else [], "osaid-1.0", "OSAID.21.1")
    assert found.value.words == "cannot be decided"
    assert len(found.missing) == 1
    assert found.missing[0].startswith(words)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("dcterms:license", "No source is recorded that shows whether this part can be had"),
        ("osai:hasAvailability", "No source is recorded that shows the license of this part"),
    ],
)
@pytest.mark.parametrize("part", ["Available Open", "Available Limited"])
def test_a_fact_that_nothing_shows_decides_nothing(
    assessor: Assessor, part: str, shown: str, words: str
) -> None:
    store = stored(f"""{LICENSES} system:lumen a osai:Model , osai:AISystem , osai:System ;
      osai:hasComponent system:code . system:code a osai:TrainingCode ;
      osai:hasAvailability osai:{part.split()[0]} ; dcterms:license license:{part.split()[1]} ;
      osai:hasEvidence system:page . system:page osai:isEvidenceFor {shown} .""")
    framework = next(f for f in assessor.frameworks if f.slug == "osaid-1.0")
    found = assessor.assess(store).verdict(LUMEN, framework.requirement("OSAID.21.1"))
    assert found is not None
    if part == "Available Limited" and shown == "dcterms:license":
        assert found.value.words == "not met"  # the license alone refutes
    else:
        assert found.value.words == "cannot be decided"
        assert found.missing[0].startswith(words)


def test_a_missing_license_is_missed_only_where_one_is_asked_for(assessor: Assessor) -> None:
    found = verdict(assessor, ["ModelCard Available"], "european-index", "EOSAI.10")
    assert found.value.words == "met"
    found = verdict(assessor, ["ModelWeights Gated"], "european-index", "EOSAI.04")
    assert not any("license" in sentence for sentence in found.missing)


def test_facts_that_contradict_each_other_decide_nothing(assessor: Assessor) -> None:
    parts = ["ModelWeights Available Open", "ModelWeights Available Limited"]
    found = verdict(assessor, parts, "g7-2026", "G7.L2")
    assert found.value.words == "cannot be decided"
    assert found.missing == (CONTRADICTION,)
    assert {LICENSE.Open, LICENSE.Limited} <= set(found.because)


def test_leaves_that_are_met_are_counted(assessor: Assessor) -> None:
    found = verdict(assessor, COMPLETE, "osaid-1.0", "OSAID.07")
    assert (found.met, found.leaves) == (8, 9)


def test_one_system_gets_the_verdicts_that_it_gets_among_all(assessor: Assessor) -> None:
    extra = f"""system:base a osai:Model , osai:AISystem , osai:System ;
      osai:hasComponent <{PREFIXES["system"]}base#w> .
    <{PREFIXES["system"]}base#w> a osai:ModelWeights ; {SHOWN} ;
      osai:hasAvailability osai:Available .
    system:lumen osai:isDerivedFrom system:base .
    {CHOICE}"""
    store = model([*COMPLETE, "TrainingCode Available Nested"], extra)
    everything = assessor.assess(store)
    alone = assess_system(store, LUMEN, assessor.frameworks)
    assert alone.systems == (LUMEN,)
    assert alone.verdicts == {k: v for k, v in everything.verdicts.items() if k[0] == LUMEN}
    assert value_of(alone, "european-index", "EOSAI.03") == "met"


def test_a_system_of_no_kind_gets_no_verdict(assessor: Assessor) -> None:
    assert len(assessor.assess_system(model([]), URIRef(PREFIXES["system"] + "nobody"))) == 0
