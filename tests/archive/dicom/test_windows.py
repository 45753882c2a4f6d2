"""Which windows an image opens with."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from overread.archive.dicom import Reader, Window
from overread.archive.dicom.display import presentation

from .made import dataset, dicom, items, ramp, saved


def test_windows_of_the_file_come_with_their_labels(intake: Reader):
    content = dicom(
        ramp(), WindowCenter=[100, 200], WindowWidth=[50, 60], WindowCenterWidthExplanation=["LUNG", "BONE"]
    )
    assert intake.render(content).windows == (Window("LUNG", 100, 50), Window("BONE", 200, 60))


def test_a_window_is_in_modality_units_and_has_its_function(intake: Reader):
    content = dicom(
        ramp(),
        RescaleSlope="2",
        RescaleIntercept="-100",
        WindowCenter="40",
        WindowWidth="400",
        VOILUTFunction="SIGMOID",
    )
    assert intake.render(content).windows == (Window("File", 40, 400, "SIGMOID"),)


def test_a_frame_has_its_own_window(intake: Reader):
    groups = [{"FrameVOILUTSequence": items({"WindowCenter": c, "WindowWidth": 50})} for c in (100, 200)]
    content = dicom(np.stack([ramp(), ramp()]), NumberOfFrames=2, PerFrameFunctionalGroupsSequence=items(*groups))
    assert [intake.render(content, frame=frame).windows[0].center for frame in (0, 1)] == [100, 200]


@pytest.mark.parametrize(("center", "width"), [("1e9", "10"), ("50", "0"), ("50", "-5")])
def test_a_window_that_shows_nothing_is_left_out(intake: Reader, center: str, width: str):
    assert intake.render(dicom(ramp(), WindowCenter=center, WindowWidth=width)).windows[0].label == "Automatic"


def test_eight_bits_open_at_full_range(intake: Reader):
    assert intake.render(dicom(ramp(dtype="uint8"))).windows == (Window("Automatic", 128, 256),)


def test_outliers_do_not_decide_the_automatic_window(intake: Reader):
    pixels = np.tile(np.arange(1000, 2000, dtype="uint16"), (100, 1))
    pixels[0, :5] = 65535
    window = intake.render(dicom(pixels)).windows[0]
    assert 1000 <= window.center - window.width / 2 <= 1010
    assert 1990 <= window.center + window.width / 2 <= 2001


def test_padding_does_not_decide_the_automatic_window(intake: Reader):
    pixels = np.tile(np.arange(1000, 2000, dtype="uint16"), (100, 1))
    pixels[:30] = 0
    window = intake.render(dicom(pixels, PixelPaddingValue=0)).windows[0]
    assert window.center - window.width / 2 >= 1000


def test_an_image_of_one_value_has_a_window(intake: Reader):
    window = intake.render(dicom(np.full((4, 4), 700, "uint16"))).windows[0]
    assert window.width >= 1


def voi_table(shape: np.ndarray) -> bytes:
    data = np.rint(shape * 65535).astype("<u2").tobytes()
    made = dataset(np.arange(4096, dtype="uint16").reshape(64, 64), BitsStored=12, HighBit=11)
    made.VOILUTSequence = items({"LUTDescriptor": [4096, 0, 16], "LUTExplanation": "mine", "LUTData": data})
    return saved(made)


@pytest.mark.parametrize("truth", [Window("", 2000, 1500, "SIGMOID"), Window("", 1500, 800, "LINEAR_EXACT")])
def test_a_voi_table_is_shown_through_its_table(intake: Reader, truth: Window):
    values = np.arange(4096, dtype="float32")
    wanted = presentation(values, truth, inverted=False)
    window = intake.render(voi_table(wanted)).windows[0]
    assert (window.label, window.center, window.width) == ("mine", 2047.5, 4095)
    assert len(window.table) == 1024
    assert np.abs(presentation(values, window, inverted=False) - wanted).max() < 0.002


def test_a_falling_voi_table_is_shown_as_it_falls(intake: Reader):
    window = intake.render(voi_table(np.linspace(1, 0, 4096))).windows[0]
    assert (window.table[0], window.table[-1]) == (1, 0)


def test_a_voi_table_of_one_grey_is_left_out(intake: Reader):
    assert intake.render(voi_table(np.full(4096, 0.5))).windows[0].label == "Automatic"


@pytest.mark.parametrize(
    ("dtype", "first", "attributes"),
    [("int16", -1000, {}), ("uint16", 64536, {"RescaleSlope": "1", "RescaleIntercept": "-1000"})],
    ids=["signed", "stated as unsigned"],
)
def test_a_voi_table_of_signed_values_starts_below_zero(
    intake: Reader, dtype: str, first: int, attributes: dict[str, str]
):
    stored = ramp() - 1000 if dtype == "int16" else ramp()
    made = dataset(stored.astype(dtype), **attributes)
    table = np.arange(256, dtype="<u2").tobytes()
    made.VOILUTSequence = items({"LUTDescriptor": [256, first, 8], "LUTData": table})
    window = intake.render(saved(made)).windows[0]
    assert (window.center - window.width / 2, window.table[-1]) == (-1000, 1)


def test_the_thumbnail_is_made_through_the_table(intake: Reader):
    falling = intake.render(voi_table(np.linspace(1, 0, 4096))).thumb
    grey = np.asarray(Image.open(BytesIO(falling)), dtype=float)
    assert grey[0].mean() > 200
    assert grey[-1].mean() < 50
