"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from overread.accounts.queries import accounts_of_demo


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("E-mail or password not recognised."),
        "inactive": _("This account is locked."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Browsers warn about an autofocus on a page that has the focus somewhere already.
        del self.fields["username"].widget.attrs["autofocus"]
        self.fields["username"].label = _("E-mail")
        self.fields["username"].widget.attrs |= {"class": "input", "type": "email", "autocomplete": "username"}
        self.fields["password"].widget.attrs |= {"class": "input", "autocomplete": "current-password"}


class SignIn(LoginView):
    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {"demo_accounts": accounts_of_demo()}


class SignOut(LogoutView):
    """Clears the browser's cache, so that "back" shows no page. Reads not yet sent lie in storage, which is kept."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The answer to too many wrong passwords from one address."""
    return render(request, "locked_out.html", status=429)
