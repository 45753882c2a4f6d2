"""Rows about one image come together, from one table or several."""

import subprocess
import sys
from collections.abc import Iterator

from training.datasets.by_image import images_without_rows, items_by_image
from training.datasets.gathering import Gathered, gathered
from training.datasets.items import Item
from training.datasets.table_file import Row


def rows(*names: str, table: str = "") -> list[Row]:
    return [Row(line, {"image": name}, table=table) for line, name in enumerate(names, 2)]


def image_of(row: Row) -> str:
    return row.cells["image"]


def test_rows_of_one_image_come_together_in_the_order_of_the_first():
    groups = [[row.line for row in group] for group in gathered(rows("b", "a", "b", "", "a", ""), image_of)]
    assert groups == [[2, 4], [3, 6], [5], [7]]


def test_rows_of_two_tables_with_the_same_lines_stay_apart():
    groups = list(gathered([*rows("a", "b"), *rows("b", "a", table="boxes.csv")], image_of))
    assert groups == [
        [Row(2, {"image": "a"}), Row(3, {"image": "a"}, table="boxes.csv")],
        [Row(3, {"image": "b"}), Row(2, {"image": "b"}, table="boxes.csv")],
    ]


def test_a_name_that_is_no_text_is_gathered_like_any_other():
    garbled = "caf\udce9\0"
    assert list(gathered(rows(garbled, "a", garbled), image_of))[0] == [
        Row(2, {"image": garbled}),
        Row(4, {"image": garbled}),
    ]


def test_an_image_of_another_table_alone_is_counted_and_gives_no_item():
    both = [*rows("a"), *rows("b", "a", "b", table="boxes.csv")]
    items = list(items_by_image(both, "image", lambda own, others: Item(own[0].line, f"{len(others)}")))
    assert items == [Item(2, "1")]
    assert images_without_rows(both, "image") == 1


def test_one_bad_row_in_any_table_refuses_the_image():
    bad = Row(7, {"image": "a"}, "It has 3 cells.", "boxes.csv")
    assert list(
        items_by_image([*rows("a\udce9", "a"), bad], "image", lambda own, others: Item(own[0].line, "read"))
    ) == [
        Item(2, "read"),
        Item(3, "a", (3,), problem="Line 7 of boxes.csv: It has 3 cells."),
    ]


def test_rows_are_read_once_and_told_as_often_as_asked():
    read = []

    def source() -> Iterator[Row]:
        read.append("once")
        yield from rows("b", "a", "b")

    told = Gathered(source, image_of)
    assert [[row.line for row in group] for group in told.groups()] == [[2, 4], [3]]
    assert [[row.line for row in group] for group in told.groups()] == [[2, 4], [3]]
    assert read == ["once"]


def test_rows_that_have_other_columns_keep_them():
    short = Row(3, {"image": "a"}, "It has 1 cells, the header 2.")
    assert list(gathered([Row(2, {"image": "a", "label": "1"}), short], image_of)) == [
        [Row(2, {"image": "a", "label": "1"}), short]
    ]


def test_memory_does_not_grow_with_rows():
    """In a process of its own: what others have held would hide it."""
    assert peak_kb(120_000) - peak_kb(20_000) < 10_000


def peak_kb(count: int) -> int:
    done = subprocess.run([sys.executable, "-c", GATHERING, str(count)], capture_output=True, text=True, check=True)
    return int(done.stdout)


GATHERING = """
import re, sys
from pathlib import Path
from training.datasets.gathering import Gathered, gathered
from training.datasets.table_file import Row

count = int(sys.argv[1])
rows = (Row(line, {"image": f"{line * 7919 % 1000}.png", "label": "Effusion|Mass" * 10}) for line in range(count))
assert sum(len(group) for group in gathered(rows, lambda row: row.cells["image"])) == count
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""
