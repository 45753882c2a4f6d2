"""Small files reach the child through memory, others through a pipe: what comes of them is the same."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from overread.archive.dicom import Reader, shared_memory

from .made import KEY, dicom


def film(number: int, side: int) -> bytes:
    pixels = np.random.default_rng(number).integers(0, 4096, (side, side)).astype("uint16")
    return dicom(pixels, BitsStored=12, HighBit=11)


FILES = [film(1, 300), film(2, 12), film(3, 1500), film(4, 200)]  # the third is larger than the memory


def taken_in() -> list[str]:
    with Reader() as reader:
        return [reader.take_in(file, key=KEY).sha256 for file in FILES]


def test_a_file_is_the_same_by_either_road(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(FILES[2]) > shared_memory.SIZE > len(FILES[0])
    by_memory = taken_in()
    monkeypatch.setattr("overread.archive.dicom.process.memory_file", lambda: None)
    assert taken_in() == by_memory and len(set(by_memory)) == len(FILES)


def test_a_file_as_large_as_the_memory_goes_through_it() -> None:
    file = film(5, 1000)
    file += bytes(shared_memory.SIZE - len(file))
    with Reader() as reader:
        assert reader.take_in(file, key=KEY).content


def test_a_system_without_such_memory_has_the_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise OSError(errno.ENOSYS, "no such call")

    monkeypatch.setattr(os, "memfd_create", refused)
    assert shared_memory.memory_file() is None


def test_nobody_can_cut_the_memory_short() -> None:
    file = shared_memory.memory_file()
    assert file is not None
    try:
        with pytest.raises(PermissionError):
            os.ftruncate(file, 10)
    finally:
        os.close(file)


def test_a_child_that_is_done_leaves_no_memory() -> None:
    def ours() -> int:
        """Memories mapped into this process."""
        return Path("/proc/self/maps").read_text().count("/memfd:file")

    before = ours()
    with Reader() as reader:
        reader.take_in(FILES[0], key=KEY)
        assert ours() == before + 1
    assert ours() == before
