"""The dashboards as part of the API's application: Dash with its files, under /dashboards/.

One callback draws a whole page from its address; there is no other state.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
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

from api.access import requires
from api.dashboards import customers_page, exports, rows, sales_page
from api.dashboards.countries import MAPS_ADDRESS
from api.dashboards.html_block import HtmlBlock
from api.dashboards.picture import Picture
from api.dashboards.selection import PAGES, PREFIX, SelectionError, read_address
from api.dashboards.shell import bare_top, foot, said, top
from api.dashboards.star import Star
from api.dashboards.stars import Stars
from api.problems import InvalidRequestError

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>{%metas%}<title>{%title%}</title>{%favicon%}{%css%}</head>
<body>{%app_entry%}{%config%}{%scripts%}{%renderer%}</body>
</html>"""

PAGES_POLICY = (
    "default-src 'none'; script-src 'self' {}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " font-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
"""Everything the pages need comes from here; ``{}``: the script that starts Dash, by its hash. (Plotly sets styles.)"""

CATCH_ALL = f"{PREFIX}<path:path>"
UPDATE = f"{PREFIX}_dash-update-component"
CALLED_BY_PAGES = (f"{PREFIX}_dash-layout", f"{PREFIX}_dash-dependencies", UPDATE)
"""The endpoints of Dash, by its names for them, that show pages and send what is on them."""

ASKED = {"output": str, "inputs": list, "changedPropIds": list}
"""What a request for an update must have."""

CARDS = {"sales": sales_page.cards, "customers": customers_page.cards}
NAMES = {"sales": sales_page.NAMES, "customers": customers_page.NAMES}
CHARTS = {"sales": sales_page.CHARTS, "customers": customers_page.CHARTS}
CONFIG: Any = {"displayModeBar": False, "responsive": True, "doubleClick": False, "topojsonURL": MAPS_ADDRESS}


SAID = html.Div(id="said", role="status", className="unseen")
"""What a screen reader says when a page has been drawn anew."""


def init_app(app: Flask) -> None:
    """Add the dashboards; who may read may see them."""
    app.extensions["stars"] = Stars()
    dash = Dash(
        "dashboards",
        server=app,  # type: ignore[arg-type] # Dash takes Flask and does not say so
        routes_pathname_prefix=PREFIX,
        assets_folder=str(Path(__file__).parent / "assets"),
        title="Sales warehouse",
        index_string=INDEX,
        update_title="",
        add_log_handler=False,
        use_async=False,  # Dash would choose it by a package that happens to be installed
    )
    dash.layout = _layout()
    dash.callback(_outputs(), Input("location", "href"))(draw)
    app.register_error_handler(DependencyException, _no_such_file)
    rows.init_app(app, dash)
    exports.init_app(app)
    _guard(app, dash)


def _layout() -> Component:
    """Return what is there before anything is drawn: both pages with their cards, empty.

    Cards stay as they are and get new content: Dash would make new ones anew, charts and all.
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
            [*(card(page, name) for name in NAMES[page]), html.Div(id=f"{page}-rows")],
            id=page,
            className="cards",
            hidden=True,
            tabIndex=-1,
        )
        for page in PAGES
    ]
    return html.Div([dcc.Location(id="location", refresh=False), HtmlBlock("top"), SAID, *mains, HtmlBlock("foot")])


def _outputs() -> dict[str, Any]:
    return {
        "top": Output("top", "html"),
        "said": Output("said", "children"),
        "foot": Output("foot", "html"),
        "hidden": {page: Output(page, "hidden") for page in PAGES},
        "html": {page: {name: Output(f"{page}-{name}-html", "html") for name in NAMES[page]} for page in PAGES},
        "charts": {page: {name: Output(f"{page}-{name}-chart", "figure") for name in CHARTS[page]} for page in PAGES},
        "rows": {page: Output(f"{page}-rows", "children") for page in PAGES},
    }


def _guard(app: Flask, dash: Dash) -> None:
    """Ask who wants to see data for the right to, and let browsers run no other scripts than Dash's."""
    policy = PAGES_POLICY.format(" ".join(dash.csp_hashes()))
    with app.test_request_context(PREFIX):
        # A process sends those of Dash's files that an index it made names: let all know them before they fork.
        dash.index()  # type: ignore[no-untyped-call]
    show = app.view_functions[CATCH_ALL]

    def index(**values: Any) -> Response:
        if values["path"] not in PAGES:
            abort(404)
        response = make_response(show(**values))
        response.headers["Content-Security-Policy"] = policy
        return response

    guarded = {CATCH_ALL: index, **{name: app.view_functions[name] for name in CALLED_BY_PAGES}}
    guarded[UPDATE] = _checked(guarded[UPDATE], dash)
    for name, view in guarded.items():
        app.view_functions[name] = requires("read", in_browser=True)(partial(view))
    app.view_functions[PREFIX] = lambda: redirect(f"{PREFIX}{PAGES[0]}")


def _no_such_file(_: DependencyException) -> Any:
    return current_app.handle_user_exception(NotFound())


def _checked(update: Callable[..., Any], dash: Dash) -> Callable[..., Any]:
    """Refuse what no page of ours sends before Dash stumbles over it."""

    def checked(**values: Any) -> Any:
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or not all(isinstance(body.get(name), kind) for name, kind in ASKED.items()):
            raise InvalidRequestError({"detail": "No page asks like this."})
        if body["output"] not in dash.callback_map:
            raise InvalidRequestError({"detail": "The page is of another version: load it again."})
        return update(**values)

    return checked


def draw(href: str) -> dict[str, Any]:
    """Draw the page of an address; whatever is wrong is said on the page."""
    try:
        address = urlsplit(href)
        page = address.path.removeprefix(PREFIX)
    except (AttributeError, TypeError, ValueError) as error:
        raise InvalidRequestError({"detail": "The location is no address."}) from error
    if page not in PAGES:
        abort(404)
    star: Star | None = None
    try:
        star = current_app.extensions["stars"].current()
        if star is None:
            reason = "No day is served: the DAG sales_serving, or POST /api/sync, brings one."
            return _failed(reason, page, star)
        return _drawn(Picture(star, read_address(page, address.query, star.business_date)))
    except SelectionError as error:
        return _failed(str(error), page, star)
    except psycopg.Error:
        current_app.logger.exception("A dashboard could not be drawn.")
        reason = "The serving database does not answer, or not in time. Try again in a moment; /health/ready says more."
        return _failed(reason, page, star)


def _drawn(picture: Picture) -> dict[str, Any]:
    """Return the content of each card of the picture's page, and nothing for those of the other."""
    page = picture.selection.page
    cards = {card.name: card for card in CARDS[page](picture)}
    content = _nothing_new()
    content["top"], content["foot"], content["said"] = top(picture), foot(), said(picture, cards["tiles"])
    content["hidden"] = {each: each != page for each in PAGES}
    content["html"][page] = {
        name: render_template("dashboards/card.html", card=cards[name], id=f"{page}-{name}") for name in NAMES[page]
    }
    content["charts"][page] = {name: cards[name].figure or {} for name in CHARTS[page]}
    content["rows"] = {each: rows.section(picture) if each == page else [] for each in PAGES}
    return content


def _failed(reason: str, page: str, star: Star | None) -> dict[str, Any]:
    """Say why there is nothing to see, and offer to start again."""
    content = _nothing_new()
    message = render_template("dashboards/failed.html", reason=reason, again=f"{PREFIX}{page}")
    content["top"], content["foot"], content["said"] = bare_top(page, star) + message, foot(), ""
    content["hidden"] = dict.fromkeys(PAGES, True)
    return content


def _nothing_new() -> dict[str, Any]:
    return {
        "html": {page: dict.fromkeys(NAMES[page], no_update) for page in PAGES},
        "charts": {page: dict.fromkeys(CHARTS[page], no_update) for page in PAGES},
        "rows": dict.fromkeys(PAGES, no_update),
    }
