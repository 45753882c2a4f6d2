"""Reads about people."""

from __future__ import annotations

from overread.accounts.models import Preferences, User


def preferences_of(user: User) -> Preferences:
    """A person's preferences; what everybody starts with where they have chosen nothing yet."""
    return Preferences.objects.filter(user=user).first() or Preferences(user=user)
