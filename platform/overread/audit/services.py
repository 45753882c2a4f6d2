"""Writes to the audit log."""

from __future__ import annotations

import hashlib
import hmac
import json
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction

from overread import rows
from overread.accounts.models import User
from overread.audit.anchors import Anchor, anchor_append
from overread.audit.models import Event, Seal
from overread.origin import origin

GENESIS = "0" * 64


def event_append(
    *,
    verb: str,
    actor: User | None = None,
    target: models.Model | None = None,
    project: UUID | None = None,
    **detail: Any,
) -> Event:
    """Record something that was done, in the caller's transaction.

    `detail` holds ids, numbers and words, never a patient's identity.
    """
    event = event_of(verb=verb, actor=actor, target=target, project=project, **detail)
    rows.insert(event)
    return event


def event_of(
    *,
    verb: str,
    actor: User | None = None,
    target: models.Model | None = None,
    project: UUID | None = None,
    **detail: Any,
) -> Event:
    """The event that `event_append` appends, for a caller that appends several at once.

    Within a request it also holds the request's id and the client's address.
    """
    if current := origin():
        detail |= current.as_detail()
    event = Event(verb=verb, actor=actor, project_id=project, detail=detail)
    if target:
        event.target_type = target._meta.label_lower
        event.target_id = str(target.pk)
    return event


def event_digest(previous: str, event: Event) -> str:
    """SHA-256 (hex) that chains `event` to the hash before it."""
    content = [
        previous,
        event.pk,
        event.at.isoformat(),
        event.actor_id,
        event.verb,
        event.target_type,
        event.target_id,
        str(event.project_id or ""),
        event.detail,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def sign(position: int, digest: str) -> str:
    return hmac.new(settings.AUDIT_KEY.encode(), f"{position}:{digest}".encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def events_seal(*, limit: int = 5000) -> int:
    """Chain the events that are committed but not yet chained, and sign the new head. Returns how many were chained."""
    _seal_alone()
    head = Seal.objects.order_by("-position").first()
    position = 0
    digest = GENESIS
    if head:
        position = head.position
        digest = head.hash
    fresh = list(Event.objects.filter(position=None).order_by("pk")[:limit])
    for event in fresh:
        position += 1
        digest = event_digest(digest, event)
        event.position = position
        event.hash = digest
    if fresh:
        Event.objects.bulk_update(fresh, ["position", "hash"], batch_size=500)
        seal = Seal.objects.create(position=position, hash=digest, signature=sign(position, digest))
        anchor = Anchor.sign(position=position, hash=digest, at=seal.at.isoformat())
        transaction.on_commit(partial(anchor_append, anchor))
    return len(fresh)


def _seal_alone() -> None:
    """Make other sealers wait until this transaction ends; on SQLite its write lock does so already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {Seal._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
