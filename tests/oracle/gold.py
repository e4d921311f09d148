"""Dimensions, facts and reports from the cleansed sources (docs/source_data.md, "Columns of gold" and on)."""

from datetime import date

import numpy as np
import pandas as pd

from tests.oracle.convert import capitals
from tests.oracle.schema import DECIMAL, INTEGER, TABLES
from tests.oracle.silver import divide

UNKNOWN_KEY = 0
EVER, ALWAYS = np.datetime64("0001-01-01", "s"), np.datetime64("9999-12-31", "s")
"""From when the first version of a member holds, and until when the last one does."""


def customers(crm: pd.DataFrame, erp: pd.DataFrame, locations: pd.DataFrame, business_date: date) -> pd.DataFrame:
    """One row a ``cst_id``, CRM joined with ERP, keys in the order of the id."""
    rows = crm.sort_values("customer_id")
    rows = rows.merge(erp, on="customer_number", how="left", suffixes=("", "_erp"))
    rows = rows.merge(locations, on="customer_number", how="left", suffixes=("", "_location"))
    in_future = rows["birthdate"] > pd.Timestamp(business_date)
    return rows.assign(
        customer_key=_numbers_from_1(rows),
        gender=rows["gender"].mask(rows["gender"] == "n/a", rows["gender_erp"].fillna("n/a")),
        country=one_spelling(rows["country"].fillna("n/a")),
        birthdate=rows["birthdate"].mask(in_future),
        in_source=1,
    )


def products(versions: pd.DataFrame) -> pd.DataFrame:
    """Give the current version of each product, keys in the order of the number."""
    return versions.drop_duplicates("product_key", keep="last").sort_values("product_key")


def versions(rows: pd.DataFrame, categories: pd.DataFrame) -> pd.DataFrame:
    """Give all versions of the products with their categories, by product and start."""
    rows = rows.sort_values("start_date", na_position="first")
    rows = rows.merge(categories, on="category_id", how="left", suffixes=("", "_category"))
    is_current = ~rows.duplicated("product_number", keep="last")
    grouped = {
        name: one_spelling(rows[name], rows[name][is_current]) for name in ("category", "subcategory", "maintenance")
    }
    numbers = sorted(rows["product_number"].unique(), key=lambda number: number.encode("utf-16-be"))
    keys = rows["product_number"].map({number: key for key, number in enumerate(numbers, 1)}).astype(INTEGER)
    rows = rows.assign(product_key=keys, in_source=1, **grouped).sort_values("product_key", kind="stable")
    rows = rows.assign(product_version_key=_numbers_from_1(rows))
    # A version without a start holds on no day if the next one starts on the first day of all.
    rows = rows[rows.groupby("product_key")["start_date"].shift(-1) != EVER]
    number = rows.groupby("product_key").cumcount() + 1
    begins = rows["start_date"].fillna(EVER).mask(number == 1, EVER)
    ends = rows.groupby("product_key")["start_date"].shift(-1) - np.timedelta64(1, "D")
    is_last = ~rows.duplicated("product_key", keep="last")
    return rows.assign(
        version_number=number,
        valid_from=begins,
        valid_to=ends.mask(is_last, ALWAYS),
        is_current=is_last.astype(int),
    )


def customers_history(customers: pd.DataFrame) -> pd.DataFrame:
    """Give the one version that each customer has after a first load."""
    return customers.assign(
        customer_version_key=customers["customer_key"],
        version_number=1,
        valid_from=EVER,
        valid_to=ALWAYS,
        is_current=1,
    )


def one_spelling(texts: pd.Series, deciding: pd.Series | None = None) -> pd.Series:
    """Write texts that differ in case alike: as most of the deciding ones do, or the first by code point."""
    times = (texts if deciding is None else deciding).value_counts()
    ordered = sorted(texts.dropna().unique(), key=lambda text: (-times.get(text, 0), text))
    spelling: dict[str, str] = {}
    for text in ordered:
        spelling.setdefault(capitals(text), text)
    return texts.map({text: spelling[capitals(text)] for text in ordered})


