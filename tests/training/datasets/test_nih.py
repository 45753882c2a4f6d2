"""Miniatures of ChestX-ray14's tables, in the form of either release, with invented values."""

from pathlib import Path

import pytest

from training.datasets.errors import DatasetError
from training.datasets.items import Facts, Item, SourceRegion
from training.datasets.layouts.nih import FINDINGS, Nih
from training.datasets.options import Source
from training.datasets.translation import Target, Translation

HEAD = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
)
# The first release: the header ends with a comma and has a field more than the rows.
FIRST = f"""{HEAD},
00000001_000.png,Cardiomegaly,000,00000001,058Y,M,PA,2682,2749,0.143,0.143
00000001_001.png,Cardiomegaly|Emphysema,001,00000001,058Y,M,PA,2894,2729,0.143,0.143
00000003_000.png,No Finding,000,00000003,081Y,F,AP,2500,2048,0.168,0.168
00000004_000.png,Pleural_Thickening,000,00000004,411Y,F,AP,2500,2048,0.168,0.168
"""
# The second: ages are numbers, patients are not padded, follow-ups are numbered by age.
SECOND = f"""{HEAD}
00000001_000.png,Cardiomegaly,0,1,57,M,PA,2682,2749,0.143,0.143
00000001_001.png,Cardiomegaly|Emphysema,1,1,58,M,PA,2894,2729,0.143,0.143
00000003_000.png,No Finding,5,3,76,F,AP,2500,2048,0.168,0.168
"""
BOXES = """Image Index,Finding Label,Bbox [x,y,w,h],,,
00000001_000.png,Cardiomegaly,225.084745762712,547.019216763771,86.7796610169491,79.1864406779661
00000001_001.png,Emphysema,100,200,50.5,60.25
"""
TARGETS = [Target(name.lower(), name, "binary") for name in FINDINGS]
FILE = "Data_Entry_2017.csv"
V2020 = "Data_Entry_2017_v2020.csv"


def write(folder: Path, files: dict[str, str]) -> Nih:
    for name, text in files.items():
        (folder / name).write_text(text)
    return Nih(Source(folder), {})


def present(dataset: Nih) -> dict[str, set[str]]:
    """File → findings that are present; every other one of the 14 is asserted to be absent."""
    translation = Translation(dataset.questions(), TARGETS)
    found = {}
    for item in dataset.items():
        if not item.problem:
            values = {slug: said.value for slug, said in translation.answers(item).items()}
            assert set(values) == {target.slug for target in TARGETS}
            found[item.file] = {slug for slug, value in values.items() if value == "present"}
    return found


def problems(dataset: Nih) -> dict[str, str]:
    return {item.file: item.problem for item in dataset.items() if item.problem}


def test_the_first_release(tmp_path):
    assert list(write(tmp_path, {FILE: FIRST}).items()) == [
        Item(2, "00000001_000.png", (2,), "1", facts=Facts("M", 58, "PA"), named=("Cardiomegaly",)),
        Item(3, "00000001_001.png", (3,), "1", facts=Facts("M", 58, "PA"), named=("Cardiomegaly", "Emphysema")),
        Item(4, "00000003_000.png", (4,), "3", facts=Facts("F", 81, "AP"), named=("No Finding",)),
        Item(5, "00000004_000.png", (5,), "4", facts=Facts("F", None, "AP"), named=("Pleural_Thickening",)),
    ]


def test_what_a_row_lists_is_present_and_the_rest_is_absent(tmp_path):
    assert present(write(tmp_path, {FILE: FIRST})) == {
        "00000001_000.png": {"cardiomegaly"},
        "00000001_001.png": {"cardiomegaly", "emphysema"},
        "00000003_000.png": set(),
        "00000004_000.png": {"pleural_thickening"},
    }


