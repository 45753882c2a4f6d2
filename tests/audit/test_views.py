"""Every view of an image stands in the audit log, with who and whence, and none is lost with the process that served it."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from inference.models import Pipeline
from labeling.services.selection import queue_fill
from overread.archive.models import Image
from overread.audit.models import Event
from overread.audit.views import view_note, views_collect
from overread.projects.models import Project, Role
from tests.factories import make_champion, make_image, make_member, make_project, make_user

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path) -> Path:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    return tmp_path / "views"


@pytest.fixture
def image(project: Project) -> Image:
    return make_image(project)


def later_tick() -> int:
    """One that comes when what is set aside by now has settled."""
    return views_collect(settling=timedelta(seconds=-1))


def collected() -> list[Event]:
    """What two ticks bring into the log: the first sets aside."""
    assert views_collect() == 0
    later_tick()
    return list(Event.objects.filter(verb="image.view").order_by("pk"))


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("image", "page"),
        ("image-picture", "picture"),
        ("image-summary", "summary"),
        ("api:pixels", "full"),
        ("image-pixels", "half"),
    ],
)
def test_each_way_of_looking_at_an_image(
    project: Project, image: Image, client: Client, address: str, what: str
) -> None:
    member = make_member(project, Role.ADMINISTRATOR)
    client.force_login(member)
    args = [image.pk] if address == "image-pixels" else [project.slug, image.pk]
    args += [what] if "pixels" in address else []
    assert client.get(reverse(address, args=args), REMOTE_ADDR="10.1.2.3").status_code == 200
    (event,) = collected()
    assert (event.actor, event.target_id, event.detail["what"]) == (member, str(image.pk), what)
    assert event.detail["address"] == "10.1.2.3"
    assert len(event.detail["request"]) == 32
    assert "images" not in event.detail


def test_a_map_is_a_view_and_a_refusal_is_none(project: Project, image: Image, client: Client) -> None:
    champion: Pipeline = make_champion(project)
    queue_fill(project=project)
    member = make_member(project, Role.ML_ENGINEER)
    client.force_login(member)
    client.get(reverse("image", args=[project.slug, image.pk]))
    shown = client.get(reverse("image-overlay", args=[project.slug, image.pk, champion.number, "nodule"]))
    assert shown.status_code == 200
    missing = client.get(reverse("image-overlay", args=[project.slug, image.pk, 99, "nodule"]))
    assert missing.status_code == 404
    assert [event.detail["what"] for event in collected()] == ["page", "map"]


def test_the_thumbnails_of_a_list_are_one_event(project: Project, client: Client) -> None:
    images = [make_image(project) for _ in range(3)]
    member = make_member(project, Role.READER)
    client.force_login(member)
    for each in [*images, images[0]]:
        assert client.get(reverse("image-pixels", args=[each.pk, "thumb"])).status_code == 200
    (event,) = collected()
    assert event.detail["images"] == [str(each.pk) for each in images]


def test_thumbnails_of_two_projects_are_two_events(project: Project, image: Image) -> None:
    member, other = make_member(project, Role.READER), make_project()
    for each in [project, other, project]:
        view_note(user=member, image=image.pk, what="thumb", project=each.pk)
    assert [event.project_id for event in collected()] == [project.pk, other.pk]


def test_polling_is_no_view(project: Project, image: Image, client: Client) -> None:
    client.force_login(make_member(project, Role.READER))
    client.get(reverse("image", args=[project.slug, image.pk]), headers={"HX-Request": "true"})
    assert collected() == []


def test_a_view_outlives_its_process(project: Project, image: Image, folder: Path) -> None:
    """A process that is killed right after it has noted a view."""
    member = make_member(project, Role.READER)
    code = (
        "import os, signal, django; django.setup(); from types import SimpleNamespace as N; from uuid import UUID;"
        "from overread.audit.views import view_note;"
        f"view_note(user=N(pk={member.pk}), image=UUID('{image.pk}'), what='full'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    env = {"OVERREAD_DATA": str(folder.parent), "DJANGO_SETTINGS_MODULE": "config.settings"}
    env["PYTHONPATH"] = f"{ROOT / 'platform'}:{ROOT}"
    assert subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT).returncode == -9
    (event,) = collected()
    assert (event.actor, event.target_id) == (member, str(image.pk))


def test_what_is_written_while_others_are_collected_comes_next(project: Project, image: Image) -> None:
    member = make_member(project, Role.READER)
    view_note(user=member, image=image.pk, what="full")
    views_collect()
    view_note(user=member, image=image.pk, what="half")
    assert later_tick() == 1
    assert later_tick() == 1
    assert [event.detail["what"] for event in Event.objects.filter(verb="image.view").order_by("pk")] == [
        "full",
        "half",
    ]


def test_a_tick_leaves_what_another_has_just_set_aside(project: Project, image: Image) -> None:
    """Somebody who opened the file before may still be writing to it."""
    view_note(user=make_member(project, Role.READER), image=image.pk, what="full")
    assert views_collect() == views_collect() == 0
    assert later_tick() == 1


def test_two_ticks_collect_nothing_twice(project: Project, image: Image, folder: Path) -> None:
    """Another process is at it, and then dies."""
    view_note(user=make_member(project, Role.READER), image=image.pk, what="full")
    views_collect()
    with (folder / "lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert later_tick() == 0
    assert later_tick() == 1


def test_a_line_cut_short_hides_no_other(project: Project, image: Image, folder: Path) -> None:
    member = make_member(project, Role.READER)
    view_note(user=member, image=image.pk, what="full")
    with (folder / "notes").open("a") as notes:
        notes.write('{"at": "2026-')
    view_note(user=member, image=image.pk, what="half")
    assert [event.detail["what"] for event in collected()] == ["full", "half"]


def test_a_view_by_an_account_that_is_gone_stops_no_other(project: Project, image: Image) -> None:
    member, gone = make_member(project, Role.READER), make_user("gone")
    view_note(user=gone, image=image.pk, what="full")
    view_note(user=member, image=image.pk, what="half")
    number = gone.pk
    gone.delete()
    assert [(event.actor, event.detail.get("user")) for event in collected()] == [(None, number), (member, None)]