def sales(rows: pd.DataFrame, customers: pd.DataFrame, versions: pd.DataFrame, business_date: date) -> pd.DataFrame:
    """Order lines with the keys of customer, product and version, cost at the time of sale and profit."""
    rows = rows.assign(
        **{name: within_calendar(rows[name], business_date) for name in ("order_date", "shipping_date", "due_date")}
    )
    customer_key = rows["customer_id"].map(customers.set_index("customer_id")["customer_key"])
    sold = version_of_sale(rows, versions)
    return rows.assign(
        customer_key=customer_key.astype(INTEGER).fillna(UNKNOWN_KEY),
        product_key=sold["product_key"].astype(INTEGER).fillna(UNKNOWN_KEY),
        customer_version_key=customer_key.astype(INTEGER).fillna(UNKNOWN_KEY),
        product_version_key=sold["product_version_key"].astype(INTEGER).fillna(UNKNOWN_KEY),
        cost=sold["cost"].astype(INTEGER),
        profit=rows["sales_amount"] - rows["quantity"] * sold["cost"].astype(INTEGER),
    )


def within_calendar(dates: pd.Series, business_date: date) -> pd.Series:
    """The dates of at most 50 years before the year of the business date and one year after it; others become NULL."""
    year = business_date.year
    return dates.where(dates.between(np.datetime64(f"{year - 50:04}-01-01"), np.datetime64(f"{year + 1:04}-12-31")))


def version_of_sale(rows: pd.DataFrame, versions: pd.DataFrame) -> pd.DataFrame:
    """Keys and cost of the version valid on the order date: NULL where no product has the number."""
    always, never = np.iinfo("int64").min, np.iinfo("int64").max
    # The first version also applies to earlier sales, the last one to a sale without a date.
    first = versions["version_number"] == 1
    valid_from = versions[["product_number", "product_key", "product_version_key", "cost"]].assign(
        day=versions["start_date"].astype("int64").mask(first, always)
    )
    sold = pd.DataFrame(
        {
            "product_number": rows["product_number"],
            "day": rows["order_date"].astype("int64").mask(rows["order_date"].isna(), never),
            "row": rows.index,
        }
    )
    found = pd.merge_asof(sold.sort_values("day"), valid_from.sort_values("day"), on="day", by="product_number")
    return found.set_index("row").reindex(rows.index)


