"""The house keeps its order: imports go down, files lie where the design says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "osai_graph"

#: From the bottom up; a module imports only from its own row and rows below it.
ROWS: tuple[tuple[str, ...], ...] = (
    ("namespaces", "resources", "errors", "settings"),
    ("graph",),
    ("reasoning",),
    ("assessment",),
    ("build", "remote_build"),
    (
        "licenses",
        "queries",
        "query_headers",
        "query_hints",
        "results",
        "records",
        "exporting",
        "statistics",
        "credits",
    ),
    ("dataset_description", "hub_index", "dumping"),
    ("validation", "interchange"),
    ("web",),
    ("cli",),
)


def row_of(module: str) -> int:
    name = module.removeprefix("osai_graph").lstrip(".").split(".")[0]
    if name in ("", "__main__"):
        return len(ROWS) if name else 0
    rows = [number for number, names in enumerate(ROWS) if name in names]
    assert rows, f"osai_graph.{name} has no place in the layers: add it to ROWS"
    return rows[0]


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down_only(path: Path) -> None:
    own = ".".join(("osai_graph", *path.relative_to(PACKAGE).with_suffix("").parts))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            if name.startswith("osai_graph"):
                assert row_of(name) <= row_of(own), f"{path}:{node.lineno} imports {name}"


def test_foundation_modules_exist() -> None:
    for name in ROWS[0]:
        assert (PACKAGE / f"{name}.py").is_file()


def test_a_wrong_import_would_be_found() -> None:
    assert row_of("osai_graph.cli.query") > row_of("osai_graph.graph.store")


def test_every_module_says_in_one_sentence_what_it_is() -> None:
    for path in modules():
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert doc and doc.splitlines()[0].endswith("."), path
