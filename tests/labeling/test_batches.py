"""What a batch holds beside what waits already, and when one is drawn."""

from __future__ import annotations

import pytest

from labeling.models import Assignment
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.projects.models import Project
from tests.factories import in_reference, make_image, make_project


@pytest.fixture
def crowded(db: None) -> Project:
    """Of one patient five images, of two others one each; one image of a patient may be queued."""
    project = make_project(patient_cap=1, auto_fill=False)
    name = next(name for name in map(str, range(99)) if not in_reference(name))
    for _ in range(5):
        make_image(project, patient=name)
    queue_fill(project=project, size=1)
    for _ in range(2):
        make_image(project)
    return project


def test_what_waits_counts_towards_the_patient_cap(crowded: Project) -> None:
    assert queue_fill(project=crowded, size=5).drawn == {"exploit": 2}
    assert queue_fill(project=crowded, size=5) is None


def test_no_reader_is_left_without_the_images_of_a_patient_in_hand(crowded: Project, reader: User) -> None:
    Assignment.objects.update(state="claimed", reader=reader, lease_until=crowded.created_at)
    assert queue_fill(project=crowded, size=5).drawn == {"exploit": 3}
