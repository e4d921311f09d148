"""The landing page, the page of the documentation, and the Postman collection.

None of them needs a key or the database.
"""

import gzip
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import flask
import psycopg
from flask import Response, current_app, jsonify, render_template, request, send_from_directory, url_for
from flask_smorest import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from api.resources.postman import collection
from api.resources.schemas import Links
from api.serving.served import served_day

blueprint = Blueprint("start", __name__, description="Links to the resources")

SCALAR = "scalar.standalone.js"
"""The script of the documentation, from the package flask-openapi3-scalar; it loads nothing from other hosts."""

CACHE_SECONDS = 3600
TITLE = "Sales warehouse"


def links() -> dict[str, str]:
    """Return the URLs of resources and pages by name."""
    return {
        "sales_dashboard": "/dashboards/sales",
        "customers_dashboard": "/dashboards/customers",
        "warehouse_dashboard": "/dashboards/warehouse",
        "products": url_for("products.list_products"),
        "customers": url_for("customers.list_customers"),
        "sales": url_for("sales.list_sales"),
        "orders": url_for("orders.list_orders"),
        "order_lines": url_for("orders.list_order_lines"),
        "kpis": url_for("kpis.get_kpis"),
        "syncs": url_for("sync.list_runs"),
        "documentation": url_for("pages.docs"),
        "openapi": url_for("api-docs.openapi_json"),
        "postman": url_for("pages.postman"),
        "live": url_for("health.live"),
        "ready": url_for("health.ready"),
        "metrics": url_for("health.get_metrics"),
    }


@blueprint.route("/")
@blueprint.doc(operationId="start")
@blueprint.response(200, Links)
@blueprint.alt_response(500, "INTERNAL_SERVER_ERROR")
def start() -> Any:
    """Get links to the resources: a page in a browser, else JSON."""
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return Response(render_template("start.html", title=TITLE, links=links(), day=_served_day_or_none()))
    return {"title": TITLE, "links": links()}


def _served_day_or_none() -> dict[str, Any] | None:
    try:
        return served_day()
    except (psycopg.Error, SQLAlchemyError):
        current_app.logger.exception("The landing page is shown without the business date.")
        return None


def docs() -> str:
    """Render the page of the documentation."""
    return render_template("docs.html", title=TITLE, links=links())


def docs_script() -> Response:
    """Send the script of the documentation, compressed if the client takes that: it has 3.5 MB."""
    script = _docs_folder() / SCALAR
    if not request.accept_encodings["gzip"]:
        return send_from_directory(script.parent, SCALAR, max_age=CACHE_SECONDS)
    headers = {"Content-Encoding": "gzip", "Cache-Control": f"public, max-age={CACHE_SECONDS}"}
    response = Response(_compressed(script), headers=headers, content_type="text/javascript; charset=utf-8")
    response.vary.add("Accept-Encoding")
    return response


def _docs_folder() -> Path:
    package = find_spec("flask_openapi3_scalar")  # found, not imported: it would import its framework
    assert package is not None
    assert package.submodule_search_locations is not None
    return Path(package.submodule_search_locations[0]) / "templates" / "scalar" / "js"


@lru_cache(maxsize=1)
def _compressed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), mtime=0)


def postman() -> Response:
    """Send the Postman collection."""
    spec = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec
    return jsonify(collection(spec.to_dict(), request.host_url.rstrip("/")))


# Pages and files are not operations of the API, so the OpenAPI description leaves them out.
pages = flask.Blueprint("pages", __name__)
pages.add_url_rule("/docs", view_func=docs)
pages.add_url_rule(f"/docs/{SCALAR}", view_func=docs_script)
pages.add_url_rule("/postman.json", view_func=postman)
