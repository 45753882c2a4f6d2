"""The reading page's own addresses, without a browser."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from frontend.pages.read.views import SKIP_REASONS
from inference.models import Exposure
from labeling.models import Assignment, Read
from labeling.services import assignment_open_single, read_undo
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.archive.models import Image
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


@pytest.mark.parametrize("indication", ["Cough & fever", ""])
def test_why_the_image_was_asked_for_stands_beside_the_case(
    site: Client, blind_case: Assignment, indication: str
) -> None:
    Image.objects.filter(pk=blind_case.image_id).update(indication=indication)
    page = site.get(address("", blind_case)).content.decode()
    assert ("Indication" in page) == bool(indication) and escape(indication) in page


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
    assert turn["upcoming"] == [] and "Queue finished" in turn["finished"]


def test_a_blind_case_carries_nothing_of_the_model(site: Client, blind_case: Assignment, reader: User) -> None:
    page = site.get(address("", blind_case)).content.decode()
    assert "model 1" not in page and "map_url&quot;: &quot;" not in page and '"map_url": "' not in page
    assert site.get(address("-map", blind_case, "nodule")).status_code == 404
    assert not Exposure.objects.filter(user=reader).exists()


def test_after_the_blind_read_the_model_is_revealed(site: Client, blind_case: Assignment, reader: User) -> None:
    turn = post(site, address("-submit", blind_case), body()).json()
    (revealed,) = turn["upcoming"]
    assert revealed["assignment"] == str(blind_case.pk) and revealed["prepared"]["case"]["state"] == "revealed"
    assert "model 1" in revealed["prepared"]["panel"]
    cells = site.get(address("-map", blind_case, "nodule"))
    assert cells.status_code == 200 and len(cells.content) == int(cells["X-Map-Rows"]) * int(cells["X-Map-Columns"])
    assert post(site, address("-submit", blind_case), body("present")).json()["upcoming"] == []


def test_the_image_page_of_a_blind_case_keeps_silent(site: Client, blind_case: Assignment, project: Project) -> None:
    page = site.get(reverse("image", args=[project.slug, blind_case.image_id])).content.decode()
    assert "model 1" not in page and "Read it now" in page


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
    assert turn["upcoming"][0]["assignment"] == str(case.pk)


def test_skipping_needs_a_reason(site: Client, case: Assignment) -> None:
    assert post(site, address("-skip", case), {"reason": ""}).status_code == 422
    assert post(site, address("-skip", case), {"reason": "blurred"}).status_code == 200


def test_a_chosen_reason_and_500_characters_are_taken(site: Client, case: Assignment) -> None:
    longest = max(SKIP_REASONS, key=len) + ": " + "x" * 500
    refused = post(site, address("-skip", case), {"reason": "x" * 601})
    assert refused.status_code == 422 and "600 characters or fewer" in refused.json()["detail"]
    assert post(site, address("-skip", case), {"reason": longest}).status_code == 200
    assert Assignment.objects.get(state=Assignment.State.SKIPPED).skip_reason == longest


def test_skipping_a_revealed_case_opens_the_next(site: Client, blind_case: Assignment, project: Project) -> None:
    post(site, address("-submit", blind_case), body())
    after = make_image(project)
    queue_fill(project=project)
    turn = post(site, address("-skip", blind_case), {"reason": "blurred"}).json()
    assert turn["upcoming"][0]["image"]["id"] == str(after.pk)
    assert turn["told"] == f"Skipped. Your stored read of {blind_case.image.code} stands."


def test_skipping_after_undo_says_that_the_read_stands(site: Client, case: Assignment) -> None:
    saved = post(site, address("-submit", case), body()).json()["saved"]
    post(site, saved["undo_url"], {})
    assert "stands" in post(site, address("-skip", case), {"reason": "blurred"}).json()["told"]
    assert post(site, address("-skip", case), {"reason": "blurred"}).status_code == 409


def upcoming(page: Any) -> list[dict[str, Any]]:
    """What a page brought along of the cases after the one it shows."""
    return list(page.context["upcoming"])


@pytest.fixture
def case_after(project: Project, case: Assignment, reader: User) -> Assignment:
    """The next one in the reader's hands, scored by the model in use."""
    image = make_image(project)
    run_all()
    return assignment_open_single(project=project, image=image, reader=reader)


def test_an_open_case_after_comes_whole_and_is_recorded_as_shown(
    site: Client, case: Assignment, case_after: Assignment, reader: User
) -> None:
    (next_one,) = upcoming(site.get(address("", case)))
    assert next_one["assignment"] == str(case_after.pk) and "model 1" in next_one["prepared"]["panel"]
    assert Exposure.objects.filter(user=reader, image=case_after.image).exists()


