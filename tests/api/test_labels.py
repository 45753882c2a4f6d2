"""Labels and selections."""

import pytest
from django.utils import timezone

from labeling.models import ReferenceLabel, Selection
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.jobs.models import Job
from overread.projects.models import Project
from tests.api.rooms import at, make_labelled, url
from tests.factories import make_image, make_read
from training.models import DatasetImport, DatasetRow


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


def test_every_label_is_on_one_page_while_readers_work(project: Project, engineer: User) -> None:
    make_labelled(project)
    kept = set(ReferenceLabel.objects.values_list("pk", flat=True))
    seen, address = [], url("labels", project) + "?page_size=2"
    while address:
        page = at(engineer).get(address).json()
        seen += [row["id"] for row in page["results"]]
        # What a reader's answer does: the label is derived anew, and its moment moves.
        ReferenceLabel.objects.filter(pk__in=seen[-1:]).update(updated_at=timezone.now())
        ReferenceLabel.objects.filter(pk=max(kept)).update(updated_at=timezone.now())
        address = page["next"]
    assert len(seen) == len(set(seen)) and set(seen) == kept


def test_a_label_names_its_file_and_line(project: Project, engineer: User) -> None:
    images = make_labelled(project)
    dataset = DatasetImport.objects.create(project=project, sha256="0" * 64, name="Set")
    DatasetRow.objects.create(dataset=dataset, image=images[0], number=12, file="a/0001.png")
    told = {row["image"]: row for row in at(engineer).get(url("labels", project)).json()["results"]}
    first, second = told[str(images[0].pk)], told[str(images[1].pk)]
    assert (first["file"], first["line"]) == ("a/0001.png", 12)
    assert (second["file"], second["line"]) == (None, None)


@pytest.mark.parametrize("name", ["labels", "images", "runs", "exports", "snapshots", "models", "reads"])
def test_a_filter_that_there_is_not_is_refused(project: Project, engineer: User, name: str) -> None:
    answer = at(engineer).get(url(name, project), {"findings": "nodule"})
    assert answer.status_code == 400
    assert "There are" in answer.json()["errors"]["findings"][0]
