"""The worklist: what it lists, what it counts, and that its button opens the case it names."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inference.models import Exposure
from labeling.models import Assignment, Purpose
from labeling.services import (
    Until,
    assignment_claim,
    assignment_defer,
    assignment_escalate,
    assignment_release,
    assignment_skip,
    read_submit,
)
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.projects.models import Project, Role
from overread.projects.services import findings_mark_urgent
from tests.factories import answers, make_champion, make_image, make_member, make_read


@pytest.fixture
def site(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


@pytest.fixture
def references(project: Project) -> Project:
    """Three images of the reference set, each to be read by two readers: six slots."""
    for _ in range(3):
        make_image(project, reference=True)
    queue_fill(project=project)
    return project


@pytest.fixture
def queue(project: Project) -> Project:
    """Three images drawn at random: there is no model yet."""
    for _ in range(3):
        make_image(project)
    queue_fill(project=project)
    return project


def worklist(site: Client, project: Project, **query: str) -> Any:
    return site.get(reverse("worklist", args=[project.slug]), query)


def tabs(page: Any) -> dict[str, int]:
    return {key: number for key, _label, number, _current in page.context["tabs"]}


def start(site: Client, project: Project, **data: str) -> str:
    return site.post(reverse("read-start", args=[project.slug]), data).headers["Location"]


def opened(case: Assignment) -> str:
    return reverse("read", args=[case.project.slug, case.pk])


def test_an_image_with_two_slots_is_one_row_and_one_case(site: Client, references: Project) -> None:
    page = worklist(site, references, length="all")
    assert len({row.assignment.image_id for row in page.context["rows"]}) == len(page.context["rows"]) == 3
    assert "3 cases wait for you." in page.content.decode()
    assert (page.context["total_today"], tabs(page)["all"]) == (3, 3)


def test_the_list_stands_in_the_queues_order(site: Client, references: Project, reader: User) -> None:
    listed = [row.assignment.image_id for row in worklist(site, references).context["rows"]]
    served: list[Assignment] = []
    while len(served) < 3:
        case = assignment_claim(project=references, reader=reader)
        served.append(case)
        read_submit(assignment=case, reader=reader, answers=answers(references), key=uuid4())
    assert listed == [case.image_id for case in served]


def test_a_row_stands_for_a_slot_the_reader_may_take(
    client: Client, references: Project, adjudicator: User, reader: User
) -> None:
    image = Assignment.objects.first().image
    Assignment.objects.filter(image=image, slot=0).update(purpose=Purpose.ADJUDICATE, rank=-1.0)
    client.force_login(reader)
    purposes = {row.assignment.image_id: row.assignment.purpose for row in worklist(client, references).context["rows"]}
    assert len(purposes) == 3 and purposes[image.pk] == Purpose.REFERENCE
    client.force_login(adjudicator)
    assert tabs(worklist(client, references))["adjudicate"] == 1


def test_a_case_read_blind_and_still_open_is_counted_once_today(
    site: Client, references: Project, reader: User
) -> None:
    make_champion(references)
    make_read(references, reader)  # the model is revealed, and waits for the second word
    page = worklist(site, references)
    assert (page.context["today"].cases, page.context["count"], page.context["total_today"]) == (1, 3, 3)


def test_the_pace_is_that_of_a_case_with_all_its_screens(site: Client, references: Project, reader: User) -> None:
    make_champion(references)
    case = assignment_claim(project=references, reader=reader)
    for seconds in (40, 20):
        said = answers(references, active_ms=seconds * 1000)
        site.get(opened(case))
        read_submit(assignment=case, reader=reader, answers=said, key=uuid4())
    page = worklist(site, references)
    assert page.context["today"].seconds == 60 and page.context["minutes_left"] == page.context["count"] == 2


def test_no_model_is_unsure_where_there_is_none(site: Client, queue: Project) -> None:
    page = worklist(site, queue)
    assert "no model yet" in page.content.decode()
    assert tabs(page)["unsure"] == 0 and "Model unsure" not in page.content.decode()


def test_the_filter_counts_what_its_rows_say(site: Client, queue: Project) -> None:
    unsure = Assignment.objects.first()
    Assignment.objects.filter(pk=unsure.pk).update(reason="Model unsure on nodule 0.48", strategy="margin")
    page = worklist(site, queue, show="unsure")
    assert tabs(page)["unsure"] == 1
    assert [row.assignment.pk for row in page.context["rows"]] == [unsure.pk]


def test_show_all_keeps_the_filter(site: Client, project: Project) -> None:
    for _ in range(11):
        make_image(project)
    queue_fill(project=project)
    Assignment.objects.update(reason="Model unsure on nodule 0.48")
    assert "?show=unsure&amp;length=all" in worklist(site, project, show="unsure").content.decode()


def test_the_button_starts_with_the_case_it_names(site: Client, queue: Project) -> None:
    page = worklist(site, queue)
    first = page.context["first"]
    assert f"Start with {first.image.code}" in page.content.decode()
    assert start(site, queue, case=str(first.pk)) == opened(first)


def test_a_case_in_hand_is_continued(site: Client, queue: Project, reader: User) -> None:
    held = assignment_claim(project=queue, reader=reader)
    ahead = assignment_claim(project=queue, reader=reader, besides=held)
    page = worklist(site, queue)
    assert f"Continue with {held.image.code}" in page.content.decode()
    assert [row.assignment.pk for row in page.context["rows"]][:2] == [held.pk, ahead.pk]
    assert start(site, queue, case=str(page.context["first"].pk)) == opened(held)


def test_the_named_case_opens_before_one_in_hand(site: Client, queue: Project, reader: User) -> None:
    named = worklist(site, queue).context["first"]
    waiting = assignment_claim(project=queue, reader=reader)
    after = assignment_claim(project=queue, reader=reader, besides=waiting)
    assignment_release(assignment=waiting, reader=reader)  # as Escape does; the one after stays in hand
    assert named.pk == waiting.pk != after.pk
    assert start(site, queue, case=str(named.pk)) == opened(named)


def test_another_slot_of_the_named_image_does_as_well(site: Client, references: Project, colleague: User) -> None:
    named = worklist(site, references).context["first"]
    taken = assignment_claim(project=references, reader=colleague)
    assert taken.image_id == named.image_id
    other = Assignment.objects.exclude(pk=taken.pk).get(image=named.image_id)
    assert start(site, references, case=str(taken.pk)) == opened(other)


def test_a_named_case_that_has_gone_is_told(site: Client, queue: Project, colleague: User) -> None:
    named = worklist(site, queue).context["first"]
    assert assignment_claim(project=queue, reader=colleague).pk == named.pk
    assert start(site, queue, case=str(named.pk)) == reverse("worklist", args=[queue.slug])
    assert f"{named.image.code} has gone to another reader" in worklist(site, queue).content.decode()


@pytest.mark.parametrize("nonsense", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_a_case_that_is_none_cannot_be_started(site: Client, queue: Project, nonsense: str) -> None:
    assert site.post(reverse("read-start", args=[queue.slug]), {"case": nonsense}).status_code == 404


def test_what_is_for_an_adjudicator_cannot_be_started(site: Client, queue: Project) -> None:
    Assignment.objects.update(purpose=Purpose.ADJUDICATE, blind=True)
    case = Assignment.objects.first()
    assert start(site, queue, case=str(case.pk)) == reverse("worklist", args=[queue.slug])
    assert not Assignment.objects.exclude(state=Assignment.State.QUEUED).exists()


def test_a_case_put_aside_says_until_when_and_goes_on(site: Client, queue: Project, reader: User) -> None:
    case = assignment_claim(project=queue, reader=reader)
    assignment_defer(assignment=case, reader=reader, until=Until.TODAY)
    page = worklist(site, queue, show="deferred")
    assert [row.assignment for row in page.context["rows"]] == [case]
    assert "Deferred by you until the end of today" in page.content.decode()
    assert (tabs(page)["deferred"], page.context["count"]) == (1, 2) and page.context["first"] != case
    assert start(site, queue, case=str(case.pk)) == opened(case)


def test_a_case_whose_time_aside_is_over_says_no_time(site: Client, queue: Project, reader: User) -> None:
    case = assignment_claim(project=queue, reader=reader)
    assignment_defer(assignment=case, reader=reader, until=Until.HOUR)
    Assignment.objects.filter(pk=case.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    page = worklist(site, queue)
    assert "Deferred by you; that time is over" in page.content.decode()
    assert "by you until" not in page.content.decode()
    assert (tabs(page)["deferred"], page.context["count"]) == (1, 2)
    assert start(site, queue, case=str(case.pk)) == opened(case)


def test_the_case_worked_on_last_is_continued(site: Client, queue: Project, reader: User) -> None:
    first = assignment_claim(project=queue, reader=reader)
    second = assignment_claim(project=queue, reader=reader, besides=first)
    for case in (first, second):
        site.get(opened(case))
    assert worklist(site, queue).context["first"] == second


def test_what_was_sent_is_told_on_both_sides(site: Client, client: Client, queue: Project, reader: User) -> None:
    colleague = make_member(queue, Role.ADJUDICATOR, name="colleague")
    case = assignment_claim(project=queue, reader=reader)
    assignment_escalate(assignment=case, reader=reader, role=Role.ADJUDICATOR, reason="Unusual hilum")
    assert "waits for: adjudicator" in worklist(site, queue).content.decode()
    client.force_login(colleague)
    page = worklist(client, queue, show="sent")
    assert tabs(page)["sent"] == 1 and "Escalated by Reader: Unusual hilum" in page.content.decode()


def test_the_reason_of_a_blind_case_that_was_sent_opens_later(
    site: Client, client: Client, references: Project, reader: User
) -> None:
    colleague = make_member(references, Role.ADJUDICATOR)
    case = assignment_claim(project=references, reader=reader)
    assignment_escalate(assignment=case, reader=reader, role=Role.ADJUDICATOR, reason="Effusion missed by the model")
    client.force_login(colleague)
    page = worklist(client, references).content.decode()
    assert "The reason opens after your first read" in page and "missed by the model" not in page


@pytest.fixture
def suspected(project: Project, administrator: User) -> Project:
    """Two cases whose effusion is urgent and suspected, one of the reference set."""
    make_image(project)
    make_image(project, reference=True)
    findings_mark_urgent(project=project, actor=administrator, slugs=["effusion"])
    make_champion(project, thresholds=(0.0, 1.0))
    Assignment.objects.update(suspected="Effusion")  # were the blind one marked too, the page would still not tell
    return project


def test_a_suspected_case_says_so_in_words_and_on_record(site: Client, suspected: Project, reader: User) -> None:
    page = worklist(site, suspected)
    assert [row.urgent for row in page.context["rows"] if not row.assignment.blind] == ["Effusion"]
    assert page.content.decode().count("Suspected urgent: Effusion") == 1
    assert Exposure.objects.filter(user=reader).count() == 1


def test_no_filter_tells_of_a_blind_case(site: Client, suspected: Project) -> None:
    Assignment.objects.update(reason="Model unsure on effusion 0.48")
    for show in ("urgent", "unsure"):
        page = worklist(site, suspected, show=show)
        assert tabs(page)[show] == 1 and not any(row.assignment.blind for row in page.context["rows"])


def test_an_open_slot_of_an_image_that_waits_blind_tells_nothing(site: Client, suspected: Project) -> None:
    blind = Assignment.objects.filter(blind=True).first()
    Assignment.objects.filter(blind=False).update(image=blind.image)
    assert tabs(worklist(site, suspected))["urgent"] == 0


def test_a_read_is_amended_from_the_list(site: Client, queue: Project, reader: User) -> None:
    read = make_read(queue, reader)
    assert "Amend the read of" in worklist(site, queue).content.decode()
    answer = site.post(reverse("read-amend", args=[queue.slug, read.pk]), {"reason": "Seen the prior"})
    assert answer.headers["Location"] == opened(read.assignment) + "?alone=1"
    assert "You are amending your stored read: Seen the prior" in site.get(opened(read.assignment)).content.decode()


def test_what_cannot_be_amended_is_told(site: Client, queue: Project, reader: User) -> None:
    read = make_read(queue, reader)
    answer = site.post(reverse("read-amend", args=[queue.slug, read.pk]), {"reason": " "}, follow=True)
    assert "Give a reason for amending this read." in answer.content.decode()


@pytest.fixture
def skipped(site: Client, queue: Project, reader: User) -> Assignment:
    case = assignment_claim(project=queue, reader=reader)
    assert case is not None
    assignment_skip(assignment=case, reader=reader, reason="Not my field")
    return case


def test_a_skipped_case_is_listed_and_taken_back(site: Client, queue: Project, skipped: Assignment) -> None:
    page = worklist(site, queue).content.decode()
    assert "Skipped by you" in page and "Not my field" in page and f"Take {skipped.image.code} back" in page
    back = site.post(reverse("read-unskip", args=[queue.slug, skipped.pk]))
    assert back["Location"] == reverse("read", args=[queue.slug, skipped.pk])
    assert "Skipped by you" not in worklist(site, queue).content.decode()


def test_a_skipped_case_that_a_colleague_has_says_so(
    site: Client, queue: Project, skipped: Assignment, colleague: User
) -> None:
    for _ in range(3):
        last = assignment_claim(project=queue, reader=colleague)
        assert last is not None
        read_submit(assignment=last, reader=colleague, answers=answers(queue), key=uuid4())
    page = worklist(site, queue).content.decode()
    assert "a colleague has it" in page and "Take it back" not in page
    told = site.post(reverse("read-unskip", args=[queue.slug, skipped.pk]), follow=True).content.decode()
    assert "A colleague has taken this case since you skipped it." in told
