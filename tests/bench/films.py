"""Films by the synthetic chest generator, quickly: one is drawn, and shifted about for as many as are wanted."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PIL import Image

from overread.archive import phantom
from overread.archive.phantom.dicom import to_dicom


def dicoms(side: int, count: int) -> Iterator[tuple[str, bytes]]:
    """(patient, Part 10 file) of `count` films of side × side, uint16; no two patients or files are the same."""
    film = phantom.render(1, size=side)
    for number in range(count):
        shifted = np.roll(film.pixels, (7 * number, 3 * number), axis=(0, 1))
        patient = f"{side}{number:06d}"
        yield patient, to_dicom(replace(film, seed=number, pixels=shifted), patient_id=patient)


def jpegs(side: int, count: int) -> Iterator[tuple[str, bytes]]:
    """(patient, JPEG of quality 90) of `count` films of side × side, 8 bits."""
    shown = phantom.render(1, size=side).display()
    for number in range(count):
        out = io.BytesIO()
        Image.fromarray(np.roll(shown, (7 * number, 3 * number), axis=(0, 1))).save(out, "jpeg", quality=90)
        yield f"jpeg{side}{number:06d}", out.getvalue()
