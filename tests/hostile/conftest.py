"""The same pool of children as the tests of the room itself."""

from tests.archive.dicom.conftest import intake

__all__ = ["intake"]
