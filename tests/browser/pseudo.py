"""A language that nobody speaks: every translated sentence stands in ⟦ ⟧, in templates, in Python and in the scripts.

What a page shows outside of such brackets was never given to a translator.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import Page, Route

SCRIPT = """
for (const name of ["gettext", "ngettext", "pgettext", "npgettext"]) {
  const said = django[name];
  django[name] = (...words) => "\\u27e6" + said(...words) + "\\u27e7";
}
"""

# Every text that a person sees or hears, now or once it is opened: text nodes, and the attributes that name things.
TEXTS = """() => {
  const seen = [];
  const told = (text, where) => text && text.trim() && seen.push([text, where]);
  const names = ["aria-label", "title", "placeholder", "alt", "aria-roledescription", "data-confirm", "data-confirm-yes"];
  const path = (node) => [node.tagName.toLowerCase(), ...node.classList].join(".") + (node.id ? "#" + node.id : "");
  for (const element of document.querySelectorAll("title, body, body *")) {
    if (element.closest("script, style, template, noscript, kbd, code, [translate=no]")) continue;
    for (const name of names) told(element.getAttribute(name), path(element) + "@" + name);
    for (const node of element.childNodes)
      if (node.nodeType === Node.TEXT_NODE) told(node.textContent, path(element.parentElement) + " > " + path(element));
  }
  return seen;
}"""


def bracket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put everything Django translates from now on into brackets, lazily translated words too."""

    def wrapped(said: Callable[..., str]) -> Callable[..., str]:
        return lambda *words: f"⟦{said(*words)}⟧"

    for name in ("gettext", "ngettext", "pgettext", "npgettext"):
        monkeypatch.setattr(translation._trans, name, wrapped(getattr(translation._trans, name)))


def bracket_scripts(page: Page) -> None:
    """The same for what the scripts say."""

    def answer(route: Route) -> None:
        given = route.fetch()
        route.fulfill(response=given, body=given.text() + SCRIPT)

    page.route("**/i18n.js*", answer)


def untranslated(page: Page, data: set[str]) -> list[str]:
    """Words on the page that are neither translated nor data."""
    seen: list[Any] = page.evaluate(TEXTS)
    return [f"{where}: {text.strip()!r}" for text, where in seen if words_left(text, data)]


def words_left(text: str, data: set[str]) -> bool:
    """Whether letters are left once translated sentences, data, and numbers with what follows at once are gone."""
    while (shorter := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = shorter
    for known in sorted(data, key=len, reverse=True):
        text = text.replace(known, " ")
    return re.search(r"[^\W\d_]{2,}|[^\W\d_]\b", text) is not None
