"""The page that describes the API, in a real browser under the product's own policy."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_quiet_and_accessible(live_server: Any, page: Any, scheme: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/api/v1/docs/")
    assert page.get_by_role("heading", name="Overread API").is_visible()
    assert Axe().run(page).violations_count == 0 and said == []


def test_a_link_leads_to_the_shape(live_server: Any, page: Any) -> None:
    page.goto(f"{live_server.url}/api/v1/docs/")
    page.locator("#read_submit").get_by_role("link", name="SubmissionRequest").click()
    assert page.url.endswith("#shape-SubmissionRequest")
