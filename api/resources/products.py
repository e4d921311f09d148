"""Products with their sales figures: the warehouse's products, with changes by users applied."""

from typing import Any

from flask import Response, jsonify, request, url_for
from marshmallow import RAISE

from api.errors import InvalidRequestError
from api.http.access import caller_id
from api.http.responses import content_state, item_response, not_modified_response
from api.resources import overlay
from api.resources.listing import Listing, at_least, at_most, contains, equals, is_exactly
from api.resources.operation import IF_MATCH, Resource, body_types, openapi_links, operation
from api.resources.overlay import SERVED_PRODUCTS, ProductRow
from api.resources.schemas import (
    PRODUCT_FIELDS,
    Overlay,
    ProductBody,
    ProductPage,
    ProductPatch,
    ProductQuery,
    ProductSchema,
)

blueprint = Resource("products", __name__, url_prefix="/api/products", description="Products with their sales figures")

ONE = "/<key:product_key>"
LISTING = Listing(
    SERVED_PRODUCTS,
    ("product_key",),
    PRODUCT_FIELDS,
    {
        "category": equals("category"),
        "subcategory": equals("subcategory"),
        "product_line": equals("product_line"),
        "segment": is_exactly("product_segment", "segment"),
        "min_sales": at_least("total_sales", "min_sales"),
        "max_sales": at_most("total_sales", "max_sales"),
        "q": contains("product_name", "product_number", parameter="q"),
    },
)
LONGEST_IDEMPOTENCY_KEY = 255
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A text chosen by the client, new for each product. A repeated request with the same key within "
    "24 hours creates nothing and returns the first response.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}


def _links(product_key: str) -> dict[str, Any]:
    """Return OpenAPI links from a product to its other operations, with its key and ETag."""
    reads, writes = ("get_product", "get_overlay"), ("replace_product", "change_product", "delete_product")
    seen = {"product_key": product_key, "header.If-Match": "$response.header.ETag"}
    return openapi_links(*reads, product_key=product_key) | openapi_links(*writes, **seen)


REQUESTED_KEY = "$request.path.product_key"
NOT_EMPTY_PATCH = {"allOf": [ProductPatch], "minProperties": 1}


@operation(
    blueprint,
    "",
    "read",
    conditional=True,
    csv=True,
    paged=True,
    links=openapi_links("get_product", product_key="$response.body#/items/0/product_key"),
)
@blueprint.arguments(ProductQuery(), location="query", unknown=RAISE)
@blueprint.response(200, ProductPage)
def list_products(query: dict[str, Any]) -> Response:
    """List products, including those that were never sold."""
    return LISTING.response(query)


@operation(blueprint, ONE, "read", conditional=True, csv=True, statuses=(404,), links=_links(REQUESTED_KEY))
@blueprint.response(200, ProductSchema)
def get_product(product_key: int) -> Response:
    """Get one product by surrogate key."""
    product = overlay.find_product(product_key)
    state = product.state
    return not_modified_response(state) or item_response(PRODUCT_FIELDS, product.values, state, product.business_date)


@operation(
    blueprint,
    "",
    "write",
    method="POST",
    success=201,
    conditional=True,
    statuses=(400, 413, 415),
    parameters=(IDEMPOTENCY_KEY,),
    links=_links("$response.body#/product_key"),
)
@blueprint.arguments(ProductBody(), unknown=RAISE)
@blueprint.response(201, ProductSchema)
def create_product(body: dict[str, Any]) -> Response:
    """Create a product. Its surrogate key is 1,000,000 or larger; its sales figures are null."""
    product, repeated = overlay.create(body, caller_id(), _idempotency_key())
    response = product_response(product, 201)
    key = product.values[PRODUCT_FIELDS.index("product_key")]
    response.headers["Location"] = url_for("products.get_product", product_key=key)
    if repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response


@operation(
    blueprint,
    ONE,
    "write",
    method="PUT",
    conditional=True,
    statuses=(400, 404, 412, 413, 415, 428),
    parameters=(IF_MATCH,),
    links=_links(REQUESTED_KEY),
)
@blueprint.arguments(ProductBody(), unknown=RAISE)
@blueprint.response(200, ProductSchema)
def replace_product(body: dict[str, Any], product_key: int) -> Response:
    """Replace a product: set all fields that users may set; omitted fields become null."""
    return product_response(overlay.change(product_key, body, caller_id()))


@operation(
    blueprint,
    ONE,
    "write",
    method="PATCH",
    conditional=True,
    statuses=(400, 404, 412, 413, 415, 428),
    parameters=(IF_MATCH,),
    links=_links(REQUESTED_KEY),
    requestBody={"content": {name: {"schema": NOT_EMPTY_PATCH} for name in body_types("PATCH")}},
)
@blueprint.arguments(ProductPatch(), unknown=RAISE)
@blueprint.response(200, ProductSchema)
def change_product(body: dict[str, Any], product_key: int) -> Response:
    """Change some fields of a product. Fields that users never set keep following the warehouse."""
    return product_response(overlay.change(product_key, body, caller_id()))


@operation(blueprint, ONE, "write", method="DELETE", success=204, statuses=(404, 412, 422, 428), parameters=(IF_MATCH,))
@blueprint.response(204)
def delete_product(product_key: int) -> Response:
    """Delete a product created through the API, or hide a product of the warehouse."""
    overlay.remove(product_key, caller_id())
    return Response(status=204)


@operation(
    blueprint,
    f"{ONE}/overlay",
    "read",
    conditional=True,
    dated=False,
    statuses=(404,),
    links=openapi_links("delete_overlay", **{"product_key": REQUESTED_KEY, "header.If-Match": "$response.header.ETag"}),
)
@blueprint.response(200, Overlay)
def get_overlay(product_key: int) -> Response:
    """Get the changes by users to a product; 404 if there are none."""
    found = overlay.find_overlay(product_key)
    state = content_state(found)
    if response := not_modified_response(state):
        return response
    response = jsonify(Overlay().dump(found))
    response.set_etag(state)
    return response


@operation(
    blueprint,
    f"{ONE}/overlay",
    "write",
    method="DELETE",
    conditional=True,
    statuses=(404, 409, 412, 422, 428),
    parameters=(IF_MATCH,),
    links=_links(REQUESTED_KEY),
)
@blueprint.response(200, ProductSchema)
def delete_overlay(product_key: int) -> Response:
    """Restore the warehouse's values of a changed or deleted product; If-Match is the overlay's ETag."""
    return product_response(overlay.remove_overlay(product_key))


def product_response(product: ProductRow, status: int = 200) -> Response:
    """Return a response with a product."""
    return item_response(PRODUCT_FIELDS, product.values, product.state, product.business_date, status)


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (
        1 <= len(key) <= LONGEST_IDEMPOTENCY_KEY and all("!" <= letter <= "~" for letter in key)
    ):
        raise InvalidRequestError(
            {
                "detail": "Idempotency-Key: must have 1 to 255 printable ASCII characters without blanks.",
                "header": "Idempotency-Key",
            }
        )
    return key
