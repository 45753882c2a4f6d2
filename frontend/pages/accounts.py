"""Accounts for the operator: the sessions and tokens of each, and the buttons that end them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from frontend.pages.access import access_context, end_one
from frontend.pages.jobs import operator_only
from overread.accounts.access import sessions_end, tokens_revoke
from overread.accounts.models import User
from overread.accounts.queries import accounts_listed
from overread.accounts.services import account_unlock

ACCOUNTS = 50  # a page


@operator_only
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    shown = Paginator(accounts_listed(), ACCOUNTS).get_page(request.GET.get("page"))
    return render(request, "accounts.html", {"page": shown, "query": ""})


@operator_only
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(User, pk=pk)
    return render(request, "account.html", {"account": account, **access_context(request, account)})


@operator_only
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one session or token, or all of them; or lift the lock after wrong passwords."""
    account = get_object_or_404(User, pk=pk)
    if "all" in request.POST:
        # A stolen account is open by both: to end only one of them would leave the thief in.
        sessions_end(user=account)
        tokens_revoke(user=account)
        messages.success(request, _("All sessions and tokens of this account have ended."))
    elif "lock" in request.POST:
        account_unlock(user=account)
        messages.success(request, _("Wrong passwords are forgotten; this account may try again from everywhere."))
    elif not end_one(request, account):
        raise BadRequest("Nothing was named.")
    return redirect("account", pk)
