"""The product's web process, as the Procfile of a build starts it, on a free port of this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.builds import ROOT
from tests.bench.part import Unfinished

PATIENCE = 120  # seconds
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Served:
    """A web process that runs, with its workers and their children in one session."""

    address: str
    pid: int

    def cpu_s(self) -> float:
        """Processor seconds, user and system, of every process of the session so far, and of those that ended."""
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:  # it ended as it was looked at
                continue
            if int(fields[3]) == self.pid:
                ticks += sum(map(int, fields[11:15]))
        return ticks / TICKS_PER_S


@contextmanager
def serving(env: Mapping[str, str], root: Path = ROOT) -> Iterator[Served]:
    """The web process of the build at `root`, while it runs. Its process group ends with the block."""
    port = free_port()
    command = next(line for line in (root / "Procfile").read_text().splitlines() if line.startswith("web:"))
    process = subprocess.Popen(
        ["sh", "-c", command.removeprefix("web:")],
        cwd=root,
        env={**env, "PORT": str(port)},
        start_new_session=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(process, f"{address}/sign-in/")
        yield Served(address, process.pid)
    finally:
        _end(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Unfinished("the web process did not answer")


def _end(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, sign)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                continue
