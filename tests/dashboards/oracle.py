"""What the dashboards must show: each figure computed with pandas from the oracle's gold.

It shares no code with ``api/dashboards``; the rules are those that the pages state. Figures are written as people
read them, because that is what is on the screen.
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
class Look:
    """What is looked at: days from one to another (None: all dates), and values of filters."""

    days: Span | None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by: str | None = None

    def query(self, *, rows: bool = False) -> str:
        """Return the address's parameters."""
        pairs = (
            [("period", "all")] if self.days is None else list(zip(("from", "to"), map(str, self.days), strict=True))
        )
        pairs += [(name, value) for name, values in self.filters.items() for value in values]
        pairs += [("by", self.by)] if self.by else []
        return urlencode([*pairs, ("rows", "1")] if rows else pairs)

    def without(self, name: str) -> Look:
        """Leave a filter out."""
        return replace(self, filters={other: values for other, values in self.filters.items() if other != name})


def day(text: str) -> date:
    """Read a day."""
    return date.fromisoformat(text)


def whole(value: float) -> str:
    """Write a whole number."""
    return f"{round(value):,}".replace("-", "−")


def percent(share: float) -> str:
    """Write a share."""
    return f"{100 * share:,.1f} %".replace("-", "−")


def shift(when: date, months: int) -> date:
    """Return the day so many months away, the month's last when it is shorter."""
    moved: date = (pd.Timestamp(when) + pd.DateOffset(months=months)).date()
    return moved


def unit(days: Span) -> str | None:
    """Say which unit of the calendar the days are, if they are one."""
    for name, frequency in FREQUENCIES.items():
        part = pd.Period(days[0], frequency)
        if (part.start_time.date(), part.end_time.date()) == days:
            return name
    return None


def span(part: pd.Period) -> Span:
    """Return the first and the last day of a unit."""
    return part.start_time.date(), part.end_time.date()


