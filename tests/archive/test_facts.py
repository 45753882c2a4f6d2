"""One list of facts: what the intake tells of a file and of its pixels are the columns of their rows."""

from dataclasses import fields

from django.db.models import Model

from overread.archive import dicom
from overread.archive.models import FrameRendering, Image, Rendering
from overread.archive.rereading import READ_ANEW, SETTLED
from overread.archive.services import IMAGE_FACTS

OF_THE_ARCHIVE = {"id", "study", "sha256", "status", "reason", "created_at"}


def columns(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.local_concrete_fields}


def test_every_fact_of_an_image_has_its_column():
    assert set(IMAGE_FACTS) == columns(Image) - OF_THE_ARCHIVE


def test_every_settled_fact_is_one():
    assert set(READ_ANEW) | set(SETTLED) == set(IMAGE_FACTS)


def test_every_fact_of_a_frame_has_its_column():
    assert {field.name for field in fields(dicom.Frame)} == columns(FrameRendering) - {"id", "image", "number"}
    assert {field.name for field in fields(dicom.Rendering)} == columns(Rendering) - {"id", "image"}
