"""Where a request comes from: an id of its own and its client's address, for log lines, errors and the audit log."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse

UNIX = "unix"  # in TRUSTED_PROXIES: whoever comes by a Unix socket, which has no address
PORT = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<four>[0-9.]+))(?::[0-9]+)?")
NETWORK = 64  # bits of an IPv6 address that one customer has at least: who counts single ones counts nothing

Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Origin:
    """One request. Its id is made here: one that a client sends could name somebody else's."""

    id: str
    address: str
    request: HttpRequest

    def as_detail(self) -> dict[str, str]:
        """What an event says of it."""
        return {"request": self.id} | ({"address": self.address} if self.address else {})


_current: ContextVar[Origin | None] = ContextVar("origin", default=None)


def origin() -> Origin | None:
    """The request in hand; None in workers and commands."""
    return _current.get()


def request_id() -> dict[str, str]:
    """The member that errors carry."""
    current = origin()
    return {"request_id": current.id} if current else {}


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        current = Origin(uuid4().hex, client_address(request), request)
        token = _current.set(current)
        try:
            response = get_response(request)
        finally:
            _current.reset(token)
        response["X-Request-ID"] = current.id
        return response

    return answer


class RequestFilter(logging.Filter):
    """Gives every log record its request's id, or a dash."""

    def filter(self, record: logging.LogRecord) -> bool:
        current = origin()
        record.request_id = current.id if current else "-"
        return True


def client_address(request: HttpRequest) -> str:
    """The client's address: the peer's or, where that is a declared proxy, the nearest it forwards for that is none.

    X-Forwarded-For is read from its end, and only as far as declared proxies wrote it: what stands before is anybody's.
    Empty where there is none, as on a Unix socket whose proxy is not declared.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    nearest = _parse(peer)
    if not (_declared(nearest) if nearest else not peer and UNIX in settings.TRUSTED_PROXIES):
        return str(nearest or "")
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = _parse(hop.strip())
        if address is None:
            break
        nearest = address
        if not _declared(address):
            break
    return str(nearest or "")


def lock_address(request: HttpRequest) -> str | None:
    """What failed sign-ins are counted by: an IPv4 address, or an IPv6 network."""
    address = _parse(client_address(request))
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), NETWORK), strict=False).network_address)
    return str(address) if address else None


def _parse(text: str) -> Address | None:
    """An address, also with a port, as some proxies write it; IPv4 inside IPv6 is IPv4."""
    if len(text) > 64:
        return None
    port = PORT.fullmatch(text)
    try:
        address = ip_address((port["six"] or port["four"]) if port else text)
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def _declared(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES if network != UNIX)
