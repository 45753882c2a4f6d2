"""What a reader is told of why a case waits is on record."""

from __future__ import annotations

import pytest

from inference.models import Exposure
from inference.queries import champion_of
from inference.services import champion_swap
from labeling.models import Assignment
from labeling.services.disclosure import reason_disclose
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.projects.models import Project
from tests.factories import make_champion, make_image, make_pipeline, make_user


@pytest.fixture
def case(project: Project) -> Assignment:
    """Drawn at random before there was a model."""
    make_image(project)
    queue_fill(project=project)
    return Assignment.objects.get(project=project)


def test_of_a_case_drawn_at_random_nothing_is_recorded(case: Assignment, reader: User) -> None:
    make_champion(case.project)
    assert reason_disclose(assignment=case, reader=reader) and not Exposure.objects.exists()


def test_a_case_drawn_at_random_whose_new_reason_quotes_the_model_is_recorded(case: Assignment, reader: User) -> None:
    model = make_champion(case.project)
    case.refresh_from_db()
    assert case.strategy == "random" and case.reason.startswith("Model")
    assert reason_disclose(assignment=case, reader=reader)
    assert Exposure.objects.get(user=reader, image=case.image).prediction.pipeline == model


def test_a_model_that_was_replaced_just_now_is_recorded_all_the_same(case: Assignment, reader: User) -> None:
    quoted = make_champion(case.project)
    new = make_pipeline(case.project, seed=2)
    champion_swap(project=case.project, pipeline=new, expected=champion_of(case.project), signed_by=make_user())
    case.refresh_from_db()
    assert reason_disclose(assignment=case, reader=reader)
    assert Exposure.objects.get(user=reader, image=case.image).prediction.pipeline == quoted


def test_what_cannot_be_put_on_record_is_not_told(case: Assignment, reader: User) -> None:
    case.reason = "Model unsure on nodule 0.56"
    assert not reason_disclose(assignment=case, reader=reader)
