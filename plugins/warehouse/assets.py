"""The assets that the DAGs read and write, from the files of a drop to the served copy: their graph is the lineage.

Each event of an asset names its batch and its business date; the business date is also its partition key.
"""

from airflow.sdk import Asset

from warehouse.sources import SOURCE_FILES

FILES = {
    source.table: Asset(f"drop.{source.table}", group="drop", extra={"file": source.path}) for source in SOURCE_FILES
}
"""The files of a drop by source table; an event means that staging has read the file."""

BRONZE = {source.table: Asset(f"bronze.{source.table}", group="bronze") for source in SOURCE_FILES}
"""The bronze tables: the files as delivered."""

SILVER = {source.table: Asset(f"silver.{source.table}", group="silver") for source in SOURCE_FILES}
"""The cleansed tables."""

VIEWS = [
    Asset(f"gold.{view}", group="gold")
    for view in (
        "dim_customers",
        "dim_customers_history",
        "dim_products",
        "dim_products_history",
        "dim_date",
        "fact_sales",
        "report_customers",
        "report_products",
        "report_sales_daily",
    )
]
"""The views of gold that show a published day."""

GOLD = Asset("gold", group="gold")
"""Gold after a publish whose checks have passed; its events start `sales_serving`."""

SERVED = Asset("served", group="serving")
"""The copy of gold in Postgres that the API serves."""

TABLEAU = Asset("tableau", group="serving")
"""The workbook and the extract for Tableau."""
