"""Security headers of all responses, and CORS."""

from flask import Flask, Response
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

HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
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
    """Add the headers to every response, and CORS for the origins in the setting API_CORS_ORIGINS."""
    app.after_request(_secure)
    origins = app.config["SETTINGS"].cors_origins
    if origins:
        sent = ["Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", HEADER]
        CORS(app, origins=list(origins), allow_headers=sent, expose_headers=EXPOSED, max_age=600)


def _secure(response: Response) -> Response:
    # A 304 has the type of the cached response and no body. A cache would update the stored headers from it.
    page = response.headers.get("Content-Type", "").startswith("text/html") and response.calculate_content_length()
    response.headers.extend(HEADERS)
    policy = response.headers.setdefault(
        "Content-Security-Policy", PAGE_POLICY.format(NO_FRAME) if page else DATA_POLICY
    )
    if f"frame-ancestors {NO_FRAME}" in policy:  # for browsers that do not know the policy
        response.headers["X-Frame-Options"] = "DENY"
    return response
