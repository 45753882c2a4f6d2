"""Miniatures of VinDr-CXR's tables, with invented values: rows by box and reader, and labels by reader."""

from pathlib import Path

import pytest

from training.datasets.errors import DatasetError
from training.datasets.items import Item, SourceRegion
from training.datasets.layouts.vindr import Vindr
from training.datasets.options import Source
from training.datasets.translation import Target, Translation

NODULE = Target("nodule", "Nodule/Mass", "binary")
EFFUSION = Target("effusion", "Pleural effusion", "binary")
AORTA = Target("aorta", "Aortic enlargement", "binary")
TARGETS = (NODULE, EFFUSION, AORTA)
HEAD = "image_id,class_name,class_id,rad_id,x_min,y_min,x_max,y_max\n"
KAGGLE = f"""{HEAD}aaa,No finding,14,R11,,,,
bbb,Nodule/Mass,8,R10,100.0,200.0,150.0,260.0
aaa,No finding,14,R7,,,,
bbb,Pleural effusion,10,R8,10.0,20.0,30.0,40.0
bbb,Nodule/Mass,8,R8,101.0,201.0,151.0,261.0
aaa,No finding,14,R10,,,,
bbb,Nodule/Mass,8,R8,300.0,400.0,310.0,420.0
bbb,Pleural effusion,10,R9,11.0,21.0,31.0,41.0
ccc,Aortic enlargement,0,R9,1,2,3,4
ccc,Nodule/Mass,8,R10,5,6,7,8
ccc,No finding,14,R8,,,,
"""
LABELS = """image_id,rad_id,Aortic enlargement,Nodule/Mass,Pleural effusion,COPD,No finding
aaa,R1,0,0,0,0,1
aaa,R2,0,0,0,0,1
aaa,R3,0,0,0,0,1
bbb,R1,0,1,0,0,0
bbb,R2,0,1,1,0,0
bbb,R3,0,0,1,1,0
"""
BOXES = """image_id,rad_id,class_name,x_min,y_min,x_max,y_max
aaa,R1,No finding,,,,
bbb,R1,Nodule/Mass,100.5,200,150,260
bbb,R3,Pleural effusion,10,20,30,40
"""


def write(folder: Path, **files: str) -> Vindr:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return Vindr(Source(folder), {})


def answers(dataset: Vindr) -> dict[str, dict[str, str]]:
    translation = Translation(dataset.questions(), TARGETS)
    found = {}
    for item in dataset.items():
        assert item.problem == ""
        found[item.file] = {slug: said.value for slug, said in translation.answers(item).items()}
    return found


def problems(dataset: Vindr) -> dict[str, str]:
    return {item.file: item.problem for item in dataset.items() if item.problem}


def test_all_rows_of_an_image_are_one_item(tmp_path):
    assert list(write(tmp_path, train=KAGGLE).items())[1] == Item(
        3,
        "bbb",
        (3, 5, 6, 8, 9),
        split="train",
        named=("Nodule/Mass", "Pleural effusion"),
        words={"Nodule/Mass": "Nodule/Mass: 2 of 3 readers", "Pleural effusion": "Pleural effusion: 2 of 3 readers"},
        regions=(
            SourceRegion("Nodule/Mass", "box", ((100, 200), (150, 260)), "R10"),
            SourceRegion("Pleural effusion", "box", ((10, 20), (30, 40)), "R8"),
            SourceRegion("Nodule/Mass", "box", ((101, 201), (151, 261)), "R8"),
            SourceRegion("Nodule/Mass", "box", ((300, 400), (310, 420)), "R8"),
            SourceRegion("Pleural effusion", "box", ((11, 21), (31, 41)), "R9"),
        ),
    )


def test_a_finding_that_any_reader_marks_is_present(tmp_path):
    assert answers(write(tmp_path, train=KAGGLE)) == {
        "aaa": {"nodule": "absent", "effusion": "absent", "aorta": "absent"},
        "bbb": {"nodule": "present", "effusion": "present", "aorta": "absent"},
        "ccc": {"nodule": "present", "effusion": "absent", "aorta": "present"},
    }


def test_the_labels_keep_how_many_readers_marked_them(tmp_path):
    dataset = write(tmp_path, train=KAGGLE)
    items = {item.file: item for item in dataset.items()}
    said = Translation(dataset.questions(), TARGETS).answers(items["ccc"])
    assert said["aorta"].text == "Aortic enlargement: 1 of 3 readers"


def test_no_finding_that_a_row_marks_is_ever_absent(tmp_path):
    """Whatever the order of the rows."""
    header, *rows = KAGGLE.splitlines()
    expected = answers(write(tmp_path, train=KAGGLE))
    for turned in range(len(rows)):
        text = "\n".join([header, *rows[turned:], *rows[:turned], ""])
        assert answers(write(tmp_path, train=text)) == expected


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("bbb,Nodule/Mass,8,R9,1,2,3", "It has 7 cells"),
        ("bbb,,,R9,1,2,3,4", "Line 13 names no finding"),
        ("bbb,Nodule/Mass,8,,1,2,3,4", "Line 13 names no reader"),
        ("bbb,Nodule/Mass,8,R9,1,2,3,", "Line 13: '' is no number"),
        ("bbb,Nodule/Mass,8,R9,5,2,3,4", "Line 13: The box around Nodule/Mass is none"),
        ("bbb,Nodule/Mass,8,R9,nan,inf,3,4", "is no number"),
        ("bbb,No finding,14,R9,,,,", "One reader says that there is no finding, and marks one."),
    ],
)
def test_one_row_that_is_not_understood_refuses_its_image_alone(tmp_path, row, told):
    found = problems(write(tmp_path, train=f"{KAGGLE}{row}\n"))
    assert list(found) == ["bbb"]
    assert told in found["bbb"]


