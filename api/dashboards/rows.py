"""The rows of a view: order lines on the Sales page, customers on the Customers page.

The table loads them from Postgres in pages, the CSV file in one stream.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from dash import MATCH, Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component
from dash_ag_grid import AgGrid
from flask import Flask, Response, abort, current_app, render_template, request
from sqlalchemy import ARRAY, ColumnElement, Date, Integer, Select, and_, bindparam, func, select

from api.dashboards.cube_view import CubeView
from api.dashboards.html_block import HtmlBlock
from api.dashboards.selection import PAGES, PREFIX, parse_selection
from api.errors import InvalidRequestError, NotSyncedError, Problem
from api.figures.cube_loader import UNKNOWN_KEY
from api.figures.sales_cube import SalesCube
from api.http.access import requires
from api.http.downloads import csv_file
from api.serving.database import read, sql_text
from api.serving.models import Customer, Product, Sale, table

SALES, PRODUCTS, CUSTOMERS = table(Sale), table(Product), table(Customer)
MAX_ROWS_A_REQUEST = 100
MAX_TABLE_ROWS = 100_000
"""The table stops here; the CSV file has all rows."""


class OtherRunError(Problem):
    """The page was drawn from a run that is no longer served."""

    status = 410
    name = "newer-day"
    title = "Another sync run is served now"


COLUMNS: Mapping[str, Mapping[str, tuple[str, ColumnElement[Any]]]] = {
    "sales": {
        "order_number": ("Order", SALES.c.order_number),
        "order_date": ("Date", SALES.c.order_date),
        "product_name": ("Product", PRODUCTS.c.product_name),
        "category": ("Category", PRODUCTS.c.category),
        "subcategory": ("Subcategory", PRODUCTS.c.subcategory),
        "customer_name": ("Customer", CUSTOMERS.c.customer_name),
        "country": ("Country", CUSTOMERS.c.country),
        "quantity": ("Units", SALES.c.quantity),
        "price": ("Unit price", SALES.c.price),
        "sales_amount": ("Sales", SALES.c.sales_amount),
        "cost": ("Unit cost", SALES.c.cost),
        "profit": ("Profit", SALES.c.profit),
    },
    "customers": {
        "customer_number": ("Number", CUSTOMERS.c.customer_number),
        "customer_name": ("Customer", CUSTOMERS.c.customer_name),
        "country": ("Country", CUSTOMERS.c.country),
        "customer_segment": ("Segment", CUSTOMERS.c.customer_segment),
        "age": ("Age", CUSTOMERS.c.age),
        "gender": ("Gender", CUSTOMERS.c.gender),
        "marital_status": ("Marital status", CUSTOMERS.c.marital_status),
        "total_orders": ("Orders, all dates", CUSTOMERS.c.total_orders),
        "total_sales": ("Sales, all dates", CUSTOMERS.c.total_sales),
        "last_order_date": ("Last order", CUSTOMERS.c.last_order_date),
        "recency": ("Months since", CUSTOMERS.c.recency),
    },
}
"""Page → column name → title and expression."""

ROW_KINDS = {"sales": "order lines", "customers": "customers"}
NUMBERS = frozenset(
    {"quantity", "price", "sales_amount", "cost", "profit", "age", "total_orders", "total_sales", "recency"}
)
DEFAULT_ORDER = {
    # Two lines of one order with unknown products share the product key 0, so the key alone is not unique.
    "sales": (SALES.c.order_number, SALES.c.product_key, SALES.c.sales_amount, SALES.c.quantity, SALES.c.customer_key),
    "customers": (CUSTOMERS.c.customer_key,),
}
"""The default sort order, which also breaks ties of other orders."""


def section(view: CubeView) -> list[Component]:
    """Return the card with the table of rows if the selection has one, else nothing. The table requests its rows."""
    selection = view.selection
    if not selection.rows:
        return []
    count = count_of(view)
    note = f"{count:,} {ROW_KINDS[selection.page]} in this selection."
    if count > MAX_TABLE_ROWS:
        note += f" The table shows the first {MAX_TABLE_ROWS:,}; the CSV file has all."
    file = f"{PREFIX}rows/{view.cube.run_id}/{selection.page}.csv?{selection.query()}"
    head = render_template("dashboards/rows.html", note=note, file=file)
    columns = [
        {"field": name, "headerName": title, **(FIGURES if name in NUMBERS else {**TEXT, **WIDTHS.get(name, {})})}
        for name, (title, _) in COLUMNS[selection.page].items()
    ]
    grid = AgGrid(
        id={"type": "rows", "run": view.cube.run_id, "page": selection.page, "query": selection.query()},
        columnDefs=columns,
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "suppressMovable": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
        },
        rowModelType="infinite",
        dashGridOptions={
            "cacheBlockSize": MAX_ROWS_A_REQUEST,
            "maxBlocksInCache": 20,
            "enableCellTextSelection": True,
            "suppressMultiSort": True,
            "theme": {"function": "themeQuartz"},
        },
        className="grid",
    )
    return [html.Section([HtmlBlock("rows-head", head), grid], id="rows", className="card rows")]


TEXT = {"flex": 30, "minWidth": 110}
WIDTHS = {
    "product_name": {"flex": 56, "minWidth": 220},
    "customer_name": {"flex": 38, "minWidth": 140},
    "order_number": {"flex": 22, "minWidth": 95},
    "order_date": {"flex": 25, "minWidth": 108},
}
"""The columns whose texts are longer or shorter than most."""
FIGURES = {"flex": 20, "minWidth": 88, "type": "rightAligned"} | {
    "valueFormatter": {"function": "params.value == null ? '' : d3.format(',')(params.value)"}
}


def init_app(app: Flask, dash: Dash) -> None:
    """Add the callback of the table and the download of the CSV file."""
    name = {"type": "rows", "run": MATCH, "page": MATCH, "query": MATCH}
    dash.callback(Output(name, "getRowsResponse"), Input(name, "getRowsRequest"), State(name, "id"))(rows_of_table)
    app.add_url_rule(
        f"{PREFIX}rows/<int:run_id>/<page>.csv", "dashboards.rows", requires("read", in_browser=True)(file)
    )


def count_of(view: CubeView) -> int:
    """Return the number of rows."""
    if view.selection.page == "customers":
        return int(np.count_nonzero(view.lines.buying & (view.cube.customer_keys != UNKNOWN_KEY)))
    return len(view.lines.days)


def rows_of_table(rows_request: Mapping[str, Any] | None, grid: Mapping[str, Any]) -> Any:
    """Return the rows that the table requests: a range, in its sort order."""
    if rows_request is None:
        return no_update
    try:
        view = _view(grid["run"], grid["page"], grid["query"])
        sorts = [(sort["colId"], sort["sort"]) for sort in rows_request["sortModel"]]
        first, last = max(int(rows_request["startRow"]), 0), int(rows_request["endRow"])
        columns = COLUMNS[grid["page"]]
        orders = [(columns[name][1], direction) for name, direction in sorts]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidRequestError({"detail": f"The body is not a request of the table: {error!r}."}) from error
    statement, parameters = _rows(view)
    for column, direction in orders:
        statement = statement.order_by(column.desc().nulls_last() if direction == "desc" else column.nulls_first())
    statement = statement.order_by(*DEFAULT_ORDER[grid["page"]]).limit(bindparam("limit")).offset(bindparam("offset"))
    bounds = {"limit": min(max(last - first, 0), MAX_ROWS_A_REQUEST), "offset": min(first, MAX_TABLE_ROWS)}
    rows = read(sql_text(statement), {**parameters, **bounds})
    return {
        "rowData": [dict(zip(columns, row, strict=True)) for row in rows],
        "rowCount": min(count_of(view), MAX_TABLE_ROWS),
    }


def file(run_id: int, page: str) -> Response:
    """Send all rows of a view as CSV, streamed from Postgres."""
    if page not in PAGES:
        abort(404)
    view = _view(run_id, page, request.query_string.decode())
    statement, parameters = _rows(view)
    sql = sql_text(statement.order_by(*DEFAULT_ORDER[page]))
    return csv_file(f"{page}-{view.cube.business_date}.csv", list(COLUMNS[page]), sql, parameters)


def _view(run_id: int, page: str, query: str) -> CubeView:
    """Return the view of a page. Raises OtherRunError if another run is served since the page was drawn."""
    cube: SalesCube | None = current_app.extensions["cube_loader"].current()
    if cube is None:
        raise NotSyncedError
    if cube.run_id != run_id:
        raise OtherRunError(f"The business date served now is {cube.business_date}: reload the page.")
    view = CubeView(cube, parse_selection(page, query, cube.business_date))
    if view.selection.wrong:
        raise InvalidRequestError({"detail": " ".join(view.selection.wrong)})
    return view


def _rows(view: CubeView) -> tuple[Select[Any], dict[str, Any]]:
    """Return the statement for the rows of a view, without ORDER BY, and its parameters."""
    page, cube = view.selection.page, view.cube
    columns = [column.label(name) for name, (_, column) in COLUMNS[page].items()]
    parameters: dict[str, Any] = {"run_id": cube.run_id}
    run_id = bindparam("run_id", type_=Integer)

    def some(column: ColumnElement[int], keys: Any) -> ColumnElement[bool]:
        name = f"{column.key}s"
        parameters[name] = keys.tolist()
        return column.in_(select(func.unnest(bindparam(name, type_=ARRAY(Integer)))))

    if page == "customers":
        keys = cube.customer_keys[view.lines.buying]
        return select(*columns).where(CUSTOMERS.c.run_id == run_id, some(CUSTOMERS.c.customer_key, keys)), parameters
    source: Any = SALES
    for other, key in ((PRODUCTS, "product_key"), (CUSTOMERS, "customer_key")):
        source = source.outerjoin(other, and_(other.c.run_id == SALES.c.run_id, other.c[key] == SALES.c[key]))
    statement = select(*columns).select_from(source).where(SALES.c.run_id == run_id)
    for mask, keys, column in (
        (view.products(), cube.product_keys, SALES.c.product_key),
        (view.customers(), cube.customer_keys, SALES.c.customer_key),
    ):
        if mask is not None:
            statement = statement.where(some(column, keys[mask]))
    if period := view.selection.period:
        parameters |= {"first": period.first, "last": period.last}
        within = SALES.c.order_date.between(bindparam("first", type_=Date), bindparam("last", type_=Date))
        statement = statement.where(within)
    return statement, parameters
