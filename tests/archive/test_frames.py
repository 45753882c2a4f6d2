"""Images of several frames: every frame is rendered, kept and served."""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from overread.accounts.models import User
from overread.archive.models import Image
from overread.archive.services import image_ingest
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.archive.dicom.made import dicom, items, ramp

FRAMES = 20


def clip(project: Project, count: int = FRAMES, **attributes: object) -> Image:
    """An image whose frame n holds a ramp moved up by n."""
    frames = np.stack([ramp() + number for number in range(count)])
    content = dicom(frames, NumberOfFrames=count, **attributes)
    image = image_ingest(project=project, content=content, source="upload").image
    run_all(queues=("interactive", "io"))
    image.refresh_from_db()
    return image


def address(image: Image, level: str, frame: object) -> str:
    return f"{reverse('image-pixels', args=[image.pk, level])}?frame={frame}"


@pytest.fixture
def site(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


@pytest.mark.parametrize("frame", [0, 1, 16, 17, 19])
def test_every_frame_is_served_as_it_is(site: Client, project: Project, frame: int) -> None:
    answer = site.get(address(clip(project), "full", frame))
    assert np.array_equal(np.frombuffer(gzip.decompress(answer.content), "<u2").reshape(12, 16), ramp() + frame)


def test_the_half_level_of_a_frame_has_half_its_sides(site: Client, project: Project) -> None:
    answer = site.get(address(clip(project, 2), "half", 1))
    assert len(gzip.decompress(answer.content)) == 6 * 8 * 2


@pytest.mark.parametrize("frame", [20, -1, "x", "²", "9" * 30, ""])
def test_there_is_no_other_frame(site: Client, project: Project, frame: object) -> None:
    assert site.get(address(clip(project), "full", frame)).status_code == 404


def test_the_thumb_is_of_the_first_frame_alone(site: Client, project: Project) -> None:
    image = clip(project, 2)
    assert [site.get(address(image, "thumb", frame)).status_code for frame in (0, 1)] == [200, 404]


def test_a_stranger_gets_no_frame(client: Client, project: Project, stranger: User) -> None:
    client.force_login(stranger)
    assert client.get(address(clip(project, 2), "full", 1)).status_code == 404


def test_the_api_serves_a_frame_and_keeps_it_cached(site: Client, project: Project) -> None:
    url = reverse("api:pixels", args=[project.slug, clip(project, 2).pk, "full"])
    answer = site.get(f"{url}?frame=1")
    assert np.array_equal(np.frombuffer(gzip.decompress(answer.content), "<u2"), (ramp() + 1).ravel())
    assert site.get(f"{url}?frame=1", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert site.get(f"{url}?frame=2").status_code == 404


def test_no_more_frames_are_kept_than_the_setting_says(project: Project, settings: Any) -> None:
    settings.FRAMES_MAX = 3
    image = clip(project)
    assert image.frames == FRAMES and list(image.frame_renderings.values_list("number", flat=True)) == [1, 2]


def test_a_damaged_frame_sends_the_image_to_quarantine(project: Project) -> None:
    image = clip(project, 3, PerFrameFunctionalGroupsSequence=_rescaled(1, 1, 0))
    assert image.status == Image.Status.QUARANTINED and image.reason.startswith("Frame 3: ")


def test_each_frame_keeps_its_own_line_to_values(project: Project) -> None:
    image = clip(project, 3, PerFrameFunctionalGroupsSequence=_rescaled(1, 2, 4))
    assert list(image.frame_renderings.values_list("slope", flat=True)) == [2, 4]


def _rescaled(*slopes: float) -> object:
    return items(
        *({"PixelValueTransformationSequence": items({"RescaleSlope": s, "RescaleIntercept": 0})} for s in slopes)
    )
