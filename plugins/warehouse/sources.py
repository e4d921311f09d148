"""The six files of a drop: their path, their bronze table, their columns.

The contract is docs/source_data.md; names, order and case of the columns are those of the header row.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class SourceFile:
    """One file of a drop, and the name of its tables in bronze and silver."""

    table: str
    path: str
    columns: tuple[str, ...]

    @property
    def landing_path(self) -> str:
        """Path of the file's copy, relative to the landing folder."""
        return self.path.removesuffix(".csv") + ".txt"


SOURCE_FILES = (
    SourceFile(
        "crm_cust_info",
        "source_crm/cust_info.csv",
        (
            "cst_id",
            "cst_key",
            "cst_firstname",
            "cst_lastname",
            "cst_marital_status",
            "cst_gndr",
            "cst_create_date",
        ),
    ),
    SourceFile(
        "crm_prd_info",
        "source_crm/prd_info.csv",
        ("prd_id", "prd_key", "prd_nm", "prd_cost", "prd_line", "prd_start_dt", "prd_end_dt"),
    ),
    SourceFile(
        "crm_sales_details",
        "source_crm/sales_details.csv",
        (
            "sls_ord_num",
            "sls_prd_key",
            "sls_cust_id",
            "sls_order_dt",
            "sls_ship_dt",
            "sls_due_dt",
            "sls_sales",
            "sls_quantity",
            "sls_price",
        ),
    ),
    SourceFile("erp_cust_az12", "source_erp/CUST_AZ12.csv", ("CID", "BDATE", "GEN")),
    SourceFile("erp_loc_a101", "source_erp/LOC_A101.csv", ("CID", "CNTRY")),
    SourceFile("erp_px_cat_g1v2", "source_erp/PX_CAT_G1V2.csv", ("ID", "CAT", "SUBCAT", "MAINTENANCE")),
)
