"""Snapshots and runs."""

from overread.accounts.models import User
from overread.jobs.models import Job
from overread.projects.models import Project
from tests.api.rooms import at, make_labelled, url
from tests.factories import make_project
from training.models import Epoch, Run


def test_a_snapshot_is_made_once(project: Project, engineer: User) -> None:
    make_labelled(project)
    first, second = (at(engineer).post(url("snapshots", project)) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json() and first.json()["images"] == 4
    assert at(engineer).get(url("snapshot", project, 1)).json()["counts"]["splits"]["train"] == 2


def test_a_snapshot_lists_its_items(project: Project, engineer: User) -> None:
    images = make_labelled(project)
    at(engineer).post(url("snapshots", project))
    page = at(engineer).get(url("snapshot-items", project, 1), {"page_size": 3}).json()
    more = at(engineer).get(page["next"]).json()
    assert {one["image"] for one in page["results"] + more["results"]} == {str(image.pk) for image in images}
    assert page["results"][0]["patient"].startswith("PX-")


def test_nothing_to_learn_from_is_said(project: Project, engineer: User) -> None:
    for name in ("snapshots", "runs"):
        refused = at(engineer).post(url(name, project))
        assert refused.status_code == 422 and refused.json()["title"] == "Nothing to learn from yet."


def test_a_run_is_asked_for(project: Project, engineer: User) -> None:
    make_labelled(project)
    told = at(engineer).post(url("runs", project), {"epochs": 3, "size": 32}, format="json")
    assert told.status_code == 201 and told.json()["state"] == "queued" and told.json()["trigger"] == "rest"
    assert told.json()["recipe"]["epochs"] == 3 and told.json()["requested_by"] == str(engineer)
    assert Job.objects.filter(kind="training.run").count() == 1


def test_one_run_at_a_time(project: Project, engineer: User) -> None:
    make_labelled(project)
    at(engineer).post(url("runs", project))
    refused = at(engineer).post(url("runs", project))
    assert refused.status_code == 409 and refused.json()["run"] == 1 and Run.objects.count() == 1


def test_a_recipe_that_does_not_fit_is_refused(project: Project, engineer: User) -> None:
    make_labelled(project)
    for recipe, status in (
        ({"epochs": 0}, 422),
        ({"architecture": "os"}, 422),
        ({"epochs": "many"}, 400),
        ({"layers": 3}, 400),
        ({"initial": "file:/etc/passwd", "initial_sha256": "0" * 64}, 400),
    ):
        assert at(engineer).post(url("runs", project), recipe, format="json").status_code == status
    assert not Run.objects.exists()


def test_a_run_tells_its_epochs(project: Project, engineer: User) -> None:
    make_labelled(project)
    at(engineer).post(url("runs", project))
    Epoch.objects.create(run=Run.objects.get(), number=1, train_loss=0.5, seconds=1.0)
    assert at(engineer).get(url("run", project, 1)).json()["epochs"][0]["train_loss"] == 0.5
    assert "epochs" not in at(engineer).get(url("runs", project)).json()["results"][0]


def test_cancelling_twice_changes_nothing(project: Project, engineer: User) -> None:
    make_labelled(project)
    at(engineer).post(url("runs", project))
    for _ in range(2):
        stopped = at(engineer).post(url("run-cancel", project, 1))
        assert stopped.status_code == 200 and stopped.json()["state"] == "cancelled"
    Run.objects.update(state=Run.State.FINISHED)
    assert at(engineer).post(url("run-cancel", project, 1)).status_code == 409


def test_a_run_of_another_project_is_not_there(project: Project, engineer: User) -> None:
    make_labelled(project)
    at(engineer).post(url("runs", project))
    from overread.projects.models import Role
    from overread.projects.services import membership_add

    other = make_project()
    membership_add(project=other, user=engineer, role=Role.ML_ENGINEER)
    assert at(engineer).get(url("run", other, 1)).status_code == 404
