"""Which windows a reader may choose from."""

from typing import Any

import pytest

from overread.archive.models import Image, Rendering
from overread.archive.presets import presets, value_unit

TONES = {"dark": [200, 1400], "middle": [900, 2500], "bright": [2000, 3800]}
FILE = {"label": "File", "center": 2000, "width": 4000, "function": "LINEAR"}


def labels(modality: str, windows: list[dict[str, Any]], *, body_part: str = "", **facts: Any) -> list[str]:
    return [window["label"] for window in chosen(modality, windows, body_part=body_part, **facts)]


def chosen(modality: str, windows: list[dict[str, Any]], *, body_part: str = "", **facts: Any) -> list[dict[str, Any]]:
    image = Image(modality=modality, body_part=body_part)
    made = rendering(windows, **facts)
    return presets(image, made, tones=made.tones)


def rendering(windows: list[dict[str, Any]], **facts: Any) -> Rendering:
    return Rendering(
        windows=windows, **{"channels": 1, "minimum": 0, "maximum": 4095, "inverted": False, "tones": TONES, **facts}
    )


def test_the_files_own_come_first_and_with_their_names() -> None:
    own = [{**FILE, "label": "ABDOMEN", "center": 60, "width": 400}, {**FILE, "label": "LUNG", "width": 1600}]
    assert labels("CT", own, minimum=-1024) == ["ABDOMEN", "LUNG", "Soft", "Bone", "Brain"]


def test_one_that_the_file_has_itself_is_not_offered_twice() -> None:
    own = [{**FILE, "label": "Mediastinum", "center": 50, "width": 350}]
    assert labels("CT", own, minimum=-1024) == ["Mediastinum", "Lung", "Bone", "Brain"]


def test_ct_out_of_hounsfield_units_has_none_of_its_windows() -> None:
    assert labels("CT", [FILE]) == ["Standard", "Dark", "Bright"]
    assert (
        value_unit(Image(modality="CT"), rendering([FILE])),
        value_unit(Image(modality="DX"), rendering([FILE])),
    ) == ("", "")
    assert value_unit(Image(modality="CT"), rendering([FILE], minimum=-1000)) == "HU"


def test_a_ct_window_that_would_show_nothing_is_left_out() -> None:
    assert "Bone" not in labels("CT", [FILE], minimum=-2000, maximum=-600)


@pytest.mark.parametrize(
    ("modality", "body_part", "names"),
    [
        ("DX", "CHEST", ["Standard", "Lung", "Soft", "Bone"]),
        ("CR", "", ["Standard", "Lung", "Soft", "Bone"]),
        ("CR", "HAND", ["Standard", "Soft", "Bone"]),
        ("MG", "BREAST", ["Standard", "Skin", "Dense"]),
        ("", "", ["Standard", "Dark", "Bright"]),
    ],
)
def test_every_modality_has_its_own(modality: str, body_part: str, names: list[str]) -> None:
    assert labels(modality, [FILE], body_part=body_part) == names


def test_each_reaches_over_its_part_of_the_body() -> None:
    _standard, lung, soft, bone = chosen("DX", [FILE])
    assert [(each["center"], each["width"], each["function"]) for each in (lung, soft, bone)] == [
        (800, 1200, "LINEAR_EXACT"),
        (1700, 1600, "LINEAR_EXACT"),
        (2900, 1800, "LINEAR_EXACT"),
    ]


def test_an_image_of_an_older_version_has_the_files_own_until_it_is_read_again() -> None:
    assert labels("DX", [FILE], tones=None) == ["Standard"]


def test_a_table_goes_along_and_nothing_else_has_one() -> None:
    lut, *others = chosen("DX", [{**FILE, "label": "LUT", "table": [0.0, 0.4, 1.0]}])
    assert lut["table"] == (0.0, 0.4, 1.0)
    assert not any("table" in other for other in others)


def test_colour_has_none() -> None:
    assert chosen("XC", [], channels=3) == []
