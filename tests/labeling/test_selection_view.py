"""What strategies get to see of a project: outputs, embeddings, labels and a head, for every kind of finding."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from inference.services import champion_swap
from labeling.models import Assignment
from labeling.selection import strategies
from labeling.selection.pool import Pool
from labeling.services.selection import queue_fill, queue_reorder, selection_reproduces
from labeling.services.selection.candidates import unread_find, unread_of
from labeling.services.selection.pool import pool_build
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.factories import (
    AGE,
    EFFUSION,
    GRADE,
    label,
    make_champion,
    make_image,
    make_pipeline,
    make_project,
    make_user,
)

STRATEGIES = strategies.names()


@pytest.fixture
def every_kind(every_kind_made: Project, db: None) -> Project:
    """Three kinds of finding, twelve labelled images, six others, a model in use, an empty queue."""
    return Project.objects.get(pk=every_kind_made.pk)


@pytest.fixture(scope="module")
def every_kind_made(shared_rows: Any) -> Project:
    return shared_rows(every_kind_make)


def every_kind_make() -> Project:
    project = make_project(findings=(EFFUSION, GRADE, AGE), auto_fill=False)
    for seed in range(18):
        image = make_image(project)
        if seed < 12:
            label(project, image, seed)
    make_champion(project)
    return project


def seen(project: Project) -> Pool:
    view = pool_build(project, project.champion.pipeline, unread_find(project).images)
    assert view is not None
    return view


def test_candidates_are_the_same_by_either_way(every_kind: Project) -> None:
    found = unread_find(every_kind)
    assert [found.image(row) for row in range(len(found))] == sorted(unread_of(every_kind).values_list("pk", flat=True))
    assert len(found) == 6 and len(set(found.patients.tolist())) == 6


def test_a_view_holds_the_labelled_rows_after_the_candidates(every_kind: Project) -> None:
    pool = seen(every_kind)
    assert len(pool) == 18 and pool.open.tolist() == list(range(6)) and pool.known.tolist() == list(range(6, 18))
    assert pool.labels is not None and pool.labels.shape == (12, 3) and set(pool.labels[:, 1]) == {0, 1, 2}
    assert [output.kind for output in pool.layout] == ["binary", "categorical", "measurement"]


def test_a_measurement_has_a_spread_and_the_scale_of_its_labels(every_kind: Project) -> None:
    pool = seen(every_kind)
    assert pool.layout[2].unit == "months" and pool.layout[2].scale == pytest.approx(np.std(pool.labels[:, 2]))
    assert (pool.outputs[:, 4] > 0).all()


def test_the_head_answers_as_the_outputs_say(every_kind: Project) -> None:
    pool = seen(every_kind)
    assert np.allclose(pool.head(pool.embedded(pool.open))[:, :4], pool.outputs[:6, :4], atol=1e-5)


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_draws_in_the_product(every_kind: Project, name: str) -> None:
    every_kind.strategy = name
    every_kind.save()
    selection = queue_fill(project=every_kind, size=4, seed=3)
    assert selection.assignments.filter(strategy=name).count() == 4
    assert queue_reorder(project=every_kind) == 4


def test_before_ten_labels_a_measurement_has_the_champions_interval(db: None) -> None:
    project = make_project(findings=(AGE,), auto_fill=False)
    make_image(project)
    make_champion(project)
    assert seen(project).outputs.tolist() == [[8.0]]


@pytest.fixture
def unmodelled(unmodelled_made: Project, db: None) -> Project:
    """Embedded for another project that shares the backbone; no label, no model of its own."""
    return Project.objects.get(pk=unmodelled_made.pk)


@pytest.fixture(scope="module")
def unmodelled_made(shared_rows: Any) -> Project:
    return shared_rows(unmodelled_make)


def unmodelled_make() -> Project:
    project, other = make_project(auto_fill=False), make_project(auto_fill=False)
    images = [make_image(project) for _ in range(5)]
    for image in images:
        other.enrolments.create(image=image, source="import")
    make_champion(other)
    return project


def test_without_a_model_uherding_covers_what_is_embedded(unmodelled: Project) -> None:
    unmodelled.strategy = "uherding"
    cases = queue_fill(project=unmodelled, size=3, seed=1).assignments.all()
    assert {case.strategy for case in cases} == {"uherding"} and all(case.score < 0 for case in cases)
    assert {case.reason for case in cases} == {"Stands for many images that nobody has read: no model yet"}


def test_without_a_model_margin_draws_at_random_and_says_so(unmodelled: Project) -> None:
    unmodelled.strategy = "margin"
    unmodelled.save()
    cases = queue_fill(project=unmodelled, size=3, seed=1).assignments.all()
    assert {(case.strategy, case.reason) for case in cases} == {("random", "Drawn at random: no model yet")}


def test_without_a_scout_bald_draws_at_random_and_says_so(unmodelled: Project) -> None:
    champion_swap(project=unmodelled, pipeline=make_pipeline(unmodelled), expected=None, signed_by=make_user())
    run_all()
    Assignment.objects.all().delete()
    unmodelled.strategy = "bald"
    unmodelled.save()
    cases = queue_fill(project=unmodelled, size=3, seed=1).assignments.all()
    assert {(case.strategy, case.reason) for case in cases} == {("random", "Drawn at random: too few answers yet")}


def test_a_replay_finds_the_draw_and_any_other_order(every_kind: Project) -> None:
    selection = queue_fill(project=every_kind, size=4, seed=3)
    assert selection_reproduces(selection=selection, size=4)
    selection.assignments.order_by("rank")[0].delete()
    assert not selection_reproduces(selection=selection, size=4)
