"""Signing in by a token."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox import auth
from knox.models import AuthToken


class TokenAuthentication(auth.TokenAuthentication):  # type: ignore[misc]
    """Knox's, but a request reads its own token alone: knox looks through all of the user's for some to delete."""

    def _cleanup_token(self, auth_token: AuthToken) -> bool:
        return auth_token.expiry is not None and auth_token.expiry < timezone.now()


class TokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    """What the schema of the interface says of it."""

    target_class = "overread.accounts.tokens.TokenAuthentication"
