"""Reads of the audit log."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from overread.audit.models import Event, Seal
from overread.audit.services import GENESIS, event_digest, sign


@dataclass(frozen=True)
class ChainReport:
    """What a walk along the chain found. `broken_at` is the first position that does not fit, None when all do."""

    events: int
    unsealed: int
    broken_at: int | None


def chain_verify() -> ChainReport:
    """Walk the whole chain, recompute every hash, and check the signature of every seal."""
    seals = {seal.position: seal for seal in Seal.objects.all()}
    digest, count = GENESIS, 0
    for event in Event.objects.exclude(position=None).order_by("position").iterator(2000):
        count += 1
        digest = event_digest(digest, event)
        seal = seals.pop(count, None)
        forged = seal and (seal.hash != digest or not hmac.compare_digest(seal.signature, sign(count, digest)))
        if event.position != count or event.hash != digest or forged:
            return ChainReport(count, 0, count)
    missing = min(seals, default=None)  # a seal past the end: events were cut off
    return ChainReport(count, Event.objects.filter(position=None).count(), missing)
