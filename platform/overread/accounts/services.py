"""Writes about people."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from overread.accounts.events import AccountMade, LockLifted
from overread.accounts.lockout import lock_lift
from overread.accounts.models import Preferences, User
from overread.events import announce


@transaction.atomic
def user_ensure(*, email: str, name: str, password: str, is_staff: bool = False, is_demo: bool = False) -> User:
    """The user with this e-mail address, made on first call; a later call changes nothing."""
    if user := User.objects.filter(email__iexact=email).first():
        return user
    return User.objects.create_user(email, password, name=name, is_staff=is_staff, is_demo=is_demo)


@transaction.atomic
def user_create(*, email: str, name: str = "") -> tuple[User, str]:
    """A new account and its first password, which is told once. Raises ValidationError for an address that is taken."""
    password = secrets.token_urlsafe(12)
    user = User(email=email.lower(), name=name)
    user.set_password(password)
    user.full_clean()
    user.save()
    announce(AccountMade(user.pk))
    return user, password


@transaction.atomic
def password_change(*, user: User, password: str) -> None:
    """Set a checked password. Saving it ends the account's sessions and tokens (overread.accounts.access)."""
    user.set_password(password)
    user.save(update_fields=["password"])


@transaction.atomic
def account_unlock(*, user: User) -> None:
    """Forget the wrong passwords that were tried for an account, wherever they came from."""
    lock_lift(user)
    announce(LockLifted(user.pk))


@transaction.atomic
def preferences_change(*, user: User, **changes: Any) -> Preferences:
    """Change some of a person's preferences (theme, single_keys, keys). Raises ValidationError and changes nothing."""
    Preferences.objects.get_or_create(user=user)
    preferences = Preferences.objects.select_for_update().get(user=user)
    for name, value in changes.items():
        setattr(preferences, name, value)
    unchanged = {field.name for field in Preferences._meta.fields} - set(changes)
    preferences.full_clean(exclude=unchanged)  # what was kept under another rule may stay
    preferences.save(update_fields=list(changes))
    return preferences


def demo_accounts_refuse() -> None:
    """Raise ImproperlyConfigured when a production process finds demo accounts, whose passwords are published."""
    if settings.PRODUCTION and User.objects.filter(is_demo=True, is_active=True).exists():
        raise ImproperlyConfigured(
            "This database holds demo accounts, whose passwords are published. Production does not start with them: "
            "use a fresh database, or run `manage.py remove_demo_accounts`."
        )
