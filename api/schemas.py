"""Shapes of requests and responses. Descriptions and examples here are the API's documentation.

Money is in whole units; dates are ISO (yyyy-mm-dd); months are counted as boundaries crossed.
"""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

PRODUCT_SEGMENTS = ("High-Performer", "Mid-Range", "Low-Range")
CUSTOMER_SEGMENTS = ("VIP", "Regular", "New")
PAGE_SIZE = 100
PAGE_SIZE_LIMIT = 1000
LARGEST_KEY = 2**31 - 1


def canonical(value: str, choices: Sequence[str]) -> str | None:
    """Return the choice that ``value`` names in any case, or None."""
    return next((choice for choice in choices if choice.casefold() == value.casefold()), None)


class AnyCase(fields.String):
    """One of a list of texts, accepted in any case and loaded as the list writes it."""

    def __init__(self, choices: Sequence[str], *, description: str) -> None:
        super().__init__(metadata={"description": description, "enum": list(choices)})
        self.choices = choices

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        choice = canonical(super()._deserialize(value, *args, **kwargs), self.choices)
        if choice is None:
            raise ValidationError(f"Must be one of: {', '.join(self.choices)}.")
        return choice


def described(description: str, example: Any = None) -> dict[str, Any]:
    """Build the ``metadata`` of a field: its documentation."""
    return {"description": description} if example is None else {"description": description, "example": example}


def search_text(description: str, example: str) -> fields.String:
    """Declare a text to search for; Postgres knows no NUL character, so none may be in it."""
    return fields.String(validate=validate.ContainsNoneOf("\0"), metadata=described(description, example))


class PageQuery(Schema):
    """Which part of a list to return."""

    limit = fields.Integer(
        load_default=PAGE_SIZE,
        validate=validate.Range(min=1, max=PAGE_SIZE_LIMIT),
        metadata=described("How many items at most."),
    )
    after = fields.Integer(
        load_default=0,
        validate=validate.Range(min=0, max=LARGEST_KEY),
        metadata=described("Start behind the item with this key; the answer's `next` has it filled in."),
    )


class ProductQuery(PageQuery):
    """Which products to return. Filters combine; texts compare without regard to case."""

    category = search_text("Only this category.", "Bikes")
    product_line = search_text("Only this product line.", "Mountain")
    segment = AnyCase(PRODUCT_SEGMENTS, description="Only this segment; a product that never sold has none.")


class Answer(Schema):
    """What the API sends: a field that is not ``required`` may be null, and the documentation says so."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Mark the field as nullable or not."""
        field_obj.allow_none = not field_obj.required


class ProductSchema(Answer):
    """A product; its sales figures are null when it never sold."""

    product_key = fields.Integer(required=True, metadata=described("Durable key of the warehouse.", 17))
    product_id = fields.Integer(metadata=described("Id in the CRM, of the current version.", 310))
    product_number = fields.String(metadata=described("Number under which orders name it.", "BK-R93R-62"))
    product_name = fields.String()
    category_id = fields.String(metadata=described("Id of the category in the ERP.", "BI_RB"))
    category = fields.String(metadata=described("Null when the ERP does not know the category id.", "Bikes"))
    subcategory = fields.String()
    maintenance = fields.String(metadata=described("Whether it needs maintenance: Yes or No."))
    cost = fields.Integer(metadata=described("Current cost of one piece."))
    product_line = fields.String(metadata=described("Mountain, Road, Touring, Other Sales or n/a.", "Road"))
    start_date = fields.Date(metadata=described("Since when the current version is valid."))
    in_source = fields.Boolean(required=True, metadata=described("False once the product has left the source files."))
    last_sale_date = fields.Date(metadata=described("Date of its latest order."))
    recency = fields.Integer(metadata=described("Months from the latest order to the business date."))
    product_segment = fields.String(metadata={**described("By total sales."), "enum": [*PRODUCT_SEGMENTS, None]})
    lifespan = fields.Integer(metadata=described("Months from the first to the latest order."))
    total_orders = fields.Integer()
    total_sales = fields.Integer(metadata=described("Money."))
    total_quantity = fields.Integer(metadata=described("Pieces."))
    total_customers = fields.Integer(metadata=described("Distinct customers."))
    avg_selling_price = fields.Float(metadata=described("Mean price of a line, one decimal.", 21.5))
    avg_order_revenue = fields.Integer(metadata=described("Money an order."))
    avg_monthly_revenue = fields.Integer(metadata=described("Money a month of its lifespan."))


class CustomerSchema(Answer):
    """A customer; the sales figures are null for one who never bought."""

    customer_key = fields.Integer(required=True, metadata=described("Durable key of the warehouse.", 42))
    customer_id = fields.Integer(metadata=described("Id in the CRM.", 11041))
    customer_number = fields.String(metadata=described("Key that CRM and ERP share.", "AW00011041"))
    first_name = fields.String()
    last_name = fields.String()
    customer_name = fields.String(metadata=described("First and last name."))
    country = fields.String()
    marital_status = fields.String(metadata=described("Single, Married or n/a."))
    gender = fields.String(metadata=described("Female, Male or n/a."))
    birthdate = fields.Date()
    create_date = fields.Date(metadata=described("When the CRM created the customer."))
    in_source = fields.Boolean(required=True, metadata=described("False once the customer has left the source files."))
    age = fields.Integer(metadata=described("Years on the business date, counted as boundaries crossed."))
    age_group = fields.String(metadata=described("Under 20, 20-29, 30-39, 40-49, 50 and above or n/a."))
    customer_segment = fields.String(metadata={"enum": [*CUSTOMER_SEGMENTS, None]})
    last_order_date = fields.Date()
    recency = fields.Integer(metadata=described("Months from the latest order to the business date."))
    total_orders = fields.Integer()
    total_sales = fields.Integer(metadata=described("Money."))
    total_quantity = fields.Integer(metadata=described("Pieces."))
    total_products = fields.Integer(metadata=described("Distinct products."))
    lifespan = fields.Integer(metadata=described("Months from the first to the latest order."))
    avg_order_value = fields.Integer(metadata=described("Money an order."))
    avg_monthly_spend = fields.Integer(metadata=described("Money a month of the lifespan."))


class PageSchema(Answer):
    """A part of a list, in the order of its keys."""

    next = fields.String(
        metadata=described("Address of the next page; null on the last one.", "/api/products?after=100&limit=100")
    )


class ProductPage(PageSchema):
    """A page of products."""

    items = fields.List(fields.Nested(ProductSchema), required=True)


class CustomerPage(PageSchema):
    """A page of customers."""

    items = fields.List(fields.Nested(CustomerSchema), required=True)


class RowCounts(Answer):
    """Rows published, by serving table."""

    products = fields.Integer(required=True)
    customers = fields.Integer(required=True)
    sales = fields.Integer(required=True)


class SyncReport(Answer):
    """A sync that published."""

    run_id = fields.Integer(required=True, attribute="id", metadata=described("Key in serving.sync_run."))
    batch_id = fields.Integer(required=True, metadata=described("The warehouse batch that is served now."))
    business_date = fields.Date(required=True, metadata=described("The day that batch stands for."))
    rows = fields.Nested(RowCounts, required=True)
    duration_seconds = fields.Float(required=True)


class Health(Answer):
    """The API runs and Postgres answers; the other fields are null before the first sync."""

    status = fields.Constant("ok", required=True)
    business_date = fields.Date(metadata=described("The day that the data served stands for."))
    batch_id = fields.Integer(metadata=described("The warehouse batch it came from."))
    synced_at = fields.DateTime(attribute="finished_at", metadata=described("When that batch was published here."))
