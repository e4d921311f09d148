"""The page of the lineage is that of the SQL, and each figure leads back to its columns in the files."""

from __future__ import annotations

import pytest

from tests.docs import lineage
from tests.docs.lineage import Column, Sources, origins
from warehouse.sources import SOURCE_FILES

SALES, PRODUCTS = "source_crm/sales_details.csv", "source_crm/prd_info.csv"
AMOUNT = {Column(SALES, name) for name in ("sls_sales", "sls_quantity", "sls_price")}


@pytest.fixture(scope="module")
def found() -> Sources:
    return lineage.sources()


def test_the_page_and_the_columns_of_the_events_are_those_of_the_sql() -> None:
    assert lineage.FILE.read_text(encoding="utf-8") == lineage.page(), "run python -m tests.docs.lineage"
    assert lineage.FOR_EVENTS.read_text(encoding="utf-8") == lineage.for_events(), "run python -m tests.docs.lineage"


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (Column("gold.report_customers", "total_sales"), AMOUNT),
        (Column("gold.report_customers", "age"), {Column("source_erp/CUST_AZ12.csv", "BDATE")}),
        (Column("gold.fact_sales", "profit"), AMOUNT | {Column(PRODUCTS, "prd_cost"), Column(PRODUCTS, "prd_key")}),
        (Column("serving.customers", "country"), {Column("source_erp/LOC_A101.csv", "CNTRY")}),
        (Column("serving.products", "category"), {Column("source_erp/PX_CAT_G1V2.csv", "CAT")}),
        (
            Column("gold.dim_products_history", "valid_from"),
            {Column(PRODUCTS, "prd_key"), Column(PRODUCTS, "prd_start_dt")},
        ),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, Column) else "",
)
def test_a_figure_leads_back_to_its_columns_in_the_files(found: Sources, column: Column, expected: set[Column]) -> None:
    assert origins(found, column) == expected


def test_each_column_of_a_file_reaches_gold_but_for_the_one_that_is_not_used(found: Sources) -> None:
    reached = {one for column in found if column.owner.startswith("gold.") for one in origins(found, column)}
    delivered = {Column(source.path, name) for source in SOURCE_FILES for name in source.columns}
    joined_on = {Column("source_erp/CUST_AZ12.csv", "CID"), Column("source_erp/LOC_A101.csv", "CID")}
    joined_on |= {
        Column("source_erp/PX_CAT_G1V2.csv", "ID"),
        Column(SALES, "sls_prd_key"),
        Column(SALES, "sls_cust_id"),
    }
    assert delivered - reached == joined_on | {Column(PRODUCTS, "prd_end_dt")}


def test_the_dashboards_read_columns_that_are_served(found: Sources) -> None:
    for table, columns in lineage.shown().items():
        assert {Column(table, name) for name in columns} <= found.keys()
