"""One damaged row: its image is refused or said of as before, and every other image is what it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from training.datasets.errors import DatasetError
from training.datasets.items import Item
from training.datasets.layouts import LAYOUTS
from training.datasets.layouts.table import Table
from training.datasets.options import Options, Source

NIH = """Image Index,Finding Labels,Patient ID,Patient Age
a.png,Mass|Effusion,1,50
b.png,No Finding,2,60
c.png,Hernia,3,70
"""
CHEXPERT = """Path,No Finding,Edema,Fracture
patient1/study1/a.jpg,,1.0,-1.0
patient2/study1/b.jpg,1.0,,0.0
patient3/study1/c.jpg,,0.0,1.0
"""
PADCHEST = """ImageID,PatientID,Labels
a.png,1,"['nodule', 'mass']"
b.png,2,['normal']
c.png,3,['mass']
"""
VINDR = """image_id,class_name,rad_id,x_min,y_min,x_max,y_max
a,Nodule,R1,1,2,3,4
b,No finding,R1,,,,
a,Mass,R2,1,2,3,4
c,Nodule,R1,1,2,3,4
c,Mass,R1,1,2,3,4
"""
TABLES = {"nih": NIH, "chexpert": CHEXPERT, "padchest": PADCHEST, "vindr": VINDR}


def damages(text: str) -> Iterator[tuple[str, str]]:
    """The table with one row that has lost its last cell, or has one more, and what that row was."""
    lines = text.splitlines()
    for number in range(1, len(lines)):
        row = lines[number]
        for damaged in (row[: row.rindex(",")], f"{row},1", row.replace(",", ";", 1)):
            yield "\n".join([*lines[:number], damaged, *lines[number + 1 :], ""]), row


def items(layout: str, path: Path, text: str) -> dict[str, Item]:
    path.write_text(text)
    return {item.file: item for item in LAYOUTS[layout](Source(path.parent, table=path), {}).items()}


@pytest.mark.parametrize("layout", TABLES)
def test_a_damaged_row_states_nothing_and_touches_no_other_image(tmp_path, layout):
    whole = items(layout, tmp_path / "table.csv", TABLES[layout])
    refused = 0
    for text, row in damages(TABLES[layout]):
        image = row.partition(",")[0]
        try:
            damaged = items(layout, tmp_path / "table.csv", text)
        except DatasetError:
            refused += 1  # a quote that is never closed, or a row that may be about any image
            continue
        for file, item in damaged.items():
            if file == image or file not in whole:
                assert item.problem
                assert not item.said
                assert item.named is None
            else:
                assert (item.said, item.named, item.patient) == (
                    whole[file].said,
                    whole[file].named,
                    whole[file].patient,
                )
    assert refused < len(list(damages(TABLES[layout]))) / 2


@pytest.mark.parametrize("damaged", ["a;Nodule,R1,1,2,3,4", ",Nodule,R1,1,2,3,4", "Nodule,R1,1,2,3,4"])
def test_a_row_that_may_be_about_any_image_refuses_a_table_of_several_rows_an_image(tmp_path, damaged):
    text = VINDR.replace("a,Nodule,R1,1,2,3,4", damaged)
    with pytest.raises(DatasetError, match="Line 2 may be about any image"):
        items("vindr", tmp_path / "table.csv", text)


def test_so_it_does_in_a_table_that_lists_findings_in_several_rows(tmp_path):
    path = tmp_path / "table.csv"
    options = Options(image_column="file", label_columns=("finding",))
    text = "file,finding\na,Mass\na,Nodule\nb,No finding\nc,Nodule\nc,Mass\n"
    path.write_text(text)
    assert len(list(Table(Source(tmp_path, options, path), {}).items())) == 3
    path.write_text(text.replace("a,Nodule", "a;Nodule"))
    with pytest.raises(DatasetError, match="Line 3 may be about any image"):
        list(Table(Source(tmp_path, options, path), {}).items())
