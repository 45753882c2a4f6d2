"""Rows about one image come together, from one table or several."""

from training.datasets.by_image import images_without_rows, items_by_image
from training.datasets.gathering import gathered
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
