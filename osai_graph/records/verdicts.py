"""verdicts reads what each framework says of a system, and what stands in the way."""

from __future__ import annotations

from collections import defaultdict

from rdflib import URIRef
from rdflib.term import Identifier

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import DCAT, OSAI, RDFS
from osai_graph.records.model import FrameworkVerdict, Obstacle, OutcomeVerdict, Thing

_EARL = "http://www.w3.org/ns/earl#"

_OUTCOMES = f"""SELECT ?framework ?name ?version ?outcome ?label ?value ?met ?leaves WHERE {{
  ?verdict <{_EARL}subject> %s ; <{OSAI.ofRequirement}> ?requirement ;
    <{OSAI.ofFramework}> ?framework ; <{OSAI.hasVerdictValue}>/<{RDFS.label}> ?value .
  ?outcome <{OSAI.hasRequirement}> ?requirement ; <{RDFS.label}> ?label .
  ?framework <{RDFS.label}> ?name .
  OPTIONAL {{ ?framework <{DCAT.version}> ?version }}
  OPTIONAL {{ ?outcome <{OSAI.outcomeOrder}> ?order }}
  OPTIONAL {{ ?verdict <{OSAI.metCount}> ?met ; <{OSAI.leafCount}> ?leaves }}
}} ORDER BY ?name ?order ?label"""

_LEAVES = f"""SELECT ?framework ?requirement ?label ?value ?part ?name ?missing WHERE {{
  ?verdict <{_EARL}subject> %s ; <{OSAI.ofRequirement}> ?requirement ;
    <{OSAI.ofFramework}> ?framework ; <{OSAI.hasVerdictValue}> ?answer .
  FILTER(?answer != <{OSAI.Met}>)
  ?answer <{RDFS.label}> ?value .
  ?requirement <{RDFS.label}> ?label .
  OPTIONAL {{ ?verdict <{OSAI.metCount}> ?met }}
  FILTER(!BOUND(?met))
  OPTIONAL {{ ?verdict <{OSAI.isBecauseOf}> ?part . ?part <{RDFS.label}> ?name }}
  OPTIONAL {{ ?verdict <{OSAI.missingFact}> ?missing }}
}} ORDER BY ?framework ?requirement ?name ?missing"""


def read_verdicts(store: GraphStore, iri: URIRef) -> tuple[FrameworkVerdict, ...]:
    """Return the verdicts on a system by framework, with the requirements that are not met."""
    outcomes: dict[Thing, list[OutcomeVerdict]] = defaultdict(list)
    for framework, name, version, outcome, label, value, met, leaves in store.select(
        _OUTCOMES % iri.n3()
    ).rows:
        title = str(name) if version is None or str(version) in str(name) else f"{name} {version}"
        outcomes[Thing(str(framework), title)].append(
            OutcomeVerdict(
                outcome=Thing(str(outcome), str(label)),
                value=str(value),
                met=_number(met),
                requirements=_number(leaves),
            )
        )
    obstacles = _obstacles(store, iri)
    return tuple(
        FrameworkVerdict(framework, tuple(found), tuple(obstacles.get(framework.iri, ())))
        for framework, found in outcomes.items()
    )


def _obstacles(store: GraphStore, iri: URIRef) -> dict[str, list[Obstacle]]:
    parts: dict[tuple[str, Thing, str], tuple[list[Thing], list[str]]] = {}
    for framework, requirement, label, value, part, name, missing in store.select(
        _LEAVES % iri.n3()
    ).rows:
        key = (str(framework), Thing(str(requirement), str(label)), str(value))
        things, sentences = parts.setdefault(key, ([], []))
        if part is not None and (thing := Thing(str(part), str(name))) not in things:
            things.append(thing)
        if missing is not None and str(missing) not in sentences:
            sentences.append(str(missing))
    found: dict[str, list[Obstacle]] = defaultdict(list)
    for (judge, leaf, answer), (things, sentences) in parts.items():
        # sorted here: servers order texts with language tags in their own ways
        found[judge].append(Obstacle(leaf, answer, tuple(things), tuple(sorted(sentences))))
    return found


def _number(term: Identifier | None) -> int | None:
    return None if term is None else int(str(term))
