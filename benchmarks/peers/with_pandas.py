"""The load in pandas, a parquet file for each table of silver and gold.

python -m benchmarks.peers.with_pandas --drop data --out FOLDER --as-of 2026-02-01
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.peers import shared

Table = pd.DataFrame
Column = pd.Series

FIRST_DAY, LAST_DAY = pd.Timestamp("0001-01-01"), pd.Timestamp("9999-12-31")


class Judged(NamedTuple):
    """The rows of a source, their key, the date by which they compete for it, the column each is rejected for."""

    rows: Table
    key: list[str]
    date: str | None
    rejected_for: Column


def load(drop: Path, out: Path, as_of: date) -> Iterator[str]:
    """Load bronze, silver, gold and reports in turn."""
    today = pd.Timestamp(as_of)
    for layer in ("silver", "gold"):
        (out / layer).mkdir()
    bronze = {table: read(drop / file) for table, file in shared.FILES.items()}
    yield "bronze"

    silver, rejected, counts = {}, [], []
    for table, judge in JUDGES.items():
        rows = bronze.pop(table)
        judged = judge(rows.apply(clean), as_of.year)
        passed = judged.rows[judged.rejected_for.isna()]
        ordered = passed.sort_values(judged.date, kind="stable", na_position="first") if judged.date else passed
        silver[table] = ordered.drop_duplicates(judged.key, keep="last")
        lines = judged.rejected_for.dropna().rename_axis("source_line").reset_index(name="column_name")
        rejected.append(lines.assign(source_table=table, source_file=shared.FILES[table]))
        counts.append((table, *[len(rows)] * 3, len(silver[table]), len(passed) - len(silver[table]), len(lines)))
    names = [
        "source_table",
        "file_rows",
        "staged_rows",
        "bronze_rows",
        "loaded_rows",
        "superseded_rows",
        "rejected_rows",
    ]
    write(out / "silver", **silver)
    write(out / "gold", rejected_rows=pd.concat(rejected), reconciliation=Table(counts, columns=names))
    yield "silver"

    customers = dim_customers(silver["crm_cust_info"], silver["erp_cust_az12"], silver["erp_loc_a101"], today)
    versions = product_versions(silver["crm_prd_info"])
    products = dim_products(versions, silver["erp_px_cat_g1v2"])
    sales = fact_sales(silver["crm_sales_details"], customers, versions)
    write(
        out / "gold",
        dim_customers=pd.concat([customers, Table([shared.UNKNOWN_CUSTOMER])]),
        dim_products=pd.concat([products, Table([shared.UNKNOWN_PRODUCT])]),
        fact_sales=sales,
    )
    yield "publish"

    dated = sales[sales["order_date"].notna()]
    write(
        out / "gold",
        report_products=report_products(dated, products, today),
        report_customers=report_customers(dated, customers, today),
        report_sales_daily=report_sales_daily(dated),
    )
    yield "reports"


def read(path: Path) -> Table:
    """Read a file as it is; the index is a row's line in it."""
    rows = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    return rows.set_axis(pd.RangeIndex(2, len(rows) + 2))


def write(folder: Path, **tables: Table) -> None:
    for name, rows in tables.items():
        rows.to_parquet(folder / f"{name}.parquet", index=False)


def clean(text: Column) -> Column:
    trimmed = text.str.strip(shared.INVISIBLE)
    return trimmed.mask(trimmed == "")


def capitals(text: Column) -> Column:
    others = text[text.notna() & ~text.str.isascii()]
    capital = text.str.upper()
    if len(others):
        capital[others.index] = others.map(shared.capitals)
    return capital


def decoded(text: Column, codes: dict[str, str]) -> Column:
    return capitals(text).map(codes).astype("str").fillna("n/a")


