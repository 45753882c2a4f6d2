"""The pool of children: what fails costs one file, and the next one works."""

import fcntl
import os
import resource
import select
import signal
import subprocess
import sys
import termios
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from overread.archive import dicom as room
from overread.archive.dicom import Busy, Limits, Reader, Refused

from .made import KEY, dicom, ramp

PLATFORM = Path(room.__file__).parents[3]


def ask(reader: Reader, content: bytes | None = None) -> room.IntakeResult:
    return reader.take_in(dicom() if content is None else content, key=KEY)


def test_importing_the_room_loads_no_decoder():
    loaded = "[m for m in ('pydicom', 'gdcm', 'PIL', 'django') if m in sys.modules]"
    code = f"import sys, overread.archive.dicom; print({loaded})"
    run = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(PLATFORM)}, capture_output=True, text=True
    )
    assert run.stdout.strip() == "[]", run.stderr


def test_the_child_knows_nothing_of_django_and_of_our_environment(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "nobody's business")
    with Reader() as reader:
        ask(reader)
        (pid,) = reader.pids()
        assert b"SECRET_KEY" not in Path(f"/proc/{pid}/environ").read_bytes()
        assert "django" not in Path(f"/proc/{pid}/maps").read_text()


def test_the_child_is_confined():
    with Reader(Limits(memory_bytes=2**30)) as reader:
        ask(reader)
        (pid,) = reader.pids()
        assert resource.prlimit(pid, resource.RLIMIT_AS)[0] == 2**30
        assert resource.prlimit(pid, resource.RLIMIT_FSIZE) == (0, 0)
        assert resource.prlimit(pid, resource.RLIMIT_CPU)[0] < 200


def test_a_child_serves_many_files_and_is_then_replaced():
    with Reader(recycle_after=2) as reader:
        ask(reader)
        first = reader.pids()
        ask(reader)
        assert reader.pids() == ()
        ask(reader)
        assert reader.pids() != first


def test_an_ordinary_refusal_costs_no_child():
    with Reader() as reader:
        ask(reader)
        before = reader.pids()
        with pytest.raises(Refused):
            ask(reader, b"text")
        assert reader.pids() == before


def test_a_child_killed_between_files_is_replaced_unnoticed():
    with Reader() as reader:
        ask(reader)
        (pid,) = reader.pids()
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert ask(reader).facts.rows == 12


def unread(pid: int) -> bool:
    """Whether something waits in a pipe of the child's."""
    for name in Path(f"/proc/{pid}/fd").iterdir():
        if str(name.readlink()).startswith("pipe:"):
            pipe = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
            try:
                if any(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4))):
                    return True
            finally:
                os.close(pipe)
    return False


def test_a_child_killed_in_the_middle_of_a_file_costs_that_file():
    with Reader() as reader, ThreadPoolExecutor(1) as pool:
        ask(reader)
        (pid,) = reader.pids()
        os.kill(pid, signal.SIGSTOP)
        answer = pool.submit(ask, reader, dicom(ramp(2000, 2000)))
        while not unread(pid):
            os.sched_yield()
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(Refused) as refused:
            answer.result()
        assert refused.value.code == "crashed"
        assert "SIGKILL" in refused.value.reason
        assert ask(reader).facts.rows == 12


def test_a_child_that_does_not_answer_in_time_is_ended():
    with Reader(Limits(wall_seconds=0.02)) as reader:  # less than a child takes to start
        with pytest.raises(Refused) as refused:
            ask(reader)
        assert refused.value.code == "timeout"
        assert reader.pids() == ()


def test_who_finds_no_free_child_in_time_is_told():
    with Reader(children=2, wait_seconds=0.1) as reader, ThreadPoolExecutor(2) as pool:
        pool.submit(ask, reader)
        ask(reader)
        while len(reader.pids()) < 2:
            list(pool.map(lambda _: ask(reader), range(2)))
        for pid in reader.pids():
            os.kill(pid, signal.SIGSTOP)
        pids = reader.pids()
        slow = [pool.submit(ask, reader) for _ in pids]
        while reader.pids():
            os.sched_yield()
        with pytest.raises(Busy):
            ask(reader)
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
        assert [each.result().facts.rows for each in slow] == [12, 12]
        assert ask(reader).facts.rows == 12


def test_an_interrupted_conversation_ends_the_child():
    with Reader() as reader:
        ask(reader)
        (pid,) = reader.pids()
        os.kill(pid, signal.SIGSTOP)
        previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with pytest.raises(KeyboardInterrupt):
                ask(reader)
        finally:
            signal.signal(signal.SIGALRM, previous)
        assert reader.pids() == ()
        assert ask(reader).facts.rows == 12


def test_many_threads_share_a_few_children():
    with Reader(children=2) as reader, ThreadPoolExecutor(8) as pool:
        contents = [dicom(ramp(4 + n, 8)) for n in range(24)]
        results = list(pool.map(lambda content: ask(reader, content), contents))
        assert [result.facts.rows for result in results] == [4 + n for n in range(24)]
        assert 1 <= len(reader.pids()) <= 2


def test_a_forked_process_has_children_of_its_own():
    room.take_in(dicom(), key=KEY)
    reading, writing = os.pipe()
    if not (child := os.fork()):
        status = 1
        try:
            status = 0 if room.take_in(dicom(), key=KEY).facts.rows == 12 else 1
        finally:
            os.write(writing, bytes([status]))
            os._exit(status)
    assert os.read(reading, 1) == b"\0"
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)
    assert room.take_in(dicom(), key=KEY).facts.rows == 12


def test_children_end_with_their_reader():
    reader = Reader()
    ask(reader)
    (pid,) = reader.pids()
    reader.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(RuntimeError):
        ask(reader)


PARENT = """
import fcntl
import os
from overread.archive.dicom import reader
from tests.archive.dicom.made import KEY, dicom

reader.take_in(dicom(), key=KEY)
print(reader.standing_reader().pids()[0], flush=True)
os._exit(0)
"""


def test_children_end_with_their_parent():
    path = f"{PLATFORM}{os.pathsep}{PLATFORM.parent}"
    run = subprocess.run([sys.executable, "-c", PARENT], env={"PYTHONPATH": path}, capture_output=True, text=True)
    try:
        ending = os.pidfd_open(int(run.stdout))
    except ProcessLookupError:
        return
    assert select.select([ending], [], [], 60)[0]
    os.close(ending)


def test_the_rooms_own_reader_serves_threads():
    results: list[int] = []
    threads = [threading.Thread(target=lambda: results.append(room.render(dicom()).rows)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [12, 12, 12]
