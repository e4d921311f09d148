"""Schemas of requests and responses. Their descriptions and examples are the API's documentation.

Amounts of money are in whole units; dates are ISO (yyyy-mm-dd). Numbers of months count the starts of months between
two dates, as DATEDIFF does.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, missing, validate, validates_schema

from api.figures.grouping import COMPARISONS, EARLIER
from api.figures.periods import EARLIEST, LATEST
from api.figures.registry import (
    DEFAULT_MEASURES,
    DIMENSIONS,
    FILTERS,
    GROUPS,
    MEASURES,
    Dimension,
    Measure,
)
from api.http.paging import Cursor, CursorError, is_text
from api.http.url_converters import MAX_KEY
from api.serving.models import DATASETS

PRODUCT_SEGMENTS = ("High-Performer", "Mid-Range", "Low-Range")
CUSTOMER_SEGMENTS = ("VIP", "Regular", "New")
PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000
MAX_SUM = 2**63 - 1
MAX_TEXT_LENGTH = 50
MAX_VALUES = 100
MAX_NAME_LENGTH = 100
TOTAL = "total"
"""The value of ``group_by`` for a single group."""


def matching_choice(value: str, choices: Sequence[str]) -> str | None:
    """Return the choice that equals ``value`` without regard to case, or None."""
    return next((choice for choice in choices if choice.casefold() == value.casefold()), None)


def described(description: str, example: Any = None) -> dict[str, Any]:
    """Build the ``metadata`` of a field: its description and example."""
    return {"description": description} if example is None else {"description": description, "example": example}


def omitted() -> None:
    """Default of an omitted parameter. A function, because a literal None would be documented as ``default: null``."""


class Choice(fields.String):
    """One of a list of texts, accepted in any case and loaded in the spelling of the list."""

    def __init__(self, choices: Sequence[str], description: str) -> None:
        # A pattern instead of an enum, because an enum would document that the case matters.
        any_of = _any_case("|".join(re.escape(choice) for choice in choices))
        documented = described(f"{description} One of {', '.join(choices)}, in any case.", choices[0])
        super().__init__(metadata={**documented, "pattern": f"^({any_of})$"})
        self.choices = choices

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        choice = matching_choice(super()._deserialize(value, *args, **kwargs), self.choices)
        if choice is None:
            raise ValidationError(f"must be one of: {', '.join(self.choices)}.")
        return choice


def _any_case(pattern: str) -> str:
    return "".join(f"[{letter.upper()}{letter.lower()}]" if letter.isalpha() else letter for letter in pattern)


class Choices(fields.String):
    """Several of a list of names, separated by commas, in the order of the request; or the name ``alone``."""

    def __init__(
        self,
        choices: Sequence[str],
        description: str,
        example: str,
        default: tuple[str, ...] | None = None,
        alone: str = "",
        **kwargs: Any,
    ) -> None:
        one = f"({'|'.join(choices)})"
        several = f"{one}(,{one})*"
        metadata = {
            **described(f"{description} Separated by commas: {', '.join(choices)}.", example),
            "pattern": f"^({alone}|{several})$" if alone else f"^{several}$",
        }
        if default:
            metadata["default"] = ",".join(default)
        super().__init__(metadata=metadata, load_default=lambda: default, **kwargs)
        self.choices, self.alone = choices, alone

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        names = super()._deserialize(value, *args, **kwargs).split(",")
        if self.alone and self.alone in names:
            if len(names) > 1:
                raise ValidationError(f"{self.alone} is a single group: send it without others.")
            return tuple(names)
        unknown = [name for name in names if name not in self.choices]
        if unknown:
            raise ValidationError(
                f"unknown value {', '.join(map(repr, unknown))}; known values: {', '.join(self.choices)}."
            )
        return tuple(dict.fromkeys(names))


class Sort(fields.String):
    """The field to sort by, loaded as (name, whether descending)."""

    def __init__(self, names: Sequence[str]) -> None:
        listed = ", ".join(names)
        metadata = {
            **described(
                f"Field to sort by: {listed}; a leading - sorts in descending order. Null is the smallest value."
            ),
            "enum": [sign + name for name in names for sign in ("", "-")],
        }
        super().__init__(metadata=metadata, load_default=omitted)
        self.names = names

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        name = text.removeprefix("-")
        if name not in self.names:
            raise ValidationError(f"must be one of: {', '.join(self.names)}; a leading - sorts in descending order.")
        return name, text.startswith("-")


class CursorField(fields.String):
    """The cursor of a page, loaded as a Cursor."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return Cursor.decode(super()._deserialize(value, *args, **kwargs))
        except CursorError as error:
            raise ValidationError("not a cursor of this API; use the one in `next` or in the header Link.") from error


