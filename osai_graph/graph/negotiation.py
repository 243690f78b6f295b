"""negotiation chooses the form of an answer: media types, Accept headers and format names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """A form in which an answer can be written.

    ``media_types`` are the names it goes by in HTTP, the registered one first; ``names`` are what
    people type in ``format=`` and as endings of addresses, the ending first.
    """

    label: str
    media_types: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def media_type(self) -> str:
        """The registered media type."""
        return self.media_types[0]

    @property
    def ending(self) -> str:
        """The ending of addresses and file names, without the dot."""
        return self.names[0]


HTML = Format("HTML", ("text/html",), ("html",))
PLAIN_JSON = Format("JSON", ("application/json",), ("json",))

JSON_RESULTS = Format(
    "JSON", ("application/sparql-results+json", "application/json"), ("json", "srj")
)
XML_RESULTS = Format(
    "XML", ("application/sparql-results+xml", "application/xml", "text/xml"), ("xml", "srx")
)
CSV_RESULTS = Format("CSV", ("text/csv",), ("csv",))
TSV_RESULTS = Format("TSV", ("text/tab-separated-values",), ("tsv",))

TURTLE = Format("Turtle", ("text/turtle", "application/x-turtle"), ("ttl", "turtle"))
N_TRIPLES = Format(
    "N-Triples", ("application/n-triples", "text/plain"), ("nt", "ntriples", "n-triples")
)
JSON_LD = Format("JSON-LD", ("application/ld+json", "application/json"), ("jsonld", "json-ld"))
RDF_XML = Format(
    "RDF/XML", ("application/rdf+xml", "application/xml", "text/xml"), ("rdf", "rdfxml", "rdf-xml")
)

TRIG = Format("TriG", ("application/trig", "application/x-trig"), ("trig",))
N_QUADS = Format("N-Quads", ("application/n-quads", "text/x-nquads"), ("nq", "nquads", "n-quads"))

#: What a SELECT or ASK query can be answered in; the first where the client does not care.
RESULT_FORMATS = (JSON_RESULTS, XML_RESULTS, CSV_RESULTS, TSV_RESULTS)

#: What triples can be written in; the first where the client does not care.
RDF_FORMATS = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML)

#: What a graph is answered in at the endpoints: formats for datasets hold one graph as well.
GRAPH_FORMATS = (*RDF_FORMATS, TRIG, N_QUADS)


@dataclass(frozen=True)
class Choice:
    """A negotiated format and the media type under which the client asked for it."""

    format: Format
    media_type: str


@dataclass(frozen=True)
class MediaRange:
    """One element of an Accept header (RFC 9110, section 12.5.1)."""

    type: str
    subtype: str
    quality: float

    def specificity(self, media_type: str) -> int | None:
        """Return how exactly the range names a media type, from 2 to 0; ``None`` for not."""
        kind, _, subtype = media_type.partition("/")
        if self.type == "*" and self.subtype == "*":
            return 0
        if self.type != kind:
            return None
        if self.subtype == "*":
            return 1
        return 2 if self.subtype == subtype else None


_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_RANGE = re.compile(rf"\s*({_TOKEN})/({_TOKEN})\s*((?:;[^,]*)?)$")
_QUALITY = re.compile(r";\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)", re.IGNORECASE)


def parse_accept(header: str) -> list[MediaRange]:
    """Return the media ranges of an Accept header; elements that are no media range are skipped.

    >>> parse_accept("text/turtle, */*;q=0.1")[1]
    MediaRange(type='*', subtype='*', quality=0.1)
    """
    ranges = []
    for element in header.split(","):
        if match := _RANGE.match(element):
            weight = _QUALITY.search(match[3])
            quality = min(1.0, float(weight[1])) if weight else 1.0
            ranges.append(MediaRange(match[1].lower(), match[2].lower(), quality))
    return ranges


def _best_match(ranges: Iterable[MediaRange], media_type: str) -> tuple[int, float]:
    """Return specificity and weight of the range that names the media type most exactly."""
    best = (-1, 0.0)
    for media_range in ranges:
        specificity = media_range.specificity(media_type)
        if specificity is not None:
            best = max(best, (specificity, media_range.quality))
    return best


def _acceptable(ranges: Sequence[MediaRange], offer: Format) -> Iterator[tuple[str, float]]:
    """Yield the names of a format with their weights.

    Wildcards match the registered name alone, so that ``text/*`` or a refusal of the registered
    name (``q=0``) never leads to the format under a name that the client did not mention.
    """
    for media_type in offer.media_types:
        specificity, quality = _best_match(ranges, media_type)
        if specificity == 2 or media_type == offer.media_type:
            yield media_type, quality


def negotiate(header: str | None, offers: Sequence[Format]) -> Choice | None:
    """Return the offer that an Accept header likes best, ``None`` if it likes none.

    The first offer wins among equals, and a format's registered media type among its names. An
    absent or empty header accepts everything (RFC 9110, section 12.5.1).

    >>> negotiate("application/xml;q=0.4, text/csv;q=0.3", RESULT_FORMATS).format.label
    'XML'
    >>> negotiate("text/csv;q=0", RESULT_FORMATS) is None
    True
    """
    ranges = parse_accept(header or "")
    if not (header or "").strip():
        return Choice(offers[0], offers[0].media_type)
    best: Choice | None = None
    best_quality = 0.0
    for offer in offers:
        for media_type, quality in _acceptable(ranges, offer):
            if quality > best_quality:
                best, best_quality = Choice(offer, media_type), quality
    return best


def named_format(name: str, offers: Sequence[Format]) -> Format | None:
    """Return the offer that goes by a name (``ttl``) or a media type (``text/turtle``).

    >>> named_format("text/turtle", RDF_FORMATS).label
    'Turtle'
    """
    wanted = name.strip().lower()
    for offer in offers:
        if wanted in offer.names:
            return offer
    return next((offer for offer in offers if wanted in offer.media_types), None)
