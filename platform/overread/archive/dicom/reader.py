"""The pool of children through which every file goes, and one for the whole process."""

import hashlib
import os
import queue
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from .limits import Limits
from .look import Look
from .process import Child
from .refusal import Refused
from .tones import Tones
from .values import Frame, ImageFacts, IntakeResult, Rendering, Window
from .wire import Blob

if TYPE_CHECKING:
    import numpy as np

RECYCLE_AFTER = 500
WAIT_SECONDS = 20.0  # for a child that is free
CHILDREN = 2  # of a process: a slow file leaves one for the others


class Busy(Exception):
    """All children were busy, and none became free in time. The file has not been looked at."""


class Reader:
    """Reads hostile files in `children` processes at a time. Thread-safe; a fork gets fresh children of its own.

    A child serves `recycle_after` files and is replaced. Where one fails, hangs or is killed, its file is Refused and the next
    file gets a new child. A caller that waits `wait_seconds` for a free child gets Busy.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        children: int = 1,
        recycle_after: int = RECYCLE_AFTER,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self.limits = limits or Limits()
        self._children = children
        self._recycle_after = recycle_after
        self._wait_seconds = wait_seconds
        self._closed = False
        self._refill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def take_in(self, content: bytes, *, key: bytes) -> IntakeResult:
        """Check the size, parse, de-identify and hash one file. `key` makes the pseudonyms. Raises Refused."""
        answer, (own,) = self._ask({"do": "receive"}, content, key=key)
        made = _assembled(answer["parts"], memoryview(own), memoryview(content))
        return IntakeResult(
            facts=_image_facts(answer["facts"]),
            content=made,
            sha256=hashlib.sha256(made).hexdigest(),
            untouched=_untouched(answer["parts"], len(content)),
        )

    def render(self, content: bytes, *, frame: int = 0) -> Rendering:
        """Decode one frame of a de-identified original and pack it for browser and models. Raises Refused."""
        answer, (full, half, thumb) = self._ask({"do": "render", "frame": frame}, content)
        facts = _frame_facts(answer["facts"])
        if facts["tones"] is not None:
            facts["tones"] = Tones(**{part: tuple(span) for part, span in facts["tones"].items()})
        if facts["look"] is not None:
            facts["look"] = Look(**facts["look"])
        return Rendering(full=bytes(full), half=bytes(half), thumb=bytes(thumb), **facts)

    def render_frames(self, content: bytes, *, first: int, count: int) -> tuple[Frame, ...]:
        """`count` frames from `first` on, decoded in one go. Raises Refused, naming the frame that does not decode."""
        answer, levels = self._ask({"do": "render_frames", "first": first, "count": count}, content)
        pairs = zip(levels[::2], levels[1::2], strict=True)
        return tuple(
            Frame(full=bytes(full), half=bytes(half), **_frame_facts(facts))
            for facts, (full, half) in zip(answer["frames"], pairs, strict=True)
        )

    def pixels(self, content: bytes, *, frame: int | None = 0) -> "np.ndarray[Any, Any]":
        """Decoded stored values, as pydicom's pixel_array gives them: one frame, or with None all. Raises Refused."""
        import numpy as np

        answer, (data,) = self._ask({"do": "pixels", "frame": frame}, content)
        return np.frombuffer(data, np.dtype(answer["dtype"])).reshape(answer["shape"])

    def freedoms(self) -> tuple[str, ...]:
        """What a child can do on this machine although it should not: "network", "processes", "files" (doctor)."""
        answer, _ = self._ask({"do": "freedoms"}, b"?")
        return tuple(answer["freedoms"])

    def pids(self) -> tuple[int, ...]:
        """Process IDs of the children that are running and idle."""
        return tuple(child.pid for child in list(self._idle.queue) if child is not None)

    def close(self) -> None:
        """Wait for the files in progress, then end the children. Callers that still wait for a child get a RuntimeError."""
        self._closed = True
        for child in [self._idle.get() for _ in range(self._children)]:
            if child is not None:
                child.kill()
            self._idle.put(None)

    def _refill(self) -> None:
        self._owner = os.getpid()
        self._idle: queue.LifoQueue[Child | None] = queue.LifoQueue()
        for _ in range(self._children):
            self._idle.put(None)

    def _ask(
        self, head: dict[str, Any], content: bytes, *, key: bytes | None = None
    ) -> tuple[dict[str, Any], list[Blob]]:
        if not content:
            raise Refused("empty", "The file is empty.")
        if len(content) > self.limits.file_bytes:
            raise Refused("too_large", f"The file has {len(content)} bytes; {self.limits.file_bytes} are allowed.")
        if self._owner != os.getpid():
            self._refill()
        idle = self._idle
        try:
            child = self._still_good(idle.get(timeout=self._wait_seconds))
        except queue.Empty:
            raise Busy from None
        try:
            if self._closed:
                raise RuntimeError("the reader is closed")
            if child is None:
                child = Child(self.limits)
            return child.ask(head, content, key=key)
        finally:
            idle.put(self._still_good(child))

    def _still_good(self, child: Child | None) -> Child | None:
        """The child, or None after discarding one that has ended or has served its files."""
        if child is None or (child.is_alive() and child.served < self._recycle_after):
            return child
        child.kill()
        return None


def _image_facts(facts: dict[str, Any]) -> ImageFacts:
    """The facts of a file as they were before they became JSON."""
    if facts["pixel_spacing"] is not None:
        facts["pixel_spacing"] = tuple(facts["pixel_spacing"])
    return ImageFacts(**facts)


def _frame_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of a frame as they were before they became JSON."""
    facts["windows"] = tuple(Window(**{**window, "table": tuple(window["table"])}) for window in facts["windows"])
    if facts["padding"] is not None:
        facts["padding"] = tuple(facts["padding"])
    return facts


def _untouched(parts: list[list[int]], length: int) -> bool:
    """Whether everything kept of the file is one range at its end, except for the byte that makes a length even."""
    kept = [part for part in parts if len(part) == 2]
    return len(kept) == 1 and length - kept[0][1] <= 1


def _assembled(parts: list[list[int]], own: memoryview, received: memoryview) -> bytes:
    """The content: each part is a range of the received file, or the next bytes of the child's own."""
    pieces = []
    at = 0
    for part in parts:
        if len(part) == 2:
            pieces.append(received[part[0] : part[1]])
        else:
            pieces.append(own[at : at + part[0]])
            at += part[0]
    return b"".join(pieces)


_lock = threading.Lock()
_standing: Reader | None = None


def standing_reader() -> Reader:
    """The one Reader of this process, started with its first file."""
    global _standing
    with _lock:
        if _standing is None:
            _standing = Reader(children=CHILDREN)
        return _standing


def _after_fork() -> None:
    global _lock, _standing
    _lock = threading.Lock()
    _standing = None


os.register_at_fork(after_in_child=_after_fork)


def take_in(content: bytes, *, key: bytes) -> IntakeResult:
    """Reader.take_in in this process's own reader."""
    return standing_reader().take_in(content, key=key)


def render(content: bytes, *, frame: int = 0) -> Rendering:
    """Reader.render in this process's own reader."""
    return standing_reader().render(content, frame=frame)


def render_frames(content: bytes, *, first: int, count: int) -> tuple[Frame, ...]:
    """Reader.render_frames in this process's own reader."""
    return standing_reader().render_frames(content, first=first, count=count)


def stored_pixels(content: bytes) -> "np.ndarray[Any, Any]":
    """Reader.pixels of the first frame in this process's own reader."""
    return standing_reader().pixels(content)
