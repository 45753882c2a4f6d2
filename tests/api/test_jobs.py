"""The job table, for operators."""

import pytest

from overread.accounts.models import User
from overread.jobs.models import Job, State
from overread.jobs.services import job_enqueue_once
from overread.projects.models import Project
from tests.api.rooms import at, url
from tests.factories import make_user


@pytest.fixture
def operator(db: None) -> User:
    return make_user("operator", is_staff=True)


@pytest.fixture
def job(project: Project) -> Job:
    return job_enqueue_once(kind="labeling.fill", project=project.pk, of=project.pk)


def test_operators_see_every_job(operator: User, job: Job) -> None:
    told = at(operator).get(url("jobs")).json()["results"][0]
    assert told["id"] == str(job.pk) and told["state"] == "queued" and "arguments" not in told


def test_jobs_are_filtered(operator: User, job: Job) -> None:
    for query, count in (({"state": "queued"}, 1), ({"queue": "io"}, 0), ({"kind": "labeling.fill"}, 1)):
        assert len(at(operator).get(url("jobs"), query).json()["results"]) == count


def test_a_dead_job_is_tried_again(operator: User, job: Job) -> None:
    Job.objects.update(state=State.DEAD, error="broken")
    assert at(operator).post(url("job-retry", job)).json()["state"] == "queued"
    assert at(operator).post(url("job-retry", job)).status_code == 409


def test_a_job_is_cancelled_once(operator: User, job: Job) -> None:
    assert at(operator).post(url("job-cancel", job)).json()["state"] == "cancelled"
    assert at(operator).post(url("job-cancel", job)).status_code == 409


def test_an_administrator_of_a_project_is_no_operator(administrator: User, job: Job) -> None:
    assert at(administrator).get(url("jobs")).status_code == 403
    assert at(administrator).post(url("job-cancel", job)).status_code == 403
