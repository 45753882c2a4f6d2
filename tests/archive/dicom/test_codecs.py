"""Every transfer syntax that is read gives the stored values back."""

import numpy as np
import pytest
from PIL import Image
from pydicom import uid
from pydicom.encaps import encapsulate

from overread.archive.dicom import Reader, Refused
from overread.archive.dicom.codecs import CODECS

from .made import KEY, dataset, dicom, picture, ramp, saved

NATIVES = [syntax for syntax, codec in CODECS.items() if codec is None]
ENCODED = [uid.RLELossless, uid.JPEG2000Lossless, uid.JPEGLSLossless]


@pytest.mark.parametrize("syntax", NATIVES)
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32"])
def test_native_values(intake: Reader, syntax: str, dtype: str):
    pixels = ramp(dtype=dtype) - np.array(300, "int16") if dtype == "int16" else ramp(dtype=dtype)
    result = intake.take_in(dicom(pixels, uid.UID(syntax)), key=KEY)
    assert np.array_equal(intake.pixels(result.content), pixels)


@pytest.mark.parametrize("syntax", ENCODED)
@pytest.mark.parametrize("signed", [False, True])
def test_losslessly_compressed_values(intake: Reader, syntax: uid.UID, signed: bool):
    pixels = ramp(32, 48, dtype="int16" if signed else "uint16") - (1000 if signed else 0)
    made = dataset(pixels.astype("int16" if signed else "uint16"))
    made.compress(syntax, generate_instance_uid=False)
    result = intake.take_in(saved(made), key=KEY)
    assert result.facts.transfer_syntax == syntax
    assert np.array_equal(intake.pixels(result.content), pixels)


def test_one_frame_of_several_or_all(intake: Reader):
    pixels = np.stack([ramp(), ramp() + 1, ramp() + 2])
    content = intake.take_in(dicom(pixels, NumberOfFrames=3), key=KEY).content
    assert np.array_equal(intake.pixels(content, frame=2), pixels[2])
    assert np.array_equal(intake.pixels(content, frame=None), pixels)
    with pytest.raises(Refused, match="no frame 3"):
        intake.pixels(content, frame=3)


def test_floats(intake: Reader):
    made = dataset(ramp(dtype="float32"))
    made.FloatPixelData = made.PixelData
    del made.PixelData, made.PixelRepresentation, made.BitsStored, made.HighBit
    assert np.array_equal(intake.pixels(intake.take_in(saved(made), key=KEY).content), ramp(dtype="float32"))


def test_single_bits(intake: Reader):
    pixels = (np.arange(16 * 16).reshape(16, 16) % 3 == 0).astype("uint8")
    made = dataset(pixels, BitsAllocated=1, BitsStored=1, HighBit=0)
    made.PixelData = np.packbits(pixels.ravel(), bitorder="little").tobytes()
    assert np.array_equal(intake.pixels(saved(made)), pixels)


def test_baseline_jpeg_is_as_another_library_reads_it(intake: Reader):
    jpeg = picture(ramp(64, 64, "uint8"), "JPEG", quality=90)
    made = dataset(ramp(64, 64, "uint8"), uid.JPEGBaseline8Bit)
    made.PixelData = encapsulate([jpeg])
    decoded = intake.pixels(saved(made))
    from io import BytesIO

    assert np.abs(decoded.astype(int) - np.asarray(Image.open(BytesIO(jpeg)))).max() <= 2
