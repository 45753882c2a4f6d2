"""Films by the synthetic chest generator, quickly: one is drawn, and shifted about for as many as are wanted."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PIL import Image
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit

import phantom
from phantom.dicom import to_dicom


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


def codings(side: int, count: int) -> Iterator[tuple[str, bytes]]:
    """(patient, Part 10 file) of `count` films of side × side, in turn as JPEG, JPEG 2000 lossless, 8 bits and 16 bits."""
    film = phantom.render(1, size=side)
    shown = film.display()
    for number in range(count):
        patient = f"{side}{number:06d}"
        shift = (7 * number, 3 * number)
        moved = np.roll(film.pixels, shift, axis=(0, 1))
        content = to_dicom(replace(film, seed=number, pixels=moved), patient_id=patient)
        if number % 4 == 3:
            yield patient, content
            continue
        yield patient, _of_8_bits(content, np.roll(shown, shift, axis=(0, 1)), ("JPEG", "JPEG2000", "")[number % 4])


def _of_8_bits(content: bytes, pixels: np.ndarray, coding: str) -> bytes:
    """The same file with these uint8 pixels, coded by Pillow, or uncompressed where `coding` is empty."""
    file = dcmread(io.BytesIO(content))
    file.BitsAllocated, file.BitsStored, file.HighBit = 8, 8, 7
    file.WindowCenter, file.WindowWidth = 128, 256
    if not coding:
        file.PixelData = pixels.tobytes()
        file["PixelData"].VR = "OB"
    else:
        out = io.BytesIO()
        options = {"quality": 92} if coding == "JPEG" else {"irreversible": False, "no_jp2": True}
        Image.fromarray(pixels).save(out, coding, **options)
        file.PixelData = encapsulate([out.getvalue()])
        file["PixelData"].VR = "OB"
        file["PixelData"].is_undefined_length = True
        file.file_meta.TransferSyntaxUID = JPEGBaseline8Bit if coding == "JPEG" else JPEG2000Lossless
    saved = io.BytesIO()
    file.save_as(saved, enforce_file_format=True)
    return saved.getvalue()
