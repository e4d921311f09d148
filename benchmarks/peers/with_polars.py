"""The load in polars, a parquet file for each table of silver and gold.

python -m benchmarks.peers.with_polars --drop data --out FOLDER --as-of 2026-02-01
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl
from polars import col, lit, when

from benchmarks.peers import shared

LAST_DAY = date(9999, 12, 31)


class Judged(NamedTuple):
    """The rows of a source with ``rejected_for``, their key, and the date by which they compete for it."""

    rows: pl.LazyFrame
    key: list[str]
    date: str | None = None


def load(drop: Path, out: Path, as_of: date) -> Iterator[str]:
    """Load bronze, silver, gold and reports in turn."""
    for layer in ("silver", "gold"):
        (out / layer).mkdir()
    bronze = pl.collect_all([read(drop / file) for file in shared.FILES.values()])
    yield "bronze"

    silver, rejected, counts = {}, [], []
    for (table, judge), rows in zip(JUDGES.items(), bronze, strict=True):
        cleaned = rows.lazy().with_columns(clean(col(name)) for name in rows.columns if name != "source_line")
        judged = judge(cleaned, as_of.year)
        all_rows = judged.rows.collect()
        passed = all_rows.filter(col("rejected_for").is_null()).drop("rejected_for")
        ordered = passed.sort(judged.date, "source_line", nulls_last=False) if judged.date else passed
        loaded = ordered.unique(judged.key, keep="last")
        loaded.write_parquet(out / "silver" / f"{table}.parquet", compression="snappy")
        silver[table] = loaded.lazy().drop("source_line")
        failed = all_rows.filter(col("rejected_for").is_not_null())
        source = {"source_table": lit(table), "source_file": lit(shared.FILES[table])}
        rejected.append(failed.select("source_line", column_name="rejected_for", **source))
        counts.append((table, *[len(all_rows)] * 3, len(loaded), len(passed) - len(loaded), len(failed)))
    names = [
        "source_table",
        "file_rows",
        "staged_rows",
        "bronze_rows",
        "loaded_rows",
        "superseded_rows",
        "rejected_rows",
    ]
    write(out, rejected_rows=pl.concat(rejected).lazy(), reconciliation=pl.LazyFrame(counts, names, orient="row"))
    yield "silver"

    sources = silver["crm_cust_info"], silver["erp_cust_az12"], silver["erp_loc_a101"]
    customers = dim_customers(*sources, as_of).collect().lazy()
    versions = product_versions(silver["crm_prd_info"]).collect().lazy()
    products = dim_products(versions, silver["erp_px_cat_g1v2"]).collect().lazy()
    sales = fact_sales(silver["crm_sales_details"], customers, versions)
    write(
        out,
        dim_customers=pl.concat([customers, pl.LazyFrame(shared.UNKNOWN_CUSTOMER)], how="diagonal_relaxed"),
        dim_products=pl.concat([products, pl.LazyFrame(shared.UNKNOWN_PRODUCT)], how="diagonal_relaxed"),
        fact_sales=sales,
    )
    yield "publish"

    dated = pl.scan_parquet(out / "gold/fact_sales.parquet").filter(col("order_date").is_not_null())
    write(
        out,
        report_products=report_products(dated, products, as_of),
        report_customers=report_customers(dated, customers, as_of),
        report_sales_daily=report_sales_daily(dated),
    )
    yield "reports"


def read(path: Path) -> pl.LazyFrame:
    """Read a file as it is, with each row's line in it."""
    return pl.scan_csv(path, infer_schema=False, row_index_name="source_line", row_index_offset=2)


def write(out: Path, **tables: pl.LazyFrame) -> None:
    """Compute tables of gold together, and write them."""
    for name, rows in zip(tables, pl.collect_all(tables.values()), strict=True):
        rows.write_parquet(out / "gold" / f"{name}.parquet", compression="snappy")


def clean(text: pl.Expr) -> pl.Expr:
    trimmed = text.str.strip_chars(shared.INVISIBLE)
    return when(trimmed != "").then(trimmed)


def capitals(text: pl.Expr) -> pl.Expr:
    return text.map_batches(_capitals, return_dtype=pl.String)


def _capitals(texts: pl.Series) -> pl.Series:
    capital = texts.str.to_uppercase()
    others = texts.filter(texts.str.len_bytes() != texts.str.len_chars()).unique()
    return (
        capital
        if others.is_empty()
        else texts.replace_strict(others, others.map_elements(shared.capitals, pl.String), default=capital)
    )


def decoded(text: str, codes: dict[str, str]) -> pl.Expr:
    return capitals(col(text)).replace_strict(codes, default="n/a", return_dtype=pl.String)


