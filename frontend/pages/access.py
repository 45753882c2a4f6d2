"""A person's own sessions and API tokens, and the buttons that end them."""

from __future__ import annotations

from typing import Any, NamedTuple, TypedDict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from frontend.browsers import browser_words
from frontend.people import person
from overread.accounts.access import session_end, sessions_end, sessions_of, token_revoke, tokens_of
from overread.accounts.models import Session, User


@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "access.html", {"account": person(request), **access_context(request, person(request))})


@login_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End one session, one token, or every session but this one."""
    if not end_one(request, person(request)):
        if "others" not in request.POST:
            raise BadRequest("Nothing was named.")
        count = sessions_end(user=person(request), but=request.session.session_key)
        messages.success(request, ended_words(count))
    return redirect("access")


class SessionRow(NamedTuple):
    """A session, its browser in words, and whether it is the one of this request."""

    session: Session
    browser: str
    current: bool


class Access(TypedDict):
    """Everything that gives access to an account."""

    sessions: list[SessionRow]
    tokens: QuerySet[Any]  # knox has no types


def access_context(request: HttpRequest, user: User) -> Access:
    rows = []
    for session in sessions_of(user):
        current = session.session_key == request.session.session_key
        rows.append(SessionRow(session, browser_words(session.browser), current))
    return {"sessions": rows, "tokens": tokens_of(user)}


def end_one(request: HttpRequest, user: User) -> bool:
    """End the session or revoke the token that the form names. Returns whether it names one."""
    if reference := request.POST.get("session"):
        found = session_end(user=user, reference=reference)
        ended = _("The session has ended.")
    elif key := request.POST.get("token"):
        found = token_revoke(user=user, key=key)
        ended = _("The token is revoked.")
    else:
        return False
    if found:
        messages.success(request, ended)
    else:
        messages.info(request, _("It had ended already."))
    return True


def ended_words(count: int) -> str:
    return ngettext("%(n)s session has ended.", "%(n)s sessions have ended.", count) % {"n": count}
