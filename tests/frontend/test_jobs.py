"""The operator's jobs."""

from __future__ import annotations

import pytest
from django.urls import reverse

from overread.jobs.models import Job, State
from overread.jobs.services import job_enqueue
from tests import factories


@pytest.fixture
def operator(db):
    return factories.make_user("operator", is_staff=True)


@pytest.fixture
def job(project):
    return job_enqueue(kind="labeling.fill", key="fill-1", project=project.pk, of=project.pk)


def look(client, user, name="jobs", *args, **asked):
    client.force_login(user)
    response = client.get(reverse(name, args=args), asked)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("who", ["engineer", "administrator"])
def test_members_are_not_operators(client, job, who, request):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("jobs")).status_code == 403
    assert client.post(reverse("job-cancel", args=[job.pk])).status_code == 403


@pytest.mark.parametrize("name", ["jobs", "audit-log"])
def test_a_link_leads_back_to_the_projects(client, operator, name):
    assert f'<a href="{reverse("home")}?all">Projects</a>' in look(client, operator, name)


def test_nobody_is_sent_to_sign_in(client, db):
    assert client.get(reverse("jobs")).status_code == 302


def test_no_job_yet(client, operator):
    page = look(client, operator)
    assert "No job yet." in page
    assert "No worker did anything" in page


def test_dead_jobs_stand_on_top(client, operator, job):
    Job.objects.update(state=State.DEAD, error="KeyError: 'columns'")
    page = look(client, operator)
    assert "1 job gave up" in page
    assert page.index("gave up") < page.index("All jobs")
    assert "KeyError: &#x27;columns&#x27;" in page


def test_jobs_are_filtered(client, operator, job):
    assert "labeling.fill</a>" in look(client, operator, state="queued", kind="labeling.fill")
    assert "No job matches." in look(client, operator, state="done")


def test_a_waiting_job_is_asked_for_again(client, operator, job, project):
    page = look(client, operator, "job", job.pk)
    assert "hx-get" in page
    assert project.name in page
    assert "Cancel job" in page


def test_the_live_part_ends_with_the_job(client, operator, job):
    Job.objects.update(state=State.DONE)
    client.force_login(operator)
    assert client.get(reverse("job", args=[job.pk]), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_cancel_and_retry(client, operator, job):
    client.force_login(operator)
    client.post(reverse("job-cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == State.CANCELLED
    page = client.post(reverse("job-retry", args=[job.pk]), follow=True).content.decode()
    job.refresh_from_db()
    assert job.state == State.QUEUED
    assert "waits again" in page


def test_a_job_that_is_over_is_not_cancelled(client, operator, job):
    Job.objects.update(state=State.DONE)
    client.force_login(operator)
    page = client.post(reverse("job-cancel", args=[job.pk]), follow=True).content.decode()
    assert "was over already" in page


def test_progress_is_shown(client, operator, job):
    Job.objects.update(progress={"done": 12, "total": 96})
    assert '<progress max="96" value="12"' in look(client, operator, "job", job.pk)
