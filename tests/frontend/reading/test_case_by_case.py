"""A case from the first glance to the next one, by keyboard and by mouse."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.frontend.reading import room as rooms
from tests.frontend.reading.conftest import opened, posted
from tests.frontend.reading.room import Room, Sheet

pytestmark = pytest.mark.browser


def press(page: Page, keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def body(page: Page) -> Locator:
    return page.locator("body")


def submit_all_absent(page: Page) -> None:
    """Eight findings by single keys, then Enter."""
    press(page, "1aaaaaaaa")
    page.keyboard.press("Enter")


def test_nothing_is_filled_in_from_the_model(reading: Page) -> None:
    expect(reading.locator("#answers input:checked")).to_have_count(0)


def test_above_threshold_is_said_in_words(reading: Page) -> None:
    expect(reading.locator("[data-finding=consolidation] .ai")).to_contain_text("0.56 above threshold 0.45")


def test_answers_by_key_move_on_to_the_next_finding(reading: Page) -> None:
    press(reading, "2pu")
    expect(reading.locator("[data-finding=cardiomegaly] input[value=present]")).to_be_checked()
    expect(reading.locator("[data-finding=consolidation] input[value=uncertain]")).to_be_checked()
    expect(reading.locator(".finding.is-current")).to_have_attribute("data-finding", "edema")


def test_two_keys_correct_a_finding(reading: Page) -> None:
    press(reading, "0")
    press(reading, "7p")
    expect(reading.locator("[data-finding=pneumonia] input[value=present]")).to_be_checked()


def test_zero_leaves_findings_above_threshold_open(reading: Page) -> None:
    press(reading, "0")
    expect(reading.locator("#left")).to_have_text("2 findings still need an answer: 3, 6.")
    expect(reading.locator("#voice")).to_have_text("6 findings marked absent. 2 above threshold left open.")


def test_bulk_answers_are_sent_as_such(reading: Page, room: Room) -> None:
    press(reading, "03a6p")
    reading.keyboard.press("Enter")
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    answers = posted(reading, room)[0]["answers"]
    assert answers["edema"] == {"value": "absent", "bulk": True}
    assert answers["nodule-or-mass"] == {"value": "present"}


def test_a_touched_bulk_answer_is_none_any_more(reading: Page, room: Room) -> None:
    press(reading, "04a3a6a")
    reading.keyboard.press("Enter")
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    assert posted(reading, room)[0]["answers"]["edema"] == {"value": "absent"}


def test_enter_is_refused_with_a_reason_while_an_answer_is_missing(reading: Page, room: Room) -> None:
    press(reading, "1aaa")
    reading.keyboard.press("Enter")
    expect(reading.locator("#voice")).to_have_text("5 findings still need an answer: 4, 5, 6, 7, 8.")
    assert room.posts == []


def test_submit_opens_the_next_case_as_a_whole(reading: Page, room: Room) -> None:
    submit_all_absent(reading)
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    expect(body(reading)).to_have_attribute("data-saved", "saved")
    expect(reading.locator(".patient .id dd")).to_have_text("PX-2002")
    expect(reading.locator("#answers input:checked")).to_have_count(0)
    expect(reading).to_have_title("Read case PX-2002 · Overread")
    expect(reading).to_have_url(f"{reading.url.split('/read')[0]}/read/{room.sheets[1].assignment}/")


def test_what_was_shown_and_how_long_is_sent(reading: Page, room: Room) -> None:
    submit_all_absent(reading)
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    sent = posted(reading, room)[0]
    assert (sent["level"], sent["version"]) == ("full", 1)
    assert 0 < sent["active_ms"] < 60_000


def test_four_fast_enters_save_one_case(reading: Page, room: Room) -> None:
    press(reading, "1aaaaaaaa")
    reading.evaluate("""() => { for (let i = 0; i < 4; i++) document.body.dispatchEvent(
        new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, repeat: i % 2 == 1})) }""")
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    assert len(posted(reading, room)) == 1


def test_an_enter_before_the_full_level_is_carried_out_when_it_is_there(room: Room, page: Page) -> None:
    held: list[Route] = []
    page.route("**/full", lambda route: held.append(route))
    page.goto("/")
    expect(body(page)).to_have_attribute("data-level", "half")
    submit_all_absent(page)
    expect(page.locator("#voice")).to_contain_text("Submits by itself when the full-resolution image is there.")
    expect(page.locator("#left")).to_contain_text("Submits by itself")
    assert room.posts == []
    held[0].continue_()
    expect(body(page)).to_have_attribute("data-case", room.sheets[1].assignment)
    assert posted(page, room)[0]["level"] == "full"


def test_an_answer_changed_meanwhile_holds_it_back(room: Room, page: Page) -> None:
    held: list[Route] = []
    page.route("**/full", lambda route: held.append(route))
    page.goto("/")
    expect(body(page)).to_have_attribute("data-level", "half")
    submit_all_absent(page)
    press(page, "1p")
    expect(page.locator("#left")).to_have_text("The full-resolution image is still loading.")
    held[0].continue_()
    expect(body(page)).to_have_attribute("data-level", "full")
    expect(page.locator("#left")).to_be_empty()
    assert room.posts == []


def test_an_open_dialog_holds_it_back(room: Room, page: Page) -> None:
    held: list[Route] = []
    page.route("**/full", lambda route: held.append(route))
    page.goto("/")
    expect(body(page)).to_have_attribute("data-level", "half")
    submit_all_absent(page)
    page.keyboard.press("s")
    held[0].continue_()
    expect(body(page)).to_have_attribute("data-level", "full")
    expect(page.locator("#skip")).to_be_visible()
    assert room.posts == []
    page.keyboard.press("Escape")
    expect(page.locator("#left")).to_be_empty()
    assert body(page).get_attribute("data-case") == room.sheets[0].assignment


def test_the_next_case_is_here_before_it_is_asked_for(reading: Page, room: Room) -> None:
    names = "performance.getEntriesByType('resource').filter(e => e.name.includes('/pixels/grey/2/')).length"
    reading.wait_for_function(f"() => {names} === 2")
    submit_all_absent(reading)
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    assert reading.evaluate(names) == 2


def test_undo_reopens_the_case_with_its_answers_and_measurements(reading: Page, room: Room) -> None:
    press(reading, "dd")
    submit_all_absent(reading)
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    reading.keyboard.press("z")
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[0].assignment)
    expect(body(reading)).to_have_attribute("data-level", "full")
    expect(reading.locator("#answers input:checked")).to_have_count(8)
    expect(reading.locator(".measure")).to_be_visible()
    press(reading, "6p")
    reading.keyboard.press("Enter")
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    first, second = posted(reading, room)
    assert (first["version"], second["version"]) == (1, 2)
    assert first["measurements"] == second["measurements"] != []


def test_undo_goes_away_after_half_a_minute(room: Room, page: Page) -> None:
    page.clock.install()
    opened(page)
    submit_all_absent(page)
    expect(page.locator("[data-undo-text]")).to_have_text("PX-2001 submitted 0 s ago")
    page.clock.run_for(31_000)
    expect(page.locator("[data-command=undo]")).to_be_hidden()


def test_a_blind_case_is_revealed_after_its_first_read(room: Room, page: Page) -> None:
    room.sheets[0] = Sheet(1, blind=True)
    opened(page)
    assert "0.91" not in page.content()
    press(page, "0")
    page.keyboard.press("Enter")
    expect(body(page)).to_have_attribute("data-state", "revealed")
    expect(body(page)).to_have_attribute("data-level", "full")
    press(page, "6p")
    expect(page.locator("[data-finding=nodule-or-mass] [data-first-read]")).to_have_text("first read: Absent")
    expect(page.locator("[data-finding=edema] [data-first-read]")).to_be_hidden()


def test_skip_asks_for_a_reason(reading: Page, room: Room) -> None:
    reading.keyboard.press("s")
    reading.locator("#skip").get_by_label("Wrong view or body part").check()
    reading.locator("#skip-detail").fill("lateral")
    reading.keyboard.press("Enter")
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    assert [(skip["reason"], skip["version"]) for skip in room.skips] == [("Wrong view or body part: lateral", 1)]


def test_a_reason_that_is_refused_is_not_lost(reading: Page, room: Room) -> None:
    room.refusals = ["Say it in other words."]
    reading.keyboard.press("s")
    dialog = reading.locator("#skip")
    dialog.get_by_label("Other").check()
    dialog.locator("#skip-detail").fill("x" * 500)
    reading.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("Say it in other words.")
    expect(dialog.get_by_label("Other")).to_be_checked()
    expect(dialog.locator("#skip-detail")).to_have_value("x" * 500)
    dialog.locator("#skip-detail").fill("a toy")
    reading.keyboard.press("Enter")
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    assert room.skips[-1]["reason"] == "Other: a toy"
    reading.keyboard.press("s")
    expect(dialog.get_by_role("alert")).to_be_hidden()
    expect(dialog.locator("#skip-detail")).to_have_value("")


def test_the_digit_of_a_reason_reaches_no_finding(reading: Page, room: Room) -> None:
    room.refusals = ["Say it in other words."]
    before = reading.locator(".finding.is-current").get_attribute("data-finding")
    press(reading, "s3")
    expect(reading.locator("#skip").get_by_role("alert")).to_have_text("Say it in other words.")
    assert reading.locator(".finding.is-current").get_attribute("data-finding") == before
    assert room.skips[-1]["reason"] == "I know this patient"


def test_single_keys_are_off_in_the_comment(reading: Page, room: Room) -> None:
    press(reading, "c")
    reading.keyboard.type("apical scar")
    expect(reading.locator("#answers input:checked")).to_have_count(0)
    reading.keyboard.press("Escape")
    submit_all_absent(reading)
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    assert posted(reading, room)[0]["comment"] == "apical scar"


def test_options_and_numbers_are_answers_too(room: Room, page: Page) -> None:
    room.mixed = True
    opened(page)
    press(page, "1aap")
    page.get_by_role("radio", name="Lateral").check()
    page.keyboard.press("5")
    page.keyboard.type("52.5")
    page.keyboard.press("Enter")
    expect(body(page)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    answers = posted(page, room)[0]["answers"]
    assert (answers["projection"], answers["ratio"]) == ({"value": "Lateral"}, {"value": 52.5})


def test_not_assessable_is_an_answer(room: Room, page: Page) -> None:
    room.mixed = True
    opened(page)
    press(page, "1nnn4n")
    page.locator("[data-finding=ratio] .na").click()
    page.keyboard.press("Enter")
    expect(body(page)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    assert {answer["value"] for answer in posted(page, room)[0]["answers"].values()} == {"not_assessable"}


def test_the_finished_queue_says_so_and_can_be_undone(room: Room, page: Page) -> None:
    del room.sheets[1:]
    opened(page)
    submit_all_absent(page)
    expect(page.locator("#finished h1")).to_have_text("Queue finished: 1 case in 1 h 31 min.")
    expect(page.locator(".stage")).to_be_hidden()
    page.keyboard.press("z")
    expect(body(page)).to_have_attribute("data-drawn", room.sheets[0].assignment)
    expect(page.locator(".stage")).to_be_visible()


def test_h_switches_the_map_of_the_selected_finding(reading: Page) -> None:
    note, off = reading.locator("#map-note"), reading.locator("input[name=map][value='']")
    press(reading, "5h")
    expect(reading.locator("input[name=map][value=effusion]")).to_be_checked()
    expect(note).to_be_visible()
    press(reading, "3h")
    expect(off).to_be_checked()
    expect(note).to_be_hidden()
    press(reading, "1h")
    expect(reading.locator("#voice")).to_contain_text("There is no heat map for Atelectasis.")
    expect(off).to_be_checked()


def test_shift_and_h_goes_through_the_maps(reading: Page) -> None:
    for chosen in ("consolidation", "effusion", "nodule-or-mass", ""):
        reading.keyboard.press("Shift+H")
        expect(reading.locator(f"input[name=map][value='{chosen}']")).to_be_checked()


def keys_listed(page: Page) -> list[str]:
    page.keyboard.press("?")
    told = page.locator("#keys kbd:visible").all_inner_texts()
    page.keyboard.press("Escape")
    return told


def test_the_sheet_lists_only_keys_that_work(room: Room, page: Page) -> None:
    room.sheets[0] = Sheet(1, blind=True)
    opened(page)
    listed = keys_listed(page)
    assert "S" in listed and not {"E", "H", "["} & set(listed)
    press(page, "0")
    page.keyboard.press("Enter")
    expect(body(page)).to_have_attribute("data-state", "revealed")
    assert {"H", "["} < set(keys_listed(page))


def test_an_unreadable_image_can_be_asked_for_again(room: Room, page: Page) -> None:
    page.route("**/half", lambda route: route.fulfill(status=500))
    page.goto("/")
    expect(page.locator("#stage-note")).to_have_text("Image not readable. Load it again, or skip the case.")
    expect(body(page)).to_have_attribute("data-level", "none")
    page.unroute("**/half")
    page.locator("#stage-retry").click()
    expect(body(page)).to_have_attribute("data-level", "full")


def test_a_lost_graphics_context_comes_back(reading: Page) -> None:
    reading.evaluate("""() => {
      window.loss = document.querySelector('#canvas').getContext('webgl2').getExtension('WEBGL_lose_context');
      window.loss.loseContext();
    }""")
    expect(body(reading)).to_have_attribute("data-level", "none")
    reading.evaluate("window.loss.restoreContext()")
    expect(body(reading)).to_have_attribute("data-level", "full")


def test_without_webgl_the_page_says_what_to_do(room: Room, page: Page) -> None:
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/")
    expect(page.locator("#stage-note")).to_contain_text("WebGL 2 is off")


def test_measures_are_taken_from_the_submit(reading: Page, room: Room) -> None:
    submit_all_absent(reading)
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    expect(body(reading)).to_have_attribute("data-level", "full")
    taken = json.loads(reading.evaluate("JSON.stringify(performance.getEntriesByType('measure'))"))
    assert [each["name"] for each in taken] == ["overread:first-level", "overread:full-level"]  # the last case's alone
    assert all(each["startTime"] > 0 for each in taken)  # those of the first case begin with the navigation


def test_the_reader_is_beating(room: Room, page: Page) -> None:
    page.clock.install()
    opened(page)
    with page.expect_response("**/heartbeat/"):
        page.clock.run_for(61_000)
    assert room.beats == 1


def test_escape_gives_an_untouched_case_back(reading: Page, room: Room) -> None:
    reading.keyboard.press("Escape")
    expect(reading).to_have_url(f"{reading.url.split('/', 3)[0]}//{reading.url.split('/')[2]}/worklist/")
    assert rooms.room.released == [sheet.assignment for sheet in (*room.sheets[1:], room.sheets[0])]
