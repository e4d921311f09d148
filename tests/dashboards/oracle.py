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
PRODUCT_FILTERS = ("category", "subcategory", "product", "line")
CUSTOMER_FILTERS = ("country", "segment", "age", "gender", "marital", "orders", "recency", "joined", "customer")
ORDERS = ("1", "2", "3", "4", "5", "6 or more", UNKNOWN)
RECENCY = ("0-1 months", "2-3 months", "4-6 months", "7-12 months", "13-24 months", "25 or more", UNKNOWN)
SEGMENTS = ("VIP", "Regular", "New", UNKNOWN)
AGES = ("Under 20", "20-29", "30-39", "40-49", "50 and above", UNKNOWN)

Span = tuple[date, date]
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Selection:
    """A selection: first and last day (None: all dates), and the values of filters."""

    days: Span | None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by: str | None = None

    def query(self, *, rows: bool = False) -> str:
        """Return the query of the URL."""
        pairs = (
            [("period", "all")] if self.days is None else list(zip(("from", "to"), map(str, self.days), strict=True))
        )
        pairs += [(name, value) for name, values in self.filters.items() for value in values]
        pairs += [("by", self.by)] if self.by else []
        return urlencode([*pairs, ("rows", "1")] if rows else pairs)

    def without(self, name: str) -> Selection:
        """Return the selection without a filter."""
        return replace(self, filters={other: values for other, values in self.filters.items() if other != name})


def day(text: str) -> date:
    """Parse a date."""
    return date.fromisoformat(text)


def whole(value: float) -> str:
    """Format a number without decimals."""
    return f"{round(value):,}".replace("-", "−")


