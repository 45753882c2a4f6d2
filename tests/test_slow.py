"""The list of slow tests names what there is."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent


@pytest.mark.parametrize("name", (TESTS / "slow.txt").read_text().split())
def test_it_names_a_test_or_a_file_that_is_there(name: str) -> None:
    file, _, test = name.partition("::")
    assert f"def {test}(" in (TESTS / file).read_text() if test else (TESTS / file).is_file()
