"""The reading page's own addresses, without a browser."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from inference.models import Exposure
from labeling.models import Assignment, Read
from labeling.services import assignment_open_single
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.jobs.running import run_all
from overread.projects.models import BlindFirst, Project, Role
from tests.factories import make_champion, make_image, make_member


@pytest.fixture
def site(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


@pytest.fixture
def case(project: Project, reader: User) -> Assignment:
    image = make_image(project)
    make_champion(project)
    return assignment_open_single(project=project, image=image, reader=reader)


@pytest.fixture
def blind_case(project: Project, reader: User) -> Assignment:
    project.blind_first = BlindFirst.ALWAYS
    project.save()
    image = make_image(project)
    make_champion(project)
    return assignment_open_single(project=project, image=image, reader=reader)


def address(name: str, case: Assignment, *rest: str) -> str:
    return reverse(f"read{name}", args=[case.project.slug, case.pk, *rest])


def body(value: str = "absent", **fields: Any) -> dict[str, Any]:
    answers = {slug: {"value": value} for slug in ("effusion", "nodule")}
    return {
        "key": str(uuid4()),
        "version": 1,
        "answers": answers,
        "regions": [],
        "comment": "",
        "active_ms": 900,
        "level": "full",
    } | fields


def post(site: Client, url: str, data: dict[str, Any]) -> Any:
    return site.post(url, json.dumps(data), content_type="application/json")


def test_an_open_case_shows_the_model_and_records_it(site: Client, case: Assignment, reader: User) -> None:
    page = site.get(address("", case))
    assert page.status_code == 200 and "model 1" in page.content.decode()
    assert Exposure.objects.filter(user=reader, image=case.image).count() == 1


def test_without_a_model_the_page_says_so(site: Client, project: Project, reader: User) -> None:
    case = assignment_open_single(project=project, image=make_image(project), reader=reader)
    assert "There is no model yet. Read as usual." in site.get(address("", case)).content.decode()


def test_a_suggestion_still_being_made_is_told(site: Client, case: Assignment, project: Project, reader: User) -> None:
    late = assignment_open_single(project=project, image=make_image(project, ready=False), reader=reader)
    run_all(queues=("io",))
    page = site.get(address("", late)).content.decode()
    assert "still being made" in page and "no model" not in page


def test_nothing_speaks_of_what_cannot_be_done(site: Client, case: Assignment) -> None:
    assert "Escalate" not in site.get(address("", case)).content.decode()


def test_a_stored_read_brings_the_next_case(site: Client, case: Assignment, project: Project) -> None:
    site.get(address("", case))
    answer = post(site, address("-submit", case), body())
    assert answer.status_code == 201
    turn = answer.json()
    assert turn["saved"]["read"] == str(Read.objects.get().pk)
    assert turn["case"] is None and "Queue finished" in turn["finished"]


def test_a_blind_case_carries_nothing_of_the_model(site: Client, blind_case: Assignment, reader: User) -> None:
    page = site.get(address("", blind_case)).content.decode()
    assert "model 1" not in page and "map_url&quot;: &quot;" not in page and '"map_url": "' not in page
    assert site.get(address("-map", blind_case, "nodule")).status_code == 404
    assert not Exposure.objects.filter(user=reader).exists()


def test_after_the_blind_read_the_model_is_revealed(site: Client, blind_case: Assignment, reader: User) -> None:
    turn = post(site, address("-submit", blind_case), body()).json()
    assert turn["case"]["assignment"] == str(blind_case.pk) and turn["case"]["state"] == "revealed"
    assert "model 1" in turn["panel"]
    cells = site.get(address("-map", blind_case, "nodule"))
    assert cells.status_code == 200 and len(cells.content) == int(cells["X-Map-Rows"]) * int(cells["X-Map-Columns"])
    assert post(site, address("-submit", blind_case), body("present")).json()["case"] is None


def test_the_image_page_of_a_blind_case_keeps_silent(site: Client, blind_case: Assignment, project: Project) -> None:
    page = site.get(reverse("image", args=[project.slug, blind_case.image_id])).content.decode()
    assert "model 1" not in page and "Read it first" in page


def test_a_missing_answer_is_told_by_finding(site: Client, case: Assignment) -> None:
    answer = post(site, address("-submit", case), body(answers={"effusion": {"value": "absent"}}))
    assert answer.status_code == 422 and set(answer.json()["errors"]) == {"nodule"}


def test_an_answer_that_its_region_contradicts_is_told_by_finding(site: Client, case: Assignment) -> None:
    region = {"finding": "nodule", "kind": "box", "points": [[1, 2], [10, 20]]}
    answer = post(site, address("-submit", case), body(regions=[region]))
    assert answer.status_code == 422 and set(answer.json()["errors"]) == {"nodule"}
    assert post(site, address("-submit", case), body("present", regions=[region])).status_code == 201


@pytest.mark.parametrize("broken", ["", "[]", '{"key": 1}', '{"key": "x", "answers": []}', "\x00"])
def test_nonsense_is_refused_and_nothing_is_stored(site: Client, case: Assignment, broken: str) -> None:
    answer = site.post(address("-submit", case), broken, content_type="application/json")
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    assert not Read.objects.exists()


def test_signed_out_is_told_so(client: Client, case: Assignment) -> None:
    assert post(client, address("-submit", case), body()).status_code == 401


def test_a_colleague_cannot_open_the_case(client: Client, case: Assignment, colleague: User) -> None:
    client.force_login(colleague)
    assert client.get(address("", case)).status_code == 404
    assert post(client, address("-submit", case), body()).status_code == 404


def test_undo_brings_the_case_back(site: Client, case: Assignment) -> None:
    saved = post(site, address("-submit", case), body()).json()["saved"]
    turn = post(site, saved["undo_url"], {}).json()
    assert turn["case"]["assignment"] == str(case.pk)


def test_skipping_needs_a_reason(site: Client, case: Assignment) -> None:
    assert post(site, address("-skip", case), {"reason": ""}).status_code == 422
    assert post(site, address("-skip", case), {"reason": "blurred"}).status_code == 200


def test_the_case_after_carries_no_prediction(site: Client, case: Assignment, project: Project, reader: User) -> None:
    after = assignment_open_single(project=project, image=make_image(project), reader=reader)
    ahead = site.get(address("", case)).context["ahead"]
    assert ahead["assignment"] == str(after.pk)
    assert {finding["above"] for finding in ahead["findings"]} == {None}
    assert not Exposure.objects.filter(image=after.image).exists()


def position(header: str) -> str:
    found = re.search(r"Case (\d+) today</span><span>(\S+) waiting", header)
    assert found
    return f"{found[1]}, {found[2]}"


def test_a_case_keeps_its_number_when_undone(site: Client, case: Assignment, project: Project, reader: User) -> None:
    after = assignment_open_single(project=project, image=make_image(project), reader=reader)
    assert position(site.get(address("", case)).content.decode()) == "1, 1"
    stored = post(site, address("-submit", case), body()).json()
    assert stored["case"]["assignment"] == str(after.pk) and position(stored["header"]) == "2, 0"
    again = post(site, stored["saved"]["undo_url"], {}).json()
    assert again["case"]["assignment"] == str(case.pk) and position(again["header"]) == "1, 1"


def test_a_revealed_case_keeps_its_number(site: Client, blind_case: Assignment) -> None:
    assert position(site.get(address("", blind_case)).content.decode()) == "1, 0"
    assert position(post(site, address("-submit", blind_case), body()).json()["header"]) == "1, 0"


def test_a_queue_filled_meanwhile_changes_no_number(site: Client, case: Assignment, project: Project) -> None:
    make_image(project, reference=True)  # two slots, which are one case for this reader
    assert position(site.get(address("", case)).content.decode()) == "1, 0"
    queue_fill(project=project)
    assert position(site.get(address("", case)).content.decode()) == "1, 1"


def test_pixels_go_to_members_only(client: Client, case: Assignment, stranger: User) -> None:
    url = reverse("image-pixels", args=[case.image_id, "full"])
    client.force_login(stranger)
    assert client.get(url).status_code == 404
    client.force_login(make_member(case.project, Role.ANNOTATOR))
    answer = client.get(url)
    assert answer.status_code == 200 and answer["Content-Encoding"] == "gzip" and "immutable" in answer["Cache-Control"]
    assert client.get(url, headers={"If-None-Match": answer["ETag"]}).status_code == 304
