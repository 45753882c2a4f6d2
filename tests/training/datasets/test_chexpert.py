"""Miniatures of CheXpert's tables, with invented values: blanks, −1, laterals, prefixes."""

from pathlib import Path

import pytest

from training.datasets.errors import DatasetError
from training.datasets.items import Facts
from training.datasets.layouts.chexpert import OBSERVATIONS, Chexpert
from training.datasets.options import Options, Source
from training.datasets.translation import Target, Translation

SMALL = "CheXpert-v1.0-small"
HEAD = "Path,Sex,Age,Frontal/Lateral,AP/PA," + ",".join(OBSERVATIONS)
TARGETS = [Target(name.lower().replace(" ", "-"), name, "binary") for name in OBSERVATIONS]
FIRST = f"{SMALL}/train/patient00001/study1/view1_frontal.jpg"
SECOND = f"{SMALL}/train/patient00002/study1/view1_frontal.jpg"
LATERAL = f"{SMALL}/train/patient00002/study1/view2_lateral.jpg"
VALID = f"{SMALL}/valid/patient64541/study1/view1_frontal.jpg"


def row(path: str, facts: str = "Female,68,Frontal,AP", **said: str) -> str:
    """A line of the table. `said`: the cells that are not blank, by the first word of their columns."""
    cells = [said.get(name.split()[0].lower() if name != "Pleural Other" else "other", "") for name in OBSERVATIONS]
    return ",".join([path, facts, *cells])


TABLE = [
    row(FIRST, no="1.0", support="1.0"),
    row(SECOND, "Male,87,Frontal,PA", cardiomegaly="1.0", edema="-1.0", pleural="0.0"),
    row(LATERAL, "Male,87,Lateral,", cardiomegaly="1.0", edema="-1.0", pleural="0.0"),
]


def write(path: Path, *rows: str, head: str = HEAD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([head, *rows, ""]))
    return path


def films(root: Path) -> None:
    for name in (FIRST, SECOND, LATERAL, VALID):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def answers(dataset: Chexpert) -> list[dict[str, str]]:
    translation = Translation(dataset.questions(), TARGETS)
    found = []
    for item in dataset.items():
        assert item.problem == ""
        found.append({slug: said.value for slug, said in translation.answers(item).items()})
    return found


def problems(dataset: Chexpert) -> list[str]:
    return [item.problem for item in dataset.items()]


def test_the_four_codes_are_present_absent_uncertain_and_nothing(tmp_path):
    write(tmp_path / SMALL / "train.csv", *TABLE)
    said = {"cardiomegaly": "present", "edema": "uncertain", "pleural-effusion": "absent"}
    assert answers(Chexpert(Source(tmp_path), {})) == [
        {"no-finding": "present", "support-devices": "present"},
        said,
        said,
    ]


def test_no_finding_denies_nothing_that_is_blank(tmp_path):
    write(tmp_path / "train.csv", row(FIRST, no="1.0"))
    without = [target for target in TARGETS if target.slug != "no-finding"]
    dataset = Chexpert(Source(tmp_path), {})
    item = next(dataset.items())
    assert Translation(dataset.questions(), without).answers(item) == {}


def test_patients_splits_and_facts(tmp_path):
    rows = [
        *TABLE,
        row(VALID, "Unknown,0,Frontal,LL", edema="0.0"),
        row(VALID.replace("view1", "view3"), "Male,90,Frontal,RL"),
    ]
    write(tmp_path / SMALL / "train.csv", *rows)
    found = [(item.patient, item.split, item.facts) for item in Chexpert(Source(tmp_path), {}).items()]
    assert found == [
        ("patient00001", "train", Facts("F", 68, "AP")),
        ("patient00002", "train", Facts("M", 87, "PA")),
        ("patient00002", "train", Facts("M", 87, "LATERAL")),
        ("patient64541", "validation", Facts("", None, "")),
        ("patient64541", "validation", Facts("M", 90, "")),
    ]


@pytest.mark.parametrize(
    ("facts", "view"),
    [("Male,50,Lateral,LL", "LL"), ("Male,50,Lateral,AP", ""), ("Male,50,,", ""), ("Male,50,Frontal,", "")],
)
def test_a_projection_makes_no_view_that_the_other_column_does_not_name(tmp_path, facts, view):
    write(tmp_path / "train.csv", row("patient00001/study1/view.jpg", facts))
    assert next(Chexpert(Source(tmp_path), {}).items()).facts.view == view


