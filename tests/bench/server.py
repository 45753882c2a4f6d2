"""The product's web process, as the Procfile starts it, on a free port of this machine."""

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
from pathlib import Path

from tests.bench.part import Unfinished

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds


@contextmanager
def serving(env: Mapping[str, str]) -> Iterator[str]:
    """Its address, while it runs. Its process group ends with the block."""
    port = _free_port()
    command = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web:"))
    process = subprocess.Popen(
        ["sh", "-c", command.removeprefix("web:")],
        cwd=ROOT,
        env={**env, "PORT": str(port)},
        start_new_session=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(process, f"{address}/sign-in/")
        yield address
    finally:
        _end(process)


def _free_port() -> int:
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
