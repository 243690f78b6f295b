"""record_files finds the files that state a record, and gives its triples as they are written."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import cast

from rdflib import BNode, Graph, URIRef
from rdflib.term import Identifier, Node

from osai_graph import resources
from osai_graph.graph.loading import graph_iri, load_graph
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import BASE, GRAPH, INFERRED_GRAPH, RECORD_KINDS


class RecordFiles:
    """The Turtle files of a graph, by record and by named graph.

    Args:
        root: the directory of ``ontology/`` and ``data/``.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        own = root if (root / "ontology").is_dir() else resources.graph_root()
        self.ontology = resources.ontology_files(own)
        frameworks = resources.framework_files(own)
        self._graphs = {str(graph_iri(path, own)): path for path in [*self.ontology, *frameworks]}
        self._records = {f"framework/{path.stem}": path for path in frameworks}
        kinds = {folder: kind for kind, folder in RECORD_KINDS.items()}
        for path in resources.data_files(root):
            self._graphs[str(graph_iri(path, root))] = path
            if path.parent.parent == root / "data" and path.parent.name in kinds:
                self._records[f"{kinds[path.parent.name]}/{path.stem}"] = path

    def __contains__(self, name: object) -> bool:
        return name in self._records

    @property
    def names(self) -> tuple[str, ...]:
        """The records, as ``kind/slug``."""
        return tuple(self._records)

    @property
    def graph_names(self) -> tuple[str, ...]:
        """The IRIs of the named graphs of all files."""
        return tuple(self._graphs)

    def file_of(self, name: str) -> Path | None:
        """Return the file of a record named ``kind/slug``."""
        return self._records.get(name)

    def file_of_graph(self, name: str) -> Path | None:
        """Return the file of the named graph ``graph/<name>``."""
        return self._graphs.get(str(GRAPH) + name)

    def nearest_graphs(self, name: str) -> list[str]:
        """Return the named graphs of files whose IRIs come nearest to one that names none."""
        return get_close_matches(name, self._graphs, n=3, cutoff=0.8)

    def graphs_about(self, store: GraphStore, name: str) -> list[str]:
        """Return the graphs of files that describe a record ``kind/slug``, its own file's first."""
        found = self._graphs.keys() & store.graphs_about(BASE + name)
        return sorted(found, key=lambda g: (self._is_source(g), g))

    def _is_source(self, graph: str) -> bool:
        return self._graphs[graph] not in self._records.values()

    def graph_of(self, store: GraphStore, name: str) -> Graph:
        """Return what the files say about a record, with literals as they are written.

        Of what sources state differently, what was accepted is left; it is empty for no record.
        """
        graphs = self.graphs_about(store, name)
        iri = BASE + name
        merged = Graph(bind_namespaces="none")
        for number, graph in enumerate(graphs):
            for triple in self.source_graph(graph.removeprefix(str(GRAPH))):
                own = number == 0 or str(triple[0]).partition("#")[0] in (iri, graph)
                if own and (len(graphs) == 1 or _holds(store, triple)):
                    merged.add(triple)
        return merged

    def source_graph(self, name: str) -> Graph:
        """Return the triples of a named graph as written. Raises KeyError for none."""
        return load_graph([self._graphs[str(GRAPH) + name]], self.root)

    def ontology_graph(self) -> Graph:
        """Return the triples of the ontology as written."""
        return load_graph(self.ontology)


def _holds(store: GraphStore, triple: tuple[Node, Node, Node]) -> bool:
    """Say whether a triple stands in the default graph, whatever its literal looks like there."""
    if any(isinstance(term, BNode) for term in triple):
        return True
    subject, predicate, value = (cast(Identifier, term) for term in triple)
    return store.contains((subject, predicate, value))


def add_inferred(graph: Graph, store: GraphStore, name: str) -> None:
    """Add what was inferred about a record and its parts, the subjects that ``graph`` states."""
    iri = BASE + name
    subjects = {s for s in graph.subjects() if s == URIRef(iri) or str(s).startswith(f"{iri}#")}
    for triple in store.construct(_inferred_query(subjects)):
        graph.add(triple)


def _inferred_query(subjects: Iterable[object]) -> str:
    values = " ".join(sorted(f"<{subject}>" for subject in subjects))
    return (
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ {values} }} "
        f"GRAPH <{INFERRED_GRAPH}> {{ ?s ?p ?o }} FILTER(!isBlank(?o)) }}"
    )
