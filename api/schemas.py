"""Shapes of requests and responses. Descriptions and examples here are the API's documentation.

Money is in whole units; dates are ISO (yyyy-mm-dd); months are counted as boundaries crossed.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, missing, validate, validates_schema

from api.models import DATASETS
from api.paging import Cursor, CursorError, is_text

PRODUCT_SEGMENTS = ("High-Performer", "Mid-Range", "Low-Range")
CUSTOMER_SEGMENTS = ("VIP", "Regular", "New")
GROUPS = ("day", "month", "quarter", "year", "country", "category", "subcategory", "product")
PAGE_SIZE = 100
PAGE_SIZE_LIMIT = 1000
LARGEST_KEY = 2**31 - 1
LARGEST_SUM = 2**63 - 1
LONGEST_TEXT = 50
LONGEST_NAME = 100


def canonical(value: str, choices: Sequence[str]) -> str | None:
    """Return the choice that ``value`` names in any case, or None."""
    return next((choice for choice in choices if choice.casefold() == value.casefold()), None)


def described(description: str, example: Any = None) -> dict[str, Any]:
    """Build the ``metadata`` of a field: its documentation."""
    return {"description": description} if example is None else {"description": description, "example": example}


def nothing() -> None:
    """Return what is loaded for a parameter that was not sent; a null could not be, so none is documented."""


class Choice(fields.String):
    """One of a list of texts, accepted in any case and loaded as the list writes it."""

    def __init__(self, choices: Sequence[str], description: str) -> None:
        # No enum: it would say that the case matters.
        any_of = _any_case("|".join(re.escape(choice) for choice in choices))
        documented = described(f"{description} One of {', '.join(choices)}, in any case.", choices[0])
        super().__init__(metadata={**documented, "pattern": f"^({any_of})$"})
        self.choices = choices

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        choice = canonical(super()._deserialize(value, *args, **kwargs), self.choices)
        if choice is None:
            raise ValidationError(f"must be one of: {', '.join(self.choices)}.")
        return choice


def _any_case(pattern: str) -> str:
    return "".join(f"[{letter.upper()}{letter.lower()}]" if letter.isalpha() else letter for letter in pattern)


class Choices(fields.String):
    """Several of a list of names, separated by commas, in the order given."""

    def __init__(
        self,
        choices: Sequence[str],
        description: str,
        example: str,
        default: tuple[str, ...] | None = None,
        **kwargs: Any,
    ) -> None:
        one = f"({'|'.join(choices)})"
        metadata = {
            **described(f"{description} Separated by commas: {', '.join(choices)}.", example),
            "pattern": f"^{one}(,{one})*$",
        }
        if default:
            metadata["default"] = ",".join(default)
        super().__init__(metadata=metadata, load_default=lambda: default, **kwargs)
        self.choices = choices

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        names = super()._deserialize(value, *args, **kwargs).split(",")
        unknown = [name for name in names if name not in self.choices]
        if unknown:
            raise ValidationError(f"knows no {', '.join(map(repr, unknown))}; there are: {', '.join(self.choices)}.")
        return tuple(dict.fromkeys(names))


class Sort(fields.String):
    """The field to sort by, as (name, whether descending)."""

    def __init__(self, names: Sequence[str]) -> None:
        listed = ", ".join(names)
        metadata = {
            **described(f"What to sort by: {listed}; - before it turns the order. An unknown value is the smallest."),
            "enum": [sign + name for name in names for sign in ("", "-")],
        }
        super().__init__(metadata=metadata, load_default=nothing)
        self.names = names

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        name = text.removeprefix("-")
        if name not in self.names:
            raise ValidationError(f"must be one of: {', '.join(self.names)}; - before it turns the order.")
        return name, text.startswith("-")


class Position(fields.String):
    """Where a page starts."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return Cursor.decode(super()._deserialize(value, *args, **kwargs))
        except CursorError as error:
            raise ValidationError("is none that this API gave out: take it from `next` or the header Link.") from error


class Whole(fields.Integer):
    """A whole number, and nothing that could be taken for one; 12.0 is one, as JSON Schema says."""

    def __init__(self, smallest: int, largest: int, **kwargs: Any) -> None:
        super().__init__(
            strict=True,
            validate=validate.Range(smallest, largest, error="must be from {min} to {max}."),
            error_messages={"invalid": "must be a whole number."},
            **kwargs,
        )

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool | str):  # JSON's true is Python's 1
            raise self.make_error("invalid")
        return super()._validated(int(value) if isinstance(value, float) and value.is_integer() else value)


class WholeText(Whole):
    """A whole number as the query of an address spells it."""

    def _validated(self, value: Any) -> Any:
        if not isinstance(value, str) or re.fullmatch(r"-?[0-9]{1,20}", value) is None:
            raise self.make_error("invalid")
        return super()._validated(int(value))