class StrictInteger(fields.Integer):
    """A whole number in JSON. 12.0 is one, as in JSON Schema; true and "12" are not."""

    def __init__(self, smallest: int, largest: int, **kwargs: Any) -> None:
        super().__init__(
            strict=True,
            validate=validate.Range(smallest, largest, error="must be from {min} to {max}."),
            error_messages={"invalid": "must be a whole number."},
            **kwargs,
        )

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool | str):  # a bool is an int in Python
            raise self.make_error("invalid")
        return super()._validated(int(value) if isinstance(value, float) and value.is_integer() else value)


class QueryInteger(StrictInteger):
    """A whole number in the query of a URL."""

    def _validated(self, value: Any) -> Any:
        if not isinstance(value, str) or re.fullmatch(r"-?[0-9]{1,20}", value) is None:
            raise self.make_error("invalid")
        return super()._validated(int(value))


INVISIBLE = (
    r"\s\u0001-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
)
"""Characters that show nothing, in a class of a regular expression: blanks, controls, formats, fillers (Unicode's
Default_Ignorable_Code_Point) and the empty pattern of Braille."""


class Text(fields.String):
    """A text that Postgres can store: no NUL character, no half of a surrogate pair.

    With ``shortest`` it also needs a character that shows something.
    """

    def __init__(self, longest: int, *, metadata: dict[str, Any], shortest: int = 0, **kwargs: Any) -> None:
        some = rf"[^\u0000{INVISIBLE}][^\u0000]*" if shortest else ""
        super().__init__(
            validate=validate.Length(shortest, longest, error="must have {min} to {max} characters."),
            error_messages={"invalid": "must be a text."},
            metadata={**metadata, "pattern": rf"^[^\u0000]*{some}$"},
            **kwargs,
        )
        self.shortest = shortest

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        if not is_text(text):
            raise ValidationError("must not contain the character NUL or half a surrogate pair.")
        if self.shortest and text and not re.search(f"[^{INVISIBLE}]", text):
            raise ValidationError(f"must not be blank{'; null is no value' if self.allow_none else ''}.")
        return text


