"""validation checks entries against the SHACL shapes and says in words what is wrong with them."""

from osai_graph.validation.checking import validate, validate_graph
from osai_graph.validation.context import GraphContext, files_beside
from osai_graph.validation.findings import Finding, Report, Severity

__all__ = [
    "Finding",
    "GraphContext",
    "Report",
    "Severity",
    "files_beside",
    "validate",
    "validate_graph",
]
