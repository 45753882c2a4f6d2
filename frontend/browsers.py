"""The name of a browser from its User-Agent header: enough for its owner to recognise it."""

from __future__ import annotations

from django.utils.translation import gettext as _

# A browser also names those that it imitates, so the order matters: the first that is found is the true one.
BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome"}
BROWSERS |= {"Chrome/": "Chrome", "Chromium/": "Chromium", "Safari/": "Safari"}
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "CrOS": "ChromeOS", "Windows": "Windows"}
SYSTEMS |= {"Mac OS X": "macOS", "Linux": "Linux"}


def browser_words(user_agent: str) -> str:
    """ "Firefox on Windows"; the beginning of the header if neither is known."""
    browser = _first(BROWSERS, user_agent)
    system = _first(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or user_agent[:40] or _("unknown")


def _first(names: dict[str, str], text: str) -> str:
    for token, name in names.items():
        if token in text:
            return name
    return ""
