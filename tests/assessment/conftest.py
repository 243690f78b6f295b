"""The shipped frameworks, the shipped graph, and graphs of a few facts written in a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from rdflib import Graph, URIRef

from osai_graph import resources
from osai_graph.assessment.frameworks import Framework, read_frameworks
from osai_graph.assessment.verdicts import Assessment, Assessor
from osai_graph.build import open_graph
from osai_graph.graph.store import EmbeddedStore
from osai_graph.namespaces import PREFIXES

PREAMBLE = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())

Facts = Callable[[str], EmbeddedStore]


@pytest.fixture(scope="session")
def shipped_store() -> EmbeddedStore:
    return open_graph().store


@pytest.fixture(scope="session")
def frameworks() -> tuple[Framework, ...]:
    return read_frameworks(resources.framework_files())


@pytest.fixture(scope="session")
def assessor(frameworks: tuple[Framework, ...]) -> Assessor:
    return Assessor(frameworks)


@pytest.fixture(scope="session")
def shipped_assessment(shipped_store: EmbeddedStore, assessor: Assessor) -> Assessment:
    return assessor.assess(shipped_store)


def stored(turtle: str) -> EmbeddedStore:
    """Return a store whose default graph holds a few triples."""
    graph = Graph(bind_namespaces="none")
    graph.parse(data=PREAMBLE + turtle, format="turtle")
    store = EmbeddedStore()
    store.add(graph)
    return store


LICENSES = """
license:Open osai:hasOsiStatus osai:Approved ; osai:hasMotStatus osai:Approved ;
  osai:grantsFreedom osai:FreedomToUse , osai:FreedomToStudy , osai:FreedomToModify ,
    osai:FreedomToShare .
license:Content osai:hasOsiStatus osai:NotApproved ; osai:hasMotStatus osai:Approved ;
  osai:grantsFreedom osai:FreedomToUse , osai:FreedomToStudy , osai:FreedomToModify ,
    osai:FreedomToShare .
license:Limited osai:hasOsiStatus osai:NotApproved ; osai:hasMotStatus osai:NotApproved ;
  osai:grantsFreedom osai:FreedomToStudy ; osai:deniesFreedom osai:FreedomToUse ;
  osai:hasRestriction license:Limited-use .
license:Limited-use osai:hasRestrictionKind osai:NonCommercial .
license:Unlisted a osai:License .
license:None osai:hasOsiStatus osai:NotApproved ; osai:hasMotStatus osai:NotApproved ;
  osai:hasLicenseClass osai:NoLicense ; osai:deniesFreedom osai:FreedomToUse .
"""


def model(parts: Iterable[str], extra: str = "") -> EmbeddedStore:
    """Return a store with one model, ``system:lumen``.

    Each part is written ``Class Availability License``, the license may be absent.
    """
    text = "system:lumen a osai:Model , osai:AISystem , osai:System .\n"
    for number, part in enumerate(parts):
        kind, availability, *license_ = part.split()
        node = f"<https://w3id.org/osai-graph/system/lumen#p{number}>"
        text += f"system:lumen osai:hasComponent {node} . {node} a osai:{kind} , osai:Component ; "
        text += f"osai:hasAvailability osai:{availability} ; {SHOWN} .\n"
        for name in license_:
            text += f"{node} dcterms:license license:{name} .\n"
    return stored(LICENSES + EVIDENCE + text + extra)


#: What shows that a part can be had, and its license; a fact that nothing shows decides nothing.
SHOWN = "osai:hasEvidence <https://w3id.org/osai-graph/system/lumen#shown>"
EVIDENCE = """<https://w3id.org/osai-graph/system/lumen#shown> osai:isEvidenceFor
  osai:hasAvailability , dcterms:license , osai:hasInheritedLicense , osai:trainingCompute .
"""

LUMEN = URIRef(PREFIXES["system"] + "lumen")


def value_of(assessment: Assessment, slug: str, identifier: str, system: URIRef = LUMEN) -> str:
    """Return a verdict in words."""
    framework = next(f for f in assessment.frameworks if f.slug == slug)
    verdict = assessment.verdict(system, framework.requirement(identifier))
    assert verdict is not None, (system, slug)
    return verdict.value.words
