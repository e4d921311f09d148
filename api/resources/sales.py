"""Sales added up by any combination of groups."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from api.resources import grouped_sales
from api.resources.listing import list_response
from api.resources.operation import operation
from api.resources.schemas import SalesPage, SalesQuery

blueprint = Blueprint("sales", __name__, url_prefix="/api/sales", description="Sales by group")


@operation(blueprint, "", "read", conditional=True, csv=True, paged=True, statuses=(410,))
@blueprint.arguments(SalesQuery(), location="query", unknown=RAISE)
@blueprint.response(200, SalesPage)
def list_sales(query: dict[str, Any]) -> Response:
    """Add up sales by day, or by the groups in group_by. Changes by users to products are not applied."""
    bounds: dict[str, Any] = {name: query[name] for name in ("from_", "to") if name in query}
    sql, order = grouped_sales.statement(query["group_by"], tuple(bounds), following=query["cursor"] is not None)
    names = [*grouped_sales.members(query["group_by"]), *grouped_sales.SUMS]
    return list_response(sql, bounds, query, order, names, grouped_sales.formatter(names))
