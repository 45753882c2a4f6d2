"""Class folders as data sets have them, read as the labels that their names state."""

import csv
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.shared import SHARED, needs
from training.datasets.errors import DatasetError
from training.datasets.items import Item, Question
from training.datasets.layouts.folders import Folders
from training.datasets.layouts.table import Table
from training.datasets.options import Options, Source
from training.datasets.patients import Patients
from training.datasets.translation import Target, Translation
from training.datasets.words import plain

KERMANY = (
    "chest_xray/train/NORMAL/IM-0115-0001.jpeg",
    "chest_xray/train/NORMAL/NORMAL2-IM-0371-0001.jpeg",
    "chest_xray/train/PNEUMONIA/person1_bacteria_2.jpeg",
    "chest_xray/train/PNEUMONIA/person1_virus_6.jpeg",
    "chest_xray/val/NORMAL/NORMAL2-IM-1427-0001.jpeg",
    "chest_xray/val/PNEUMONIA/person1946_bacteria_4874.jpeg",
    "chest_xray/test/NORMAL/IM-0011-0001-0001.jpeg",
    "chest_xray/test/PNEUMONIA/person1_virus_6.jpeg",
)
KERMANY_PATIENT = r"(person\d+|IM-\d+)"
PNEUMONIA = Target("pneumonia", "Pneumonia", "binary")
CLASS = "class"


