"""bin/up, as somebody types it: it starts, outlives its processes, and ends clean."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.services.house import ROOT, until

OURS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "OVERREAD_PRODUCTION")


class Up(NamedTuple):
    process: subprocess.Popen[bytes]
    log: Path

    def said(self, words: str) -> bool:
        return bool(re.search(words, self.log.read_text()))

    def pids(self, name: str) -> list[int]:
        return [int(pid) for pid in re.findall(rf"{name}\.1 started \(pid=(\d+)\)", self.log.read_text())]


def start(data: Path, port: int) -> Up:
    env = {name: value for name, value in os.environ.items() if name not in OURS} | {"OVERREAD_DATA": str(data)}
    log = data.with_suffix(f".{port}.log")
    command = [sys.executable, str(ROOT / "bin" / "up"), "--empty", "--port", str(port)]
    with log.open("wb") as file:
        return Up(subprocess.Popen(command, env=env, stdout=file, stderr=file, start_new_session=True), log)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def up(tmp_path: Path, port: int) -> Iterator[Up]:
    up = start(tmp_path / "data", port)
    try:
        until(lambda: up.said("Overread is at") or up.process.poll() is not None, "the address")
        yield up
    finally:
        up.process.terminate()
        up.process.wait(60)


def test_a_process_that_dies_is_started_again_and_the_end_is_clean(up: Up) -> None:
    assert up.process.poll() is None, up.log.read_text()
    until(lambda: up.pids("worker"), "a worker")
    os.kill(up.pids("worker")[0], signal.SIGKILL)
    until(lambda: len(up.pids("worker")) == 2, "another worker")
    started = [pid for name in ("web", "worker", "interactive", "trainer", "beat") for pid in up.pids(name)]
    assert up.said("The worker process ended by itself and is started again") and len(started) == 6
    up.process.terminate()
    assert up.process.wait(60) == 0 and up.said("Overread has ended") and not up.said("SIGKILL")
    assert not [pid for pid in started if alive(pid)]


def test_a_second_one_and_a_port_in_use_are_told_in_a_line(up: Up, tmp_path: Path, port: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    for data, where, words in (
        (tmp_path / "data", free, "already runs on"),
        (tmp_path / "elsewhere", port, f"Port {port} cannot be used"),
    ):
        second = start(data, where)
        assert second.process.wait(60) == 1 and second.said(words) and len(second.log.read_text().splitlines()) == 1


def test_a_folder_that_cannot_be_used_is_told_in_a_line(tmp_path: Path, port: int) -> None:
    (tmp_path / "file").write_text("no folder")
    told = start(tmp_path / "file", port)
    assert told.process.wait(60) == 1 and len(told.log.read_text().splitlines()) == 1 and told.said("bin/up: ")


def test_asked_to_end_before_it_is_up_it_leaves_nothing_behind(tmp_path: Path, port: int) -> None:
    up = start(tmp_path / "data", port)
    until(lambda: up.said("Preparing the database"), "the first step")
    up.process.terminate()
    assert up.process.wait(60) == 130 and up.said("ended before it was up")
    until(lambda: not alive(-up.process.pid), "the end of its process group")
