"""Arrays that lie in many shards as one memory map, in this machine's own data folder.

A folder a table: `values` (rows, width) and `images` (rows, 16 bytes each) as raw bytes, `shards` (16 bytes each) in the
order in which they were appended, and `state.json`, which says how much of these files counts. It is written last and in
one step, so that whatever a crash has left behind it is cut off at the next call. What the files hold can be made anew
from the shards at any time; a folder whose files are too short or hold another shard than the database does, or more rows,
as after a patient was erased, is emptied and filled again.
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


@dataclass(frozen=True)
class MemmapState:
    rows: int = 0
    shards: int = 0
    width: int = 0
    dtype: str = ""


class ShardSource(Protocol):
    """Where the shards are: `shards` their ids (S, 16 bytes), `rows` how many rows they hold together, `read` one of
    them: its images (n,) and values (n, width).
    """

    def shards(self) -> Ids: ...
    def rows(self) -> int: ...
    def read(self, shards: Ids) -> Iterator[tuple[Ids, NDArray[Any]]]: ...


def memmap_of(name: str, source: ShardSource, *, dtype: DTypeLike) -> tuple[Ids, NDArray[Any]]:
    """The images (N,) and values (N, width) of all shards, the latter mapped from a file; new shards are appended first.

    One process at a time appends; what another has mapped stays as it is.
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
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _append(folder: Path, source: ShardSource, dtype: np.dtype[Any]) -> bool:
    """Append what is missing. False where what the folder holds is not what the source holds."""
    state, shards = _state(folder), source.shards()
    if state is None:
        return False
    known = np.fromfile(folder / "shards", ID, state.shards) if state.shards else np.empty(0, ID)
    if not np.isin(known, shards).all() or (state.dtype and np.dtype(state.dtype) != dtype):
        return False
    new = shards[~np.isin(shards, known)]
    for start in range(0, len(new), 256):
        state = _write(folder, state, new[start : start + 256], source, dtype)
    return state.rows <= source.rows()


def _write(folder: Path, state: MemmapState, shards: Ids, source: ShardSource, dtype: np.dtype[Any]) -> MemmapState:
    images, values = [], []
    for of_shard, block in source.read(shards):
        images.append(of_shard)
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
    row = state.width * np.dtype(state.dtype).itemsize if state.dtype else 0
    return {"values": state.rows * row, "images": state.rows * 16, "shards": state.shards * 16}


def _state(folder: Path) -> MemmapState | None:
    """What counts of the folder's files; None where they hold less than that."""
    try:
        state = MemmapState(**json.loads((folder / "state.json").read_bytes()))
        whole = all((folder / name).stat().st_size >= size for name, size in _sizes(state).items())
    except FileNotFoundError:
        return None if (folder / "state.json").exists() else MemmapState()
    except (ValueError, TypeError):
        return None
    return state if whole else None


def _empty(folder: Path) -> None:
    for name in ("state.json", *PARTS):
        (folder / name).unlink(missing_ok=True)


def memmaps_clear() -> None:
    """Empty every map of this machine; the next call fills it from the shards again."""
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
    """The same of UUIDs in hexadecimal digits, with or without hyphens: ten times as fast as by way of UUIDs."""
    return np.frombuffer(bytes.fromhex("".join(images).replace("-", "")), ID)


def uuids_of(ids: Ids) -> list[UUID]:
    """The inverse of `ids_of`. An element by itself is no use: NumPy drops the zeros at its end."""
    content = np.ascontiguousarray(ids).tobytes()
    return [UUID(bytes=content[start : start + 16]) for start in range(0, len(content), 16)]
