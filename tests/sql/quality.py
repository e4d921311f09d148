"""The names of the quality rules that compare a day with the day before, and what a batch deviates from."""

from __future__ import annotations

from tests.warehouse import Warehouse

ROWS = "each file has about as many rows as the day before"
REPEATED = "no file is that of an earlier day"
NEW_LINES = "some order lines are new"
CUT = "no file ends in the middle of a line"
ENDS = "no file lost the line break at its end"
SUPERSEDED = "few rows of a file are superseded"
MISSING = "few values are missing"
ERP = "few customers lack their row of the ERP"
CATEGORY = "few products lack their category"
NEW = "few rows have a country or category that is new"
LEFT = "few rows have left the drop"
LEFT_LINES = "few order lines have left the drop"
CHANGED = "few published values have changed"
REPAIRED = "few amounts of sales are repaired"
KEYS = "there are about as many keys as the day before"
SUMS = "sums are about those of the day before"
DATES = "few dates of sales are missing"
WRONG_DATES = "few orders have a date that cannot be right"
OLD = "few customers are older than 120 years"
UNKNOWN = "few sales are of unknown customers or products"


TAMPERED: dict[str, str] = {
    "fact_sales holds every cleansed order line": "INSERT INTO silver.crm_sales_details"
    " (sls_ord_num, sls_prd_key, sls_sales, is_repaired, dwh_source_line, dwh_batch_id)"
    " VALUES (N'SO', N'P1', 0, 0, 9, 1)",
    "fact_sales has the total sales of the cleansed order lines": "UPDATE silver.crm_sales_details"
    " SET sls_sales = sls_sales + 1 WHERE dwh_source_line = 2",
    "every sale has its customer in dim_customers": "UPDATE silver.sales SET customer_key = 9999"
    " WHERE order_number = N'UNDATED'",
    "every sale has its product in dim_products": "UPDATE silver.sales SET product_key = 9999"
    " WHERE order_number = N'UNDATED'",
    "every sale has its versions of customer and product": "UPDATE silver.sales SET customer_version_key = 0"
    " WHERE order_number = N'UNDATED'",
    "no sale is negative without a negative quantity": "UPDATE silver.sales SET sales_amount = -1"
    " WHERE order_number = N'UNDATED'; UPDATE silver.crm_sales_details SET sls_sales = -1"
    " WHERE sls_ord_num = N'UNDATED'",
    "report_customers has the dated sales of known customers": "report_customers, SUM(CAST(sales_amount AS BIGINT))",
    "report_products has the dated sales of known products": "report_products, SUM(CAST(sales_amount AS BIGINT))",
    "report_sales_daily has the dated sales": "report_sales_daily, SUM(CAST(sales_amount AS BIGINT))",
    "no order holds a known product twice": "UPDATE silver.sales SET product_key ="
    " (SELECT product_key FROM silver.sales WHERE order_number = N'SO0' AND product_number = N'P0')"
    " WHERE order_number = N'SO0'; UPDATE silver.sales SET product_version_key ="
    " (SELECT product_version_key FROM silver.sales WHERE order_number = N'SO0' AND product_number = N'P0')"
    " WHERE order_number = N'SO0'",
    "dim_customers holds every cleansed customer": "UPDATE silver.customers SET in_source = 0 WHERE customer_key = 1",
    "dim_products holds every cleansed product": "UPDATE silver.products SET in_source = 0 WHERE product_key = 1",
    "every order date is in dim_date": "dim_date, MAX(order_date)",
}
"""Rule of gold → the statement that breaks it, or the view and the expression in it to which 1 is added."""


def deviations(warehouse: Warehouse) -> dict[str, str]:
    """Rule → severity, of the last batch's deviations."""
    rows = warehouse.execute(
        "SELECT check_name, MIN(severity) AS severity FROM gold.quality_results WHERE passed = 0"
        " AND batch_id = (SELECT MAX(batch_id) FROM gold.load_batches) GROUP BY check_name"
    )
    return {row["check_name"]: row["severity"] for row in rows}