class IsoDate(fields.Date):
    """A date as yyyy-mm-dd."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(error_messages={"invalid": "must be a date as yyyy-mm-dd."}, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
            raise self.make_error("invalid", input=value, obj_type="date")
        day: date = super()._deserialize(value, *args, **kwargs)
        return day


def search_text(description: str, example: str, longest: int = MAX_TEXT_LENGTH) -> Text:
    """Declare a filter by a text."""
    return Text(longest, metadata=described(description, example))


class RequestSchema(Schema):
    """Base of request schemas. The error for an unknown field lists the known ones."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Give each field the messages for a missing or null value."""
        field_obj.error_messages |= {"required": "is missing.", "null": "must not be null."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        names = ", ".join(field.data_key or name for name, field in self.fields.items())
        self.error_messages = {"unknown": f"unknown name; known names: {names}.", "type": "must be a JSON object."}
        self.lists = {name for name, field in self.fields.items() if isinstance(field, fields.List)}


class PageQuery(RequestSchema):
    """Which page of a list to return."""

    limit = QueryInteger(1, MAX_PAGE_SIZE, load_default=PAGE_SIZE, metadata=described("Maximum number of items.", 50))
    cursor = CursorField(
        load_default=omitted, metadata=described("Start of the page: the cursor in `next` of the page before.")
    )


class ResponseSchema(Schema):
    """Base of response schemas: a field that is not ``required`` may be null, and is documented so."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Mark the field as nullable unless it is required."""
        field_obj.allow_none = not field_obj.required


class PartialItem(ResponseSchema):
    """An item of a list; the parameter `fields` may leave out any of its fields."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Make the field optional without making it nullable."""
        super().on_bind_field(field_name, field_obj)
        field_obj.required = False


class ProductBody(RequestSchema):
    """The fields of a product that users may set. All others come from the warehouse."""

    product_number = Text(
        MAX_TEXT_LENGTH,
        shortest=1,
        allow_none=True,
        load_default=None,
        metadata=described("Product number in orders.", "BK-X01"),
    )
    product_name = Text(MAX_NAME_LENGTH, shortest=1, required=True, metadata=described("Product name.", "Cargo bike"))
    category_id = Text(
        MAX_TEXT_LENGTH,
        shortest=1,
        allow_none=True,
        load_default=None,
        metadata=described("Id of the category in the ERP.", "BI_RB"),
    )
    category = Text(
        MAX_TEXT_LENGTH, shortest=1, allow_none=True, load_default=None, metadata=described("Category.", "Bikes")
    )
    subcategory = Text(
        MAX_TEXT_LENGTH,
        shortest=1,
        allow_none=True,
        load_default=None,
        metadata=described("Subcategory.", "Cargo Bikes"),
    )
    maintenance = Text(
        MAX_TEXT_LENGTH,
        shortest=1,
        allow_none=True,
        load_default=None,
        metadata=described("Whether it needs maintenance.", "Yes"),
    )
    cost = StrictInteger(
        0,
        MAX_KEY,
        allow_none=True,
        load_default=None,
        metadata=described("Current cost of one piece, in whole units.", 1200),
    )
    product_line = Text(
        MAX_TEXT_LENGTH, shortest=1, allow_none=True, load_default=None, metadata=described("Product line.", "Road")
    )
    start_date = IsoDate(
        allow_none=True, load_default=None, metadata=described("First day on which it is valid.", "2026-02-01")
    )


USER_FIELDS = tuple(ProductBody().fields)


class ProductPatch(ProductBody):
    """The fields to change (JSON merge patch, RFC 7396); at least one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(partial=True, **kwargs)

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Load no default for an omitted field, so that it stays unchanged."""
        super().on_bind_field(field_name, field_obj)
        field_obj.load_default = missing

    @validates_schema
    def _any(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError(f"must have at least one of: {', '.join(self.fields)}.")


class ProductSchema(ResponseSchema):
    """A product; its sales figures are null if it was never sold."""

    product_key = fields.Integer(required=True, metadata=described("Surrogate key of the product.", 17))
    product_id = fields.Integer(metadata=described("Id of the current version in the CRM.", 310))
    product_number = fields.String(metadata=described("Product number in orders.", "BK-R93R-62"))
    product_name = fields.String()
    category_id = fields.String(metadata=described("Id of the category in the ERP.", "BI_RB"))
    category = fields.String(metadata=described("Category; null if the ERP does not have the category id.", "Bikes"))
    subcategory = fields.String()
    maintenance = fields.String(metadata=described("Whether it needs maintenance: Yes or No."))
    cost = fields.Integer(metadata=described("Current cost of one piece, in whole units."))
    product_line = fields.String(metadata=described("Mountain, Road, Touring, Other Sales or n/a.", "Road"))
    start_date = fields.Date(metadata=described("First day of the current version."))
    in_source = fields.Boolean(
        required=True, metadata=described("False if the latest source files do not contain the product.")
    )
    last_sale_date = fields.Date(metadata=described("Date of the latest order."))
    recency = fields.Integer(metadata=described("Months from the latest order to the business date."))
    product_segment = fields.String(metadata={**described("By total sales."), "enum": [*PRODUCT_SEGMENTS, None]})
    lifespan = fields.Integer(metadata=described("Months from the first to the latest order."))
    total_orders = fields.Integer()
    total_sales = fields.Integer(metadata=described("Sales, in whole units."))
    total_quantity = fields.Integer(metadata=described("Number of units."))
    total_customers = fields.Integer(metadata=described("Distinct customers."))
    avg_selling_price = fields.Float(metadata=described("Mean price of an order line, with one decimal.", 21.5))
    avg_order_revenue = fields.Integer(metadata=described("Sales per order, in whole units."))
    avg_monthly_revenue = fields.Integer(metadata=described("Sales per month of the lifespan, in whole units."))
    origin = fields.String(
        required=True,
        metadata={
            **described(
                "warehouse: unchanged; changed: a product of the warehouse that users changed; api: created by users."
            ),
            "enum": ["warehouse", "changed", "api"],
        },
    )


class CustomerSchema(ResponseSchema):
    """A customer; the sales figures are null if the customer never ordered."""

    customer_key = fields.Integer(required=True, metadata=described("Surrogate key of the customer.", 42))
    customer_id = fields.Integer(metadata=described("Id in the CRM.", 11041))
    customer_number = fields.String(
        metadata=described("Customer number, the natural key in CRM and ERP.", "AW00011041")
    )
    first_name = fields.String()
    last_name = fields.String()
    customer_name = fields.String(metadata=described("First and last name."))
    country = fields.String()
    marital_status = fields.String(metadata=described("Single, Married or n/a."))
    gender = fields.String(metadata=described("Female, Male or n/a."))
    birthdate = fields.Date()
    create_date = fields.Date(metadata=described("Date on which the CRM created the customer."))
    in_source = fields.Boolean(
        required=True, metadata=described("False if the latest source files do not contain the customer.")
    )
    age = fields.Integer(metadata=described("Difference in calendar years between birthdate and business date."))
    age_group = fields.String(metadata=described("Under 20, 20-29, 30-39, 40-49, 50 and above or n/a."))
    customer_segment = fields.String(metadata={"enum": [*CUSTOMER_SEGMENTS, None]})
    last_order_date = fields.Date()
    recency = fields.Integer(metadata=described("Months from the latest order to the business date."))
    total_orders = fields.Integer()
    total_sales = fields.Integer(metadata=described("Sales, in whole units."))
    total_quantity = fields.Integer(metadata=described("Number of units."))
    total_products = fields.Integer(metadata=described("Distinct products."))
    lifespan = fields.Integer(metadata=described("Months from the first to the latest order."))
    avg_order_value = fields.Integer(metadata=described("Sales per order, in whole units."))
    avg_monthly_spend = fields.Integer(metadata=described("Sales per month of the lifespan, in whole units."))


PRODUCT_FIELDS = tuple(ProductSchema().fields)
CUSTOMER_FIELDS = tuple(CustomerSchema().fields)
PRODUCT_SORTS = ("product_key", "product_name", "total_sales", "total_quantity", "total_orders", "last_sale_date")
CUSTOMER_FIGURES = (
    *("age", "recency", "lifespan", "total_orders", "total_sales", "total_quantity", "total_products"),
    *("avg_order_value", "avg_monthly_spend"),
)
"""The figures of customers that have filters: a minimum and a maximum each."""

INDEXED_SORTS = ("customer_key", "customer_name", "total_sales", "total_orders", "last_order_date")
"""The fields by which customers are sorted through an index; by other figures, those of a run are sorted anew."""

CUSTOMER_SORTS = tuple(dict.fromkeys((*INDEXED_SORTS, *CUSTOMER_FIGURES)))


class ProductQuery(PageQuery):
    """Which products to return. Filters combine; texts compare without regard to case."""

    category = search_text("Only this category.", "Bikes")
    subcategory = search_text("Only this subcategory.", "Road Bikes")
    product_line = search_text("Only this product line.", "Mountain")
    segment = Choice(PRODUCT_SEGMENTS, "Only this segment; a product that was never sold has none.")
    min_sales = QueryInteger(0, MAX_SUM, metadata=described("Minimum of total_sales.", 10000))
    max_sales = QueryInteger(0, MAX_SUM, metadata=described("Maximum of total_sales.", 50000))
    q = search_text("Only products with this text in their name or number.", "road", MAX_NAME_LENGTH)
    sort = Sort(PRODUCT_SORTS)
    fields_ = Choices(PRODUCT_FIELDS, "Only these fields.", "product_key,product_name", data_key="fields")


def _bounds(names: Sequence[str]) -> dict[str, fields.Field[Any]]:
    """Declare a minimum and a maximum of each figure."""
    return {
        f"{short}_{name}": QueryInteger(-MAX_SUM, MAX_SUM, metadata=described(f"{word} of {name}.", 10))
        for name in names
        for short, word in (("min", "Minimum"), ("max", "Maximum"))
    }


class SegmentQuery(PageQuery.from_dict(_bounds(CUSTOMER_FIGURES))):  # type: ignore[misc] # mypy does not know the class
    """Which customers of a segment to return. Filters combine; texts compare without regard to case."""

    country = search_text("Only this country.", "Germany")
    gender = search_text("Only this gender: Female, Male or n/a.", "Female")
    age_group = search_text("Only this age group.", "40-49")
    q = search_text("Only customers with this text in their name or number.", "jim", MAX_NAME_LENGTH)
    sort = Sort(CUSTOMER_SORTS)
    fields_ = Choices(CUSTOMER_FIELDS, "Only these fields.", "customer_key,customer_name", data_key="fields")


class CustomerQuery(SegmentQuery):
    """Which customers to return. Filters combine; texts compare without regard to case."""

    segment = Choice(CUSTOMER_SEGMENTS, "Only this segment; a customer who never ordered has none.")


class DaysQuery(PageQuery):
    """Which days of a list to return."""

    from_ = IsoDate(data_key="from", metadata=described("First order date, included.", "2026-01-01"))
    to = IsoDate(metadata=described("Last order date, included.", "2026-01-31"))

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if "from_" in data and "to" in data and data["from_"] > data["to"]:
            raise ValidationError("must not be after `to`.", "from")


def _filter(dimension: Dimension) -> fields.Field[Any]:
    """Declare a filter of sales by a dimension."""
    about = f"{dimension.description} May be repeated: any of the values."
    one = QueryInteger(0, MAX_KEY) if dimension.is_key else Text(MAX_TEXT_LENGTH, metadata={})
    return fields.List(
        one,
        validate=validate.Length(1, MAX_VALUES, error="must have {min} to {max} values."),
        metadata=described(about, [dimension.example]),
    )


class SalesQuery(DaysQuery.from_dict({dimension.name: _filter(dimension) for dimension in FILTERS})):  # type: ignore[misc] # mypy does not know the class
    """Which sales to add up, and how."""

    group_by = Choices(
        GROUPS,
        f"Columns to group by, or {TOTAL} for a single group.",
        "month,country",
        default=("day",),
        alone=TOTAL,
    )
    measures = Choices(
        tuple(measure.name for measure in MEASURES), "Measures to return.", "total_sales", default=DEFAULT_MEASURES
    )
    sort = Sort(tuple(measure.name for measure in MEASURES))
    top = QueryInteger(
        1,
        MAX_PAGE_SIZE,
        metadata=described("Only this number of groups, the first by `sort`; `rest` adds up the others.", 10),
    )

    compare = Choice(
        tuple(COMPARISONS),
        "Also return the measures of an earlier period, with the prefix previous_: the days before, or the same days "
        "a year earlier. Needs `from` and `to`. Grouped by time, each unit is compared with the unit at the same place "
        "of the earlier period. Of a period that is not over, the days until the last order count; of one to come, all "
        "days. A group without sales has 0.",
    )

    @validates_schema
    def _comparable(self, data: dict[str, Any], **_: Any) -> None:
        if "compare" in data:
            missing_bounds = [name for name, given in (("from", "from_"), ("to", "to")) if given not in data]
            if missing_bounds:
                raise ValidationError(f"needs {' and '.join(missing_bounds)}.", "compare")
            if not all(EARLIEST <= data[name] <= LATEST for name in ("from_", "to")):
                raise ValidationError(f"needs bounds from {EARLIEST} to {LATEST}.", "compare")


class OrderSchema(ResponseSchema):
    """An order. Its dates and its customer are those of its lines; if these differ, the smallest ones."""

    order_number = fields.String(required=True, metadata=described("Order number.", "SO54496"))
    order_date = fields.Date(metadata=described("Order date; null if the sources have none."))
    shipping_date = fields.Date()
    due_date = fields.Date()
    customer_key = fields.Integer(required=True, metadata=described("Customer; 0 is the unknown member.", 42))
    order_lines = fields.Integer(required=True, metadata=described("Number of order lines.", 3))
    total_sales = fields.Integer(metadata=described("Sum of sales, in whole units.", 2071))
    total_quantity = fields.Integer(metadata=described("Number of units.", 3))
    total_profit = fields.Integer(metadata=described("Sales less the cost at the time of sale, in whole units.", 800))


class OrderLineSchema(ResponseSchema):
    """An order line."""

    order_number = fields.String(required=True, metadata=described("Order number.", "SO54496"))
    product_key = fields.Integer(required=True, metadata=described("Product; 0 is the unknown member.", 17))
    customer_key = fields.Integer(required=True, metadata=described("Customer; 0 is the unknown member.", 42))
    order_date = fields.Date(metadata=described("Order date; null if the sources have none."))
    shipping_date = fields.Date()
    due_date = fields.Date()
    sales_amount = fields.Integer(metadata=described("Sales, in whole units.", 2049))
    quantity = fields.Integer(metadata=described("Number of units.", 1))
    price = fields.Integer(metadata=described("Price of one unit, in whole units.", 2049))
    cost = fields.Integer(metadata=described("Cost of one unit at the time of sale, in whole units.", 1266))
    profit = fields.Integer(metadata=described("Sales less cost, in whole units.", 783))


class WholeOrderSchema(OrderSchema):
    """An order with its lines."""

    lines = fields.List(fields.Nested(OrderLineSchema), required=True)


ORDER_FIELDS = tuple(OrderSchema().fields)
ORDER_LINE_FIELDS = tuple(OrderLineSchema().fields)
ORDER_SORTS = ("order_number", "order_date", "total_sales")


class OrderQuery(DaysQuery):
    """Which orders to return. Filters combine."""

    customer = QueryInteger(0, MAX_KEY, metadata=described("Only orders of this customer, by surrogate key.", 42))
    min_sales = QueryInteger(-MAX_SUM, MAX_SUM, metadata=described("Minimum of total_sales.", 1000))
    max_sales = QueryInteger(-MAX_SUM, MAX_SUM, metadata=described("Maximum of total_sales.", 5000))
    sort = Sort(ORDER_SORTS)
    fields_ = Choices(ORDER_FIELDS, "Only these fields.", "order_number,total_sales", data_key="fields")


class OrderLineQuery(DaysQuery):
    """Which order lines to return, by order number. Filters combine."""

    order = search_text("Only the lines of this order, in any case.", "SO54496")
    customer = QueryInteger(0, MAX_KEY, metadata=described("Only lines of this customer, by surrogate key.", 42))
    product = QueryInteger(0, MAX_KEY, metadata=described("Only lines of this product, by surrogate key.", 17))
    sort = Sort(("order_number",))
    fields_ = Choices(ORDER_LINE_FIELDS, "Only these fields.", "order_number,sales_amount", data_key="fields")


class SyncHistoryQuery(RequestSchema):
    """Which sync runs to return."""

    limit = QueryInteger(1, MAX_PAGE_SIZE, load_default=20, metadata=described("Maximum number of runs.", 20))
    before = QueryInteger(
        1, MAX_KEY, load_default=MAX_KEY, metadata=described("Only runs before the run with this id.", 12)
    )


class Overlay(ResponseSchema):
    """The overlay of a product: the changes by users."""

    product_key = fields.Integer(required=True, metadata=described("Surrogate key of the product.", 17))
    deleted = fields.Boolean(required=True, metadata=described("Whether users deleted the product."))
    changes = fields.Dict(
        required=True, metadata=described("The fields that users set, with their values.", {"cost": 900})
    )
    changed_at = fields.DateTime(required=True, metadata=described("Time of the last change."))


class ProductItem(PartialItem, ProductSchema):
    """A product in a list."""


class CustomerItem(PartialItem, CustomerSchema):
    """A customer in a list."""


class PageSchema(ResponseSchema):
    """A page of a list. The pages linked by `next` all have one business date."""

    business_date = fields.Date(required=True, metadata=described("Business date of the data."))
    next = fields.String(metadata=described("URL of the next page; null on the last page."))


class ProductPage(PageSchema):
    """A page of products."""

    items = fields.List(fields.Nested(ProductItem), required=True)


class OrderItem(PartialItem, OrderSchema):
    """An order in a list."""


class OrderLineItem(PartialItem, OrderLineSchema):
    """An order line in a list."""


class OrderPage(PageSchema):
    """A page of orders."""

    items = fields.List(fields.Nested(OrderItem), required=True)


class OrderLinePage(PageSchema):
    """A page of order lines."""

    items = fields.List(fields.Nested(OrderLineItem), required=True)


class CustomerPage(PageSchema):
    """A page of customers."""

    items = fields.List(fields.Nested(CustomerItem), required=True)


def _column(dimension: Dimension, column: str) -> fields.Field[Any]:
    """Declare a column of a group."""
    if column == "product_name":
        return fields.String(
            metadata=described("Name of the product in the warehouse, without changes by users.", "Road Bike")
        )
    kind = fields.Date if dimension.name == "day" else fields.String
    whole = dimension.is_key or dimension.name == "year"
    return (fields.Integer if whole else kind)(metadata=described(dimension.description, dimension.example))


def _sum(measure: Measure, description: str = "{}") -> fields.Field[Any]:
    """Declare a measure of a group."""
    kind = fields.Integer if measure.is_whole else fields.Float
    return kind(metadata=described(description.format(measure.description), measure.example))


SUMS = {measure.name: _sum(measure) for measure in MEASURES}
EARLIER_SUMS = {
    EARLIER + measure.name: _sum(measure, "Only with `compare`, of the earlier period: {}") for measure in MEASURES
}


class SalesRest(ResponseSchema.from_dict(SUMS | EARLIER_SUMS)):  # type: ignore[misc] # mypy does not know the class
    """The measures of the groups beyond the top ones together."""


GROUP_COLUMNS = {column: _column(dimension, column) for dimension in DIMENSIONS for column in dimension.columns}


class SalesGroup(ResponseSchema.from_dict(GROUP_COLUMNS | SUMS | EARLIER_SUMS)):  # type: ignore[misc] # mypy does not know the class
    """Sums over the order lines of a group. Only the columns of `group_by` and the measures are present."""


class Days(ResponseSchema):
    """The days from the first to the last, both included."""

    first = fields.Date(data_key="from", required=True)
    last = fields.Date(data_key="to", required=True)


class SalesPage(PageSchema):
    """A page of groups, sorted by the columns of `group_by` (null first) or by `sort`."""

    items = fields.List(fields.Nested(SalesGroup), required=True)
    compared_with = fields.Nested(Days, metadata=described("Only with `compare`: the earlier period."))
    rest = fields.Nested(
        SalesRest, metadata=described("Only with `top`: the other groups together; null if there are none.")
    )


class Kpis(ResponseSchema):
    """The totals over all order lines served, including those without a date."""

    business_date = fields.Date(required=True, metadata=described("Business date of the totals."))
    sample_customers = fields.Integer(metadata=described("Number of customers in the sample; null if all were synced."))
    total_sales = fields.Integer(metadata=described("Sales, in whole units."))
    total_profit = fields.Integer(metadata=described("Sales less the cost at the time of sale, in whole units."))
    total_quantity = fields.Integer(metadata=described("Number of units."))
    total_orders = fields.Integer(required=True, metadata=described("Distinct order numbers."))
    order_lines = fields.Integer(required=True)
    total_customers = fields.Integer(required=True, metadata=described("All customers, with and without orders."))
    total_products = fields.Integer(required=True, metadata=described("All products of the warehouse, sold or not."))
    avg_order_value = fields.Float(metadata=described("Sales per order, with two decimals.", 1146.88))
    first_order_date = fields.Date()
    last_order_date = fields.Date()


class RowCounts(ResponseSchema):
    """Rows published, by serving table; null unless the run succeeded."""

    products = fields.Integer()
    customers = fields.Integer()
    sales = fields.Integer()


class SyncRequest(RequestSchema):
    """Which part of the warehouse to sync; an empty object or no body means everything."""

    datasets = fields.List(
        Choice(DATASETS, "A table to copy."),
        load_default=list(DATASETS),
        validate=validate.Length(1, len(DATASETS), error="must have {min} to {max} names."),
        metadata=described(
            "Tables to read from the warehouse. The others are copied from the served run, which must be of the "
            "batch that the warehouse published last.",
            ["products"],
        ),
    )
    sample_customers = StrictInteger(
        1,
        MAX_KEY,
        allow_none=True,
        load_default=None,
        metadata=described(
            "Copy only this number of customers, those with the largest sales, and their sales. Null copies all.", 1000
        ),
    )
    batch_id = StrictInteger(
        0,
        MAX_KEY,
        allow_none=True,
        load_default=None,
        metadata=described(
            "Sync only if gold.current_batch shows this batch, 0 for no batch. A read replica that lags behind shows "
            "another. Null accepts any batch.",
            7,
        ),
    )
    published_at = Text(
        30,
        allow_none=True,
        load_default=None,
        metadata=described(
            "Sync only if gold.current_batch shows this time of publication, in ISO 8601 (style 126 of CONVERT). "
            "Null accepts any time.",
            "2026-02-01T06:30:00.1234567",
        ),
    )


class SyncRunSchema(ResponseSchema):
    """A sync run."""

    run_id = fields.Integer(required=True, attribute="id", metadata=described("Id of the run.", 12))
    status = fields.String(
        required=True, metadata={**described("State of the run."), "enum": ["running", "succeeded", "failed"]}
    )
    datasets = fields.List(fields.String, required=True, metadata=described("Tables read from the warehouse."))
    sample_customers = fields.Integer(metadata=described("Number of customers in the sample; null if all were synced."))
    batch_id = fields.Integer(metadata=described("Batch of the warehouse."))
    business_date = fields.Date(metadata=described("Business date of the batch."))
    started_at = fields.DateTime(required=True)
    finished_at = fields.DateTime(metadata=described("Time of the end; null while the run is running."))
    duration_seconds = fields.Float()
    rows = fields.Nested(RowCounts, required=True)
    checksums = fields.Dict(
        metadata=described("Checksums, equal in the warehouse and the copy, by table; null unless the run succeeded.")
    )


class SyncPage(ResponseSchema):
    """Sync runs, the latest first."""

    items = fields.List(fields.Nested(SyncRunSchema), required=True)
    next = fields.String(metadata=described("URL of the next page; null on the last page."))


class MonitoringCopySchema(ResponseSchema):
    """A copy of the warehouse's monitoring views."""

    copied_at = fields.DateTime(required=True, metadata=described("Time of the copy."))
    batches = fields.Integer(required=True, metadata=described("Batches that the warehouse knows.", 7))
    changed_batches = fields.Integer(required=True, metadata=described("Batches that had changed.", 1))


class Liveness(ResponseSchema):
    """The API answers requests."""

    status = fields.Constant("ok", required=True)


class Readiness(ResponseSchema):
    """The API has data to serve."""

    status = fields.Constant("ok", required=True)
    business_date = fields.Date(required=True, metadata=described("Business date served."))
    age_days = fields.Integer(required=True, metadata=described("Days from the business date to today (UTC).", 1))
    batch_id = fields.Integer(required=True, metadata=described("Batch of the warehouse."))
    run_id = fields.Integer(required=True, metadata=described("Sync run that copied the batch."))
    sample_customers = fields.Integer(metadata=described("Number of customers in the sample; null if all were synced."))
    synced_at = fields.DateTime(required=True, metadata=described("Time at which the run was published."))


class Links(ResponseSchema):
    """Links to the resources."""

    title = fields.String(required=True)
    links = fields.Dict(keys=fields.String, values=fields.String, required=True)
