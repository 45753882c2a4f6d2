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

PROCFILE = {"web": "gunicorn", "beat": " beat "} | {
    name: f"--hostname {name}@" for name in ("worker", "interactive", "trainer")
}
OURS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "OVERREAD_PRODUCTION")


class Up(NamedTuple):
    process: subprocess.Popen[bytes]
    log: Path

    def said(self, words: str) -> bool:
        return bool(re.search(words, self.log.read_text()))

    def pids(self) -> dict[str, int]:
        """The processes of the Procfile that run now."""
        listed = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        ).stdout
        told = (line.split(None, 1) for line in listed.splitlines())
        return {name: int(pid) for pid, args in told for name, part in PROCFILE.items() if part in args}


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
    until(lambda: up.pids().keys() == PROCFILE.keys(), "all processes")
    first = up.pids()
    os.kill(first["worker"], signal.SIGKILL)
    until(lambda: up.pids().get("worker", first["worker"]) != first["worker"], "another worker")
    assert up.said("The worker process ended by itself and is started again")
    started = {*first.values(), *up.pids().values()}
    assert len(started) == 6
    up.process.terminate()
    assert up.process.wait(60) == 0 and up.said("Overread has ended")
    assert not [pid for pid in started if alive(pid)]


def test_asked_to_end_as_soon_as_it_answers_it_leaves_nothing_behind(up: Up, tmp_path: Path) -> None:
    up.process.terminate()
    assert up.process.wait(60) == 0 and up.said("Overread has ended")
    assert left(tmp_path / "data") == []


def left(data: Path) -> list[str]:
    """What still runs on a data folder."""
    told = f"OVERREAD_DATA={data}\0".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if told in environ.read_bytes():
                found.append(environ.with_name("cmdline").read_text())
        except OSError:  # it ended meanwhile, or is somebody else's
            continue
    return found


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
