"""A line is in its file whole, or whoever writes it is told."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from overread.audit.lines import line_append


def test_lines_stand_behind_each_other(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    line_append(path, b"one")
    line_append(path, b"two", durable=True)
    assert path.read_bytes() == b"one\ntwo\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_torn_line_takes_no_other_with_it(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\ntw")
    line_append(path, b"three")
    assert path.read_bytes() == b"one\ntw\nthree\n"


def test_a_line_that_is_not_written_whole_is_an_error(tmp_path: Path) -> None:
    """A file that may not grow takes the first bytes and says how many, as a disk does that is nearly full."""
    path, before = tmp_path / "lines", resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(OSError, match="10 of 23 bytes"):
            line_append(path, b"a line of twenty bytes")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    line_append(path, b"next")
    assert path.read_bytes() == b"a line of \nnext\n"
