"""The gold of one drop, loaded alone into an empty warehouse."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from tests.oracle import gold
from tests.oracle.lines import SourceLines, read_lines
from tests.oracle.schema import SOURCES, typed
from tests.oracle.silver import Cleansed, cleanse


@dataclass(frozen=True)
class Gold:
    """The expected tables of gold, a DataFrame each; columns and dtypes are those of ``schema.TABLES``."""

    dim_customers: pd.DataFrame
    dim_products: pd.DataFrame
    dim_customers_history: pd.DataFrame
    dim_products_history: pd.DataFrame
    fact_sales: pd.DataFrame
    report_products: pd.DataFrame
    report_customers: pd.DataFrame
    report_sales_daily: pd.DataFrame
    rejected_rows: pd.DataFrame
    reconciliation: pd.DataFrame


def compute(drop: Path, business_date: date) -> Gold:
    """Compute gold from the six CSV files below ``drop``.

    Raises FileNotFoundError, UnicodeDecodeError or ValueError for a drop that fails as a whole. The reject limit
    is ignored.
    """
    lines = {table: read_lines(drop / file, header) for table, (file, header) in SOURCES.items()}
    silver = {table: cleanse(table, read.rows) for table, read in lines.items()}

    customers = gold.customers(
        silver["crm_cust_info"].rows,
        silver["erp_cust_az12"].rows,
        silver["erp_loc_a101"].rows,
        business_date,
    )
    versions = gold.versions(silver["crm_prd_info"].rows, silver["erp_px_cat_g1v2"].rows)
    products = gold.products(versions)
    sales = gold.sales(silver["crm_sales_details"].rows, customers, versions, business_date)
    tables = {
        "dim_customers": gold.with_unknown_customer("dim_customers", customers),
        "dim_products": gold.with_unknown_product("dim_products", products),
        "dim_customers_history": gold.with_unknown_customer("dim_customers_history", gold.customers_history(customers)),
        "dim_products_history": gold.with_unknown_product("dim_products_history", versions),
        "fact_sales": sales,
        "report_products": gold.report_products(sales, products, business_date),
        "report_customers": gold.report_customers(sales, customers, business_date),
        "report_sales_daily": gold.report_sales_daily(sales),
        "rejected_rows": _rejected_rows(lines, silver),
        "reconciliation": _reconciliation(lines, silver),
    }
    return Gold(**{name: typed(table, name) for name, table in tables.items()})


def _rejected_rows(lines: dict[str, SourceLines], silver: dict[str, Cleansed]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (table, file, line, column)
            for table, (file, _) in SOURCES.items()
            for line, column in sorted([*lines[table].broken, *silver[table].rejected], key=lambda reject: reject[0])
        ],
        columns=["source_table", "source_file", "source_line", "column_name"],
    )


def _reconciliation(lines: dict[str, SourceLines], silver: dict[str, Cleansed]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "source_table": table,
                "file_rows": lines[table].file_rows,
                "staged_rows": len(lines[table].rows),
                "bronze_rows": len(lines[table].rows),
                "loaded_rows": len(silver[table].rows),
                "superseded_rows": silver[table].superseded,
                "rejected_rows": len(lines[table].broken) + len(silver[table].rejected),
            }
            for table in SOURCES
        ]
    )
