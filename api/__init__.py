"""The REST API over the serving copy of the warehouse in Postgres.

Flow of the data: ``gold`` views of the warehouse → ``sync`` (POST /api/sync) → Postgres schema ``serving`` →
``resources``. Reads never touch the warehouse, so they work while it loads or is down.

====================  =======================================================================
``settings``          what the environment must hold
``database``          the engine, one read-only snapshot a request, the schema's creation
``models``            the serving tables; the source of their columns
``gold``              what is read from the warehouse, and how
``checksums``         figures that both sides of a sync must agree on
``sync``              copies gold into ``serving``, all tables or none
``schemas``           shapes of requests and responses; they carry the documentation
``problems``          every error, rendered as application/problem+json (RFC 9457)
``resources``         one module a resource
====================  =======================================================================

Run it: ``python -m gunicorn -c python:api.gunicorn_config 'api:create_app()' --bind 127.0.0.1:8000``;
``GET /openapi.json`` describes it.
"""

from flask import Flask

from api import database, problems
from api.resources import BLUEPRINTS
from api.settings import Settings

API_KEY_SCHEME = {
    "type": "apiKey",
    "in": "header",
    "name": "X-API-Key",
    "description": "The key that may sync.",
}


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; without ``settings`` they come from the environment.

    No connection is opened here: a server that forks after this call shares none between its workers,
    and the API starts (and says so in /health) while Postgres is still down.

    Raises SettingsError, which names every setting that is missing.
    """
    settings = settings or Settings.from_environment()
    app = Flask("api")
    app.json.sort_keys = False  # type: ignore[attr-defined] # documents keep the order of their schema
    app.json.ensure_ascii = False  # type: ignore[attr-defined] # names stay readable
    app.config.update(
        SETTINGS=settings,
        API_TITLE="Sales warehouse",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"components": {"securitySchemes": {"syncKey": API_KEY_SCHEME}}},
    )
    database.init_app(app)
    rest = problems.ProblemApi(app)
    for blueprint in BLUEPRINTS:
        rest.register_blueprint(blueprint)
    return app
