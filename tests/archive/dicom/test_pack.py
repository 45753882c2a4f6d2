"""Every file of the shared DICOM pack: decoded to the expected pixels, or refused with a reason."""

import csv
import hashlib

import numpy as np
import pytest

from overread.archive.dicom import Reader, Refused
from tests.shared import module_needs

from .leaks import leaks
from .made import KEY

PACK = module_needs("data/dicom")
LOSSY = ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51")

with (PACK / "manifest.csv").open(newline="") as table:
    ROWS = list(csv.DictReader(table))


def rows(expected: str) -> list[pytest.ParameterSet]:
    return [pytest.param(row, id=row["file"]) for row in ROWS if row["expected"] == expected]


def hashed(pixels: np.ndarray) -> str:
    return hashlib.sha256(pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()).hexdigest()[:16]


@pytest.mark.parametrize("row", rows("decode_ok"))
def test_the_expected_pixels_come_out(intake: Reader, row: dict[str, str]):
    content = (PACK / row["file"]).read_bytes()
    result = intake.take_in(content, key=KEY)
    pixels = intake.pixels(result.content, frame=None)
    assert "x".join(map(str, pixels.shape)) == row["shape"]
    assert str(pixels.dtype) == row["dtype"]
    assert np.array_equal(pixels, intake.pixels(content, frame=None))
    slack = 2 if row["transfer_syntax"] in LOSSY else 0
    assert abs(int(pixels.min()) - int(row["min"])) <= slack
    assert abs(int(pixels.max()) - int(row["max"])) <= slack
    if not slack:
        assert hashed(pixels) == row["pixel_sha256_16"]


@pytest.mark.parametrize("row", rows("decode_ok"))
def test_a_rendition_comes_out(intake: Reader, row: dict[str, str]):
    result = intake.take_in((PACK / row["file"]).read_bytes(), key=KEY)
    rendering = intake.render(result.content)
    assert (rendering.rows, rendering.columns) == (int(row["rows"]), int(row["cols"]))
    assert result.facts.frames == int(row["frames"] or 1)
    assert rendering.thumb.startswith(b"\xff\xd8")


@pytest.mark.parametrize("row", rows("reject"))
def test_a_reject_is_refused_with_a_reason(intake: Reader, row: dict[str, str]):
    with pytest.raises(Refused) as refused:
        intake.render(intake.take_in((PACK / row["file"]).read_bytes(), key=KEY).content)
    assert refused.value.code not in ("crashed", "timeout", "memory")
    assert refused.value.reason.endswith(".")


@pytest.mark.filterwarnings("ignore:Invalid value")
@pytest.mark.parametrize("row", rows("decode_ok"))
def test_nothing_that_names_the_patient_is_left(intake: Reader, row: dict[str, str]):
    content = (PACK / row["file"]).read_bytes()
    assert leaks(content, intake.take_in(content, key=KEY).content) == []


def test_the_same_picture_in_many_syntaxes_is_the_same(intake: Reader):
    names = ["Deflated", "JPEG2000LosslessOnly", "JPEGProcess14SV1", "LittleEndianImplicit", "RLELossless"]
    files = [next(PACK.glob(f"cs3d__CTImage.dcm_{name}*")) for name in names]
    decoded = [intake.pixels(file.read_bytes()) for file in files]
    assert all(np.array_equal(decoded[0], other) for other in decoded[1:])
