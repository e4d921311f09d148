"""Columns, dtypes and keys of the oracle's tables."""

from typing import Final

import pandas as pd

SOURCES = {
    "crm_cust_info": (
        "source_crm/cust_info.csv",
        "cst_id,cst_key,cst_firstname,cst_lastname,cst_marital_status,cst_gndr,cst_create_date",
    ),
    "crm_prd_info": (
        "source_crm/prd_info.csv",
        "prd_id,prd_key,prd_nm,prd_cost,prd_line,prd_start_dt,prd_end_dt",
    ),
    "crm_sales_details": (
        "source_crm/sales_details.csv",
        "sls_ord_num,sls_prd_key,sls_cust_id,sls_order_dt,sls_ship_dt,sls_due_dt,sls_sales,sls_quantity,sls_price",
    ),
    "erp_cust_az12": ("source_erp/CUST_AZ12.csv", "CID,BDATE,GEN"),
    "erp_loc_a101": ("source_erp/LOC_A101.csv", "CID,CNTRY"),
    "erp_px_cat_g1v2": ("source_erp/PX_CAT_G1V2.csv", "ID,CAT,SUBCAT,MAINTENANCE"),
}
"""Source table → (file below the drop, header)."""

TEXT: Final = "str"
INTEGER: Final = "Int64"
DECIMAL: Final = "Float64"
DATE: Final = "datetime64[s]"
"""Seconds, because the dates of the sources go up to 9999 and nanoseconds end in 2262."""

TABLES: dict[str, dict[str, str]] = {
    "dim_customers": {
        "customer_key": INTEGER,
        "customer_id": INTEGER,
        "customer_number": TEXT,
        "first_name": TEXT,
        "last_name": TEXT,
        "country": TEXT,
        "marital_status": TEXT,
        "gender": TEXT,
        "birthdate": DATE,
        "create_date": DATE,
        "in_source": INTEGER,
    },
    "dim_products": {
        "product_key": INTEGER,
        "product_id": INTEGER,
        "product_number": TEXT,
        "product_name": TEXT,
        "category_id": TEXT,
        "category": TEXT,
        "subcategory": TEXT,
        "maintenance": TEXT,
        "cost": INTEGER,
        "product_line": TEXT,
        "start_date": DATE,
        "in_source": INTEGER,
    },
    "dim_customers_history": {
        "customer_version_key": INTEGER,
        "customer_key": INTEGER,
        "customer_id": INTEGER,
        "customer_number": TEXT,
        "first_name": TEXT,
        "last_name": TEXT,
        "country": TEXT,
        "marital_status": TEXT,
        "gender": TEXT,
        "birthdate": DATE,
        "create_date": DATE,
        "version_number": INTEGER,
        "valid_from": DATE,
        "valid_to": DATE,
        "is_current": INTEGER,
        "in_source": INTEGER,
    },
    "dim_products_history": {
        "product_version_key": INTEGER,
        "product_key": INTEGER,
        "product_id": INTEGER,
        "product_number": TEXT,
        "product_name": TEXT,
        "category_id": TEXT,
        "category": TEXT,
        "subcategory": TEXT,
        "maintenance": TEXT,
        "cost": INTEGER,
        "product_line": TEXT,
        "start_date": DATE,
        "version_number": INTEGER,
        "valid_from": DATE,
        "valid_to": DATE,
        "is_current": INTEGER,
        "in_source": INTEGER,
    },
    "fact_sales": {
        "order_number": TEXT,
        "product_key": INTEGER,
        "customer_key": INTEGER,
        "order_date": DATE,
        "shipping_date": DATE,
        "due_date": DATE,
        "sales_amount": INTEGER,
        "quantity": INTEGER,
        "price": INTEGER,
        "cost": INTEGER,
        "profit": INTEGER,
        "product_version_key": INTEGER,
        "customer_version_key": INTEGER,
    },
    "report_products": {
        "product_key": INTEGER,
        "product_name": TEXT,
        "category": TEXT,
        "subcategory": TEXT,
        "cost": INTEGER,
        "last_sale_date": DATE,
        "recency": INTEGER,
        "product_segment": TEXT,
        "lifespan": INTEGER,
        "total_orders": INTEGER,
        "total_sales": INTEGER,
        "total_quantity": INTEGER,
        "total_customers": INTEGER,
        "avg_selling_price": DECIMAL,
        "avg_order_revenue": INTEGER,
        "avg_monthly_revenue": INTEGER,
    },
    "report_customers": {
        "customer_key": INTEGER,
        "customer_number": TEXT,
        "customer_name": TEXT,
        "age": INTEGER,
        "age_group": TEXT,
        "customer_segment": TEXT,
        "last_order_date": DATE,
        "recency": INTEGER,
        "total_orders": INTEGER,
        "total_sales": INTEGER,
        "total_quantity": INTEGER,
        "total_products": INTEGER,
        "lifespan": INTEGER,
        "avg_order_value": INTEGER,
        "avg_monthly_spend": INTEGER,
    },
    "report_sales_daily": {
        "order_date": DATE,
        "total_orders": INTEGER,
        "total_customers": INTEGER,
        "total_quantity": INTEGER,
        "total_sales": INTEGER,
        "total_profit": INTEGER,
    },
    "rejected_rows": {
        "source_table": TEXT,
        "source_file": TEXT,
        "source_line": INTEGER,
        "column_name": TEXT,
    },
    "reconciliation": {
        "source_table": TEXT,
        "file_rows": INTEGER,
        "staged_rows": INTEGER,
        "bronze_rows": INTEGER,
        "loaded_rows": INTEGER,
        "superseded_rows": INTEGER,
        "rejected_rows": INTEGER,
    },
}
"""Table → its columns in order, each with its dtype."""

KEYS: dict[str, list[str]] = {
    "dim_customers": ["customer_key"],
    "dim_products": ["product_key"],
    "dim_customers_history": ["customer_version_key"],
    "dim_products_history": ["product_version_key"],
    "fact_sales": ["order_number", "product_key"],
    "report_products": ["product_key"],
    "report_customers": ["customer_key"],
    "report_sales_daily": ["order_date"],
    "rejected_rows": ["source_table", "source_line"],
    "reconciliation": ["source_table"],
}
"""Table → the columns to compare it by. ``fact_sales`` may hold one key twice: two unknown products."""


def typed(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Give ``frame`` the columns and dtypes of ``table``. Raises KeyError for a missing column."""
    columns = TABLES[table]
    return frame[list(columns)].astype(columns).reset_index(drop=True)
