"""What a browser's console says of a page."""

from __future__ import annotations

from collections.abc import Iterable

NOT_OF_THE_PAGE = (
    "Failed to load resource",  # what the page makes of a failed call is seen on the page
    "GPU stall",  # Chromium tells that a picture was read back from the card
)


def complaints(console: Iterable[str]) -> list[str]:
    """The messages that are the page's own."""
    return [text for text in console if not any(part in text for part in NOT_OF_THE_PAGE)]
