"""What browsers are told to refuse, and who may call from another site."""

from flask import Flask, Response
from flask_cors import CORS

from api.access import HEADER

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""For documents that are data: a browser that shows one must load and run nothing."""

OWN_PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
"""For pages: everything they need comes from here. (Swagger UI sets styles in its elements.)"""

HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
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
]


def init_app(app: Flask) -> None:
    """Add the headers to every answer; CORS only for the origins of the setting API_CORS_ORIGINS."""
    app.after_request(_secure)
    origins = app.config["SETTINGS"].cors_origins
    if origins:
        sent = ["Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", HEADER]
        CORS(app, origins=list(origins), allow_headers=sent, expose_headers=EXPOSED, max_age=600)


def _secure(response: Response) -> Response:
    # An empty answer is no page, whatever its type: a cache would keep this header of a 304 with the data it has.
    page = response.headers.get("Content-Type", "").startswith("text/html") and response.calculate_content_length()
    response.headers.extend(HEADERS)
    response.headers.setdefault("Content-Security-Policy", OWN_PAGES if page else NOTHING)
    return response
