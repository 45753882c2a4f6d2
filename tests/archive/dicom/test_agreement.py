"""The code stream tells how samples are coded: layout, colours, depth, sign. The header tells what they mean."""

import struct
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from pydicom import uid
from pydicom.pixels.processing import convert_color_space

from overread.archive.dicom import IntakeResult, Reader, Refused

from . import streams
from .made import KEY


def stored(intake: Reader, content: bytes, frame: int = 0) -> tuple[IntakeResult, np.ndarray]:
    """What arrived, and its pixels as they were stored; they are those of the file as it came."""
    result = intake.take_in(content, key=KEY)
    pixels = intake.pixels(result.content, frame=frame)
    assert np.array_equal(pixels, intake.pixels(content, frame=frame))
    return result, pixels


SELF_EXPLAINING = {
    "jpeg2000": ("RGB", "YBR_FULL", "YBR_ICT", "YBR_RCT", "YBR_FULL_422"),
    "jpeg": ("RGB", "YBR_FULL", "YBR_ICT", "YBR_RCT", "YBR_FULL_422"),
    "jpegls": ("RGB", "YBR_RCT"),  # says nothing of its colours, but a transform of JPEG 2000 it cannot have
}


@pytest.mark.parametrize("planar", [0, 1])
@pytest.mark.parametrize(
    ("kind", "photometric"), [(kind, stated) for kind, all_stated in SELF_EXPLAINING.items() for stated in all_stated]
)
def test_colours_are_read_as_the_stream_has_them(intake: Reader, kind: str, photometric: str, planar: int):
    rgb = streams.smooth(40, 56)
    stream, syntax, slack = {
        "jpeg2000": (streams.jpeg2000(rgb, mct=1), uid.JPEG2000Lossless, 0),
        "jpeg": (streams.jpeg(rgb), uid.JPEGBaseline8Bit, 6),
        "jpegls": (streams.jpegls(rgb, interleave_mode=2), uid.JPEGLSLossless, 0),
    }[kind]
    content = streams.around([stream], rgb, syntax, PhotometricInterpretation=photometric, PlanarConfiguration=planar)
    _, pixels = stored(intake, content)
    assert np.abs(pixels.astype(int) - rgb).max() <= slack


def test_the_header_tells_the_colours_where_the_stream_does_not(intake: Reader):
    rgb = streams.smooth(40, 56)
    ybr = convert_color_space(rgb, "RGB", "YBR_FULL")
    for photometric, coded in (("RGB", rgb), ("YBR_FULL", ybr)):
        content = streams.around(
            [streams.jpeg2000(coded, mct=0)], rgb, uid.JPEG2000Lossless, PhotometricInterpretation=photometric
        )
        _, pixels = stored(intake, content)
        assert np.abs(pixels.astype(int) - rgb).max() <= 2


@pytest.mark.parametrize("photometric", ["RGB", "YBR_FULL_422"])
def test_subsampled_components_are_luminance_and_chrominance(intake: Reader, photometric: str):
    flat = np.empty((32, 48, 3), "uint8")
    flat[:] = (200, 30, 60)
    stream = streams.jpeg(flat, markers=False, subsampling=2)
    _, pixels = stored(
        intake, streams.around([stream], flat, uid.JPEGBaseline8Bit, PhotometricInterpretation=photometric)
    )
    assert np.abs(pixels.astype(int) - flat).max() <= 4


@pytest.mark.parametrize("stated", [8, 10, 12, 16])
@pytest.mark.parametrize("encode", [streams.jpeg2000_of, lambda pixels, bits: streams.jpegls(pixels)])
@pytest.mark.parametrize("high", ["below", "top"])
def test_the_precision_is_that_of_the_stream(intake: Reader, encode, stated: int, high: str):
    pixels = streams.noise(40, 56, bits=12)
    syntax = uid.JPEG2000Lossless if encode is streams.jpeg2000_of else uid.JPEGLSLossless
    high_bit = 15 if high == "top" else stated - 1
    content = streams.around([encode(pixels, 12)], pixels, syntax, BitsStored=stated, HighBit=high_bit)
    result, found = stored(intake, content)
    assert result.facts.bits_stored == 12
    assert np.array_equal(found, pixels)


@pytest.mark.parametrize("syntax", [uid.JPEG2000Lossless, uid.JPEG2000])
def test_an_unsigned_stream_may_hold_twos_complement(intake: Reader, syntax: uid.UID):
    pixels = streams.noise(40, 56, bits=12, signed=True)
    for cells in (pixels.view("uint16"), pixels.view("uint16") & 0xFFF):  # with the sign repeated, and cut off
        _, found = stored(intake, streams.around([streams.jpeg2000_of(cells, 16)], pixels, syntax, BitsStored=12))
        assert found.dtype.kind == "i"
        assert np.array_equal(found, pixels)


def test_a_signed_stream_is_signed_whatever_the_header_says(intake: Reader):
    pixels = streams.noise(40, 56, bits=16, signed=True)
    content = streams.around([streams.jpeg2000_of(pixels, 16)], pixels, uid.JPEG2000Lossless, PixelRepresentation=0)
    _, found = stored(intake, content)
    assert np.array_equal(found, pixels)


