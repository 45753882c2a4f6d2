"""How a column of labels is read, by what its cells say."""

from __future__ import annotations

import pytest

from training.datasets.alike import alike_names
from training.datasets.columns import CellCounts, Column, column_of
from training.datasets.errors import DatasetError
from training.datasets.numbers import decimal_of, number_text
from training.datasets.options import Options
from training.datasets.words import nearest, plain


def column(
    cells: str, *, findings: tuple[str, ...] = (), several: bool = False, options: Options | None = None
) -> Column:
    """The column "x" of these cells, with commas between; a cell `a,b` is written a^b."""
    counts = CellCounts("x", several=several)
    for cell in cells.split(","):
        counts.add([cell.strip().replace("^", ",")])
    return column_of(counts, options or Options(), (options or Options()).kinds.get("x"), findings)


@pytest.mark.parametrize(
    ("cells", "kind", "choices"),
    [
        ("0,1,0,1", "binary", ()),
        ("yes,no,NA", "binary", ()),
        ("1.0,0.0,-1.0,", "binary", ()),
        ("present,absent,uncertain", "binary", ()),
        ("1,1,1", "binary", ()),
        ("0,1,2,3,4", "categorical", ("0", "1", "2", "3", "4")),
        ("0,1,2,3,4A,4B,5", "categorical", ("0", "1", "2", "3", "4A", "4B", "5")),
        ("0,1+,2+,3+", "categorical", ("0", "1+", "2+", "3+")),
        ("T1a,T2,T3", "categorical", ("T1a", "T2", "T3")),
        ("<5mm,>5mm", "categorical", ("<5mm", ">5mm")),
        ("12,80,33", "measurement", ()),
        ("12.5,80.1,not measured", "measurement", ()),
        ("12^5,80^1", "measurement", ()),
        ("80.5,92,101,inf,1^200", "measurement", ()),
        ("left,right,left", "categorical", ("left", "right")),
        ("正常,肺炎", "categorical", ("正常", "肺炎")),
    ],
)
def test_the_kind_follows_from_the_cells(cells: str, kind: str, choices: tuple[str, ...]) -> None:
    found = column(cells)
    assert not found.names
    assert (found.questions[0].kind, found.questions[0].options) == (kind, choices)


@pytest.mark.parametrize(
    ("cells", "names", "complete"),
    [
        ("Effusion|Mass,No Finding,Mass", ("Effusion", "Mass"), True),
        ("Effusion;Mass,Mass,Effusion", ("Effusion", "Mass"), True),
        ("Effusion^ Mass,Mass,Normal", ("Effusion", "Mass"), True),
        ("melanoma,benign", ("melanoma",), True),
    ],
)
def test_a_column_may_list_findings(cells: str, names: tuple[str, ...], complete: bool) -> None:
    found = column(cells)
    assert found.names and found.complete is complete
    assert tuple(question.name for question in found.questions) == names


def test_names_without_a_negative_deny_nothing() -> None:
    """A table of boxes lists what was outlined, and not what was looked for."""
    assert column("Nodule,Mass", several=True).complete is False
    assert column("Nodule,Mass", findings=("nodule",)).complete is False


@pytest.mark.parametrize("cells", ["-1,-1,", "NA,,.", "1^200,2^300"])
def test_what_is_open_is_asked(cells: str) -> None:
    with pytest.raises(DatasetError):
        column(cells)


def test_free_text_is_no_label() -> None:
    with pytest.raises(DatasetError, match="31 different words"):
        column(",".join(f"word {'x' * number}" for number in range(31)))


def test_what_the_importer_says_decides() -> None:
    found = column("0,1,2", options=Options(kinds={"x": "measurement"}, units={"x": "mm"}))
    assert (found.questions[0].kind, found.questions[0].unit) == ("measurement", "mm")
    assert column("a,b", options=Options(kinds={"x": "names"})).names


@pytest.mark.parametrize(
    ("cell", "decimal", "text"), [("12", ".", "12"), ("1e3", ".", "1e3"), ("-4.5", ".", "-4.5"), ("80,5", ",", "80.5")]
)
def test_numbers_as_they_are_written(cell: str, decimal: str, text: str) -> None:
    assert number_text(cell, decimal) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "decimal"), [("1,200", "."), ("1.200", ","), ("inf", "."), ("nan", "."), ("1_000", "."), ("٣", ".")]
)
def test_what_is_no_plain_number_is_refused(cell: str, decimal: str) -> None:
    with pytest.raises(DatasetError):
        number_text(cell, decimal)  # type: ignore[arg-type]


def test_the_decimal_sign_of_a_column() -> None:
    assert decimal_of(["80,5", "81"]) == ","
    assert decimal_of(["80.5", "1,200"]) == "."
    with pytest.raises(DatasetError, match="may stand for thousands"):
        decimal_of(["1,200", "3,400"])


def test_signs_tell_names_apart_and_blanks_do_not() -> None:
    assert plain("COVID+") != plain("COVID-")
    assert plain("Pleural_Thickening") == plain("pleural  thickening") == plain("Pleural-Thickening")
    assert plain("No_Finding") == "no finding"


def test_the_nearest_finding() -> None:
    assert nearest("Effussion", ["Nodule", "Effusion"]) == "Effusion"
    assert nearest("Pleural effusion", ["Nodule", "Effusion"]) == "Effusion"
    assert nearest("Fracture", ["Nodule", "Effusion"]) == ""


def test_names_alike_by_a_letter_and_not_by_a_sign() -> None:
    names = ["Effusion", "Effussion", "COVID+", "COVID-", "T1", "T2", "Mass", "Nodule"]
    assert alike_names(names) == [("Effusion", "Effussion")]
