"""The rows behind a picture: order lines on the Sales page, customers on the Customers page.

They come from Postgres, in pages for the table and in one stream for the CSV file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from dash import MATCH, Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component
from dash_ag_grid import AgGrid
from flask import Flask, Response, abort, current_app, render_template, request
from sqlalchemy import ARRAY, ColumnElement, Date, Integer, Select, and_, bindparam, func, select

from api.access import requires
from api.csv_text import csv_text
from api.dashboards.html_block import HtmlBlock
from api.dashboards.picture import Picture
from api.dashboards.selection import PAGES, PREFIX, SelectionError, read_address
from api.dashboards.star import Star
from api.dashboards.stars import UNKNOWN_KEY
from api.database import Reader, read, sql_text
from api.models import Customer, Product, Sale, table
from api.problems import InvalidRequestError, NotSyncedError, Problem, UnavailableProblem

SALES, PRODUCTS, CUSTOMERS = table(Sale), table(Product), table(Customer)
ROWS_A_PAGE = 100
STREAMED_AT_ONCE = 2000
WORKING_SECONDS, WAITING_SECONDS = 120, 600
"""How long Postgres may work on a file, and how long a slow line may keep it waiting."""

MOST_ROWS_IN_TABLE = 100_000
"""Nobody scrolls further; the file has all."""

ONE_FILE = threading.BoundedSemaphore()
"""A process sends one file at a time: its threads are few, and a file keeps one, and a transaction, for long."""


class NewerDayError(Problem):
    """The rows asked for are of a run that is no longer served."""

    status = 410
    name = "newer-day"
    title = "A newer day is served"


class BusyError(UnavailableProblem):
    """All that may send files do."""

    name = "busy"
    title = "Too many files are being sent"


COLUMNS: Mapping[str, Mapping[str, tuple[str, ColumnElement[Any]]]] = {
    "sales": {
        "order_number": ("Order", SALES.c.order_number),
        "order_date": ("Date", SALES.c.order_date),
        "product_name": ("Product", PRODUCTS.c.product_name),
        "category": ("Category", PRODUCTS.c.category),
        "subcategory": ("Subcategory", PRODUCTS.c.subcategory),
        "customer_name": ("Customer", CUSTOMERS.c.customer_name),
        "country": ("Country", CUSTOMERS.c.country),
        "quantity": ("Pieces", SALES.c.quantity),
        "price": ("Price", SALES.c.price),
        "sales_amount": ("Sales", SALES.c.sales_amount),
        "cost": ("Cost each", SALES.c.cost),
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
"""The columns of the table: their names in the serving tables, what people call them, and where they are."""

WHAT = {"sales": "order lines", "customers": "customers"}
NUMBERS = frozenset(
    {"quantity", "price", "sales_amount", "cost", "profit", "age", "total_orders", "total_sales", "recency"}
)
OWN_ORDER = {
    # Two products of one order that nobody knows share a key.
    "sales": (SALES.c.order_number, SALES.c.product_key, SALES.c.sales_amount, SALES.c.quantity, SALES.c.customer_key),
    "customers": (CUSTOMERS.c.customer_key,),
}
"""The order of the rows when no other is asked for, and of those that are equal in it."""


def section(picture: Picture) -> list[Component]:
    """Return the card with the rows, if the selection asks for it: a head and the table, which asks for its rows."""
    selection = picture.selection
    if not selection.rows:
        return []
    count = count_of(picture)
    note = f"{count:,} {WHAT[selection.page]} behind this picture."
    if count > MOST_ROWS_IN_TABLE:
        note += f" The table shows {MOST_ROWS_IN_TABLE:,} of them, the file has all."
    file = f"{PREFIX}rows/{picture.star.run_id}/{selection.page}.csv?{selection.query()}"
    head = render_template("dashboards/rows.html", note=note, file=file)
    columns = [
        {"field": name, "headerName": title, **(FIGURES if name in NUMBERS else TEXT)}
        for name, (title, _) in COLUMNS[selection.page].items()
    ]
    grid = AgGrid(
        id={"type": "rows", "run": picture.star.run_id, "page": selection.page, "query": selection.query()},
        columnDefs=columns,
        defaultColDef={"sortable": True, "resizable": True, "suppressMovable": True},
        rowModelType="infinite",
        dashGridOptions={
            "cacheBlockSize": ROWS_A_PAGE,
            "maxBlocksInCache": 20,
            "enableCellTextSelection": True,
            "suppressMultiSort": True,
            "theme": {"function": "themeQuartz"},
        },
        className="grid",
    )
    return [html.Section([HtmlBlock("rows-head", head), grid], id="rows", className="card rows")]


TEXT = {"flex": 3, "minWidth": 110}
FIGURES = {"flex": 2, "minWidth": 90, "type": "rightAligned"} | {
    "valueFormatter": {"function": "params.value == null ? '' : d3.format(',')(params.value)"}
}


def init_app(app: Flask, dash: Dash) -> None:
    """Add what the table asks for its rows, and the file."""
    name = {"type": "rows", "run": MATCH, "page": MATCH, "query": MATCH}
    dash.callback(Output(name, "getRowsResponse"), Input(name, "getRowsRequest"), State(name, "id"))(rows_of_table)
    app.add_url_rule(
        f"{PREFIX}rows/<int:run_id>/<page>.csv", "dashboards.rows", requires("read", in_browser=True)(file)
    )


def count_of(picture: Picture) -> int:
    """Return how many rows there are."""
    if picture.selection.page == "customers":
        return int(np.count_nonzero(picture.lines.buying & (picture.star.customer_keys != UNKNOWN_KEY)))
    return len(picture.lines.days)


def rows_of_table(asked: Mapping[str, Any] | None, grid: Mapping[str, Any]) -> Any:
    """Return the rows that the table asks for: from one to another, in its order."""
    if asked is None:
        return no_update
    try:
        picture = _picture(grid["run"], grid["page"], grid["query"])
        sorts = [(sort["colId"], sort["sort"]) for sort in asked["sortModel"]]
        first, last = max(int(asked["startRow"]), 0), int(asked["endRow"])
        columns = COLUMNS[grid["page"]]
        orders = [(columns[name][1], direction) for name, direction in sorts]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidRequestError({"detail": f"No table of these pages asks like this: {error!r}."}) from error
    statement, parameters = _rows(picture)
    for column, direction in orders:
        statement = statement.order_by(column.desc().nulls_last() if direction == "desc" else column.nulls_first())
    statement = statement.order_by(*OWN_ORDER[grid["page"]]).limit(bindparam("limit")).offset(bindparam("offset"))
    bounds = {"limit": min(max(last - first, 0), ROWS_A_PAGE), "offset": min(first, MOST_ROWS_IN_TABLE)}
    found = read(sql_text(statement), {**parameters, **bounds})
    return {
        "rowData": [dict(zip(columns, row, strict=True)) for row in found],
        "rowCount": min(count_of(picture), MOST_ROWS_IN_TABLE),
    }


def file(run_id: int, page: str) -> Response:
    """Send all rows behind a picture as CSV, while they come from Postgres."""
    if page not in PAGES:
        abort(404)
    picture = _picture(run_id, page, request.query_string.decode())
    statement, parameters = _rows(picture)
    reader: Reader = current_app.extensions["reader"]
    sql = sql_text(statement.order_by(*OWN_ORDER[page]))
    columns = list(COLUMNS[page])
    if not ONE_FILE.acquire(blocking=False):
        raise BusyError("Another file is being sent; try again in a moment.")

    def content() -> Iterator[str]:
        yield csv_text([columns])
        with reader.connect() as connection, connection.transaction(), connection.cursor("rows") as cursor:
            connection.execute(f"SET LOCAL statement_timeout = '{WORKING_SECONDS}s'")
            connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{WAITING_SECONDS}s'")
            cursor.execute(sql, parameters)
            while rows := cursor.fetchmany(STREAMED_AT_ONCE):
                yield csv_text(rows)

    name = f"{page}-{picture.star.business_date}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    response = Response(content(), headers=headers, content_type="text/csv; charset=utf-8")
    response.call_on_close(ONE_FILE.release)  # also when the client went away
    return response


def _picture(run_id: int, page: str, query: str) -> Picture:
    """Return the picture that a page shows. Raises NewerDayError when another run is served since it was drawn."""
    star: Star | None = current_app.extensions["stars"].current()
    if star is None:
        raise NotSyncedError
    if star.run_id != run_id:
        raise NewerDayError(f"The business date {star.business_date} is served now: draw the page anew.")
    try:
        return Picture(star, read_address(page, query, star.business_date))
    except SelectionError as error:
        raise InvalidRequestError({"detail": str(error)}) from error


def _rows(picture: Picture) -> tuple[Select[Any], dict[str, Any]]:
    """Return the statement for the rows behind a picture, without an order, and its parameters."""
    page, star = picture.selection.page, picture.star
    columns = [column.label(name) for name, (_, column) in COLUMNS[page].items()]
    parameters: dict[str, Any] = {"run_id": star.run_id}
    run_id = bindparam("run_id", type_=Integer)

    def some(column: ColumnElement[int], keys: Any) -> ColumnElement[bool]:
        name = f"{column.key}s"
        parameters[name] = keys.tolist()
        return column.in_(select(func.unnest(bindparam(name, type_=ARRAY(Integer)))))

    if page == "customers":
        keys = star.customer_keys[picture.lines.buying]
        return select(*columns).where(CUSTOMERS.c.run_id == run_id, some(CUSTOMERS.c.customer_key, keys)), parameters
    source: Any = SALES
    for other, key in ((PRODUCTS, "product_key"), (CUSTOMERS, "customer_key")):
        source = source.outerjoin(other, and_(other.c.run_id == SALES.c.run_id, other.c[key] == SALES.c[key]))
    statement = select(*columns).select_from(source).where(SALES.c.run_id == run_id)
    for mask, keys, column in (
        (picture.products(), star.product_keys, SALES.c.product_key),
        (picture.customers(), star.customer_keys, SALES.c.customer_key),
    ):
        if mask is not None:
            statement = statement.where(some(column, keys[mask]))
    if period := picture.selection.period:
        parameters |= {"first": period.first, "last": period.last}
        within = SALES.c.order_date.between(bindparam("first", type_=Date), bindparam("last", type_=Date))
        statement = statement.where(within)
    return statement, parameters