def folder(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return root


def opened(root: Path, *targets: Target, **options) -> Folders:
    kinds = {plain(name): target.kind for target in targets for name in (target.slug, target.name)}
    return Folders(Source(root, Options(**options)), kinds)


def answers(dataset: Folders, *targets: Target) -> dict[str, dict[str, str]]:
    """File → finding → value, of the images that are not refused."""
    translation = Translation(dataset.questions(), targets)
    found = {}
    for item in dataset.items():
        if not item.problem:
            found[item.file] = {slug: said.value for slug, said in translation.answers(item).items()}
    return found


def problems(dataset: Folders) -> dict[str, str]:
    return {item.file: item.problem for item in dataset.items() if item.problem}


def test_two_classes_of_which_one_is_normal_are_one_finding_with_splits(tmp_path):
    dataset = opened(folder(tmp_path, *KERMANY))
    assert dataset.questions() == (Question("PNEUMONIA", listed=True, why="the folders PNEUMONIA and NORMAL"),)
    assert list(dataset.items()) == [
        item(1, "chest_xray/test/NORMAL/IM-0011-0001-0001.jpeg", "test"),
        item(2, "chest_xray/test/PNEUMONIA/person1_virus_6.jpeg", "test"),
        item(3, "chest_xray/train/NORMAL/IM-0115-0001.jpeg", "train"),
        item(4, "chest_xray/train/NORMAL/NORMAL2-IM-0371-0001.jpeg", "train"),
        item(5, "chest_xray/train/PNEUMONIA/person1_bacteria_2.jpeg", "train"),
        item(6, "chest_xray/train/PNEUMONIA/person1_virus_6.jpeg", "train"),
        item(7, "chest_xray/val/NORMAL/NORMAL2-IM-1427-0001.jpeg", "validation"),
        item(8, "chest_xray/val/PNEUMONIA/person1946_bacteria_4874.jpeg", "validation"),
    ]


def item(number: int, file: str, split: str) -> Item:
    return Item(number, file, split=split, named=(file.split("/")[2],), complete=False)


def test_each_film_is_present_or_absent_by_its_folder(tmp_path):
    dataset = opened(folder(tmp_path, *KERMANY), PNEUMONIA)
    expected = {name: {"pneumonia": "absent" if "/NORMAL/" in name else "present"} for name in KERMANY}
    assert answers(dataset, PNEUMONIA) == expected


def test_every_file_that_is_named_is_found(tmp_path):
    dataset = opened(folder(tmp_path, *KERMANY))
    assert {dataset.images.find(each.file) for each in dataset.items()} == {tmp_path / name for name in KERMANY}


def test_what_systems_leave_behind_is_neither_image_nor_class(tmp_path):
    litter = (
        "chest_xray/.DS_Store",
        "chest_xray/train/.DS_Store",
        "chest_xray/train/NORMAL/._IM-0115-0001.jpeg",
        "chest_xray/train/NORMAL/Thumbs.db",
        "__MACOSX/chest_xray/train/NORMAL/._IM-0115-0001.jpeg",
        "__MACOSX/chest_xray/train/NORMAL/IM-0115-0001.jpeg",
    )
    dataset = opened(folder(tmp_path, *KERMANY, *litter))
    assert [each.file for each in dataset.items()] == sorted(KERMANY)
    assert dataset.notes() == ["PNEUMONIA: the folders PNEUMONIA and NORMAL.", "The classes lie in chest_xray."]


def test_several_classes_are_the_options_of_one_finding(tmp_path):
    files = ("glioma/a.png", "meningioma/b.png", "pituitary/c.png", "normal/d.png")
    target = Target(CLASS, CLASS, "categorical", ("glioma", "meningioma", "normal", "pituitary"))
    dataset = opened(folder(tmp_path, *files))
    assert dataset.questions() == (Question(CLASS, "categorical", target.options, why="4 class folders"),)
    assert answers(dataset, target) == {name: {CLASS: name.split("/")[0]} for name in files}


def test_a_finding_of_options_can_be_named(tmp_path):
    files = ("NORMAL/a.png", "PNEUMONIA/b.png")
    target = Target("diagnosis", "Diagnosis", "categorical", ("NORMAL", "PNEUMONIA"))
    dataset = opened(folder(tmp_path, *files), target, label_columns=("Diagnosis",))
    assert answers(dataset, target) == {
        "NORMAL/a.png": {"diagnosis": "NORMAL"},
        "PNEUMONIA/b.png": {"diagnosis": "PNEUMONIA"},
    }


def test_folders_with_the_names_of_findings_deny_no_other_finding(tmp_path):
    covid = Target("covid-19", "COVID-19", "binary")
    dataset = opened(folder(tmp_path, "COVID-19/a.png", "Pneumonia/b.png", "Normal/c.png"), covid, PNEUMONIA)
    assert answers(dataset, covid, PNEUMONIA) == {
        "COVID-19/a.png": {"covid-19": "present"},
        "Pneumonia/b.png": {"pneumonia": "present"},
        "Normal/c.png": {"covid-19": "absent", "pneumonia": "absent"},
    }


@pytest.mark.parametrize(
    ("positive", "negative", "name"),
    [
        ("malignant", "benign", "malignant"),
        ("COVID", "non-COVID", "COVID"),
        ("tumor", "notumor", "tumor"),
        ("hemorrhage", "No_Hemorrhage", "hemorrhage"),
        ("yes", "no", CLASS),
        ("1", "0", CLASS),
        ("positive", "negative", CLASS),
    ],
)
def test_two_classes_that_say_yes_and_no(tmp_path, positive, negative, name):
    dataset = opened(folder(tmp_path, f"{positive}/a.png", f"{negative}/b.png"))
    target = Target("asked", name, "binary")
    assert answers(dataset, target) == {
        f"{positive}/a.png": {"asked": "present"},
        f"{negative}/b.png": {"asked": "absent"},
    }


@pytest.mark.parametrize("pair", [("COVID+", "COVID-"), ("<5mm", ">5mm"), ("cats", "dogs"), ("正常", "肺炎")])
def test_two_other_classes_are_two_options(tmp_path, pair):
    dataset = opened(folder(tmp_path, *(f"{name}/a.png" for name in pair)))
    target = Target(CLASS, CLASS, "categorical", pair)
    assert answers(dataset, target) == {f"{name}/a.png": {CLASS: name} for name in pair}


def test_a_folder_of_unknowns_gives_no_label(tmp_path):
    dataset = opened(folder(tmp_path, "NORMAL/a.png", "PNEUMONIA/b.png", "unknown/c.png"), PNEUMONIA)
    assert answers(dataset, PNEUMONIA)["unknown/c.png"] == {}


def test_an_image_beside_the_class_folders_is_refused(tmp_path):
    dataset = opened(
        folder(tmp_path, "train/NORMAL/a.png", "train/PNEUMONIA/b.png", "train/c.png", "d.png", "more/e.png")
    )
    beside = "It lies beside the class folders, in none of them."
    assert problems(dataset) == {
        "d.png": beside,
        "more/e.png": "It lies beside the folders of the splits (train), in none of them.",
        "train/c.png": beside,
    }


def test_folders_below_a_class_say_nothing_and_are_told(tmp_path):
    dataset = opened(folder(tmp_path, "NORMAL/a.png", "PNEUMONIA/bacteria/b.png", "PNEUMONIA/virus/c.png"), PNEUMONIA)
    assert answers(dataset, PNEUMONIA) == {
        "NORMAL/a.png": {"pneumonia": "absent"},
        "PNEUMONIA/bacteria/b.png": {"pneumonia": "present"},
        "PNEUMONIA/virus/c.png": {"pneumonia": "present"},
    }
    assert (
        "Folders below the classes say nothing of their images: bacteria, virus. The class counts." in dataset.notes()
    )


def test_splits_may_lie_below_the_classes(tmp_path):
    dataset = opened(folder(tmp_path, "NORMAL/train/a.png", "PNEUMONIA/Test/b.png"))
    assert [(each.split, each.named) for each in dataset.items()] == [("train", ("NORMAL",)), ("test", ("PNEUMONIA",))]


def test_one_class_written_in_two_ways_is_one(tmp_path):
    dataset = opened(folder(tmp_path, "train/Normal/a.png", "train/Mass/b.png", "test/NORMAL/c.png", "test/mass/d.png"))
    mass = Target("mass", "Mass", "binary")
    assert Counter(found["mass"] for found in answers(dataset, mass).values()) == {"present": 2, "absent": 2}


def test_an_empty_class_and_files_that_are_no_images_are_told(tmp_path):
    root = folder(tmp_path, "NORMAL/a.png", "PNEUMONIA/b.png", "NORMAL/notes.txt", "NORMAL/x.bmp", "NORMAL/y.bmp")
    (root / "COVID").mkdir()
    notes = opened(root).notes()
    assert "The folder COVID holds no image." in notes
    assert "3 files are no images by their names and were not read: .bmp (2), .txt (1)." in notes


def test_a_dicom_file_needs_no_suffix(tmp_path):
    folder(tmp_path, "NORMAL/a.png", "PNEUMONIA/README")
    (tmp_path / "PNEUMONIA" / "IM000001").write_bytes(bytes(128) + b"DICM")
    assert [each.file for each in opened(tmp_path).items()] == ["NORMAL/a.png", "PNEUMONIA/IM000001"]


def test_no_link_leads_out_of_the_folder(tmp_path):
    folder(tmp_path, "outside/secret.png", "outside/deep/more.png")
    root = folder(tmp_path / "set", "NORMAL/a.png", "PNEUMONIA/b.png")
    (root / "NORMAL" / "link.png").symlink_to(tmp_path / "outside" / "secret.png")
    (root / "OTHER").symlink_to(tmp_path / "outside")
    (root / "NORMAL" / "loop").symlink_to(root)
    dataset = opened(root)
    assert [each.file for each in dataset.items()] == ["NORMAL/a.png", "NORMAL/link.png", "PNEUMONIA/b.png"]
    with pytest.raises(DatasetError, match="does not lie below the folder"):
        dataset.images.find("NORMAL/link.png")
    assert "OTHER is a link to a folder and was not followed." in dataset.notes()


def test_a_name_that_is_no_text_is_refused(tmp_path):
    root = folder(tmp_path, "NORMAL/a.png", "PNEUMONIA/b.png")
    Path(os.fsdecode(os.fsencode(root) + b"/NORMAL/\xff.png")).write_bytes(b"")
    assert problems(opened(root)) == {"NORMAL/\\udcff.png": "Its name is not UTF-8 text."}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (("a.txt",), "no image file"),
        (("a.png", "b.png"), "No class can be told"),
        (("train/a.png", "test/b.png"), "No class can be told"),
        (("images/a.png", "images/b.png"), "one folder of a class, 'images'"),
        (("NORMAL/a.png",), "one folder of a class, 'NORMAL'"),
        (tuple(f"patient{number}/a.png" for number in range(31)), "31 class folders"),
    ],
)
def test_what_tells_no_classes_is_refused_with_a_reason(tmp_path, files, told):
    with pytest.raises(DatasetError, match=told):
        opened(folder(tmp_path, *files)).questions()


