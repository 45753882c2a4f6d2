"""From `bin/up` in an empty data folder to a case with its image and suggestions, served to the demo's reader.

The environment is installed already. `ready_s` ends when the sign-in page answers, the reader has signed in and claimed
a case that is not read blind, and its pixels and the model's suggestions have been served, all over HTTP; `sign_in_s` is the first
of these. `first/busy` runs beside BUSY processes that do nothing but count; `second/idle` starts again on the folder of
`first/idle`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench.asked import Asked
from tests.bench.builds import ROOT
from tests.bench.deployment import FOREIGN
from tests.bench.part import Unfinished
from tests.bench.rows import Row
from tests.bench.server import free_port

BUSY, LIMIT, LOOK = 10, 900, 0.2  # processes; seconds
READER = {"email": "reader@demo.example", "password": "overread-demo"}
PROJECT = "/api/v1/projects/chest/"


def run(asked: Asked) -> Iterator[Row]:
    if asked.wants("first/idle") or asked.wants("second/idle"):
        with tempfile.TemporaryDirectory(prefix="overread-bench-") as folder:
            yield from started("first/idle", folder)
            if asked.wants("second/idle"):
                yield from started("second/idle", folder)
    if asked.wants("first/busy"):
        with tempfile.TemporaryDirectory(prefix="overread-bench-") as folder, busy():
            yield from started("first/busy", folder)


def started(case: str, folder: str) -> Iterator[Row]:
    port, begun = free_port(), time.monotonic()
    with up(folder, port) as process:
        reader = Reader(f"http://127.0.0.1:{port}")
        for metric, there in (("sign_in_s", reader.sees_sign_in), ("ready_s", reader.has_suggestions)):
            while not there():
                if process.poll() is not None or time.monotonic() - begun > LIMIT:
                    raise Unfinished(f"{case}: {metric} was not reached; bin/up's own words are above")
                time.sleep(LOOK)
            yield Row(case, metric, time.monotonic() - begun)


@contextmanager
def up(folder: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """bin/up on this data folder, until the block ends. Its words go where this process's errors go."""
    left_out = (*FOREIGN, "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "LOG_LEVEL")
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "bin" / "up"), "--port", str(port)],
        env=env | {"OVERREAD_DATA": folder},
        stdout=sys.stderr,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def busy() -> Iterator[None]:
    """Ten processes that never rest."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(BUSY)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


class Reader:
    """The demo's reader, over HTTP."""

    def __init__(self, address: str) -> None:
        self.address, self.token = address, ""

    def sees_sign_in(self) -> bool:
        return self._ask("/sign-in/") is not None

    def has_suggestions(self) -> bool:
        """Whether a case in hand is served with its image and suggestions. One to be read blind is handed on."""
        if not self.token:
            self.token = (self._json("/api/v1/tokens/", READER) or {}).get("token", "")
        case = self._json(f"{PROJECT}assignments/claim/", {}) if self.token else None
        if not case:
            return False
        if case["blind"]:
            self._ask(f"{PROJECT}assignments/{case['id']}/skip/", {"reason": "To be read blind"})
            return False
        image = f"{PROJECT}images/{case['image']['id']}/"
        shown, said = self._ask(f"{image}pixels/half"), self._json(f"{image}prediction/")
        return bool(shown) and bool(said and said["outputs"])

    def _json(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._ask(path, body)
        return json.loads(answer) if answer else None

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> bytes | None:
        """The answer's bytes; None for a refusal, or where nobody answers yet."""
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Token {self.token}"} if self.token else {}
        )
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(
                urllib.request.Request(self.address + path, data, headers), timeout=30
            ) as answer:
                content: bytes = answer.read()
                return content
        except (urllib.error.URLError, OSError):
            return None
