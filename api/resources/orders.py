"""Orders and their lines."""

from typing import Any

from flask import Response
from marshmallow import RAISE
from sqlalchemy import BigInteger, cast, func, select

from api.errors import NotSyncedError, Problem
from api.http.paging import is_text
from api.http.responses import (
    content_state,
    item_response,
    not_modified_response,
    page_response,
    wants_csv,
)
from api.resources.listing import Listing, at_least, at_most, current_run, is_exactly, is_key, run_id
from api.resources.operation import Resource, openapi_links, operation
from api.resources.schemas import (
    ORDER_FIELDS,
    ORDER_LINE_FIELDS,
    OrderLinePage,
    OrderLineQuery,
    OrderPage,
    OrderQuery,
    WholeOrderSchema,
)
from api.serving.database import read, sql_text
from api.serving.models import Sale, table

blueprint = Resource("orders", __name__, url_prefix="/api/orders", description="Orders and their lines")

LINES = table(Sale)
ORDERS = (
    select(
        LINES.c.run_id,
        LINES.c.order_number,
        *(func.min(LINES.c[name]).label(name) for name in ("order_date", "shipping_date", "due_date", "customer_key")),
        func.count().label("order_lines"),
        cast(func.sum(LINES.c.sales_amount), BigInteger).label("total_sales"),
        cast(func.sum(LINES.c.quantity), BigInteger).label("total_quantity"),
        cast(func.sum(LINES.c.profit), BigInteger).label("total_profit"),
    )
    .group_by(LINES.c.run_id, LINES.c.order_number)
    .subquery("orders")
)
DAYS = {"from_": at_least("order_date", "from_"), "to": at_most("order_date", "to")}
LISTING = Listing(
    ORDERS,
    ("order_number",),
    ORDER_FIELDS,
    {
        **DAYS,
        "customer": is_exactly("customer_key", "customer"),
        "min_sales": at_least("total_sales", "min_sales"),
        "max_sales": at_most("total_sales", "max_sales"),
    },
)
LINE_LISTING = Listing(
    LINES,
    ("order_number", "product_key", "line_id"),
    ORDER_LINE_FIELDS,
    {
        **DAYS,
        "order": is_key("order_number", "order"),
        "customer": is_exactly("customer_key", "customer"),
        "product": is_exactly("product_key", "product"),
    },
)


class UnknownOrderError(Problem):
    """No order has the number."""

    status = 404
    name = "unknown-order"
    title = "The order does not exist"


@operation(
    blueprint,
    "",
    "read",
    conditional=True,
    csv=True,
    paged=True,
    links=openapi_links("get_order", order_number="$response.body#/items/0/order_number"),
)
@blueprint.arguments(OrderQuery(), location="query", unknown=RAISE)
@blueprint.response(200, OrderPage)
def list_orders(query: dict[str, Any]) -> Response:
    """List orders, by order number."""
    return LISTING.response(query)


@operation(blueprint, "/lines", "read", conditional=True, csv=True, paged=True)
@blueprint.arguments(OrderLineQuery(), location="query", unknown=RAISE)
@blueprint.response(200, OrderLinePage)
def list_order_lines(query: dict[str, Any]) -> Response:
    """List order lines, by order number and product."""
    return LINE_LISTING.response(query)


def _order_statement() -> str:
    run = current_run()
    same = (LINES.c.run_id == run_id()) & is_key("order_number", "order_number")(LINES)
    fields = [LINES.c[name] for name in ORDER_LINE_FIELDS]
    statement = select(run.c.business_date, *fields).select_from(run.outerjoin(LINES, same))
    return sql_text(statement.order_by(LINES.c.product_key, LINES.c.line_id))


FIND_ORDER = _order_statement()


@operation(blueprint, "/<order_number>", "read", conditional=True, csv=True, statuses=(404,))
@blueprint.response(200, WholeOrderSchema)
def get_order(order_number: str) -> Response:
    """Get one order with its lines; as CSV, its lines."""
    unknown = UnknownOrderError(f"No order has the number {order_number}; GET /api/orders lists all orders.")
    if not is_text(order_number):
        raise unknown
    rows = read(FIND_ORDER, {"order_number": order_number})
    if not rows:
        raise NotSyncedError
    business_date = rows[0][0]
    lines = [dict(zip(ORDER_LINE_FIELDS, row[1:], strict=True)) for row in rows]
    if lines[0]["order_number"] is None:
        raise unknown
    order = {
        "order_number": lines[0]["order_number"],
        **{name: _least(lines, name) for name in ("order_date", "shipping_date", "due_date", "customer_key")},
        "order_lines": len(lines),
        "total_sales": _sum(lines, "sales_amount"),
        "total_quantity": _sum(lines, "quantity"),
        "total_profit": _sum(lines, "profit"),
        "lines": lines,
    }
    state = content_state(order)
    if response := not_modified_response(state):
        return response
    if wants_csv():
        return page_response(ORDER_LINE_FIELDS, [row[1:] for row in rows], state, business_date, None)
    return item_response(tuple(order), tuple(order.values()), state, business_date)


def _least(lines: list[dict[str, Any]], name: str) -> Any:
    return min((line[name] for line in lines if line[name] is not None), default=None)


def _sum(lines: list[dict[str, Any]], name: str) -> int | None:
    known = [line[name] for line in lines if line[name] is not None]
    return sum(known) if known else None
