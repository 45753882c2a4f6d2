"""Films that look the same in different patients are told before an import."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from PIL import Image

from training.datasets.near_duplicates import LooksTheSame
from training.datasets.options import Options, Source
from training.datasets.survey import Survey
from training.services.opening import data_set_open
from training.services.survey_words import survey_lines
from training.services.surveying import data_set_survey

pytestmark = pytest.mark.django_db


def film(seed: int, side: int = 96) -> Image.Image:
    """Smooth shades, as every film has its own."""
    coarse = np.random.default_rng(seed).integers(0, 256, (12, 12), dtype=np.uint8)
    return Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)


def looked_at(folder: Path, *rows: str, **options: bool) -> Survey:
    (folder / "labels.csv").write_text("\n".join(["file,patient,fold,Mass", *rows]) + "\n")
    columns = Options(
        image_column="file", patient_column="patient", split_column="fold", label_columns=("Mass",), **options
    )
    source = Source(folder, columns, folder / "labels.csv")
    return data_set_survey(data_set_open(layout="table", source=source, project=None))


def test_a_copy_in_another_patient_is_told_and_one_of_the_same_patient_is_not(tmp_path):
    film(1).save(tmp_path / "a.png")
    film(1, side=48).save(tmp_path / "b.jpg", quality=70)
    film(1, side=64).save(tmp_path / "c.png")
    film(2).save(tmp_path / "d.png")
    told = looked_at(tmp_path, "a.png,P1,train,1", "c.png,P1,train,1", "b.jpg,P2,train,1", "d.png,P3,train,0")
    assert told.near is not None
    assert (told.near.looked_at, told.near.across_patients, told.near.across_splits) == (4, 2, 0)
    assert {frozenset((pair.one, pair.other)) for pair in told.near.pairs} == {
        frozenset(("a.png", "b.jpg")),
        frozenset(("b.jpg", "c.png")),
    }


def test_a_copy_in_another_split_is_told_although_the_patient_is_the_same(tmp_path):
    film(1).save(tmp_path / "a.png")
    film(1).save(tmp_path / "b.png")
    told = looked_at(tmp_path, "a.png,P1,train,1", "b.png,P1,test,1")
    assert told.near is not None
    assert (told.near.across_patients, told.near.across_splits) == (0, 1)
    assert told.near.pairs == [LooksTheSame("a.png", "b.png", 0)]


def test_images_without_a_patient_are_strangers(tmp_path):
    film(1).save(tmp_path / "a.png")
    film(1).save(tmp_path / "b.png")
    told = looked_at(tmp_path, "a.png,,,1", "b.png,NA,,0")
    assert told.near is not None and told.near.across_patients == 1


def test_what_cannot_be_compared_is_counted(tmp_path):
    (tmp_path / "a.png").write_bytes(b"no picture at all")
    Image.fromarray(np.full((40, 40), 90, np.uint8)).save(tmp_path / "b.png")
    film(1).save(tmp_path / "c.png")
    told = looked_at(tmp_path, "a.png,P1,,1", "b.png,P2,,0", "c.png,P3,,0")
    assert told.near is not None
    assert (told.near.looked_at, told.near.flat, told.near.undecoded) == (1, 1, 1)
    assert "Not compared: 1 without any contrast, 1 that cannot be opened." in survey_lines(told)


def test_many_images_are_compared_only_where_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr("training.services.surveying.UNASKED_IMAGES", 1)
    film(1).save(tmp_path / "a.png")
    film(1).save(tmp_path / "b.png")
    rows = ("a.png,P1,,1", "b.png,P2,,0")
    told = looked_at(tmp_path, *rows)
    assert told.near is None
    assert "Near duplicates were not looked for (--near-duplicates)." in survey_lines(told)
    asked = looked_at(tmp_path, *rows, near_duplicates=True)
    assert asked.near is not None and asked.near.across_patients == 1


def test_looking_for_them_makes_no_other_import_of_the_same_data(tmp_path):
    film(1).save(tmp_path / "a.png")
    (tmp_path / "labels.csv").write_text("file,Mass\na.png,1\n")

    def key(**options: bool) -> str:
        source = Source(tmp_path, Options(image_column="file", label_columns=("Mass",), **options))
        source = Source(tmp_path, source.options, tmp_path / "labels.csv")
        return data_set_open(layout="table", source=source, project=None).key()

    assert key() == key(near_duplicates=True) != key(distinct_names=True)


@pytest.mark.parametrize("flag", ["--dry-run", "--near-duplicates"])
def test_the_command_names_the_pair_in_a_dry_run_and_where_it_is_asked(tmp_path, flag):
    for folder, person, side in (("normal", "p1", 96), ("pneumonia", "p2", 64)):
        (tmp_path / folder).mkdir()
        film(1, side).save(tmp_path / folder / f"{person}.png")
    out = io.StringIO()
    pattern = "--patient-pattern=(p[0-9]+)[.]png"
    call_command("import_dataset", "folders", str(tmp_path), pattern, "--project=pack", flag, stdout=out)
    assert "of 256 bits differ): normal/p1.png, pneumonia/p2.png." in out.getvalue()