def test_one_class_alone_is_read_where_it_is_a_finding(tmp_path):
    dataset = opened(folder(tmp_path, "PNEUMONIA/a.png", "PNEUMONIA/b.png"), PNEUMONIA)
    assert set(map(str, answers(dataset, PNEUMONIA).values())) == {"{'pneumonia': 'present'}"}


def test_patients_by_the_pattern_that_the_documents_propose(tmp_path):
    patients = Patients(Options(patient_pattern=KERMANY_PATIENT))
    found = [patients.of(each) for each in opened(folder(tmp_path, *KERMANY)).items()]
    assert found == ["IM-0011", "person1", "IM-0115", "IM-0371", "person1", "person1", "IM-1427", "person1946"]


@needs("data/cxr_kermany_224")
def test_folders_and_table_say_the_same_of_the_same_films(tmp_path):
    pack = SHARED / "data" / "cxr_kermany_224"
    with (pack / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))[::40]
    for row in rows:
        place = tmp_path / row["orig_split"] / row["label"]
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(pack / row["file"], place)
    folders = opened(tmp_path, PNEUMONIA)
    patients = Patients(Options(patient_pattern=KERMANY_PATIENT))
    options = Options(image_column="file", patient_column="patient_id", label_columns=("label",))
    table = Table(Source(pack, options, pack / "labels.csv"), {"pneumonia": "binary"})
    translation = Translation(table.questions(), [PNEUMONIA])
    said = {}
    for each in table.items():
        said[Path(each.file).name] = (each.patient.removeprefix("KM-").replace("-", ""), translation.answers(each))
    for each in folders.items():
        own = Translation(folders.questions(), [PNEUMONIA]).answers(each)
        patient = patients.of(each).replace("-", "")
        assert (patient, own) == said[Path(each.file).name]
    assert len(list(folders.items())) == len(rows)
