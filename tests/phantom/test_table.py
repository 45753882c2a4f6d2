"""Folders of synthetic films with the table of their truth."""

import csv
import os
import subprocess
import sys

import numpy as np
import pydicom
from PIL import Image

from phantom import FINDINGS
from phantom.table import Batch, shots, table_write


def table(folder):
    with (folder / "truth.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_tells_of_its_file(tmp_path):
    written = list(table_write(Batch(count=3, size=96, prevalence=0.6), tmp_path))
    assert table(tmp_path) == written and len(written) == 3
    for row in written:
        file = pydicom.dcmread(tmp_path / row["file"])
        assert (file.PatientID, file.PatientSex, int(file.PatientAge[:3])) == (
            row["patient_id"],
            row["sex"],
            int(row["age"]),
        )
        assert (file.PhotometricInterpretation == "MONOCHROME1") == (row["monochrome1"] == "1")
        for name in FINDINGS:
            assert (row[name] == "1") == bool(row[f"{name}_extent"]) == (len(row[f"{name}_box"].split()) == 4)


def test_png_is_bone_white_over_the_full_range(tmp_path):
    rows = list(table_write(Batch(count=6, size=96, format="png"), tmp_path))
    for row in rows:
        pixels = np.asarray(Image.open(tmp_path / row["file"]))
        assert row["monochrome1"] == "0"
        assert pixels.max() > 50_000
        assert pixels[80, 48] > pixels[48, 24]


def test_some_patients_have_several_films():
    patients = [shot.patient for shot in shots(Batch(count=1000))]
    assert 1.2 < len(patients) / len(set(patients)) < 1.4


def test_share_of_lateral_views():
    lateral = [shot.view == "LATERAL" for shot in shots(Batch(count=1000, lateral_share=0.3))]
    assert 250 < sum(lateral) < 350


def test_longer_batches_begin_with_the_same_films_and_seeds_share_no_patient():
    short, long, other = shots(Batch(count=5)), shots(Batch(count=9)), shots(Batch(count=9, seed=1))
    assert long[:5] == short
    assert not {shot.patient for shot in long} & {shot.patient for shot in other}


def test_command_writes_with_several_processes(tmp_path):
    command = [sys.executable, "-m", "phantom", str(tmp_path)]
    options = ["--count", "3", "--size", "96", "--jobs", "2"]
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command + options, env=paths, capture_output=True, text=True, check=True)
    assert "3/3" in done.stderr
    assert len(table(tmp_path)) == len(list(tmp_path.glob("*.dcm"))) == 3
