"""Where the ontology, the data and the stored queries lie, in a checkout or in a wheel."""

from __future__ import annotations

from pathlib import Path

from osai_graph.errors import GraphError

_PACKAGE = Path(__file__).resolve().parent


def graph_root() -> Path:
    """Return the directory that holds ``ontology/``, ``data/`` and ``queries/``.

    A wheel carries them in ``osai_graph/_graph``; in a checkout they lie beside the package.

    Raises:
        GraphError: the installation carries neither.
    """
    for candidate in (_PACKAGE / "_graph", _PACKAGE.parent):
        if (candidate / "ontology").is_dir() and (candidate / "data").is_dir():
            return candidate
    raise GraphError(
        f"No ontology and data were found beside {_PACKAGE}.",
        "Reinstall osai-graph, or run it from a checkout of the repository.",
    )


def _turtle_files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*.ttl") if path.is_file())


#: Files of ``ontology/`` that are for readers and exports, never for the reasoner.
NOT_REASONED = frozenset({"alignments.ttl", "foreign-labels.ttl"})


def ontology_files(root: Path | None = None) -> list[Path]:
    """Return the Turtle modules that define our terms, alphabetically, shapes left out."""
    directory = (root or graph_root()) / "ontology"
    return sorted(p for p in directory.glob("*.ttl") if p.name not in NOT_REASONED)


def label_files(root: Path | None = None) -> list[Path]:
    """Return the Turtle files about other people's terms, which are never reasoned over."""
    directory = (root or graph_root()) / "ontology"
    return sorted(p for p in directory.glob("*.ttl") if p.name in NOT_REASONED)


def shape_files(root: Path | None = None) -> list[Path]:
    """Return the SHACL files, one per kind of record."""
    return _turtle_files((root or graph_root()) / "ontology" / "shapes")


def framework_files(root: Path | None = None) -> list[Path]:
    """Return the definitions of openness, one framework per file."""
    return _turtle_files((root or graph_root()) / "ontology" / "frameworks")


def rule_files(root: Path | None = None) -> list[Path]:
    """Return the inference rules, one CONSTRUCT query per file."""
    return sorted(((root or graph_root()) / "ontology" / "rules").glob("*.rq"))


def data_files(root: Path | None = None) -> list[Path]:
    """Return the Turtle files of ``data/``, one record per file."""
    return _turtle_files((root or graph_root()) / "data")


def query_files(root: Path | None = None) -> list[Path]:
    """Return the stored questions, one SPARQL query per file."""
    return sorted(((root or graph_root()) / "queries").glob("*.rq"))
