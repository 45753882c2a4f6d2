"""The person behind a request."""

from __future__ import annotations

from django.http import HttpRequest

from overread.accounts.models import User


def person(request: HttpRequest) -> User:
    """The signed-in user. For views that only a signed-in person reaches."""
    assert isinstance(request.user, User)
    return request.user
