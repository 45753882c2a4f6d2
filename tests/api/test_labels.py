"""Labels and selections."""

from labeling.models import Selection
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.jobs.models import Job
from overread.projects.models import Project
from tests.api.rooms import at, make_labelled, url
from tests.factories import make_image, make_read


def test_a_read_becomes_labels(project: Project, reader: User, engineer: User) -> None:
    image = make_image(project)
    queue_fill(project=project)
    make_read(project, reader, "present")
    listed = at(engineer).get(url("labels", project)).json()["results"]
    assert {(one["image"], one["finding"], one["value"], one["origin"]) for one in listed} == {
        (str(image.pk), slug, 1.0, "read") for slug in ("effusion", "nodule")
    }


def test_labels_are_filtered(project: Project, engineer: User) -> None:
    images = make_labelled(project)
    for query, count in (
        ({"finding": "nodule"}, 4),
        ({"image": str(images[0].pk)}, 2),
        ({"origin": "imported", "exposure": "none"}, 8),
        ({"origin": "read"}, 0),
        ({"exposure": "shown"}, 0),
    ):
        assert len(at(engineer).get(url("labels", project), query).json()["results"]) == count


def test_a_selection_is_listed(project: Project, engineer: User) -> None:
    make_image(project)
    queue_fill(project=project, seed=7)
    told = at(engineer).get(url("selections", project)).json()["results"][0]
    assert told["seed"] == 7 and told["model"] is None and told["strategy"] == "uherding"


def test_a_selection_asked_for_twice_is_one_job(project: Project, engineer: User) -> None:
    first, second = (at(engineer).post(url("selections", project)) for _ in range(2))
    assert first.status_code == 202 and first.json()["id"] == second.json()["id"]
    assert Job.objects.get().kind == "labeling.fill" and not Selection.objects.exists()
