"""Asking a model about one image: which models there are to ask, and that nobody who asks waits for bulk work."""

from __future__ import annotations

import pytest

from inference.models import Pipeline
from inference.queries import prediction_in_view, released, scores_find
from inference.services import champion_swap, exposure_record, prediction_ensure, prediction_request
from inference.services.predictions import NotScored
from overread.accounts.models import User
from overread.archive.services import image_ingest
from overread.jobs.models import Job
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.factories import make_champion, make_image, make_pipeline, make_user, picture


def promote(project: Project, pipeline: Pipeline, expected: Pipeline | None) -> None:
    """Put it in use, and let nothing of what follows happen yet."""
    champion_swap(project=project, pipeline=pipeline, expected=expected, signed_by=make_user())


def test_released_are_the_champion_and_those_before_it(project: Project) -> None:
    first, second = make_champion(project), make_champion(project, seed=1)
    make_pipeline(project, seed=2)
    assert [(each.pipeline, each.in_use) for each in released(project)] == [(second, True), (first, False)]


def test_a_model_rolled_back_to_stands_first_again(project: Project) -> None:
    first, second = make_champion(project), make_champion(project, seed=1)
    promote(project, first, second)
    assert [each.pipeline for each in released(project)] == [first, second]


def test_an_image_is_scored_on_request_once_and_alone(project: Project, reader: User) -> None:
    asked, other = make_image(project), make_image(project)
    pipeline = make_pipeline(project)
    jobs = {prediction_request(pipeline=pipeline, image=asked, user=reader).pk for _ in range(2)}
    run_all(queues=("interactive",))
    assert len(jobs) == 1 and prediction_ensure(pipeline=pipeline, image=asked)
    with pytest.raises(NotScored):
        prediction_ensure(pipeline=pipeline, image=other)


def test_an_upload_is_scored_before_what_waited_longer(project: Project) -> None:
    pipeline, waiting = make_pipeline(project), make_image(project)
    promote(project, pipeline, None)
    uploaded = image_ingest(project=project, content=picture(), source="upload").image
    run_all(queues=("interactive",))
    assert scores_find(pipeline=pipeline, image=uploaded) and not scores_find(pipeline=pipeline, image=waiting)


def test_a_bulk_job_scores_what_else_waits(project: Project) -> None:
    pipeline, images = make_pipeline(project), [make_image(project) for _ in range(3)]
    promote(project, pipeline, None)
    Job.objects.filter(kind="inference.refresh").delete()
    run_all(queues=("inference",), limit=1)
    assert all(scores_find(pipeline=pipeline, image=image) for image in images)


def test_in_view_is_the_champions_word_whatever_was_looked_at_since(project: Project, reader: User) -> None:
    image = make_image(project)
    first, second = make_champion(project), make_champion(project, seed=1)
    for pipeline in (second, first):
        exposure_record(prediction=prediction_ensure(pipeline=pipeline, image=image), user=reader)
    seen = prediction_in_view(user=reader, image=image, project=project)
    assert seen is not None and seen.pipeline == second