@pytest.mark.parametrize("high_bit", [11, 13, 15])
@pytest.mark.parametrize("kind", ["rle", "jpegls", "jpeg2000", "lossless_jpeg"])
def test_cells_coded_whole_are_read_by_the_header(intake: Reader, kind: str, high_bit: int):
    """A stream of as many bits as Bits Allocated holds cells: the sample ends at High Bit, the rest says nothing."""
    pixels = streams.noise(40, 56, bits=12)
    shift = high_bit - 11
    cells = pixels << shift
    cells |= np.uint16(2**shift - 1) | np.uint16(0xFFFF << (high_bit + 1) & 0xFFFF)
    stream, syntax = {
        "rle": (streams.rle(cells), uid.RLELossless),
        "jpegls": (streams.jpegls(cells), uid.JPEGLSLossless),
        "jpeg2000": (streams.jpeg2000(cells), uid.JPEG2000Lossless),
        "lossless_jpeg": (streams.lossless_jpeg(cells, 16), uid.JPEGLosslessSV1),
    }[kind]
    result, found = stored(intake, streams.around([stream], pixels, syntax, BitsStored=12, HighBit=high_bit))
    assert np.array_equal(found, pixels)
    assert result.facts.transfer_syntax == uid.ExplicitVRLittleEndian  # the bits beside the samples are gone


@pytest.mark.parametrize("syntax", [uid.JPEGLSNearLossless, uid.JPEG2000])
def test_bits_beside_the_samples_go_where_a_stream_is_lossless_by_choice(intake: Reader, syntax: uid.UID):
    pixels = streams.noise(40, 56, bits=12)
    cells = pixels | np.uint16(0x8000)
    stream = streams.jpegls(cells) if syntax == uid.JPEGLSNearLossless else streams.jpeg2000(cells)
    result, found = stored(intake, streams.around([stream], pixels, syntax, BitsStored=12))
    assert np.array_equal(found, pixels)
    assert result.facts.transfer_syntax == uid.ExplicitVRLittleEndian


def test_what_lossy_coding_leaves_beyond_the_range_is_clipped(intake: Reader):
    pixels = np.tile(np.repeat(np.array([0, 4095], "uint16"), 16), (32, 2))
    stream = streams.jpeg2000(pixels, irreversible=True, quality_layers=[20])
    result, found = stored(intake, streams.around([stream], pixels, uid.JPEG2000, BitsStored=12))
    assert result.facts.transfer_syntax == uid.JPEG2000
    assert (found[pixels > 0] > 2048).all()  # nothing wraps around
    assert found.max() == 4095


def test_frames_may_differ_in_precision(intake: Reader):
    shallow, deep = streams.noise(40, 56, bits=8).astype("uint16"), streams.noise(40, 56, bits=12)
    coded = [streams.jpeg2000_of(shallow, 8), streams.jpeg2000_of(deep, 12)]
    for order in (slice(None), slice(None, None, -1)):
        both = np.stack([shallow, deep])[order]
        content = streams.around(coded[order], both, uid.JPEG2000Lossless, NumberOfFrames=2, BitsStored=12)
        for frame in (0, 1):
            result, found = stored(intake, content, frame)
            assert np.array_equal(found, both[frame])
            assert result.facts.bits_stored == 12


def test_frames_of_different_colours_are_refused(intake: Reader):
    rgb = streams.smooth(40, 56)
    ybr = convert_color_space(rgb, "RGB", "YBR_FULL")
    coded = [streams.jpeg2000(rgb, mct=1), streams.jpeg2000(ybr, mct=0)]
    content = streams.around(
        coded, np.stack([rgb, rgb]), uid.JPEG2000Lossless, NumberOfFrames=2, PhotometricInterpretation="YBR_FULL"
    )
    with pytest.raises(Refused, match="differ in their colours"):
        intake.take_in(content, key=KEY)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Rows": 41}, "41 Rows"),
        ({"Columns": 55}, "55 Columns"),
        ({"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0}, "3 Samples"),
        ({"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}, "8 Bits Allocated"),
    ],
)
@pytest.mark.parametrize("encode", [streams.jpeg2000, streams.jpegls])
def test_what_contradicts_itself_is_refused_with_its_reason(intake: Reader, encode, change, words: str):
    pixels = streams.noise(40, 56, bits=12)
    syntax = uid.JPEG2000Lossless if encode is streams.jpeg2000 else uid.JPEGLSLossless
    with pytest.raises(Refused, match=words) as refused:
        intake.take_in(streams.around([encode(pixels)], pixels, syntax, **change), key=KEY)
    assert refused.value.code == "contradiction"


def test_halved_chrominance_that_is_not_halved_is_refused(intake: Reader):
    from .made import dicom

    with pytest.raises(Refused, match="YBR_FULL_422") as refused:
        intake.take_in(dicom(streams.smooth(16, 20), PhotometricInterpretation="YBR_FULL_422"), key=KEY)
    assert refused.value.code == "contradiction"


def test_a_colour_transform_for_other_components_is_refused(intake: Reader):
    pixels = streams.smooth(32, 32)
    stream = streams.jpeg(pixels)
    adobe = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\2"  # to YCCK, of three components
    with pytest.raises(Refused, match="colour transform") as refusal:
        intake.take_in(streams.around([stream[:2] + adobe + stream[2:]], pixels, uid.JPEGBaseline8Bit), key=KEY)
    assert refusal.value.code == "contradiction"


def test_a_jp2_box_of_a_long_length_is_read(intake: Reader):
    pixels = streams.noise(32, 32)
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG2000", irreversible=False)
    plain = stream.getvalue()
    at = plain.index(b"jp2c") - 4
    long = plain[:at] + struct.pack(">I4sQ", 1, b"jp2c", len(plain) - at + 8) + plain[at + 8 :]
    content = streams.around([long], pixels, uid.JPEG2000Lossless)
    assert np.array_equal(intake.pixels(intake.take_in(content, key=KEY).content), pixels)
