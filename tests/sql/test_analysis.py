"""Each query of include/sql/70_analysis gives what pandas computes from the oracle's gold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from data.generate import generate
from tests.oracle import Gold, compute
from tests.warehouse import Warehouse
from warehouse.deploy import ANALYSIS_FOLDER, SQL_DIR

AS_OF = date(2026, 2, 1)
QUERIES = sorted((SQL_DIR / ANALYSIS_FOLDER).glob("*.sql"))

Rows = list[tuple[object, ...]]


@pytest.fixture(scope="module")
def loaded(shared_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, Gold]:
    """A small warehouse, and its gold as the oracle computes it."""
    drop = tmp_path_factory.mktemp("drop")
    generate(drop, scale=0.02, as_of=AS_OF)
    shared_warehouse.empty()
    shared_warehouse.load(drop, AS_OF, reject_limit=1)
    return shared_warehouse, compute(drop, AS_OF)


def rows_of(frame: pd.DataFrame) -> Rows:
    """The rows with plain values."""
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in frame.astype(object).itertuples(index=False, name=None)
    ]


def counted(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Count the rows of each value of some columns; ``columns`` gives the name of each."""
    parts = [
        frame.groupby(column, dropna=False)
        .size()
        .rename_axis("value")
        .reset_index(name="members")
        .assign(dimension=name)
        for column, name in columns.items()
    ]
    return pd.concat(parts)[["dimension", "value", "members"]]


def dated(gold: Gold) -> pd.DataFrame:
    """The sales with an order date, and its month and year."""
    sales = gold.fact_sales[gold.fact_sales["order_date"].notna()]
    return sales.assign(month=sales["order_date"].dt.strftime("%Y-%m-01"), year=sales["order_date"].dt.year)


def database(gold: Gold) -> Rows:
    names = ("dim_customers", "dim_customers_history", "dim_products", "dim_products_history", "fact_sales")
    return [(name, len(getattr(gold, name).columns)) for name in (*names, "report_customers", "report_products")]


def dimensions(gold: Gold) -> Rows:
    customers = gold.dim_customers[gold.dim_customers["customer_key"] != 0]
    products = gold.dim_products[gold.dim_products["product_key"] != 0]
    people = {"country": "country", "gender": "gender", "marital_status": "marital status"}
    counts = pd.concat(
        [counted(customers, people), counted(products, {"category": "category", "product_line": "product line"})]
    )
    ordered = counts.sort_values(["dimension", "members", "value"], ascending=[True, False, True], na_position="first")
    return rows_of(ordered)


def date_range(gold: Gold) -> Rows:
    ordered, born = gold.fact_sales["order_date"].dropna(), gold.dim_customers["birthdate"].dropna()
    first, last = ordered.min(), ordered.max()
    months = (last.year - first.year) * 12 + last.month - first.month
    return [(first.date(), last.date(), months, born.min().date(), born.max().date())]


def measures(gold: Gold) -> Rows:
    sales = gold.fact_sales
    known = {key: sales.loc[sales[key] != 0, key].nunique() for key in ("customer_key", "product_key")}
    totals = [int(sales[column].sum()) for column in ("sales_amount", "profit", "quantity")]
    return [(*totals, sales["order_number"].nunique(), known["customer_key"], known["product_key"])]


def joined(gold: Gold) -> pd.DataFrame:
    sales = gold.fact_sales.merge(gold.dim_customers[["customer_key", "country"]], on="customer_key")
    return sales.merge(gold.dim_products[["product_key", "category"]], on="product_key")


def magnitude(gold: Gold) -> Rows:
    lines = joined(gold)
    parts = []
    for column in ("category", "country"):
        grouped = lines.groupby(column, dropna=False)
        part = pd.DataFrame(
            {
                "orders": grouped["order_number"].nunique(),
                "sales": grouped["sales_amount"].sum(),
                "quantity": grouped["quantity"].sum(),
                "profit": grouped["profit"].sum(min_count=1),
            }
        )
        part = part.rename_axis("value").reset_index().sort_values(["sales", "value"], ascending=[False, True])
        part.insert(0, "grouped_by", column)
        parts.append(part)
    return rows_of(pd.concat(parts))


def ranking(gold: Gold) -> Rows:
    ordered = gold.report_products.sort_values(["total_sales", "product_key"], ascending=[False, True])
    ordered.insert(0, "place", range(1, len(ordered) + 1))
    ends = pd.concat([ordered.head(5), ordered.tail(5)])
    return rows_of(ends[["place", "product_key", "product_name", "total_sales"]])


def change_over_time(gold: Gold) -> Rows:
    months = dated(gold).groupby("month")
    frame = pd.DataFrame(
        {
            "orders": months["order_number"].nunique(),
            "customers": months["customer_key"].nunique(),
            "quantity": months["quantity"].sum(),
            "sales": months["sales_amount"].sum(),
        }
    )
    return rows_of(frame.reset_index())


