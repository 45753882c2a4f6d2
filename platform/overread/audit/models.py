"""The append-only log of what was done, by whom, to what."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One thing that happened. Inserted unchained, in the transaction of what it tells of; chained later by the sealer.

    `hash` is SHA-256 over the previous event's hash and this event's content, so that a change or a gap shows.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    project_id = models.UUIDField(null=True, db_index=True)
    detail = models.JSONField(default=dict)
    position = models.BigIntegerField(null=True, unique=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["target_type", "target_id"]), models.Index(fields=["position", "id"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.target_type} {self.target_id}"


class Seal(models.Model):
    """A signed head of the chain: HMAC-SHA256, under the deployment's audit key, of the position and hash it names."""

    at = models.DateTimeField(auto_now_add=True)
    position = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"sealed to {self.position}"
