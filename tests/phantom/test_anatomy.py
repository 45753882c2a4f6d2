import csv
import subprocess
import sys

import numpy as np
import pytest

from phantom.anatomy import film_with_anatomy, widest


@pytest.fixture(scope="module")
def drawn():
    return film_with_anatomy(3, {}, 128)


def test_lungs_are_darker_than_heart_and_body(drawn):
    film, truth = drawn
    grey = film.display().astype(float)
    lungs = grey[truth.lungs & ~truth.heart].mean()
    assert lungs < grey[truth.heart].mean() - 40


def test_the_ratio_is_the_patients(drawn):
    film, truth = drawn
    assert truth.ratio == pytest.approx(film.patient.ctr, abs=0.035)


def test_an_enlarged_heart_is_wider_in_the_truth(drawn):
    _, healthy = drawn
    _, enlarged = film_with_anatomy(3, {"cardiomegaly": 1.0}, 128)
    assert enlarged.ratio > healthy.ratio + 0.04


def test_the_widest_extent_ends_after_the_last_column():
    mask = np.zeros((4, 9), bool)
    mask[1, 2] = mask[2, 6] = True
    assert widest(mask) == (2.0, 7.0)
    assert widest(np.zeros((4, 9), bool)) == (0.0, 0.0)


def test_films_are_written_with_masks_and_table(tmp_path):
    command = [sys.executable, "-m", "phantom.anatomy", str(tmp_path), "--count", "2", "--seed", "5", "--size", "96"]
    subprocess.run(command, check=True)
    with (tmp_path / "truth.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == ["5000000.png", "5000001.png"]
    assert all((tmp_path / row[name]).exists() for row in rows for name in ("file", "lungs", "heart"))
