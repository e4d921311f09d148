"""Customers by segment."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import RAISE
from sqlalchemy import select

from api.database import require_published_data
from api.models import Customer
from api.paging import keyset_page
from api.problems import Problem
from api.schemas import CUSTOMER_SEGMENTS, CustomerPage, PageQuery, canonical

blueprint = Blueprint("customers", __name__, url_prefix="/api/customers", description="Customers by segment")
blueprint.before_request(require_published_data)


class UnknownSegmentError(Problem):
    """The address names a segment that does not exist."""

    status = 404
    name = "unknown-segment"
    title = "There is no such customer segment"


@blueprint.route("/<segment>")
@blueprint.arguments(PageQuery, location="query", unknown=RAISE)
@blueprint.response(200, CustomerPage)
@blueprint.alt_response(404, "NOT_FOUND")
def list_customers(query: dict[str, Any], segment: str) -> dict[str, Any]:
    """List the customers of a segment: VIP, Regular or New, in any case."""
    chosen = canonical(segment, CUSTOMER_SEGMENTS)
    if chosen is None:
        valid = ", ".join(CUSTOMER_SEGMENTS)
        raise UnknownSegmentError(f"Customer segments are: {valid}.", valid_values=CUSTOMER_SEGMENTS)
    statement = select(Customer).where(Customer.customer_segment == chosen)
    return keyset_page(statement, Customer.customer_key, after=query["after"], limit=query["limit"])
