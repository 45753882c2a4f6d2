"""PNG and JPEG files: the pixels stay, everything else goes."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from overread.archive.dicom import Reader, Refused

from .made import KEY, picture, ramp

SECRET = "ZZSECRETZZ"


def noise(*shape: int, dtype: str = "uint8") -> np.ndarray:
    return np.random.default_rng(3).integers(0, np.iinfo(dtype).max, shape, dtype=dtype)


@pytest.mark.parametrize("pixels", [noise(9, 7), noise(9, 7, dtype="uint16"), noise(9, 7, 3)], ids=["8", "16", "rgb"])
def test_a_png_keeps_its_pixels(intake: Reader, pixels: np.ndarray):
    result = intake.take_in(picture(pixels), key=KEY)
    assert result.facts.kind == "png"
    assert (result.facts.rows, result.facts.columns) == (9, 7)
    assert result.facts.bits_stored == 8 * pixels.dtype.itemsize
    assert result.facts.photometric == ("RGB" if pixels.ndim == 3 else "MONOCHROME2")
    assert np.array_equal(intake.pixels(result.content), pixels)


def test_a_png_loses_its_texts(intake: Reader):
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Patient", SECRET)
    texts.add_itxt("Comment", SECRET, zip=True)
    result = intake.take_in(picture(noise(5, 5), pnginfo=texts) + SECRET.encode(), key=KEY)
    assert SECRET.encode() not in result.content
    assert Image.open(BytesIO(result.content)).info == {}


@pytest.mark.parametrize("mode", ["1", "P", "LA", "RGBA"])
def test_other_modes_become_grey_or_rgb(intake: Reader, mode: str):
    image = Image.fromarray(noise(6, 6, 3)).convert(mode)
    result = intake.take_in(picture(image), key=KEY)
    opaque = image.convert("L" if mode in ("1", "LA") else "RGB")
    assert np.array_equal(intake.pixels(result.content), np.asarray(opaque))


def test_what_is_transparent_becomes_black(intake: Reader):
    pixels = noise(4, 4, 4)
    pixels[..., 3] = 0
    assert not intake.pixels(intake.take_in(picture(Image.fromarray(pixels, "RGBA")), key=KEY).content).any()


def with_metadata(pixels: np.ndarray, **options) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET
    return picture(pixels, "JPEG", exif=exif, comment=SECRET, **options) + SECRET.encode()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 1}, {"subsampling": 2}])
@pytest.mark.parametrize("shape", [(40, 30), (40, 30, 3)], ids=["grey", "colour"])
def test_a_jpeg_keeps_its_compressed_pixels_and_nothing_else(intake: Reader, shape, options):
    content = with_metadata(noise(*shape), **options)
    result = intake.take_in(content, key=KEY)
    assert result.facts.kind == "jpeg"
    assert SECRET.encode() not in result.content
    assert np.array_equal(intake.pixels(result.content), np.asarray(Image.open(BytesIO(content))))


def test_a_turned_jpeg_is_stored_upright_and_lossless(intake: Reader):
    exif = Image.Exif()
    exif[0x0112] = 6
    content = picture(noise(20, 30), "JPEG", exif=exif)
    result = intake.take_in(content, key=KEY)
    assert (result.facts.kind, result.facts.rows, result.facts.columns) == ("png", 30, 20)
    upright = np.rot90(np.asarray(Image.open(BytesIO(content))), -1)
    assert np.array_equal(intake.pixels(result.content), upright)


def test_a_cmyk_jpeg_becomes_a_png(intake: Reader):
    content = picture(Image.fromarray(noise(8, 8, 3)).convert("CMYK"), "JPEG")
    facts = intake.take_in(content, key=KEY).facts
    assert (facts.kind, facts.photometric) == ("png", "RGB")


def test_a_picture_names_nobody_and_is_named_by_its_content(intake: Reader):
    first, again, other = (intake.take_in(picture(ramp(step=step)), key=KEY) for step in (7, 7, 8))
    assert first == again
    assert first.facts.patient == ""
    assert first.facts.instance_uid != other.facts.instance_uid
    assert first.facts.instance_uid.startswith("2.25.")


def test_what_was_taken_in_can_be_taken_in_again(intake: Reader):
    for content in (picture(noise(9, 9)), picture(noise(9, 9, 3), "JPEG")):
        result = intake.take_in(content, key=KEY)
        assert intake.take_in(result.content, key=KEY) == result


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_cut_picture_is_refused(intake: Reader, kind: str, share: float):
    content = picture(noise(64, 64), kind)
    with pytest.raises(Refused) as refused:
        intake.take_in(content[: int(len(content) * share)], key=KEY)
    assert refused.value.code in ("truncated", "decode")


def test_other_formats_are_refused(intake: Reader):
    for kind in ("BMP", "GIF", "TIFF", "WEBP"):
        with pytest.raises(Refused, match="neither DICOM nor PNG nor JPEG"):
            intake.take_in(picture(noise(8, 8), kind), key=KEY)