def too_long(text: str, limit: int = 50) -> pl.Expr:
    """Whether a text has more UTF-16 code units."""
    return col(text).str.len_chars() + col(text).str.count_matches(shared.TWO_UNITS) > limit


def whole(text: str) -> pl.Expr:
    digits = when(col(text).str.contains("^[+-]?[0-9]+$")).then(col(text).str.strip_prefix("+"))
    return digits.cast(pl.Int32, strict=False).cast(pl.Int64)


def iso_date(text: str) -> pl.Expr:
    written = col(text).str.contains("^[0-9]{4}-[0-9]{2}-[0-9]{2}$") & (col(text) >= "0001")
    return when(written).then(col(text)).str.to_date("%Y-%m-%d", strict=False)


def compact_date(text: str, year: int) -> pl.Expr:
    """Convert yyyymmdd, from 50 years before a year to the year that follows it."""
    days = when(col(text).str.contains("^[0-9]{8}$")).then(col(text)).str.to_date("%Y%m%d", strict=False)
    return when(days.is_between(date(year - 50, 1, 1), date(year + 1, 12, 31))).then(days)


def divide(dividend: pl.Expr, divisor: pl.Expr) -> pl.Expr:
    """Divide whole numbers towards zero; NULL by zero."""
    return when(divisor != 0).then(dividend.abs() // divisor.abs() * dividend.sign() * divisor.sign())


def unconverted(text: str, value: str) -> pl.Expr:
    return col(text).is_not_null() & col(value).is_null()


def first_that_fails(*checks: tuple[str, pl.Expr]) -> pl.Expr:
    """Return the first column in the order of the checks that a row fails by, or NULL."""
    return pl.coalesce(when(failed).then(lit(column)) for column, failed in checks).alias("rejected_for")


def crm_customers(rows: pl.LazyFrame, year: int) -> Judged:
    texts = ["cst_key", "cst_firstname", "cst_lastname", "cst_marital_status", "cst_gndr"]
    converted = rows.with_columns(customer_id=whole("cst_id"), create_date=iso_date("cst_create_date"))
    judged = converted.select(
        "customer_id",
        "create_date",
        "source_line",
        first_that_fails(
            ("cst_id", col("customer_id").is_null()),
            *((text, too_long(text)) for text in texts),
            ("cst_create_date", unconverted("cst_create_date", "create_date")),
        ),
        customer_number=capitals(col("cst_key")),
        first_name="cst_firstname",
        last_name="cst_lastname",
        marital_status=decoded("cst_marital_status", shared.MARITAL_STATUS),
        gender=decoded("cst_gndr", shared.CRM_GENDER),
    )
    return Judged(judged, ["customer_id"], "create_date")


def crm_products(rows: pl.LazyFrame, year: int) -> Judged:
    converted = rows.with_columns(
        product_id=whole("prd_id"),
        product_number=clean(capitals(col("prd_key").str.slice(6))),
        cost=whole("prd_cost"),
        start_date=iso_date("prd_start_dt"),
    )
    judged = converted.select(
        "product_id",
        "product_number",
        "start_date",
        "source_line",
        col("cost").fill_null(0),
        first_that_fails(
            ("prd_id", unconverted("prd_id", "product_id")),
            ("prd_key", col("product_number").is_null() | too_long("prd_key")),
            ("prd_nm", too_long("prd_nm", 100)),
            ("prd_cost", unconverted("prd_cost", "cost")),
            ("prd_line", too_long("prd_line")),
            ("prd_start_dt", unconverted("prd_start_dt", "start_date")),
        ),
        product_name="prd_nm",
        category_id=clean(capitals(col("prd_key").str.slice(0, 5).str.replace_all("-", "_", literal=True))),
        product_line=decoded("prd_line", shared.PRODUCT_LINE),
    )
    return Judged(judged, ["product_number", "start_date"])


def crm_sales(rows: pl.LazyFrame, year: int) -> Judged:
    sales, quantity, source_price = col("sales"), col("quantity"), col("source_price")
    calculated = quantity * source_price.abs()
    amount, price = col("sales_amount"), col("price")
    converted = rows.with_columns(
        customer_id=whole("sls_cust_id"),
        sales=whole("sls_sales"),
        quantity=whole("sls_quantity"),
        source_price=whole("sls_price"),
    )
    repaired = converted.with_columns(
        sales_amount=when(sales.is_null() | (sales <= 0) | (sales != calculated)).then(calculated).otherwise(sales),
        price=when(source_price > 0).then(source_price).otherwise(divide(sales, quantity)),
    )
    judged = repaired.select(
        "customer_id",
        "sales_amount",
        "quantity",
        "price",
        "source_line",
        first_that_fails(
            ("sls_ord_num", col("sls_ord_num").is_null() | too_long("sls_ord_num")),
            ("sls_prd_key", col("sls_prd_key").is_null() | too_long("sls_prd_key")),
            ("sls_cust_id", unconverted("sls_cust_id", "customer_id")),
            ("sls_sales", unconverted("sls_sales", "sales")),
            ("sls_quantity", unconverted("sls_quantity", "quantity")),
            ("sls_price", unconverted("sls_price", "source_price")),
            ("sls_sales", amount.is_null() | ~amount.is_between(shared.INT_MIN, shared.INT_MAX)),
            ("sls_price", ~price.is_between(shared.INT_MIN, shared.INT_MAX)),
        ),
        order_number=capitals(col("sls_ord_num")),
        product_number=capitals(col("sls_prd_key")),
        order_date=compact_date("sls_order_dt", year),
        shipping_date=compact_date("sls_ship_dt", year),
        due_date=compact_date("sls_due_dt", year),
    )
    return Judged(judged, ["order_number", "product_number"])


def erp_customers(rows: pl.LazyFrame, year: int) -> Judged:
    number = capitals(col("CID")).str.strip_prefix("NAS").str.replace_all("-", "", literal=True)
    converted = rows.with_columns(customer_number=clean(number), birthdate=iso_date("BDATE"))
    judged = converted.select(
        "customer_number",
        "birthdate",
        "source_line",
        first_that_fails(
            ("CID", col("customer_number").is_null() | too_long("CID")),
            ("BDATE", unconverted("BDATE", "birthdate")),
            ("GEN", too_long("GEN")),
        ),
        gender=decoded("GEN", shared.ERP_GENDER),
    )
    return Judged(judged, ["customer_number"])


def erp_locations(rows: pl.LazyFrame, year: int) -> Judged:
    number = clean(capitals(col("CID")).str.replace_all("-", "", literal=True))
    country = capitals(col("CNTRY")).replace_strict(shared.COUNTRY, default=col("CNTRY"), return_dtype=pl.String)
    judged = rows.with_columns(customer_number=number).select(
        "customer_number",
        "source_line",
        first_that_fails(("CID", col("customer_number").is_null() | too_long("CID")), ("CNTRY", too_long("CNTRY"))),
        country=country.fill_null("n/a"),
    )
    return Judged(judged, ["customer_number"])


def erp_categories(rows: pl.LazyFrame, year: int) -> Judged:
    judged = rows.select(
        "source_line",
        first_that_fails(
            ("ID", col("ID").is_null()), *((name, too_long(name)) for name in ("ID", "CAT", "SUBCAT", "MAINTENANCE"))
        ),
        category_id=capitals(col("ID")),
        category="CAT",
        subcategory="SUBCAT",
        maintenance="MAINTENANCE",
    )
    return Judged(judged, ["category_id"])


JUDGES: dict[str, Callable[[pl.LazyFrame, int], Judged]] = {
    "crm_cust_info": crm_customers,
    "crm_prd_info": crm_products,
    "crm_sales_details": crm_sales,
    "erp_cust_az12": erp_customers,
    "erp_loc_a101": erp_locations,
    "erp_px_cat_g1v2": erp_categories,
}


def one_spelling(text: pl.Expr) -> pl.Expr:
    return text.map_batches(_one_spelling, return_dtype=pl.String)


def _one_spelling(texts: pl.Series) -> pl.Series:
    counts = dict(texts.drop_nulls().value_counts().iter_rows())
    return texts.replace_strict(shared.spellings(counts), default=None, return_dtype=pl.String)


def dim_customers(crm: pl.LazyFrame, erp: pl.LazyFrame, locations: pl.LazyFrame, today: date) -> pl.LazyFrame:
    rows = crm.join(erp, on="customer_number", how="left", suffix="_erp")
    rows = rows.join(locations, on="customer_number", how="left").sort("customer_id")
    gender = when(col("gender") != "n/a").then(col("gender")).otherwise(col("gender_erp").fill_null("n/a"))
    return rows.with_columns(
        customer_key=pl.int_range(1, pl.len() + 1),
        country=one_spelling(col("country").fill_null("n/a")),
        gender=gender,
        birthdate=when(col("birthdate") <= today).then(col("birthdate")),
        in_source=1,
    ).drop("gender_erp")


def product_versions(rows: pl.LazyFrame) -> pl.LazyFrame:
    """All versions by their start, with the key of the product and the first day of the version."""
    first_day = pl.Int32.min()  # of the first version, which holds for earlier sales, too
    begins = when(col("product_number").is_first_distinct()).then(first_day).otherwise(col("start_date").cast(pl.Int32))
    return rows.sort("start_date", nulls_last=False).with_columns(
        product_key=col("product_number").map_batches(_keys, return_dtype=pl.Int64), begins=begins
    )


def _keys(numbers: pl.Series) -> pl.Series:
    keys = {number: key for key, number in enumerate(sorted(numbers.unique(), key=shared.code_units), 1)}
    return pl.Series([keys[number] for number in numbers], dtype=pl.Int64)


def dim_products(versions: pl.LazyFrame, categories: pl.LazyFrame) -> pl.LazyFrame:
    current = versions.drop("begins").unique("product_key", keep="last", maintain_order=True)
    return current.join(categories, on="category_id", how="left").with_columns(
        *(one_spelling(col(name)) for name in ("category", "subcategory", "maintenance")), in_source=1
    )


def fact_sales(rows: pl.LazyFrame, customers: pl.LazyFrame, versions: pl.LazyFrame) -> pl.LazyFrame:
    costs = versions.select("product_number", "begins", "product_key", "cost").sort("begins")
    days = rows.with_columns(begins=col("order_date").fill_null(LAST_DAY).cast(pl.Int32)).sort("begins")
    return (
        days.join_asof(costs, on="begins", by="product_number", check_sortedness=False)
        .join(customers.select("customer_id", "customer_key"), on="customer_id", how="left")
        .with_columns(
            col("product_key", "customer_key").fill_null(0),
            profit=col("sales_amount") - col("quantity") * col("cost"),
        )
        .drop("begins", "product_number", "customer_id")
    )


def total(column: str) -> pl.Expr:
    """Add up a column: the sum of NULLs alone is NULL."""
    return when(col(column).count() > 0).then(col(column).sum())


def months(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    return (last.dt.year() - first.dt.year()) * 12 + last.dt.month().cast(pl.Int32) - first.dt.month()


def totals(dated: pl.LazyFrame, key: str, today: date, *more: pl.Expr) -> pl.LazyFrame:
    """Add up the sales of a product or a customer: the figures that both reports have."""
    groups = dated.filter(col(key) != 0).group_by(key)
    day, sales = col("order_date"), col("total_sales")
    rows = groups.agg(
        *more,
        first_date=day.min(),
        last_date=day.max(),
        total_orders=col("order_number").n_unique().cast(pl.Int64),
        total_sales=total("sales_amount"),
        total_quantity=total("quantity"),
    )
    return rows.with_columns(
        lifespan=months(col("first_date"), col("last_date")), recency=months(col("last_date"), lit(today))
    ).with_columns(by_order=divide(sales, col("total_orders")), by_month=divide(sales, col("lifespan").clip(1)))


def report_products(dated: pl.LazyFrame, products: pl.LazyFrame, today: date) -> pl.LazyFrame:
    price = when(col("quantity") != 0).then(col("sales_amount") / col("quantity"))
    more = col("customer_key").n_unique().alias("total_customers"), price.mean().alias("price")
    sales = col("total_sales")
    segment = when(sales > 50_000).then(lit("High-Performer")).when(sales >= 10_000).then(lit("Mid-Range"))
    return (
        totals(dated, "product_key", today, *more)
        .join(products, on="product_key")
        .select(
            *("product_key", "product_name", "category", "subcategory", "cost", "recency", "lifespan"),
            *("total_orders", "total_sales", "total_quantity", "total_customers"),
            last_sale_date="last_date",
            product_segment=segment.otherwise(lit("Low-Range")),
            avg_selling_price=col("price").round(1, mode="half_away_from_zero"),
            avg_order_revenue="by_order",
            avg_monthly_revenue="by_month",
        )
    )


def report_customers(dated: pl.LazyFrame, customers: pl.LazyFrame, today: date) -> pl.LazyFrame:
    age = today.year - col("birthdate").dt.year()
    groups = age.bin_intervals([20, 30, 40, 50], labels=["Under 20", "20-29", "30-39", "40-49", "50 and above"])
    segment = when(col("lifespan") < 12).then(lit("New")).when(col("total_sales") > 5_000).then(lit("VIP"))
    name = pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)
    return (
        totals(dated, "customer_key", today, col("product_key").n_unique().alias("total_products"))
        .join(customers, on="customer_key")
        .select(
            *("customer_key", "customer_number", "recency", "total_orders", "total_sales", "total_quantity"),
            *("total_products", "lifespan"),
            customer_name=when(name != "").then(name),
            age=age,
            age_group=groups.cast(pl.String).fill_null("n/a"),
            customer_segment=segment.otherwise(lit("Regular")),
            last_order_date="last_date",
            avg_order_value="by_order",
            avg_monthly_spend="by_month",
        )
    )


def report_sales_daily(dated: pl.LazyFrame) -> pl.LazyFrame:
    return dated.group_by("order_date").agg(
        total_orders=col("order_number").n_unique(),
        total_customers=col("customer_key").n_unique(),
        total_quantity=total("quantity"),
        total_sales=total("sales_amount"),
        total_profit=total("profit"),
    )


if __name__ == "__main__":
    shared.main(load)
