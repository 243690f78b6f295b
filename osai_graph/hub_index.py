"""hub_index lists repositories of the Hugging Face hub with what the graph says of each.

It is for other people's user interfaces: one look-up by the name of a repository gives the record,
the outcomes of frameworks that it reaches and the licenses of its weights.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import DCTERMS, OSAI, RDF, RDFS, SPDX

_REPOSITORIES = f"""
SELECT DISTINCT ?repository ?record ?label WHERE {{
  ?record <{OSAI.huggingFaceId}> ?repository ; <{RDFS.label}> ?label .
}}
ORDER BY ?repository ?record ?label
"""

_OUTCOMES = f"""
SELECT DISTINCT ?record ?framework ?frameworkLabel ?outcome ?label WHERE {{
  ?record <{OSAI.huggingFaceId}> ?repository ; <{OSAI.reachesOutcome}> ?outcome .
  ?framework <{OSAI.hasOutcome}> ?outcome ; <{RDFS.label}> ?frameworkLabel .
  ?outcome <{RDFS.label}> ?label .
}}
ORDER BY ?record ?framework ?outcome ?label
"""

_LICENSES = f"""
SELECT DISTINCT ?record ?license ?name WHERE {{
  ?record <{OSAI.huggingFaceId}> ?repository ; <{OSAI.hasComponent}> ?weights .
  ?weights <{RDF.type}> <{OSAI.ModelWeights}> ; <{DCTERMS.license}> ?license .
  OPTIONAL {{ ?license <{SPDX.licenseId}> ?identifier }}
  OPTIONAL {{ ?license <{RDFS.label}> ?label }}
  BIND(COALESCE(?identifier, ?label, REPLACE(STR(?license), "^.*/", "")) AS ?name)
}}
ORDER BY ?record ?license ?name
"""


def hub_index(store: GraphStore) -> dict[str, Any]:
    """Return the repositories of the hub, each with the records that name it."""
    outcomes: dict[str, list[dict[str, str]]] = defaultdict(list)
    for record, framework, name, outcome, label in _texts(store, _OUTCOMES):
        outcomes[record].append(
            {"framework": framework, "frameworkLabel": name, "outcome": outcome, "label": label}
        )
    licenses: dict[str, list[dict[str, str]]] = defaultdict(list)
    for record, license_, name in _texts(store, _LICENSES):
        licenses[record].append({"license": license_, "name": name})
    repositories: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for repository, record, label in _texts(store, _REPOSITORIES):
        repositories[repository].append(
            {
                "record": record,
                "label": label,
                "outcomes": outcomes[record],
                "weightsLicenses": licenses[record],
            }
        )
    return dict(repositories)


def _texts(store: GraphStore, query: str) -> list[tuple[str, ...]]:
    return [tuple("" if v is None else str(v) for v in row) for row in store.select(query).rows]
