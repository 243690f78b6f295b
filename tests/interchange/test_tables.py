"""Sources in tables and the stack map: verdicts, sizes, accessibility, component strings."""

from __future__ import annotations

from collections.abc import Callable

from rdflib import Graph, Literal, URIRef

from osai_graph.interchange.identity import Crosswalk
from osai_graph.interchange.os_ai_map import availability_of, parts_of
from osai_graph.interchange.summary import ImportSummary
from osai_graph.namespaces import DATASET, DCTERMS, LICENSE, OSAI, SYSTEM, XSD

Run = Callable[..., tuple[Graph, ImportSummary]]

EPOCH = (
    "\ufeffModel,Organization,Organization categorization,Publication date,Link,Parameters,"
    "Training compute (FLOP),Training dataset,Base model,Model accessibility,"
    "Training code accessibility,Inference code accessibility,Accessibility notes\n"
    '"Tiny\xa07B ","Some Lab,Old University","Industry,Academia",2024-05-02,https://lab.example/t,'
    '7000000000.0,1e+22,"The Heap,Unspecified unreleased",Big,Open weights (restricted use),'
    'Unreleased,,"https://huggingface.co/lab/tiny\n\nLlama 2 license"\n'
    "Hidden,Some Lab,Industry,soon,,many,,,,API access,,,\n"
)


def part(slug: str, fragment: str) -> URIRef:
    return URIRef(f"{SYSTEM[slug]}#{fragment}")


def test_epoch_row(run: Run) -> None:
    names = {"the heap": frozenset({"dataset:the-pile"}), "big": frozenset({"pythia"})}
    graph, summary = run("epoch", {"models.csv": EPOCH}, Crosswalk({}, names))
    tiny = SYSTEM["tiny-7b"]
    assert graph.value(tiny, DCTERMS.issued) == Literal("2024-05-02", datatype=XSD.date)
    assert graph.value(tiny, OSAI.parameterCount) == Literal(7_000_000_000)
    assert graph.value(tiny, OSAI.isDerivedFrom) == SYSTEM.pythia
    assert graph.value(tiny, OSAI.trainedOn) == DATASET["the-pile"]
    assert graph.value(tiny, OSAI.huggingFaceId) == Literal("lab/tiny")
    weights = part("tiny-7b", "weights")
    assert graph.value(weights, OSAI.hasAvailability) == OSAI.Available
    assert graph.value(weights, DCTERMS.license) == LICENSE["LicenseRef-Llama-2"]
    code = part("tiny-7b", "training-code")
    assert graph.value(code, OSAI.hasAvailability) == OSAI.NotAvailable
    kinds = {str(k).rpartition("#")[2] for k in graph.objects(None, OSAI.hasOrganizationKind)}
    assert kinds == {"Company", "UniversityGroup"}
    hidden = part("hidden", "weights")
    assert graph.value(hidden, OSAI.hasAvailability) == OSAI.NotAvailable
    assert summary.reasons() == {"date not understood": 1, "number not understood": 1}


def test_osi_verdicts_are_assessments_and_no_facts(run: Run) -> None:
    table = (
        "system,developer,verdict,reason_given,stage,source\n"
        "Tiny,Some Lab,does-not-comply,parts missing,final 2024,review\n"
        "Odd,Some Lab,who-knows,,,\n"
    )
    graph, summary = run("osi-validation", {"systems.csv": table})
    node = part("tiny", "osi-validation-verdict")
    assert graph.value(node, OSAI.assessedValue) == Literal("does not comply")
    assert graph.value(SYSTEM.tiny, OSAI.hasOpennessLabel) is None
    assert summary.reasons() == {"unknown verdict": 1}


def test_component_strings() -> None:
    parts = parts_of("weights:open(MIT; (c) 2025);data:closed;no feature-gated core;code:partial(x")
    assert [(p.name, p.state) for p in parts] == [
        ("weights", "open"),
        ("data", "closed"),
        ("", ""),
        ("code", "partial"),
    ]
    assert availability_of("announced_not_yet_released") == "NotAvailable"
    assert availability_of("not open") is None
    assert availability_of("mostly") is None


def stack(kind: str, components: str) -> dict[str, str | bytes]:
    return {
        "sources/products/thing.yaml": f"name: thing\ndisplay_name: The Thing\ntype: {kind}\n",
        "sources/scores/thing.yaml": (
            f"product: thing\nopenness:\n  score: 3\n  class: open_weights\n"
            f"  components: '{components}'\n  sources:\n"
            "  - {url: 'https://lab.example/card', shows: the card, accessed: '2026-06-04'}\n"
        ),
        "sources/organizations/lab.yaml": (
            "name: lab\ndisplay_name: Some Lab\ntype: company\nproducts: [thing]\n"
        ),
        "sources/organizations/jane.yaml": (
            "name: jane\ndisplay_name: Jane Roe\ntype: individual\nproducts: [thing]\n"
        ),
    }


def test_stack_map_model(run: Run) -> None:
    components = (
        "weights:open(Gemma);data:closed(mix);code:partial(inference examples; no training "
        "pipeline);license:Gemma-License(non-OSI, Prohibited-Use-Policy)"
    )
    graph, _ = run("os-ai-map", stack("model", components))
    weights = part("thing", "weights")
    assert graph.value(weights, DCTERMS.license) == LICENSE["LicenseRef-Gemma-Terms"]
    training, inference = part("thing", "training-code"), part("thing", "inference-code")
    assert graph.value(training, OSAI.hasAvailability) == OSAI.NotAvailable
    assert graph.value(inference, OSAI.hasAvailability) == OSAI.Available
    pages = [n for n in graph.objects(weights, OSAI.hasEvidence) if "page" in str(n)]
    assert len(pages) == 1
    assert "Jane" not in graph.serialize(format="turtle")


def test_stack_map_dataset(run: Run) -> None:
    graph, _ = run("os-ai-map", stack("dataset", "data:open(rows);license:MIT(OSI)"))
    assert graph.value(DATASET.thing, OSAI.hasAvailability) == OSAI.Available
    assert graph.value(DATASET.thing, DCTERMS.license) == LICENSE.MIT


def test_stack_map_software_with_an_open_core_states_no_license_for_the_whole(run: Run) -> None:
    graph, summary = run("os-ai-map", stack("software", "source:public;license:MIT(OSI, core)"))
    code = part("thing", "source-code")
    assert graph.value(code, OSAI.hasAvailability) == OSAI.Available
    assert graph.value(code, DCTERMS.license) is None
    assert graph.value(code, OSAI.declaredLicenseText) == Literal("MIT(OSI, core)")
    assert summary.reasons()["license text: understood in part"] == 1


def test_notes_of_epoch_by_part_give_the_weights_and_the_rest_stays_words(run: Run) -> None:
    head = "Model,Model accessibility,Accessibility notes\n"
    rows = (
        'One,Open weights (unrestricted),"MIT for weights:\nhttps://lab.example"\n'
        "Two,Open weights (restricted use),modified MIT\n"
    )
    graph, summary = run("epoch", {"models.csv": head + rows})
    assert graph.value(part("one", "weights"), DCTERMS.license) == LICENSE.MIT
    two = part("two", "weights")
    assert graph.value(two, DCTERMS.license) is None
    assert graph.value(two, OSAI.declaredLicenseText) == Literal("modified MIT")
    assert summary.reasons()["license notes kept out"] == 1
