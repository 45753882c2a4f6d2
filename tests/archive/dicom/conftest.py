"""One pool of children for all tests of a worker."""

from collections.abc import Iterator

import pytest

from overread.archive.dicom import Reader


@pytest.fixture(scope="session")
def intake() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader
