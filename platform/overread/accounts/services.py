"""Writes about people."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from overread.accounts.models import User


@transaction.atomic
def user_ensure(*, email: str, name: str, password: str, is_staff: bool = False, is_demo: bool = False) -> User:
    """The user with this e-mail address, made on first call; a later call changes nothing."""
    if user := User.objects.filter(email__iexact=email).first():
        return user
    return User.objects.create_user(email, password, name=name, is_staff=is_staff, is_demo=is_demo)


def demo_accounts_refuse() -> None:
    """Raise ImproperlyConfigured when a production process finds demo accounts, whose passwords are published."""
    if settings.PRODUCTION and User.objects.filter(is_demo=True, is_active=True).exists():
        raise ImproperlyConfigured(
            "This database holds demo accounts, whose passwords are published. Production does not start with them: "
            "use a fresh database, or run `manage.py remove_demo_accounts`."
        )
