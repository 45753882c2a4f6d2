"""Images of a data set that look the same: decoded in the confined children, compared by their hashes."""

from __future__ import annotations

import io
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from overread.archive import dicom
from overread.archive.dicom.reader import CHILDREN
from training.datasets.errors import DatasetError
from training.datasets.items import Item
from training.datasets.near_duplicates import (
    SIDE,
    Hashes,
    LooksTheSame,
    NearDuplicates,
    Pairs,
    distances,
    near_pairs,
    picture_hash,
)
from training.datasets.same_files import items_at
from training.datasets.survey import EXAMPLES, hash64
from training.services.item_checks import file_content
from training.services.opening import OpenDataset

AT_ONCE = 64


@dataclass(frozen=True)
class _Picture:
    place: int
    item: Item
    patient: str


@dataclass
class _Seen:
    """The pictures that have a hash. `places`: of their images in the data set. `patients`, `splits`: 64 bits instead of texts."""

    places: array[int] = field(default_factory=lambda: array("q"))
    patients: array[int] = field(default_factory=lambda: array("q"))
    splits: array[int] = field(default_factory=lambda: array("q"))
    hashes: bytearray = field(default_factory=bytearray)


def near_duplicates(opened: OpenDataset, on_item: Callable[[], object] = lambda: None) -> NearDuplicates:
    """Pairs that look the same across patients, or across the data set's own splits. An image without a patient is taken for
    a patient of its own, as an import does.
    """
    told = NearDuplicates()
    seen = _Seen()
    with ThreadPoolExecutor(CHILDREN) as pool:
        for items in _batches(opened):
            hashed = [(one, pool.submit(_hash, opened, one.item)) for one in items]
            for one, future in hashed:
                on_item()
                _note(told, seen, one, future)
    _compare(opened, told, seen)
    return told


def _batches(opened: OpenDataset) -> Iterator[list[_Picture]]:
    each = _pictures(opened)
    while batch := list(islice(each, AT_ONCE)):
        yield batch


def _pictures(opened: OpenDataset) -> Iterator[_Picture]:
    """The items that are not refused for what their rows say."""
    for place, item in enumerate(opened.dataset.items()):
        if item.problem:
            continue
        try:
            yield _Picture(place, item, opened.patients.of(item))
        except DatasetError:
            continue


def _hash(opened: OpenDataset, item: Item) -> Hashes | None:
    """Of the small JPEG that a child makes of the file, windowed and the right way round: no byte of the file is decoded here.

    Raises DatasetError, Refused, OSError.
    """
    content = file_content(opened.dataset.images.find(item.file))
    with Image.open(io.BytesIO(dicom.render(content).thumb)) as thumb:
        small = thumb.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    return picture_hash(np.asarray(small))


def _note(told: NearDuplicates, seen: _Seen, one: _Picture, future: Future[Hashes | None]) -> None:
    try:
        found = future.result()
    except (DatasetError, dicom.Refused, dicom.Busy, OSError):
        told.undecoded += 1
        return
    if found is None:
        told.flat += 1
        return
    told.looked_at += 1
    seen.places.append(one.place)
    seen.patients.append(hash64(one.patient or f"\0{one.place}"))
    seen.splits.append(hash64(one.item.split))
    seen.hashes += found.tobytes()


def _compare(opened: OpenDataset, told: NearDuplicates, seen: _Seen) -> None:
    if not seen.places:
        return
    hashes = np.frombuffer(seen.hashes, np.uint8).reshape(len(seen.places), -1)
    pairs = near_pairs(hashes)
    patients, splits = np.asarray(seen.patients)[pairs], np.asarray(seen.splits)[pairs]
    strangers = patients[:, 0] != patients[:, 1]
    split = splits[:, 0] != splits[:, 1]
    told.across_patients = int(strangers.sum())
    told.across_splits = int(split.sum())
    pairs = pairs[strangers | split]
    bits = distances(hashes[pairs[:, 0]], hashes[pairs[:, 1]])
    nearest = np.argsort(bits, kind="stable")[:EXAMPLES]
    told.pairs = _named(opened, np.asarray(seen.places)[pairs[nearest]], bits[nearest])


def _named(opened: OpenDataset, places: Pairs, bits: NDArray[np.int64]) -> list[LooksTheSame]:
    """The pairs by the names of their files."""
    wanted = np.unique(places).tolist()
    files = {place: item.file for place, item in zip(wanted, items_at(opened.dataset, wanted), strict=True)}
    return [
        LooksTheSame(files[one], files[other], differing)
        for (one, other), differing in zip(places.tolist(), bits.tolist(), strict=True)
    ]
