"""Files with the same bytes are told by name; of the others not even the name is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.datasets.layouts.folders import Folders
from training.datasets.options import Options, Source
from training.datasets.same_files import Files, items_at, same_bytes


def folder_of(root: Path, **contents: bytes) -> Folders:
    for name, content in contents.items():
        folder = root / name.split("_")[0]
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.png").write_bytes(content)
    return Folders(Source(root, Options()), {})


def sized(dataset: Folders) -> Files:
    files = Files()
    for place, item in enumerate(dataset.items()):
        files.add(place, dataset.images.find(item.file).stat().st_size)
    return files


def test_files_with_the_same_bytes_are_a_group_and_those_of_the_same_size_are_not(tmp_path):
    dataset = folder_of(tmp_path, a_1=b"one", a_2=b"two", b_1=b"one", b_2=b"longer", b_3=b"two", b_4=b"six")
    groups, beyond = same_bytes(dataset, sized(dataset))
    assert sorted(groups) == [["a/a_1.png", "b/b_1.png"], ["a/a_2.png", "b/b_3.png"]]
    assert beyond is None


def test_what_would_be_too_much_to_read_is_left_and_told(tmp_path, monkeypatch):
    monkeypatch.setattr("training.datasets.same_files.HASHED_AT_MOST", 10)
    dataset = folder_of(tmp_path, a_1=b"one", b_1=b"one", a_2=b"longer", b_2=b"longer")
    assert same_bytes(dataset, sized(dataset)) == ([["a/a_1.png", "b/b_1.png"]], 6)


@pytest.mark.parametrize("places", [[], [0], [1, 3], [0, 1, 2, 3]])
def test_items_are_found_by_their_places(tmp_path, places):
    dataset = folder_of(tmp_path, a_1=b"1", a_2=b"2", b_1=b"3", b_2=b"4")
    every = list(dataset.items())
    assert list(items_at(dataset, places)) == [every[place] for place in places]
