"""A project whose cases are read openly unless a test says otherwise, and a real browser for the docs page."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

from overread.projects.models import Project
from tests import factories

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop, in whose thread tests then run, is no view


@pytest.fixture
def project(db: None) -> Project:
    """A project with the binary findings effusion and nodule, and nothing in it; none of its cases will be an audit."""
    return factories.make_project(audit_share=0.0)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    return {**browser_type_launch_args, "args": ["--no-sandbox"], **({"executable_path": found} if found else {})}
