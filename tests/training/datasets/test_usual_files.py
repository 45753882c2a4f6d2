import pytest

from training.datasets.errors import DatasetError
from training.datasets.table_file import TableFile
from training.datasets.usual_files import column_among, split_of_file, usual_file


def test_a_file_is_found_by_its_usual_name_in_any_case_and_below(tmp_path):
    (tmp_path / "meta").mkdir()
    table = tmp_path / "meta" / "TRAIN.CSV"
    table.write_text("id\n")
    assert usual_file(tmp_path, r"train\.csv", what="table of the training") == table


def test_two_files_that_fit_are_no_guess(tmp_path):
    for name in ("train.csv", "Train.csv"):
        (tmp_path / name).write_text("id\n")
    with pytest.raises(DatasetError, match=r"Train\.csv, train\.csv"):
        usual_file(tmp_path, r"train\.csv", what="table")


def test_a_link_to_a_file_elsewhere_is_not_followed(tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text("id\n")
    (folder / "train.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(DatasetError, match="no table"):
        usual_file(folder, r"train\.csv", what="table")


@pytest.mark.parametrize(
    "name, split",
    [("ISIC_2019_Training_GroundTruth.csv", "train"), ("Validation Dataset.csv", "validation"), ("labels.csv", "")],
)
def test_the_split_that_a_files_name_speaks_of(tmp_path, name, split):
    assert split_of_file(tmp_path / name) == split


def test_a_column_is_found_by_its_words_and_named_as_the_table_does():
    assert column_among(("Image_ID", "Sex"), ("image id", "id")) == "Image_ID"
    assert column_among(("Image_ID", "Sex"), ("male",)) == ""


def test_the_first_line_of_a_headless_table_is_a_row(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,benign\nb,malignant\n")
    rows = list(TableFile(path, names=("image", "label"), headless=True).rows())
    assert [(row.line, row.cells["image"]) for row in rows] == [(1, "a"), (2, "b")]
