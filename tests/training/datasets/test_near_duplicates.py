"""The hash is the same for copies and differs between films; near pairs are found among many, and only those."""

from __future__ import annotations

import csv
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.shared import SHARED, needs
from training.datasets.near_duplicates import (
    NEAR,
    PAIRS_AT_MOST,
    SIDE,
    Hashes,
    distances,
    near_pairs,
    picture_hash,
)


def small(picture: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(picture.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def hash_of(picture: Image.Image) -> Hashes:
    found = picture_hash(small(picture))
    assert found is not None
    return found


def random_hashes(count: int) -> Hashes:
    return np.random.default_rng(5).integers(0, 256, (count, 32), dtype=np.uint8)


def flipped(one: Hashes, bits: int) -> Hashes:
    copy = np.unpackbits(one)
    copy[np.random.default_rng(6).choice(len(copy), bits, replace=False)] ^= 1
    return np.packbits(copy)


def test_a_flat_picture_has_no_hash():
    assert picture_hash(np.full((SIDE, SIDE), 7, np.uint8)) is None


def test_distance_counts_bits():
    one = random_hashes(1)
    assert distances(one, flipped(one[0], 13)[None]).tolist() == [13]


def test_near_pairs_are_found_and_no_others():
    hashes = random_hashes(5_000)
    hashes[4_000] = flipped(hashes[17], 10)
    hashes[4_001] = hashes[18]
    hashes[4_002] = flipped(hashes[19], NEAR + 1)
    assert near_pairs(hashes).tolist() == [[17, 4_000], [18, 4_001]]


def test_of_distances_at_the_limit_nearly_all_are_found():
    hashes = random_hashes(2_000)
    copies = np.stack([flipped(each, NEAR) for each in hashes])
    assert len(near_pairs(np.concatenate([hashes, copies]))) > 0.97 * len(hashes)


def test_very_many_equal_ones_end():
    pairs = near_pairs(np.repeat(random_hashes(1), 20_000, axis=0))
    assert len(pairs) == PAIRS_AT_MOST


def test_one_picture_or_none_has_no_pair():
    assert near_pairs(random_hashes(0)).shape == (0, 2)
    assert near_pairs(random_hashes(1)).shape == (0, 2)


@needs("data/cxr_nih_256")
def test_copies_of_films_are_near_and_films_of_others_are_not():
    folder = SHARED / "data/cxr_nih_256"
    with (folder / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))[:120]
    films = [Image.open(folder / row["file"]).convert("L") for row in rows]
    hashes = np.stack([hash_of(film) for film in films])
    patients = [row["patient_id"] for row in rows]
    copies = np.stack([hash_of(stored_anew(film)) for film in films])
    assert (distances(hashes, copies) <= NEAR).all()
    strangers = [(one, other) for one, other in near_pairs(hashes).tolist() if patients[one] != patients[other]]
    assert strangers == []


def stored_anew(film: Image.Image) -> Image.Image:
    """Half as large, as a JPEG of quality 60."""
    out = io.BytesIO()
    film.resize((film.width // 2, film.height // 2), Image.Resampling.BILINEAR).save(out, "JPEG", quality=60)
    return Image.open(out)
