"""The REST API over the serving copy of the warehouse in Postgres.

Flow of the data: ``gold`` views of the warehouse → ``serving.sync`` (POST /api/sync) → Postgres schema ``serving`` →
``resources`` and ``dashboards``. Reads never touch the warehouse, so they work while it loads or is down. Changes by
users lie in the Postgres schema ``overlay`` and override the warehouse's rows.

================  ==============================================================================================
``settings``      the settings, read from the environment
``errors``        the errors that any module raises
``serving``       the tables in Postgres and their migrations; the sync from the warehouse; connections for requests
``figures``       the order lines of the served run in memory, and periods of days
``http``          what no resource owns: keys, limits, problems, pages, conditional responses, headers, metrics
``resources``     one module a resource; ``schemas`` are their shapes and documentation
``dashboards``    the pages in the browser
``server``        the HTTP server with its worker processes
================  ==============================================================================================

Each imports only those above it, except that ``figures`` and ``http`` do not know each other, nor do ``resources`` and
``dashboards``. A linter holds this.

Run it: ``python -m api.server``; ``GET /docs`` documents it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Request
from flask.ctx import RequestContext
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wsgi import get_host

from api.dashboards import application as dashboards
from api.figures.cube_loader import CubeLoader
from api.http import access, problems, request_ids, security_headers, url_converters
from api.http.answer_cache import AnswerCache
from api.http.code_samples import CodeSamples
from api.http.every_response import EveryResponse
from api.http.examples import Examples
from api.http.metrics import RequestMetrics
from api.http.trusted_proxies import TrustedProxies
from api.resources import BLUEPRINTS, start
from api.resources.sync import DAY_SERVED_HOOK
from api.serving import database
from api.serving.webhooks import DAY_SERVED
from api.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

API_KEY_SCHEME = {
    "type": "apiKey",
    "in": "header",
    "name": access.HEADER,
    "description": "A key made with `flask keys create`. Scopes: "
    + "; ".join(f"{scope}: {purpose}" for scope, purpose in access.SCOPES.items())
    + ".",
}
BEARER_SCHEME = {"type": "http", "scheme": "bearer", "description": "The same key as Authorization: Bearer."}
VERSION = "1.2.0"
"""Semantic version of the operations: the first number changes if clients must change."""

GUIDE = Path(__file__).with_name("guide.md")
"""The description of the API, for who calls it."""
MAX_BODY_BYTES = 64 * 1024
ADDRESSES_KEPT = 512
"""How many paths are kept with their rules."""


class Application(Flask):
    """Flask without work that would be the same for each request."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.rule = lru_cache(maxsize=ADDRESSES_KEPT)(self._rule)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function unchanged: no view or hook is a coroutine."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Bind the map of URLs to a request as Flask does without SERVER_NAME and TRUSTED_HOSTS, which nobody sets.

        The names of hosts that were read last are kept.
        """
        if request is None or "HTTP_UPGRADE" in request.environ:
            return super().create_url_adapter(request)
        environment, scheme = request.environ, request.scheme
        request.host, server_name = _host(
            scheme, environment.get("HTTP_HOST"), environment["SERVER_NAME"], environment["SERVER_PORT"]
        )
        query = request.query_string.decode(errors="replace")
        return MapAdapter(self.url_map, server_name, request.root_path, "", scheme, request.path, request.method, query)

    def request_context(self, environ: WSGIEnvironment) -> Context:
        """Return the context of a request."""
        return Context(self, environ)

    def _rule(self, path: str, method: str) -> tuple[Rule, Mapping[str, Any]]:
        """Return the rule of an address and the values of its variable parts. Raises HTTPException if it has none."""
        return self.url_map.bind("").match(path, method, return_rule=True)


class Context(RequestContext):
    """The context of a request, which finds the view of an address again without trying the rules."""

    app: Application

    def match_request(self) -> None:
        """Set the request's rule and values. Flask does it for websockets, redirects and what has no rule."""
        request = self.request
        if "HTTP_UPGRADE" not in request.environ:
            with suppress(HTTPException):
                request.url_rule, values = self.app.rule(request.path, request.method)
                request.view_args = dict(values)
                return
        super().match_request()


@lru_cache(maxsize=64)
def _host(scheme: str, header: str | None, server: str, port: str) -> tuple[str, str]:
    """Return the host of a request as it was sent and in ASCII. Raises BadHost."""
    environment = {"wsgi.url_scheme": scheme, "SERVER_NAME": server, "SERVER_PORT": port}
    host = get_host(environment if header is None else {**environment, "HTTP_HOST": header})
    return host, Map().bind(host).server_name


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application. ``settings`` default to those of the environment.

    No connection is opened here, because ``api.server`` forks its workers after this call and they must not share one.
    So the API also starts while Postgres is down; /health/ready then answers 503.

    Raises SettingsError, which names every missing setting.
    """
    settings = settings or Settings.from_environment()
    app = Application("api")
    app.json.sort_keys = False  # type: ignore[attr-defined] # keep the order of the schema's fields
    app.json.ensure_ascii = False  # type: ignore[attr-defined] # send UTF-8, not escapes
    app.config.update(
        SETTINGS=settings,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        API_TITLE=start.TITLE,
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {
                "description": GUIDE.read_text(encoding="utf-8"),
                "license": {"name": "MIT", "identifier": "MIT"},
                **({"contact": contact} if (contact := settings.contact_object()) else {}),
            },
            "webhooks": {DAY_SERVED: DAY_SERVED_HOOK},
            "servers": [{"url": "/", "description": "This API"}],
            "components": {"securitySchemes": {"apiKey": API_KEY_SCHEME, "bearer": BEARER_SCHEME}},
        },
    )
    app.url_map.converters["key"] = url_converters.KeyConverter
    app.logger.setLevel(logging.INFO)  # a sync logs each of its stages; Flask writes them to stderr
    request_ids.add_to_log()
    security_headers.init_app(app)
    app.extensions["cube_loader"] = CubeLoader()
    database.init_app(app)
    access.init_app(app)
    rest = problems.ProblemApi(app, spec_kwargs={"extra_plugins": [Examples(), CodeSamples()]})
    for blueprint in BLUEPRINTS:
        rest.register_blueprint(blueprint)
    app.register_blueprint(start.pages)
    dashboards.init_app(app)
    app.extensions["request_metrics"] = requests = RequestMetrics(app.view_functions)
    app.wsgi_app = EveryResponse(app.wsgi_app, requests)  # type: ignore[method-assign, assignment] # as Flask documents it
    if settings.cache_mb:
        app.extensions["answer_cache"] = cache = AnswerCache(app, app.wsgi_app, settings.cache_mb * 1024**2)
        app.wsgi_app = cache  # type: ignore[method-assign, assignment] # as Flask documents it
    if settings.trusted_proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign, assignment] # as Flask documents it
    return app
