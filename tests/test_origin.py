"""Where a request comes from, and the id it goes by."""

from __future__ import annotations

import logging
from ipaddress import ip_network
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from config.environment import envproxies
from overread.origin import RequestFilter, client_address, middleware, origin

PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:f::/48"), "unix"]


def asked(peer: str, forwarded: str | None = None) -> HttpRequest:
    request = RequestFactory().get("/", REMOTE_ADDR=peer)
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return request


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.1", "192.0.2.1"),  # not declared, so not believed
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),  # what the client wrote itself stands first
        ("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", "nonsense, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8:f::1", "2001:db8::1", "2001:db8::1"),
        ("::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", "198.51.100.1"),  # a Unix socket
        ("10.0.0.1", "9" * 5000, "10.0.0.1"),
    ],
)
def test_the_clients_address(settings: Any, peer: str, forwarded: str | None, address: str) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    assert client_address(asked(peer, forwarded)) == address


def test_without_a_declared_proxy_no_header_is_believed(settings: Any) -> None:
    settings.TRUSTED_PROXIES = []
    assert client_address(asked("10.0.0.1", "198.51.100.1")) == "10.0.0.1"
    assert client_address(asked("", "198.51.100.1")) == ""


def test_a_list_of_proxies_is_read_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "10.0.0.0/8, 192.0.2.1,unix")
    assert envproxies("THING") == [ip_network("10.0.0.0/8"), ip_network("192.0.2.1"), "unix"]
    monkeypatch.setenv("THING", "10.0.0.0/8, proxy.example")
    with pytest.raises(Exception, match="THING must list addresses, networks or the word unix"):
        envproxies("THING")


def test_every_request_has_an_id_of_its_own_and_none_from_outside(db: None) -> None:
    said = [Client().get("/sign-in/", headers={"x-request-id": "theirs"})["X-Request-ID"] for _ in range(2)]
    assert len(set(said)) == 2 and "theirs" not in said and all(len(one) == 32 for one in said)


@pytest.mark.parametrize("address", ["/api/v1/me/", "/api/v1/no-such-place"])
def test_an_error_carries_it(db: None, address: str) -> None:
    answer = Client().get(address)
    assert answer.json()["request_id"] == answer["X-Request-ID"]


def test_a_log_line_carries_it() -> None:
    record = logging.makeLogRecord({})
    seen = {}

    def view(request: HttpRequest) -> HttpResponse:
        RequestFilter().filter(record)
        seen["inside"] = record.request_id
        return HttpResponse()

    answer = middleware(view)(asked("192.0.2.1"))
    RequestFilter().filter(record)
    assert seen["inside"] == answer["X-Request-ID"] and record.request_id == "-" and origin() is None
