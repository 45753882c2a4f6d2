"""The training page: runs, their progress, starting and cancelling."""

from __future__ import annotations

import contextlib
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from frontend.pages.training import words
from frontend.pages.training.forms import StartForm
from labeling.models import ReferenceLabel
from overread.accounts.models import User
from overread.jobs.models import Job
from overread.projects.models import Project
from tests import factories
from training.models import Epoch, Run, Snapshot
from training.services import NothingToLearn, snapshot_create


def make_run(project: Project, **fields: object) -> Run:
    """A run on a small snapshot, as the services leave it."""
    number = Run.objects.filter(project=project).count() + 1
    snapshot = Snapshot.objects.create(
        project=project,
        number=number,
        sha256=f"{number:064x}",
        findings=[{"slug": "effusion", "name": "Effusion", "kind": "binary", "options": [], "unit": ""}],
        images=30,
        patients=20,
        labels=30,
        counts={
            "splits": {"train": 20, "validation": 5, "calibration": 5},
            "findings": {"effusion": {"1": 12, "0": 18}},
        },
    )
    recipe = {"architecture": "small_cnn", "size": 96, "epochs": 10, "batch": 32, "initial": ""}
    chosen = {"trigger": "labels", "why": "40 new reads", "recipe": recipe, "snapshot": snapshot, **fields}
    return Run.objects.create(project=project, number=number, **chosen)


def running(project: Project, **progress: object) -> Run:
    run = make_run(project, state=Run.State.RUNNING, progress=progress, started_at=timezone.now())
    Job.objects.create(
        kind="training.run", key=f"training.run:{run.pk}", queue="training", project_id=project.pk,
        run_after=timezone.now(), arguments={"run": str(run.pk)},
    )  # fmt: skip
    return run


def look(client: Client, url: str, user: User) -> str:
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def at(project: Project, name: str = "project-training", *args: object) -> str:
    return reverse(name, args=[project.slug, *args])


@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("stranger", 404), ("engineer", 200)])
def test_who_may_look(client, project, who, status, request):
    client.force_login(request.getfixturevalue(who))
    assert client.get(at(project)).status_code == status


def test_no_run_yet(client, project, engineer):
    page = look(client, at(project), engineer)
    assert "No run yet." in page
    assert "Start a run" in page
    assert "No automatic run" in page


def test_a_run_shows_why_and_on_what(client, project, engineer):
    make_run(project, state=Run.State.FINISHED)
    page = look(client, at(project), engineer)
    assert "40 new reads" in page
    assert "30 of 20 patients" in page
    assert "12 present, 18 absent" in page
    assert "hx-get" not in page, "a finished run is not asked for again"


def test_an_active_run_is_asked_for_every_second(client, project, engineer):
    run = running(project, stage="training", epoch=3, epochs=10, step=5, steps=10, seconds=20.0)
    page = look(client, at(project), engineer)
    assert f'hx-get="{at(project, "run-live", run.number)}"' in page
    assert "Epoch 3 of 10" in page
    assert 'value="25.0"' in page
    assert "popovertarget" not in page.split("<main")[1].split("</main>")[0], "no second run beside it"


LIMITED = {"architecture": "small_cnn", "size": 96, "epochs": 100, "batch": 32, "initial": "", "time_limit_s": 40.0}


@pytest.mark.parametrize(
    ("recipe", "epochs", "said"),
    [({}, 10, "Epoch 1 of 10"), (LIMITED, 100, "Epoch 1 of at most 100"), (LIMITED, 15, "Epoch 1 of about 15")],
)
def test_under_a_time_limit_the_total_is_an_estimate(project, recipe, epochs, said):
    run = running(project, stage="training", epoch=1, epochs=epochs, step=1, steps=4, seconds=1.0)
    run.recipe |= recipe
    assert words.stage(run)[0] == said


def epochs_of(run: Run, count: int, pace: float) -> None:
    for number in range(1, count + 1):
        Epoch.objects.create(run=run, number=number, train_loss=0.6, seconds=pace * number)


def test_a_run_that_its_time_limit_ended_says_so_on_its_page_and_in_the_list(client, project, engineer):
    epochs_of(make_run(project, state=Run.State.FINISHED, recipe=LIMITED), 16, 2.4)
    page = look(client, at(project), engineer)
    assert "40 s of training; it ended this run after 16 of 100 epochs" in page
    assert "16 of 100 epochs, time limit 40 s" in page


@pytest.mark.parametrize("recipe", [{"epochs": 16}, {"time_limit_s": 0.0}, {"patience": 5}])
def test_a_run_that_ended_for_another_reason_does_not_blame_the_limit(client, project, engineer, recipe):
    epochs_of(make_run(project, state=Run.State.FINISHED, recipe=LIMITED | recipe), 16, 1.0)
    assert "ended this run" not in look(client, at(project), engineer)


def test_the_time_limit_is_asked_for_beside_the_epochs(client, project, engineer):
    project.recipe = {"time_limit_s": 40.0}
    project.save()
    assert (
        'value="40.0"' in look(client, at(project), engineer).split('id="start-time_limit_s"')[0].rsplit("<input", 1)[1]
    )


def test_loading_images_is_progress_too(client, project, engineer):
    run = running(project, stage="loading", done=6, total=30)
    assert "Loading images: 6 of 30" in look(client, at(project, "run-live", run.number), engineer)


def test_epochs_become_curves_and_a_log(client, project, engineer):
    run = running(project, stage="training", epoch=2, epochs=10, step=10, steps=10, seconds=20.0)
    for number, area in ((1, 0.71), (2, 0.83)):
        Epoch.objects.create(
            run=run, number=number, train_loss=0.6, validation_loss=0.5, validation_auroc=area, seconds=10 * number
        )
    page = look(client, at(project, "run-live", run.number), engineer)
    assert "Validation AUROC per epoch: last 0.830, best 0.830 at epoch 2" in page
    assert "AUROC <b>0.830</b>" in page