def cumulative(gold: Gold) -> Rows:
    months = dated(gold).groupby("month")["sales_amount"].sum().reset_index(name="sales")
    of_the_year = months.groupby(months["month"].str[:4])["sales"].cumsum()
    average = [
        int(months["sales"].iloc[max(0, n - 2) : n + 1].sum()) // len(months["sales"].iloc[max(0, n - 2) : n + 1])
        for n in range(len(months))
    ]
    return rows_of(months.assign(of_the_year=of_the_year, average=average))


def performance(gold: Gold) -> Rows:
    sales = dated(gold)
    years = sales[sales["product_key"] != 0].groupby(["product_key", "year"])["sales_amount"].sum()
    frame = years.reset_index(name="sales")
    by_product = frame.groupby("product_key")["sales"]
    average = by_product.transform("sum") // by_product.transform("size")
    before = by_product.shift()
    names = gold.dim_products.set_index("product_key")["product_name"]
    frame.insert(1, "product_name", frame["product_key"].map(names))
    return rows_of(
        frame.assign(
            average=average, above=frame["sales"] - average, before=before, above_before=frame["sales"] - before
        )
    )


def part_to_whole(gold: Gold) -> Rows:
    sales = joined(gold).groupby("category", dropna=False)["sales_amount"].sum().reset_index(name="sales")
    ordered = sales.sort_values(["sales", "category"], ascending=[False, True])
    total = int(ordered["sales"].sum())
    share = [round(100 * int(value) / total, 2) for value in ordered["sales"]]
    return rows_of(ordered.assign(all_sales=total, percent=share))


def segmentation(gold: Gold) -> Rows:
    parts = []
    for name, report in (("customer", gold.report_customers), ("product", gold.report_products)):
        part = (
            report.groupby(f"{name}_segment")["total_sales"].agg(["size", "sum"]).rename_axis("segment").reset_index()
        )
        part = part.sort_values(["sum", "segment"], ascending=[False, True])
        part.insert(0, "segmented", f"{name}s")
        parts.append(part)
    return rows_of(pd.concat(parts))


def basket(gold: Gold) -> Rows:
    lines = gold.fact_sales.loc[gold.fact_sales["product_key"] != 0, ["order_number", "product_key"]]
    pairs = lines.merge(lines, on="order_number", suffixes=("", "_with"))
    pairs = pairs[pairs["product_key"] < pairs["product_key_with"]]
    counts = pairs.groupby(["product_key", "product_key_with"]).size().reset_index(name="orders")
    top = counts.sort_values(["orders", "product_key", "product_key_with"], ascending=[False, True, True]).head(10)
    names = gold.dim_products.set_index("product_key")["product_name"]
    top.insert(1, "name", top["product_key"].map(names))
    top.insert(3, "name_with", top["product_key_with"].map(names))
    return rows_of(top)


def cohorts(gold: Gold) -> Rows:
    sales = dated(gold)
    sales = sales[sales["customer_key"] != 0]
    first = sales.groupby("customer_key")["year"].transform("min")
    grouped = sales.assign(first_year=first, after=sales["year"] - first).groupby(["first_year", "after"])
    frame = pd.DataFrame({"customers": grouped["customer_key"].nunique(), "sales": grouped["sales_amount"].sum()})
    return rows_of(frame.reset_index())


EXPECTED: dict[str, Callable[[Gold], Rows]] = {
    "01_database": database,
    "02_dimensions": dimensions,
    "03_date_range": date_range,
    "04_measures": measures,
    "05_magnitude": magnitude,
    "06_ranking": ranking,
    "07_change_over_time": change_over_time,
    "08_cumulative": cumulative,
    "09_performance": performance,
    "10_part_to_whole": part_to_whole,
    "11_segmentation": segmentation,
    "12_basket": basket,
    "13_cohorts": cohorts,
}


def test_each_query_is_a_question_with_an_expected_answer() -> None:
    assert [path.stem for path in QUERIES] == list(EXPECTED)
    for path in QUERIES:
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        assert first.startswith("-- "), path.name
        assert first.endswith("?"), path.name


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_an_analysis_gives_what_the_oracle_gives(loaded: tuple[Warehouse, Gold], path: Path) -> None:
    warehouse, gold = loaded
    answered = [tuple(row.values()) for row in warehouse.execute(path.read_text(encoding="utf-8"))]
    if path.stem in ("07_change_over_time", "08_cumulative"):
        answered = [(str(month), *rest) for month, *rest in answered]
    if path.stem == "10_part_to_whole":
        answered = [(*rest, float(percent)) for *rest, percent in answered]
    expected = EXPECTED[path.stem](gold)
    if path.stem == "01_database":
        tables = [table for table, _ in expected]  # without the records of the load
        answered = [row for row in answered if row[0] in tables]
    assert answered == expected
    assert answered