def too_long(text: Column, limit: int = 50) -> Column:
    """Whether a text has more UTF-16 code units, of which a character has at most two."""
    candidates = text[text.str.len() > limit // 2]
    units = candidates.str.len() + candidates.str.count(shared.TWO_UNITS)
    return (units > limit).reindex(text.index, fill_value=False)


def whole(text: Column) -> Column:
    digits = text.where(text.str.fullmatch("[+-]?0*[0-9]{1,10}", na=False))
    numbers = pd.to_numeric(digits)
    return numbers.where(numbers.between(shared.INT_MIN, shared.INT_MAX)).astype("Int64")


def iso_date(text: Column) -> Column:
    written = text.where(text.str.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", na=False))
    days = pd.to_datetime(written, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    return days.where(days >= FIRST_DAY)  # there is no year 0


def compact_date(text: Column, year: int) -> Column:
    """Convert yyyymmdd, from 50 years before a year to the year that follows it."""
    written = text.where(text.str.fullmatch("[0-9]{8}", na=False))
    days = pd.to_datetime(written, format="%Y%m%d", errors="coerce").astype("datetime64[s]")
    return days.where(days.between(pd.Timestamp(year - 50, 1, 1), pd.Timestamp(year + 1, 12, 31)))


def divide(dividend: Column, divisor: Column) -> Column:
    """Divide whole numbers towards zero; NULL by zero."""
    quotient = dividend.abs() // divisor.abs().mask(divisor == 0)
    return quotient.mask(((dividend < 0) != (divisor < 0)).fillna(False), -quotient)


def unconverted(text: Column, value: Column) -> Column:
    return text.notna() & value.isna()


def first_that_fails(*checks: tuple[str, Column]) -> Column:
    """Return the first column in the order of the checks that a row fails by, or NULL."""
    column = pd.Series(pd.NA, index=checks[0][1].index, dtype="str")
    for name, failed in reversed(checks):
        column[failed] = name
    return column


def crm_customers(rows: Table, year: int) -> Judged:
    customer, created = whole(rows["cst_id"]), iso_date(rows["cst_create_date"])
    texts = ["cst_key", "cst_firstname", "cst_lastname", "cst_marital_status", "cst_gndr"]
    columns = {
        "customer_id": customer,
        "customer_number": capitals(rows["cst_key"]),
        "first_name": rows["cst_firstname"],
        "last_name": rows["cst_lastname"],
        "marital_status": decoded(rows["cst_marital_status"], shared.MARITAL_STATUS),
        "gender": decoded(rows["cst_gndr"], shared.CRM_GENDER),
        "create_date": created,
    }
    rejected_for = first_that_fails(
        ("cst_id", customer.isna()),
        *((name, too_long(rows[name])) for name in texts),
        ("cst_create_date", unconverted(rows["cst_create_date"], created)),
    )
    return Judged(Table(columns), ["customer_id"], "create_date", rejected_for)


def crm_products(rows: Table, year: int) -> Judged:
    product, cost, start = whole(rows["prd_id"]), whole(rows["prd_cost"]), iso_date(rows["prd_start_dt"])
    number = clean(capitals(rows["prd_key"].str.slice(6)))
    columns = {
        "product_id": product,
        "product_number": number,
        "product_name": rows["prd_nm"],
        "category_id": clean(capitals(rows["prd_key"].str.slice(0, 5).str.replace("-", "_", regex=False))),
        "cost": cost.fillna(0),
        "product_line": decoded(rows["prd_line"], shared.PRODUCT_LINE),
        "start_date": start,
    }
    rejected_for = first_that_fails(
        ("prd_id", unconverted(rows["prd_id"], product)),
        ("prd_key", number.isna() | too_long(rows["prd_key"])),
        ("prd_nm", too_long(rows["prd_nm"], 100)),
        ("prd_cost", unconverted(rows["prd_cost"], cost)),
        ("prd_line", too_long(rows["prd_line"])),
        ("prd_start_dt", unconverted(rows["prd_start_dt"], start)),
    )
    return Judged(Table(columns), ["product_number", "start_date"], None, rejected_for)


def crm_sales(rows: Table, year: int) -> Judged:
    customer, sales = whole(rows["sls_cust_id"]), whole(rows["sls_sales"])
    quantity, price = whole(rows["sls_quantity"]), whole(rows["sls_price"])
    calculated = quantity * price.abs()
    amount = sales.mask((sales.isna() | (sales <= 0) | (sales != calculated)).fillna(False), calculated)
    repaired = price.mask((price.isna() | (price <= 0)).fillna(False), divide(sales, quantity))
    columns = {
        "order_number": capitals(rows["sls_ord_num"]),
        "product_number": capitals(rows["sls_prd_key"]),
        "customer_id": customer,
        "order_date": compact_date(rows["sls_order_dt"], year),
        "shipping_date": compact_date(rows["sls_ship_dt"], year),
        "due_date": compact_date(rows["sls_due_dt"], year),
        "sales_amount": amount,
        "quantity": quantity,
        "price": repaired,
    }
    rejected_for = first_that_fails(
        ("sls_ord_num", rows["sls_ord_num"].isna() | too_long(rows["sls_ord_num"])),
        ("sls_prd_key", rows["sls_prd_key"].isna() | too_long(rows["sls_prd_key"])),
        ("sls_cust_id", unconverted(rows["sls_cust_id"], customer)),
        ("sls_sales", unconverted(rows["sls_sales"], sales)),
        ("sls_quantity", unconverted(rows["sls_quantity"], quantity)),
        ("sls_price", unconverted(rows["sls_price"], price)),
        ("sls_sales", ~amount.between(shared.INT_MIN, shared.INT_MAX).fillna(False)),
        ("sls_price", ~repaired.between(shared.INT_MIN, shared.INT_MAX).fillna(True)),
    )
    return Judged(Table(columns), ["order_number", "product_number"], None, rejected_for)


def erp_customers(rows: Table, year: int) -> Judged:
    number = clean(capitals(rows["CID"]).str.removeprefix("NAS").str.replace("-", "", regex=False))
    birth = iso_date(rows["BDATE"])
    columns = {"customer_number": number, "birthdate": birth, "gender": decoded(rows["GEN"], shared.ERP_GENDER)}
    rejected_for = first_that_fails(
        ("CID", number.isna() | too_long(rows["CID"])),
        ("BDATE", unconverted(rows["BDATE"], birth)),
        ("GEN", too_long(rows["GEN"])),
    )
    return Judged(Table(columns), ["customer_number"], None, rejected_for)


def erp_locations(rows: Table, year: int) -> Judged:
    number = clean(capitals(rows["CID"]).str.replace("-", "", regex=False))
    country = capitals(rows["CNTRY"]).map(shared.COUNTRY).astype("str").fillna(rows["CNTRY"]).fillna("n/a")
    rejected_for = first_that_fails(("CID", number.isna() | too_long(rows["CID"])), ("CNTRY", too_long(rows["CNTRY"])))
    return Judged(Table({"customer_number": number, "country": country}), ["customer_number"], None, rejected_for)


def erp_categories(rows: Table, year: int) -> Judged:
    columns = {
        "category_id": capitals(rows["ID"]),
        "category": rows["CAT"],
        "subcategory": rows["SUBCAT"],
        "maintenance": rows["MAINTENANCE"],
    }
    names = ("ID", "CAT", "SUBCAT", "MAINTENANCE")
    rejected_for = first_that_fails(("ID", rows["ID"].isna()), *((name, too_long(rows[name])) for name in names))
    return Judged(Table(columns), ["category_id"], None, rejected_for)


JUDGES: dict[str, Callable[[Table, int], Judged]] = {
    "crm_cust_info": crm_customers,
    "crm_prd_info": crm_products,
    "crm_sales_details": crm_sales,
    "erp_cust_az12": erp_customers,
    "erp_loc_a101": erp_locations,
    "erp_px_cat_g1v2": erp_categories,
}


def one_spelling(text: Column) -> Column:
    return text.map(shared.spellings(text.value_counts().to_dict())).astype("str")


def dim_customers(crm: Table, erp: Table, locations: Table, today: pd.Timestamp) -> Table:
    rows = crm.sort_values("customer_id").merge(erp, on="customer_number", how="left", suffixes=("", "_erp"))
    rows = rows.merge(locations, on="customer_number", how="left")
    return rows.drop(columns="gender_erp").assign(
        customer_key=np.arange(1, len(rows) + 1),
        country=one_spelling(rows["country"].fillna("n/a")),
        gender=rows["gender"].mask(rows["gender"] == "n/a", rows["gender_erp"].fillna("n/a")),
        birthdate=rows["birthdate"].where(rows["birthdate"] <= today),
        in_source=1,
    )


def product_versions(rows: Table) -> Table:
    """All versions by their start, with the key of the product and the first day of the version."""
    rows = rows.sort_values("start_date", na_position="first")
    numbers = sorted(rows["product_number"].unique(), key=shared.code_units)
    keys = {number: key for key, number in enumerate(numbers, 1)}
    # The first version holds for earlier sales, too.
    begins = rows["start_date"].astype("int64").where(rows.duplicated("product_number"), np.iinfo("int64").min)
    return rows.assign(product_key=rows["product_number"].map(keys).astype("int64"), begins=begins)


def dim_products(versions: Table, categories: Table) -> Table:
    rows = versions.drop(columns="begins").drop_duplicates("product_key", keep="last").assign(in_source=1)
    rows = rows.merge(categories, on="category_id", how="left")
    grouped = ["category", "subcategory", "maintenance"]
    return rows.assign(**{name: one_spelling(rows[name]) for name in grouped})


def fact_sales(rows: Table, customers: Table, versions: Table) -> Table:
    products = versions.drop_duplicates("product_key").set_index("product_number")["product_key"]
    rows = rows.assign(
        product_key=rows["product_number"].map(products).fillna(0).astype("int64"),
        customer_key=rows["customer_id"].map(customers.set_index("customer_id")["customer_key"]).fillna(0),
        begins=rows["order_date"].fillna(LAST_DAY).astype("int64"),
    ).drop(columns=["product_number", "customer_id"])
    costs = versions[["product_key", "begins", "cost"]].sort_values("begins")
    rows = pd.merge_asof(rows.sort_values("begins"), costs, on="begins", by="product_key").drop(columns="begins")
    return rows.assign(profit=rows["sales_amount"] - rows["quantity"] * rows["cost"])


def months(first: Column, last: Column) -> Column:
    between: Column = (last.dt.year - first.dt.year) * 12 + last.dt.month - first.dt.month
    return between


def totals(dated: Table, key: str, today: pd.Timestamp) -> Table:
    """Add up the sales of a product or a customer: the figures that both reports have."""
    groups = dated[dated[key] != 0].groupby(key)
    first, last = groups["order_date"].min(), groups["order_date"].max()
    sales, orders, lifespan = groups["sales_amount"].sum(), groups["order_number"].nunique(), months(first, last)
    return Table(
        {
            "last_date": last,
            "recency": months(last, pd.Series(today, index=last.index)),
            "lifespan": lifespan,
            "total_orders": orders,
            "total_sales": sales,
            "total_quantity": groups["quantity"].sum(min_count=1),
            "total_customers": groups["customer_key"].nunique(),
            "total_products": groups["product_key"].nunique(),
            "by_order": divide(sales, orders),
            "by_month": divide(sales, lifespan.clip(lower=1)),
        }
    ).reset_index()


def report_products(dated: Table, products: Table, today: pd.Timestamp) -> Table:
    price = dated["sales_amount"].astype("Float64") / dated["quantity"].mask(dated["quantity"] == 0)
    mean = price.groupby(dated["product_key"]).mean()
    average = (mean.abs() * 10 + 0.5) // 1 / 10 * np.sign(mean)
    rows = totals(dated, "product_key", today).merge(products, on="product_key")
    segments = [rows["total_sales"] > 50_000, rows["total_sales"] >= 10_000]
    rows = rows.assign(
        product_segment=np.select(segments, ["High-Performer", "Mid-Range"], "Low-Range"),
        avg_selling_price=rows["product_key"].map(average),
    )
    names = {"last_date": "last_sale_date", "by_order": "avg_order_revenue", "by_month": "avg_monthly_revenue"}
    columns = ["product_key", "product_name", "category", "subcategory", "cost", "last_sale_date", "recency"]
    columns += ["product_segment", "lifespan", "total_orders", "total_sales", "total_quantity", "total_customers"]
    return rows.rename(columns=names)[[*columns, "avg_selling_price", "avg_order_revenue", "avg_monthly_revenue"]]


def report_customers(dated: Table, customers: Table, today: pd.Timestamp) -> Table:
    rows = totals(dated, "customer_key", today).merge(customers, on="customer_key")
    age = today.year - rows["birthdate"].dt.year
    groups = pd.cut(
        age,
        [-np.inf, 20, 30, 40, 50, np.inf],
        right=False,
        labels=["Under 20", "20-29", "30-39", "40-49", "50 and above"],
    )
    segments = [rows["lifespan"] < 12, rows["total_sales"] > 5_000]
    name = rows["first_name"].fillna("") + " " + rows["last_name"].fillna("")
    rows = rows.assign(
        customer_name=clean(name),
        age=age,
        age_group=groups.astype("str").fillna("n/a"),
        customer_segment=np.select(segments, ["New", "VIP"], "Regular"),
    )
    names = {"last_date": "last_order_date", "by_order": "avg_order_value", "by_month": "avg_monthly_spend"}
    columns = ["customer_key", "customer_number", "customer_name", "age", "age_group", "customer_segment"]
    columns += ["last_order_date", "recency", "total_orders", "total_sales", "total_quantity", "total_products"]
    return rows.rename(columns=names)[[*columns, "lifespan", "avg_order_value", "avg_monthly_spend"]]


def report_sales_daily(dated: Table) -> Table:
    days = dated.groupby("order_date")
    return Table(
        {
            "total_orders": days["order_number"].nunique(),
            "total_customers": days["customer_key"].nunique(),
            "total_quantity": days["quantity"].sum(min_count=1),
            "total_sales": days["sales_amount"].sum(),
            "total_profit": days["profit"].sum(min_count=1),
        }
    ).reset_index()


if __name__ == "__main__":
    shared.main(load)
