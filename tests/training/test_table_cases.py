"""Tables that real people have, and the labels that each of them states: no others may come of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from labeling.models import ReferenceLabel
from overread.projects.models import Project
from tests.shared import module_needs
from training.models import DatasetRow

CASES = module_needs("cases/tables") / "imports.py"
YES, NO = 1.0, 0.0
HALVES = {f"img/{n}.png": {"Effusion": float(n % 2)} for n in range(6)}


@dataclass
class Case:
    """`labels`: file → finding → value of what is stored. `patients`: how many. `problem`: what is said, in part."""

    name: str
    column: str
    labels: dict[str, dict[str, float]]
    patients: int = 6
    problem: str = ""
    options: dict[str, Any] = field(default_factory=dict)


def listed(*present: str, of: tuple[str, ...]) -> dict[str, float]:
    return {name: float(name in present) for name in of}


EN = ("Effusion", "Nodule")
COVID = ("COVID+", "COVID-", "Pneumonia?")
CASES_OF_TABLES = [
    Case("semicolon", "bone_age", {f"img/{n}.png": {"Bone age": 80.5 + n} for n in range(6)}),
    Case("decimalcomma", "bone_age", {f"img/{n}.png": {"Bone age": 80.5 + n} for n in range(6)}),
    Case("tabs", "label", {f"img/{n}.png": {"Label": float(n % 2)} for n in range(6)}),
    Case("shift", "findings", {f"img/{n}.png": {"Effusion": float(n % 2 == 0)} for n in range(6) if n != 2}, 5,
         problem="It has 5 cells, the header 4"),
    Case("na_patient", "effusion", HALVES),
    Case("long", "class_name", {
        "img/0.png": listed("Nodule", "Effusion", of=EN), "img/1.png": listed(of=EN), "img/2.png": listed("Effusion", of=EN),
        "img/3.png": listed("Nodule", of=EN), "img/4.png": listed(of=EN), "img/5.png": listed("Effusion", of=EN)}),
    Case("nosuffix", "boneage", {str(1377 + n): {"Boneage": 100.0 + 7 * n} for n in range(6)},
         options={"image_column": "id", "patient_column": ""}),
    Case("windows", "effusion", {f"img\\{n}.png": {"Effusion": float(n % 2)} for n in range(6)}),
    Case("names", "effusion", {}, 0, problem="2 patients differ from others only as 007, 7"),
    Case("names", "effusion", {
        "a/IMG1.PNG": {"Effusion": YES}, "b/IMG1.PNG": {"Effusion": NO}, "a/Müller 1.JPG": {"Effusion": YES},
        "a/肺炎.jpeg": {"Effusion": NO}, "a/x, y.png": {"Effusion": YES}, "b/#1?.png": {"Effusion": NO}}, 4,
        options={"patient_ids": "numbers"}),
    Case("scripts", "诊断", {f"img/{n}.png": {"诊断": float(n % 2)} for n in range(6)}),
    Case("scripts_sep", "findings", {
        "img/0.png": {"Effusion": YES, "肺炎": YES}, "img/1.png": {"Effusion": NO, "肺炎": YES},
        "img/2.png": {"Effusion": NO, "肺炎": NO}, "img/3.png": {"Effusion": YES, "肺炎": NO},
        "img/4.png": {"Effusion": NO, "肺炎": YES}, "img/5.png": {"Effusion": NO, "肺炎": NO}}),
    Case("collide", "findings", {
        "img/0.png": listed("COVID+", of=COVID), "img/1.png": listed("COVID-", of=COVID), "img/2.png": listed(of=COVID),
        "img/3.png": listed("COVID-", of=COVID), "img/4.png": listed("COVID+", of=COVID),
        "img/5.png": listed("Pneumonia?", of=COVID)}),
    Case("typo2", "findings", {}, 0, problem="'Effusion' and 'Effussion' would become two findings"),
    Case("typo2", "findings", {
        "img/0.png": listed("Effusion", of=EN), "img/1.png": listed("Effusion", of=EN), "img/2.png": listed("Effusion", of=EN),
        "img/3.png": listed("Nodule", of=EN), "img/4.png": listed("Effusion", "Nodule", of=EN), "img/5.png": listed(of=EN)},
        options={"map": ["Effussion=Effusion", "Pleural effusion=Effusion"]}),
    Case("corrected", "effusion", HALVES),
    Case("twice", "effusion", {}, 0, problem="Column 'effusion' stands twice"),
    Case("headblank", "effusion", HALVES),
    Case("floatid", "effusion", {}, 0, problem="3 patients differ from others only"),
    Case("floatid", "effusion", HALVES, 3, options={"patient_ids": "numbers"}),
    Case("nanmeasure", "ef", {
        "img/0.png": {"Ef": 55.5}, "img/1.png": {}, "img/3.png": {"Ef": -1.0}, "img/4.png": {"Ef": 1000.0}}, 4,
        problem="'inf' is no number"),
    Case("grades", "dr_grade", {f"img/{n}.png": {"Dr grade": float(n % 5)} for n in range(6)}),
    Case("cp1252", "effusion", {}, 0, problem="not UTF-8 text"),
    Case("cp1252", "effusion", HALVES, options={"encoding": "cp1252"}),
    Case("short", "effusion", {"img/0.png": {"Effusion": YES}, "img/3.png": {"Effusion": NO}, "img/5.png": {"Effusion": YES}}, 3,
         problem="It has 2 cells, the header 3"),
]  # fmt: skip


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every case in its own folder, made by the scripts beside the repository."""
    made = tmp_path_factory.mktemp("tables")
    subprocess.run([sys.executable, str(CASES), str(made)], check=True)
    return made


