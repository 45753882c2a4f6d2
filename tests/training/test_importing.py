"""Tables of images and labels, good rows and bad."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from labeling.models import ReferenceLabel
from overread.archive.models import Image
from overread.audit.models import Event
from overread.projects.models import Finding, Project
from tests.training.pictures import table
from training.models import DatasetRow
from training.services.tables import Column, TableError, findings_from_labels, labels_of

COLUMNS = {"image_column": "file", "patient_column": "patient_id"}


def take_in(path: Path, **options: object) -> None:
    call_command(
        "import_dataset", "table", csv=path, project="pack", **({"label_column": ["nodule"]} | COLUMNS | options)
    )


def test_a_table_makes_its_project_images_and_labels(db: None, tmp_path: Path) -> None:
    take_in(table(tmp_path, 5))
    assert list(Project.objects.get(slug="pack").findings.values_list("slug", "kind")) == [("nodule", "binary")]
    assert Image.objects.filter(status="ready").count() == 5
    assert ReferenceLabel.objects.filter(origin="imported").count() == 5


def test_a_bad_row_keeps_its_reason_and_the_others_come_in(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 2)
    path.write_text(path.read_text() + "missing.png,P9,1\n../../etc/passwd,P9,1\n0.png,P0,maybe\n")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    path.write_text(path.read_text() + "bad.png,P8,1\n")
    take_in(path)
    reasons = dict(DatasetRow.objects.exclude(reason="").values_list("number", "reason"))
    assert set(reasons) == {4, 5, 6, 7}
    assert "cannot be read" in reasons[4] and "below the table" in reasons[5] and "maybe" in reasons[6]
    assert Image.objects.count() == 2


def test_what_is_no_text_costs_its_line_only(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 3)
    header, *rows = path.read_bytes().splitlines()
    bad = [b"M\xfcller.png,P7,1", b"5\x000.png,P8,1"]
    path.write_bytes(b"\n".join([header, *bad, b"", *rows, b"missing.png,P9,1"]))
    take_in(path)
    reasons = dict(DatasetRow.objects.exclude(reason="").values_list("number", "reason"))
    assert set(reasons) == {2, 3, 8} and "not UTF-8 text" in reasons[2] and "not UTF-8 text" in reasons[3]
    assert Image.objects.count() == 3


def test_a_table_in_another_encoding_is_told(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 1)
    path.write_text(path.read_text(), encoding="utf-16")
    with pytest.raises(CommandError, match="not UTF-8 text"):
        take_in(path)


def test_a_line_that_contradicts_an_earlier_one_is_refused(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 2)
    label = path.read_text().splitlines()[1][-1]
    path.write_text(path.read_text().strip() + f"\n0.png,P0,{label}\n0.png,P0,{1 - int(label)}\n")
    for _ in range(2):
        take_in(path)
        refused = DatasetRow.objects.exclude(reason="").get()
        assert refused.number == 5 and "says otherwise of nodule" in refused.reason


def test_an_import_goes_on_where_it_stopped(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, 3)
    away = (tmp_path / "2.png").rename(tmp_path / "away")
    take_in(path)
    away.rename(tmp_path / "2.png")
    take_in(path)
    assert "1 images taken in, 2 there before" in capsys.readouterr().out
    assert Image.objects.count() == 3


def test_a_missing_column_is_told_before_anything_happens(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no column 'Nodule'"):
        take_in(table(tmp_path, 1), label_column=["Nodule"])
    assert not Image.objects.exists()


def test_names_in_cells_become_findings(db: None) -> None:
    specs = findings_from_labels({"findings": {"No_Finding", "Effusion|Mass", "Mass"}}, separator="|", unit="")
    assert [spec["slug"] for spec in specs] == ["effusion", "mass"]


def test_kinds_follow_from_the_values(db: None) -> None:
    specs = findings_from_labels({"grade": {"I", "II", "III"}, "age": {"12.5", "80"}}, separator="|", unit="months")
    assert [spec["kind"] for spec in specs] == [Finding.Kind.CATEGORICAL, Finding.Kind.MEASUREMENT]


def test_a_column_without_a_label_is_refused(db: None) -> None:
    with pytest.raises(TableError, match="no label"):
        findings_from_labels({"empty": {"", "NA"}}, separator="|", unit="")


def test_a_cell_that_says_not_assessable_is_refused_with_its_column() -> None:
    effusion = Finding(slug="effusion", name="Effusion", kind=Finding.Kind.BINARY)
    with pytest.raises(TableError, match="Column 'Effusion' says 'not_assessable'"):
        labels_of(
            {"Effusion": "not_assessable"}, [Column("Effusion", "own", ("effusion",))], {"effusion": effusion}, "|"
        )


def test_only_declared_standards_may_judge(db: None, tmp_path: Path) -> None:
    take_in(table(tmp_path, 2))
    assert not ReferenceLabel.objects.filter(independent=True).exists()
    take_in(tmp_path / "labels.csv", independent=True, declaration="Biopsy.")
    assert ReferenceLabel.objects.filter(independent=True).count() == 2


def test_indications_come_in_with_their_images(db: None, tmp_path: Path) -> None:
    path = indicated(tmp_path, "Cough for 3 weeks", "")
    take_in(path, indication_column="why")
    assert sorted(Image.objects.values_list("indication", flat=True)) == ["", "Cough for 3 weeks"]


def test_an_image_that_is_there_gets_its_indication_on_record_without_its_words(db: None, tmp_path: Path) -> None:
    path = indicated(tmp_path, "Fever")
    take_in(path)
    assert Image.objects.get().indication == ""
    for _ in range(2):
        take_in(path, indication_column="why")
    assert Image.objects.get().indication == "Fever"
    (event,) = Event.objects.filter(verb="image.indication")
    assert "Fever" not in str(event.detail)


@pytest.mark.parametrize(
    ("indication", "why"), [("x" * 201, "more than 200"), ("Pain of p0", "names the patient"), ("a\tb", "no text")]
)
def test_an_indication_that_cannot_be_shown_is_refused(db: None, tmp_path: Path, indication: str, why: str) -> None:
    take_in(indicated(tmp_path, indication), indication_column="why")
    assert not Image.objects.exists() and why in DatasetRow.objects.get().reason


def indicated(tmp_path: Path, *indications: str) -> Path:
    path = table(tmp_path, len(indications))
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([f"{header},why", *map(",".join, zip(rows, indications, strict=True))]))
    return path
