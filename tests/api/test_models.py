"""Models, verdicts, and the decision behind them."""

import pytest

from inference.models import Champion, Promotion
from overread.accounts.models import User
from overread.jobs.models import Job, State
from overread.projects.models import Project
from tests.api.rooms import at, make_verdict, url
from tests.factories import make_champion, make_pipeline, make_project


def test_models_say_which_is_in_use(project: Project, reader: User) -> None:
    make_champion(project)
    make_pipeline(project)
    listed = at(reader).get(url("models", project)).json()["results"]
    assert [(one["number"], one["in_use"]) for one in listed] == [(2, False), (1, True)]


def test_a_model_shows_its_card_and_its_record(project: Project, reader: User) -> None:
    make_champion(project)
    told = at(reader).get(url("model", project, 1)).json()
    assert told["card"]["architecture"] == told["architecture"] == "small_cnn"
    assert told["promotions"][0]["rollback"] is False


def test_a_model_of_another_project_is_not_there(project: Project, reader: User) -> None:
    make_pipeline(make_project())
    assert at(reader).get(url("model", project, 1)).status_code == 404


def test_a_verdict_tells_its_report(project: Project, engineer: User) -> None:
    verdict = make_verdict(project, make_pipeline(project))
    listed = at(engineer).get(url("verdicts", project)).json()["results"]
    assert listed[0]["challenger"] == 1 and listed[0]["champion"] is None and "report" not in listed[0]
    assert at(engineer).get(url("verdict", project, verdict)).json()["report"]["passed"] is True


def test_a_person_signs_a_passed_verdict(project: Project, engineer: User) -> None:
    verdict = make_verdict(project, make_pipeline(project))
    signed = at(engineer).post(url("verdict-promote", project, verdict), {"reason": "Better."}, format="json")
    assert signed.status_code == 201 and signed.json()["signed_by"] == str(engineer)
    assert Champion.objects.get(project=project).pipeline == verdict.challenger


def test_a_closed_gate_says_why(project: Project, engineer: User) -> None:
    verdict = make_verdict(project, make_pipeline(project), passed=False)
    refused = at(engineer).post(url("verdict-promote", project, verdict))
    assert refused.status_code == 409 and "not passed" in refused.json()["detail"]


def test_a_champion_that_moved_is_a_conflict(project: Project, engineer: User) -> None:
    verdict = make_verdict(project, make_pipeline(project))
    make_champion(project, seed=1)
    refused = at(engineer).post(url("verdict-promote", project, verdict))
    assert refused.status_code == 409 and Promotion.objects.count() == 1


@pytest.mark.parametrize(("body", "status"), [({}, 400), ({"reason": " "}, 400), ({"reason": "Missed two."}, 201)])
def test_rolling_back_needs_a_reason(project: Project, engineer: User, body: dict[str, str], status: int) -> None:
    make_champion(project)
    make_champion(project, seed=1)
    answer = at(engineer).post(url("model-roll-back", project, 1), body, format="json")
    assert answer.status_code == status


def test_a_model_that_was_never_in_use_is_not_rolled_back_to(project: Project, engineer: User) -> None:
    make_champion(project)
    make_pipeline(project)
    refused = at(engineer).post(url("model-roll-back", project, 2), {"reason": "Try."}, format="json")
    assert refused.status_code == 409 and "in use before" in refused.json()["detail"]


def test_the_gate_is_asked_once_at_a_time(project: Project, engineer: User) -> None:
    pipeline = make_pipeline(project)
    told = at(engineer).post(url("model-judge", project, 1))
    job = Job.objects.get(kind="training.judge")
    assert told.status_code == 202 and told.json()["id"] == str(job.pk) and told.json()["state"] == "queued"
    assert job.arguments == {"pipeline": str(pipeline.pk)} and job.requested_by == engineer
    refused = at(engineer).post(url("model-judge", project, 1))
    assert refused.status_code == 409 and refused.json()["detail"] == "The gate is being run already."
    Job.objects.update(state=State.DONE)
    assert at(engineer).post(url("model-judge", project, 1)).status_code == 202


def test_the_model_in_use_is_not_judged(project: Project, engineer: User) -> None:
    make_champion(project)
    refused = at(engineer).post(url("model-judge", project, 1))
    assert refused.status_code == 409 and "nothing to compare it with" in refused.json()["detail"]
    assert not Job.objects.filter(kind="training.judge").exists()


def test_a_model_of_another_project_is_not_judged(project: Project, engineer: User) -> None:
    make_pipeline(make_project())
    assert at(engineer).post(url("model-judge", project, 1)).status_code == 404
