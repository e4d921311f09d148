"""Products with their sales figures."""

from typing import Any

from flask import abort
from flask_smorest import Blueprint
from marshmallow import RAISE
from sqlalchemy import func, select

from api.database import require_published_data, snapshot
from api.models import Product
from api.paging import keyset_page
from api.schemas import LARGEST_KEY, ProductPage, ProductQuery, ProductSchema

blueprint = Blueprint("products", __name__, url_prefix="/api/products", description="Products with their sales figures")
blueprint.before_request(require_published_data)


@blueprint.route("")
@blueprint.arguments(ProductQuery, location="query", unknown=RAISE)
@blueprint.response(200, ProductPage)
def list_products(query: dict[str, Any]) -> dict[str, Any]:
    """List products, those that never sold included."""
    statement = select(Product)
    for name in ("category", "product_line"):
        if name in query:
            statement = statement.where(func.lower(getattr(Product, name)) == func.lower(query[name]))
    if "segment" in query:
        statement = statement.where(Product.product_segment == query["segment"])
    return keyset_page(statement, Product.product_key, after=query["after"], limit=query["limit"])


@blueprint.route(f"/<int(max={LARGEST_KEY}):product_key>")
@blueprint.response(200, ProductSchema)
@blueprint.alt_response(404, "NOT_FOUND")
def get_product(product_key: int) -> Product:
    """Get one product by its key."""
    product = snapshot().get(Product, product_key)
    return product or abort(404, f"There is no product with the key {product_key}.")