def name_of(part: pd.Period, level: str) -> str:
    """Name a unit as axes do."""
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
        """The days that are shown unless asked otherwise."""
        return shift(self.business_date, -12) + timedelta(days=1), self.business_date

    def where(self, look: Look) -> pd.DataFrame:
        """Return the order lines of a selection."""
        filters = Look(None, look.filters).query()
        if filters not in self._found:
            self._found[filters] = self.facts[self._chosen(look)]
        kept = self._found[filters]
        if look.days is None:
            return kept
        first, last = map(pd.Timestamp, look.days)
        return kept[(kept["day"] >= first) & (kept["day"] <= last)]

    def _chosen(self, look: Look) -> pd.Series:
        chosen = pd.Series(True, index=self.facts.index)
        for name, values in look.filters.items():
            column = self.facts[name]
            if name in ("product", "customer"):
                chosen &= column.astype(str).isin(values)
            elif name == "joined":
                month, quarter = column.dt.strftime("%Y-%m"), column.dt.to_period("Q").astype(str)
                chosen &= month.isin(values) | quarter.isin([value.replace("-", "") for value in values])
            else:
                chosen &= column.isin(values)
        return chosen

    def days(self, look: Look) -> Span | None:
        """Return the days that can have figures."""
        first, last = look.days or (self.first_day, self.last_day)
        first, last = max(first, self.first_day), min(last, self.last_day)
        return (first, last) if first <= last else None

    def until_now(self, days: Span) -> Span:
        """Leave out what lies behind the business date."""
        return days[0], max(days[0], min(days[1], self.business_date))

    def period_before(self, days: Span) -> Span:
        """Return the days before: the unit before a unit, as much of it as is over of this one."""
        here, calendar = self.until_now(days), unit(days)
        count = (here[1] - here[0]).days
        if calendar in ("year", "quarter", "month"):
            first, last = span(pd.Period(days[0], FREQUENCIES[calendar]) - 1)
            return (first, last) if here == days else (first, min(last, first + timedelta(days=count)))
        return here[0] - timedelta(days=count + 1), here[0] - timedelta(days=1)

    def year_before(self, days: Span) -> Span:
        """Return the same days of the year before."""
        here, calendar = self.until_now(days), unit(days)
        if here == days and calendar in ("year", "quarter", "month"):
            return span(pd.Period(shift(days[0], -12), FREQUENCIES[calendar]))
        return shift(here[0], -12), shift(here[1], -12)

    def befores(self, look: Look) -> list[Look | None]:
        """Return the period and the year before; None where the orders do not go back so far."""
        if look.days is None or look.days[0] > self.business_date:
            return [None, None]
        spans = [self.period_before(look.days), self.year_before(look.days)]
        return [replace(look, days=days) if days[0] >= self.first_day else None for days in spans]

    def level(self, look: Look) -> str:
        """Return the level that the trend is drawn at."""
        if look.by:
            return look.by
        days = look.days or self.days(look)
        assert days is not None
        finer = {"year": "quarter", "quarter": "month", "month": "day"}.get(unit(days) or "")
        count = (days[1] - days[0]).days + 1
        return finer or ("day" if count <= 62 else "month" if count <= 36 * 31 else "year")

    def parts(self, look: Look, level: str) -> list[pd.Period]:
        """Return the units of a level that have days in a selection."""
        days = self.days(look)
        return list(pd.period_range(*days, freq=FREQUENCIES[level])) if days else []

    # Figures of the Sales page

    def sales_totals(self, look: Look) -> dict[str, float | None]:
        """Return the figures of the Sales page's tiles."""
        lines = self.where(look)
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

    def sales_tiles(self, look: Look) -> dict[str, tuple[str, ...]]:
        """Return value and changes of each tile of the Sales page."""
        return self._tiles(look, self.sales_totals, {"margin": percent, "average": _cents})

    def customer_tiles(self, look: Look) -> dict[str, tuple[str, ...]]:
        """Return value and changes of each tile of the Customers page."""
        return self._tiles(look, self.customer_totals, {"each": _cents, "often": _cents})

    def _tiles(self, look: Look, totals: Any, writers: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        now = totals(look)
        before = [totals(other) if other else {} for other in self.befores(look)]
        return {
            name: (
                "—" if value is None else writers.get(name, whole)(value),
                *(_change(value, other.get(name), points=name == "margin") for other in before),
            )
            for name, value in now.items()
        }

    def courses(self, look: Look, page: str) -> dict[str, list[float | None]]:
        """Return the course of each tile's figure: by day for up to 62 days, else by month."""
        days = self.days(look)
        level = "day" if days and (days[1] - days[0]).days < 62 else "month"
        lines = self.where(look)
        lines = lines[lines["day"].notna()]
        parts = self.parts(look, level)
        if days and len(parts) > 1 and span(parts[-1])[1] > days[1]:
            parts.pop()  # it is not over
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
            "new": [count for _, count in self._new(look, level)[: len(parts)]],
            "orders": orders,
            "sales": sums["sales"],
            "each": _ratios(sums["sales"], customers),
            "often": _ratios(orders, customers),
        }

    def trend(self, look: Look) -> dict[str, list[Any]]:
        """Return the trend's bars, marks and orders, by the names of its traces, and the names below them."""
        level, lines = self.level(look), self.where(look)
        parts = self.parts(look, level)
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
            marks = [self._sales_a_year_before(look, part) for part in parts]
            if any(mark is not None for mark in marks):
                shown["Sales a year before"] = marks
        return shown

    def _sales_a_year_before(self, look: Look, part: pd.Period) -> int | None:
        there = self.days(look)
        assert there is not None
        first, last = span(part)
        days = self.year_before((max(first, there[0]), min(last, there[1])))
        return int(self.where(replace(look, days=days))["sales"].sum()) if days[0] >= self.first_day else None

    def countries(self, look: Look) -> Rows:
        """Return sales and profit by country, whichever are chosen."""
        lines = self.where(look.without("country"))
        sums = lines.groupby("country")[["sales", "profit"]].sum()
        sums = sums[sums["sales"] != 0].sort_values("sales", ascending=False, kind="stable")
        rows = sums.reset_index().to_dict("records")
        return [(row["country"], whole(row["sales"]), whole(row["profit"])) for row in rows]

    def map(self, look: Look) -> dict[str, int]:
        """Return sales by country."""
        sums = self.where(look.without("country")).groupby("country")["sales"].sum()
        return {str(country): int(sales) for country, sales in sums.items() if sales}

    def treemap(self, look: Look) -> dict[str, int]:
        """Return the profit of each node that there must be, by its names from below what is chosen on."""
        lines = self.where(look.without("product"))
        of_product = lines.groupby(["category", "subcategory", "product_name", "product"])["profit"].sum()
        earned = of_product[of_product > 0].reset_index()
        only = [name for name in ("category", "subcategory") if len(look.filters.get(name, ())) == 1]
        above = 2 if "subcategory" in only else 1 if "category" in only else 0
        names = ["category", "subcategory", "product_name"][: 3 if only else 2]
        nodes: dict[str, int] = {}
        for depth in range(above + 1, len(names) + 1):
            keys = [*names[:depth], *(["product"] if depth == 3 else [])]
            for path, profit in earned.groupby(keys)["profit"].sum().items():
                place = " › ".join(map(str, path[above:depth] if isinstance(path, tuple) else (path,)))
                nodes[place] = nodes.get(place, 0) + int(profit)
        return nodes

    def losses(self, look: Look) -> str:
        """Return the note on products at a loss."""
        profit = self.where(look.without("product")).groupby("product")["profit"].sum().tolist()
        lost = [each for each in profit if each < 0]
        return f"{len(lost):,} products at a loss ({whole(sum(lost))}) have no area." if lost else ""

    def top_products(self, look: Look) -> tuple[Rows, Rows, int]:
        """Return the ten best and the ten weakest products, and how many have sold."""
        lines = self.where(look.without("product"))
        sums = lines.groupby(["product", "product_name"])[["sales", "quantity"]].sum().reset_index()
        sums = sums[sums["sales"] != 0].sort_values(["sales", "product"], ascending=[False, True])
        found = sums.to_dict("records")
        rows = [(row["product_name"], whole(row["sales"]), whole(row["quantity"])) for row in found]
        return rows[:10], rows[::-1][:10], len(rows)

    def calendar(self, look: Look) -> dict[str, int]:
        """Return the sales of each day."""
        days, lines = self.days(look), self.where(look)
        if days is None or lines.empty:
            return {}
        sums = lines.groupby("day")["sales"].sum().reindex(pd.date_range(*days), fill_value=0)
        return {f"{when:%Y-%m-%d}": int(sales) for when, sales in sums.items()}

    # Figures of the Customers page

    def customer_totals(self, look: Look) -> dict[str, float | None]:
        """Return the figures of the Customers page's tiles."""
        lines = self.where(look)
        who = lines["customer"].drop_duplicates()
        first = self.first_days.reindex(who)
        new = first.notna()
        if look.days is not None:
            new = (first >= pd.Timestamp(look.days[0])) & (first <= pd.Timestamp(look.days[1]))
        customers, orders, sales = len(who), lines["order"].nunique(), int(lines["sales"].sum())
        return {
            "customers": customers,
            "new": int(new.sum()),
            "orders": orders,
            "sales": sales,
            "each": sales / customers if customers else None,
            "often": orders / customers if customers else None,
        }

    def groups(self, look: Look, name: str) -> Rows:
        """Return customers and sales by an attribute, whichever values are chosen; shares for segments."""
        lines = self.where(look.without(name))
        customers, sales = lines.groupby(name)["customer"].nunique(), lines.groupby(name)["sales"].sum()
        own = {"segment": SEGMENTS, "age": AGES}.get(name)
        order = own or sorted(customers.index, key=lambda value: (value == UNKNOWN, value))
        rows: Rows = [(value, whole(customers[value]), whole(sales[value])) for value in order if value in customers]
        if name == "segment":
            total = sales.sum()
            rows = [(*row, percent(sales[row[0]] / total) if total else "—") for row in rows]
        return rows

    def top_customers(self, look: Look) -> tuple[Rows, Rows]:
        """Return the ten customers with most sales, and the ten with most orders (of equal ones, most sales)."""
        by = self.where(look.without("customer")).groupby("customer")
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

    def distribution(self, look: Look) -> Rows:
        """Return how many customers have ordered how often since they began."""
        counts = self.where(look.without("orders")).groupby("orders")["customer"].nunique()
        return [(name, int(counts[name])) for name in ORDERS if name in counts]

    def new_customers(self, look: Look) -> Rows:
        """Return how many customers ordered first in which month, whichever are chosen."""
        return self._new(look.without("joined"), "month")

    def _new(self, look: Look, level: str) -> Rows:
        days, parts = self.days(look), self.parts(look, level)
        first = self.first_days.reindex(self.where(look)["customer"].drop_duplicates()).dropna()
        if days:
            first = first[(first >= pd.Timestamp(days[0])) & (first <= pd.Timestamp(days[1]))]
        counts = first.dt.to_period(FREQUENCIES[level]).value_counts().reindex(parts, fill_value=0)
        return [(name_of(part, level), int(count)) for part, count in counts.items()]

    def recency(self, look: Look) -> dict[tuple[str, str], str]:
        """Return customers by how long ago they ordered last, and how often, whichever are chosen."""
        lines = self.where(look.without("recency").without("orders"))
        counts = lines.groupby(["recency", "orders"])["customer"].nunique().reset_index()
        return {
            (recency, orders): whole(count)
            for recency, orders, count in zip(counts["recency"], counts["orders"], counts["customer"], strict=True)
        }

    def retention(self, look: Look) -> list[tuple[str, list[str]]]:
        """Return of each month's or quarter's beginners how many there are, and which share bought in those after."""
        days = self.days(look)
        if days is None:
            return []
        level = "month" if len(self.parts(look, "month")) <= 14 else "quarter"
        frequency, parts = FREQUENCIES[level], self.parts(look, level)
        look = look.without("joined")
        of_customers = Look(None, {name: v for name, v in look.filters.items() if name in CUSTOMER_FILTERS})
        first = self.first_days.reindex(self.where(of_customers)["customer"].drop_duplicates()).dropna()
        first = first[(first >= pd.Timestamp(days[0])) & (first <= pd.Timestamp(days[1]))]
        if first.empty:
            return []
        first = first.dt.to_period(frequency)
        lines = self.where(look)
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

    def order_lines(self, look: Look) -> pd.DataFrame:
        """Return the rows behind the Sales page, as the file has them."""
        lines = self.where(look).sort_values(["order", "product"], kind="stable")
        columns = {"order": "order_number", "day": "order_date", "sales": "sales_amount"}
        known = [lines["category"] != UNKNOWN, lines["subcategory"] != UNKNOWN]
        lines = lines.assign(
            category=lines["category"].where(known[0]), subcategory=lines["subcategory"].where(known[1])
        )
        order = ["order_number", "order_date", "product_name", "category", "subcategory", "customer_name", "country"]
        order += ["quantity", "price", "sales_amount", "cost", "profit"]
        return lines.rename(columns=columns)[order]

    def customer_rows(self, look: Look) -> pd.DataFrame:
        """Return the rows behind the Customers page, as the file has them."""
        rows = self.customers[self.customers["customer_key"].isin(self.where(look)["customer"])]
        order = ["customer_number", "customer_name", "country", "customer_segment", "years", "gender", "marital_status"]
        order += ["total_orders", "total_sales", "last_order_date", "months_since"]
        return rows.sort_values("customer_key")[order].rename(columns={"years": "age", "months_since": "recency"})


def texts(rows: pd.DataFrame) -> list[list[str]]:
    """Write rows as a CSV file does: nothing for what is not known, days as they are sorted."""

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
