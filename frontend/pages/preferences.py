"""A person's theme and keyboard. They are stored with the account and hold on every computer."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontend.people import person
from overread.accounts.models import Preferences
from overread.accounts.queries import preferences_of
from overread.accounts.services import preferences_change


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        _change(request, single_keys="single_keys" in request.POST)
        messages.success(request, _("Your preferences are kept."))
        return redirect("preferences")
    context = {"preferences": preferences_of(person(request)), "themes": Preferences.Theme.choices}
    return render(request, "preferences.html", context)


@login_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Change only the theme, from the menu on every page, and go back to that page."""
    _change(request)
    back = request.POST.get("next", "")
    # A form on another site must not send anybody on from here.
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "preferences")


def _change(request: HttpRequest, **more: bool) -> None:
    try:
        preferences_change(user=person(request), theme=request.POST.get("theme", ""), **more)
    except ValidationError as wrong:
        raise BadRequest(" ".join(wrong.messages)) from wrong
