"""A dotted path that cannot be asked: refused where that can be told, drawn at random in its stead where not."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from labeling.models import Assignment, Purpose, Selection, StrategyFailure
from labeling.queries.selections import strategy_failure
from labeling.services.selection import queue_fill, queue_reorder, selection_reproduces, strategy_check
from labeling.services.selection.strategy import StrategyFailed, strategy_of
from labeling.services.worth import worths_due
from overread.accounts.models import User
from overread.audit.models import Event
from overread.jobs.models import Job, State
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.factories import make_champion, make_image
from tests.labeling.test_worth import read_and_embedded

ONE_FINDING = "skactiveml.pool:MaxHerding"  # the project has two
NOWHERE = "modAL.nowhere:all"


@pytest.fixture
def failing(project: Project) -> Project:
    """Four images, a model in use, and a strategy that cannot be asked of two findings; the queue filled."""
    Project.objects.filter(pk=project.pk).update(strategy=ONE_FINDING)
    project.refresh_from_db()
    for _ in range(4):
        make_image(project)
    make_champion(project)
    return project


@pytest.mark.parametrize(
    "path", [":", "modAL:", ":all", "modAL.uncertainty:_private", "modAL._x:y", "modAL:a.b", "a b:c"]
)
def test_what_is_no_dotted_path_is_refused(path: str) -> None:
    with pytest.raises(ValidationError, match="is not a dotted path"):
        strategy_check(path)


@pytest.mark.parametrize("path", ["os:system", "nowhere.at:all", "modALike:system"])
def test_a_library_that_nobody_allowed_is_refused_and_never_imported(path: str) -> None:
    with pytest.raises(ValidationError, match="not in a library"):
        strategy_check(path)
    with pytest.raises(StrategyFailed, match="not in a library"):
        strategy_of(path)(None, 1, rng=None)  # type: ignore[arg-type]


def test_whoever_runs_the_machine_may_allow_a_module(settings: object) -> None:
    settings.STRATEGY_MODULES = ["ours.strategies"]  # type: ignore[attr-defined]
    strategy_check("ours.strategies:best")
    strategy_check("ours.strategies.late:best")
    with pytest.raises(ValidationError):
        strategy_check("ours:best")


def test_a_strategy_that_cannot_be_asked_is_replaced_by_random_order_and_said_so(failing: Project) -> None:
    assert Assignment.objects.filter(project=failing, purpose=Purpose.EXPLOIT, strategy="random").count() == 4
    assert Selection.objects.get(project=failing).strategy == "random"
    failure = strategy_failure(failing)
    assert failure and failure.reason.startswith(ONE_FINDING) and "one finding" in failure.reason
    assert not Job.objects.filter(state=State.DEAD).exists()


def test_it_is_told_to_the_audit_log_once(failing: Project) -> None:
    for _ in range(3):
        queue_reorder(project=failing)
    assert Event.objects.get(verb="strategy.fail").detail["strategy"] == ONE_FINDING


def test_what_waits_keeps_its_place_while_the_strategy_fails(failing: Project) -> None:
    before = list(Assignment.objects.order_by("rank").values_list("pk", "score"))
    assert queue_reorder(project=failing) == 0
    assert list(Assignment.objects.order_by("rank").values_list("pk", "score")) == before


def test_the_draw_in_its_stead_is_what_random_draws(failing: Project) -> None:
    Assignment.objects.update(state=Assignment.State.WITHDRAWN, purpose=Purpose.SINGLE)
    batch = queue_fill(project=failing, size=3, seed=7)
    assert batch and selection_reproduces(selection=batch, size=3)
    failing.strategy = "random"
    assert selection_reproduces(selection=batch, size=3)


def test_it_is_forgotten_once_the_strategy_works_or_is_another(failing: Project) -> None:
    Project.objects.filter(pk=failing.pk).update(strategy="margin")
    assert strategy_failure(Project.objects.get(pk=failing.pk)) is None
    working = "modAL.multilabel:avg_confidence"
    StrategyFailure.objects.update(strategy=working)
    Project.objects.filter(pk=failing.pk).update(strategy=working)
    queue_reorder(project=Project.objects.get(pk=failing.pk))
    assert not StrategyFailure.objects.exists()


def test_a_report_that_cannot_be_made_says_why_and_is_not_asked_for_every_minute(project: Project) -> None:
    read_and_embedded(project, 60)
    Project.objects.filter(pk=project.pk).update(strategy=NOWHERE)
    for _ in range(2):
        worths_due()
        run_all()
    job = Job.objects.get(kind="labeling.worth")
    assert job.state == State.DEAD and job.attempts == 1 and NOWHERE in job.error


@pytest.mark.parametrize("page", ["project-settings", "project-worth", "project-training"])
def test_the_pages_say_why(client: object, failing: Project, administrator: User, page: str) -> None:
    client.force_login(administrator)  # type: ignore[attr-defined]
    shown = client.get(reverse(page, args=[failing.slug])).content.decode()  # type: ignore[attr-defined]
    assert "batches are drawn at random" in shown and "one finding" in shown
