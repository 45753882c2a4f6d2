"""The same films by folders and by table: what a run learns from is the same to the last byte, and so are its figures."""

import csv
import shutil
from pathlib import Path

from django.core.management import call_command

from overread.projects.models import Project
from tests.shared import SHARED, needs
from training.services.snapshots import snapshot_create

PACK = SHARED / "data" / "cxr_kermany_224"
PATIENT = r"(person\d+|IM-\d+)"


def films(folder: Path) -> Path:
    """Every fortieth film of the pack in class folders, and a table of them."""
    with (PACK / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))[::40]
    for row in rows:
        place = folder / "chest_xray" / row["orig_split"] / row["label"]
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACK / row["file"], place)
    with (folder / "labels.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


@needs("data/cxr_kermany_224")
def test_a_snapshot_does_not_tell_by_which_layout_its_films_came(db: None, tmp_path: Path) -> None:
    folder = films(tmp_path)
    call_command("import_dataset", "folders", folder / "chest_xray", project="folders", patient_pattern=PATIENT)
    columns = {"image_column": "file", "label_column": ["label"]}
    table = folder / "labels.csv"
    call_command("import_dataset", "table", csv=table, images=PACK, project="table", patient_pattern=PATIENT, **columns)
    by_folders = snapshot_create(project=Project.objects.get(slug="folders"))
    by_table = snapshot_create(project=Project.objects.get(slug="table"))
    assert by_folders.labels == by_table.labels > 20
    assert by_folders.sha256 == by_table.sha256
