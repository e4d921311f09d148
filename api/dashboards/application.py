"""The dashboards as part of the API's application: Dash under /dashboards/.

One callback draws a whole page from its URL; there is no other state.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from dash import Dash, Input, Output, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import DependencyException
from flask import Flask, abort, current_app, make_response, redirect, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from api.dashboards import customers_page, exports, rows, sales_page, warehouse_page
from api.dashboards.cube_view import CubeView
from api.dashboards.html_block import HtmlBlock
from api.dashboards.selection import PAGES, PREFIX, parse_selection
from api.dashboards.shell import TITLES, announcement, footer, header, message_header
from api.errors import InvalidRequestError
from api.figures.sales_cube import SalesCube
from api.http.access import requires

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>{%metas%}<title>{%title%}</title>{%favicon%}{%css%}</head>
<body>{%app_entry%}{%config%}{%scripts%}{%renderer%}</body>
</html>"""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' {}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " font-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
"""Pages load from this server only. ``{}`` is the hash of Dash's inline script; Plotly needs inline styles."""

CATCH_ALL = f"{PREFIX}<path:path>"
SCRIPTS = (
    f"{PREFIX}_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    "_dashboards_dash_assets.static",
)
"""The views of scripts and style sheets. Those in assets have a bundle of Plotly with the charts that the pages use."""

SECONDS_OF_A_YEAR = 31_536_000
UPDATE = f"{PREFIX}_dash-update-component"
DATA_ENDPOINTS = (f"{PREFIX}_dash-layout", f"{PREFIX}_dash-dependencies", UPDATE)
"""Dash's endpoints that return data, so they require the read scope."""

UPDATE_FIELDS = {"output": str, "inputs": list, "changedPropIds": list}
"""Required fields in the body of an update request, and their types."""

CARDS = {"sales": sales_page.cards, "customers": customers_page.cards}
CARD_NAMES = {"sales": sales_page.CARD_NAMES, "customers": customers_page.CARD_NAMES}
CHARTS = {"sales": sales_page.CHARTS, "customers": customers_page.CHARTS}
CONFIG: Any = {"displayModeBar": False, "responsive": True, "doubleClick": False}


ANNOUNCEMENT = html.Div(id="announcement", role="status", className="visually-hidden")
"""Live region: screen readers announce its text after a page was drawn."""


def init_app(app: Flask) -> None:
    """Add the dashboards to the application. They require the read scope."""
    dash = Dash(
        "dashboards",
        server=app,  # type: ignore[arg-type] # Dash accepts Flask, but its annotation lacks it
        routes_pathname_prefix=PREFIX,
        assets_folder=str(Path(__file__).parent / "assets"),
        title="Sales warehouse",
        index_string=INDEX,
        update_title="",
        add_log_handler=False,
        use_async=False,  # by default it depends on which packages are installed
    )
    dash.layout = _layout()
    dash.callback(_outputs(), Input("location", "href"))(draw)
    app.register_error_handler(DependencyException, _render_missing_asset)
    rows.init_app(app, dash)
    exports.init_app(app)
    warehouse_page.init_app(app)
    _protect(app, dash)


def _layout() -> Component:
    """Return the layout: both pages with their cards, still empty.

    The cards are permanent and callbacks replace their content, because Dash would draw new cards from scratch,
    including their charts.
    """

    def card(page: str, name: str) -> Component:
        content: list[Component] = [HtmlBlock(f"{page}-{name}-html")]
        if name in CHARTS[page]:
            graph = dcc.Graph(id=f"{page}-{name}-chart", figure={"data": [], "layout": {}}, config=CONFIG)
            label: Any = {"aria-labelledby": f"{page}-{name}-title"}
            content.append(html.Div(graph, className="plot", role="group", **label))
        return html.Section(content, id=f"{page}-{name}", className=f"card {name}")

    mains = [
        html.Main(
            [*(card(page, name) for name in CARD_NAMES[page]), html.Div(id=f"{page}-rows")],
            id=page,
            className="cards",
            hidden=True,
            tabIndex=-1,
        )
        for page in PAGES
    ]
    return html.Div(
        [dcc.Location(id="location", refresh=False), HtmlBlock("header"), ANNOUNCEMENT, *mains, HtmlBlock("footer")]
    )


def _outputs() -> dict[str, Any]:
    return {
        "header": Output("header", "html"),
        "announcement": Output("announcement", "children"),
        "footer": Output("footer", "html"),
        "hidden": {page: Output(page, "hidden") for page in PAGES},
        "html": {page: {name: Output(f"{page}-{name}-html", "html") for name in CARD_NAMES[page]} for page in PAGES},
        "charts": {page: {name: Output(f"{page}-{name}-chart", "figure") for name in CHARTS[page]} for page in PAGES},
        "rows": {page: Output(f"{page}-rows", "children") for page in PAGES},
    }