def test_the_live_part_ends_with_the_run(client, project, engineer):
    run = make_run(project, state=Run.State.FINISHED)
    client.force_login(engineer)
    response = client.get(at(project, "run-live", run.number))
    assert response["HX-Refresh"] == "true"


def test_a_failed_run_says_what_happened_and_what_stays(client, project, engineer):
    make_run(project, state=Run.State.FAILED, error="No space left on the disk.")
    page = look(client, at(project), engineer)
    assert "Run failed before the first epoch." in page
    assert "No space left on the disk." in page
    assert "The model in use stays in use." in page


def post(client: Client, project: Project, **fields: object) -> object:
    return client.post(
        at(project), {"architecture": "small_cnn", "size": 96, "epochs": 7, "batch": 16, "time_limit_s": 0, **fields}
    )


def test_nothing_to_learn_keeps_what_was_typed(client, project, engineer):
    client.force_login(engineer)
    response = post(client, project)
    assert "leave no patient for train" in response.content.decode()
    assert 'value="7"' in response.content.decode()
    assert not Run.objects.exists()


def test_a_second_run_is_refused(client, project, engineer):
    running(project)
    client.force_login(engineer)
    response = post(client, project)
    assert "Run 1 is running." in response.content.decode()


def test_a_bad_recipe_is_said_beside_its_field(client, project, engineer):
    client.force_login(engineer)
    response = post(client, project, epochs=0)
    page = response.content.decode()
    assert "id_epochs_error" in page
    assert 'aria-invalid="true"' in page


def test_a_network_of_timms_is_taken_by_its_name(project):
    filled = {"architecture": "timm:resnet18", "size": "96", "epochs": "10", "batch": "32", "time_limit_s": "0"}
    form = StartForm(QueryDict(urlencode(filled)), project=project)
    assert form.is_valid() and form.overrides["architecture"] == "timm:resnet18"
    assert '<option value="small_cnn">' in str(form["architecture"])
    misspelt = StartForm(QueryDict(urlencode(filled | {"architecture": "timm:resnet19"})), project=project)
    assert "no network of that name" in str(misspelt.errors["architecture"])


def test_a_network_that_is_no_longer_allowed_leaves_the_page_as_it_is(client, project, engineer):
    project.recipe = {"architecture": "ours.networks"}
    project.save()
    client.force_login(engineer)
    assert 'value="ours.networks"' in client.get(at(project)).content.decode()


def test_readers_start_nothing(client, project, reader):
    client.force_login(reader)
    assert post(client, project).status_code == 403


def test_a_run_starts_with_its_fields(client, engineer, learnable):
    client.force_login(engineer)
    response = post(client, learnable)
    run = Run.objects.get()
    assert response.status_code == 302
    assert (run.recipe["epochs"], run.recipe["batch"], run.trigger) == (7, 16, "button")
    assert run.requested_by == engineer


@pytest.fixture
def learnable(project):
    """A project whose images carry labels enough for every split."""
    finding = project.findings.first()
    for row in range(80):
        image = factories.make_image(project)
        ReferenceLabel.objects.create(
            project=project, image=image, finding=finding, exposure="none", origin="read", value=row % 2
        )
        with contextlib.suppress(NothingToLearn):
            snapshot_create(project=project)
            return project
    raise AssertionError("eighty patients fill every split")


def test_cancelling_stops_the_run_and_its_job(client, project, engineer):
    run = running(project)
    client.force_login(engineer)
    response = client.post(at(project, "run-cancel", run.number), follow=True)
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    assert "Run 1 is cancelled." in response.content.decode()


def test_cancelling_what_is_over_says_so(client, project, engineer):
    run = make_run(project, state=Run.State.FINISHED)
    client.force_login(engineer)
    assert "was over already" in client.post(at(project, "run-cancel", run.number), follow=True).content.decode()


def test_policies_say_when_the_next_run_comes(project):
    project.retrain_labels = 40
    assert words.next_run(project, None) == "Next automatic run: after 40 more reads."
    project.retrain_hours = 24
    assert words.next_run(project, None).startswith("Next automatic run: after 40 more reads or in 2")


@pytest.mark.parametrize(("seconds", "said"), [(42, "42 s"), (130, "2 min 10 s"), (6480, "1 h 48 min")])
def test_durations(seconds, said):
    assert words.duration(seconds) == said


def test_a_time_limit_left_as_it_is_follows_the_network(project):
    project.recipe = {"time_limit_s": 40.0, "architecture": "small_cnn", "size": 96}
    filled = {"architecture": "resnet18", "size": "224", "epochs": "20", "batch": "16", "time_limit_s": "40.0"}

    def limit(**fields: str) -> object:
        form = StartForm(QueryDict(urlencode(filled | fields)), project=project)
        assert form.is_valid(), form.errors
        return form.overrides.get("time_limit_s", 40.0)

    assert limit() == 0, "nobody knows yet what it takes"
    assert limit(architecture="small_cnn", size="96") == 40, "the project's own network keeps the project's limit"
    assert limit(time_limit_s="90") == 90, "what was typed stands"
    run = make_run(project, recipe={"architecture": "resnet18", "size": 224, "epochs": 4, "time_limit_s": 0.0})
    for number in (1, 2):
        Epoch.objects.create(run=run, number=number, train_loss=0.6, seconds=30.0 * number)
    assert limit() == 900, "twenty epochs of half a minute, and half as much to spare"
