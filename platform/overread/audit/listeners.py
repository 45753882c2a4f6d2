"""Sign-ins, accounts and what opens them reach the log by signals, so that accounts need not know of it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from overread.accounts.models import User
from overread.accounts.signals import (
    access_ended,
    account_made,
    lock_lifted,
    password_changed,
    token_made,
    token_refused,
)
from overread.audit.services import event_append
from overread.origin import origin


@receiver(user_logged_in)
def signed_in(sender: Any, user: User, **_: Any) -> None:
    event_append(verb="session.start", actor=user, target=user)


@receiver(user_logged_out)
def signed_out(sender: Any, user: User | None, **_: Any) -> None:
    if user:
        event_append(verb="session.end", actor=user, target=user)


@receiver(user_login_failed)
def refused(sender: Any, credentials: dict[str, Any], request: Any = None, **_: Any) -> None:
    """The account that was tried, where there is one. What was typed is never kept: it may be a password."""
    tried = User.objects.filter(email__iexact=credentials.get("username") or "").first()
    if getattr(request, "sign_in_locked", False):
        reason = "locked"
    elif tried and not tried.is_active:
        reason = "inactive"
    else:
        reason = "not recognised"
    if tried:
        event_append(verb="session.refuse", target=tried, reason=reason)
    else:
        event_append(verb="session.refuse", reason=reason, account="unknown account")


@receiver(token_made)
def token_told(sender: Any, user: User, **_: Any) -> None:
    event_append(verb="token.create", actor=user, target=user)


@receiver(token_refused)
def token_refusal_told(sender: Any, user: User, reason: str, **_: Any) -> None:
    event_append(verb="token.refuse", target=user, reason=reason)


@receiver(access_ended)
def access_told(sender: Any, user: User, sessions: int, tokens: int, **_: Any) -> None:
    event_append(verb="access.end", actor=whoever_asks(), target=user, sessions=sessions, tokens=tokens)


@receiver(lock_lifted)
def lock_told(sender: Any, user: User, **_: Any) -> None:
    event_append(verb="lock.lift", actor=whoever_asks(), target=user)


@receiver(account_made)
def account_told(sender: Any, user: User, **_: Any) -> None:
    event_append(verb="account.create", actor=whoever_asks(), target=user)


@receiver(password_changed)
def password_told(sender: Any, user: User, **_: Any) -> None:
    event_append(verb="password.change", actor=whoever_asks(), target=user)


def whoever_asks() -> User | None:
    """Who is signed in for the current request; None in a command."""
    current = origin()
    user = None
    if current:
        user = getattr(current.request, "user", None)
    return user if isinstance(user, User) else None
