"""From an empty project to reading and training."""

from __future__ import annotations

import pytest

from frontend.pages.first_steps import first_steps
from overread.projects.models import Role
from tests.factories import make_member


def steps(project, user, **there):
    return first_steps(project=project, user=user, **{"images": 0, "labelled": 0, "model": "", **there})


def test_an_empty_project_offers_its_ways_in(project, administrator):
    first = steps(project, administrator)
    assert first.empty and first.folder and first.files and first.members
    assert not (first.read or first.train)
    assert [step.done for step in first.steps] == [False, False, False, False]


def test_what_is_there_is_ticked_off(project, administrator, reader):
    first = steps(project, administrator, images=3, labelled=2)
    assert [step.state for step in first.steps] == ["3 images", "1 may read", "2 labelled images", "none yet"]
    assert [step.done for step in first.steps] == [True, True, True, False]
    assert first.train and not first.empty


def test_reading_starts_with_the_first_image(project, reader):
    assert steps(project, reader).read == ""
    founder = make_member(project, Role.READER, Role.ML_ENGINEER)
    assert steps(project, founder, images=1).read


@pytest.mark.parametrize("there", [{"images": 1, "model": "model 1"}])
def test_with_a_model_in_use_nothing_is_left(project, administrator, there):
    assert steps(project, administrator, **there) is None


def test_readers_are_not_shown_what_others_set_up(project, reader):
    assert steps(project, reader, images=1) is None


def test_a_step_leads_nowhere_for_who_cannot_see_to_it(project, reader):
    first = steps(project, reader)
    assert first.members == "" and [bool(step.url) for step in first.steps] == [True, False, True, False]
