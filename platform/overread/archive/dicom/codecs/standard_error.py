"""What a C library prints on standard error while it works: the only place where some of them say what is wrong."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

STANDARD_ERROR = 2
MOST = 4096  # bytes of it that are kept


@dataclass
class Printed:
    """`text` is filled when the block ends."""

    text: bytes = b""


@contextmanager
def standard_error() -> Iterator[Printed]:
    """Catch what is printed within the block. For the whole process, so for one that does nothing else meanwhile."""
    printed = Printed()
    reading, writing = os.pipe()
    for pipe in (reading, writing):
        os.set_blocking(pipe, False)  # a library that prints more than a pipe holds loses it rather than wait
    before = os.dup(STANDARD_ERROR)
    os.dup2(writing, STANDARD_ERROR)
    os.close(writing)
    try:
        yield printed
    finally:
        os.dup2(before, STANDARD_ERROR)
        os.close(before)
        printed.text = _read(reading)
        os.close(reading)


def _read(pipe: int) -> bytes:
    try:
        return os.read(pipe, MOST)
    except BlockingIOError:  # nothing was printed
        return b""
