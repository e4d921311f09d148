"""X-Forwarded-* headers count only in requests from trusted proxies."""

from ipaddress import ip_network

import pytest
from flask import Flask, request

from api import create_app
from tests.api.conftest import settings_for

PROXY = "10.213.250.2"


def seen(url: str, peer: str, headers: dict[str, str], *trusted: str) -> tuple[str | None, str]:
    """Send a request from a peer; returns the caller's address and the URL that the API sees."""
    app: Flask = create_app(settings_for(url, trusted_proxies=tuple(ip_network(network) for network in trusted)))
    found: list[tuple[str | None, str]] = []
    app.before_request(lambda: found.append((request.remote_addr, request.host_url)))
    app.test_client().get("/health/live", headers=headers, environ_base={"REMOTE_ADDR": peer})
    return found[0]


FORWARDED = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "sales.example"}


@pytest.mark.parametrize("network", [PROXY, "10.213.250.0/28"])
def test_the_address_from_a_trusted_proxy_counts(shared_url: str, network: str) -> None:
    assert seen(shared_url, PROXY, FORWARDED, network) == ("203.0.113.7", "https://sales.example/")


def test_ipv6_addresses_from_a_trusted_proxy_count(shared_url: str) -> None:
    answer = seen(shared_url, "fd00::2", {"X-Forwarded-For": "2001:db8::1"}, "fd00::/64")
    assert answer == ("2001:db8::1", "http://localhost/")


@pytest.mark.parametrize("peer", ["10.213.250.3", "203.0.113.9", "fd00::2", ""])
def test_the_headers_of_other_peers_are_ignored(shared_url: str, peer: str) -> None:
    assert seen(shared_url, peer, FORWARDED, PROXY) == (peer, "http://localhost/")


def test_without_trusted_proxies_the_headers_are_ignored(shared_url: str) -> None:
    assert seen(shared_url, PROXY, FORWARDED) == (PROXY, "http://localhost/")


def test_only_the_last_address_in_the_header_counts(shared_url: str) -> None:
    # A proxy appends the address that it sees, so only the last one comes from the proxy.
    answer = seen(shared_url, PROXY, {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}, PROXY)
    assert answer == ("203.0.113.7", "http://localhost/")
