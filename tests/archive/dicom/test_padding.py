"""Declared padding: one mask from stored values, for windows, statistics, model input and pictures."""

from typing import Any

import numpy as np
import pytest
from pydicom import uid

from overread.archive.dicom import Reader, Refused, Rendering, model_input, padded_in, shown, unpack

from . import streams
from .made import KEY, dataset, dicom, ramp, saved


def rendered(intake: Reader, content: bytes) -> Rendering:
    """The rendition of the stored original, which is that of the file as it came."""
    rendering = intake.render(intake.take_in(content, key=KEY).content)
    assert rendering == intake.render(content)
    return rendering


def masked(rendering: Rendering) -> np.ndarray:
    """bool [rows, columns]: the pixels that the page and the model take for padding."""
    numbers = unpack(rendering.full, rendering.rows, rendering.columns, rendering.channels)
    if rendering.padding is None:
        return np.zeros(numbers.shape[:2], bool)
    return padded_in(numbers, rendering.padding)


def body(dtype: str, *, low: int, high: int, padding: int) -> np.ndarray:
    """A ramp from `low` to `high` on the right of columns that hold `padding`."""
    pixels = np.empty((32, 40), dtype)
    pixels[:, :16] = padding
    pixels[:, 16:] = np.linspace(low, high, 32 * 24).reshape(32, 24)
    return pixels


@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian, uid.ExplicitVRBigEndian])
@pytest.mark.parametrize("vr", ["US", "SS"])
@pytest.mark.parametrize(
    ("dtype", "bits", "padding", "low", "high"),
    [
        ("uint8", 8, 255, 10, 200),
        ("uint16", 12, 4095, 100, 3000),
        ("uint16", 12, 0, 100, 3000),
        ("uint16", 16, 65535, 100, 3000),
        ("int16", 12, -2048, -1000, 1000),
        ("int16", 16, -32768, -1000, 1000),
        ("int32", 20, -5, 10, 400_000),
        ("uint32", 20, 7, 10, 400_000),
    ],
)
def test_padding_by_the_stored_value_whatever_its_vr(intake: Reader, dtype, bits, padding, low, high, vr, syntax):
    pixels = body(dtype, low=low, high=high, padding=padding)
    made = dataset(pixels, syntax, BitsStored=bits, HighBit=bits - 1)
    word = padding % 65536
    made.add_new("PixelPaddingValue", vr, word if vr == "US" else (word ^ 0x8000) - 0x8000)
    rendering = rendered(intake, saved(made))
    assert np.array_equal(masked(rendering), pixels == padding)
    span = rendering.maximum - rendering.minimum
    assert rendering.minimum == pytest.approx(low, abs=span / 1000 + 1)
    assert rendering.maximum == pytest.approx(high, abs=span / 1000 + 1)
    numbers = model_input(rendering)
    assert (numbers[pixels == padding] == 0).all()
    assert np.ptp(numbers[pixels != padding]) > 0.7  # the body has the range for itself


@pytest.mark.parametrize(("value", "limit"), [(0, 99), (99, 0)])
def test_a_range_of_padding(intake: Reader, value: int, limit: int):
    pixels = body("uint16", low=100, high=3000, padding=0)
    pixels[:, 1:4] = 99
    content = dicom(pixels, BitsStored=12, HighBit=11, PixelPaddingValue=value, PixelPaddingRangeLimit=limit)
    assert np.array_equal(masked(rendered(intake, content)), pixels < 100)


@pytest.mark.parametrize(("dtype", "vr", "value"), [("uint16", "US", 65535), ("int16", "SS", -32768)])
def test_padding_that_the_bits_cannot_say_is_none(intake: Reader, dtype: str, vr: str, value: int):
    pixels = body(dtype, low=-1000 if dtype == "int16" else 0, high=1000, padding=0)
    pixels[0, 0] = 2047 if dtype == "int16" else 4095  # saturated, not padded
    made = dataset(pixels, BitsStored=12, HighBit=11)
    made.add_new("PixelPaddingValue", vr, value)
    assert rendered(intake, saved(made)).padding is None


@pytest.mark.parametrize("keyword", ["FloatPixelData", "DoubleFloatPixelData"])
@pytest.mark.parametrize("padding", [-1000.5, np.nan, -np.inf])
def test_padding_of_floats(intake: Reader, keyword: str, padding: float):
    pixels = body("float32" if keyword == "FloatPixelData" else "float64", low=2, high=900, padding=padding)
    made = dataset(pixels)
    setattr(made, keyword, made.PixelData)
    for absent in ("PixelData", "PixelRepresentation", "BitsStored", "HighBit"):
        delattr(made, absent)
    kind = "DoubleFloat" if keyword.startswith("Double") else "Float"
    setattr(made, f"{kind}PixelPaddingValue", padding)
    rendering = rendered(intake, saved(made))
    assert masked(rendering)[:, :16].all()
    assert not masked(rendering)[:, 16:].any()
    assert (rendering.minimum, rendering.maximum) == pytest.approx((2, 900))


