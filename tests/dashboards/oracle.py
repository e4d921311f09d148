"""The expected figures of the dashboards, computed with pandas from the oracle's gold.

It shares no code with ``api/dashboards``; its rules are those of docs/dashboards.md. Figures are formatted as on the
screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from tests.oracle import Gold

UNKNOWN = "n/a"
FREQUENCIES = {"year": "Y", "quarter": "Q", "month": "M", "day": "D"}
MEASURES = ("sales", "profit", "quantity")
PRODUCT_FILTERS = ("category", "subcategory", "product", "product_line")
CUSTOMER_FILTERS = (
    "country",
    "segment",
    "age_group",
    "gender",
    "marital_status",
    "orders",
    "recency",
    "joined",
    "customer",
)
ORDERS = ("1", "2", "3", "4", "5", "6 or more", UNKNOWN)
RECENCY = ("0-1 months", "2-3 months", "4-6 months", "7-12 months", "13-24 months", "25 or more", UNKNOWN)
SEGMENTS = ("VIP", "Regular", "New", UNKNOWN)
AGES = ("Under 20", "20-29", "30-39", "40-49", "50 and above", UNKNOWN)

Span = tuple[date, date]
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Selection:
    """A selection: first and last day (None: all dates), the values of filters, and what the cards show."""

    days: Span | None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by: str | None = None
    measure: str | None = None
    split: str | None = None
    top: str | None = None

    def query(self, *, rows: bool = False) -> str:
        """Return the query of the URL."""
        pairs = (
            [("period", "all")] if self.days is None else list(zip(("from", "to"), map(str, self.days), strict=True))
        )
        pairs += [(name, value) for name, values in self.filters.items() for value in values]
        pairs += [(name, value) for name in ("by", "measure", "split", "top") if (value := getattr(self, name))]
        return urlencode([*pairs, ("rows", "1")] if rows else pairs)

    def on(self, page: str) -> Selection:
        """Return the selection as a page understands it: with a measure of its own, or none."""
        return self if self.measure in TILES[page] else replace(self, measure=None)

    def without(self, *names: str) -> Selection:
        """Return the selection without some filters."""
        return replace(self, filters={other: values for other, values in self.filters.items() if other not in names})


def day(text: str) -> date:
    """Parse a date."""
    return date.fromisoformat(text)


def whole(value: float) -> str:
    """Format a number without decimals."""
    return f"{round(value):,}".replace("-", "−")


def percent(share: float) -> str:
    """Format a share as percent."""
    return f"{100 * share:,.1f}{NBSP}%".replace("-", "−")


def cents(value: float) -> str:
    """Format a number with two decimals."""
    return f"{value:,.2f}".replace("-", "−")


NBSP = "\u00a0"
FORMATS = {
    **dict.fromkeys(("sales", "profit", "orders", "quantity", "customers", "new"), whole),
    **dict.fromkeys(("average", "each", "often"), cents),
    "margin": percent,
}
RATIOS = {
    "margin": ("profit", "sales"),
    "average": ("sales", "orders"),
    "each": ("sales", "customers"),
    "often": ("orders", "customers"),
}
TITLES = {
    "sales": "Sales",
    "profit": "Profit",
    "margin": "Profit margin",
    "orders": "Orders",
    "quantity": "Units sold",
    "average": "Average order value",
    "customers": "Customers",
    "new": "New customers",
    "each": "Sales per customer",
    "often": "Orders per customer",
}
TILES = {
    "sales": ("sales", "profit", "margin", "orders", "quantity", "average"),
    "customers": ("customers", "new", "orders", "sales", "each", "often"),
}
BESIDE = {
    "sales": ("orders", "average"),
    "profit": ("sales", "margin"),
    "margin": ("sales", "profit"),
    "orders": ("sales", "average"),
    "quantity": ("orders", "sales"),
    "average": ("sales", "orders"),
}
STATES = ("VIP", "Regular", "New", "Lapsed", "Not yet a customer")


def shift(when: date, months: int) -> date:
    """Return a date a number of months later, or the last day of a shorter month."""
    moved: date = (pd.Timestamp(when) + pd.DateOffset(months=months)).date()
    return moved


def unit(days: Span) -> str | None:
    """Return the level of the days if they are exactly one calendar unit."""
    for name, frequency in FREQUENCIES.items():
        part = pd.Period(days[0], frequency)
        if (part.start_time.date(), part.end_time.date()) == days:
            return name
    return None


def whole_months(days: Span) -> bool:
    """Return whether days begin and end with a month."""
    return days[0].day == 1 and (days[1] + timedelta(days=1)).day == 1


def months_of(days: Span) -> int:
    """Return the number of months that days touch."""
    return len(pd.period_range(*days, freq="M"))


def span(part: pd.Period) -> Span:
    """Return the first and the last day of a unit."""
    return part.start_time.date(), part.end_time.date()


def name_of(part: pd.Period, level: str) -> str:
    """Return the label of a calendar unit on axes."""
    first = part.start_time
    match level:
        case "year":
            return f"{first.year}"
        case "quarter":
            return f"Q{first.quarter} {first.year}"
        case "month":
            return f"{first:%b %Y}"
    return f"{first.day} {first:%b %Y}"


class Oracle:
    """The figures of both pages, from gold as of a business date."""

    def __init__(self, gold: Gold, business_date: date) -> None:
        self.business_date = business_date
        self.customers = self._customers(gold)
        self.products = gold.dim_products[["product_key", "product_name", "category", "subcategory", "product_line"]]
        self.products = self.products.astype(object)
        for column in ("category", "subcategory", "product_line"):
            self.products[column] = self.products[column].where(self.products[column].notna(), UNKNOWN)
        sales = gold.fact_sales.assign(order_key=gold.fact_sales["order_number"])
        facts = pd.DataFrame(
            {
                "order": sales["order_number"],
                "day": sales["order_date"],
                "product": sales["product_key"].astype("int64"),
                "customer": sales["customer_key"].astype("int64"),
                "sales": sales["sales_amount"].fillna(0).astype("int64"),
                "profit": sales["profit"].fillna(0).astype("int64"),
                "quantity": sales["quantity"].fillna(0).astype("int64"),
                "price": sales["price"],
                "cost": sales["cost"],
            }
        )
        self.first_days = facts.groupby("customer")["day"].min()
        facts = facts.merge(self.products, left_on="product", right_on="product_key")
        own = ["customer_key", "customer_name", "country", "gender", "marital_status", "segment", "age_group", "orders"]
        own.append("recency")
        facts = facts.merge(self.customers[own], left_on="customer", right_on="customer_key")
        self.facts = facts.assign(joined=facts["customer"].map(self.first_days))
        self.first_day: date = facts["day"].min().date()
        self.last_order: date = facts["day"].max().date()
        self.last_day: date = max(self.last_order, business_date)
        self._found: dict[str, pd.DataFrame] = {}

    @staticmethod
    def _customers(gold: Gold) -> pd.DataFrame:
        reported = gold.report_customers.astype(object)
        columns = ["customer_key", "customer_name", "age", "age_group", "customer_segment", "total_orders"]
        columns += ["total_sales", "last_order_date", "recency"]
        rows = gold.dim_customers.astype(object).merge(reported[columns], on="customer_key", how="left")
        rows["months_since"] = rows["recency"]
        rows["segment"] = rows["customer_segment"].where(rows["customer_segment"].notna(), UNKNOWN)
        rows["known_marital_status"] = rows["marital_status"]
        for column in ("age_group", "marital_status"):
            rows[column] = rows[column].where(rows[column].notna(), UNKNOWN)
        rows["orders"] = [
            UNKNOWN if pd.isna(count) else "6 or more" if count >= 6 else str(count) for count in rows["total_orders"]
        ]
        edges = [-1, 1, 3, 6, 12, 24, float("inf")]
        groups = pd.cut(rows["recency"].astype("Float64"), edges, labels=list(RECENCY[:-1])).astype(object)
        rows["recency"] = groups.where(groups.notna(), UNKNOWN)
        return rows

    # Selections

    @property
    def last_twelve_months(self) -> Span:
        """The default period: the last twelve months that are over."""
        month = pd.Period(self.business_date, "M")
        last = month if month.end_time.date() == self.business_date else month - 1
        return (last - 11).start_time.date(), last.end_time.date()

    def where(self, selection: Selection) -> pd.DataFrame:
        """Return the order lines of a selection."""
        filters = Selection(None, selection.filters).query()
        if filters not in self._found:
            self._found[filters] = self.facts[self._chosen(selection)]
        kept = self._found[filters]
        if selection.days is None:
            return kept
        first, last = map(pd.Timestamp, selection.days)
        return kept[(kept["day"] >= first) & (kept["day"] <= last)]

    def _chosen(self, selection: Selection) -> pd.Series:
        chosen = pd.Series(True, index=self.facts.index)
        for name, values in selection.filters.items():
            column = self.facts[name]
            if name in ("product", "customer"):
                chosen &= column.astype(str).isin(values)
            elif name == "joined":
                month, quarter = column.dt.strftime("%Y-%m"), column.dt.to_period("Q").astype(str)
                chosen &= month.isin(values) | quarter.isin([value.replace("-", "") for value in values])
            else:
                chosen &= column.isin(values)
        return chosen

    def days(self, selection: Selection) -> Span | None:
        """Return the days of a selection within the range of the orders; None if there are none."""
        first, last = selection.days or (self.first_day, self.last_day)
        first, last = max(first, self.first_day), min(last, self.last_day)
        return (first, last) if first <= last else None

    def before(self, selection: Selection) -> tuple[str, Selection] | None:
        """Return the selection to compare with and its name: the same days a year earlier, or the period before."""
        days = selection.days
        until = min(self.business_date, self.last_order)
        if days is None or days[0] > until:
            return None
        here = days[0], max(days[0], min(days[1], until))
        year = self._months_earlier(days, 12) if here == days and whole_months(days) else None
        year = year or (shift(here[0], -12), shift(here[1], -12))
        if year[0] >= self.first_day:
            return "the year before", replace(selection, days=year)
        earlier = self._period_before(days, here)
        return ("the period before", replace(selection, days=earlier)) if earlier[0] >= self.first_day else None

    @staticmethod
    def _months_earlier(days: Span, count: int) -> Span:
        first, last = (pd.Period(day, "M") - count for day in days)
        return first.start_time.date(), last.end_time.date()

    def _period_before(self, days: Span, here: Span) -> Span:
        calendar, length = unit(days), (here[1] - here[0]).days
        if calendar in ("year", "quarter", "month"):
            first, last = span(pd.Period(days[0], FREQUENCIES[calendar]) - 1)
            return (first, last) if here == days else (first, min(last, first + timedelta(days=length)))
        if here == days and whole_months(days):
            return self._months_earlier(days, months_of(days))
        return here[0] - timedelta(days=length + 1), here[0] - timedelta(days=1)

    def level(self, selection: Selection) -> str:
        """Return the level of the trend."""
        if selection.by:
            return selection.by
        days = selection.days or self.days(selection)
        assert days is not None
        finer = {"year": "quarter", "quarter": "month", "month": "day"}.get(unit(days) or "")
        count = (days[1] - days[0]).days + 1
        return finer or ("day" if count <= 62 else "month" if count <= 36 * 31 else "year")

    def parts(self, selection: Selection, level: str) -> list[pd.Period]:
        """Return the calendar units of a level that overlap a selection."""
        days = self.days(selection)
        return list(pd.period_range(*days, freq=FREQUENCIES[level])) if days else []

    # Measures

    def grouped(self, lines: pd.DataFrame, key: Any, measure: str, days: Span | None) -> pd.Series:
        """Return a measure by the values of a key; without a value where its divisor is 0."""
        if measure in RATIOS:
            above, below = (self.grouped(lines, key, part, days) for part in RATIOS[measure])
            return (above / below.where(below != 0)).dropna()
        by = lines.groupby(key)
        match measure:
            case "orders":
                return by["order"].nunique()
            case "customers":
                return by["customer"].nunique()
            case "new":
                return lines[self._is_new(lines, days)].groupby(key)["customer"].nunique()
        return by[measure].sum()

    @staticmethod
    def _is_new(lines: pd.DataFrame, days: Span | None) -> pd.Series:
        first = lines["joined"]
        if days is None:
            return first.notna()
        return (first >= pd.Timestamp(days[0])) & (first <= pd.Timestamp(days[1]))

    def total(self, selection: Selection, measure: str) -> float | None:
        """Return a measure of a selection."""
        lines = self.where(selection)
        if measure in RATIOS:
            above, below = (self.total(selection, part) or 0 for part in RATIOS[measure])
            return above / below if below else None
        found = self.grouped(lines, lambda _: 0, measure, selection.days)
        return float(found.get(0, 0))

    def compared(
        self,
        selection: Selection,
        key: str,
        measure: str,
        *,
        without: tuple[str, ...] = (),
        more: tuple[str, ...] = (),
        order: Sequence[str] = (),
    ) -> Rows:
        """Return label, measure, other measures and change by a column, the largest first, or in an order."""
        own = selection.without(key, *without)
        values = [self.grouped(self.where(own), key, each, own.days) for each in (measure, *more)]
        weights = values[0] if measure not in RATIOS else self.grouped(self.where(own), key, "sales", own.days)
        known = self._members(key)
        members = [each for each in known if weights.get(each, 0)]
        if not order:
            members.sort(key=lambda each: -weights[each])
        earlier = self.before(own)
        then = (
            self.grouped(self.where(earlier[1]), key, measure, earlier[1].days) if earlier else pd.Series(dtype=float)
        )
        additive = measure not in RATIOS
        return [
            (
                self._label(key, each),
                *(
                    FORMATS[name](of_name.get(each, 0)) if name not in RATIOS or each in of_name else "—"
                    for name, of_name in zip((measure, *more), values, strict=True)
                ),
                changed(
                    values[0].get(each, 0 if additive else None),
                    then.get(each, 0 if additive else None) if earlier else None,
                    measure,
                )[1],
            )
            for each in members
        ]

    def _members(self, key: str) -> list[Any]:
        """Return the values of a column in the order of the page."""
        if key == "product":
            return sorted(self.products["product_key"])
        own = {"segment": SEGMENTS, "age_group": AGES}.get(key, ())
        found = self.facts if key in self.products or key in self.facts else self.customers
        values = set(found[key])
        return [each for each in own if each in values] or sorted(values, key=lambda each: (each == UNKNOWN, each))

    def _label(self, key: str, member: Any) -> str:
        if key != "product":
            return str(member)
        return str(self.products.set_index("product_key")["product_name"][member])

    # Figures of the Sales page

    def tiles(self, selection: Selection, page: str) -> dict[str, tuple[str, ...]]:
        """Return value and change of each tile of a page."""
        earlier = self.before(selection)
        fixed = {"segment", "orders", "recency", "joined"} & selection.filters.keys()
        found: dict[str, tuple[str, ...]] = {}
        for measure in TILES[page]:
            now = self.total(selection, measure)
            then = self.total(earlier[1], measure) if earlier and not (measure == "new" and fixed) else None
            found[measure] = ("—" if now is None else FORMATS[measure](now), changed(now, then, measure)[0])
        return found

    def sales_tiles(self, selection: Selection) -> dict[str, tuple[str, ...]]:
        """Return value and change of each tile of the Sales page."""
        return self.tiles(selection, "sales")

    def customer_tiles(self, selection: Selection) -> dict[str, tuple[str, ...]]:
        """Return value and change of each tile of the Customers page."""
        return self.tiles(selection, "customers")

    def sparklines(self, selection: Selection, page: str) -> dict[str, list[float | None]]:
        """Return the sparkline of each tile: by day for up to 62 days, else by month."""
        days = self.days(selection)
        level = "day" if days and (days[1] - days[0]).days < 62 else "month"
        lines = self.where(selection)
        lines = lines[lines["day"].notna()]
        parts = self.parts(selection, level)
        if days and len(parts) > 1 and span(parts[-1])[1] > days[1]:
            parts.pop()  # the last unit is incomplete
        grouped = lines.groupby(lines["day"].dt.to_period(FREQUENCIES[level]))
        sums = {measure: grouped[measure].sum().reindex(parts, fill_value=0).tolist() for measure in MEASURES}
        orders = grouped["order"].nunique().reindex(parts, fill_value=0).tolist()
        customers = grouped["customer"].nunique().reindex(parts, fill_value=0).tolist()
        if page == "sales":
            return {
                **sums,
                "orders": orders,
                "margin": ratios(sums["profit"], sums["sales"]),
                "average": ratios(sums["sales"], orders),
            }
        return {
            "customers": customers,
            "new": [count for _, count in self._new(selection, level)[: len(parts)]],
            "orders": orders,
            "sales": sums["sales"],
            "each": ratios(sums["sales"], customers),
            "often": ratios(orders, customers),
        }

    def trend(self, selection: Selection) -> dict[str, list[Any]]:
        """Return the values of the trend by the name of the trace, and the labels of the axis."""
        measure, level, lines = selection.measure or "sales", self.level(selection), self.where(selection)
        parts = self.parts(selection, level)
        if not parts or lines.empty:
            return {}
        frequency = FREQUENCIES[level]
        dated = lines[lines["day"].notna()]
        now = self.grouped(dated, dated["day"].dt.to_period(frequency), measure, selection.days)
        fill = None if measure in RATIOS else 0
        shown: dict[str, list[Any]] = {
            "names": [name_of(part, level) for part in parts],
            TITLES[measure]: [number(now.get(part, fill)) for part in parts],
        }
        if level != "year":
            values = [self._a_year_before(selection, part, measure) for part in parts]
            begun = self._begun(parts)
            if self._year_before(selection, begun[-1])[0] >= self.first_day:
                shown["Year before"] = values
        return shown

    def _begun(self, parts: Sequence[pd.Period]) -> list[pd.Period]:
        """Return the parts that begin on the day of the last order or before."""
        return [part for part in parts if span(part)[0] <= min(self.business_date, self.last_order)]

    def _year_before(self, selection: Selection, part: pd.Period) -> Span:
        there = self.days(selection)
        assert there is not None
        first, last = span(part)
        days = max(first, there[0]), min(last, there[1])
        here = days[0], max(days[0], min(days[1], self.business_date, self.last_order))
        if here == days and whole_months(days):
            return self._months_earlier(days, 12)
        return shift(here[0], -12), shift(here[1], -12)

    def _a_year_before(self, selection: Selection, part: pd.Period, measure: str) -> float | None:
        days = self._year_before(selection, part)
        if not self._begun([part]):
            return None
        return number(self.total(replace(selection, days=days), measure)) if days[0] >= self.first_day else None

    def countries(self, selection: Selection) -> Rows:
        """Return the measure by country, ignoring chosen countries."""
        return self.compared(selection, "country", selection.measure or "sales")

    def categories(self, selection: Selection) -> tuple[str, Rows]:
        """Return the level below the chosen category and subcategory, and the measure by it."""
        measure = selection.measure or "sales"
        only = [name for name in ("category", "subcategory") if len(selection.filters.get(name, ())) == 1]
        level = "product" if "subcategory" in only else "subcategory" if "category" in only else "category"
        deeper = {"category": ("subcategory", "product"), "subcategory": ("product",), "product": ()}[level]
        second = "margin" if measure != "margin" else "sales"
        return level, self.compared(selection, level, measure, without=deeper, more=(second,))[:12]

    def best_products(self, selection: Selection) -> tuple[Rows, int]:
        """Return the ten best products, and the number of products sold."""
        measure = selection.measure or "sales"
        second = "quantity" if measure != "quantity" else "sales"
        rows = self.compared(selection, "product", measure, more=(second,))
        return rows[:10], len(rows)

    def changed_products(self, selection: Selection) -> Rows:
        """Return the ten products with the largest rises and falls: more of one if the other has fewer than five."""
        measure, own = selection.measure or "sales", selection.without("product")
        earlier = self.before(own)
        if earlier is None:
            return []
        now, then = (self.grouped(self.where(each), "product", measure, each.days) for each in (own, earlier[1]))
        members = sorted(self.products["product_key"])
        fill = None if measure in RATIOS else 0
        both = [(each, now.get(each, fill), then.get(each, fill)) for each in members]
        moved = [(key, a, b, 0 if a is None or b is None else a - b) for key, a, b in both]
        rises = sorted((each for each in moved if each[3] > 0), key=lambda each: -each[3])
        falls = sorted((each for each in moved[::-1] if each[3] < 0), key=lambda each: each[3])
        if len(rises) >= 5 and len(falls) >= 5:
            rises, falls = rises[:5], falls[:5]
        elif len(rises) < 5:
            falls = falls[: 10 - len(rises)]
        else:
            rises = rises[: 10 - len(falls)]
        return [
            (self._label("product", key), "—" if a is None else FORMATS[measure](a), changed(a, b, measure)[0])
            for key, a, b, _ in [*rises, *falls[::-1]]
        ]

    def split(self, selection: Selection) -> str:
        """Return what the change is divided by."""
        measure = selection.measure or "sales"
        if selection.split and (selection.split != "effects" or measure == "sales"):
            return selection.split
        if not {"category", "subcategory", "product"} & selection.filters.keys():
            return "category"
        return "country" if "country" not in selection.filters else "product"

    def waterfall(self, selection: Selection) -> list[tuple[str, str]]:
        """Return the label and the figure of each bar of the change, if its parts add up."""
        measure, split, earlier = selection.measure or "sales", self.split(selection), self.before(selection)
        if earlier is None or (self.where(selection).empty and self.where(earlier[1]).empty):
            return []
        assert self.adds_up(measure, split)
        then, now = self.total(earlier[1], measure) or 0, self.total(selection, measure) or 0
        if split == "effects":
            parts = self.effects(earlier[1], selection)
        else:
            new, old = (self.grouped(self.where(each), split, measure, None) for each in (selection, earlier[1]))
            moved = [(self._label(split, each), new.get(each, 0) - old.get(each, 0)) for each in self._members(split)]
            parts = sorted((part for part in moved if part[1]), key=lambda part: -abs(part[1]))
            if len(parts) > 7:
                parts = [*parts[:6], (f"{len(parts) - 6:,} others", sum(part[1] for part in parts[6:]))]
        assert round(sum(part[1] for part in parts)) == round(now - then), "the parts do not add up to the change"
        ends = [FORMATS[measure](value) for value in (then, now)]
        return [("", ends[0]), *((label, signed(change)) for label, change in parts), ("", ends[1])]

    @staticmethod
    def adds_up(measure: str, split: str) -> bool:
        """Return whether the parts of a measure add up to the whole."""
        return split == "effects" or (measure not in RATIOS and (measure != "orders" or split == "country"))

    def effects(self, then: Selection, now: Selection) -> list[tuple[str, float]]:
        """Return the effects of volume, mix and price on sales."""
        old, new = (self.where(each).groupby("product")[["sales", "quantity"]].sum() for each in (then, now))
        both = old.add_suffix("_old").join(new, how="inner")
        both = both[(both["quantity"] > 0) & (both["quantity_old"] > 0)]
        price = round((both["sales"] - both["quantity"] * both["sales_old"] / both["quantity_old"]).sum())
        units = old["quantity"].sum()
        volume = round((new["quantity"].sum() - units) * old["sales"].sum() / units) if units else 0
        change = int(new["sales"].sum() - old["sales"].sum())
        named = {"Volume: units sold": volume, "Mix: other products": change - price - volume, "Price": price}
        return list(named.items())

    def story(self, selection: Selection) -> str:
        """Return the change in words."""
        measure, earlier = selection.measure or "sales", self.before(selection)
        if earlier is None or (self.where(selection).empty and self.where(earlier[1]).empty):
            return ""
        name, there = earlier
        then, now = self.total(there, measure), self.total(selection, measure)
        if then is None or now is None:
            return ""
        text, _ = changed(now, then, measure)
        moved = text.startswith(("▲", "▼"))
        words = f"{TITLES[measure]} "
        if not then and now:
            words += f"{'rose' if now > 0 else 'fell'} by {FORMATS[measure](abs(now))} from {FORMATS[measure](0)}"
            words += f" against {name}"
        elif moved:
            words += f"{'rose' if text[0] == '▲' else 'fell'} by {text[3:]} against {name}"
        else:
            words += f"did not change against {name}"
        if measure not in RATIOS and now != then:
            shares = []
            for split in ("category", "country"):
                if split in selection.filters or not self.adds_up(measure, split):
                    continue
                new, old = (self.grouped(self.where(each), split, measure, None) for each in (selection, there))
                parts = {each: (new.get(each, 0) - old.get(each, 0)) / (now - then) for each in self._members(split)}
                best = max(parts, key=lambda each: parts[each])
                if parts[best] >= 0.1 and sum(1 for share in parts.values() if share) > 1:
                    before = f" ({100 * old.get(best, 0) / then:,.0f}{NBSP}% before)" if then else ""
                    shares.append(f"{best} {100 * parts[best]:,.0f}{NBSP}% of it{before}")
            if shares:
                words += f": {', '.join(shares)}"
        return words + self._reasons(selection)

    def _reasons(self, selection: Selection) -> str:
        """Return the end of a sentence about a change: what else changed, and the product."""
        measure, earlier = selection.measure or "sales", self.before(selection)
        assert earlier is not None
        beside = [
            (TITLES[other].lower(), changed(self.total(selection, other), self.total(earlier[1], other), other)[1])
            for other in BESIDE[measure]
        ]
        others = ", ".join(f"{title} {share}" for title, share in beside if share != "—")
        return (f"; {others}." if others else ".") + self._product_of_the_story(selection)

    def _product_of_the_story(self, selection: Selection) -> str:
        """Return the sentence about the product that changed most in the direction of the whole."""
        measure, earlier = selection.measure or "sales", self.before(selection)
        assert earlier is not None
        then, now = (self.total(each, measure) or 0 for each in (earlier[1], selection))
        if measure in RATIOS or now == then or "product" in selection.filters:
            return ""
        new, old = (self.grouped(self.where(each), "product", measure, None) for each in (selection, earlier[1]))
        sign, verb = (1, "rose") if now > then else (-1, "fell")
        moves = {key: sign * (new.get(key, 0) - old.get(key, 0)) for key in self._members("product")}
        most = max(moves, key=lambda key: moves[key])  # the first of equals
        if moves[most] <= 0:
            return ""
        return f" {self._label('product', most)} {verb} most, by {FORMATS[measure](moves[most])}."

    def latest(self, selection: Selection) -> str:
        """Return the last unit of the trend in words."""
        measure, shown = selection.measure or "sales", self.trend(selection)
        level, there = self.level(selection), self.days(selection)
        begun = self._begun(self.parts(selection, level))
        now = shown[TITLES[measure]][len(begun) - 1] if shown else None
        if now is None:
            return ""
        before = shown["Year before"][len(begun) - 1] if "Year before" in shown else None
        words = f"{shown['names'][len(begun) - 1].replace('<br>', ' ')}: {FORMATS[measure](now)}"
        share = changed(now, before, measure)[1] if before is not None else "—"
        if share == "—":
            return f"{words}."
        words += f", {share} against the year before"
        assert there is not None
        first, last = span(begun[-1])
        days = max(first, there[0]), min(last, there[1])
        is_over = days[1] <= min(self.business_date, self.last_order)
        if level not in ("quarter", "month") or not is_over:
            return f"{words}."
        return words + self._reasons(replace(selection, days=days))

    def calendar(self, selection: Selection) -> dict[str, float | None]:
        """Return the measure of each day."""
        measure, days, lines = selection.measure or "sales", self.days(selection), self.where(selection)
        if days is None or lines.empty:
            return {}
        dated = lines[lines["day"].notna()]
        values = self.grouped(dated, "day", measure, selection.days)
        fill = None if measure in RATIOS else 0
        return {f"{when:%Y-%m-%d}": number(values.get(when, fill)) for when in pd.date_range(*days)}

    # Figures of the Customers page

    def segments(self, selection: Selection) -> Rows:
        """Return the measure by segment."""
        measure = selection.measure or "customers"
        second = "sales" if measure != "sales" else "customers"
        return self.compared(selection, "segment", measure, more=(second,), order=SEGMENTS)

    def groups(self, selection: Selection, name: str) -> Rows:
        """Return the measure by an attribute, ignoring its chosen values; by age, the sales of a customer."""
        measure = "each" if name == "age_group" else selection.measure or "customers"
        return self.compared(selection, name, measure, order=() if name == "country" else ("own",))

    def pyramid(self, selection: Selection) -> Rows:
        """Return the measure of women and of men by age group."""
        measure, own = selection.measure or "customers", selection.without("age_group", "gender")
        lines = self.where(own)
        values = self.grouped(lines, ["age_group", "gender"], measure, own.days)
        rows: Rows = []
        for age in AGES:
            of_age = {gender: values.get((age, gender)) for gender in ("Female", "Male", UNKNOWN)}
            if any(of_age.values()):
                fill = None if measure in RATIOS else 0
                both = [fill if of_age[gender] is None else of_age[gender] for gender in ("Female", "Male")]
                rows.append((age, *("—" if value is None else FORMATS[measure](value) for value in both)))
        return rows

    def movement(self, selection: Selection) -> dict[tuple[str, str], str]:
        """Return the customers by their segment before the period and at its end."""
        until = min(self.business_date, self.last_order)
        if selection.days is None or selection.days[0] > until:
            return {}
        first_day = selection.days[0] - timedelta(days=1)
        last_day = max(selection.days[0], min(selection.days[1], until))
        of_customers = Selection(None, {name: v for name, v in selection.filters.items() if name in CUSTOMER_FILTERS})
        who = self.where(of_customers)["customer"].drop_duplicates()
        states = pd.DataFrame({"from": self._states(first_day, who), "to": self._states(last_day, who)})
        states = states[states["to"] != STATES[-1]]
        counts = states.groupby(["from", "to"]).size().reset_index(name="count")
        return {
            (begin, end): whole(count)
            for begin, end, count in zip(counts["from"], counts["to"], counts["count"], strict=True)
        }

    def _states(self, day: date, who: pd.Series) -> pd.Series:
        lines = self.facts[self.facts["day"] <= pd.Timestamp(day)]
        by = lines.groupby("customer")
        first, last, sales = by["day"].min(), by["day"].max(), by["sales"].sum()
        months = (last.dt.year - first.dt.year) * 12 + last.dt.month - first.dt.month
        state = pd.Series("New", index=first.index)
        state[months >= 12] = "Regular"
        state[(months >= 12) & (sales > 5000)] = "VIP"
        state[last < pd.Timestamp(shift(day, -12))] = "Lapsed"
        return state.reindex(who.tolist(), fill_value=STATES[-1])

    def top(self, selection: Selection, key: str) -> Rows:
        """Return the ten customers or products with the most sales, orders or units: name and all three."""
        own, by = selection.without(key), selection.top or "sales"
        lines = self.where(own)
        sums = pd.DataFrame({name: self.grouped(lines, key, name, None) for name in ("sales", "orders", "quantity")})
        sums = sums[sums[by] > 0].reset_index()
        order = list(dict.fromkeys([by, "sales"]))
        sums = sums.sort_values([*order, key], ascending=[*[False] * len(order), True]).head(10)
        who = self.customers.set_index("customer_key")

        def name(member: int) -> str:
            if key == "product":
                return self._label(key, member)
            called = who["customer_name"][member]
            return " ".join(called.split()) if isinstance(called, str) else str(who["customer_number"][member])

        return [
            (name(row[key]), *(whole(row[each]) for each in ("sales", "orders", "quantity")))
            for row in sums.to_dict("records")
        ]

    def distribution(self, selection: Selection) -> Rows:
        """Return the number of customers by their orders over all dates."""
        counts = self.where(selection.without("orders")).groupby("orders")["customer"].nunique()
        return [(name, int(counts[name])) for name in ORDERS if name in counts]

    def new_and_returning(self, selection: Selection) -> dict[str, Rows]:
        """Return the new and the returning customers by month, ignoring chosen months of the first order."""
        selection = selection.without("joined")
        days, lines = self.days(selection), self.where(selection)
        lines = lines[lines["day"].notna()]
        if days is None or lines.empty:
            return {}
        month = lines["day"].dt.to_period("M")
        old = lines[lines["joined"] < month.dt.start_time]
        counts = old.groupby(month.reindex(old.index))["customer"].nunique()
        back = [(name_of(part, "month"), int(counts.get(part, 0))) for part in self.parts(selection, "month")]
        return {"New": self._new(selection, "month"), "Returning": back}

    def _new(self, selection: Selection, level: str) -> Rows:
        days, parts = self.days(selection), self.parts(selection, level)
        first = self.first_days.reindex(self.where(selection)["customer"].drop_duplicates()).dropna()
        if days:
            first = first[(first >= pd.Timestamp(days[0])) & (first <= pd.Timestamp(days[1]))]
        counts = first.dt.to_period(FREQUENCIES[level]).value_counts().reindex(parts, fill_value=0)
        return [(name_of(part, level), int(count)) for part, count in counts.items()]

    def recency(self, selection: Selection) -> dict[tuple[str, str], str]:
        """Return customers by recency and number of orders, ignoring chosen values of both."""
        lines = self.where(selection.without("recency").without("orders"))
        counts = lines.groupby(["recency", "orders"])["customer"].nunique().reset_index()
        return {
            (recency, orders): whole(count)
            for recency, orders, count in zip(counts["recency"], counts["orders"], counts["customer"], strict=True)
        }

    def retention(self, selection: Selection) -> list[tuple[str, list[str]]]:
        """Return for each cohort its size and the shares that ordered in later months or quarters."""
        days = self.days(selection)
        if days is None:
            return []
        level = "month" if len(self.parts(selection, "month")) <= 14 else "quarter"
        frequency, parts = FREQUENCIES[level], self.parts(selection, level)
        selection = selection.without("joined")
        of_customers = Selection(None, {name: v for name, v in selection.filters.items() if name in CUSTOMER_FILTERS})
        first = self.first_days.reindex(self.where(of_customers)["customer"].drop_duplicates()).dropna()
        first = first[(first >= pd.Timestamp(days[0])) & (first <= pd.Timestamp(days[1]))]
        if first.empty:
            return []
        first = first.dt.to_period(frequency)
        lines = self.where(selection)
        bought = lines[["customer", "day"]].dropna()
        bought = bought.assign(part=bought["day"].dt.to_period(frequency))[["customer", "part"]].drop_duplicates()
        bought["began"] = bought["customer"].map(first)
        counts, sizes = bought.groupby(["began", "part"]).size(), first.value_counts()
        over = sum(span(part)[1] <= days[1] for part in parts)
        rows = []
        for n, part in enumerate(parts):
            if part in sizes:
                bought_in = [counts.get((part, later), 0) for later in parts[n + 1 : max(over, n + 1)]]
                shares = [f"{100 * count / sizes[part]:.1f}" for count in bought_in]
                rows.append((name_of(part, level), [whole(sizes[part]), *shares]))
        return rows

    # Rows

    def order_lines(self, selection: Selection) -> pd.DataFrame:
        """Return the rows of the CSV file of the Sales page."""
        lines = self.where(selection).sort_values(["order", "product"], kind="stable")
        columns = {"order": "order_number", "day": "order_date", "sales": "sales_amount"}
        known = [lines["category"] != UNKNOWN, lines["subcategory"] != UNKNOWN]
        lines = lines.assign(
            category=lines["category"].where(known[0]), subcategory=lines["subcategory"].where(known[1])
        )
        order = ["order_number", "order_date", "product_name", "category", "subcategory", "customer_name", "country"]
        order += ["quantity", "price", "sales_amount", "cost", "profit"]
        return lines.rename(columns=columns)[order]

    def customer_rows(self, selection: Selection) -> pd.DataFrame:
        """Return the rows of the CSV file of the Customers page."""
        rows = self.customers[self.customers["customer_key"].isin(self.where(selection)["customer"])]
        order = ["customer_number", "customer_name", "country", "customer_segment", "age", "gender"]
        order += ["known_marital_status", "total_orders", "total_sales", "last_order_date", "months_since"]
        names = {"known_marital_status": "marital_status", "months_since": "recency"}
        return rows.sort_values("customer_key")[order].rename(columns=names)


def texts(rows: pd.DataFrame) -> list[list[str]]:
    """Format rows as a CSV file does: an empty cell for None, ISO dates."""

    def text(value: Any) -> str:
        if pd.isna(value):
            return ""
        return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)

    return [[text(value) for value in row] for row in rows.itertuples(index=False)]


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float | None]:
    return [a / b if b else None for a, b in zip(above, below, strict=True)]


def number(value: Any) -> float | None:
    """Return a number, or None if there is none."""
    return None if value is None or pd.isna(value) else float(value)


def signed(value: float) -> str:
    """Format a change in whole numbers."""
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{whole(abs(value))}"


def changed(now: float | None, before: float | None, measure: str) -> tuple[str, str]:
    """Return the change of a measure in words of the page: the difference with its percentage, and that alone."""
    if now is None or before is None or pd.isna(now) or pd.isna(before) or (measure != "margin" and not before):
        return "—", "—"
    if measure == "margin":
        points = f"{abs(now - before) * 100:,.1f}{NBSP}pp"
        sign = "±" if points.startswith("0.0") else "+" if now > before else "−"
        return f"{ {'+': '▲ ', '−': '▼ '}.get(sign, '') }{sign}{points}", f"{sign}{points}"
    share = f"{abs(now - before) / abs(before) * 100:,.1f}{NBSP}%"
    difference = FORMATS[measure](abs(now - before))
    if now == before:
        return f"±{difference}", f"±{share}"
    sign, arrow = ("+", "▲ ") if now > before else ("−", "▼ ")
    return f"{arrow}{sign}{difference} ({sign}{share})", f"{sign}{share}"
