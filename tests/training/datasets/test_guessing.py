"""What the columns of tables probably are: headers of real packs, and what spreadsheets write."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import picture
from tests.shared import SHARED, needs
from training.datasets.errors import DatasetError
from training.datasets.guessing import ColumnGuess, TableGuess, table_guess
from training.datasets.items import ColumnKind
from training.datasets.options import Options, Source

EFFUSION: dict[str, ColumnKind] = {"effusion": "binary", "nodule": "binary"}


def guessed(folder: Path, text: str, files: int = 6, encoding: str = "utf-8", **options: str) -> TableGuess:
    """The guess of a table beside the files 0.png, 1.png …"""
    for number in range(files):
        (folder / f"{number}.png").write_bytes(picture(number))
    path = folder / "labels.csv"
    path.write_text(text, encoding=encoding)
    return table_guess(Source(folder, Options(**options), path), EFFUSION)


def lines(header: str, row: str, count: int = 6) -> str:
    """A table whose rows have `#` for their number, and `%` for 0 and 1."""
    rows = [row.replace("#", str(number)).replace("%", str(number % 2)) for number in range(count)]
    return "\n".join([header, *rows, ""])


def roles(guess: TableGuess) -> dict[str, str]:
    return {column.name: column.role for column in guess.columns if column.role}


def column(guess: TableGuess, name: str) -> ColumnGuess:
    return next(each for each in guess.columns if each.name == name)


def test_columns_are_known_by_their_names(tmp_path: Path) -> None:
    header = "Image Index,Patient ID,Patient Gender,Patient Age,View Position,split,Effusion,Height"
    told = guessed(tmp_path, lines(header, "#.png,P#,M,50,PA,train,%,100#"))
    assert roles(told) == {
        "Image Index": "image",
        "Patient ID": "patient",
        "Patient Gender": "sex",
        "Patient Age": "age",
        "View Position": "view",
        "split": "split",
        "Effusion": "label",
    }
    assert column(told, "Effusion").kind == "binary" and (told.rows, told.more) == (6, False)


def test_a_column_of_yes_and_no_is_a_label_whatever_its_name(tmp_path: Path) -> None:
    told = guessed(tmp_path, lines("file,Cardiomegaly,width", "#.png,%,%"))
    assert roles(told) == {"file": "image", "Cardiomegaly": "label"}


def test_a_list_of_findings_is_a_label(tmp_path: Path) -> None:
    told = guessed(tmp_path, "file,what\n0.png,Effusion|Mass\n1.png,No Finding\n2.png,Mass\n", 3)
    assert roles(told) == {"file": "image", "what": "label"} and column(told, "what").kind == "names"


def test_zeros_and_ones_are_no_names_of_files(tmp_path: Path) -> None:
    text = lines("file,effusion", "#.png,%", 4) + "gone.png,1\ngone2.png,0\n"
    assert roles(guessed(tmp_path, text, 4)) == {"file": "image", "effusion": "label"}


def test_names_without_a_suffix_are_found(tmp_path: Path) -> None:
    assert roles(guessed(tmp_path, lines("id,boneage,male", "#,1%0,True")))["id"] == "image"


def test_a_column_of_splits_is_known_by_its_cells(tmp_path: Path) -> None:
    told = guessed(tmp_path, "file,part\n0.png,train\n1.png,val\n2.png,test\n", 3)
    assert roles(told) == {"file": "image", "part": "split"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = lines("file,patient,effusion,bone age", "#.png,P#,%,8#!5").replace(",", delimiter).replace("!", ",")
    told = guessed(tmp_path, text.replace("\n", "\r\n"), encoding=encoding)
    assert told.delimiter == delimiter
    assert roles(told) == {"file": "image", "patient": "patient", "effusion": "label", "bone age": "label"}
    assert column(told, "bone age").kind == "measurement"


def test_a_kind_that_the_cells_leave_open_is_told(tmp_path: Path) -> None:
    told = column(guessed(tmp_path, lines("file,label", "#.png,-1")), "label")
    assert told.role == "label" and told.kind == "" and "Give its kind" in told.problem


def test_where_no_column_names_files_none_is_guessed(tmp_path: Path) -> None:
    assert "image" not in roles(guessed(tmp_path, lines("file,effusion", "x#.png,%"))).values()


def test_a_patient_stands_in_one_column(tmp_path: Path) -> None:
    told = guessed(tmp_path, lines("file,patient,subject id,effusion", "#.png,P#,S#,%"))
    assert roles(told) == {"file": "image", "patient": "patient", "effusion": "label"}


def test_cells_that_may_name_somebody_are_not_kept(tmp_path: Path) -> None:
    told = guessed(tmp_path, lines("file,patient,indication,name,born,effusion", "#.png,P#,Cough of P#,Ann #,19%#,%"))
    shown = {each.name: each.counts for each in told.columns if each.counts}
    assert shown == {"effusion": {"0": 3, "1": 3}}
    assert not [each for each in told.columns if "Ann" in each.problem + each.why]


def test_a_few_words_that_come_again_and_again_are_shown(tmp_path: Path) -> None:
    text = "file,tissue\n" + "".join(f"{n}.png,{('fat', 'mixed', 'dense')[n % 3]}\n" for n in range(60))
    told = column(guessed(tmp_path, text, 60), "tissue")
    assert (told.role, told.kind) == ("", "categorical") and told.counts == {"fat": 20, "mixed": 20, "dense": 20}


def test_what_is_decided_stands_before_what_is_guessed(tmp_path: Path) -> None:
    told = guessed(tmp_path, lines("file,patient,subject,effusion", "#.png,P#,S#,%"))
    options = told.options(Options(patient_column="subject", label_columns=("patient",)))
    assert (options.patient_column, options.label_columns, options.image_column) == ("subject", ("patient",), "file")


def test_without_a_table_nothing_is_guessed(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="Name the table"):
        table_guess(Source(tmp_path), EFFUSION)


@needs("data")
@pytest.mark.parametrize(
    ("pack", "expected"),
    [
        ("cxr_kermany_224", {"file": "image", "patient_id": "patient", "view": "view", "label": "label"}),
        ("cxr_nih_256", {"file": "image", "patient_id": "patient", "findings": "label", "sex": "sex", "age": "age"}),
        ("cxr_nih_64", {"file": "image", "patient_id": "patient", "findings": "label", "orig_split": "split"}),
        ("cxr_mixed_512", {"file": "image", "patient_id": "patient", "findings": "label", "covid": "label"}),
        ("dermoscopy", {"file": "image", "diagnosis": "label", "sex": "sex", "age_approx": "age"}),
        ("lung_masks", {"image": "image", "patient_id": "patient", "finding": "label", "view": "view"}),
    ],
)
def test_of_real_packs_what_matters_is_found(pack: str, expected: dict[str, str]) -> None:
    path = SHARED / "data" / pack / "labels.csv"
    found = roles(table_guess(Source(path.parent, Options(), path), EFFUSION))
    assert expected.items() <= found.items()
    assert list(found.values()).count("image") == 1
