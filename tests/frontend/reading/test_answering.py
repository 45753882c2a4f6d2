"""Many findings, confidence, snippets and proposals, by keyboard and by mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.reading import room as rooms
from tests.frontend.reading.conftest import opened, posted
from tests.frontend.reading.room import Room, Sheet
from tests.frontend.reading.test_accessibility import violations
from tests.frontend.reading.test_case_by_case import body, press

pytestmark = pytest.mark.browser
SIZES = [(1440, 900), (420, 800)]


@pytest.fixture
def many(room: Room, page: Page) -> Page:
    """A case of 25 findings."""
    room.many = True
    return opened(page)


def find(page: Page, typed: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")


def checked(page: Page, slug: str, value: str) -> None:
    expect(page.locator(f"[data-finding={slug}] input[value={value}]")).to_be_checked()


@pytest.mark.parametrize("size", SIZES, ids=["wide", "phone"])
def test_twenty_five_findings_are_answered_by_keyboard_alone(many: Page, room: Room, size: tuple[int, int]) -> None:
    many.set_viewport_size({"width": size[0], "height": size[1]})
    find(many, "oede inter")
    press(many, "u")
    find(many, "thick pleu")
    press(many, "p")
    press(many, "03a6p")
    row, footer = (many.locator(part).bounding_box() for part in (".finding.is-current", "#panel > footer"))
    assert row and footer and row["y"] + row["height"] <= footer["y"]
    many.keyboard.press("Enter")
    expect(body(many)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    answers = posted(many, room)[0]["answers"]
    assert len(answers) == 25 and answers["finding-17"] == {"value": "uncertain"}
    assert (answers["finding-14"], answers["finding-25"]) == ({"value": "present"}, {"value": "absent", "bulk": True})


def test_arrows_choose_and_escape_leaves_everything_as_it_was(many: Page, room: Room) -> None:
    many.keyboard.press("/")
    many.keyboard.type("finding 1")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
        many.keyboard.press(key)
    expect(many.locator(".finding.is-current")).to_have_attribute("data-finding", "finding-11")
    press(many, "/")
    many.keyboard.type("nothing of the kind")
    expect(many.get_by_text("No finding has this name.")).to_be_visible()
    many.keyboard.press("Enter")
    many.keyboard.press("Escape")
    expect(many.locator("#find")).to_be_hidden()
    expect(many.locator(".finding.is-current")).to_have_attribute("data-finding", "finding-11")
    assert room.posts == []


def test_a_finding_is_found_by_mouse(many: Page) -> None:
    many.get_by_role("button", name="Find a finding").click()
    many.get_by_role("option", name="Rib fracture").click()
    press(many, "p")
    checked(many, "finding-25", "present")


def test_eight_findings_need_no_such_button(reading: Page) -> None:
    expect(reading.get_by_role("button", name="Find a finding")).to_have_count(0)


def test_what_is_still_open_is_said_in_two_lines_at_most(many: Page) -> None:
    expect(many.locator("#left")).to_have_text(
        "25 findings still need an answer: 1, 2, 3, 4, 5, 6, 7, 8, 9 and 16 more."
    )


def test_the_rest_is_marked_by_mouse_and_counted_before(reading: Page) -> None:
    rest = reading.locator("[data-command='rest.absent']")
    press(reading, "2p")
    expect(rest).to_have_text("Mark 5 absent, leave 3, 6 0")
    rest.click()
    expect(reading.locator("#voice")).to_have_text("5 findings marked absent. 2 above threshold left open.")
    expect(rest).to_have_attribute("aria-disabled", "true")


def test_the_rest_leaves_options_and_numbers_open(room: Room, page: Page) -> None:
    room.mixed = True
    opened(page)
    press(page, "0")
    expect(page.locator("#left")).to_have_text("3 findings still need an answer: 3, 4, 5.")


def test_numbers_and_options_of_the_model_stand_beside_empty_answers(room: Room, page: Page) -> None:
    room.mixed = True
    opened(page)
    expect(page.locator("[data-finding=ratio] .ai")).to_have_text("52 %, 90 % interval 48–56")
    expect(page.locator("[data-finding=projection] .chances li").first).to_have_text("PA0.91")
    expect(page.locator("[data-finding=ratio] input[type=number]")).to_have_value("")
    expect(page.locator("#answers input:checked")).to_have_count(0)


def test_confidence_goes_round_and_is_sent(reading: Page, room: Room) -> None:
    for name in ("low", "medium", "high", "not given", "low", "medium"):
        reading.keyboard.press("Shift+C")
        expect(reading.get_by_role("radio", name=name, exact=True)).to_be_checked()
    expect(reading.locator("#voice")).to_have_text("Confidence: medium")
    reading.reload()
    expect(body(reading)).to_have_attribute("data-level", "full")
    expect(reading.get_by_role("radio", name="medium", exact=True)).to_be_checked()
    press(reading, "03a6a")
    reading.keyboard.press("Enter")
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    assert posted(reading, room)[0]["confidence"] == "medium"
    expect(reading.get_by_role("radio", name="not given")).to_be_checked()


def test_nobody_has_to_say_how_sure_they_are(reading: Page, room: Room) -> None:
    press(reading, "1aaaaaaaa")
    reading.keyboard.press("Enter")
    expect(body(reading)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    assert posted(reading, room)[0]["confidence"] == ""


def test_a_snippet_goes_where_the_caret_was_left(reading: Page) -> None:
    press(reading, "c")
    reading.keyboard.type("Left. Right.")
    for _ in " Right.":
        reading.keyboard.press("ArrowLeft")
    reading.keyboard.press("Escape")
    press(reading, "t2")
    expect(reading.locator("#comment")).to_have_value("Left. Apical scar, unchanged. Right.")
    expect(reading.locator("#comment")).to_be_focused()


def test_a_snippet_is_found_by_typing_or_by_mouse(reading: Page) -> None:
    press(reading, "t")
    reading.keyboard.type("film rot")
    reading.keyboard.press("Enter")
    expect(reading.locator("#comment")).to_have_value("Rotated film.")
    reading.get_by_role("button", name="Snippets").click()
    reading.get_by_role("option", name="No change since the prior.").click()
    expect(reading.locator("#comment")).to_have_value("Rotated film. No change since the prior.")


def test_a_project_without_snippets_says_so(room: Room, page: Page) -> None:
    room.snippets = ()
    opened(page)
    press(page, "t")
    expect(page.locator("#voice")).to_contain_text("This project has no comment snippets.")


def test_a_finding_is_proposed_and_the_case_goes_on(reading: Page, room: Room) -> None:
    press(reading, "1p")
    reading.keyboard.press("Shift+P")
    reading.keyboard.type("Rib fracture")
    reading.get_by_label("What you see (optional)").fill("Seventh rib.")
    reading.get_by_role("button", name="Propose", exact=True).click()
    expect(reading.locator("#voice")).to_contain_text("Rib fracture is proposed to the administrators.")
    assert room.proposals == [{"name": "Rib fracture", "note": "Seventh rib.", "kind": "binary"}]
    checked(reading, "atelectasis", "present")


def test_what_was_written_stays_when_a_proposal_is_not_taken(reading: Page, room: Room) -> None:
    room.faults.append(lambda: rooms.problem(422, "Effusion is already a finding of this project."))
    reading.get_by_role("button", name="Finding not listed").click()
    reading.locator("#propose-name").fill("Effusion")
    reading.keyboard.press("Enter")
    expect(reading.locator("#propose [data-error]")).to_have_text("Effusion is already a finding of this project.")
    expect(reading.locator("#propose-name")).to_have_value("Effusion")
    reading.get_by_role("button", name="Cancel").click()
    expect(reading.locator("#propose")).to_be_hidden()


@pytest.mark.parametrize("opening", ["/", "t", "Shift+P"], ids=["find", "snippets", "propose"])
@pytest.mark.parametrize("size", SIZES, ids=["wide", "phone"])
def test_no_violation(many: Page, opening: str, size: tuple[int, int]) -> None:
    many.set_viewport_size({"width": size[0], "height": size[1]})
    many.keyboard.press(opening)
    assert violations(many) == []


def test_a_blind_case_has_the_same_tools(room: Room, page: Page) -> None:
    room.many, room.sheets[0] = True, Sheet(1, blind=True)
    opened(page)
    expect(page.locator("[data-rest]")).to_have_text("Mark 25 absent")
    find(page, "rib")
    expect(page.locator(".finding.is-current")).to_have_attribute("data-finding", "finding-25")
