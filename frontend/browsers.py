"""A browser in words, from what it calls itself: enough for its owner to know it again."""

from __future__ import annotations

from django.utils.translation import gettext as _

# Each calls itself by its forerunners' names, too, so the first that is found counts.
BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome"}
BROWSERS |= {"Chrome/": "Chrome", "Chromium/": "Chromium", "Safari/": "Safari"}
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "CrOS": "ChromeOS", "Windows": "Windows"}
SYSTEMS |= {"Mac OS X": "macOS", "Linux": "Linux"}


def browser_words(calls_itself: str) -> str:
    """Such as "Firefox on Windows"; the first of its own words where neither is known."""
    browser, system = _first(BROWSERS, calls_itself), _first(SYSTEMS, calls_itself)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or calls_itself[:40] or _("unknown")


def _first(names: dict[str, str], text: str) -> str:
    return next((name for sign, name in names.items() if sign in text), "")
