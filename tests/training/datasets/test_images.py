"""Names that are no names of files find nothing, and say so."""

import pytest

from training.datasets.errors import DatasetError
from training.datasets.images import Images


@pytest.mark.parametrize(
    "name", ["x/" * 3000 + "a.png", "a/" + "b" * 300 + ".png", "a/b\0.png", "../a.png", "/etc/passwd", ""]
)
def test_what_is_no_name_below_the_folder_is_told(tmp_path, name):
    (tmp_path / "a").mkdir()
    with pytest.raises(DatasetError):
        Images(tmp_path).find(name)