def test_a_class_of_another_name_is_no_finding_that_is_absent(tmp_path):
    dataset = write(tmp_path, train=f"{KAGGLE}ddd,Nodul,8,R9,1,2,3,4\n")
    last = list(dataset.items())[-1]
    with pytest.raises(DatasetError, match="names 'Nodul', which is no finding"):
        Translation(dataset.questions(), TARGETS).answers(last)


def test_copies_that_fill_no_finding_with_a_box(tmp_path):
    dataset = write(tmp_path, train=f"{HEAD}aaa,No finding,14,R1,0,0,1,1\nbbb,Nodule/Mass,8,R1,,,,\n")
    assert [item.regions for item in dataset.items()] == [(), ()]
    assert answers(dataset) == {"aaa": {"nodule": "absent"}, "bbb": {"nodule": "present"}}


def test_labels_by_reader_with_their_boxes(tmp_path):
    dataset = write(tmp_path, image_labels_train=LABELS, annotations_train=BOXES)
    aaa, bbb = dataset.items()
    assert aaa.regions == ()
    assert bbb == Item(
        5,
        "bbb",
        (5, 6, 7),
        split="train",
        said={
            "Aortic enlargement": "absent",
            "COPD": "present",
            "Nodule/Mass": "present",
            "Pleural effusion": "present",
        },
        words={
            "COPD": "COPD: 1 of 3 readers",
            "Nodule/Mass": "Nodule/Mass: 2 of 3 readers",
            "Pleural effusion": "Pleural effusion: 2 of 3 readers",
        },
        regions=(
            SourceRegion("Nodule/Mass", "box", ((100.5, 200), (150, 260)), "R1"),
            SourceRegion("Pleural effusion", "box", ((10, 20), (30, 40)), "R3"),
        ),
    )
    assert answers(dataset) == {
        "aaa": {"nodule": "absent", "effusion": "absent", "aorta": "absent"},
        "bbb": {"nodule": "present", "effusion": "present", "aorta": "absent"},
    }
    assert dataset.tables == (tmp_path / "image_labels_train.csv", tmp_path / "annotations_train.csv")


def test_a_blank_of_one_reader_is_no_answer(tmp_path):
    labels = "image_id,rad_id,Nodule/Mass,Pleural effusion,No finding\naaa,R1,0,,0\naaa,R2,,1,0\nbbb,R1,,,1\n"
    assert answers(write(tmp_path, image_labels_train=labels)) == {
        "aaa": {"effusion": "present"},
        "bbb": {"nodule": "absent", "effusion": "absent"},
    }


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("bbb,R4,0,2,0,0,0", "Column 'Nodule/Mass' says '2'"),
        ("bbb,R4,0,1,0,0,1", "One reader says that there is no finding"),
        ("bbb,R3,0,1,0,0,0", "Two rows of one reader contradict each other"),
        ("bbb,,0,1,0,0,0", "names no reader"),
        ("bbb,R4,0,1", "It has 4 cells"),
    ],
)
def test_a_row_of_labels_that_is_not_understood_refuses_its_image(tmp_path, row, told):
    found = problems(write(tmp_path, image_labels_train=f"{LABELS}{row}\n"))
    assert list(found) == ["bbb"]
    assert told in found["bbb"]


def test_a_box_of_a_finding_that_no_reader_has_named_refuses_its_image(tmp_path):
    boxes = f"{BOXES}aaa,R1,Nodule/Mass,1,2,3,4\n"
    found = problems(write(tmp_path, image_labels_train=LABELS, annotations_train=boxes))
    assert found == {"aaa": "Line 5 of annotations_train.csv: a box says Nodule/Mass, and no reader of the image does."}


def test_what_the_readers_of_the_test_set_have_agreed_on(tmp_path):
    labels = "image_id,Nodule/Mass,Pleural effusion,Other disease,No finding\naaa,1,0,0,0\n"
    [item] = write(tmp_path, image_labels_test=labels).items()
    assert item.said == {"Nodule/Mass": "present", "Other disease": "absent", "Pleural effusion": "absent"}
    assert (item.split, item.words) == ("test", {"Nodule/Mass": "Nodule/Mass"})


def test_images_are_found_by_their_ids(tmp_path):
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "bbb.dicom").write_bytes(b"")
    dataset = write(tmp_path, train=KAGGLE)
    assert dataset.images.find("bbb") == tmp_path / "train" / "bbb.dicom"


def test_a_table_that_names_no_finding_is_none_of_the_set(tmp_path):
    with pytest.raises(DatasetError, match="names no finding"):
        write(tmp_path, train="image_id,rad_id\naaa,R1\n").questions()
    with pytest.raises(DatasetError, match="no column 'image_id'"):
        write(tmp_path, train="id,class_name\naaa,Nodule\n")
    with pytest.raises(DatasetError, match=r"no table train\.csv"):
        Vindr(Source(tmp_path / "none"), {})
