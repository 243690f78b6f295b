"""The founding document is recorded claim by claim, in its words, and corrected beside them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from rdflib import RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from osai_graph import resources
from osai_graph.namespaces import (
    CLAIM,
    DCTERMS,
    DOCUMENT,
    OA,
    OSAI,
    PREFIXES,
    PROV,
    SCHEMA,
)

COLLECTION = CLAIM["founding-document"]
DOCUMENT_IRI = DOCUMENT["founding-document"]
DATES = {XSD.gYear, XSD.gYearMonth, XSD.date}
WRONG = {OSAI.Inaccurate, OSAI.Refuted}
PROLOGUE = "\n".join(f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in PREFIXES.items())

Triple = tuple[Node, Node, Node]


def load(*folders: str) -> Graph:
    graph = Graph()
    data = resources.graph_root() / "data"
    for folder in folders:
        for path in sorted((data / folder).glob("*.ttl")):
            graph.parse(path, format="turtle")
    return graph


@pytest.fixture(scope="module")
def claims() -> Graph:
    return Graph().parse(resources.graph_root() / "data" / "claims" / "founding-document.ttl")


@pytest.fixture(scope="module")
def facts() -> Graph:
    return load("systems", "organizations", "licenses", "datasets", "documents", "events")


def named(graph: Graph, node: Node) -> Triple | None:
    """Return the triple that a claim or correction names."""
    subject, predicate, object_ = (
        graph.value(node, slot) for slot in (RDF.subject, RDF.predicate, RDF.object)
    )
    if subject is None or predicate is None or object_ is None:
        assert subject is predicate is object_ is None, f"{node} names half a triple"
        return None
    return subject, predicate, object_


def with_status(graph: Graph, *statuses: URIRef) -> Iterator[Node]:
    for status in statuses:
        yield from graph.subjects(OSAI.hasStatus, status)


def plain(text: str) -> str:
    """Return a text without differences of whitespace, quotes and dashes."""
    straight = text.translate(str.maketrans("“”’–", '""\'-'))
    return " ".join(straight.split())


def address(value: Node) -> str:
    return str(value).removesuffix("/").replace("://www.", "://")


def holds(graph: Graph, triple: Triple) -> bool:
    """Tell whether a triple is in the graph; its date or address may be more precise there."""
    subject, predicate, object_ = triple
    values = set(graph.objects(subject, predicate))
    if isinstance(object_, Literal) and object_.datatype in DATES:
        return any(str(value).startswith(str(object_)) for value in values)
    if predicate == SCHEMA.url:
        return address(object_) in {address(value) for value in values}
    return object_ in values


def test_every_statement_is_a_claim_of_the_collection(claims: Graph) -> None:
    members = set(claims.objects(COLLECTION, OSAI.hasClaim))
    assert members == set(claims.subjects(RDF.type, OSAI.Claim))
    identifiers = {str(claims.value(claim, DCTERMS.identifier)): claim for claim in members}
    expected = [
        f"{block}{number:02}"
        for block, first, last in (("S", 1, 12), ("C", 1, 11), ("T", 0, 38), ("E", 1, 9))
        for number in range(first, last + 1)
    ]
    assert sorted(identifiers) == sorted(expected)
    assert all(claim == URIRef(f"{COLLECTION}#{name}") for name, claim in identifiers.items())


def test_counts_by_status(claims: Graph) -> None:
    counts = Counter(claims.objects(None, OSAI.hasStatus))
    assert counts == {
        OSAI.Confirmed: 36,
        OSAI.Inaccurate: 15,
        OSAI.Opinion: 9,
        OSAI.Refuted: 5,
        OSAI.Unsupported: 6,
    }


def test_exact_words_stand_in_the_document(claims: Graph, facts: Graph) -> None:
    text = plain(str(facts.value(DOCUMENT_IRI, SCHEMA.text)))
    words = {claim: str(exact) for claim, exact in claims.subject_objects(OA.exact)}
    assert len(words) == 71
    assert [claim for claim, exact in words.items() if plain(exact) not in text] == []
    halved = [claim for claim, exact in words.items() if plain(exact).count('"') % 2]
    assert halved == [], "a quotation inside the words is cut in half"


def test_every_claim_says_who_where_and_why(claims: Graph) -> None:
    needed = (
        RDFS.label,
        OSAI.attribution,
        OSAI.claimedValue,
        OSAI.hasBasis,
        OSAI.hasClaimKind,
        OSAI.hasConfidence,
        OSAI.hasStatus,
        OSAI.locator,
        OSAI.statusReason,
        PROV.hadPrimarySource,
    )
    missing = [
        (claim, term)
        for claim in claims.subjects(RDF.type, OSAI.Claim)
        for term in needed
        if len(set(claims.objects(claim, term))) != 1
    ]
    assert missing == []


def test_the_timeline_is_marked_as_generated(claims: Graph) -> None:
    activity = URIRef(f"{COLLECTION}#timeline-generation")
    assert (activity, RDF.type, OSAI.GeneratingActivity) in claims
    generated = {
        str(claims.value(claim, DCTERMS.identifier))
        for claim in claims.subjects(PROV.wasGeneratedBy, activity)
    }
    # T00 is the heading in which the document itself says how the timeline came about.
    assert generated == {f"T{number:02}" for number in range(1, 39)}


def test_what_is_doubted_has_evidence(claims: Graph) -> None:
    doubted = set(with_status(claims, OSAI.Inaccurate, OSAI.Refuted, OSAI.Unsupported))
    for claim in doubted:
        evidence = set(claims.objects(claim, OSAI.hasEvidence))
        assert evidence, claim
        assert all((node, OSAI.isEvidenceFor, OSAI.hasStatus) in claims for node in evidence), claim
    for claim in with_status(claims, OSAI.Unsupported):
        kinds = {claims.value(e, RDF.type) for e in claims.objects(claim, OSAI.hasEvidence)}
        assert OSAI.Search in kinds, f"{claim} does not say where one looked"


def test_each_wrong_claim_has_one_correction_and_no_other_has(claims: Graph) -> None:
    corrected = Counter(claims.objects(None, OSAI.corrects))
    assert set(corrected) == set(with_status(claims, *WRONG))
    assert set(corrected.values()) == {1}
    corrections = set(claims.subjects(RDF.type, OSAI.Correction))
    assert corrections == set(claims.subjects(OSAI.corrects, None))
    for correction in corrections:
        claim = claims.value(correction, OSAI.corrects)
        assert claims.value(correction, DCTERMS.description), correction
        assert set(claims.objects(correction, OSAI.hasEvidence)) == set(
            claims.objects(claim, OSAI.hasEvidence)
        )


def test_a_corrected_date_contradicts_the_claimed_one(claims: Graph) -> None:
    compared = 0
    for correction, claim in claims.subject_objects(OSAI.corrects):
        claimed, right = named(claims, claim), named(claims, correction)
        if claimed is None or right is None or getattr(claimed[2], "datatype", None) not in DATES:
            continue
        compared += 1
        assert claimed[:2] == right[:2], f"{correction} speaks of something else"
        shorter = min(len(str(claimed[2])), len(str(right[2])))
        assert str(claimed[2])[:shorter] != str(right[2])[:shorter], claim
    assert compared == 8


def test_no_wrong_or_unsupported_claim_is_a_fact(claims: Graph, facts: Graph) -> None:
    graph = facts + claims
    for claim in with_status(claims, *WRONG, OSAI.Unsupported):
        triple = named(claims, claim)
        assert triple is not None, f"{claim} does not name what is wrong"
        assert not holds(graph, triple), f"{claim} is asserted"


def test_what_confirmed_claims_and_corrections_name_is_a_fact(claims: Graph, facts: Graph) -> None:
    nodes = [*with_status(claims, OSAI.Confirmed), *claims.subjects(RDF.type, OSAI.Correction)]
    triples = {node: triple for node in nodes if (triple := named(claims, node))}
    assert len(triples) > 40
    assert [node for node, triple in triples.items() if not holds(facts, triple)] == []


def test_records_that_claims_speak_of_exist(claims: Graph, facts: Graph) -> None:
    spoken = set(claims.objects(None, SCHEMA.about)) | set(claims.objects(None, OSAI.hasCandidate))
    own = str(OSAI)
    known = set(facts.subjects()) | set(claims.subjects())
    assert sorted(x for x in spoken if not str(x).startswith(own) and x not in known) == []


def test_alleged_events_are_never_events(claims: Graph, facts: Graph) -> None:
    alleged = set(claims.subjects(RDF.type, OSAI.AllegedEvent))
    assert len(alleged) == 2
    assert alleged.isdisjoint((facts + claims).subjects(RDF.type, OSAI.Event))
    for event in alleged:
        assert claims.value(event, SCHEMA.startDate) is None
    candidates = set(claims.objects(URIRef(f"{COLLECTION}#T37"), OSAI.hasCandidate))
    assert len(candidates) == 3
    assert candidates <= set(facts.subjects(RDF.type, OSAI.Event))


DOCUMENT_TIMELINE = """
SELECT ?id ?date WHERE {
  ?claim a osai:Claim ; dcterms:identifier ?id ; schema:temporalCoverage ?date ;
         prov:hadPrimarySource document:founding-document .
} ORDER BY ?id
"""

CORRECTED_DATES = """
SELECT ?id ?claimed ?corrected WHERE {
  ?claim dcterms:identifier ?id ; prov:hadPrimarySource document:founding-document ;
         rdf:subject ?subject ; rdf:predicate ?property ; rdf:object ?claimed .
  ?correction osai:corrects ?claim ;
         rdf:subject ?subject ; rdf:predicate ?property ; rdf:object ?corrected .
  FILTER(DATATYPE(?claimed) IN (xsd:gYear, xsd:gYearMonth, xsd:date))
} ORDER BY ?id
"""


def test_the_timeline_of_the_document_can_be_asked_for(claims: Graph) -> None:
    rows = {str(name): str(date) for name, date in claims.query(PROLOGUE + DOCUMENT_TIMELINE)}
    periods = {name: date for name, date in rows.items() if "/" in date or name in ("T24", "T31")}
    assert set(periods) == {"T01", "T07", "T13", "T24", "T31"}
    assert {name: date for name, date in rows.items() if name not in periods} == {
        "T02": "2001",
        "T05": "2007",
        "T08": "2015",
        "T10": "2019",
        "T14": "2020",
        "T18": "2021",
        "T21": "2022",
        "T25": "2023-03",
        "T27": "2023-06",
        "T29": "2023-07",
        "T32": "2024-01",
        "T34": "2024-04",
        "T37": "2024-06",
    }


def test_claimed_and_corrected_dates_can_be_asked_for(claims: Graph) -> None:
    rows = [tuple(str(cell) for cell in row) for row in claims.query(PROLOGUE + CORRECTED_DATES)]
    assert rows == [
        ("T02", "2001", "2000-03"),
        ("T05", "2007", "2008-01-15"),
        ("T10", "2019", "2020-07"),
        ("T14", "2020", "2021-05"),
        ("T25", "2023-03", "2023-02-24"),
        ("T27", "2023-06", "2023-04"),
        ("T32", "2024-01", "2023-12-09"),
        ("T34", "2024-04", "2023-09-27"),
    ]


def test_events_have_a_date_a_kind_and_evidence(facts: Graph) -> None:
    events = set(facts.subjects(RDF.type, OSAI.Event))
    assert len(events) >= 30
    for event in events:
        start, end = facts.value(event, SCHEMA.startDate), facts.value(event, SCHEMA.endDate)
        assert isinstance(start, Literal), event
        assert start.datatype in DATES, event
        assert end is None or str(start) <= str(end), event
        assert facts.value(event, OSAI.hasEventKind), event
        shown = {
            term
            for evidence in facts.objects(event, OSAI.hasEvidence)
            for term in facts.objects(evidence, OSAI.isEvidenceFor)
        }
        assert SCHEMA.startDate in shown, f"{event} has no evidence for its date"


def test_documents_have_a_title_and_evidence_for_their_date(facts: Graph) -> None:
    documents = set(facts.subjects(DCTERMS.title, None)) & set(facts.subjects(RDF.type, None))
    documents = {node for node in documents if str(node).startswith(str(DOCUMENT))}
    assert len(documents) >= 40
    for document in documents:
        assert facts.value(document, RDFS.label), document
        if facts.value(document, DCTERMS.issued) is None:
            continue
        shown = {
            term
            for evidence in facts.objects(document, OSAI.hasEvidence)
            for term in facts.objects(evidence, OSAI.isEvidenceFor)
        }
        assert DCTERMS.issued in shown, f"{document} has no evidence for its date"


def test_arxiv_identifiers_fit_address_and_month(facts: Graph) -> None:
    found = 0
    for document, identifier in facts.subject_objects(DCTERMS.identifier):
        match = re.fullmatch(r"arXiv:((\d\d)(\d\d)\.\d{5})", str(identifier))
        if match is None:
            continue
        found += 1
        number, year, month = match.groups()
        assert (document, SCHEMA.url, URIRef(f"https://arxiv.org/abs/{number}")) in facts
        issued = str(facts.value(document, DCTERMS.issued))
        # a preprint that was sent in on the last day of a month is numbered in the next
        assert issued[:7] == f"20{year}-{month}" or issued[8:] == "31", document
    assert found >= 20
