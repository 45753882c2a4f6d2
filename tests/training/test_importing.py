"""Tables of images and labels, good rows and bad."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from labeling.models import ReferenceLabel
from overread.archive.models import Image
from overread.audit.models import Event
from overread.projects.models import Project
from tests.training.pictures import table
from training.models import DatasetRow

COLUMNS = {"image_column": "file", "patient_column": "patient_id"}


def take_in(path: Path, **options: object) -> None:
    call_command(
        "import_dataset", "table", csv=path, project="pack", **({"label_column": ["nodule"]} | COLUMNS | options)
    )


def take_in_with_refusals(path: Path, **options: object) -> str:
    """Import a table of which something is refused. Returns what is said in the end."""
    with pytest.raises(CommandError) as raised:
        take_in(path, **options)
    assert raised.value.returncode == 2
    return str(raised.value)


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
    assert "4 refused" in take_in_with_refusals(path, kind=["nodule=binary"])
    reasons = dict(DatasetRow.objects.exclude(reason="").values_list("number", "reason"))
    assert set(reasons) == {2, 4, 5, 7}
    assert "no file missing.png" in reasons[4] and "not lie below" in reasons[5] and "no picture" not in reasons[7]
    assert "Lines 2 and 6" in reasons[2]
    assert Image.objects.count() == 1


def test_what_is_no_text_costs_its_line_only(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 3)
    header, *rows = path.read_bytes().splitlines()
    bad = [b"M\xfcller.png,P7,1", b"5\x000.png,P8,1"]
    path.write_bytes(b"\n".join([header, *bad, b"", *rows, b"missing.png,P9,1"]))
    take_in_with_refusals(path)
    reasons = dict(DatasetRow.objects.exclude(reason="").values_list("number", "reason"))
    assert set(reasons) == {2, 3, 8} and "not UTF-8 text" in reasons[2] and "not UTF-8 text" in reasons[3]
    assert Image.objects.count() == 3


def test_a_table_in_another_encoding_is_read_by_its_mark_or_by_its_name(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 2)
    text = path.read_text().replace("P0", "José")
    path.write_text(text, encoding="cp1252")
    take_in_with_refusals(path)
    assert Image.objects.count() == 1
    take_in(path, encoding="cp1252")
    path.write_text(text, encoding="utf-16")
    take_in(path)
    assert Image.objects.count() == 2


def test_a_table_without_a_row_that_is_text_is_told(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 1)
    path.write_text(path.read_text().replace("P0", "José"), encoding="cp1252")
    with pytest.raises(
        CommandError, match="No row of the table can be read. Column 'patient_id' holds what is not UTF-8"
    ):
        take_in(path)
    assert not Project.objects.exists()


def test_lines_about_one_image_must_agree(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 2)
    label = path.read_text().splitlines()[1][-1]
    path.write_text(path.read_text().strip() + f"\n0.png,P0,{label}\n0.png,P0,{1 - int(label)}\n")
    for _ in range(2):
        take_in_with_refusals(path)
        refused = DatasetRow.objects.exclude(reason="").get()
        assert refused.number == 2 and "differ in column 'nodule'" in refused.reason
        assert refused.lines == [2, 4, 5]


def test_two_names_of_one_image_must_agree(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 2)
    label = path.read_text().splitlines()[1][-1]
    (tmp_path / "copy.png").write_bytes((tmp_path / "0.png").read_bytes())
    path.write_text(path.read_text().strip() + f"\ncopy.png,P0,{1 - int(label)}\n")
    take_in_with_refusals(path)
    assert "says otherwise of Nodule" in DatasetRow.objects.exclude(reason="").get().reason


def test_an_import_goes_on_where_it_stopped(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, 3)
    away = (tmp_path / "2.png").rename(tmp_path / "away")
    take_in_with_refusals(path)
    away.rename(tmp_path / "2.png")
    take_in(path)
    assert "3 images: 1 taken in, 2 there before" in capsys.readouterr().out
    assert Image.objects.count() == 3


def test_a_missing_column_is_told_before_anything_happens(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no column 'Nodule'"):
        take_in(table(tmp_path, 1), label_column=["Nodule"])
    assert not Image.objects.exists()


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
    take_in_with_refusals(indicated(tmp_path, indication), indication_column="why")
    assert not Image.objects.exists() and why in DatasetRow.objects.get().reason


def indicated(tmp_path: Path, *indications: str) -> Path:
    path = table(tmp_path, len(indications))
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([f"{header},why", *map(",".join, zip(rows, indications, strict=True))]))
    return path


def test_another_table_that_says_otherwise_is_refused_unless_it_replaces(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 3)
    take_in(path)
    before = labels()
    path.write_text(path.read_text().replace(",1\n", ",2\n").replace(",0\n", ",1\n").replace(",2\n", ",0\n"))
    assert "3 refused" in take_in_with_refusals(path)
    assert labels() == before
    take_in(path, replace=True)
    assert labels() == {image: 1 - value for image, value in before.items()}
    assert Event.objects.filter(verb="dataset.import").latest("at").detail["replaced"] == 3


def test_a_table_declared_otherwise_than_before_is_refused(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 2)
    take_in(path, independent=True, declaration="Biopsy.")
    with pytest.raises(CommandError, match="imported with another declaration: an independent standard"):
        take_in(path, exposed=True, declaration="Biopsy.")


def test_the_same_import_twice_changes_nothing(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 3)
    take_in(path)
    events = Event.objects.count()
    take_in(path)
    assert Event.objects.count() == events and DatasetRow.objects.count() == 3


def test_a_dry_run_stores_nothing_and_says_what_would_come(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path, 3)
    path.write_text(path.read_text() + "missing.png,P9,1\n")
    take_in(path, dry_run=True)
    said = capsys.readouterr().out
    assert "4 images: 3 can be taken in, 1 not found" in said and "nodule: binary" in said
    assert not Project.objects.exists() and not Image.objects.exists()


def test_columns_that_nobody_named_are_proposed(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, 3)
    flags = "--image-column file --patient-column patient_id --label-column nodule"
    call_command("import_dataset", "table", csv=path, project="pack", dry_run=True)
    assert flags in capsys.readouterr().out
    with pytest.raises(CommandError, match=f"Name the columns. They are probably: {flags}"):
        call_command("import_dataset", "table", csv=path, project="pack")


def test_no_project_is_left_behind_where_no_image_is_found(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 2)
    for picture in tmp_path.glob("*.png"):
        picture.unlink()
    with pytest.raises(CommandError, match="No image can be taken in. There is no file 0.png"):
        take_in(path)
    assert not Project.objects.exists()


def labels() -> dict[object, float | None]:
    return dict(ReferenceLabel.objects.values_list("image", "value"))
