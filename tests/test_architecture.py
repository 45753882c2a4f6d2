"""docs/architecture.md tells of what there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
PATH = re.compile(r"\b(?:platform|inference|labeling|training|frontend|tests)/[\w/.]*\w")
WAYS = re.findall(r"^### (.+)\n((?:.+\n)+)", PAGE, re.MULTILINE)


@pytest.mark.parametrize("path", sorted(set(PATH.findall(PAGE))))
def test_what_it_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_there_are_five_ways() -> None:
    assert [name for name, _steps in WAYS] == [
        "A file arrives",
        "A case is read",
        "A model learns",
        "A batch is drawn",
        "A data set comes in",
    ]


@pytest.mark.parametrize(("name", "steps"), WAYS)
def test_a_way_leads_by_eight_files_at_most(name: str, steps: str) -> None:
    assert 1 <= len(PATH.findall(steps)) <= 8
    assert all(path.endswith(".py") for path in PATH.findall(steps))


def test_it_names_every_app_and_every_root_package() -> None:
    folders = {Path(app.path) for app in apps.get_app_configs()}
    names = {
        str(folder.relative_to(ROOT)) for folder in folders if ROOT in folder.parents and ".venv" not in folder.parts
    }
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    names |= {name if (ROOT / name).is_dir() else f"platform/{name}" for name in packages}
    assert len(names) > 10
    for name in names:
        assert re.search(rf"\b{re.escape(name)}\b", PAGE), name
