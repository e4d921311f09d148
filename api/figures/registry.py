"""The dimensions by which sales are filtered and grouped, and the measures that are added up.

The API's filters, groupings, documentation and checks of requests read these lists, and so do the cube's loader and the
filters, menus and tiles of the dashboards. A dimension is one line here and a column of the served tables. Tableau's
workbook has the same titles, which a test compares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Dimension:
    """A dimension: its name in requests and in the dashboards' URLs, its title, and a description.

    ``of``: day, product or customer, whose attribute it is. ``column`` is its column in the served table of those.
    ``first`` are the values that menus and bars show first, in this order; the others are sorted. ``is_key``: its
    values are surrogate keys. ``has_menu``: the dashboards have a menu for it; the others are chosen on cards.
    """

    name: str
    title: str
    of: str
    column: str
    description: str
    example: str | int
    first: tuple[str, ...] = ()
    is_key: bool = False
    has_menu: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a response."""
        if not self.is_key:
            return (self.name,)
        return (self.column, "product_name") if self.of == "product" else (self.column,)


@dataclass(frozen=True)
class Measure:
    """A measure: its name in requests and responses, its title, whether it is a whole number, and a description."""

    name: str
    title: str
    is_whole: bool
    description: str
    example: float


DIMENSIONS: Sequence[Dimension] = (
    Dimension("day", "Day", "day", "order_date", "Order date; null for lines without one.", "2026-01-31"),
    Dimension("month", "Month", "day", "order_date", "Month of the order date.", "2026-01"),
    Dimension("quarter", "Quarter", "day", "order_date", "Quarter of the order date.", "2026-Q1"),
    Dimension("year", "Year", "day", "order_date", "Year of the order date.", 2026),
    Dimension("country", "Country", "customer", "country", "Country of the customer.", "Germany"),
    Dimension(
        "category",
        "Category",
        "product",
        "category",
        "Category of the product in the warehouse, without changes by users.",
        "Bikes",
    ),
    Dimension(
        "subcategory",
        "Subcategory",
        "product",
        "subcategory",
        "Subcategory of the product.",
        "Road Bikes",
        has_menu=False,
    ),
    Dimension("product", "Product", "product", "product_key", "Product; 0 is the unknown member.", 17, is_key=True),
    Dimension("product_line", "Product line", "product", "product_line", "Product line.", "Road"),
    Dimension(
        "segment",
        "Segment",
        "customer",
        "customer_segment",
        "Segment of the customer: VIP, Regular or New.",
        "VIP",
        first=("VIP", "Regular", "New"),
    ),
    Dimension(
        "age_group",
        "Age group",
        "customer",
        "age_group",
        "Age group of the customer on the business date.",
        "30-39",
        first=("Under 20", "20-29", "30-39", "40-49", "50 and above"),
    ),
    Dimension("gender", "Gender", "customer", "gender", "Gender of the customer.", "Female"),
    Dimension(
        "marital_status", "Marital status", "customer", "marital_status", "Marital status of the customer.", "Married"
    ),
    Dimension(
        "customer",
        "Customer",
        "customer",
        "customer_key",
        "Customer; 0 is the unknown member.",
        42,
        is_key=True,
        has_menu=False,
    ),
)

GROUPS = tuple(dimension.name for dimension in DIMENSIONS)
"""The values of ``group_by``."""

FILTERS = tuple(dimension for dimension in DIMENSIONS if dimension.of != "day")
"""The dimensions with a filter; dates have bounds instead."""

ATTRIBUTES = tuple(dimension for dimension in FILTERS if not dimension.is_key)
"""The dimensions that are attributes of products or customers."""

MEASURES: Sequence[Measure] = (
    Measure("total_sales", "Sales", True, "Sum of sales, in whole units.", 12000),
    Measure("total_profit", "Profit", True, "Sales less the cost at the time of sale, in whole units.", 4000),
    Measure("total_quantity", "Units sold", True, "Number of units.", 25),
    Measure("total_orders", "Orders", True, "Distinct orders with a line in the group.", 20),
    Measure("order_lines", "Order lines", True, "Number of order lines.", 31),
    Measure(
        "total_customers",
        "Customers",
        True,
        "Distinct customers with a line in the group, the unknown one included.",
        18,
    ),
    Measure(
        "total_products", "Products", True, "Distinct products with a line in the group, the unknown one included.", 9
    ),
    Measure("avg_order_value", "Average order value", False, "Sales per order, with two decimals.", 600.0),
    Measure(
        "profit_margin", "Profit margin", False, "Profit by sales, with four decimals; null without sales.", 0.3333
    ),
)

DEFAULT_MEASURES = ("total_sales", "total_profit", "total_quantity", "total_orders")


def dimension_of(name: str) -> Dimension:
    """Return a dimension by its name."""
    return next(dimension for dimension in DIMENSIONS if dimension.name == name)


def title_of(name: str) -> str:
    """Return the title of a measure."""
    return next(measure.title for measure in MEASURES if measure.name == name)
