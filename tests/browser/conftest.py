"""A real Chromium before a live server, with a real worker process beside it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from labeling.services.proposals import proposal_make
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.projects.models import Project, Role
from tests.factories import make_champion, make_image, make_member, make_project, make_read, make_worth
from training.models import Verdict

ROOT = Path(__file__).resolve().parents[2]
expect.set_options(timeout=30_000)  # software graphics on busy cores


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    flags = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
    return {"args": flags} | ({"executable_path": chromium} if chromium else {})


@pytest.fixture
def noise() -> list[str]:
    """Everything the browser's console said."""
    return []


@pytest.fixture
def page(browser: Browser, live_server: Any, noise: list[str]) -> Iterator[Page]:
    """A page at 1440 x 900 whose console has to stay empty."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    yield page
    context.close()
    expected = ("GPU stall", "Clear-Site-Data header")  # the second: what signing out does, in Chromium's words
    assert [text for text in noise if not any(words in text for words in expected)] == []


@pytest.fixture
def signed_in(page: Page, live_server: Any) -> Callable[[User], Page]:
    """Put a user's session into the browser."""

    def sign_in(user: User) -> Page:
        client = Client()
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        return page

    return sign_in


@pytest.fixture
def furnished(transactional_db: None) -> Project:
    """A project with images, a model in use, a verdict, reads and a queue."""
    project = make_project(images=3)
    make_image(project, reference=True)
    pipeline = make_champion(project)
    queue_fill(project=project)
    read = make_read(project, make_member(project, Role.READER))
    make_worth(project)
    proposal_make(project=project, image=read.image, reader=read.reader, name="Rib fracture", note="Seventh rib, left.")
    Verdict.objects.create(
        project=project,
        challenger=pipeline,
        passed=False,
        reference_sha256="0" * 64,
        images=0,
        report={
            "passed": False,
            "sentence": "Gate not run: no case of the reference set has an independent label.",
            "checks": [],
            "figures": [],
            "images": 0,
            "patients": 0,
        },
    )
    return project


@pytest.fixture
def workers(transactional_db: None) -> Iterator[None]:
    """A Celery worker for every queue and the beat, as processes of their own on the test's database and broker."""
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "OVERREAD_DATA": str(settings.DATA),
        "REDIS_URL": settings.REDIS_URL,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)]),
        "JOB_REAPER_SECONDS": "1",
    }
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "config.celery"]
    queues = ["worker", "--queues", "interactive,io,inference,training", "--concurrency", "2", "--loglevel", "warning"]
    beat = ["beat", "--loglevel", "warning", "--pidfile=", "--schedule", str(Path(settings.DATA) / "beat")]
    processes = [
        subprocess.Popen([*celery, *words], cwd=ROOT, env=env, start_new_session=True) for words in (queues, beat)
    ]
    yield
    for process in processes:
        os.killpg(process.pid, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def database_url() -> str:
    """The test database, for another process."""
    named = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{named['NAME']}"
    secret = f":{named['PASSWORD']}" if named["PASSWORD"] else ""
    return f"postgres://{named['USER']}{secret}@{named['HOST']}:{named['PORT'] or 5432}/{named['NAME']}"
