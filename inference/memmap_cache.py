"""A cache of many shards as one memory map, in this machine's own data folder.

Each table has a folder. `values` (rows, width) and `images` (rows, 16 bytes each) are raw bytes. `shards` (16 bytes each)
lists the shards in the order in which they were appended. `state.json` says how much of these files counts: it is written
last and in one step, so whatever a crash left behind is cut off at the next call. The files can be made again from the
shards at any time. A folder whose files are too short, or that holds a shard or rows that the database does not (as after
a patient was erased), is emptied and filled again.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import numpy as np
from django.conf import settings
from numpy.typing import DTypeLike, NDArray

Ids = NDArray[np.bytes_]
"""Images (N,), 16 bytes each."""

ID = np.dtype("S16")
PARTS = ("values", "images", "shards")
SHARDS_AT_ONCE = 256  # written together: bounds the memory, and the work that a crash repeats


@dataclass(frozen=True)
class MemmapState:
    """How much of a folder's files counts. Stored as JSON under these names."""

    rows: int = 0
    shards: int = 0
    width: int = 0
    dtype: str = ""


class ShardSource(Protocol):
    """Where the shards come from."""

    def shards(self) -> Ids:
        """The ids of all shards (S,)."""

    def rows(self) -> int:
        """How many rows they hold together."""

    def read(self, shards: Ids) -> Iterator[tuple[Ids, NDArray[Any]]]:
        """The images (n,) and values (n, width) of each of these shards, in any order."""


def memmap_of(name: str, source: ShardSource, *, dtype: DTypeLike) -> tuple[Ids, NDArray[Any]]:
    """The images (N,) and values (N, width) of all shards, the values mapped from a file. New shards are appended first.

    What another process has mapped stays as it is: the files only grow, or are unlinked and made anew.
    """
    folder = settings.MAPPED / name
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        if not _append(folder, source, np.dtype(dtype)):
            _empty(folder)
            _append(folder, source, np.dtype(dtype))
        return _open(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: one process of this machine at a time appends. A dead process holds no lock."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _append(folder: Path, source: ShardSource, dtype: np.dtype[Any]) -> bool:
    """Append what is missing. False where the folder holds what the source does not."""
    state = _state(folder)
    if state is None:
        return False
    shards = source.shards()
    known = np.empty(0, ID)
    if state.shards:
        known = np.fromfile(folder / "shards", ID, state.shards)
    if not np.isin(known, shards).all():
        return False
    if state.dtype and np.dtype(state.dtype) != dtype:
        return False
    new = shards[~np.isin(shards, known)]
    for start in range(0, len(new), SHARDS_AT_ONCE):
        state = _write(folder, state, new[start : start + SHARDS_AT_ONCE], source, dtype)
    # More rows than the database has: an image was erased, and its row must not stay on this disk.
    return state.rows <= source.rows()


def _write(folder: Path, state: MemmapState, shards: Ids, source: ShardSource, dtype: np.dtype[Any]) -> MemmapState:
    """Append these shards. The state is replaced last, so that a crash before it leaves the table as it was."""
    images = []
    values = []
    for images_of_shard, block in source.read(shards):
        images.append(images_of_shard)
        values.append(np.ascontiguousarray(block, dtype))
    if not values:
        return state
    width = values[0].shape[1]
    parts = {"values": np.concatenate(values), "images": np.concatenate(images), "shards": shards}
    for name, size in _sizes(state).items():
        _put(folder / name, size, parts[name].tobytes())
    state = MemmapState(state.rows + len(parts["images"]), state.shards + len(shards), width, dtype.str)
    _put(folder / "state.new", 0, json.dumps(asdict(state)).encode())
    (folder / "state.new").replace(folder / "state.json")
    return state


def _put(path: Path, size: int, content: bytes) -> None:
    """Write the content after the first `size` bytes, in place of whatever else is there."""
    with path.open("ab") as file:
        file.truncate(size)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sizes(state: MemmapState) -> dict[str, int]:
    """The bytes of each file that count."""
    row_bytes = 0
    if state.dtype:
        row_bytes = state.width * np.dtype(state.dtype).itemsize
    return {"values": state.rows * row_bytes, "images": state.rows * 16, "shards": state.shards * 16}


def _state(folder: Path) -> MemmapState | None:
    """What counts of the folder's files, nothing of a new folder. None where the files hold less than that."""
    try:
        state = MemmapState(**json.loads((folder / "state.json").read_bytes()))
        whole = all((folder / name).stat().st_size >= size for name, size in _sizes(state).items())
    except FileNotFoundError:
        if (folder / "state.json").exists():
            return None
        return MemmapState()
    except (ValueError, TypeError):
        return None
    if not whole:
        return None
    return state


def _empty(folder: Path) -> None:
    # The state first: without it the other files count for nothing.
    for name in ("state.json", *PARTS):
        (folder / name).unlink(missing_ok=True)


def memmaps_clear() -> None:
    """Empty every map of this machine. The next call fills it from the shards again."""
    for folder in settings.MAPPED.glob("*/"):
        with _locked(folder):
            _empty(folder)


def _open(folder: Path) -> tuple[Ids, NDArray[Any]]:
    state = _state(folder)
    if state is None or not state.rows:
        return np.empty(0, ID), np.empty((0, 0), np.float32)
    values = np.asarray(np.memmap(folder / "values", np.dtype(state.dtype), "r", shape=(state.rows, state.width)))
    return np.fromfile(folder / "images", ID, state.rows), values


def ids_of(images: Iterable[UUID]) -> Ids:
    """UUIDs as an array of 16 bytes each."""
    return np.frombuffer(b"".join(image.bytes for image in images), ID)


def ids_of_text(images: Iterable[str]) -> Ids:
    """As `ids_of`, from hexadecimal digits with or without hyphens: ten times as fast as by way of UUIDs."""
    return np.frombuffer(bytes.fromhex("".join(images).replace("-", "")), ID)


def uuids_of(ids: Ids) -> list[UUID]:
    """The inverse of `ids_of`. An element by itself is no use: NumPy drops the zeros at its end."""
    content = np.ascontiguousarray(ids).tobytes()
    return [UUID(bytes=content[start : start + 16]) for start in range(0, len(content), 16)]
