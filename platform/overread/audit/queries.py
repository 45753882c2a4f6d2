"""Reads of the audit log."""

from __future__ import annotations

import hmac
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from overread.audit.anchors import anchors_read
from overread.audit.models import Event, Seal
from overread.audit.services import GENESIS, event_digest, sign


@dataclass(frozen=True)
class ChainReport:
    """What a walk along the chain found. `broken_at` is the first position that does not fit, None when all do.

    `lost_from` is the first position from which on the log is not the one that was anchored outside the database: its
    end was cut off, or an older backup was restored. `anchors` were compared; `strange_anchors` are not ours.
    """

    events: int
    unsealed: int
    broken_at: int | None
    lost_from: int | None = None
    anchors: int = 0
    strange_anchors: int = 0

    @property
    def holds(self) -> bool:
        return self.broken_at is None and self.lost_from is None and not self.strange_anchors


def chain_verify(anchors: Path | None = None) -> ChainReport:
    """Walk the whole chain, recompute every hash, check every seal's signature, and compare with the anchors.

    `anchors` names a copy that is kept elsewhere, instead of the deployment's own file.
    """
    seals = {seal.position: seal for seal in Seal.objects.all()}
    anchored, strange = _anchored(anchors or settings.AUDIT_ANCHORS)
    compared = sum(len(hashes) for hashes in anchored.values())
    digest = GENESIS
    count = 0
    lost = None
    for event in Event.objects.exclude(position=None).order_by("position").iterator(2000):
        count += 1
        digest = event_digest(digest, event)
        seal = seals.pop(count, None)
        forged = seal and (seal.hash != digest or not hmac.compare_digest(seal.signature, sign(count, digest)))
        if event.position != count or event.hash != digest or forged:
            return ChainReport(count, 0, count, anchors=compared, strange_anchors=strange)
        if lost is None and anchored.pop(count, {digest}) != {digest}:
            lost = count
    missing = min(seals, default=None)  # a seal past the end: events were cut off
    if lost is None and any(position > count for position in anchored):
        lost = count + 1
    unsealed = Event.objects.filter(position=None).count()
    return ChainReport(count, unsealed, missing, lost, compared, strange)


def _anchored(path: Path) -> tuple[dict[int, set[str]], int]:
    """What was anchored at which position, and how many lines bear no signature of ours. Torn lines are passed over."""
    found: dict[int, set[str]] = defaultdict(set)
    strange = 0
    for anchor in anchors_read(path):
        if anchor and anchor.is_ours():
            found[anchor.position].add(anchor.hash)
        elif anchor:
            strange += 1
    return dict(found), strange


def events_newest(*, verb: str = "") -> QuerySet[Event]:
    """Events with their actors, newest first, those of one verb where asked."""
    events = Event.objects.select_related("actor").order_by("-pk")
    if verb:
        return events.filter(verb=verb)
    return events


def verbs_known() -> QuerySet[Event, str]:
    """Every verb there is an event of, in the order of the alphabet."""
    return Event.objects.order_by("verb").values_list("verb", flat=True).distinct()


def seal_newest() -> Seal | None:
    return Seal.objects.order_by("-position").first()
