"""Small valid files that were once read wrongly (../shared/cases/intake), each with its right value."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread

from overread.archive.dicom import IntakeResult, Reader, Refused, Rendering, model_input, shown, unpack
from tests.shared import module_needs

from .leaks import leaks
from .made import KEY

CASES = module_needs("cases/intake")
SCRIPTS = sorted(path.stem for path in CASES.glob("[!_]*.py"))
MARK = b"MARK-ME"
RAMP12 = np.tile(np.linspace(0, 4095, 64).astype("u2"), (64, 1))


@pytest.fixture
def made(tmp_path: Path):
    def make(name: str, *variant: str) -> bytes:
        target = tmp_path / "made"
        command = [sys.executable, str(CASES / f"{name}.py"), str(target), *variant]
        subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
        return target.read_bytes()

    return make


@pytest.fixture
def taken(intake: Reader, made):
    """What becomes of a case: what the intake made of it, and its first frame."""

    def take(name: str, *variant: str) -> tuple[IntakeResult, Rendering]:
        result = intake.take_in(made(name, *variant), key=KEY)
        return result, intake.render(result.content)

    return take


def numbers(rendering: Rendering) -> np.ndarray:
    return unpack(rendering.full, rendering.rows, rendering.columns, rendering.channels)


def thumb(rendering: Rendering) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(rendering.thumb)))


@pytest.mark.parametrize("name", SCRIPTS)
def test_nothing_that_names_the_patient_is_left(intake: Reader, made, name: str):
    content = made(name)
    try:
        result = intake.take_in(content, key=KEY)
    except Refused:
        return  # nothing is stored
    if content.startswith((b"\x89PNG", b"\xff\xd8")):
        assert b"Exif" not in result.content
    else:
        assert leaks(content, result.content) == []


@pytest.mark.parametrize("variant", [[], ["ratio"]])
def test_aspect(taken, variant: list[str]):
    result, rendering = taken("aspect", *variant)
    assert result.facts.pixel_aspect == 2
    tall, wide = (np.ptp(np.flatnonzero((thumb(rendering) > 150).any(axis=axis))) for axis in (1, 0))
    assert tall == pytest.approx(wide, abs=2)


def test_bits_below_8(taken):
    _, rendering = taken("bits_below_8")
    scaled = model_input(rendering)
    assert (scaled.min(), scaled.max()) == (0, 1)


def test_burned_in(taken):
    assert taken("burned_in")[0].facts.burned_in is True


def test_com_in_j2k(taken):
    result, rendering = taken("com_in_j2k")
    assert MARK not in result.content
    assert np.array_equal(numbers(rendering), RAMP12)


def test_excess_pixel_bytes(taken):
    result, rendering = taken("excess_pixel_bytes")
    assert MARK not in result.content
    assert np.array_equal(numbers(rendering), RAMP12)


def test_exif_in_dicom(intake: Reader, made):
    content = made("exif_in_dicom")
    result = intake.take_in(content, key=KEY)
    assert MARK not in result.content
    assert b"Exif" not in result.content
    assert np.array_equal(intake.pixels(result.content), intake.pixels(content))


def test_frames_own_windows(intake: Reader, made):
    result = intake.take_in(made("frames_own_windows"), key=KEY)
    (second,) = intake.render_frames(result.content, first=1, count=1)
    assert (intake.render(result.content).windows[0].width, second.windows[0].width) == (4096, 512)


def test_high_bit_15(taken):
    result, rendering = taken("high_bit_15")
    assert np.array_equal(numbers(rendering), RAMP12)
    assert rendering.bits == 12
    assert dcmread(BytesIO(result.content)).HighBit == 11


@pytest.mark.parametrize(("age", "years"), [("007M", 7 / 12), ("010D", 10 / 365.25)])
def test_infant_age(taken, age: str, years: float):
    result, _ = taken("infant_age", age)
    assert result.facts.age_years == pytest.approx(years, abs=1e-4)
    assert dcmread(BytesIO(result.content)).PatientAge == age


@pytest.mark.parametrize("variant", [[], ["dicom"]])
def test_jpeg_cut_with_end(taken, variant: list[str]):
    with pytest.raises(Refused, match="ends early"):
        taken("jpeg_cut_with_end", *variant)


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_modality_lut_12bit(taken, bits: int):
    _, rendering = taken("modality_lut_12bit", str(bits))
    assert np.array_equal(numbers(rendering), (4095 - RAMP12) >> max(0, 12 - bits))


def test_orientation_flipped(taken):
    assert taken("orientation_flipped")[0].facts.orientation == "R\\F"


def test_overlay_in_high_bits(taken):
    result, rendering = taken("overlay_in_high_bits")
    stored = dcmread(BytesIO(result.content))
    assert not (np.frombuffer(stored.PixelData, "<u2") >> 12).any()
    assert np.array_equal(numbers(rendering), RAMP12)


def test_padding_high_model(taken):
    _, rendering = taken("padding_high_model")
    body = model_input(rendering)[:, :60]
    low, high = np.percentile(body, [1, 99])
    assert low < 0.02
    assert high > 0.98
    assert (model_input(rendering)[:, 60:] == 0).all()


def test_padding_mono1(taken):
    _, rendering = taken("padding_mono1")
    grey = shown(numbers(rendering), rendering, rendering.windows[0])
    assert (grey[:, 200:] == 0).all()
    assert grey[0, 0] > 0.9  # stored 1000 of an inverted image


def test_padding_range(taken):
    _, rendering = taken("padding_range")
    window = rendering.windows[0]
    assert window.center == pytest.approx(2000, abs=15)
    assert window.width == pytest.approx(1990, abs=25)
    assert rendering.minimum >= 1000
    assert np.percentile(model_input(rendering)[:, :60], 1) < 0.02


def test_planar1_j2k(taken):
    _, rendering = taken("planar1_j2k")
    expected = np.random.default_rng(1).integers(0, 256, (33, 47, 3), dtype="u1")
    assert np.array_equal(numbers(rendering), expected)


def test_planar1_jpeg(taken):
    _, rendering = taken("planar1_jpeg")
    rgb = numbers(rendering).astype(int)
    assert np.abs(rgb[4] - (200, 30, 60)).max() <= 3
    assert np.abs(rgb[28] - (40, 180, 90)).max() <= 3


def test_png16_trns(taken):
    _, rendering = taken("png16_trns")
    ramp = np.linspace(0, 65535, 256).astype("u2")
    assert np.array_equal(numbers(rendering), np.tile(ramp, (8, 1)))


@pytest.mark.parametrize(
    ("variant", "spacing", "kind"),
    [("ermf", 0.1 / 1.8, "corrected"), ("cr", 0.15, "unknown"), ("round", 0.15, "detector")],
)
def test_spacing_kinds(taken, variant: str, spacing: float, kind: str):
    result, _ = taken("spacing_kinds", variant)
    assert result.facts.pixel_spacing == pytest.approx((spacing, spacing))
    assert result.facts.spacing_kind == kind


@pytest.mark.parametrize("variant", [[], ["rescaled"]])
def test_voi_lut_first_negative(taken, variant: list[str]):
    _, rendering = taken("voi_lut_first_negative", *variant)
    window = rendering.windows[0]
    assert window.label == "VOI LUT 1"
    assert (window.center - window.width / 2, window.center + window.width / 2) == (-1024, 3071)


@pytest.mark.parametrize("vr", ["OW", "US"])
def test_voi_lut_ow_big_endian(taken, vr: str):
    _, rendering = taken("voi_lut_ow_big_endian", vr)
    table = rendering.windows[0].table
    assert (table[0], table[-1]) == (1, 0)
    assert list(table) == sorted(table, reverse=True)


def test_every_case_has_its_test():
    assert not [name for name in SCRIPTS if f"test_{name}" not in globals()]


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_case_leaves_a_word_that_names_the_patient(intake: Reader, made, name: str):
    try:
        result = intake.take_in(made(name), key=KEY)
    except Refused:
        return
    assert not [word for word in (MARK, b"SYNTHETIC", b"Exif") if word in result.content]