def _protect(app: Flask, dash: Dash) -> None:
    """Require the read scope on Dash's routes with data, and set a Content-Security-Policy on the pages."""
    policy = CONTENT_SECURITY_POLICY.format(" ".join(dash.csp_hashes()))
    with app.test_request_context(PREFIX):
        # Dash serves only files that an index page rendered before has listed. Render one before the workers fork.
        dash.index()  # type: ignore[no-untyped-call]
    show = app.view_functions[CATCH_ALL]

    def index(**values: Any) -> Response:
        if values["path"] not in PAGES:
            if request.accept_mimetypes.best_match(["application/json", "text/html"]) != "text/html":
                abort(404)
            pages = [(title, f"{PREFIX}{page}") for page, title in TITLES.items()]
            return make_response(render_template("dashboards/missing.html", pages=pages), 404)
        response = make_response(show(**values))
        response.headers["Content-Security-Policy"] = policy
        return response

    for name in SCRIPTS:
        app.view_functions[name] = _compressed(app.view_functions[name])
    guarded = {CATCH_ALL: index, **{name: app.view_functions[name] for name in DATA_ENDPOINTS}}
    guarded[UPDATE] = _validated(guarded[UPDATE], dash)
    for name, view in guarded.items():
        app.view_functions[name] = requires("read", in_browser=True)(partial(view))
    app.view_functions[PREFIX] = lambda: redirect(f"{PREFIX}{PAGES[0]}")


def _compressed(view: Callable[..., Any]) -> Callable[..., Response]:
    """Send the files of a view by gzip, and let browsers keep those whose URL changes with the file."""
    compress = lru_cache(maxsize=64)(partial(gzip.compress, mtime=0))

    def answer(**values: Any) -> Response:
        response = make_response(view(**values))
        if response.status_code == 200:
            if "m" in request.args or "fingerprinted_path" in values:
                response.cache_control.no_cache = None
                response.cache_control.max_age = SECONDS_OF_A_YEAR
            response.vary.add("Accept-Encoding")
            if request.accept_encodings["gzip"]:
                response.direct_passthrough = False
                response.set_data(compress(response.get_data()))
                response.headers["Content-Encoding"] = "gzip"
                response.headers.pop("ETag", None)
        return response

    return answer


def _render_missing_asset(_: DependencyException) -> Any:
    return current_app.handle_user_exception(NotFound())


def _validated(update: Callable[..., Any], dash: Dash) -> Callable[..., Any]:
    """Validate an update request, because Dash would crash on an invalid one (500)."""

    def checked(**values: Any) -> Any:
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or not all(
            isinstance(body.get(name), kind) for name, kind in UPDATE_FIELDS.items()
        ):
            raise InvalidRequestError({"detail": "The body is not an update request of the dashboards."})
        if body["output"] not in dash.callback_map:
            raise InvalidRequestError({"detail": "The page belongs to another version of the dashboards: reload it."})
        return update(**values)

    return checked


def draw(href: str) -> dict[str, Any]:
    """Return the outputs for the page of a URL. Errors in its query and missing data are shown on the page."""
    try:
        address = urlsplit(href)
        page = address.path.removeprefix(PREFIX)
    except (AttributeError, TypeError, ValueError) as error:
        raise InvalidRequestError({"detail": "The location is not a URL."}) from error
    if page not in PAGES:
        abort(404)
    cube: SalesCube | None = None
    try:
        cube = current_app.extensions["cube_loader"].current()
        if cube is None:
            reason = "No business date is served. Run the DAG sales_serving, or POST /api/sync."
            return _failure_content(reason, page, cube)
        return _page_content(CubeView(cube, parse_selection(page, address.query, cube.business_date)))
    except psycopg.Error:
        current_app.logger.exception("A dashboard could not be drawn.")
        reason = "The serving database does not answer in time. Try again in a moment, or see /health/ready."
        return _failure_content(reason, page, cube)


def _page_content(view: CubeView) -> dict[str, Any]:
    """Return the content of the view's page, and no updates for the cards of the other page."""
    page = view.selection.page
    cards = {card.name: card for card in CARDS[page](view)}
    content = _no_updates()
    content["header"], content["footer"], content["announcement"] = (
        header(view),
        footer(),
        announcement(view, cards["tiles"]),
    )
    content["hidden"] = {each: each != page for each in PAGES}
    content["html"][page] = {
        name: render_template("dashboards/card.html", card=cards[name], id=f"{page}-{name}")
        for name in CARD_NAMES[page]
    }
    content["charts"][page] = {name: cards[name].figure or {} for name in CHARTS[page]}
    content["rows"] = {each: rows.section(view) if each == page else [] for each in PAGES}
    return content


def _failure_content(reason: str, page: str, cube: SalesCube | None) -> dict[str, Any]:
    """Return a page with an error message and a link to start again."""
    content = _no_updates()
    message = render_template("dashboards/failed.html", reason=reason, again=f"{PREFIX}{page}")
    content["header"], content["footer"], content["announcement"] = message_header(page, cube) + message, footer(), ""
    content["hidden"] = dict.fromkeys(PAGES, True)
    return content


def _no_updates() -> dict[str, Any]:
    return {
        "html": {page: dict.fromkeys(CARD_NAMES[page], no_update) for page in PAGES},
        "charts": {page: dict.fromkeys(CHARTS[page], no_update) for page in PAGES},
        "rows": dict.fromkeys(PAGES, no_update),
    }
