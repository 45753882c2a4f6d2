"""What `full`, `half` and `thumb` hold, and the line back to modality values."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from pydicom import uid
from pydicom.dataset import Dataset

from overread.archive.dicom import Reader, Refused, Rendering, unpack

from .made import KEY, dataset, dicom, items, picture, ramp, saved


def full(rendering: Rendering) -> np.ndarray:
    return unpack(rendering.full, rendering.rows, rendering.columns, rendering.channels)


def half(rendering: Rendering) -> np.ndarray:
    return unpack(rendering.half, rendering.half_rows, rendering.half_columns, rendering.channels)


def values(rendering: Rendering) -> np.ndarray:
    return full(rendering) * rendering.slope + rendering.intercept


def test_unsigned_values_are_their_own_numbers(intake: Reader):
    rendering = intake.render(dicom(ramp()))
    assert np.array_equal(full(rendering), ramp())
    assert (rendering.slope, rendering.intercept, rendering.channels, rendering.inverted) == (1, 0, 1, False)
    assert (rendering.minimum, rendering.maximum) == (0, ramp().max())


def test_signed_and_rescaled_values_come_back(intake: Reader):
    pixels = (ramp(dtype="int16") - 600).astype("int16")
    rendering = intake.render(dicom(pixels, RescaleSlope="0.5", RescaleIntercept="-1000"))
    assert np.array_equal(values(rendering), pixels * 0.5 - 1000)
    assert rendering.minimum == -1300


def test_a_negative_slope_is_kept(intake: Reader):
    rendering = intake.render(dicom(ramp(), RescaleSlope="-1", RescaleIntercept="0"))
    assert np.array_equal(values(rendering), -ramp().astype(int))
    assert rendering.maximum == 0


def test_frames_may_have_their_own_rescale(intake: Reader):
    groups = [{"PixelValueTransformationSequence": items({"RescaleSlope": 1, "RescaleIntercept": i})} for i in (5, 9)]
    content = dicom(np.stack([ramp(), ramp()]), NumberOfFrames=2, PerFrameFunctionalGroupsSequence=items(*groups))
    assert [intake.render(content, frame=frame).intercept for frame in (0, 1)] == [5, 9]


def test_a_frame_without_attributes_of_its_own_keeps_its_place(intake: Reader):
    groups = [{}, {"PixelValueTransformationSequence": items({"RescaleSlope": 1, "RescaleIntercept": 5})}]
    content = dicom(np.stack([ramp(), ramp()]), NumberOfFrames=2, PerFrameFunctionalGroupsSequence=items(*groups))
    clean = intake.take_in(content, key=KEY).content
    assert [intake.render(clean, frame=frame).intercept for frame in (0, 1)] == [0, 5]


def test_wide_integers_keep_their_steps_where_they_can(intake: Reader):
    pixels = ramp(dtype="uint32") + np.uint32(1_000_000)
    assert np.array_equal(values(intake.render(dicom(pixels))), pixels)


def test_floats_are_spread_over_sixteen_bits(intake: Reader):
    pixels = np.linspace(-0.5, 0.5, 192, dtype="float32").reshape(12, 16)
    made = dataset(pixels)
    made.FloatPixelData = made.PixelData
    del made.PixelData, made.PixelRepresentation
    assert np.abs(values(intake.render(saved(made))) - pixels).max() < 1 / 65535


def test_a_modality_table_is_applied(intake: Reader):
    table = {
        "LUTDescriptor": [4, 0, 16],
        "ModalityLUTType": "US",
        "LUTData": np.array([9, 8, 7, 60000], "<u2").tobytes(),
    }
    rendering = intake.render(dicom(ramp(2, 2, step=1), ModalityLUTSequence=items(table)))
    assert full(rendering).tolist() == [[9, 8], [7, 60000]]


@pytest.mark.parametrize("slope", ["0", "nan"])
def test_a_useless_slope_is_refused(intake: Reader, slope: str):
    made = dataset(ramp(), RescaleIntercept="0", RescaleSlope="1")
    made["RescaleSlope"]._value = slope
    with pytest.raises(Refused, match="Slope"):
        intake.render(saved(made))


def test_monochrome1_is_told_and_not_applied(intake: Reader):
    rendering = intake.render(dicom(ramp(), PhotometricInterpretation="MONOCHROME1"))
    assert rendering.inverted
    assert np.array_equal(full(rendering), ramp())


def test_both_polarities_have_the_same_thumbnail(intake: Reader):
    pixels = ramp(16, 16, "uint8", step=1)
    plain = intake.render(dicom(pixels)).thumb
    assert intake.render(dicom(255 - pixels, PhotometricInterpretation="MONOCHROME1")).thumb == plain


@pytest.mark.parametrize(("rows", "columns"), [(4, 6), (5, 7), (1, 1), (1, 8)])
def test_half_is_the_rounded_mean_of_what_is_there(intake: Reader, rows: int, columns: int):
    pixels = ramp(rows, columns)
    rendering = intake.render(dicom(pixels))
    assert (rendering.half_rows, rendering.half_columns) == ((rows + 1) // 2, (columns + 1) // 2)
    expected = [
        [int(np.floor(pixels[r : r + 2, c : c + 2].mean() + 0.5)) for c in range(0, columns, 2)]
        for r in range(0, rows, 2)
    ]
    assert half(rendering).tolist() == expected


def test_rgb_stays_rgb(intake: Reader):
    pixels = np.random.default_rng(1).integers(0, 256, (7, 9, 3), dtype="uint8")
    rendering = intake.render(dicom(pixels))
    assert (rendering.channels, rendering.windows) == (3, ())
    assert np.array_equal(full(rendering), pixels)
    assert half(rendering).shape == (4, 5, 3)


def test_colour_of_sixteen_bits_keeps_the_upper_eight(intake: Reader):
    pixels = np.random.default_rng(1).integers(0, 65536, (6, 6, 3), dtype="uint16")
    assert np.array_equal(full(intake.render(dicom(pixels))), pixels >> 8)


def test_planes_become_pixels(intake: Reader):
    pixels = np.random.default_rng(1).integers(0, 256, (6, 8, 3), dtype="uint8")
    made = dataset(pixels, PlanarConfiguration=1)
    made.PixelData = pixels.transpose(2, 0, 1).tobytes()
    assert np.array_equal(full(intake.render(saved(made))), pixels)


def test_grey_stored_as_rgb_is_grey(intake: Reader):
    grey = ramp(dtype="uint8")
    rendering = intake.render(dicom(np.stack([grey] * 3, axis=-1)))
    assert (rendering.channels, rendering.bits) == (1, 8)
    assert np.array_equal(full(rendering), grey)


def palette(bits: int, syntax: uid.UID) -> Dataset:
    made = dataset(np.array([[5, 6], [7, 99]], "uint8"), syntax, PhotometricInterpretation="PALETTE COLOR")
    order = "<" if syntax.is_little_endian else ">"
    for colour, table in (("Red", [10, 20, 30]), ("Green", [40, 50, 60]), ("Blue", [70, 80, 90])):
        scaled = np.array(table) * (256 if bits == 16 else 1)
        setattr(made, f"{colour}PaletteColorLookupTableDescriptor", [3, 5, bits])
        # 8-bit entries lie two in a word, the first one in its less significant byte
        words = scaled if bits == 16 else np.append(scaled, 0).astype("u1").view("<u2")
        data = words.astype(f"{order}u2").tobytes()
        setattr(made, f"{colour}PaletteColorLookupTableData", data)
    return made


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.ExplicitVRBigEndian])
def test_a_palette_becomes_rgb(intake: Reader, bits: int, syntax: uid.UID):
    rendering = intake.render(saved(palette(bits, syntax)))
    assert full(rendering).tolist() == [[[10, 40, 70], [20, 50, 80]], [[30, 60, 90], [30, 60, 90]]]


def test_a_palette_without_tables_is_refused(intake: Reader):
    with pytest.raises(Refused, match="Palette"):
        intake.render(dicom(ramp(dtype="uint8"), PhotometricInterpretation="PALETTE COLOR"))


def test_luminance_and_chrominance_become_rgb(intake: Reader):
    grey = np.full((4, 4, 3), 128, "uint8")
    grey[..., 0] = 77
    rendering = intake.render(dicom(grey, PhotometricInterpretation="YBR_FULL"))
    assert (full(rendering) == 77).all()


@pytest.mark.parametrize("shape", [(900, 600), (20, 1000), (3, 2), (1, 1)])
def test_a_thumbnail_fits_in_256_pixels(intake: Reader, shape: tuple[int, int]):
    image = Image.open(BytesIO(intake.render(dicom(ramp(*shape))).thumb))
    assert max(image.size) == min(256, max(shape))
    assert image.mode == "L"


def test_pictures_are_rendered_too(intake: Reader):
    deep = intake.render(picture(ramp()))
    assert np.array_equal(full(deep), ramp())
    assert deep.bits == 16
    assert intake.render(picture(ramp(dtype="uint8"))).windows[0].width == 256


def test_the_same_file_gives_the_same_rendition(intake: Reader):
    assert intake.render(dicom(ramp())) == intake.render(dicom(ramp()))
