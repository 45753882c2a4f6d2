"""What follows when somebody signs in or has a new password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from knox.models import AuthToken

from overread.accounts.events import PasswordChanged
from overread.accounts.models import Session, User
from overread.accounts.sessions import ADDRESS, BROWSER, STARTED
from overread.events import listen
from overread.origin import client_address


@receiver(user_logged_in)
def session_describe(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """Note when, from which address and with which browser. A token made by password alone has no session."""
    if request.session.get(SESSION_KEY) == str(user.pk):
        request.session[STARTED] = timezone.now().timestamp()
        request.session[ADDRESS] = client_address(request)
        request.session[BROWSER] = request.META.get("HTTP_USER_AGENT", "")[:255]


@listen(PasswordChanged)
def access_end(event: PasswordChanged) -> None:
    """A new password, however it was set, ends the sessions and tokens of the old one."""
    Session.objects.filter(user_id=event.user).delete()
    AuthToken.objects.filter(user_id=event.user).delete()
