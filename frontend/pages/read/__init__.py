"""The reading page: one case after the other, read blind first if the protocol says so."""

from frontend.pages.read.commands import (
    amend,
    defer,
    escalate,
    heartbeat,
    opinion,
    propose,
    release,
    skip,
    submit,
    undo,
)
from frontend.pages.read.similar import similar
from frontend.pages.read.skipped import unskip
from frontend.pages.read.views import attention, page, start

__all__ = [
    "amend",
    "attention",
    "defer",
    "escalate",
    "heartbeat",
    "opinion",
    "page",
    "propose",
    "release",
    "similar",
    "skip",
    "start",
    "submit",
    "undo",
    "unskip",
]
