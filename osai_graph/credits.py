"""credits lists the public sources whose statements the graph holds, as their licenses ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import DCAT, DCTERMS, OSAI, PAV, PROV, RDFS, SCHEMA

_QUERY: Final = f"""
SELECT ?source ?label ?title ?publisher ?license ?license_name ?citation ?url
  (MIN(?day) AS ?first) (MAX(?day) AS ?last) (COUNT(DISTINCT ?file) AS ?files)
  (COUNT(DISTINCT ?record) AS ?records) (MAX(?version) AS ?commit)
WHERE {{
  ?source a <{OSAI.DataSource}> ;
    <{RDFS.label}> ?label ;
    <{DCTERMS.license}> ?license .
  ?license <{RDFS.label}> ?license_name .
  ?file <{PROV.wasAttributedTo}> ?source ;
    <{SCHEMA.mainEntity}> ?record ;
    <{PAV.retrievedOn}> ?day .
  OPTIONAL {{ ?file <{DCAT.version}> ?version }}
  OPTIONAL {{ ?source <{DCTERMS.title}> ?title }}
  OPTIONAL {{ ?source <{DCTERMS.publisher}>/<{RDFS.label}> ?publisher }}
  OPTIONAL {{ ?source <{DCTERMS.bibliographicCitation}> ?citation }}
  OPTIONAL {{ ?source <{SCHEMA.url}> ?url }}
}}
GROUP BY ?source ?label ?title ?publisher ?license ?license_name ?citation ?url
ORDER BY ?label
"""


@dataclass(frozen=True)
class Credit:
    """One public source: whose it is, how it may be used, and which state of it was read.

    Attributes:
        iri: the record of the source.
        label: its name in the graph.
        title: its own title.
        publisher: who publishes it.
        license: the record of the license of its data.
        license_name: the name of that license.
        citation: how it asks to be cited, or how it is credited.
        url: where it is.
        retrieved_on: the day of the state that was read; the last one where there are several.
        commit: the version that was read, where it has one.
        files: how many files hold its statements.
        records: how many records these files are about.
    """

    iri: str
    label: str
    title: str
    publisher: str
    license: str
    license_name: str
    citation: str
    url: str
    retrieved_on: str
    commit: str
    files: int
    records: int


def credits(store: GraphStore) -> tuple[Credit, ...]:
    """Return the sources of a graph, by name; a source without statements is not among them.

    Raises:
        StoreError: the store cannot be read.
    """
    found = []
    for row in store.select(_QUERY).rows:
        texts = ["" if value is None else str(value) for value in row]
        iri, label, title, publisher, license, license_name, citation, url = texts[:8]
        _, last, files, records, commit = texts[8:]
        found.append(
            Credit(
                iri,
                label,
                title,
                publisher,
                license,
                license_name,
                citation,
                url,
                last,
                commit,
                int(files),
                int(records),
            )
        )
    return tuple(found)
