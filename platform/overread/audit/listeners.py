"""Sign-ins reach the log by Django's signals, other news of accounts by events: accounts need not know of it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from overread.accounts.events import (
    AccessEnded,
    AccountMade,
    LockLifted,
    PasswordChanged,
    TokenMade,
    TokenRefused,
)
from overread.accounts.models import User
from overread.audit.services import event_append
from overread.events import listen
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


@listen(TokenMade)
def token_told(event: TokenMade) -> None:
    user = User.objects.get(pk=event.user)
    event_append(verb="token.create", actor=user, target=user)


@listen(TokenRefused)
def token_refusal_told(event: TokenRefused) -> None:
    event_append(verb="token.refuse", target=User.objects.get(pk=event.user), reason=event.reason)


@listen(AccessEnded)
def access_told(event: AccessEnded) -> None:
    account_tell("access.end", event.user, sessions=event.sessions, tokens=event.tokens)


@listen(LockLifted)
def lock_told(event: LockLifted) -> None:
    account_tell("lock.lift", event.user)


@listen(AccountMade)
def account_told(event: AccountMade) -> None:
    account_tell("account.create", event.user)


@listen(PasswordChanged)
def password_told(event: PasswordChanged) -> None:
    account_tell("password.change", event.user)


def account_tell(verb: str, user: int, **detail: Any) -> None:
    """Tell of something that whoever asks has done to an account."""
    event_append(verb=verb, actor=whoever_asks(), target=User.objects.get(pk=user), **detail)


def whoever_asks() -> User | None:
    """Who is signed in for the current request; None in a command."""
    current = origin()
    user = None
    if current:
        user = getattr(current.request, "user", None)
    return user if isinstance(user, User) else None
