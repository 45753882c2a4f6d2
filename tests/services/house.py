"""Real processes on the test's own database and broker, each in a process group of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 2400  # looks, 50 ms apart


def until(there: Callable[[], object], what: str) -> None:
    """Look until it is there. AssertionError after two minutes."""
    pause = threading.Event()
    assert any(there() or pause.wait(0.05) for _ in range(PATIENCE)), f"never came: {what}"


def database_url() -> str:
    """The test database, as a process of its own is told of it."""
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{held['NAME']}"
    return f"postgres://{held['USER']}:{held['PASSWORD']}@{held['HOST']}:{held['PORT']}/{held['NAME']}"


def environment(**more: str) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.services.settings",
        "DATABASE_URL": database_url(),
        "OVERREAD_DATA": str(settings.DATA),
        "REDIS_URL": settings.REDIS_URL,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)]),
        "JOB_REAPER_SECONDS": "1",
        "OMP_NUM_THREADS": "1",
        **more,
    }


class House:
    """A worker of two processes, and the clock that rings for what was forgotten. It ends what it started alone."""

    def __init__(self) -> None:
        self.started: list[subprocess.Popen[bytes]] = []
        self.log = Path(settings.DATA) / "house.log"

    def celery(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        return self.start(sys.executable, "-m", "celery", "--quiet", "-A", "config.celery", *words, **more)

    def start(self, *command: str, **more: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment(**more), stdout=log, stderr=log, start_new_session=True
            )
        self.started.append(process)
        return process

    def worker(self, *, queues: str = "interactive,io", lease: int = 2, **more: str) -> subprocess.Popen[bytes]:
        return self.celery(
            *("worker", "--queues", queues, "--concurrency", "2", "--loglevel", "info"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            JOB_LEASE_SECONDS=str(lease),
            **more,
        )

    def clock(self, **more: str) -> subprocess.Popen[bytes]:
        schedule = Path(settings.DATA) / "beat"
        return self.celery("beat", "--loglevel", "warning", "--pidfile=", "--schedule", str(schedule), **more)

    def end(self) -> None:
        for process in self.started:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the process and all its children at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
