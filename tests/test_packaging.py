"""A wheel carries ontology, data and queries, and works outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from osai_graph.cli import COMMANDS

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT],
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


def test_the_wheel_holds_every_file_of_the_graph(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, pattern in (
        ("ontology", "*.ttl"),
        ("ontology", "*.rq"),
        ("data", "*.ttl"),
        ("queries", "*.rq"),
    ):
        for path in (ROOT / folder).rglob(pattern):
            assert f"osai_graph/_graph/{path.relative_to(ROOT).as_posix()}" in names
    assert any(name.startswith("osai_graph/web/templates/") for name in names)


def test_the_wheel_names_and_carries_both_licenses(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (folder,) = {n.partition("/")[0] for n in archive.namelist() if ".dist-info/" in n}
    metadata = archive.read(f"{folder}/METADATA").decode()
    assert "\nLicense-Expression: Apache-2.0 AND CC-BY-4.0\n" in metadata
    for name, words in (
        ("LICENSE", "Apache License"),
        ("LICENSE-DATA", "Attribution 4.0 International"),
    ):
        assert words in archive.read(f"{folder}/licenses/{name}").decode()


def test_the_wheel_works_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Only the package comes from the wheel; its dependencies are those of this environment."""
    place = tmp_path / "installed"
    builder = venv.EnvBuilder(with_pip=False)
    builder.create(place)
    site = next((place / "lib").glob("python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    dependencies = next(p for p in sys.path if p.endswith("site-packages"))
    own = {name for name in os.listdir(dependencies) if "osai_graph" in name}
    shadow = tmp_path / "dependencies"
    shadow.mkdir()
    for name in set(os.listdir(dependencies)) - own:
        if not name.endswith(".pth"):
            (shadow / name).symlink_to(Path(dependencies) / name)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(shadow),
        "OSAI_GRAPH_CACHE": str(tmp_path / "cache"),
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [place / "bin" / "python", "-m", "osai_graph", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    loads = "from osai_graph.cli import COMMANDS, group\nfor name in COMMANDS:\n"
    loads += "    print(name, group.get_command(None, name).name)"
    loaded = subprocess.run(
        [place / "bin" / "python", "-c", loads],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.split() == [word for name in COMMANDS for word in (name, name)]
    where = run("build")
    assert where.returncode == 0, where.stderr
    answer = run("query", "openness-examples-that-fail", "--format", "csv")
    assert answer.returncode == 0, answer.stderr
    assert "Llama 2" in answer.stdout
    shown = run("show", "mistral-7b")
    assert "Apache-2.0" in shown.stdout, shown.stderr
