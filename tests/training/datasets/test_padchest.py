"""Miniatures of PadChest's table, with invented values. Its real rows were not seen: the columns are as they are known."""

import csv
from pathlib import Path

import pytest

from training.datasets.errors import DatasetError
from training.datasets.items import Facts, Item
from training.datasets.layouts.padchest import Padchest
from training.datasets.options import Source
from training.datasets.translation import Target, Translation

FILE = "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv"
COLUMNS = (
    *("", "ImageID", "ImageDir", "StudyDate_DICOM", "StudyID", "PatientID", "PatientBirth", "PatientSex_DICOM"),
    *("ViewPosition_DICOM", "Projection", "MethodProjection", "Pediatric", "Report", "MethodLabel", "Labels"),
)
CARDIOMEGALY = Target("cardiomegaly", "Cardiomegaly", "binary")
EFFUSION = Target("effusion", "Pleural effusion", "binary")
NODULE = Target("nodule", "Nodule", "binary")
REPORT = "Paciente Juan Pérez, sin cambios. Dr. García"


def row(image: str, labels: str, **cells: str) -> dict[str, str]:
    usual = {
        "": "0",
        "ImageID": image,
        "ImageDir": "0",
        "StudyDate_DICOM": "20140915",
        "PatientID": "839860488694292331637988235681460987",
        "PatientBirth": "1930.0",
        "PatientSex_DICOM": "F",
        "Projection": "PA",
        "Report": REPORT,
        "MethodLabel": "Physician",
        "Labels": labels,
    }
    return usual | cells


def opened(folder: Path, *rows: dict[str, str]) -> Padchest:
    with (folder / FILE).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return Padchest(Source(folder), {})


def answers(dataset: Padchest, *targets: Target) -> list[dict[str, str]]:
    translation = Translation(dataset.questions(), targets)
    return [{slug: said.value for slug, said in translation.answers(item).items()} for item in dataset.items()]


def test_one_row_as_it_is_read(tmp_path):
    dataset = opened(tmp_path, row("a.png", "['cardiomegaly', 'pleural effusion']"))
    assert list(dataset.items()) == [
        Item(
            2,
            "a.png",
            (2,),
            "839860488694292331637988235681460987",
            facts=Facts("F", 84, "PA"),
            named=("cardiomegaly", "pleural effusion"),
            complete=False,
        )
    ]
    assert [question.name for question in dataset.questions()] == ["cardiomegaly", "pleural effusion"]
    assert dataset.notes() == ["Rows by who labelled them: Physician 1."]


def test_listed_is_present_normal_denies_and_nothing_else_does(tmp_path):
    rows = [
        row("a.png", "['cardiomegaly']"),
        row("b.png", "['normal']"),
        row("c.png", "['pleural effusion', 'cardiomegaly']"),
    ]
    assert answers(opened(tmp_path, *rows), CARDIOMEGALY, EFFUSION, NODULE) == [
        {"cardiomegaly": "present"},
        {"cardiomegaly": "absent", "effusion": "absent"},
        {"cardiomegaly": "present", "effusion": "present"},
    ]


@pytest.mark.parametrize(
    "labels", ["", "nan", "[]", "['']", "[nan]", "['unchanged']", "['suboptimal study']", "['unchanged', '']"]
)
def test_what_says_nothing_of_findings_gives_no_answer(tmp_path, labels):
    dataset = opened(tmp_path, row("a.png", labels), row("b.png", "['cardiomegaly']"))
    assert answers(dataset, CARDIOMEGALY) == [{}, {"cardiomegaly": "present"}]


@pytest.mark.parametrize(
    ("labels", "named"),
    [
        ("[' pleural effusion ', '', nan, 'cardiomegaly']", ("pleural effusion", "cardiomegaly")),
        ("['cardiomegaly','cardiomegaly',]", ("cardiomegaly",)),
        ("[\"Kerley's lines\", 'pleural  effusion']", ("Kerley's lines", "pleural effusion")),
        ("['cardiomegaly', 'unchanged']", ("cardiomegaly",)),
        ("['normal', 'suboptimal study']", ("normal",)),
    ],
)
def test_strays_in_a_list_are_left_out(tmp_path, labels, named):
    [item] = opened(tmp_path, row("a.png", labels)).items()
    assert (item.named, item.problem) == (named, "")


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ("cardiomegaly", "is no list"),
        ("['cardiomegaly'", "is no list"),
        ("['cardiomegaly' 'nodule']", "is no list"),
        ("['cardiomegaly', None]", "is no list"),
        ("[['cardiomegaly']]", "is no list"),
        ("__import__('os').getcwd()", "is no list"),
        ("['exclude']", "labelled it 'exclude'"),
    ],
)
def test_what_is_no_list_of_findings_refuses_the_image(tmp_path, labels, told):
    [item] = opened(tmp_path, row("a.png", labels)).items()
    assert told in item.problem
    assert item.named is None


def test_normal_beside_a_finding_is_a_contradiction(tmp_path):
    dataset = opened(tmp_path, row("a.png", "['normal', 'cardiomegaly']"))
    with pytest.raises(DatasetError, match="at once"):
        answers(dataset, CARDIOMEGALY)


@pytest.mark.parametrize(
    ("projection", "view"),
    [("PA", "PA"), ("AP", "AP"), ("AP_horizontal", "AP"), ("L", "LATERAL"), ("COSTAL", ""), ("EXCLUDE", "")],
)
def test_projections(tmp_path, projection, view):
    [item] = opened(tmp_path, row("a.png", "['normal']", Projection=projection)).items()
    assert item.facts.view == view


@pytest.mark.parametrize(("birth", "age"), [("1930", 84), ("2014.0", 0), ("2020", None), ("", None), ("1700", None)])
def test_an_age_is_told_by_two_years(tmp_path, birth, age):
    [item] = opened(tmp_path, row("a.png", "['normal']", PatientBirth=birth)).items()
    assert item.facts.age_years == age


def test_patients_that_a_spreadsheet_has_rounded_are_refused(tmp_path):
    [item] = opened(tmp_path, row("a.png", "['normal']", PatientID="8.39860488694292E+35")).items()
    assert "rounded by a spreadsheet" in item.problem
    assert "8.39" not in item.problem


def test_nothing_of_a_report_is_kept(tmp_path):
    dataset = opened(tmp_path, row("a.png", "['normal']"), row("b.png", "bad"))
    assert "Pérez" not in repr((list(dataset.items()), dataset.questions(), dataset.notes()))


def test_two_rows_of_an_image_that_differ_refuse_it(tmp_path):
    dataset = opened(tmp_path, row("a.png", "['normal']"), row("b.png", "['nodule']"), row("a.png", "['nodule']"))
    assert [(item.file, item.problem[:12]) for item in dataset.items()] == [("a.png", "Lines 2 to 4"), ("b.png", "")]


@pytest.mark.parametrize(
    "middle", ["'nodule'," * 50_000, "'nodule'" + " " * 1_000_000, "'" * 1_000_001, "'\\" * 500_000]
)
def test_a_long_cell_that_is_no_list_is_refused_in_one_pass(tmp_path, middle):
    [item] = opened(tmp_path, row("a.png", f"[{middle} x")).items()
    assert "is no list" in item.problem


def test_a_table_without_labels_is_none_of_the_set(tmp_path):
    (tmp_path / FILE).write_text("ImageID,Report\na.png,x\n")
    with pytest.raises(DatasetError, match="no column 'Labels'"):
        Padchest(Source(tmp_path), {})
    with pytest.raises(DatasetError, match="There is no table PADCHEST"):
        Padchest(Source(tmp_path / "none"), {})
