"""Reads about people."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from overread.accounts.models import Preferences, User


def preferences_of(user: User) -> Preferences:
    """A person's preferences; what everybody starts with where they have chosen nothing yet."""
    return Preferences.objects.filter(user=user).first() or Preferences(user=user)


def accounts_listed() -> QuerySet[User]:
    """Every account by name, with how many sessions and tokens open it now: `session_count`, `token_count`."""
    now = timezone.now()
    return User.objects.order_by("name", "email").annotate(
        session_count=Count("sessions", Q(sessions__expire_date__gt=now), distinct=True),
        token_count=Count("auth_token_set", Q(auth_token_set__expiry__gt=now), distinct=True),
    )


def account_named(email: str) -> User | None:
    """The account with this address, unless it is locked."""
    return User.objects.filter(email__iexact=email, is_active=True).first()


def account_called(who: str) -> User | None:
    """The account with this address, or the only one whose address begins so before the @, unless it is locked."""
    who = who.strip()
    if not who or "\0" in who:
        return None
    if "@" in who:
        return account_named(who)
    called = list(User.objects.filter(email__istartswith=f"{who}@", is_active=True)[:2])
    return called[0] if len(called) == 1 else None


def accounts_of_demo() -> QuerySet[User]:
    """The demo's accounts, whose passwords are published."""
    return User.objects.filter(is_demo=True, is_active=True).order_by("pk")
