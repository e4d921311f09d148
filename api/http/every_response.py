"""What every response has: its request's id, the rate limit and the security headers; and its count in the metrics.

This is WSGI middleware, because a list of headers takes a fraction of the time that hooks of Flask take.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from api.http import access, request_ids, security_headers
from api.http.metrics import RequestMetrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class EveryResponse:
    """Gives each request an id, adds the headers to its response, and counts it."""

    def __init__(self, application: WSGIApplication, requests: RequestMetrics) -> None:
        self._application, self._requests = application, requests

    def __call__(self, environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Call the application, a Flask application or middleware around one."""
        begun = time.perf_counter()
        request_id = request_ids.given_or_new(environment.get("HTTP_X_REQUEST_ID", ""))
        environment[request_ids.REQUEST_ID] = request_id

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            headers += access.rate_limit_headers(environment, status)
            headers += security_headers.headers_beside(headers)
            headers.append((request_ids.HEADER, request_id))
            request = environment["werkzeug.request"]
            self._requests.count(request.endpoint, int(status[:3]), begun)
            return start_response(status, headers, exc_info)

        return self._application(environment, start)