def test_a_blind_case_after_carries_nothing_of_the_model(
    site: Client, case: Assignment, project: Project, reader: User
) -> None:
    project.blind_first = BlindFirst.ALWAYS
    project.save()
    after = assignment_open_single(project=project, image=make_image(project), reader=reader)
    (next_one,) = upcoming(site.get(address("", case)))
    assert next_one["prepared"]["case"]["state"] == "blind" and "model" not in json.dumps(next_one)
    assert not Exposure.objects.filter(image=after.image).exists()


def test_after_a_blind_case_only_pixels_are_sent_of_an_open_one(
    site: Client, case: Assignment, case_after: Assignment, project: Project
) -> None:
    Assignment.objects.filter(pk=case.pk).update(blind=True)
    (next_one,) = upcoming(site.get(address("", case)))
    assert (next_one["prepared"], next_one["token"]) == (None, "")
    assert not Exposure.objects.filter(image=case_after.image).exists()
    turn = post(site, address("-submit", case), body()).json()
    assert "model 1" in turn["upcoming"][1]["prepared"]["panel"]


def test_what_the_page_has_prepared_is_not_sent_again(site: Client, case: Assignment, case_after: Assignment) -> None:
    (next_one,) = upcoming(site.get(address("", case)))
    turn = post(site, address("-submit", case), body() | {"known": [next_one["token"]]}).json()
    assert [(each["assignment"], each["prepared"]) for each in turn["upcoming"]] == [(str(case_after.pk), None)]


def test_another_model_prepares_a_case_anew(
    site: Client, case: Assignment, case_after: Assignment, project: Project
) -> None:
    (next_one,) = upcoming(site.get(address("", case)))
    make_champion(project)
    turn = post(site, address("-submit", case), body() | {"known": [next_one["token"]]}).json()
    assert turn["upcoming"][0]["prepared"] is not None


def test_a_read_names_the_prediction_that_was_on_screen(site: Client, case: Assignment, project: Project) -> None:
    """Another model may come into use between the preparation of a case and its read."""
    on_screen = site.get(address("", case)).context["case"]["prediction"]
    other = make_champion(project, seed=4)
    site.get(address("", case))  # another tab, where the other model is shown
    assert post(site, address("-submit", case), body(seen=on_screen)).status_code == 201
    assert str(Read.objects.get().prediction_id) == on_screen != str(other.predictions.get().pk)
    again = assignment_open_single(project=project, image=make_image(project), reader=Read.objects.get().reader)
    post(site, address("-submit", again), body(seen=on_screen))  # of another image: not believed
    assert Read.objects.get(assignment=again).prediction is None


def test_nothing_is_undone_by_a_blind_read_that_is_revealed(site: Client, blind_case: Assignment) -> None:
    assert post(site, address("-submit", blind_case), body()).json()["last"] == ""


def test_cases_prepared_ahead_are_given_back(site: Client, case: Assignment, project: Project) -> None:
    make_image(project)
    queue_fill(project=project)
    (next_one,) = upcoming(site.get(address("", case)))
    url = reverse("read-release", args=[project.slug])
    assert post(site, url, {"assignments": [next_one["assignment"], str(project.pk)]}).status_code == 204
    assert Assignment.objects.get(pk=next_one["assignment"]).state == "queued"
    assert Assignment.objects.get(pk=case.pk).state == "claimed"
    assert post(site, url, {"assignments": "all"}).status_code == 422


def test_only_ones_own_cases_can_be_given_back(client: Client, case: Assignment, colleague: User) -> None:
    client.force_login(colleague)
    post(client, reverse("read-release", args=[case.project.slug]), {"assignments": [str(case.pk)]})
    assert Assignment.objects.get(pk=case.pk).state == "claimed"


def test_a_heartbeat_keeps_what_is_prepared_too(site: Client, case: Assignment, project: Project) -> None:
    make_image(project)
    queue_fill(project=project)
    site.get(address("", case))
    Assignment.objects.filter(project=project).update(lease_until=timezone.now() + timedelta(seconds=9))
    assert post(site, address("-heartbeat", case), {}).status_code == 204
    leases = Assignment.objects.filter(state="claimed").values_list("lease_until", flat=True)
    assert len(leases) == 2 and all(until > timezone.now() + timedelta(minutes=5) for until in leases)


def position(text: str) -> str:
    found = re.search(r"Case (\d+) today</span><span>(\S+) waiting", text)
    assert found
    return f"{found[1]}, {found[2]}"


