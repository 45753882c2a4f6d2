"""What happens to people and to what they get in by, for whoever keeps a record of it. `user`: the account's key."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountMade:
    user: int


@dataclass(frozen=True)
class PasswordChanged:
    """An account that was there has another password, or none any more."""

    user: int


@dataclass(frozen=True)
class TokenMade:
    user: int


@dataclass(frozen=True)
class TokenRefused:
    """The account is known, but gets no token."""

    user: int
    reason: str


@dataclass(frozen=True)
class AccessEnded:
    """So many sessions and tokens of an account open nothing any more."""

    user: int
    sessions: int = 0
    tokens: int = 0


@dataclass(frozen=True)
class LockLifted:
    """The wrong passwords that were tried for an account are forgotten."""

    user: int
