"""The web process as the Procfile starts it, on the database of the test."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.house import ROOT, environment, until


@dataclass(frozen=True)
class Web:
    port: int
    process: subprocess.Popen[bytes]
    temporary: Path
    log: Path

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def sent(self, head: str, body: bytes = b"") -> socket.socket:
        """A connection on which so much of a request has been sent."""
        connection = self.connect()
        connection.sendall(head.replace("\n", "\r\n").encode() + body)
        return connection

    def status(self, head: str, body: bytes = b"") -> int:
        with self.sent(head, body) as connection:
            return answered(connection)

    def there(self) -> bool:
        with suppress(OSError):
            return self.status("GET /sign-in/ HTTP/1.1\nHost: localhost\nConnection: close\n\n") == 200
        return False

    def kept(self) -> list[Path]:
        """Files with something in them, in the process's temporary folder."""
        return [path for path in self.temporary.rglob("*") if path.is_file() and path.stat().st_size]


def answered(connection: socket.socket) -> int:
    """The status of the answer, once its first line is there."""
    with connection.makefile("rb") as answer:
        return int(answer.readline().split()[1])


@pytest.fixture
def web(transactional_db: None, tmp_path: Path) -> Iterator[Web]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web:"))
    temporary, log = tmp_path / "temporary", tmp_path / "web.log"
    temporary.mkdir()
    env = environment(
        DJANGO_SETTINGS_MODULE="config.settings",
        PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        PORT=str(port),
        TMPDIR=str(temporary),
        UPLOAD_MAX_MB="4",
    )
    with log.open("wb") as told:
        process = subprocess.Popen(
            ["sh", "-c", line.removeprefix("web:")], cwd=ROOT, env=env, stdout=told, stderr=told, start_new_session=True
        )
    web = Web(port, process, temporary, log)
    try:
        until(lambda: web.there() or process.poll() is not None, "the web process answers")
        assert process.poll() is None, log.read_text()
        yield web
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