def test_a_case_keeps_its_number_when_undone(site: Client, case: Assignment, project: Project, reader: User) -> None:
    after = assignment_open_single(project=project, image=make_image(project), reader=reader)
    assert position(site.get(address("", case)).content.decode()) == "1, 1"
    stored = post(site, address("-submit", case), body()).json()
    (next_one,) = stored["upcoming"]
    assert next_one["assignment"] == str(after.pk) and position(next_one["prepared"]["header"]) == "2, 0"
    again = post(site, stored["saved"]["undo_url"], {}).json()["upcoming"]
    assert [each["assignment"] for each in again] == [str(case.pk), str(after.pk)]
    assert [position(each["position"]) for each in again] == ["1, 1", "2, 0"]


def test_a_revealed_case_keeps_its_number(site: Client, blind_case: Assignment) -> None:
    assert position(site.get(address("", blind_case)).content.decode()) == "1, 0"
    turn = post(site, address("-submit", blind_case), body()).json()
    assert position(turn["upcoming"][0]["position"]) == "1, 0"


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
    assert answer.status_code == 200 and answer["Content-Encoding"] == "gzip"
    assert answer["Cache-Control"] == "private, no-store"


CONFIDENT = re.compile(r'name="confidence" value="(\w*)" aria-label="[^"]*" checked')


def confidence_on(site: Client, case: Assignment) -> list[str]:
    return CONFIDENT.findall(site.get(address("", case)).content.decode())


def test_a_case_outside_the_queue_is_submitted_without_a_next_one(site: Client, case: Assignment) -> None:
    assert "Submit, next" in site.get(address("", case)).content.decode()
    alone = site.get(address("", case) + "?alone=1").content.decode()
    assert "Submit, next" not in alone and ">Submit <kbd" in alone


def test_confidence_comes_back_with_an_undone_read_alone(site: Client, case: Assignment, reader: User) -> None:
    assert confidence_on(site, case) == [""]
    assert post(site, address("-submit", case), body(confidence="medium")).status_code == 201
    read_undo(read=Read.objects.get(confidence="medium"), reader=reader)
    assert confidence_on(site, case) == ["medium"]


def test_how_sure_a_reader_was_blind_is_not_carried_over(site: Client, blind_case: Assignment) -> None:
    assert post(site, address("-submit", blind_case), body(confidence="high")).status_code == 201
    assert confidence_on(site, blind_case) == [""]


def test_snippets_come_with_the_page(site: Client, case: Assignment, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(snippets=["No </script> change."])
    page = site.get(address("", case)).content.decode()
    assert '<script id="snippet-texts" type="application/json">["No \\u003C/script\\u003E change."]</script>' in page


def test_a_case_opened_by_itself_leads_back_to_its_image(site: Client, project: Project) -> None:
    image, _waiting = make_image(project), make_image(project)
    make_champion(project)
    back = reverse("image", args=[project.slug, image.pk])
    opened = site.post(reverse("image-read", args=[project.slug, image.pk]))["Location"]
    page = site.get(opened)
    assert page.context["upcoming"] == [] and page.context["worklist_url"] == back
    turn = site.post(page.context["case"]["urls"]["submit"], body(), content_type="application/json").json()
    assert turn["leave"] == turn["url"] == back and turn["upcoming"] == []
    assert "Your read is stored." in site.get(back).content.decode()


def test_a_blind_case_opened_by_itself_is_revealed_before_it_leads_back(site: Client, blind_case: Assignment) -> None:
    submit = address("-submit", blind_case) + "?alone=1"
    first = site.post(submit, body(), content_type="application/json").json()
    (same,) = first["upcoming"]
    assert same["prepared"]["case"]["state"] == "revealed" and same["prepared"]["case"]["urls"]["submit"] == submit
    assert "leave" not in first and same["prepared"]["url"].endswith("?alone=1")
    assert "leave" in site.post(submit, body(), content_type="application/json").json()


def test_skipping_a_case_opened_by_itself_leads_back_too(site: Client, case: Assignment) -> None:
    skipped = {"reason": "Not my field", "version": 1}
    turn = site.post(address("-skip", case) + "?alone=1", skipped, content_type="application/json").json()
    assert turn["leave"] == reverse("image", args=[case.project.slug, case.image_id])


def test_a_case_made_blind_shows_no_map_of_what_was_seen(site: Client, case: Assignment) -> None:
    site.get(address("", case))
    assert site.get(address("-map", case, "nodule")).status_code == 200
    Assignment.objects.filter(pk=case.pk).update(blind=True)
    assert site.get(address("-map", case, "nodule")).status_code == 404
