"""How the modules of the product hang together."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
from rules import perm_exists

from overread.jobs.registry import KINDS

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = PROJECT["tool"]["importlinter"]["root_packages"]
PLACES = {
    "archive": "platform/overread/archive/jobs.py",
    "demo": "platform/demo/jobs.py",
    "inference": "inference/jobs.py",
    "labeling": "labeling/jobs.py",
    "training": "training/jobs.py",
}


def sources() -> Iterator[Path]:
    """The product's own Python files."""
    for package in PACKAGES:
        folder = ROOT / package if (ROOT / package).is_dir() else ROOT / "platform" / package
        yield from folder.rglob("*.py")


def spelled(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Every text that stands in a file, those in f-strings among them, with what it stands in."""
    for parent in ast.walk(ast.parse(path.read_text())):
        for child in ast.iter_child_nodes(parent):
            if isinstance(child, ast.Constant) and isinstance(child.value, str):
                yield child.value, parent


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Not even inside a function: where rooms need each other, one of them announces."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    TopologicalSorter({name: graph.find_modules_directly_imported_by(name) for name in graph.modules}).prepare()


def test_a_kind_of_job_is_spelled_once_in_its_own_room() -> None:
    """A permission may have the same name; whether one that has is a kind, the next test asks."""
    kinds = {name for name in KINDS if name.partition(".")[0] in PLACES and not perm_exists(name)}
    places: dict[str, list[str]] = {name: [] for name in kinds}
    for path in sources():
        for text, _parent in spelled(path):
            if (name := text.partition(":")[0]) in kinds:
                places[name].append(str(path.relative_to(ROOT)))
    assert len(kinds) > 10
    assert places == {name: [PLACES[name.partition(".")[0]]] for name in kinds}


def test_no_job_is_asked_for_or_looked_for_by_a_spelled_kind() -> None:
    for path in sources():
        for text, parent in spelled(path):
            assert not (isinstance(parent, ast.keyword) and parent.arg == "kind" and text in KINDS), f"{path}: {text}"
