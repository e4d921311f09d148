"""Whose word on the caller's address counts.

A proxy tells in X-Forwarded-For, -Proto and -Host for whom it asks. Anybody can send these headers, so they are
believed of the addresses in API_TRUSTED_PROXIES alone; of any other caller they are ignored.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Networks = tuple[IPv4Network | IPv6Network, ...]


class TrustedProxies:
    """A WSGI application behind one proxy, which stands in one of the networks."""

    def __init__(self, application: "WSGIApplication", networks: Networks) -> None:
        self._networks = networks
        self._direct = application
        self._proxied = ProxyFix(application, x_for=1, x_proto=1, x_host=1)

    def __call__(self, environment: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer as the application does, who is told of the caller what the proxy tells."""
        trusted = self._trusts(environment.get("REMOTE_ADDR", ""))
        return (self._proxied if trusted else self._direct)(environment, start_response)

    def _trusts(self, address: str) -> bool:
        try:
            caller = ip_address(address)
        except ValueError:  # a Unix socket has none
            return False
        return any(caller in network for network in self._networks)
