"""What a child that was taken over could reach: no key, no network, no other process, no file of ours."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from overread.archive import dicom as room
from overread.archive.dicom import Reader, Refused, process
from overread.archive.dicom.confinement import FORBIDDEN, LANDLOCK_CREATE

from .made import KEY, dicom

PLATFORM = Path(room.__file__).parents[3]
HOSTILE = """
import ctypes, os, signal, socket, subprocess, sys, threading
from overread.archive.dicom.confinement import confine
from overread.archive.dicom.limits import Limits

def refused(what):
    try:
        what()
    except PermissionError:
        return True
    return False

def ptrace():
    if ctypes.CDLL(None, use_errno=True).ptrace(16, os.getppid(), 0, 0) == -1:
        raise OSError(ctypes.get_errno(), "ptrace")

confine(Limits())
trials = {
    "socket": lambda: socket.socket(),
    "unix socket": lambda: socket.socket(socket.AF_UNIX),
    "pair of sockets": lambda: socket.socketpair(),
    "fork": lambda: os.fork() or os._exit(0),
    "program": lambda: os.execv("/bin/true", ["true"]),
    "process": lambda: subprocess.run(["/bin/true"]),
    "spawned process": lambda: os.posix_spawn("/bin/true", ["true"], {}),
    "signal": lambda: os.kill(os.getppid(), 0),
    "ptrace": ptrace,
    "environment of the parent": lambda: open(f"/proc/{os.getppid()}/environ"),
    "secret": lambda: open(sys.argv[1]),
    "folder": lambda: os.listdir(os.path.dirname(sys.argv[1])),
    "file": lambda: open(sys.argv[1] + ".new", "w"),
    "removal": lambda: os.remove(sys.argv[1]),
}
print([name for name, trial in trials.items() if not refused(trial)])
thread = threading.Thread(target=print, args=("a thread starts",))
thread.start(); thread.join()
import gdcm
print("libraries load")
"""


def landlocked() -> bool:
    import ctypes

    return sys.platform == "linux" and ctypes.CDLL(None).syscall(LANDLOCK_CREATE, None, 0, 1) >= 1


locked = pytest.mark.skipif(
    platform.machine() not in FORBIDDEN or not landlocked(), reason="this kernel has no Landlock; doctor says so"
)


@locked
def test_what_is_forbidden_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the key")
    done = subprocess.run(
        [sys.executable, "-P", "-s", "-c", HOSTILE, str(secret)],
        env={"PYTHONPATH": str(PLATFORM)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == ["[]", "a thread starts", "libraries load"], done.stdout + done.stderr
    assert secret.read_text() == "the key"


@locked
def test_the_child_itself_tells_the_same() -> None:
    with Reader() as reader:
        assert reader.freedoms() == ()


FREE = """
import os
from overread.archive.dicom.confinement import freedoms
os.getppid = lambda: 0  # a parent whose environment cannot be read, as many systems have it
print(freedoms())
"""


def test_a_child_without_a_lock_tells_so() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-s", "-c", FREE],
        env={"PYTHONPATH": str(PLATFORM)},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "['network', 'processes', 'files']\n", done.stderr


def memory(pid: int) -> bytes:
    """All that a process has written, as far as it can be read."""
    found = b""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as file:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            reach, rights, *_ = line.split()
            if not rights.startswith("rw"):
                continue
            start, end = (int(number, 16) for number in reach.split("-"))
            try:
                file.seek(start)
                found += file.read(end - start)
            except (OSError, OverflowError):
                continue
    return found


def test_the_key_does_not_reach_the_child() -> None:
    key = b"a key that no child may hold"
    with Reader() as reader:
        facts = reader.take_in(dicom(PatientID="MRN-of-this-test"), key=key).facts
        held = memory(reader.pids()[0])
    assert b"MRN-of-this-test" in held or facts.patient.encode() in held  # it is the right memory
    assert key not in held and key.hex().encode() not in held


GREEDY = """
import sys
from overread.archive.dicom.wire import packed, unpacked
def read(size):
    return sys.stdin.buffer.read(size)
def write(head):
    sys.stdout.buffer.write(b"".join(packed(head)))
    sys.stdout.buffer.flush()
named = dict.fromkeys(["issuer", "patient_id", "study", "series", "instance", "frame_of_reference"], "1.2")
unpacked(read, 10**9)
write({"named": NAMED})
unpacked(read, 10**9)
write({"named": named})
unpacked(read, 10**9)
"""


@pytest.mark.parametrize("named", ["named", "named | {'more': '1.2'}", "named | {'study': 12}", "list(named)"])
def test_a_child_that_asks_for_more_than_its_files_stand_ins_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    (tmp_path / "greedy.py").write_text(GREEDY.replace("NAMED", named))
    monkeypatch.setattr(process, "MODULE", "greedy")
    path = os.pathsep.join([str(PLATFORM), str(tmp_path)])
    monkeypatch.setitem(process.ENVIRONMENT, "PYTHONPATH", path)
    with Reader() as reader, pytest.raises(Refused) as refused:
        reader.take_in(dicom(), key=KEY)
    assert refused.value.code == "crashed"
