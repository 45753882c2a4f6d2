"""Why an image is offered to a reader, and in which order."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """Why an image is offered. All but exploit and single are always read blind first."""

    EXPLOIT = "exploit", "chosen by the strategy"
    AUDIT = "audit", "random audit"
    RELABEL = "relabel", "second look at a suspect label"
    GOLD = "gold", "known answer"
    REPEAT = "repeat", "read again by the same reader"
    REFERENCE = "reference", "reference set"
    ADJUDICATE = "adjudicate", "adjudication"
    SINGLE = "single", "opened by a reader"


class Priority(models.IntegerChoices):
    """What goes first in the queue, before any rank. Lowest first."""

    SENT = 0, "sent by a colleague"
    SUSPECTED = 1, "suspected urgent"
    ORDINARY = 2


class Sent(models.TextChoices):
    """What a colleague asks for with an assignment they sent."""

    ESCALATION = "escalation", _("escalated")
    OPINION = "opinion", _("second opinion")


ALWAYS_BLIND = {
    *(Purpose.AUDIT, Purpose.RELABEL, Purpose.GOLD, Purpose.REPEAT),
    *(Purpose.REFERENCE, Purpose.ADJUDICATE),
}
# Cases that measure the model or the reader. Readers are told no more than "control case", or they would read it differently.
CONTROLS = (Purpose.AUDIT, Purpose.GOLD, Purpose.REPEAT)
# Reads of these measure the reader. They go into no label, and so into no training.
MEASURING = (Purpose.GOLD, Purpose.REPEAT)
