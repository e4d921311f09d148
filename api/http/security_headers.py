"""Security headers of all responses, and CORS."""

from collections.abc import Iterable

from flask import Flask
from flask_cors import CORS

from api.http.access import HEADER

DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Content-Security-Policy of data: a browser that shows it must not load or run anything."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; frame-ancestors {}; base-uri 'none'; form-action 'self'"
)
"""Content-Security-Policy of pages, with the origin that may show them in a frame: they load from this server only.
The documentation and the charts need inline styles."""

NO_FRAME = "'none'"

HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
FRAMELESS = [("X-Frame-Options", "DENY"), *HEADERS]
"""For browsers that do not know frame-ancestors in Content-Security-Policy."""

OF_DATA = [("Content-Security-Policy", DATA_POLICY), *FRAMELESS]
OF_PAGES = [("Content-Security-Policy", PAGE_POLICY.format(NO_FRAME)), *FRAMELESS]
EXPOSED = [
    "Business-Date",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-ID",
]


def init_app(app: Flask) -> None:
    """Add CORS for the origins in the setting API_CORS_ORIGINS."""
    origins = app.config["SETTINGS"].cors_origins
    if origins:
        sent = ["Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", HEADER]
        CORS(app, origins=list(origins), allow_headers=sent, expose_headers=EXPOSED, max_age=600)


def headers_beside(own: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the security headers of a response with these headers, which may have a policy of their own."""
    is_page = is_empty = False
    for name, value in own:
        match name.lower():
            case "content-security-policy":
                return FRAMELESS if f"frame-ancestors {NO_FRAME}" in value else HEADERS
            case "content-type":
                is_page = value.startswith("text/html")
            case "content-length":
                is_empty = value == "0"
    return OF_PAGES if is_page and not is_empty else OF_DATA
