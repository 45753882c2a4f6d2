"""Labels in, out and in again: nothing changes on the way."""

from __future__ import annotations

import zipfile
from pathlib import Path

from django.core.management import call_command

from labeling.models import ReferenceLabel
from overread.archive.models import Image
from overread.projects.models import Project
from tests.factories import make_project
from tests.training.pictures import blob, table
from training.models import DatasetRow

Labels = dict[tuple[object, str], tuple[float | None, str]]


def labels_of(slug: str) -> Labels:
    """(image, finding) → (value, exposure)."""
    rows = ReferenceLabel.objects.filter(project__slug=slug)
    return {
        (image, name): (value, exposure)
        for image, name, value, exposure in rows.values_list("image", "finding__name", "value", "exposure")
    }


def take_in(layout: str, project: str, **options: object) -> None:
    call_command("import_dataset", layout, project=project, verbosity=0, **options)


def many_kinds(folder: Path) -> Path:
    """A table with a binary finding, a measurement and options, some cells blank, and names that look like formulas."""
    path = table(folder, 6)
    header, *rows = path.read_text().splitlines()
    (folder / "=2.png").write_bytes((folder / "2.png").read_bytes())
    (folder / "2.png").unlink()
    more = ["12.5,left,I", "80,right,II", "1e2,left,-", ",right,III", "33,NA,I", "-4,left,="]
    lines = [f"{row},{extra}" for row, extra in zip(rows, more, strict=True)]
    lines[2] = f"={lines[2]}"
    path.write_text("\n".join([f"{header},bone age,side,stage", *lines]))
    return path


def test_labels_by_a_table_and_back_by_the_export(db: None, tmp_path: Path) -> None:
    path = many_kinds(tmp_path)
    columns = ["nodule", "bone age", "side", "stage"]
    read = {"image_column": "file", "patient_column": "patient_id", "label_column": columns}
    take_in("table", "first", csv=path, unit=["months"], kind=["stage=categorical"], **read)
    exported = tmp_path / "labels-out.csv"
    call_command("export_dataset", "labels", project="first", format="csv", output=exported)
    before = labels_of("first")
    assert len(before) == 21
    take_in("overread", "second", folder=tmp_path, csv=exported)
    assert labels_of("second") == before
    files = DatasetRow.objects.order_by("dataset__created_at", "number").values_list("file", "file_sha256")
    assert sorted(set(files)) == sorted(files[:6])
    take_in("overread", "first", folder=tmp_path, csv=exported)
    assert labels_of("first") == before and Image.objects.count() == 6


def test_class_folders_out_and_back(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 8)
    take_in("table", "first", csv=path, image_column="file", patient_column="patient_id", label_column=["nodule"])
    exported = tmp_path / "folders.zip"
    call_command(
        "export_dataset", "labels", project="first", format="folders", filter=["finding=nodule"], output=exported
    )
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(exported) as archive:
        archive.extractall(unpacked)
    second = make_project(findings=({"slug": "nodule", "name": "Nodule"},)).slug
    take_in("folders", second, folder=unpacked)
    assert labels_of(second) == labels_of("first")
    assert Image.objects.count() == 8


def test_boxes_out_as_coco_and_back(db: None, tmp_path: Path) -> None:
    import json

    import numpy as np

    from labeling.models import ImportedRegion

    images = [{"id": number, "file_name": f"{number}.png", "width": 48, "height": 48} for number in range(3)]
    for number in range(3):
        (tmp_path / f"{number}.png").write_bytes(blob(True, np.random.default_rng(number)))
    boxes = [
        {"id": 1, "image_id": 0, "category_id": 7, "bbox": [4, 5, 10.5, 12]},
        {"id": 2, "image_id": 2, "category_id": 7, "bbox": [0, 0, 48, 48]},
    ]
    file = tmp_path / "instances.json"
    file.write_text(json.dumps({"images": images, "annotations": boxes, "categories": [{"id": 7, "name": "Nodule"}]}))
    take_in("coco", "first", folder=tmp_path, csv=file)
    exported = tmp_path / "out.json"
    call_command("export_dataset", "regions", project="first", format="coco", output=exported)
    take_in("coco", "second", folder=tmp_path, csv=exported)
    assert labels_of("second") == labels_of("first")
    points = ImportedRegion.objects.order_by("image", "pk").values_list("source__project__slug", "image", "points")
    by_project = {
        slug: [(image, drawn) for project, image, drawn in points if project == slug] for slug in ("first", "second")
    }
    assert by_project["first"] == by_project["second"] and len(by_project["first"]) == 2
    assert Project.objects.count() == 2