def with_unknown_customer(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Put the unknown member, key 0, before the customers of the dimension ``table`` or its history."""
    texts = ("customer_number", "first_name", "last_name", "country", "marital_status", "gender")
    return _with_unknown(table, texts, rows)


def with_unknown_product(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Put the unknown member, key 0, before the products of ``table``; it has no category."""
    return _with_unknown(table, ("product_number", "product_name", "product_line"), rows)


def report_products(sales: pd.DataFrame, products: pd.DataFrame, business_date: date) -> pd.DataFrame:
    """One row a product that was sold on a known date."""
    totals = _totals(sales, "product_key", business_date)
    rows = products.merge(totals, on="product_key").rename(columns={"last_date": "last_sale_date"})
    return rows.assign(
        product_segment=np.select(
            [rows["total_sales"] > 50_000, rows["total_sales"] >= 10_000],
            ["High-Performer", "Mid-Range"],
            "Low-Range",
        ),
        avg_selling_price=rows["product_key"].map(average_selling_price(sales)),
        avg_order_revenue=divide(rows["total_sales"], rows["total_orders"]),
        avg_monthly_revenue=_monthly(rows),
    )


def report_customers(sales: pd.DataFrame, customers: pd.DataFrame, business_date: date) -> pd.DataFrame:
    """One row a customer who bought on a known date."""
    totals = _totals(sales, "customer_key", business_date)
    rows = customers.merge(totals, on="customer_key").rename(columns={"last_date": "last_order_date"})
    age = business_date.year - rows["birthdate"].dt.year.astype(INTEGER)
    loyal = rows["lifespan"] >= 12
    names = zip(rows["first_name"], rows["last_name"], strict=True)
    return rows.assign(
        customer_name=pd.Series([" ".join(filter(None, name)) or None for name in names], dtype=object),
        age=age,
        age_group=_age_group(age),
        customer_segment=np.select([loyal & (rows["total_sales"] > 5_000), loyal], ["VIP", "Regular"], "New"),
        avg_order_value=divide(rows["total_sales"], rows["total_orders"]),
        avg_monthly_spend=_monthly(rows),
    )


def report_sales_daily(sales: pd.DataFrame) -> pd.DataFrame:
    """One row a day on which anything was ordered."""
    by_day = sales[sales["order_date"].notna()].groupby("order_date")
    return pd.DataFrame(
        {
            "total_orders": by_day["order_number"].nunique(),
            "total_customers": by_day["customer_key"].nunique(),
            "total_quantity": by_day["quantity"].sum(min_count=1),
            "total_sales": by_day["sales_amount"].sum(min_count=1),
            "total_profit": by_day["profit"].sum(min_count=1),
        }
    ).reset_index()


def average_selling_price(sales: pd.DataFrame) -> pd.Series:
    """Mean over lines of sales ÷ quantity per product, to one decimal, half away from zero."""
    dated = sales[sales["order_date"].notna() & (sales["quantity"].fillna(0) != 0)]
    unit_price = dated["sales_amount"].astype(DECIMAL) / dated["quantity"].astype(DECIMAL)
    mean: pd.Series = unit_price.groupby(dated["product_key"]).mean()
    rounded: pd.Series = (mean.abs() * 10 + 0.5) // 1 / 10
    return rounded.mask(mean < 0, -rounded)


def months_between(start: pd.Series, end: pd.Series) -> pd.Series:
    """DATEDIFF(month, start, end): month boundaries crossed."""
    months: pd.Series = (end.dt.year - start.dt.year) * 12 + end.dt.month - start.dt.month
    return months.astype(INTEGER)


def _totals(sales: pd.DataFrame, key: str, business_date: date) -> pd.DataFrame:
    """Add up the dated sales per product or per customer; the figures both reports share."""
    grouped = sales[sales["order_date"].notna()].groupby(key)
    first, last = grouped["order_date"].min(), grouped["order_date"].max()
    today = pd.Series(pd.Timestamp(business_date), index=last.index)
    return pd.DataFrame(
        {
            "last_date": last,
            "recency": months_between(last, today),
            "lifespan": months_between(first, last),
            "total_orders": grouped["order_number"].nunique(),
            "total_sales": grouped["sales_amount"].sum(min_count=1),
            "total_quantity": grouped["quantity"].sum(min_count=1),
            "total_customers": grouped["customer_key"].nunique(),
            "total_products": grouped["product_key"].nunique(),
        }
    ).reset_index()


def _monthly(rows: pd.DataFrame) -> pd.Series:
    return divide(rows["total_sales"], rows["lifespan"]).fillna(rows["total_sales"])


def _age_group(age: pd.Series) -> pd.Series:
    groups = ["Under 20", "20-29", "30-39", "40-49", "50 and above"]
    edges = [-np.inf, 20, 30, 40, 50, np.inf]
    cut = pd.cut(age.astype(DECIMAL), edges, right=False, labels=groups)
    return cut.astype(object).fillna("n/a")


def _code_units(column: pd.Series) -> pd.Series:
    """Texts as bytes that sort as SQL Server's BIN2 sorts NVARCHAR."""
    return column.map(lambda text: text.encode("utf-16-be"))


def _numbers_from_1(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(range(1, len(rows) + 1), index=rows.index, dtype=INTEGER)


def _with_unknown(table: str, texts: tuple[str, ...], rows: pd.DataFrame) -> pd.DataFrame:
    columns = TABLES[table]
    values: dict[str, object] = dict.fromkeys(texts, "n/a")
    values |= {column: UNKNOWN_KEY for column in columns if column.endswith("_key")}
    values |= {"in_source": 0, "version_number": 1, "valid_from": EVER, "valid_to": ALWAYS, "is_current": 1}
    unknown = pd.DataFrame({column: [values.get(column)] for column in columns}).astype(columns)
    return pd.concat([unknown, rows[list(columns)].astype(columns)])