def test_a_table_without_facts_takes_the_side_from_the_name(tmp_path):
    head = "Path," + ",".join(OBSERVATIONS)
    line = "test/patient64741/study1/view2_lateral.jpg," + ",".join(["0.0"] * 13 + ["1.0"])
    dataset = Chexpert(Source(tmp_path, table=write(tmp_path / "test_labels.csv", line, head=head)), {})
    item = next(dataset.items())
    assert (item.patient, item.split, item.facts) == ("patient64741", "test", Facts(view="LATERAL"))
    assert set(answers(dataset)[0].values()) == {"present", "absent"}
    assert len(answers(dataset)[0]) == 14


@pytest.mark.parametrize(
    ("folder", "table"),
    [
        ("", f"{SMALL}/train.csv"),
        ("", "train_outside.csv"),
        (SMALL, f"{SMALL}/train.csv"),
        (SMALL, "train_outside.csv"),
        (f"{SMALL}/train", f"{SMALL}/train.csv"),
    ],
)
def test_images_are_found_wherever_table_and_folder_lie(tmp_path, folder, table):
    films(tmp_path)
    path = write(tmp_path / table, *TABLE)
    dataset = Chexpert(Source(tmp_path / folder, table=path), {})
    assert [dataset.images.find(item.file) for item in dataset.items()] == [
        tmp_path / each for each in (FIRST, SECOND, LATERAL)
    ]


def test_the_folder_of_the_release_may_have_another_name(tmp_path):
    films(tmp_path)
    (tmp_path / SMALL).rename(tmp_path / "unpacked")
    path = write(tmp_path / "unpacked" / "train.csv", *TABLE)
    dataset = Chexpert(Source(tmp_path / "unpacked", table=path), {})
    assert dataset.images.find(FIRST).is_relative_to(tmp_path / "unpacked" / "train")


def test_a_path_that_leads_out_finds_nothing(tmp_path):
    films(tmp_path)
    write(tmp_path / "set" / "train.csv", row(f"../{FIRST}"))
    dataset = Chexpert(Source(tmp_path / "set"), {})
    with pytest.raises(DatasetError):
        dataset.images.find(next(dataset.items()).file)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([row(FIRST, edema="2.0")], "Column 'Edema' says '2.0'"),
        ([row(FIRST, edema="yes")], "Column 'Edema' says 'yes'"),
        ([row(FIRST, edema="1.0", no="1.0")], "It says 'No Finding' and 'Edema' at once."),
        ([row(f"{SMALL}/train/view1_frontal.jpg", edema="1.0")], "Its path names no patient"),
        ([row(FIRST, edema="1.0"), row(FIRST, edema="0.0")], "Lines 2 and 3 are about the same image and differ"),
        ([f"{FIRST},Female,68,Frontal,AP,1.0"], "It has 6 cells, the header 19."),
    ],
)
def test_a_row_that_is_not_understood_is_refused(tmp_path, rows, told):
    write(tmp_path / "train.csv", *rows)
    [problem] = problems(Chexpert(Source(tmp_path), {}))
    assert told in problem


def test_a_pattern_gives_patients_of_other_paths(tmp_path):
    write(tmp_path / "train.csv", row("p12/s3/view1_frontal.jpg", edema="1.0"))
    [item] = Chexpert(Source(tmp_path, Options(patient_pattern=r"^(p\d+)/")), {}).items()
    assert item.patient == "p12"


def test_the_table_of_the_training_set_is_the_usual_one_and_the_others_are_told(tmp_path):
    write(tmp_path / "train.csv", *TABLE)
    write(tmp_path / "valid.csv", row(VALID, edema="0.0"))
    dataset = Chexpert(Source(tmp_path), {})
    assert dataset.tables == (tmp_path / "train.csv",)
    assert dataset.notes() == ["train.csv was read; valid.csv beside it can be imported by naming the table."]
    (tmp_path / "train.csv").unlink()
    assert Chexpert(Source(tmp_path), {}).tables == (tmp_path / "valid.csv",)


def test_a_table_without_observations_is_none_of_them(tmp_path):
    write(tmp_path / "train.csv", "a.jpg,1", head="Path,label")
    with pytest.raises(DatasetError, match="none of CheXpert's columns"):
        Chexpert(Source(tmp_path), {})
    with pytest.raises(DatasetError, match=r"no table train\.csv or valid\.csv"):
        Chexpert(Source(tmp_path / "none"), {})
