"""Nothing is lost: every way a submit can fail, and what the page says meanwhile."""

from __future__ import annotations

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from playwright.sync_api import Locator, Page, expect

from tests.frontend.reading.conftest import opened
from tests.frontend.reading.room import Room, Sheet, problem
from tests.frontend.reading.test_case_by_case import submit_all_absent

pytestmark = pytest.mark.browser


def notice(page: Page) -> Locator:
    return page.locator("#unsaved")


def body(page: Page) -> Locator:
    return page.locator("body")


def stored(page: Page, room: Room) -> list[str]:
    """The cases whose reads the server has, once the page says that it has them all."""
    expect(body(page)).to_have_attribute("data-saved", "saved")
    return [read["assignment"] for read in room.reads.values()]


def retry(page: Page) -> None:
    """Press Retry, if the page has not sent everything by itself in the meantime."""
    page.locator("#unsaved-retry").evaluate("button => button.click()")


def test_a_failing_server_is_asked_again_with_the_same_key(reading: Page, room: Room) -> None:
    room.faults = [lambda: HttpResponse(status=500), lambda: HttpResponse(status=503)]
    submit_all_absent(reading)
    expect(notice(reading)).to_contain_text("Not saved. Kept on this computer.")
    expect(body(reading)).to_have_attribute("data-saved", "unsaved")
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    retry(reading)
    assert stored(reading, room) == [room.sheets[0].assignment]
    expect(notice(reading)).to_be_hidden()
    assert len({post["key"] for post in room.posts}) == 1


def test_reading_goes_on_while_the_server_is_away(reading: Page, room: Room) -> None:
    reading.route("**/submit/", lambda route: route.abort("internetdisconnected"))
    for sheet in room.sheets:
        expect(body(reading)).to_have_attribute("data-case", sheet.assignment)
        expect(body(reading)).to_have_attribute("data-level", "full")
        submit_all_absent(reading)
    expect(notice(reading)).to_contain_text("3 reads not saved. Kept on this computer.")
    expect(body(reading)).to_have_attribute("data-case", room.sheets[2].assignment)  # the last that was prepared
    reading.unroute("**/submit/")
    retry(reading)
    expect(body(reading)).to_have_attribute("data-state", "finished")
    assert stored(reading, room) == [sheet.assignment for sheet in room.sheets]


def test_a_blind_read_stays_as_sent_while_it_is_unsure_whether_it_arrived(room: Room, page: Page) -> None:
    room.sheets[0] = Sheet(1, blind=True)
    opened(page)
    room.faults = [lambda: HttpResponse(status=500)] * 9
    submit_all_absent(page)
    expect(notice(page)).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("p")
    expect(page.locator("[data-finding=atelectasis] input[value=absent]")).to_be_checked()


def test_an_answer_lost_on_the_way_back_makes_no_second_read(reading: Page, room: Room) -> None:
    reading.route("**/submit/", lambda route: (route.fetch(), route.abort())[1], times=1)
    submit_all_absent(reading)
    expect(body(reading)).to_have_attribute("data-saved", "unsaved")
    assert stored(reading, room) == [room.sheets[0].assignment]
    assert len(room.posts) == 2


def test_a_read_made_offline_survives_a_reload(reading: Page, room: Room) -> None:
    reading.route("**/submit/", lambda route: route.abort("internetdisconnected"))
    submit_all_absent(reading)
    expect(notice(reading)).to_contain_text("Not saved. Kept on this computer.")
    reading.reload()
    expect(notice(reading)).to_contain_text("Not saved. Kept on this computer.")
    reading.unroute("**/submit/")
    retry(reading)
    assert stored(reading, room) == [room.sheets[0].assignment]


def test_a_blind_read_made_offline_is_locked_after_a_reload_too(room: Room, page: Page) -> None:
    room.sheets[0] = Sheet(1, blind=True)
    opened(page)
    page.route("**/submit/", lambda route: route.abort("internetdisconnected"))
    submit_all_absent(page)
    expect(notice(page)).to_contain_text("Not saved. Kept on this computer.")
    page.reload()
    expect(notice(page)).to_contain_text("Not saved. Kept on this computer.")
    expect(page.locator("#answers input:checked")).to_have_count(8)
    page.unroute("**/submit/")
    retry(page)
    expect(body(page)).to_have_attribute("data-state", "revealed")
    assert len(room.reads) == 1


def test_a_kept_read_of_another_case_goes_in_the_background(reading: Page, room: Room) -> None:
    reading.route("**/submit/", lambda route: route.abort("internetdisconnected"))
    submit_all_absent(reading)
    expect(notice(reading)).to_be_visible()
    reading.unroute("**/submit/")
    reading.goto(f"/read/{room.sheets[2].assignment}/")
    expect(body(reading)).to_have_attribute("data-saved", "saved")
    expect(body(reading)).to_have_attribute("data-case", room.sheets[2].assignment)
    assert [read["assignment"] for read in room.reads.values()] == [room.sheets[0].assignment]