@pytest.mark.parametrize("case", CASES_OF_TABLES, ids=lambda case: case.name)
def test_a_table_gives_the_labels_that_it_states(
    db: None, folder: Path, case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    said = take_in(folder / case.name / "labels.csv", case.column, case.options)
    assert case.problem in said + capsys.readouterr().out
    assert stored() == case.labels
    rows = DatasetRow.objects.filter(reason="")
    assert rows.values("image__study__patient").distinct().count() == case.patients
    assert Project.objects.exists() == bool(case.labels)


def test_unknown_names_in_a_project_that_is_there_refuse_their_rows(db: None, folder: Path) -> None:
    take_in(folder / "typo1" / "labels.csv", "findings", {})
    said = take_in(folder / "typo2" / "labels.csv", "findings", {})
    assert "2 refused" in said
    assert stored("typo2") == {
        "img/2.png": listed("Effusion", of=EN),
        "img/3.png": listed("Nodule", of=EN),
        "img/4.png": listed("Effusion", "Nodule", of=EN),
        "img/5.png": listed(of=EN),
    }


def test_a_patient_who_is_named_later_is_no_success(db: None, folder: Path) -> None:
    path = folder / "patient_later" / "labels.csv"
    take_in(path, "effusion", {"patient_column": ""})
    assert "12 refused" in take_in(path, "effusion", {})


def take_in(path: Path, column: str, options: dict[str, Any]) -> str:
    """Import a table. Returns what the command complains of in the end."""
    asked: dict[str, Any] = {"image_column": "file", "patient_column": "patient_id", "label_column": [column]}
    try:
        call_command("import_dataset", "table", csv=path, project="case", **(asked | options))
    except CommandError as error:
        return str(error)
    return ""


def stored(folder: str = "") -> dict[str, dict[str, float | None]]:
    """File as the table names it → finding → value of its label, for every row that was taken in."""
    rows = DatasetRow.objects.filter(reason="", dataset__options__has_key="mapping").order_by("dataset__created_at")
    if folder:
        rows = rows.filter(dataset=rows.last().dataset)  # type: ignore[union-attr]
    found: dict[str, dict[str, float | None]] = {}
    for row in rows:
        labels = ReferenceLabel.objects.filter(image=row.image_id)
        found[row.file] = dict(labels.values_list("finding__name", "value"))
    return found
