"""Signing in by a token."""

from __future__ import annotations

from hmac import compare_digest

from django.utils import timezone
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox import auth
from knox.crypto import hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from overread.accounts.models import User
from overread.rows import Select

# Every request with a token asks this
TOKENS = Select(
    AuthToken,
    User,
    rest="FROM knox_authtoken JOIN accounts_user ON accounts_user.id = knox_authtoken.user_id WHERE token_key = %s",
)


class TokenAuthentication(auth.TokenAuthentication):  # type: ignore[misc]
    """Knox's, but a request reads its own token alone, in one statement. Knox looks through all of the user's for some to
    delete.
    """

    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken]:
        """Raises AuthenticationFailed for a token that is none of ours or has lapsed, or whose user has been closed."""
        text = token.decode()
        for kept, user in TOKENS.rows(text[: CONSTANTS.TOKEN_KEY_LENGTH]):
            lapsed = kept.expiry is not None and kept.expiry < timezone.now()
            if not lapsed and compare_digest(hash_token(text), kept.digest):
                kept.user = user
                found: tuple[User, AuthToken] = self.validate_user(kept)
                return found
        raise AuthenticationFailed("Invalid token.")


class TokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    """What the schema of the interface says of it."""

    target_class = "overread.accounts.tokens.TokenAuthentication"
