"""Who is asking."""

from __future__ import annotations

from django.http import HttpRequest

from overread.accounts.models import User


def person(request: HttpRequest) -> User:
    """The signed-in user; the view's decorator has seen to that there is one."""
    assert isinstance(request.user, User)
    return request.user
