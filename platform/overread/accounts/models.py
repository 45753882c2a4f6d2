"""People who sign in."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from overread.accounts.events import PasswordChanged
from overread.accounts.keys import keys_check
from overread.events import announce


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Someone with an e-mail address. What they may do follows from their memberships (overread.projects).

    `is_staff` marks the deployment's operators: they see every job and the audit log, and no case by that alone.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False, help_text="A demo account with a published password.")
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self._password = raw_password or ""  # also where it is none: saving tells of it

    def set_unusable_password(self) -> None:
        self.set_password(None)

    def save(self, *args: Any, **options: Any) -> None:
        """Announces a new password, whoever set it; a hash that Django renews at sign-in is not one."""
        anew = self._password is not None and not self._state.adding
        with transaction.atomic():
            super().save(*args, **options)
            if anew:
                announce(PasswordChanged(self.pk))

    @property
    def initials(self) -> str:
        words = (self.name or self.email).replace("Dr ", "").split()
        return "".join(word[0] for word in words[:2]).upper()


class Preferences(models.Model):
    """How one person likes the pages, wherever they sign in. The row is made with their first choice."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("Automatic")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="preferences")
    theme = models.CharField(max_length=5, choices=Theme.choices, default=Theme.DARK)
    single_keys = models.BooleanField(default=True)
    keys = models.JSONField(default=dict, blank=True, validators=[keys_check])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(theme__in=["auto", "light", "dark"]), name="preferences_theme_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.theme}"


class Session(AbstractBaseSession):
    """Django's session, and whose it is (overread.accounts.sessions); nobody's before sign-in."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    started_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=255, blank=True, help_text="As it calls itself.")

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore

    @property
    def reference(self) -> str:
        """Its name in pages and addresses, where the key itself would give access."""
        return salted_hmac("overread.accounts.session", self.session_key, algorithm="sha256").hexdigest()[:24]
