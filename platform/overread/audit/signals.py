"""Sign-ins, accounts and passwords reach the log by signals, so that accounts need not know of it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from overread.accounts.models import User
from overread.accounts.signals import account_made, password_changed
from overread.audit.services import event_append


@receiver(user_logged_in)
def signed_in(sender: Any, user: User, **_: Any) -> None:
    event_append(verb="session.start", actor=user, target=user)


@receiver(user_logged_out)
def signed_out(sender: Any, user: User | None, **_: Any) -> None:
    if user:
        event_append(verb="session.end", actor=user, target=user)


@receiver(user_login_failed)
def refused(sender: Any, **_: Any) -> None:
    event_append(verb="session.refuse")


@receiver(account_made)
def account_told(sender: Any, user: User, **_: Any) -> None:
    event_append(verb="account.create", target=user)


@receiver(password_changed)
def password_told(sender: Any, user: User, **_: Any) -> None:
    event_append(verb="password.change", actor=user, target=user)
