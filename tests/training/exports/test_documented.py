"""docs/ml-engineer.md tells of every column, filter and format."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.exports.formats import FORMS
from training.exports.scope import FILTERS
from training.exports.tables import TABLES

SECTION = (Path(__file__).resolve().parents[3] / "docs/ml-engineer.md").read_text().partition("## Labels out")[2]
NAMES = {column.name for table in TABLES.values() for column in table.columns} | {*FILTERS, *FORMS, *TABLES}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_it_is_told(name: str) -> None:
    assert f"`{name}`" in SECTION.partition("\n## ")[0]
