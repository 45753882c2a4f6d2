"""bin/test --changed runs what a change can touch."""

from __future__ import annotations

import subprocess
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[1]
spec = spec_from_file_location("changed", ROOT / "bin" / "changed.py")
assert spec and spec.loader
asked = module_from_spec(spec)
spec.loader.exec_module(asked)

SOURCES = {
    "shop.prices": "",
    "shop.bill": "from shop import prices",
    "shop.api.bills": "from shop import bill",
    "shop.handlers": "from shop import bill",
    "shop.kinds": "iter_modules(__path__)",
    "shop.kinds.cash": "",
    "shop.child": "",
    "shop.process": '"shop.child"',
    "shop.urls": "",
    "shop.context": "",
    "config.settings": '"shop.context.prices"',
    "tests.test_bill": "from shop import bill",
    "tests.test_kinds": "from shop import kinds",
    "tests.test_process": "from shop import process",
    "tests.test_address": 'client.get("/bills/")',
    "tests.test_work": "run_all()",
    "tests.test_reading": '"reading.md"',
}
IMPORTS = {
    "shop.bill": ["shop.prices"],
    "shop.api.bills": ["shop.bill"],
    "shop.handlers": ["shop.bill"],
    "tests.test_bill": ["shop.bill"],
    "tests.test_kinds": ["shop.kinds"],
    "tests.test_process": ["shop.process"],
}


def touched(*paths: str) -> set[str]:
    graph = grimp.ImportGraph()
    for name in SOURCES:
        graph.add_module(name)
        for each in (*IMPORTS.get(name, ()), *asked.brought(name, SOURCES)):
            graph.add_import(importer=name, imported=each)
    files = {f"{name.replace('.', '/')}.py": name for name in SOURCES}
    return asked.touched(set(paths), graph, files, SOURCES)


def test_a_module_touches_tests_that_import_it_by_way_of_others_or_have_it_by_address_or_job() -> None:
    assert touched("shop/prices.py") == {"tests/test_bill.py", "tests/test_address.py", "tests/test_work.py"}


@pytest.mark.parametrize(
    ("path", "tests"),
    [
        ("tests/test_bill.py", {"tests/test_bill.py"}),
        ("shop/kinds/cash.py", {"tests/test_kinds.py"}),
        ("shop/child.py", {"tests/test_process.py"}),
        ("docs/reading.md", {"tests/test_reading.py"}),
        ("docs/other.md", set()),
        ("frontend/templates/read.html", {"tests/frontend", "tests/browser"}),
        ("tests/frontend/clock.test.ts", {"tests/frontend", "tests/browser"}),
        ("tests/archive/conftest.py", {"tests/archive"}),
        ("tests/conftest.py", {"tests"}),
    ],
)
def test_what_else_it_knows(path: str, tests: set[str]) -> None:
    assert touched(path) == tests


@pytest.mark.parametrize(
    "path",
    ["pyproject.toml", "shop/gone.py", "shop/urls.py", "shop/context.py", "config/settings.py"],
)
def test_what_any_test_may_feel_touches_everything(path: str) -> None:
    assert touched("tests/test_bill.py", path) == {"tests"}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A branch with a commit beyond its upstream, and an uncommitted change, a new file and a removed one."""
    git(tmp_path, "init", "-q", "-b", "main")
    for name in ("early", "late", "open", "removed"):
        (tmp_path / name).write_text("as it was")
    commit(tmp_path)
    git(tmp_path, "branch", "origin")
    git(tmp_path, "branch", "-q", "--set-upstream-to=origin")
    (tmp_path / "early").write_text("committed first")
    commit(tmp_path)
    (tmp_path / "late").write_text("committed last")
    commit(tmp_path)
    (tmp_path / "open").write_text("not committed")
    (tmp_path / "né w").write_text("new")
    (tmp_path / "removed").unlink()
    return tmp_path


def git(folder: Path, *words: str) -> None:
    named = ("-c", "user.name=Anybody", "-c", "user.email=anybody@example.org")
    subprocess.run(["git", *named, *words], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "as it is")


def test_a_change_is_what_differs_from_the_upstream(repository: Path) -> None:
    assert asked.changed(root=repository) == {"early", "late", "open", "né w", "removed"}


def test_a_change_is_what_differs_from_a_commit(repository: Path) -> None:
    assert asked.changed("HEAD~1", root=repository) == {"late", "open", "né w", "removed"}


def test_without_an_upstream_it_is_what_is_not_committed(repository: Path) -> None:
    git(repository, "branch", "--unset-upstream")
    assert asked.changed(root=repository) == {"open", "né w", "removed"}


def test_a_commit_that_there_is_not_is_refused(repository: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        asked.changed("no-such-commit", root=repository)


@pytest.mark.parametrize(
    ("path", "test"),
    [
        ("labeling/selection/strategies/margin.py", "tests/labeling/selection/test_strategies.py"),
        ("frontend/pages/worklist.py", "tests/frontend/test_worklist.py"),
        ("training/api/labels.py", "tests/api/test_labels.py"),
        ("labeling/handlers.py", "tests/labeling/test_batches.py"),
        ("platform/overread/archive/dicom/child.py", "tests/archive/dicom/test_reader.py"),
        ("platform/phantom/ribs.py", "tests/phantom/test_render.py"),
    ],
)
def test_in_this_repository_a_file_touches_its_own_tests_and_not_all(path: str, test: str) -> None:
    found = asked.tests_of({path})
    assert test in found
    assert "tests/test_compose.py" not in found


@pytest.mark.parametrize(
    "path", ["platform/config/settings.py", "labeling/urls.py", "labeling/migrations/0001_initial.py"]
)
def test_in_this_repository_what_every_test_is_brought_touches_all(path: str) -> None:
    assert asked.tests_of({path}) == {"tests"}
