"""Windows, polarity and scaling against numbers worked out by hand."""

import numpy as np
import pytest

from overread.archive.dicom import Reader, Window, model_input, presentation

from .made import dicom, picture, ramp


def test_linear_window_by_hand():
    """PS3.3 C.11.2.1.2: c = 2048, w = 4096 maps 0..4095 onto the whole range; c = 0, w = 100 ends at -50 and 49."""
    wide = presentation(np.array([0, 4095]), Window("", 2048, 4096), inverted=False)
    narrow = presentation(np.array([-51, -50, -0.5, 49, 50]), Window("", 0, 100), inverted=False)
    assert wide.tolist() == [0, 1]
    assert narrow == pytest.approx([0, 0, 0.5, 1, 1])


def test_linear_window_of_width_one_is_a_step():
    assert presentation(np.array([9, 10]), Window("", 10, 1), inverted=False).tolist() == [0, 1]


def test_exact_window_by_hand():
    shown = presentation(np.array([-51, -50, 0, 25, 50]), Window("", 0, 100, "LINEAR_EXACT"), inverted=False)
    assert shown == pytest.approx([0, 0, 0.5, 0.75, 1])


def test_sigmoid_window_by_hand():
    shown = presentation(np.array([0, 50, 1e9, -1e9]), Window("", 0, 100, "SIGMOID"), inverted=False)
    assert shown == pytest.approx([0.5, 1 / (1 + np.exp(-2)), 1, 0])


def test_inverted_is_the_complement():
    pixels, window = ramp(), Window("", 500, 800)
    shown = presentation(pixels, window, inverted=False) + presentation(pixels, window, inverted=True)
    assert shown == pytest.approx(1)
    assert shown.dtype == np.float32


def test_eight_bit_numbers_are_divided_by_255(intake: Reader):
    pixels = np.array([[0, 51, 255]], "uint8")
    inverted = dicom(pixels, PhotometricInterpretation="MONOCHROME1")
    assert model_input(intake.render(dicom(pixels))) == pytest.approx(np.array([[0, 0.2, 1]]))
    assert model_input(intake.render(inverted)) == pytest.approx(np.array([[1, 0.8, 0]]))


def test_deeper_numbers_are_stretched_between_percentiles(intake: Reader):
    scaled = model_input(intake.render(dicom(np.arange(20001, dtype="uint16").reshape(1, -1))))
    assert (scaled[0, 100], scaled[0, 10000], scaled[0, 19900]) == pytest.approx((0, 0.5, 1))
    assert (scaled.min(), scaled.max()) == (0, 1)


def test_a_flat_image_is_no_division_by_zero(intake: Reader):
    assert np.isfinite(model_input(intake.render(dicom(np.full((3, 3), 9, "uint16"))))).all()


@pytest.mark.parametrize("attributes", [{}, {"RescaleSlope": "2", "RescaleIntercept": "-9"}])
def test_both_polarities_look_the_same_to_a_model(intake: Reader, attributes):
    pixels = ramp(40, 40, step=2)
    plain = model_input(intake.render(dicom(pixels, **attributes)))
    inverse = pixels.max() - pixels
    turned = model_input(intake.render(dicom(inverse, PhotometricInterpretation="MONOCHROME1", **attributes)))
    assert turned == pytest.approx(plain, abs=1e-3)


def test_a_negative_slope_turns_dark_into_bright(intake: Reader):
    shown = model_input(intake.render(dicom(ramp(), RescaleSlope="-1", RescaleIntercept="0")))
    assert shown[0, 0] > shown[-1, -1]


def test_eight_bits_in_sixteen_are_eight_bits(intake: Reader):
    content = dicom(np.array([[0, 51], [102, 255]], "uint16"), BitsStored=8, HighBit=7)
    assert model_input(intake.render(content)) == pytest.approx(np.array([[0, 0.2], [0.4, 1]]))


def test_colour_keeps_its_channels(intake: Reader):
    pixels = np.random.default_rng(1).integers(0, 256, (4, 5, 3), dtype="uint8")
    assert model_input(intake.render(picture(pixels))) == pytest.approx(pixels / 255)
