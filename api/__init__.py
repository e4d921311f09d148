"""The REST API over the serving copy of the warehouse in Postgres.

Flow of the data: ``gold`` views of the warehouse → ``sync`` (POST /api/sync) → Postgres schema ``serving`` →
``resources``. Reads never touch the warehouse, so they work while it loads or is down. What users write lies in
Postgres schema ``overlay``, over the warehouse's rows.

====================  =======================================================================
``settings``          what the environment must hold
``models``            the tables; ``migrations`` creates them
``addresses``         what stands in them
``database``          the way to Postgres: one statement a read, one transaction a write
``access``            keys, scopes and how often a caller may ask (``rate_limit``)
``trusted_proxies``   whose word on the caller's address counts
``resources``         one module a resource; ``schemas`` are their shapes and documentation
``listing``           lists with filters, order and pages (``paging``); ``cube`` adds up sales
``overlay``           what users write
``responses``         JSON or CSV, ETag, gzip
``problems``          every error, rendered as application/problem+json (RFC 9457)
``sync``              copies gold into ``serving`` (``gold``, ``checksums``)
``metrics``           figures for Prometheus
====================  =======================================================================

Run it: ``python -m gunicorn -c api/gunicorn_config.py 'api:create_app()' --bind 127.0.0.1:8000``;
``GET /docs`` describes it.
"""

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask

from api import access, addresses, database, metrics, problems, security_headers
from api.dashboards import application as dashboards
from api.examples import Examples
from api.resources import BLUEPRINTS, start
from api.settings import Settings
from api.trusted_proxies import TrustedProxies

API_KEY_SCHEME = {
    "type": "apiKey",
    "in": "header",
    "name": access.HEADER,
    "description": "A key made with `flask keys create`. Scopes: "
    + "; ".join(f"{scope}: {what}" for scope, what in access.SCOPES.items())
    + ".",
}
DESCRIPTION = """\
Products, customers and sales of the warehouse's latest day, with what users wrote over its products.

Reads need no key unless the API is set up to ask for one; writes and syncs do (Authorize). Lists come in pages: follow
`next`, which stays on one day. Answers have an ETag: in If-None-Match it saves sending again what is unchanged, in
If-Match it changes only what you have seen. `Accept: text/csv` gets CSV. Errors are problems of RFC 9457. The examples
are answers of this API.
"""
LARGEST_BODY = 64 * 1024


class Application(Flask):
    """Flask without asking of each function of each request whether it is a coroutine: none is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; without ``settings`` they come from the environment.

    No connection is opened here: a server that forks after this call shares none between its workers,
    and the API starts (and says so in /health/ready) while Postgres is still down.

    Raises SettingsError, which names every setting that is missing.
    """
    settings = settings or Settings.from_environment()
    app = Application("api")
    app.json.sort_keys = False  # type: ignore[attr-defined] # documents keep the order of their schema
    app.json.ensure_ascii = False  # type: ignore[attr-defined] # names stay readable
    app.config.update(
        SETTINGS=settings,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        API_TITLE=start.TITLE,
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": DESCRIPTION},
            "components": {"securitySchemes": {"apiKey": API_KEY_SCHEME}},
        },
    )
    app.url_map.converters["key"] = addresses.Key
    app.logger.setLevel(logging.INFO)  # the stages of a sync are worth a line each; Flask writes them to stderr
    metrics.init_app(app)
    security_headers.init_app(app)
    access.init_app(app)
    database.init_app(app)
    rest = problems.ProblemApi(app, spec_kwargs={"extra_plugins": [Examples()]})
    for blueprint in BLUEPRINTS:
        rest.register_blueprint(blueprint)
    app.register_blueprint(start.pages)
    dashboards.init_app(app)
    if settings.trusted_proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign, assignment] # as Flask documents it
    return app
