"""Lines appended to a file that outlives the process."""

from __future__ import annotations

import os
from pathlib import Path


def line_append(path: Path, line: bytes, *, durable: bool = False) -> None:
    """Write a line, given without its end, behind the others by one system call; `durable`: it outlives a power cut too.

    A line that was cut short gets its end first, so that it takes no other with it. Raises OSError where the line could
    not be written whole, FileNotFoundError where there is no folder.
    """
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(handle).st_size
        torn = size and os.pread(handle, 1, size - 1) != b"\n"
        text = b"\n" * bool(torn) + line + b"\n"
        if (written := os.write(handle, text)) < len(text):
            raise OSError(f"{written} of {len(text)} bytes could be written to {path}.")
        if durable:
            os.fsync(handle)
    finally:
        os.close(handle)
