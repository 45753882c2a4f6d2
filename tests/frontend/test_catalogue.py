"""/i18n.js: the scripts' sentences, for everybody, kept by the browser until they change."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from frontend.pages.catalogue import address


def test_it_works_signed_out(client: Client) -> None:
    answer = client.get(reverse("catalogue"))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert b"django.gettext" in answer.content


def test_its_own_address_is_kept_for_a_year(client: Client) -> None:
    assert "immutable" in client.get(address())["Cache-Control"]


def test_another_version_is_not_kept(client: Client) -> None:
    answer = client.get(reverse("catalogue"), {"language": "en", "version": "of-yesterday"})
    assert answer["Cache-Control"] == "public, no-cache"


def test_every_page_asks_for_it_before_its_scripts(client: Client, db: None) -> None:
    page = client.get(reverse("sign-in")).content.decode()
    assert page.index("/i18n.js?language=en") < page.index('type="module"')
    assert '<html lang="en"' in page
