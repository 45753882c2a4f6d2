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
        del self.fields["username"].widget.attrs["autofocus"]  # a page that already has a focus would complain
        self.fields["username"].label = _("E-mail")
        self.fields["username"].widget.attrs |= {"class": "input", "type": "email", "autocomplete": "username"}
        self.fields["password"].widget.attrs |= {"class": "input", "autocomplete": "current-password"}


class SignIn(LoginView):
    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"demo_accounts": accounts_of_demo()}


class SignOut(LogoutView):
    """What the browser keeps of pages goes, also for the way back; reads that wait to be sent are no cache and stay."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords from one place."""
    return render(request, "locked_out.html", status=429)
