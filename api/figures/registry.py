"""The dimensions by which sales are filtered and grouped, and the measures that are added up.

Filters, groupings, their documentation and the checks of requests read these lists: a dimension is one line here and
its column in ``cube_loader``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Dimension:
    """A dimension: its name in requests, its columns in responses, and a description.

    ``of``: day, product or customer, whose attribute it is. ``is_key``: its values are surrogate keys.
    """

    name: str
    of: str
    description: str
    example: str | int
    is_key: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a response."""
        if not self.is_key:
            return (self.name,)
        return ("product_key", "product_name") if self.of == "product" else ("customer_key",)


@dataclass(frozen=True)
class Measure:
    """A measure: its name in requests and responses, whether it is a whole number, and a description."""

    name: str
    is_whole: bool
    description: str
    example: float


DIMENSIONS: Sequence[Dimension] = (
    Dimension("day", "day", "Order date; null for lines without one.", "2026-01-31"),
    Dimension("month", "day", "Month of the order date.", "2026-01"),
    Dimension("quarter", "day", "Quarter of the order date.", "2026-Q1"),
    Dimension("year", "day", "Year of the order date.", 2026),
    Dimension("country", "customer", "Country of the customer.", "Germany"),
    Dimension("segment", "customer", "Segment of the customer: VIP, Regular or New.", "VIP"),
    Dimension("age_group", "customer", "Age group of the customer on the business date.", "30-39"),
    Dimension("gender", "customer", "Gender of the customer.", "Female"),
    Dimension("marital_status", "customer", "Marital status of the customer.", "Married"),
    Dimension("customer", "customer", "Customer; 0 is the unknown member.", 42, is_key=True),
    Dimension("category", "product", "Category of the product in the warehouse, without changes by users.", "Bikes"),
    Dimension("subcategory", "product", "Subcategory of the product.", "Road Bikes"),
    Dimension("product_line", "product", "Product line.", "Road"),
    Dimension("product", "product", "Product; 0 is the unknown member.", 17, is_key=True),
)

GROUPS = tuple(dimension.name for dimension in DIMENSIONS)
"""The values of ``group_by``."""

FILTERS = tuple(dimension for dimension in DIMENSIONS if dimension.of != "day")
"""The dimensions with a filter; dates have bounds instead."""

MEASURES: Sequence[Measure] = (
    Measure("total_sales", True, "Sum of sales, in whole units.", 12000),
    Measure("total_profit", True, "Sales less the cost at the time of sale, in whole units.", 4000),
    Measure("total_quantity", True, "Number of units.", 25),
    Measure("total_orders", True, "Distinct orders with a line in the group.", 20),
    Measure("order_lines", True, "Number of order lines.", 31),
    Measure("total_customers", True, "Distinct customers with a line in the group, the unknown one included.", 18),
    Measure("total_products", True, "Distinct products with a line in the group, the unknown one included.", 9),
    Measure("avg_order_value", False, "Sales per order, with two decimals.", 600.0),
    Measure("profit_margin", False, "Profit by sales, with four decimals; null without sales.", 0.3333),
)

DEFAULT_MEASURES = ("total_sales", "total_profit", "total_quantity", "total_orders")


def dimension_of(name: str) -> Dimension:
    """Return a dimension by its name."""
    return next(dimension for dimension in DIMENSIONS if dimension.name == name)
