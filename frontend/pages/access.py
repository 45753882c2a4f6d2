"""Where one is signed in and what else opens one's account: sessions and API tokens, to be looked through and ended."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from frontend.browsers import browser_words
from frontend.people import person
from overread.accounts.access import session_end, sessions_end, sessions_of, token_revoke, tokens_of
from overread.accounts.models import User


@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "access.html", {"account": person(request), **opened(request, person(request))})


@login_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """One session, one token, or every session but this one."""
    if not end_one(request, person(request)):
        if "others" not in request.POST:
            raise BadRequest("Nothing was named.")
        count = sessions_end(user=person(request), but=request.session.session_key)
        messages.success(request, ended_words(count))
    return redirect("access")


def opened(request: HttpRequest, user: User) -> dict[str, Any]:
    """The tables of a person's sessions and tokens."""
    return {
        "sessions": [
            (session, browser_words(session.browser), session.session_key == request.session.session_key)
            for session in sessions_of(user)
        ],
        "tokens": tokens_of(user),
    }


def end_one(request: HttpRequest, user: User) -> bool:
    """End the session or revoke the token that the form names, if it names one."""
    if reference := request.POST.get("session"):
        found = session_end(user=user, reference=reference)
        said = _("The session has ended.")
    elif key := request.POST.get("token"):
        found = token_revoke(user=user, key=key)
        said = _("The token is revoked.")
    else:
        return False
    if found:
        messages.success(request, said)
    else:
        messages.info(request, _("It had ended already."))
    return True


def ended_words(count: int) -> str:
    return ngettext("%(n)s session has ended.", "%(n)s sessions have ended.", count) % {"n": count}
