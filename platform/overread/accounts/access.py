"""What a person is signed in by: sessions and tokens, listed and ended."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from knox.models import AuthToken

from overread.accounts.events import AccessEnded
from overread.accounts.lockout import addresses_forget
from overread.accounts.models import Session, User
from overread.events import announce


def sessions_of(user: User) -> QuerySet[Session]:
    """Where somebody is signed in, last used first."""
    return Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-used_at")


def tokens_of(user: User) -> QuerySet[Any]:
    """Somebody's tokens that still open something, newest first."""
    tokens: QuerySet[Any] = AuthToken.objects.filter(user=user, expiry__gt=timezone.now()).order_by("-created")
    return tokens


@transaction.atomic
def session_end(*, user: User, reference: str) -> bool:
    """End the session that is listed as `reference`. False where this person has no such session."""
    named = next((session for session in sessions_of(user) if session.reference == reference), None)
    if named:
        named.delete()
        announce(AccessEnded(user.pk, sessions=1))
    return named is not None


@transaction.atomic
def token_revoke(*, user: User, key: str) -> bool:
    """Revoke the token that is listed as `key`. False where this person has no such token."""
    revoked = AuthToken.objects.filter(user=user, token_key=key).delete()[0]
    if revoked:
        announce(AccessEnded(user.pk, tokens=1))
    return bool(revoked)


@transaction.atomic
def sessions_end(*, user: User, but: str | None = None) -> int:
    """End somebody's sessions, all but the one whose secret key is given. Returns how many."""
    ended = Session.objects.filter(user=user).exclude(session_key=but).delete()[0]
    if ended:
        announce(AccessEnded(user.pk, sessions=ended))
    return ended


@transaction.atomic
def tokens_revoke(*, user: User) -> int:
    """Revoke all of somebody's tokens. Returns how many."""
    revoked = int(AuthToken.objects.filter(user=user).delete()[0])
    if revoked:
        announce(AccessEnded(user.pk, tokens=revoked))
    return revoked


def access_tidy() -> None:
    """Drop what has expired; called once a minute."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    AuthToken.objects.filter(expiry__lt=now).delete()
    addresses_forget()