def test_padding_is_compared_before_rescaling_and_lookup(intake: Reader):
    pixels = body("uint16", low=100, high=3000, padding=0)
    rescaled = rendered(
        intake, dicom(pixels, BitsStored=12, HighBit=11, PixelPaddingValue=0, RescaleSlope="2", RescaleIntercept="-50")
    )
    assert np.array_equal(masked(rescaled), pixels == 0)
    assert rescaled.minimum == 150

    from .made import items

    table = items({"ModalityLUTType": "US"})
    table[0].add_new("LUTDescriptor", "US", [4096, 0, 16])
    table[0].add_new("LUTData", "US", [(value // 2) + 7 for value in range(4096)])
    looked_up = rendered(
        intake, dicom(pixels, BitsStored=12, HighBit=11, PixelPaddingValue=0, ModalityLUTSequence=table)
    )
    assert np.array_equal(masked(looked_up), pixels == 0)
    assert looked_up.minimum == 57


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_black_in_both_polarities(intake: Reader, photometric: str):
    pixels = body("uint16", low=100, high=3000, padding=4095)
    content = dicom(pixels, BitsStored=12, HighBit=11, PixelPaddingValue=4095, PhotometricInterpretation=photometric)
    rendering = rendered(intake, content)
    numbers = unpack(rendering.full, rendering.rows, rendering.columns, 1)
    assert (shown(numbers, rendering, rendering.windows[0])[pixels == 4095] == 0).all()
    assert (model_input(rendering)[pixels == 4095] == 0).all()


@pytest.mark.parametrize("keyword", ["PixelPaddingValue", "RescaleSlope", "RescaleIntercept"])
@pytest.mark.parametrize("value", ["", None])
def test_an_empty_attribute_says_nothing(intake: Reader, keyword: str, value: Any):
    pixels = body("uint16", low=100, high=3000, padding=0)
    made = dataset(pixels)
    made.add_new(keyword, "US" if keyword.startswith("Pixel") else "DS", value)
    rendering = rendered(intake, saved(made))
    assert (rendering.padding, rendering.slope, rendering.intercept) == (None, 1.0, 0.0)


def test_padding_that_is_no_number_is_refused(intake: Reader):
    made = dataset(body("uint16", low=100, high=3000, padding=0))
    made.add_new("PixelPaddingValue", "LO", "SMITH")
    with pytest.raises(Refused, match="PixelPaddingValue") as refused:
        intake.take_in(saved(made), key=KEY)
    assert "SMITH" not in refused.value.reason


def test_padding_of_an_unknown_vr_is_read_by_its_bytes(intake: Reader):
    pixels = body("uint16", low=100, high=3000, padding=4095)
    made = dataset(pixels, BitsStored=12, HighBit=11)
    made.add_new("PixelPaddingValue", "UN", (4095).to_bytes(2, "little"))
    assert np.array_equal(masked(rendered(intake, saved(made))), pixels == 4095)


@pytest.mark.parametrize("signed", [False, True])
def test_padding_that_the_bits_stored_cannot_say_is_refused_where_it_is_used(intake: Reader, signed: bool):
    """Cut to 12 bits, 63536 would be shown as 2096, the middle of the body."""
    pixels = ramp(8, 8)
    header = {"BitsStored": 12, "HighBit": 11, "PixelRepresentation": int(signed)}
    stated, cell = (-32768, 0x8000) if signed else (63536, 63536)
    assert intake.take_in(dicom(pixels, PixelPaddingValue=stated, **header), key=KEY)
    pixels[0] = cell
    with pytest.raises(Refused, match="beyond Bits Stored") as refusal:
        intake.take_in(dicom(pixels, PixelPaddingValue=stated, **header), key=KEY)
    assert refusal.value.code == "contradiction"


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        (uid.RLELossless, streams.rle),
        (uid.JPEGLSLossless, streams.jpegls),
        (uid.JPEG2000Lossless, streams.jpeg2000),
        (uid.JPEGLosslessSV1, lambda pixels: streams.lossless_jpeg(pixels, 16)),
    ],
)
def test_the_same_of_compressed_pixels(intake: Reader, syntax: uid.UID, encode, signed: bool):
    pixels = ramp(32, 32, step=1)
    stated, cell = (-32768, 0x8000) if signed else (63536, 63536)
    header = {"BitsStored": 12, "PixelRepresentation": int(signed), "PixelPaddingValue": stated}
    assert intake.take_in(streams.around([encode(pixels)], pixels, syntax, **header), key=KEY)
    pixels[0] = cell
    with pytest.raises(Refused, match="beyond Bits Stored"):
        intake.take_in(streams.around([encode(pixels)], pixels, syntax, **header), key=KEY)


@pytest.mark.parametrize("bits", [5, 7, 8])
def test_signed_samples_of_few_bits_reach_the_model_as_unsigned_ones_do(intake: Reader, bits: int):
    unsigned = np.linspace(0, 2**bits - 1, 64).astype("uint8").reshape(8, 8)
    header = {"BitsStored": bits, "HighBit": bits - 1}
    plain = intake.render(dicom(unsigned, **header))
    signed = intake.render(dicom((unsigned.astype(int) - 2 ** (bits - 1)).astype("int8"), **header))
    assert np.array_equal(model_input(plain), model_input(signed))
    assert (plain.windows[0].width, plain.bits) == (signed.windows[0].width, signed.bits)
