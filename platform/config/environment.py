"""Strict readers of environment variables: nonsense is refused when the process starts, not when it hurts."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

Proxy = IPv4Network | IPv6Network | str
SECRET_LENGTH = 32
YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def envbool(name: str, default: bool) -> bool:
    """True or False; anything that is neither raises ImproperlyConfigured."""
    text = os.environ.get(name)
    if text is None:
        return default
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise ImproperlyConfigured(f"{name} must be one of 1, 0, true, false, yes, no; it is {text!r}.")


def envint(name: str, default: int, *, low: int, high: int) -> int:
    """A whole number in [low, high]."""
    text = os.environ.get(name, "")
    if not text:
        return default
    if not re.fullmatch("-?[0-9]{1,18}", text) or not low <= int(text) <= high:
        raise ImproperlyConfigured(f"{name} must be a whole number from {low} to {high}; it is {text!r}.")
    return int(text)


def envlist(name: str, default: list[str]) -> list[str]:
    """Comma-separated words."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()] or default


def envproxies(name: str) -> list[Proxy]:
    """Comma-separated addresses and networks of proxies; the word `unix` for one that comes by a Unix socket."""
    try:
        return [word if word == "unix" else ip_network(word) for word in envlist(name, [])]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must list addresses, networks or the word unix: {error}.") from error


def secrets_check(**keys: str) -> None:
    """Raise ImproperlyConfigured where two secrets are the same: whoever learns one would have the other."""
    for name, value in keys.items():
        if same := [other for other in keys if other != name and keys[other] == value]:
            raise ImproperlyConfigured(
                f"{name} and {same[0]} are the same. Each secret must be a random text of its own."
            )


def secret(name: str, folder: Path, *, production: bool) -> str:
    """A secret from the environment. Outside production one is made on first use and kept in `folder`."""
    value = os.environ.get(name, "")
    if value and not (production and len(value) < SECRET_LENGTH):
        return value
    if production:
        raise ImproperlyConfigured(f"{name} must be set in production: a random text of 32 characters or more.")
    path = folder / name.lower()
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # containers that share a folder share process ids too
        fresh = folder / f".{name.lower()}.{secrets.token_hex(8)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # the first process to arrive wins; the others read its value
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()