@pytest.mark.parametrize(
    "answer",
    [lambda: problem(401, "Sign in."), lambda: HttpResponse(status=403), lambda: HttpResponseRedirect("/sign-in/")],
)
def test_an_ended_session_keeps_the_read_and_offers_to_sign_in(reading: Page, room: Room, answer: object) -> None:
    room.faults = [answer]  # type: ignore[list-item]
    submit_all_absent(reading)
    expect(notice(reading)).to_contain_text("You are signed out. This read is kept on this computer.")
    assert "/sign-in/?next=%2F" in (reading.locator("#unsaved-sign-in").get_attribute("href") or "")
    reading.reload()
    assert stored(reading, room) == [room.sheets[0].assignment]


def test_a_wrong_answer_is_named_at_its_finding_and_can_be_mended(room: Room, page: Page) -> None:
    room.sheets[0] = Sheet(1, blind=True)
    opened(page)
    room.faults = [lambda: problem(422, "One answer is missing.", errors={"edema": "This finding needs an answer."})]
    submit_all_absent(page)
    expect(page.locator("[data-finding=edema] [data-error]")).to_have_text("This finding needs an answer.")
    expect(body(page)).to_have_attribute("data-saved", "unsaved")
    page.keyboard.press("u")
    page.keyboard.press("Enter")
    expect(body(page)).to_have_attribute("data-state", "revealed")
    expect(notice(page)).to_be_hidden()


def test_a_wrong_answer_of_an_earlier_case_is_mended_there(reading: Page, room: Room) -> None:
    wrong = lambda: problem(422, "One answer is missing.", errors={"edema": "This finding needs an answer."})  # noqa: E731
    room.faults = [wrong, wrong]
    submit_all_absent(reading)
    expect(notice(reading)).to_contain_text("PX-2001 not saved: One answer is missing.")
    reading.locator("#unsaved-open").click()
    expect(body(reading)).to_have_attribute("data-case", room.sheets[0].assignment)
    expect(reading.locator("[data-finding=edema] [data-error]")).to_have_text("This finding needs an answer.")
    expect(body(reading)).to_have_attribute("data-level", "full")
    reading.keyboard.press("u")
    reading.keyboard.press("Enter")
    assert stored(reading, room) == [room.sheets[0].assignment]
    expect(body(reading)).to_have_attribute("data-case", room.sheets[1].assignment)


def test_a_refused_read_is_dropped_only_by_the_reader(reading: Page, room: Room) -> None:
    room.faults = [lambda: problem(409, "Somebody withdrew this case.")] * 9
    submit_all_absent(reading)
    expect(notice(reading)).to_contain_text(
        "PX-2001 not saved: Somebody withdrew this case. Your answers are kept on this computer."
    )
    reading.reload()
    expect(notice(reading)).to_contain_text("Somebody withdrew this case.")
    reading.locator("#unsaved-discard").click()
    reading.locator("#confirm").get_by_role("button", name="Discard").click()
    expect(body(reading)).to_have_attribute("data-saved", "saved")
    assert room.reads == {}


def test_a_read_that_the_server_cannot_take_keeps_no_other_from_it(reading: Page, room: Room) -> None:
    reading.route(f"**/{room.sheets[0].assignment}/submit/", lambda route: route.fulfill(status=500))
    submit_all_absent(reading)
    expect(body(reading)).to_have_attribute("data-case", room.sheets[1].assignment)
    expect(body(reading)).to_have_attribute("data-level", "full")
    submit_all_absent(reading)
    expect(body(reading)).to_have_attribute("data-saved", "unsaved")
    retry(reading)
    expect(body(reading)).to_have_attribute("data-saved", "unsaved")
    assert [read["assignment"] for read in room.reads.values()] == [room.sheets[1].assignment]
    expect(notice(reading)).to_contain_text("Not saved. Kept on this computer.")


def test_a_conflict_is_asked_again_by_itself(reading: Page, room: Room) -> None:
    room.faults = [lambda: problem(409, "The queue is being made anew.")]
    submit_all_absent(reading)
    expect(body(reading)).to_have_attribute("data-saved", "unsaved")
    assert stored(reading, room) == [room.sheets[0].assignment]
    assert len(room.posts) == 2


def test_answers_not_yet_submitted_survive_a_reload(reading: Page) -> None:
    reading.keyboard.press("3")
    reading.keyboard.press("p")
    reading.locator("#comment").fill("basal")
    reading.locator("h1").focus()
    for _ in range(2):
        reading.keyboard.press("d")
    told = reading.locator(".measure").get_attribute("aria-label")
    reading.reload()
    expect(reading.locator("[data-finding=consolidation] input[value=present]")).to_be_checked()
    assert told and "mm" in told
    expect(reading.locator(".measure")).to_have_attribute("aria-label", told)
    expect(reading.locator("#comment")).to_have_value("basal")


def test_a_saved_read_leaves_nothing_behind(reading: Page, room: Room) -> None:
    submit_all_absent(reading)
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    expect(body(reading)).to_have_attribute("data-saved", "saved")
    assert reading.evaluate("Object.keys(localStorage)") == []