class Words(fields.String):
    """A text that Postgres can hold: no NUL character and no half of a surrogate pair."""

    def __init__(self, longest: int, *, metadata: dict[str, Any], shortest: int = 0, **kwargs: Any) -> None:
        super().__init__(
            validate=validate.Length(shortest, longest, error="must have {min} to {max} characters."),
            error_messages={"invalid": "must be a text."},
            metadata={**metadata, "pattern": "^[^\\u0000]*$"},
            **kwargs,
        )

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        if not is_text(text):
            raise ValidationError("must not have the character NUL or half a surrogate pair.")
        return text


class Day(fields.Date):
    """A day as yyyy-mm-dd."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(error_messages={"invalid": "must be a date as yyyy-mm-dd."}, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
            raise self.make_error("invalid", input=value, obj_type="date")
        day: date = super()._deserialize(value, *args, **kwargs)
        return day


def search_text(description: str, example: str, longest: int = LONGEST_TEXT) -> Words:
    """Declare a text to search for."""
    return Words(longest, metadata=described(description, example))


class Request(Schema):
    """What a client sends; a name that is not among the fields is refused with the ones that are."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Say of each field that is missing or null what is wanted."""
        field_obj.error_messages |= {"required": "is missing.", "null": "must not be null."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        names = ", ".join(field.data_key or name for name, field in self.fields.items())
        self.error_messages = {"unknown": f"is none of: {names}.", "type": "must be a JSON object."}


class PageQuery(Request):
    """Which part of a list to return."""

    limit = WholeText(1, PAGE_SIZE_LIMIT, load_default=PAGE_SIZE, metadata=described("How many items at most.", 50))
    cursor = Position(
        load_default=nothing, metadata=described("Where the page starts; taken from `next` of the page before.")
    )


class Answer(Schema):
    """What the API sends: a field that is not ``required`` may be null, and the documentation says so."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Mark the field as nullable or not."""
        field_obj.allow_none = not field_obj.required


class Item(Answer):
    """An entity in a list, of which only the fields that `fields` names are sent."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Let any field be left out; whether it may be null stays as it is."""
        super().on_bind_field(field_name, field_obj)
        field_obj.required = False


class ProductBody(Request):
    """What users may set of a product. Everything else is the warehouse's."""

    product_number = Words(
        LONGEST_TEXT,
        allow_none=True,
        load_default=None,
        metadata=described("Number under which orders name it.", "BK-X01"),
    )
    product_name = Words(LONGEST_NAME, shortest=1, required=True, metadata=described("Its name.", "Cargo bike"))
    category_id = Words(
        LONGEST_TEXT, allow_none=True, load_default=None, metadata=described("Id of the category in the ERP.", "BI_RB")
    )
    category = Words(LONGEST_TEXT, allow_none=True, load_default=None, metadata=described("Its category.", "Bikes"))
    subcategory = Words(
        LONGEST_TEXT, allow_none=True, load_default=None, metadata=described("Its subcategory.", "Cargo Bikes")
    )
    maintenance = Words(
        LONGEST_TEXT, allow_none=True, load_default=None, metadata=described("Whether it needs maintenance.", "Yes")
    )
    cost = Whole(
        0, LARGEST_KEY, allow_none=True, load_default=None, metadata=described("Current cost of one piece.", 1200)
    )
    product_line = Words(
        LONGEST_TEXT, allow_none=True, load_default=None, metadata=described("Its product line.", "Road")
    )
    start_date = Day(allow_none=True, load_default=None, metadata=described("Since when it is valid.", "2026-02-01"))


OWN_FIELDS = tuple(ProductBody().fields)


class ProductPatch(ProductBody):
    """The fields to change (JSON merge patch, RFC 7396); at least one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(partial=True, **kwargs)

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Give a field that is left out no value: it stays as it is."""
        super().on_bind_field(field_name, field_obj)
        field_obj.load_default = missing

    @validates_schema
    def _any(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError(f"must have at least one of: {', '.join(self.fields)}.")


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
    origin = fields.String(
        required=True,
        metadata={
            **described("Whose it is: the warehouse's, the warehouse's with changes by users, or made by users."),
            "enum": ["warehouse", "changed", "api"],
        },
    )


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


PRODUCT_FIELDS = tuple(ProductSchema().fields)
CUSTOMER_FIELDS = tuple(CustomerSchema().fields)
PRODUCT_SORTS = ("product_key", "product_name", "total_sales", "total_quantity", "total_orders", "last_sale_date")
CUSTOMER_SORTS = ("customer_key", "customer_name", "total_sales", "total_orders", "last_order_date")
"""What lists can be sorted by; each has an index."""


class ProductQuery(PageQuery):
    """Which products to return. Filters combine; texts compare without regard to case."""

    category = search_text("Only this category.", "Bikes")
    subcategory = search_text("Only this subcategory.", "Road Bikes")
    product_line = search_text("Only this product line.", "Mountain")
    segment = Choice(PRODUCT_SEGMENTS, "Only this segment; a product that never sold has none.")
    min_sales = WholeText(0, LARGEST_SUM, metadata=described("Only total sales from this on.", 10000))
    max_sales = WholeText(0, LARGEST_SUM, metadata=described("Only total sales up to this.", 50000))
    q = search_text("Only those with this text in their name or number.", "road", LONGEST_NAME)
    sort = Sort(PRODUCT_SORTS)
    fields_ = Choices(PRODUCT_FIELDS, "Only these fields.", "product_key,product_name", data_key="fields")


class SegmentQuery(PageQuery):
    """Which customers of a segment to return. Filters combine; texts compare without regard to case."""

    country = search_text("Only this country.", "Germany")
    gender = search_text("Only this gender: Female, Male or n/a.", "Female")
    age_group = search_text("Only this age group.", "40-49")
    q = search_text("Only those with this text in their name or number.", "jim", LONGEST_NAME)
    sort = Sort(CUSTOMER_SORTS)
    fields_ = Choices(CUSTOMER_FIELDS, "Only these fields.", "customer_key,customer_name", data_key="fields")


class CustomerQuery(SegmentQuery):
    """Which customers to return. Filters combine; texts compare without regard to case."""

    segment = Choice(CUSTOMER_SEGMENTS, "Only this segment; a customer who never bought has none.")


class SalesQuery(PageQuery):
    """Which sales to add up, and how."""

    from_ = Day(data_key="from", metadata=described("Only orders from this day on.", "2026-01-01"))
    to = Day(metadata=described("Only orders up to this day, which counts.", "2026-01-31"))
    group_by = Choices(GROUPS, "What to group by.", "month,country", default=("day",))

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if "from_" in data and "to" in data and data["from_"] > data["to"]:
            raise ValidationError("must not be after `to`.", "from")


class SyncHistoryQuery(Request):
    """Which runs to return."""

    limit = WholeText(1, PAGE_SIZE_LIMIT, load_default=20, metadata=described("How many runs at most.", 20))
    before = WholeText(1, LARGEST_KEY, load_default=LARGEST_KEY, metadata=described("Only runs before this one.", 12))


class Overlay(Answer):
    """What users did to a product."""

    product_key = fields.Integer(required=True, metadata=described("Durable key of the product.", 17))
    deleted = fields.Boolean(required=True, metadata=described("Whether it is hidden."))
    changes = fields.Dict(required=True, metadata=described("The fields they set, with their values.", {"cost": 900}))
    changed_at = fields.DateTime(required=True, metadata=described("When they last did."))


class ProductItem(Item, ProductSchema):
    """A product in a list."""


class CustomerItem(Item, CustomerSchema):
    """A customer in a list."""


class PageSchema(Answer):
    """A part of a list. All pages that `next` leads to are of one business date."""

    business_date = fields.Date(required=True, metadata=described("The day that the data stands for."))
    next = fields.String(metadata=described("Address of the next page; null on the last one."))


class ProductPage(PageSchema):
    """A page of products."""

    items = fields.List(fields.Nested(ProductItem), required=True)


class CustomerPage(PageSchema):
    """A page of customers."""

    items = fields.List(fields.Nested(CustomerItem), required=True)


class SalesGroup(Answer):
    """Sums over the order lines of a group. Only the members that were grouped by are there."""

    day = fields.Date(metadata=described("Order date; null for lines without one.", "2026-01-31"))
    month = fields.String(metadata=described("Month of the order date.", "2026-01"))
    quarter = fields.String(metadata=described("Quarter of the order date.", "2026-Q1"))
    year = fields.Integer(metadata=described("Year of the order date.", 2026))
    country = fields.String(metadata=described("Country of the customer.", "Germany"))
    category = fields.String(metadata=described("Category of the product, as the warehouse has it.", "Bikes"))
    subcategory = fields.String(metadata=described("Subcategory of the product.", "Road Bikes"))
    product_key = fields.Integer(metadata=described("Key of the product, 0 when it is unknown.", 17))
    product_name = fields.String(metadata=described("Name of the product, as the warehouse has it."))
    total_sales = fields.Integer(metadata=described("Money.", 12000))
    total_profit = fields.Integer(metadata=described("Money: sales less the cost at the time of the sale.", 4000))
    total_quantity = fields.Integer(metadata=described("Pieces.", 25))
    total_orders = fields.Integer(metadata=described("Distinct orders that have a line in the group.", 20))


class SalesPage(PageSchema):
    """A page of groups, in the order of what was grouped by."""

    items = fields.List(fields.Nested(SalesGroup), required=True)


class Kpis(Answer):
    """The totals of all that is served, order lines without a date included."""

    business_date = fields.Date(required=True, metadata=described("The day that the totals belong to."))
    sample_customers = fields.Integer(
        metadata=described("How many customers were synced with their sales; null when all were.")
    )
    total_sales = fields.Integer(metadata=described("Money."))
    total_profit = fields.Integer(metadata=described("Money: sales less the cost at the time of the sale."))
    total_quantity = fields.Integer(metadata=described("Pieces."))
    total_orders = fields.Integer(required=True, metadata=described("Distinct order numbers."))
    order_lines = fields.Integer(required=True)
    total_customers = fields.Integer(required=True, metadata=described("Customers, whether they bought or not."))
    total_products = fields.Integer(required=True, metadata=described("Products of the warehouse, sold or not."))
    avg_order_value = fields.Integer(metadata=described("Money an order, without the fraction."))
    first_order_date = fields.Date()
    last_order_date = fields.Date()


class RowCounts(Answer):
    """Rows published, by serving table; null while the run has not counted them."""

    products = fields.Integer()
    customers = fields.Integer()
    sales = fields.Integer()


class SyncRequest(Request):
    """What to sync; an empty object or no body at all means everything."""

    datasets = fields.List(
        Choice(DATASETS, "What to copy."),
        load_default=list(DATASETS),
        validate=validate.Length(1, len(DATASETS), error="must have {min} to {max} names."),
        metadata=described(
            "What to read from the warehouse. What is not named is taken over from the day that is served, "
            "which must be the one that the warehouse published last.",
            ["products"],
        ),
    )
    sample_customers = Whole(
        1,
        LARGEST_KEY,
        allow_none=True,
        load_default=None,
        metadata=described("Only so many customers, those with the largest sales, and their sales; all if null.", 1000),
    )
    batch_id = Whole(
        0,
        LARGEST_KEY,
        allow_none=True,
        load_default=None,
        metadata=described(
            "The batch that the warehouse must show, 0 for none. Another one, as a read replica shows it that lags "
            "behind, is refused. Whatever it shows if null.",
            7,
        ),
    )
    published_at = Words(
        30,
        allow_none=True,
        load_default=None,
        metadata=described(
            "When that batch must have been published last, as gold.current_batch has it in ISO 8601 (style 126 of "
            "CONVERT). Whenever if null.",
            "2026-02-01T06:30:00.1234567",
        ),
    )


class SyncRunSchema(Answer):
    """One run of the sync."""

    run_id = fields.Integer(required=True, attribute="id", metadata=described("Number of the run.", 12))
    status = fields.String(
        required=True, metadata={**described("How it ended."), "enum": ["running", "succeeded", "failed"]}
    )
    datasets = fields.List(fields.String, required=True, metadata=described("What was read from the warehouse."))
    sample_customers = fields.Integer(metadata=described("Size of the sample; null when everything was synced."))
    batch_id = fields.Integer(metadata=described("The batch of the warehouse."))
    business_date = fields.Date(metadata=described("The day that batch stands for."))
    started_at = fields.DateTime(required=True)
    finished_at = fields.DateTime(metadata=described("Null while it runs."))
    duration_seconds = fields.Float()
    rows = fields.Nested(RowCounts, required=True)
    checksums = fields.Dict(
        metadata=described("The figures on which warehouse and copy agreed, by table; null unless it succeeded.")
    )


class SyncPage(Answer):
    """Runs, the latest first."""

    items = fields.List(fields.Nested(SyncRunSchema), required=True)
    next = fields.String(metadata=described("Address of the next page; null on the last one."))


class Liveness(Answer):
    """The API answers requests."""

    status = fields.Constant("ok", required=True)


class Readiness(Answer):
    """The API has data to serve."""

    status = fields.Constant("ok", required=True)
    business_date = fields.Date(required=True, metadata=described("The day that the data served stands for."))
    age_days = fields.Integer(required=True, metadata=described("Days from that day to today (UTC).", 1))
    batch_id = fields.Integer(required=True, metadata=described("The warehouse batch it came from."))
    run_id = fields.Integer(required=True, metadata=described("The run of the sync that brought it."))
    sample_customers = fields.Integer(metadata=described("Size of the sample; null when everything was synced."))
    synced_at = fields.DateTime(required=True, metadata=described("When it was published here."))


class Links(Answer):
    """Where to go from here."""

    title = fields.String(required=True)
    links = fields.Dict(keys=fields.String, values=fields.String, required=True)
