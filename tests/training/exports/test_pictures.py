"""COCO, YOLO and class folders, read back by their own rules."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image as Picture

from labeling.models import ImportedRegion
from labeling.services import label_import_open, labels_import
from overread.archive.models import Image
from overread.projects.models import Project
from tests.api.rooms import patient_in
from tests.factories import GRADE, make_image, make_project, picture
from tests.training.exports.test_tables import make_source, written
from training.exports.names import Names
from training.exports.writing import NotExported

BOX, POLYGON = [[4, 6], [12, 26]], [[0, 0], [10, 0], [10, 5]]


@pytest.fixture
def boxed(project: Project) -> dict[str, Any]:
    """Images with effusion outlined twice; said present and not outlined; all absent; nothing known."""
    source = label_import_open(project=project, name="t", sha256="0" * 64, declaration="Made.")
    splits = {"outlined": "train", "present": "train", "absent": "validation", "unknown": "train"}
    images = {name: make_image(project, patient=patient_in(split)) for name, split in splits.items()}
    said = [
        (images["outlined"], {"effusion": "present"}),
        (images["present"], {"effusion": "present", "nodule": "absent"}),
        (images["absent"], {"effusion": "absent", "nodule": "absent"}),
    ]
    labels_import(source=source, labels=said)
    effusion = project.findings.get(slug="effusion")
    for kind, points in (("box", BOX), ("polygon", POLYGON)):
        ImportedRegion.objects.create(
            source=source, image=images["outlined"], finding=effusion, kind=kind, points=points, reader="R1"
        )
    make_source(project, images["outlined"], "../a/one.png", split="")
    return images


def test_coco_has_boxes_and_what_is_known_of_each_image(project: Project, boxed: Any, tmp_path: Path) -> None:
    told = json.loads(written(project, "regions", "coco", tmp_path))
    assert [(each["id"], each["slug"]) for each in told["categories"]] == [(1, "effusion"), (2, "nodule")]
    images = {each["image"]: each for each in told["images"]}
    assert set(images) == {str(boxed[name].pk) for name in ("outlined", "present", "absent")}
    outlined = images[str(boxed["outlined"].pk)]
    assert (outlined["width"], outlined["height"], outlined["file_name"]) == (48, 40, "a/one.png")
    assert outlined["pos_category_ids"] == [1] and outlined["not_exhaustive_category_ids"] == [2]
    assert images[str(boxed["absent"].pk)]["neg_category_ids"] == [1, 2]
    assert images[str(boxed["present"].pk)]["not_exhaustive_category_ids"] == [1]
    box, polygon = told["annotations"]
    assert {each["image_id"] for each in told["annotations"]} == {outlined["id"]}
    assert box["id"] != polygon["id"] and box["bbox"] == [4, 6, 8, 20] and box["area"] == 160
    assert polygon["segmentation"] == [[0, 0, 10, 0, 10, 5]] and polygon["area"] == 25
    assert polygon["bbox"] == [0, 0, 10, 5] and (polygon["origin"], polygon["reader"]) == ("imported", "R1")


def test_yolo_says_negative_only_where_everything_is_absent(project: Project, boxed: Any, tmp_path: Path) -> None:
    archive = zipfile.ZipFile(io.BytesIO(written(project, "regions", "yolo", tmp_path)))
    data = yaml.safe_load(archive.read("data.yaml"))
    assert data["names"] == {0: "Effusion", 1: "Nodule"}
    negative = boxed["absent"].pk
    labels = {name for name in archive.namelist() if name.startswith("labels/")}
    assert labels == {"labels/a/one.txt", f"labels/{negative}.txt"}
    assert archive.read(f"labels/{negative}.txt") == b""
    assert archive.read("train.txt") == b"./images/a/one.png\n"
    assert archive.read("val.txt").decode() == f"./images/{negative}.png\n"
    first = archive.read("labels/a/one.txt").decode().splitlines()[0].split()
    assert first[0] == "0"
    shares = [float(share) for share in first[1:]]
    assert np.allclose(shares, [8 / 48, 16 / 40, 8 / 48, 20 / 40], atol=1e-6)


def test_class_folders_hold_the_original_pictures(project: Project, boxed: Any, tmp_path: Path) -> None:
    content = written(project, "labels", "folders", tmp_path, finding=["effusion"])
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert set(archive.namelist()) == {
        "train/Effusion/one.png",
        f"train/Effusion/{boxed['present'].pk}.png",
        f"val/no Effusion/{boxed['absent'].pk}.png",
    }
    drawn = Picture.open(io.BytesIO(archive.read("train/Effusion/one.png")))
    assert drawn.size == (48, 40)


@pytest.mark.django_db
def test_the_reference_set_is_the_test_split(tmp_path: Path) -> None:
    project = make_project(findings=(GRADE,))
    image = make_image(project, reference=True, content=picture(3))
    make_source(project, image, "x.png", split="train")
    source = label_import_open(project=project, name="t", sha256="0" * 64, declaration="Made.")
    labels_import(source=source, labels=[(image, {"grade": "III"})])
    archive = zipfile.ZipFile(io.BytesIO(written(project, "labels", "folders", tmp_path)))
    assert archive.namelist() == ["test/III/x.png"]


def test_class_folders_are_of_one_finding(project: Project, tmp_path: Path) -> None:
    with pytest.raises(NotExported, match="one finding"):
        written(project, "labels", "folders", tmp_path)


def test_two_files_of_one_name_are_told_apart() -> None:
    from pathlib import PurePosixPath

    names = Names()
    path = PurePosixPath("a/b.png")
    assert [str(names.free(each, "0123456789")) for each in (path, path.with_suffix(".JPG"))] == [
        "a/b.png",
        "a/b_01234567.JPG",
    ]


def test_a_dicom_file_is_a_picture_of_what_is_first_displayed(project: Project, tmp_path: Path) -> None:
    image = make_image(project)
    Image.objects.filter(pk=image.pk).update(kind="dicom")  # its rendering is the same as a DICOM file's
    source = label_import_open(project=project, name="t", sha256="0" * 64, declaration="Made.")
    labels_import(source=source, labels=[(image, {"effusion": "present"})])
    archive = zipfile.ZipFile(io.BytesIO(written(project, "labels", "folders", tmp_path, finding=["effusion"])))
    (name,) = archive.namelist()
    drawn = Picture.open(io.BytesIO(archive.read(name)))
    assert name.endswith(f"/Effusion/{image.pk}.png") and drawn.size == (24, 20)
