"""Many radiographs on disk, with their truth as a table (CSV)."""

import csv
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from phantom.dicom import to_dicom
from phantom.findings import FINDINGS
from phantom.patient import View
from phantom.render import Radiograph, draw_findings, render

Format = Literal["dicom", "png"]
Row = dict[str, str]
COLUMNS = (
    *("file", "patient_id", "view", "sex", "age", "device", "monochrome1"),
    *FINDINGS,
    *(f"{name}_{part}" for name in FINDINGS for part in ("extent", "box")),
)
IMAGES_PER_PATIENT = 1.3
PATIENTS_FROM = 10_000_000
"""Patients' seeds begin here per seed of a table, so that tables of different seeds share none."""


@dataclass(frozen=True)
class Batch:
    """What to write. seed: of the table; prevalence: of every finding; lateral_share: of all images, 0..1."""

    count: int
    seed: int = 0
    size: int = 512
    difficulty: float = 0.5
    prevalence: float = 0.25
    format: Format = "dicom"
    lateral_share: float = 0.0


@dataclass(frozen=True)
class Shot:
    """One image to be made, a study of its own: its seed and its patient's."""

    seed: int
    patient: int
    view: View | None


def shots(batch: Batch) -> list[Shot]:
    """The images of a batch. A longer batch of the same seed begins with the same images."""
    rng = np.random.default_rng([batch.seed, 77])
    planned = []
    base = batch.seed * PATIENTS_FROM
    patient = -1
    for index in range(batch.count):
        another = rng.random() < 1 / IMAGES_PER_PATIENT
        lateral = rng.random() < batch.lateral_share
        patient = max(0, patient + another)
        planned.append(Shot(base + index, base + patient, "LATERAL" if lateral else None))
    return planned


def shot_write(shot: Shot, batch: Batch, out: Path) -> Row:
    """Render one image into the folder `out` and say what is in it."""
    drawn = draw_findings(shot.seed, batch.prevalence, patient=shot.patient)
    film = render(shot.seed, drawn, size=batch.size, difficulty=batch.difficulty, view=shot.view, patient=shot.patient)
    patient_id = f"PHANTOM-{shot.patient:06d}"
    path = out / f"{shot.seed:06d}.{'dcm' if batch.format == 'dicom' else 'png'}"
    if batch.format == "dicom":
        path.write_bytes(to_dicom(film, patient_id=patient_id))
    else:
        png_write(film, path)
    return _row(film, path.name, patient_id, film.monochrome1 and batch.format == "dicom")


def png_write(film: Radiograph, path: Path) -> None:
    """16-bit PNG over the full range; bone is white, since PNG cannot state the opposite."""
    levels = 2**film.bits - 1
    pixels = film.pixels
    if film.monochrome1:
        pixels = levels - film.pixels
    Image.fromarray((pixels.astype(np.uint32) * 65535 // levels).astype(np.uint16)).save(path)


def _row(film: Radiograph, name: str, patient_id: str, monochrome1: bool) -> Row:
    row = {
        "file": name,
        "patient_id": patient_id,
        "view": film.pose.view,
        "sex": film.patient.sex,
        "age": str(film.patient.age),
        "device": film.device.name,
        "monochrome1": str(int(monochrome1)),
    }
    for finding in FINDINGS:
        truth = film.findings.get(finding)
        row[finding] = str(int(truth is not None))
        row[f"{finding}_extent"] = row[f"{finding}_box"] = ""
        if truth is not None:
            row[f"{finding}_extent"] = f"{truth.extent:.4g}"
            row[f"{finding}_box"] = " ".join(map(str, truth.box))
    return row


def rows(batch: Batch, out: Path, jobs: int = 1) -> Iterator[Row]:
    """Write the images of a batch into `out`, in order; yields one row of truth as soon as each is on disk."""
    write = partial(shot_write, batch=batch, out=out)
    if jobs <= 1:
        yield from map(write, shots(batch))
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        try:
            yield from pool.map(write, shots(batch), chunksize=4)
        finally:
            pool.shutdown(cancel_futures=True)


def table_write(batch: Batch, out: Path, jobs: int = 1) -> Iterator[Row]:
    """As `rows`, writing out/truth.csv along the way: a row is in the table once its image is on disk."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "truth.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        for row in rows(batch, out, jobs):
            table.writerow(row)
            file.flush()
            yield row


def processors() -> int:
    """How many processes this one may run at a time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
