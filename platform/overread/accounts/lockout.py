"""Who may try a password: django-axes counts failures, and this says how many are too many.

Eight failures lock one account for the one address they came from. Wider limits hold for an address (any accounts)
and for an account (any addresses). They stop no address from which that person has signed in before: so an outsider,
however many addresses they have, locks no doctor out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Q, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from overread.accounts.models import User

# Failures; those of one browser at one account count until none has come for the cool-off time.
PER_ADDRESS, PER_ACCOUNT = 20, 60
KNOWN_FOR = timedelta(days=90)  # so long an address is one from which somebody has signed in before


class Lockout(AxesDatabaseHandler):  # type: ignore[misc]
    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        request.sign_in_locked = super().is_locked(request, credentials)
        return bool(request.sign_in_locked)

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """This account's failures from this address; as many as lock where a wider limit is reached. One query, or two."""
        name = get_client_username(request, credentials)
        address = request.axes_ip_address
        of_account = Q(username=name)
        from_address = Q(ip_address=address)
        recent = AccessAttempt.objects.filter(
            of_account | from_address, attempt_time__gte=get_cool_off_threshold(request)
        )
        counted = recent.aggregate(
            own=Sum("failures_since_start", filter=of_account & from_address, default=0),
            account=Sum("failures_since_start", filter=of_account, default=0),
            address=Sum("failures_since_start", filter=from_address, default=0),
        )
        own: int = counted["own"]
        wide = counted["address"] >= PER_ADDRESS or counted["account"] >= PER_ACCOUNT
        if wide and not AccessLog.objects.filter(of_account & from_address).exists():
            return max(own, settings.AXES_FAILURE_LIMIT)
        return own

    def user_logged_in(self, sender: Any, request: Any, user: User, **_: Any) -> None:
        """From now on the address is known; the account's failures from there are forgotten, and no others."""
        own = {"username": name_kept(request, {"username": user.get_username()}), "ip_address": request.axes_ip_address}
        AccessLog.objects.create(path_info=request.axes_path_info, **own)
        AccessAttempt.objects.filter(**own).delete()

    def user_logged_out(self, *_: Any, **__: Any) -> None:
        """Nothing is counted; the audit log has it."""


def name_kept(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """A keyed digest in place of a typed name, one for all spellings: people type passwords into that field."""
    name = str((credentials or {}).get("username") or "").strip().lower()
    return salted_hmac("overread.accounts.lockout", name, algorithm="sha256").hexdigest()


def lock_lift(user: User) -> int:
    """Forget the failures of an account, wherever they came from. Returns how many rows there were."""
    name = name_kept(None, {"username": user.get_username()})
    return int(AccessAttempt.objects.filter(username=name).delete()[0])


def addresses_forget() -> None:
    """Drop what is too old to count."""
    now = timezone.now()
    AccessLog.objects.filter(attempt_time__lt=now - KNOWN_FOR).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - timedelta(hours=settings.AXES_COOLOFF_TIME)).delete()
