"""Other images beside the one that is read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.frontend.reading.conftest import opened, posted
from tests.frontend.reading.room import Room, Sheet
from tests.frontend.reading.test_accessibility import violations

pytestmark = pytest.mark.browser

LOSE = """(selector) => {
  const lost = document.querySelector(selector).getContext('webgl2').getExtension('WEBGL_lose_context');
  window.giveBack = () => lost.restoreContext();
  lost.loseContext();
}"""


def mammogram(seed: int, side: str, view: str) -> Sheet:
    return Sheet(seed, coded=("MG", view, side), rows=640, columns=400)


@pytest.fixture
def compared(room: Room, page: Page) -> Page:
    """A case with a lateral film in its study and two earlier films."""
    room.sheets[0] = Sheet(1, companions=[("study", "lateral", Sheet(11, coded=("DX", "LL", "")))] + PRIORS)
    return opened(page)


PRIORS = [("prior", "Prior, 244 days before", Sheet(12)), ("prior", "Prior, 600 days before", Sheet(13))]


def pane(page: Page, index: int = 0) -> Locator:
    return page.locator(".pane:visible").nth(index)


def loaded(page: Page, count: int = 1) -> None:
    expect(page.locator(".pane[data-level=full]:visible")).to_have_count(count)


def view(canvas: Locator) -> list[float]:
    return [float(part) for part in str(canvas.get_attribute("data-view")).split()]


def test_a_case_without_others_offers_nothing(reading: Page) -> None:
    expect(reading.locator("#hanging-bar")).to_be_hidden()
    reading.keyboard.press("k")
    expect(reading.locator("#voice")).to_have_text("There is no earlier image of this patient.")


def test_nothing_of_a_companion_is_fetched_before_it_is_shown(compared: Page, room: Room) -> None:
    assert not [url for url in room.asked if "/grey/12/" in url]
    compared.keyboard.press("k")
    loaded(compared)
    assert [url.rsplit("/", 1)[1] for url in room.asked if "/grey/12/" in url] == ["half", "full"]


def test_the_prior_hangs_beside_the_image_that_is_read(compared: Page) -> None:
    compared.keyboard.press("k")
    loaded(compared)
    expect(compared.locator("#read-caption")).to_contain_text("This image is read")
    expect(pane(compared)).to_have_attribute("aria-label", "Prior, 244 days before, for comparison")
    compared.keyboard.press("k")
    expect(compared.locator(".pane:visible")).to_have_count(0)
    expect(compared.locator("#read-caption")).to_be_hidden()


def test_another_prior_can_be_chosen(compared: Page, room: Room) -> None:
    compared.keyboard.press("k")
    loaded(compared)
    pane(compared).get_by_role("combobox", name="Image to compare with").select_option("Prior, 600 days before")
    expect(pane(compared)).to_have_attribute("aria-label", "Prior, 600 days before, for comparison")
    loaded(compared)
    assert any("/grey/13/" in url for url in room.asked)


def test_j_goes_through_the_hangings(compared: Page) -> None:
    chosen = compared.locator("input[name=hanging]:checked")
    for layout in ("study", "prior", "single"):
        compared.keyboard.press("j")
        expect(chosen).to_have_value(layout)


def test_linked_images_move_zoom_and_window_together(compared: Page) -> None:
    compared.keyboard.press("k")
    loaded(compared)
    main, beside = compared.locator("#canvas"), pane(compared).locator("canvas")
    fitted = str(main.get_attribute("data-view"))
    for key in ("+", "+", "i"):
        compared.keyboard.press(key)
    expect(beside).not_to_have_attribute("data-view", fitted)
    expect(main).not_to_have_attribute("data-view", fitted)
    zoomed = str(main.get_attribute("data-view"))
    box = beside.bounding_box()
    assert box
    compared.mouse.move(box["x"] + 200, box["y"] + 300)
    compared.mouse.down()
    compared.mouse.move(box["x"] + 260, box["y"] + 300)
    compared.mouse.up()
    expect(main).not_to_have_attribute("data-view", zoomed)
    compared.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert view(main) == pytest.approx(view(beside), abs=2)


def test_unlinked_images_go_their_own_ways(compared: Page) -> None:
    compared.keyboard.press("k")
    loaded(compared)
    compared.get_by_label("Linked").uncheck()
    before = view(compared.locator("#canvas"))
    pane(compared).click(position={"x": 100, "y": 300})
    expect(pane(compared)).to_contain_text("Keys act here")
    compared.keyboard.press("+")
    expect(pane(compared).locator("canvas")).not_to_have_attribute("data-view", " ".join(map(str, before)))
    assert view(compared.locator("#canvas")) == before


def test_the_four_views_hang_back_to_back(room: Room, page: Page) -> None:
    others = [mammogram(21, "L", "CC"), mammogram(22, "R", "MLO"), mammogram(23, "R", "CC")]
    room.sheets[0] = mammogram(20, "L", "MLO")
    room.sheets[0].companions = [("study", "".join(each.coded[:0:-1]), each) for each in others]
    opened(page)
    page.keyboard.press("j")
    loaded(page, 3)
    places = {
        str(each.get_attribute("aria-label"))[:4]: each.get_attribute("data-place")
        for each in page.locator(".pane").all()
    }
    assert places == {"LCC,": "1", "RMLO": "2", "RCC,": "0"}
    expect(page.locator(".stage")).to_have_attribute("data-place", "3")
    assert view(page.locator("#canvas"))[1] == 0  # its chest wall is at the middle of the screen
    assert violations(page) == []


def test_the_hanging_is_remembered_for_the_project(compared: Page, room: Room) -> None:
    compared.keyboard.press("k")
    loaded(compared)
    opened(compared)
    loaded(compared)


def test_the_next_case_hangs_alike_and_its_first_level_is_there(compared: Page, room: Room) -> None:
    room.sheets[1].companions = [("prior", "Prior, 9 days before", Sheet(31))]
    opened(compared)
    with compared.expect_response("**/grey/31/**/half"):
        compared.keyboard.press("k")
    for key in ("0", "3", "a", "6", "a", "Enter"):
        compared.keyboard.press(key)
    expect(pane(compared)).to_contain_text("Prior, 9 days before")
    loaded(compared)
    assert len([url for url in room.asked if "/grey/31/" in url]) == 2


def test_the_answers_are_those_of_the_image_that_is_read(compared: Page, room: Room) -> None:
    compared.keyboard.press("k")
    loaded(compared)
    pane(compared).click(position={"x": 100, "y": 300})
    for key in ("6", "p", "6", "b", "b", "0", "3", "a", "Enter"):
        compared.keyboard.press(key)
    expect(compared.locator("[data-undo-text]")).to_be_visible()
    assert room.reads[posted(compared, room)[0]["key"]]["assignment"] == room.sheets[0].assignment
    assert len(posted(compared, room)[0]["regions"]) == 1


def test_a_lost_context_of_a_companion_comes_back(compared: Page) -> None:
    compared.keyboard.press("k")
    loaded(compared)
    compared.evaluate(LOSE, ".pane canvas")
    expect(pane(compared)).to_have_attribute("data-level", "none")
    compared.evaluate("giveBack()")
    loaded(compared)
    expect(compared.locator("body")).to_have_attribute("data-level", "full")


@pytest.mark.parametrize("size", [(1440, 900), (420, 800)], ids=["wide", "phone"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_violation_in_any_hanging(compared: Page, theme: str, size: tuple[int, int]) -> None:
    compared.set_viewport_size({"width": size[0], "height": size[1]})
    compared.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    for _ in range(2):
        compared.keyboard.press("j")
        loaded(compared)
        assert violations(compared) == []
