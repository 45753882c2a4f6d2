"""One child process from the parent's side: started fresh, asked with a deadline, ended on any doubt."""

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
import weakref
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from .identity import Named, stand_ins
from .limits import Limits
from .refusal import Refused
from .shared_memory import mapped_to_write, memory_file
from .wire import Blob, Garbled, packed, unpacked

SOURCE = Path(__file__).resolve().parents[3]  # the folder on whose path `overread` lies
MODULE = "overread.archive.dicom.child"
PIPE_BYTES = 1024 * 1024
ENVIRONMENT = {"PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
# The memory of one file serves the next, of the same size as a rule: glibc would give it back to the system each time.
KEPT_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(32 * 2**20), "MALLOC_TRIM_THRESHOLD_": str(128 * 2**20)}


class Child:
    """A running child. Not safe to share between threads: whoever holds it is alone with it."""

    _alive: "weakref.WeakSet[Child]" = weakref.WeakSet()

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.served = 0
        file = memory_file()
        self._memory = None if file is None else mapped_to_write(file)
        files = () if file is None else (file,)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-s", "-m", MODULE, json.dumps(asdict(limits)), *map(str, files)],
                pass_fds=files,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=ENVIRONMENT | ONE_THREAD | KEPT_MEMORY,
                cwd="/",
                bufsize=0,
            )
        finally:
            for each in files:
                os.close(each)
        assert self._process.stdin and self._process.stdout
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        for pipe in (self._to, self._from):
            os.set_blocking(pipe, False)
            with suppress(OSError, AttributeError):  # a smaller pipe is only slower
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        Child._alive.add(self)

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(
        self, head: dict[str, Any], content: bytes, *, key: bytes | None = None
    ) -> tuple[dict[str, Any], list[Blob]]:
        """The child's answer. Raises Refused for a refusal, and where the child fails, which then is dead.

        With a `key` the child may ask, once, what stands for what the file names; the key stays here.
        """
        deadline = time.monotonic() + self.limits.wall_seconds
        self.served += 1
        try:
            self._give(head, content, deadline)
            answer, blobs = self._hear(deadline)
            if "named" in answer and key is not None:
                self._say({"stand_ins": asdict(stand_ins(_named(answer["named"]), key=key))}, [], deadline)
                answer, blobs = self._hear(deadline)
            if "named" in answer:
                raise Garbled
        except TimeoutError as error:
            self.kill()
            raise Refused("timeout", f"The file took more than {self.limits.wall_seconds:g} seconds.") from error
        except (OSError, EOFError, Garbled) as error:
            raise self._obituary() from error
        except BaseException:  # interrupted in the middle of a message
            self.kill()
            raise
        if answer.get("worn"):
            self.kill()
        if refused := answer.get("refused"):
            raise Refused(*refused)
        return answer, blobs

    def kill(self) -> None:
        """End the child at once and collect it."""
        self._process.kill()
        self._process.wait()
        self._close()

    def _obituary(self) -> Refused:
        """Why the child ended, after making sure that it has."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        self.kill()
        if self._process.returncode == -signal.SIGXCPU:
            seconds = self.limits.cpu_seconds
            return Refused("timeout", f"The file took more than {seconds} seconds of processor time.")
        return Refused("crashed", f"The process reading the file ended early ({_ending(self._process.returncode)}).")

    def _close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout, self._memory):
            if stream is not None:
                stream.close()
        Child._alive.discard(self)

    def _give(self, head: dict[str, Any], content: bytes, deadline: float) -> None:
        if self._memory is None or len(content) > len(self._memory):
            self._say(head, [content], deadline)
            return
        self._memory[: len(content)] = content
        self._say({**head, "in_memory": len(content)}, [], deadline)

    def _say(self, head: dict[str, Any], blobs: list[Blob], deadline: float) -> None:
        for piece in packed(head, blobs):
            self._write(memoryview(piece), deadline)

    def _hear(self, deadline: float) -> tuple[dict[str, Any], list[Blob]]:
        return unpacked(lambda size: self._read(size, deadline), 2 * self.limits.pixel_bytes)

    def _write(self, view: memoryview, deadline: float) -> None:
        while view:
            try:
                view = view[os.write(self._to, view) :]
            except BlockingIOError:
                _await(self._to, select.POLLOUT, deadline)

    def _read(self, size: int, deadline: float) -> bytearray:
        buffer = bytearray(size)
        view = memoryview(buffer)
        while view:
            try:
                count = os.readv(self._from, [view])
            except BlockingIOError:
                _await(self._from, select.POLLIN, deadline)
                continue
            if not count:
                raise EOFError
            view = view[count:]
        return buffer

    @classmethod
    def _forget_all(cls) -> None:
        """After a fork: let go of the other process's children without ending them."""
        for child in list(cls._alive):
            child._process.returncode = 0  # Popen must not wait for what is no child of this process
            child._close()


def _named(told: Any) -> Named:
    """Raises Garbled for what a child of ours would not say."""
    if not isinstance(told, dict) or set(told) != {field.name for field in fields(Named)}:
        raise Garbled
    if not all(isinstance(text, str) for text in told.values()):
        raise Garbled
    return Named(**told)


def _await(pipe: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(pipe, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError


def _ending(returncode: int) -> str:
    try:
        return signal.Signals(-returncode).name
    except ValueError:
        return f"exit status {returncode}"


os.register_at_fork(after_in_child=Child._forget_all)
