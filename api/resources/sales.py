"""Sales as a cube: sums by any of some groups."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from api import cube
from api.listing import answer_page
from api.resources.operation import operation
from api.schemas import SalesPage, SalesQuery

blueprint = Blueprint("sales", __name__, url_prefix="/api/sales", description="Sales added up")


@operation(blueprint, "", "read", conditional=True, csv=True, paged=True, statuses=(410,))
@blueprint.arguments(SalesQuery(), location="query", unknown=RAISE)
@blueprint.response(200, SalesPage)
def list_sales(query: dict[str, Any]) -> Response:
    """Add up sales by day, or by what group_by names; products are as the warehouse has them."""
    bounds: dict[str, Any] = {name: query[name] for name in ("from_", "to") if name in query}
    sql, order = cube.statement(query["group_by"], tuple(bounds), following=query["cursor"] is not None)
    names = [*cube.members(query["group_by"]), *cube.SUMS]
    return answer_page(sql, bounds, query, order, names, cube.shape(names))