def test_the_releases_name_the_same_patients_and_films(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    old = {each.file: (each.patient, each.named) for each in write(tmp_path / "old", {FILE: FIRST}).items()}
    new = {each.file: (each.patient, each.named) for each in write(tmp_path / "new", {V2020: SECOND}).items()}
    assert new.items() <= old.items()
    assert len(new) == 3


def test_both_releases_in_one_folder_are_asked_about(tmp_path):
    with pytest.raises(DatasetError, match="Several files may be"):
        write(tmp_path, {FILE: FIRST, V2020: SECOND})
    assert len(list(Nih(Source(tmp_path, table=tmp_path / V2020), {}).items())) == 3


def test_boxes_are_corners_in_pixels_and_infiltrate_is_infiltration(tmp_path):
    table = f"{HEAD}\nA.png,Infiltration,0,1,57,M,PA,2682,2749,0.143,0.143\n"
    boxes = "Image Index,Finding Label,Bbox [x,y,w,h],,,\nA.png,Infiltrate,100,200,50.5,60.25\n"
    items = list(write(tmp_path, {V2020: table, "BBox_List_2017.csv": boxes}).items())
    assert items[0].regions == (SourceRegion("Infiltration", "box", ((100, 200), (150.5, 260.25))),)


def test_a_real_box_of_many_digits(tmp_path):
    items = list(write(tmp_path, {FILE: FIRST, "BBox_List_2017.csv": BOXES}).items())
    corners = items[0].regions[0].points
    assert corners == ((225.084745762712, 547.019216763771), pytest.approx((311.8644067796611, 626.2056574417371)))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("00000001_000.png,Cardiomegaly|Emphysema,1,2,3,4", "none of the set's 14 findings"),
        ("00000001_000.png,Hernia,1,2,3,4", "the labels of its image do not"),
        ("00000001_000.png,Cardiomegaly,1,2,0,4", "is none"),
        ("00000001_000.png,Cardiomegaly,1,2,nan,4", "is no number"),
        ("00000001_000.png,Cardiomegaly,1,2,3", "It has 5 cells"),
        ("00000001_000.png,Cardiomegaly,1,2,1e999,4", "is none"),
    ],
)
def test_a_box_that_is_not_understood_refuses_its_image_alone(tmp_path, row, told):
    boxes = f"{BOXES}{row}\n"
    found = problems(write(tmp_path, {FILE: FIRST, "BBox_List_2017.csv": boxes}))
    assert list(found) == ["00000001_000.png"]
    assert found["00000001_000.png"].startswith("Line 4 of BBox_List_2017.csv: ")
    assert told in found["00000001_000.png"]


def test_boxes_of_films_that_have_no_row_are_told(tmp_path):
    dataset = write(tmp_path, {FILE: FIRST, "BBox_List_2017.csv": f"{BOXES}other.png,Mass,1,2,3,4\n"})
    assert len(list(dataset.items())) == 4
    assert dataset.notes() == [
        "Read with BBox_List_2017.csv.",
        f"1 images of these files have no row in {FILE} and were not read.",
    ]


def test_the_lists_declare_the_splits(tmp_path):
    lists = {"train_val_list.txt": "00000001_000.png\n00000001_001.png\n", "test_list.txt": "00000003_000.png"}
    items = list(write(tmp_path, {FILE: FIRST, **lists}).items())
    assert [item.split for item in items] == ["train", "train", "test", ""]


def test_a_film_in_both_lists_is_refused(tmp_path):
    lists = {"train_val_list.txt": "00000001_000.png\n", "test_list.txt": "00000001_000.png\n"}
    assert "and in that of the test set" in problems(write(tmp_path, {FILE: FIRST, **lists}))["00000001_000.png"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("A.png,Effussion,0,1,57,M,PA,1,1,0.1,0.1", "'Effussion', which is none"),
        ("A.png,Effusion;Nodule,0,1,57,M,PA,1,1,0.1,0.1", "'Effusion;Nodule', which is none"),
        ("A.png,Effusion,Nodule,0,1,57,M,PA,1,1,0.1,0.1", "It has 12 cells"),
        ("A.png,Effusion,0,1", "It has 4 cells"),
        ("A.png,Mass,0,1,57,M,PA,1,1,0.1,0.1\nA.png,Hernia,0,1,57,M,PA,1,1,0.1,0.1", "list different findings"),
        ("A.png,Mass,0,1,57,M,PA,1,1,0.1,0.1\nA.png,Mass,0,2,57,M,PA,1,1,0.1,0.1", "differ in column 'Patient ID'"),
    ],
)
def test_a_row_that_is_not_understood_refuses_its_image(tmp_path, row, told):
    found = problems(write(tmp_path, {V2020: f"{SECOND}{row}\n"}))
    assert list(found) == ["A.png"]
    assert told in found["A.png"]


def test_no_finding_beside_a_finding_is_a_contradiction(tmp_path):
    dataset = write(tmp_path, {V2020: f"{HEAD}\nA.png,Mass|No Finding,0,1,57,M,PA,1,1,0.1,0.1\n"})
    with pytest.raises(DatasetError, match="at once"):
        present(dataset)


def test_a_film_without_labels_gives_no_answer(tmp_path):
    dataset = write(tmp_path, {V2020: f"{HEAD}\nA.png,,0,1,57,M,PA,1,1,0.1,0.1\n"})
    assert [item.named for item in dataset.items()] == [None]


def test_images_are_found_in_the_folders_of_the_twelve_archives(tmp_path):
    for place in ("images_001/images/00000001_000.png", "images_002/images/00000003_000.png"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_bytes(b"")
    dataset = write(tmp_path, {FILE: FIRST})
    assert dataset.images.find("00000003_000.png") == tmp_path / "images_002/images/00000003_000.png"


def test_a_table_without_its_columns_is_no_such_table(tmp_path):
    with pytest.raises(DatasetError, match="no column 'Finding Labels'"):
        write(tmp_path, {FILE: "Image Index,Labels\nA.png,Mass\n"})
    with pytest.raises(DatasetError, match=r"no table Data_Entry_2017\.csv"):
        Nih(Source(tmp_path / "none"), {})
