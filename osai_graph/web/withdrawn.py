"""withdrawn knows the records that were taken back, and what replaced them."""

from __future__ import annotations

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import BASE, DCTERMS, OSAI, OWL
from osai_graph.web.service import service

_QUERY = f"""
SELECT ?record ?successor WHERE {{
  ?record <{OWL.deprecated}> true .
  OPTIONAL {{ ?record <{DCTERMS.isReplacedBy}> ?successor }}
  FILTER(STRSTARTS(STR(?record), "{BASE}") && !STRSTARTS(STR(?record), "{OSAI}"))
}}
ORDER BY ?record ?successor
"""


def read_withdrawn(store: GraphStore) -> dict[str, str | None]:
    """Return the withdrawn records, as ``kind/slug``, with the IRIs of their successors.

    A record is withdrawn by ``owl:deprecated true``, in its own file or in any other, and replaced
    by ``dcterms:isReplacedBy``.
    """
    return {
        str(record).removeprefix(BASE): None if successor is None else str(successor)
        for record, successor in store.select(_QUERY).rows
    }


def withdrawn() -> dict[str, str | None]:
    """Return the withdrawn records of the running service."""
    return service().kept("withdrawn", lambda: read_withdrawn(service().store))
