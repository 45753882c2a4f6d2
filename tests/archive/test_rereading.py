"""`reread_images`: images of an older version get what this one knows of a file."""

from __future__ import annotations

import struct
from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from overread.archive import blobs
from overread.archive.models import Image, Rendering
from overread.archive.services import image_ingest
from overread.audit.models import Event
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.archive.dicom import streams
from tests.archive.dicom.made import dicom, ramp

OLD = {"view": "", "intent": "", "orientation": "", "spacing_kind": "unknown", "pixel_aspect": 1.0}
pytestmark = pytest.mark.django_db


def taken_in_long_ago(project: Project) -> Image:
    content = dicom(
        ramp(),
        ViewPosition="PA",
        PresentationIntentType="FOR PROCESSING",
        PatientOrientation=["L", "F"],
        ImagerPixelSpacing=[0.2, 0.1],
        PixelPaddingValue=0,
    )
    image = image_ingest(project=project, content=content, source="import").image
    run_all()
    Image.objects.filter(pk=image.pk).update(**OLD, pixel_spacing=None)
    Rendering.objects.filter(image=image).update(padding=None)
    return image


def said() -> str:
    out = StringIO()
    call_command("reread_images", stdout=out)
    return out.getvalue()


def test_facts_and_renditions_become_those_of_today(project: Project) -> None:
    image = taken_in_long_ago(project)
    assert said() == "1 images described anew\n"
    image.refresh_from_db()
    assert (image.intent, image.orientation, image.spacing_kind) == ("FOR PROCESSING", "L\\F", "detector")
    assert image.view == "PA"
    assert (image.pixel_spacing, image.pixel_aspect) == ([0.2, 0.1], 2.0)
    run_all()
    assert Rendering.objects.get(image=image).padding == [0, 0]
    assert Event.objects.filter(verb="image.reread", target_id=str(image.pk)).count() == 1


def test_a_second_time_changes_nothing(project: Project) -> None:
    taken_in_long_ago(project)
    said()
    assert said() == "1 images as they were\n"
    assert Event.objects.filter(verb="image.reread").count() == 1


def test_metadata_inside_pixel_data_is_told(project: Project) -> None:
    pixels = streams.noise(40, 56)
    stream = streams.jpegls(pixels)
    comment = b"Taken by ZZSECRETZZ"
    hiding = stream[:2] + struct.pack(">BBH", 0xFF, 0xFE, 2 + len(comment)) + comment + stream[2:]
    content = streams.around([hiding], pixels, streams.UID("1.2.840.10008.1.2.4.80"))
    image = image_ingest(project=project, content=content, source="import").image
    assert said() == "1 images as they were\n"
    older = Image.objects.get(pk=image.pk)  # as a version stored it that left pixel data alone
    older.pk, older.sha256, older._state.adding = None, blobs.put(content), True
    older.save(force_insert=True)
    told = said()
    assert f"{older.pk}: described anew, with metadata inside their pixel data" in told
    assert "SECRET" not in told


def test_a_damaged_original_is_told_and_does_not_stop_the_rest(project: Project) -> None:
    first, second = (
        image_ingest(project=project, content=dicom(ramp(step=step)), source="import").image for step in (7, 8)
    )
    Image.objects.update(intent="FOR PROCESSING")
    default_storage.delete(blobs.path(first.sha256))
    told = said()
    assert f"{first.pk}: missing or damaged" in told
    assert "1 images described anew" in told
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.intent, second.intent) == ("FOR PROCESSING", "")
