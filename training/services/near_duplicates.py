"""Images of a data set that look the same: decoded in the confined children, compared by their hashes."""

from __future__ import annotations

import io
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from PIL import Image

from overread.archive import dicom
from overread.archive.dicom.reader import CHILDREN
from training.datasets.errors import DatasetError
from training.datasets.items import Item
from training.datasets.near_duplicates import SIDE, Hashes, distances, near_pairs, picture_hash
from training.datasets.survey import EXAMPLES, LooksTheSame, NearDuplicates, hash64
from training.services.item_checks import file_content
from training.services.opening import OpenDataset

AT_ONCE = 64


@dataclass
class _Seen:
    """What is known of the pictures with a hash, by their place. `patients` and `splits`: 64-bit hashes, no identifiers."""

    files: list[str] = field(default_factory=list)
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
            hashed = [(item, patient, pool.submit(_hash, opened, item)) for item, patient in items]
            for item, patient, future in hashed:
                on_item()
                _note(told, seen, item, patient, future)
    _compare(told, seen)
    return told


def _batches(opened: OpenDataset) -> Iterator[list[tuple[Item, str]]]:
    each = _with_patient(opened)
    while batch := list(islice(each, AT_ONCE)):
        yield batch


def _with_patient(opened: OpenDataset) -> Iterator[tuple[Item, str]]:
    """The items that are not refused for what their rows say."""
    for item in opened.dataset.items():
        if item.problem:
            continue
        try:
            yield item, opened.patients.of(item)
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


def _note(told: NearDuplicates, seen: _Seen, item: Item, patient: str, future: Future[Hashes | None]) -> None:
    try:
        found = future.result()
    except (DatasetError, dicom.Refused, dicom.Busy, OSError):
        told.undecoded += 1
        return
    if found is None:
        told.flat += 1
        return
    told.looked_at += 1
    seen.files.append(item.file)
    seen.patients.append(hash64(patient or f"\0{item.number}"))
    seen.splits.append(hash64(item.split))
    seen.hashes += found.tobytes()


def _compare(told: NearDuplicates, seen: _Seen) -> None:
    if not seen.files:
        return
    hashes = np.frombuffer(seen.hashes, np.uint8).reshape(len(seen.files), -1)
    pairs = near_pairs(hashes)
    first, second = pairs[:, 0], pairs[:, 1]
    patients, splits = np.asarray(seen.patients), np.asarray(seen.splits)
    strangers = patients[first] != patients[second]
    split = splits[first] != splits[second]
    told.across_patients = int(strangers.sum())
    told.across_splits = int(split.sum())
    matter = np.flatnonzero(strangers | split)
    bits = distances(hashes[first[matter]], hashes[second[matter]])
    for place in np.argsort(bits, kind="stable")[:EXAMPLES]:
        one, other = pairs[matter[place]]
        told.pairs.append(LooksTheSame(seen.files[one], seen.files[other], int(bits[place])))
