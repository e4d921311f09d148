"""The caller's address behind a proxy.

A proxy passes on the caller's address, scheme and host in X-Forwarded-For, -Proto and -Host. Anybody can send these
headers, so they count only in requests from the addresses in API_TRUSTED_PROXIES.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from api.settings import Networks

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class TrustedProxies:
    """WSGI middleware that applies the X-Forwarded-* headers of proxies in the given networks."""

    def __init__(self, application: "WSGIApplication", networks: Networks) -> None:
        self._networks = networks
        self._direct = application
        self._proxied = ProxyFix(application, x_for=1, x_proto=1, x_host=1)

    def __call__(self, environment: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Call the application, with the caller's address from the headers if the peer is a trusted proxy."""
        trusted = self._trusts(environment.get("REMOTE_ADDR", ""))
        return (self._proxied if trusted else self._direct)(environment, start_response)

    def _trusts(self, address: str) -> bool:
        try:
            caller = ip_address(address)
        except ValueError:  # a Unix socket has no address
            return False
        return any(caller in network for network in self._networks)
