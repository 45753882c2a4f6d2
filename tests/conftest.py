"""Fixtures named by what they are in the product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, TypeVar

import hypothesis
import pytest

from overread.accounts.models import User
from overread.projects.models import Project, Role
from tests import factories

hypothesis.settings.register_profile("overread", deadline=None)  # the machines are busy
hypothesis.settings.load_profile("overread")

Made = TypeVar("Made")

pytest_plugins = ("tests.telling",)


@pytest.fixture(autouse=True)
def anchors(settings: Any, tmp_path: Path) -> Path:
    """Where the audit chain is anchored: in a file of each test's own, as each has a database of its own."""
    settings.AUDIT_ANCHORS = tmp_path / "anchors.jsonl"
    return tmp_path / "anchors.jsonl"


@pytest.fixture(scope="module")
def shared_rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """Makes rows once for all tests of a module: `shared_rows(function)` calls it with the database open.

    What a test changes of them is rolled back with that test, and they themselves with the module.
    """
    from django.db import transaction

    def make(rows: Callable[[], Made]) -> Made:
        with django_db_blocker.unblock():
            return rows()

    around = transaction.atomic()
    make(around.__enter__)
    yield make
    make(lambda: transaction.set_rollback(True))
    make(lambda: around.__exit__(None, None, None))


@pytest.fixture
def project(db: None) -> Project:
    """A project with the binary findings effusion and nodule, and nothing in it; none of its cases is an audit."""
    return factories.make_project()


@pytest.fixture
def reader(project: Project) -> User:
    return factories.make_member(project, Role.READER, name="reader")


@pytest.fixture
def colleague(project: Project) -> User:
    return factories.make_member(project, Role.READER, name="colleague")


@pytest.fixture
def adjudicator(project: Project) -> User:
    return factories.make_member(project, Role.ADJUDICATOR, name="adjudicator")


@pytest.fixture
def engineer(project: Project) -> User:
    return factories.make_member(project, Role.ML_ENGINEER, name="engineer")


@pytest.fixture
def administrator(project: Project) -> User:
    return factories.make_member(project, Role.ADMINISTRATOR, name="administrator")


@pytest.fixture
def stranger(db: None) -> User:
    """Somebody who is a member of nothing."""
    return factories.make_user("stranger")


SLOW = set((Path(__file__).parent / "slow.txt").read_text().split())
"""Files, and tests, that `bin/test` leaves to `bin/test --all`: by the durations that pytest tells (--durations=0)."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Mark the slow ones, and put their files first. Leave out what the database at hand cannot do; `bin/test --services`
    runs it on the one that can.
    """
    from django.db import connection

    for item in items:
        name = item.nodeid.split("[")[0].removeprefix("tests/")
        if {name, name.split("::")[0]} & SLOW:
            item.add_marker("slow")
    if connection.vendor != "postgresql":
        left_out = [item for item in items if item.get_closest_marker("postgresql")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    yield
    # Begun last, they would keep one worker busy while the others have nothing more to do
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: slow[item.path], reverse=True)
