"""Batches, and the policies that they are drawn by."""

from __future__ import annotations

from typing import Any

import pytest

from inference.models import Exposure
from labeling.models import Assignment, Selection
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.audit.models import Event
from overread.projects.models import Project, Role
from overread.projects.services import membership_add
from tests.api.rooms import at, url
from tests.factories import make_champion, make_image, make_member, make_project, make_worth


@pytest.fixture
def drawn(project: Project) -> Selection:
    """A batch of six that a model chose, half of them an audit."""
    project.audit_share, project.auto_fill, project.strategy = 0.5, False, "margin"
    project.save()
    for _ in range(6):
        make_image(project)
    make_champion(project)
    batch = queue_fill(project=project, size=6, seed=7)
    assert batch
    return batch


def patch(user: User, project: Project, **policies: Any) -> Any:
    return at(user).patch(url("policies", project), policies, format="json")


def test_a_selection_tells_what_it_came_to(drawn: Selection, engineer: User) -> None:
    told = at(engineer).get(url("selections", drawn.project)).json()["results"][0]
    assert told["drawn"] == {"exploit": 3, "audit": 3}
    assert told["minutes"] is None and told["typical_minutes"] is None


def test_picks_say_why_each_case_is_there_and_that_it_was_told(drawn: Selection, engineer: User) -> None:
    told = at(engineer).get(url("selection-picks", drawn.project, drawn)).json()["results"]
    order = drawn.assignments.order_by("rank")
    assert [pick["assignment"] for pick in told] == [str(case.pk) for case in order]
    assert {pick["seed"] for pick in told} == {7}
    assert {(pick["arm"], pick["strategy"]) for pick in told} == {("exploit", "margin"), ("audit", "random")}
    assert all((pick["probability"] is None) == (pick["arm"] == "exploit") for pick in told)
    assert all("Model" in pick["reason"] for pick in told if pick["arm"] == "exploit")
    chosen = order.filter(purpose="exploit").values_list("image", flat=True)
    assert set(Exposure.objects.filter(user=engineer).values_list("image", flat=True)) == set(chosen)


def test_a_reason_that_cannot_be_put_on_record_is_not_told(project: Project, engineer: User) -> None:
    make_image(project)
    batch = queue_fill(project=project, size=1)
    assert batch and batch.assignments.update(reason="Model unsure on nodule 0.56")  # and no model has said so
    (pick,) = at(engineer).get(url("selection-picks", project, batch)).json()["results"]
    assert pick["reason"] == "" and not Exposure.objects.exists()


def test_whoever_reads_is_not_told_why_cases_wait(drawn: Selection, engineer: User) -> None:
    membership_add(project=drawn.project, user=engineer, role=Role.READER)
    assert at(engineer).get(url("selection-picks", drawn.project, drawn)).status_code == 403


def test_picks_of_another_project_are_not_found(drawn: Selection) -> None:
    other = make_project()
    engineer = make_member(other, Role.ML_ENGINEER)
    assert at(engineer).get(url("selection-picks", other, drawn)).status_code == 404
    assert at(engineer).get(url("selection-picks", drawn.project, drawn)).status_code == 404
    assert patch(engineer, drawn.project, batch_size=1).status_code == 404


def test_policies_are_changed_and_told_to_the_audit_log(project: Project, administrator: User) -> None:
    asked = {"strategy": "margin", "batch_size": 12, "gold_share": 0.1, "by_minutes": True, "quotas": {"nodule": 0.25}}
    changed = patch(administrator, project, **asked)
    assert changed.status_code == 200 and changed.json().items() >= asked.items()
    assert at(administrator).get(url("policies", project)).json() == changed.json()
    events = Event.objects.filter(verb="project.change").values_list("detail", flat=True)
    assert {field for event in events for field in event["changed"]} == {*asked, "quota"} - {"quotas"}


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"strategy": "os:system"}, 422, "strategy"),
        ({"strategy": ":"}, 422, "strategy"),
        ({"audit_share": 0.6, "gold_share": 0.6}, 422, "__all__"),
        ({"quotas": {"nothing": 0.1}, "batch_size": 9}, 422, "quota"),
        ({"quotas": {"nodule": 0.1}, "strategy": "magic"}, 422, "strategy"),
        ({"quotas": {"nodule": 2}}, 400, "quotas"),
        ({"batch_size": 10_001}, 400, "batch_size"),
        ({"patient_cap": 0}, 400, "patient_cap"),
        ({"recipe": {}}, 400, "recipe"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_changed(
    project: Project, administrator: User, wrong: dict[str, Any], status: int, field: str
) -> None:
    before = at(administrator).get(url("policies", project)).json()
    refused = patch(administrator, project, **wrong)
    assert refused.status_code == status and set(refused.json()["errors"]) == {field}
    assert at(administrator).get(url("policies", project)).json() == before


def test_engineers_see_the_policies_and_administrators_change_them(project: Project, engineer: User) -> None:
    assert at(engineer).get(url("policies", project)).json()["strategy"] == "uherding"
    assert patch(engineer, project, strategy="margin").status_code == 403


def test_a_strategy_that_cannot_be_asked_says_so(project: Project, engineer: User) -> None:
    Project.objects.filter(pk=project.pk).update(strategy="skactiveml.pool:MaxHerding")
    make_image(project)
    make_champion(project)
    failure = at(engineer).get(url("policies", project)).json()["strategy_failure"]
    assert "one finding" in failure["reason"] and failure["since"]
    assert Assignment.objects.filter(project=project, strategy="random").exists()


def test_a_strategy_that_a_report_put_aside_is_restored(project: Project, engineer: User) -> None:
    make_worth(project, "worse", fell_back=True)
    Project.objects.filter(pk=project.pk).update(strategy="random")
    assert at(engineer).post(url("worth-restore", project)).json()["strategy"] == "margin"
    assert at(engineer).post(url("worth-restore", project)).status_code == 409