def percent(share: float) -> str:
    """Format a share as percent."""
    return f"{100 * share:,.1f} %".replace("-", "−")


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
        self.products = self.products.rename(columns={"product_line": "line"}).astype(object)
        for column in ("category", "subcategory", "line"):
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
        own = ["customer_key", "customer_name", "country", "gender", "marital", "segment", "age", "orders", "recency"]
        facts = facts.merge(self.customers[own], left_on="customer", right_on="customer_key")
        self.facts = facts.assign(joined=facts["customer"].map(self.first_days))
        self.first_day: date = facts["day"].min().date()
        self.last_day: date = max(facts["day"].max().date(), business_date)
        self._found: dict[str, pd.DataFrame] = {}

    @staticmethod
    def _customers(gold: Gold) -> pd.DataFrame:
        reported = gold.report_customers.astype(object)
        columns = ["customer_key", "customer_name", "age", "age_group", "customer_segment", "total_orders"]
        columns += ["total_sales", "last_order_date", "recency"]
        rows = gold.dim_customers.astype(object).merge(reported[columns], on="customer_key", how="left")
        rows["months_since"] = rows["recency"]
        rows["years"] = rows["age"]
        rows["segment"] = rows["customer_segment"].where(rows["customer_segment"].notna(), UNKNOWN)
        rows["age"] = rows["age_group"].where(rows["age_group"].notna(), UNKNOWN)
        rows["marital"] = rows["marital_status"].where(rows["marital_status"].notna(), UNKNOWN)
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
        """The default period."""
        return shift(self.business_date, -12) + timedelta(days=1), self.business_date

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

    def until_now(self, days: Span) -> Span:
        """Return the days up to the business date."""
        return days[0], max(days[0], min(days[1], self.business_date))

    def period_before(self, days: Span) -> Span:
        """Return the preceding period; of an unfinished unit, the same number of days."""
        here, calendar = self.until_now(days), unit(days)
        count = (here[1] - here[0]).days
        if calendar in ("year", "quarter", "month"):
            first, last = span(pd.Period(days[0], FREQUENCIES[calendar]) - 1)
            return (first, last) if here == days else (first, min(last, first + timedelta(days=count)))
        return here[0] - timedelta(days=count + 1), here[0] - timedelta(days=1)

    def year_before(self, days: Span) -> Span:
        """Return the same days a year earlier."""
        here, calendar = self.until_now(days), unit(days)
        if here == days and calendar in ("year", "quarter", "month"):
            return span(pd.Period(shift(days[0], -12), FREQUENCIES[calendar]))
        return shift(here[0], -12), shift(here[1], -12)

    def comparisons(self, selection: Selection) -> list[Selection | None]:
        """Return the selections to compare with; None if the orders start later."""
        if selection.days is None or selection.days[0] > self.business_date:
            return [None, None]
        spans = [self.period_before(selection.days), self.year_before(selection.days)]
        return [replace(selection, days=days) if days[0] >= self.first_day else None for days in spans]

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

    # Figures of the Sales page

    def sales_totals(self, selection: Selection) -> dict[str, float | None]:
        """Return the totals of the Sales page."""
        lines = self.where(selection)
        sales, profit, quantity = (int(lines[measure].sum()) for measure in MEASURES)
        orders = lines["order"].nunique()
        return {
            "sales": sales,
            "profit": profit,
            "margin": profit / sales if sales else None,
            "orders": orders,
            "quantity": quantity,
            "average": sales / orders if orders else None,
        }

    def sales_tiles(self, selection: Selection) -> dict[str, tuple[str, ...]]:
        """Return value and changes of each tile of the Sales page."""
        return self._tiles(selection, self.sales_totals, {"margin": percent, "average": _cents})

    def customer_tiles(self, selection: Selection) -> dict[str, tuple[str, ...]]:
        """Return value and changes of each tile of the Customers page."""
        return self._tiles(selection, self.customer_totals, {"each": _cents, "often": _cents})

    def _tiles(self, selection: Selection, totals: Any, writers: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        now = totals(selection)
        before = [totals(other) if other else {} for other in self.comparisons(selection)]
        return {
            name: (
                "—" if value is None else writers.get(name, whole)(value),
                *(_change(value, other.get(name), points=name == "margin") for other in before),
            )
            for name, value in now.items()
        }

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
                "margin": _ratios(sums["profit"], sums["sales"]),
                "average": _ratios(sums["sales"], orders),
            }
        return {
            "customers": customers,
            "new": [count for _, count in self._new(selection, level)[: len(parts)]],
            "orders": orders,
            "sales": sums["sales"],
            "each": _ratios(sums["sales"], customers),
            "often": _ratios(orders, customers),
        }

    def trend(self, selection: Selection) -> dict[str, list[Any]]:
        """Return the values of the trend by the name of the trace, the orders, and the labels of the axis."""
        level, lines = self.level(selection), self.where(selection)
        parts = self.parts(selection, level)
        if not parts or lines.empty:
            return {}
        by_part = lines.groupby(lines["day"].dt.to_period(FREQUENCIES[level]))
        shown: dict[str, list[Any]] = {
            "names": [name_of(part, level) for part in parts],
            "Sales": by_part["sales"].sum().reindex(parts, fill_value=0).tolist(),
            "Profit": by_part["profit"].sum().reindex(parts, fill_value=0).tolist(),
            "Orders": by_part["order"].nunique().reindex(parts, fill_value=0).tolist(),
        }
        if level != "year":
            values = [self._sales_a_year_before(selection, part) for part in parts]
            if any(value is not None for value in values):
                shown["Sales a year before"] = values
        return shown

    def _sales_a_year_before(self, selection: Selection, part: pd.Period) -> int | None:
        there = self.days(selection)
        assert there is not None
        first, last = span(part)
        days = self.year_before((max(first, there[0]), min(last, there[1])))
        return int(self.where(replace(selection, days=days))["sales"].sum()) if days[0] >= self.first_day else None

    def countries(self, selection: Selection) -> Rows:
        """Return sales and profit by country, ignoring chosen countries."""
        lines = self.where(selection.without("country"))
        sums = lines.groupby("country")[["sales", "profit"]].sum()
        sums = sums[sums["sales"] != 0].sort_values("sales", ascending=False, kind="stable")
        rows = sums.reset_index().to_dict("records")
        return [(row["country"], whole(row["sales"]), whole(row["profit"])) for row in rows]

    def map(self, selection: Selection) -> dict[str, int]:
        """Return sales by country."""
        sums = self.where(selection.without("country")).groupby("country")["sales"].sum()
        return {str(country): int(sales) for country, sales in sums.items() if sales}

    def treemap(self, selection: Selection) -> dict[str, int]:
        """Return the profit of each node of the treemap, by its path below the selection."""
        lines = self.where(selection.without("product"))
        of_product = lines.groupby(["category", "subcategory", "product_name", "product"])["profit"].sum()
        earned = of_product[of_product > 0].reset_index()
        only = [name for name in ("category", "subcategory") if len(selection.filters.get(name, ())) == 1]
        above = 2 if "subcategory" in only else 1 if "category" in only else 0
        names = ["category", "subcategory", "product_name"][: 3 if only else 2]
        nodes: dict[str, int] = {}
        for depth in range(above + 1, len(names) + 1):
            keys = [*names[:depth], *(["product"] if depth == 3 else [])]
            for path, profit in earned.groupby(keys)["profit"].sum().items():
                place = " › ".join(map(str, path[above:depth] if isinstance(path, tuple) else (path,)))
                nodes[place] = nodes.get(place, 0) + int(profit)
        return nodes

    def losses(self, selection: Selection) -> str:
        """Return the note on products at a loss."""
        profit = self.where(selection.without("product")).groupby("product")["profit"].sum().tolist()
        lost = [each for each in profit if each < 0]
        return f"{len(lost):,} products at a loss ({whole(sum(lost))}) have no area." if lost else ""

    def top_products(self, selection: Selection) -> tuple[Rows, Rows, int]:
        """Return the ten best and the ten weakest products, and the number of products sold."""
        lines = self.where(selection.without("product"))
        sums = lines.groupby(["product", "product_name"])[["sales", "quantity"]].sum().reset_index()
        sums = sums[sums["sales"] != 0].sort_values(["sales", "product"], ascending=[False, True])
        found = sums.to_dict("records")
        rows = [(row["product_name"], whole(row["sales"]), whole(row["quantity"])) for row in found]
        return rows[:10], rows[::-1][:10], len(rows)

    def calendar(self, selection: Selection) -> dict[str, int]:
        """Return the sales of each day."""
        days, lines = self.days(selection), self.where(selection)
        if days is None or lines.empty:
            return {}
        sums = lines.groupby("day")["sales"].sum().reindex(pd.date_range(*days), fill_value=0)
        return {f"{when:%Y-%m-%d}": int(sales) for when, sales in sums.items()}

    # Figures of the Customers page

    def customer_totals(self, selection: Selection) -> dict[str, float | None]:
        """Return the totals of the Customers page."""
        lines = self.where(selection)
        who = lines["customer"].drop_duplicates()
        first = self.first_days.reindex(who)
        new = first.notna()
        if selection.days is not None:
            new = (first >= pd.Timestamp(selection.days[0])) & (first <= pd.Timestamp(selection.days[1]))
        customers, orders, sales = len(who), lines["order"].nunique(), int(lines["sales"].sum())
        return {
            "customers": customers,
            "new": int(new.sum()),
            "orders": orders,
            "sales": sales,
            "each": sales / customers if customers else None,
            "often": orders / customers if customers else None,
        }

    def groups(self, selection: Selection, name: str) -> Rows:
        """Return customers and sales by an attribute, ignoring its chosen values; with shares for segments."""
        lines = self.where(selection.without(name))
        customers, sales = lines.groupby(name)["customer"].nunique(), lines.groupby(name)["sales"].sum()
        own = {"segment": SEGMENTS, "age": AGES}.get(name)
        order = own or sorted(customers.index, key=lambda value: (value == UNKNOWN, value))
        rows: Rows = [(value, whole(customers[value]), whole(sales[value])) for value in order if value in customers]
        if name == "segment":
            total = sales.sum()
            rows = [(*row, percent(sales[row[0]] / total) if total else "—") for row in rows]
        return rows

    def top_customers(self, selection: Selection) -> tuple[Rows, Rows]:
        """Return the ten customers with the largest sales, and the ten with the most orders (ties by sales)."""
        by = self.where(selection.without("customer")).groupby("customer")
        sums = pd.DataFrame({"sales": by["sales"].sum(), "orders": by["order"].nunique()}).reset_index()
        who = self.customers.set_index("customer_key")
        best = sums[sums["sales"] != 0].sort_values(["sales", "customer"], ascending=[False, True])
        busiest = sums.sort_values(["orders", "sales", "customer"], ascending=[False, False, True])

        def name(key: int) -> str:
            called = who["customer_name"][key]
            return " ".join(called.split()) if isinstance(called, str) else str(who["customer_number"][key])

        def rows(frame: pd.DataFrame) -> Rows:
            some = frame.head(10)
            return [
                (name(key), whole(sales), whole(orders))
                for key, sales, orders in zip(some["customer"], some["sales"], some["orders"], strict=True)
            ]

        return rows(best), rows(busiest)

    def distribution(self, selection: Selection) -> Rows:
        """Return the number of customers by their orders over all dates."""
        counts = self.where(selection.without("orders")).groupby("orders")["customer"].nunique()
        return [(name, int(counts[name])) for name in ORDERS if name in counts]

    def new_customers(self, selection: Selection) -> Rows:
        """Return the number of customers by the month of their first order, ignoring chosen months."""
        return self._new(selection.without("joined"), "month")

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
                bought_in = [counts.get((part, later), 0) for later in parts[n : max(over, n + 1)]]
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
        order = ["customer_number", "customer_name", "country", "customer_segment", "years", "gender", "marital_status"]
        order += ["total_orders", "total_sales", "last_order_date", "months_since"]
        return rows.sort_values("customer_key")[order].rename(columns={"years": "age", "months_since": "recency"})


def texts(rows: pd.DataFrame) -> list[list[str]]:
    """Format rows as a CSV file does: an empty cell for None, ISO dates."""

    def text(value: Any) -> str:
        if pd.isna(value):
            return ""
        return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)

    return [[text(value) for value in row] for row in rows.itertuples(index=False)]


def _cents(value: float) -> str:
    return f"{value:,.2f}".replace("-", "−")


def _ratios(above: Sequence[float], below: Sequence[float]) -> list[float | None]:
    return [a / b if b else None for a, b in zip(above, below, strict=True)]


def _change(now: float | None, before: float | None, *, points: bool) -> str:
    if now is None or before is None or (not points and not before):
        return "—"
    size = (now - before) * 100 if points else (now / before - 1) * 100 * (1 if before > 0 else -1)
    unit_shown = "pp" if points else "%"
    written = f"{abs(size):,.1f}"
    if written == "0.0":
        return f"±0.0 {unit_shown}"
    return f"{'▲ +' if size > 0 else '▼ −'}{written} {unit_shown}"
