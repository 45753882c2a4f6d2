"""The windows on lungs, soft tissue and bone fit the image: on real films none of them whites the body out or blackens it."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from overread.archive.dicom import Reader
from overread.archive.dicom import tones as tones_module
from overread.archive.dicom.tones import SATURATED, Tones, tones
from tests.shared import SHARED, needs

from .made import dicom

PACKS = SHARED / "data"
needs_packs = needs("data")
TWENTY = 20


def films(pack: str) -> list[np.ndarray]:
    """Twenty films of a pack, spread over its table, as grey from 0 to 255."""
    with (PACKS / pack / "labels.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    return [grey(PACKS / pack / row["file"]) for row in rows[:: len(rows) // TWENTY][:TWENTY]]


def grey(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("L")).astype(np.float32)


def spans(found: Tones) -> dict[str, tuple[float, float]]:
    return {"dark": found.dark, "middle": found.middle, "bright": found.bright}


def saturated(values: np.ndarray, span: tuple[float, float]) -> float:
    return float(((values < span[0]) | (values > span[1])).mean())


@needs_packs
@pytest.mark.parametrize("pack", ["cxr_nih_256", "cxr_mixed_512", "cxr_kermany_224"])
def test_no_window_saturates_more_of_a_real_film_than_it_says(pack: str):
    for film in films(pack):
        found = tones(film)
        assert found is not None
        body = film[tones_module._body(film, np.ones(film.shape, bool))]
        for span in spans(found).values():
            assert saturated(body, span) <= SATURATED / 100


@needs_packs
def test_the_window_on_the_lungs_keeps_them_apart():
    with (PACKS / "lung_masks" / "labels.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    lost, widths = [], []
    for row in rows:
        film = grey(PACKS / "lung_masks" / row["image"])
        mask = Image.open(PACKS / "lung_masks" / row["mask"]).convert("L").resize(film.shape[::-1])
        lungs = film[np.asarray(mask) > 127]
        found = tones(film)
        assert found is not None
        lost.append(saturated(lungs, found.dark))
        widths.append((found.dark[1] - found.dark[0]) / np.ptp(film))
    assert np.median(lost) < 0.08
    assert max(lost) < 0.2
    assert np.median(widths) < 0.9  # narrower than the whole range, so that it shows more


def body_in_air(rows: int = 90, columns: int = 120) -> np.ndarray:
    """Air 0 around a body of 500, with lungs of 200 to 260 and a spine of 900 within."""
    made = np.zeros((rows, columns), np.float32)
    made[5:, 15:-15] = 500 + np.arange(rows - 5)[:, None] / 10
    for left in (25, 70):
        made[20:60, left : left + 25] = 200 + np.linspace(0, 60, 40)[:, None]
    made[5:, 56:64] = 900
    return made


def test_air_around_the_body_counts_for_nothing():
    found = tones(body_in_air())
    assert found is not None
    assert found.dark[0] == pytest.approx(200, abs=2)
    assert found.dark[1] >= 260
    assert found.middle[0] <= 500 < found.middle[1]
    assert found.bright[1] == pytest.approx(900, abs=2)


def test_padding_is_not_measured():
    film = body_in_air()
    padded = np.pad(film, 40, constant_values=5000)
    measured = np.pad(np.ones(film.shape, bool), 40)
    assert tones(padded, measured) == tones(film)


def test_a_film_of_the_other_polarity_has_the_same_parts(intake: Reader):
    film = body_in_air().astype("uint16")
    upright = intake.render(dicom(film))
    inverted = intake.render(dicom(1000 - film, PhotometricInterpretation="MONOCHROME1"))
    assert upright.tones is not None and inverted.tones is not None
    for name, (low, high) in spans(upright.tones).items():
        assert spans(inverted.tones)[name] == pytest.approx((1000 - high, 1000 - low))


def test_they_are_modality_values(intake: Reader):
    film = body_in_air().astype("uint16")
    plain = intake.render(dicom(film)).tones
    rescaled = intake.render(dicom(film, RescaleSlope="2", RescaleIntercept="-100")).tones
    assert plain is not None and rescaled is not None
    assert rescaled.dark == pytest.approx((2 * plain.dark[0] - 100, 2 * plain.dark[1] - 100))


@pytest.mark.parametrize("value", [0, 7])
def test_where_nothing_differs_there_are_none(value: int):
    assert tones(np.full((8, 8), value, np.float32)) is None
    assert tones(body_in_air(), np.zeros((90, 120), bool)) is None


def test_two_values_alone_still_make_windows_of_some_width():
    halves = np.zeros((16, 16), np.float32)
    halves[:, 8:] = 1
    found = tones(halves)
    assert found is None or all(low < high for low, high in spans(found).values())
