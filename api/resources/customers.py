"""Customers with their sales figures: all, those of a segment, or one."""

from typing import Any

from flask import Response
from marshmallow import RAISE
from sqlalchemy import bindparam, select

from api.errors import NotSyncedError, Problem
from api.http.responses import content_state, item_response, not_modified_response
from api.resources.listing import Listing, at_least, at_most, contains, current_run, equals, is_exactly, run_id
from api.resources.operation import Resource, openapi_links, operation
from api.resources.schemas import (
    CUSTOMER_FIELDS,
    CUSTOMER_FIGURES,
    CUSTOMER_SEGMENTS,
    CustomerPage,
    CustomerQuery,
    CustomerSchema,
    SegmentQuery,
    matching_choice,
)
from api.serving.database import read, sql_text
from api.serving.models import Customer, table

blueprint = Resource("customers", __name__, url_prefix="/api/customers", description="Customers with their figures")

LISTING = Listing(
    table(Customer),
    ("customer_key",),
    CUSTOMER_FIELDS,
    {
        "segment": is_exactly("customer_segment", "segment"),
        "country": equals("country"),
        "gender": equals("gender"),
        "age_group": equals("age_group"),
        **{f"min_{name}": at_least(name, f"min_{name}") for name in CUSTOMER_FIGURES},
        **{f"max_{name}": at_most(name, f"max_{name}") for name in CUSTOMER_FIGURES},
        "q": contains("customer_name", "customer_number", parameter="q"),
    },
)
FIRST_CUSTOMER = openapi_links("get_customer", customer_key="$response.body#/items/0/customer_key")


class UnknownSegmentError(Problem):
    """The URL names a segment that does not exist."""

    status = 404
    name = "unknown-segment"
    title = "The customer segment does not exist"


class UnknownCustomerError(Problem):
    """No customer has the surrogate key."""

    status = 404
    name = "unknown-customer"
    title = "The customer does not exist"


@operation(blueprint, "", "read", conditional=True, csv=True, paged=True, links=FIRST_CUSTOMER)
@blueprint.arguments(CustomerQuery(), location="query", unknown=RAISE)
@blueprint.response(200, CustomerPage)
def list_customers(query: dict[str, Any]) -> Response:
    """List customers, including those without an order."""
    return LISTING.response(query)


@operation(
    blueprint, "/<segment>", "read", conditional=True, csv=True, paged=True, statuses=(404,), links=FIRST_CUSTOMER
)
@blueprint.arguments(SegmentQuery(), location="query", unknown=RAISE)
@blueprint.response(200, CustomerPage)
def list_segment(query: dict[str, Any], segment: str) -> Response:
    """List the customers of a segment: VIP, Regular or New, in any case."""
    chosen = matching_choice(segment, CUSTOMER_SEGMENTS)
    if chosen is None:
        valid = ", ".join(CUSTOMER_SEGMENTS)
        hint = f" One customer is at /api/customers/key/{segment}." if segment.isdecimal() else ""
        raise UnknownSegmentError(f"Customer segments are: {valid}.{hint}", valid_values=CUSTOMER_SEGMENTS)
    return LISTING.response({**query, "segment": chosen})


def _customer_statement() -> str:
    run, customers = current_run(), table(Customer)
    same_key = (customers.c.run_id == run_id()) & (customers.c.customer_key == bindparam("customer_key"))
    fields = [customers.c[name] for name in CUSTOMER_FIELDS]
    return sql_text(select(run.c.business_date, *fields).select_from(run.outerjoin(customers, same_key)))


FIND_CUSTOMER = _customer_statement()


@operation(blueprint, "/key/<key:customer_key>", "read", conditional=True, csv=True, statuses=(404,))
@blueprint.response(200, CustomerSchema)
def get_customer(customer_key: int) -> Response:
    """Get one customer by surrogate key."""
    rows = read(FIND_CUSTOMER, {"customer_key": customer_key})
    if not rows:
        raise NotSyncedError
    business_date, *values = rows[0]
    if values[CUSTOMER_FIELDS.index("customer_key")] is None:
        raise UnknownCustomerError(f"No customer has the key {customer_key}; GET /api/customers lists all customers.")
    state = content_state(values)
    return not_modified_response(state) or item_response(CUSTOMER_FIELDS, values, state, business_date)
