"""What was damaged is healed by the same file again; what failed for good is told where the image is, and tried again there."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from overread.archive import blobs
from overread.archive.models import Image
from overread.archive.services import image_ingest
from overread.audit.models import Event
from overread.jobs.models import Job, State
from overread.jobs.running import run_all
from overread.jobs.services import job_enqueue, jobs_retry_of
from overread.projects.models import Project, Role
from tests.factories import make_image, make_member, make_project, picture


@pytest.mark.parametrize("damage", [b"", b"x" * 7, b"something else entirely"])
def test_a_damaged_file_is_healed_by_the_same_file_again(project: Project, damage: bytes) -> None:
    content = picture()
    image = image_ingest(project=project, content=content, source="upload").image
    path = Path(default_storage.path(blobs.path(image.sha256)))
    whole = path.read_bytes()
    path.write_bytes((damage + whole)[: len(whole)] if damage else b"")
    with pytest.raises(blobs.BlobDamaged):
        blobs.get(image.sha256)
    assert not image_ingest(project=project, content=content, source="upload").new
    assert blobs.get(image.sha256) == whole


def test_decoding_that_failed_for_good_is_told_and_tried_again(project: Project, client: Client) -> None:
    image = image_ingest(project=project, content=picture(), source="upload").image
    Job.objects.filter(kind="archive.render").update(state=State.DEAD, attempts=3, error="OSError")
    member = make_member(project, Role.READER)
    client.force_login(member)
    address = reverse("image", args=[project.slug, image.pk])
    page = client.get(address).content.decode()
    assert "failed several times" in page
    assert "hx-trigger" not in page  # nothing comes by itself
    assert client.post(reverse("image-retry", args=[project.slug, image.pk])).status_code == 302
    assert Event.objects.filter(verb="job.retry", actor=member).count() == 1
    run_all(queues=("interactive", "io"))
    assert Image.objects.get(pk=image.pk).status == Image.Status.READY
    assert "failed several times" not in client.get(address).content.decode()


def test_decoding_is_tried_again_from_any_project_of_the_image(project: Project, client: Client) -> None:
    content, other = picture(), make_project()
    image = image_ingest(project=project, content=content, source="upload").image
    image_ingest(project=other, content=content, source="upload")
    Job.objects.filter(kind="archive.render").update(state=State.DEAD, attempts=3)
    client.force_login(make_member(other, Role.READER))
    client.post(reverse("image-retry", args=[other.slug, image.pk]))
    run_all(queues=("interactive", "io"))
    assert Image.objects.get(pk=image.pk).status == Image.Status.READY


def test_what_is_asked_of_another_projects_models_is_not_tried_again(project: Project) -> None:
    image, other = make_image(project), make_project()
    job_enqueue(kind="inference.predict", key="one", project=other.pk, image=image.pk)
    Job.objects.filter(key="one").update(state=State.DEAD)
    assert jobs_retry_of(image=image.pk, project=project.pk, actor=make_member(project, Role.READER)) == 0


def test_over_rest_it_is_tried_again_as_well(project: Project, client: Client) -> None:
    image = image_ingest(project=project, content=picture(), source="upload").image
    Job.objects.filter(kind="archive.render").update(state=State.DEAD, attempts=3)
    client.force_login(make_member(project, Role.ML_ENGINEER))
    assert client.post(reverse("api:image-retry", args=[project.slug, image.pk])).status_code == 200
    run_all(queues=("interactive", "io"))
    assert Image.objects.get(pk=image.pk).status == Image.Status.READY
