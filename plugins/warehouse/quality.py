"""The checks of gold that Airflow runs after a publish, over the reader's connection.

etl.publish has run the checks of gold.quality_check before it committed; here they are shown, one task each,
together with what only a reader's view can tell: that gold shows this batch and that its keys hold.
"""

import warnings
from collections.abc import Hashable, Sequence
from typing import Any, ClassVar

from airflow.providers.common.sql.operators.sql import (
    BaseSQLOperator,
    SQLCheckOperator,
    SQLColumnCheckOperator,
    SQLTableCheckOperator,
)
from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException

from warehouse import settings
from warehouse.operators import BATCH_ID


class RowsCheckOperator(BaseSQLOperator):
    """Logs the rows of a query as a table and fails when some of them match a condition.

    :param sql: the query
    :param failing: pandas query over its columns that is true for a row that must not be
    """

    template_fields: Sequence[str] = ("sql", *BaseSQLOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {"sql": "sql"}

    def __init__(self, *, sql: str, failing: str, conn_id: str = settings.READER, **kwargs: Any) -> None:
        super().__init__(conn_id=conn_id, **kwargs)
        self.sql = sql
        self.failing = failing

    def execute(self, context: Context) -> list[dict[Hashable, Any]]:
        """Return the rows; raises AirflowFailException that shows the failing ones, or when there is none."""
        with warnings.catch_warnings():
            # The hook hands pandas a pyodbc connection; pandas warns that its own tests do not cover one.
            warnings.filterwarnings("ignore", message="pandas only supports SQLAlchemy")
            rows = self.get_db_hook().get_df(self.sql)
        self.log.info("%s\n%s", self.sql, rows.to_string(index=False))
        if rows.empty:
            raise AirflowFailException(f"No rows: {self.sql}")
        bad = rows.query(self.failing)
        if not bad.empty:
            raise AirflowFailException(f"Rows with {self.failing}:\n{bad.to_string(index=False)}")
        return rows.astype(object).to_dict(orient="records")


KEY = {"null_check": {"equal_to": 0}, "unique_check": {"equal_to": 0}}
REQUIRED = {"null_check": {"equal_to": 0}}


def gold_checks() -> list[BaseOperator]:
    """Make the tasks that check what the run published, inside the current task group."""
    reader: dict[str, Any] = {"conn_id": settings.READER, "retry_on_failure": False}
    return [
        SQLCheckOperator(
            task_id="gold_shows_this_batch",
            sql=f"SELECT COUNT(*) AS batches FROM gold.current_batch WHERE batch_id = {BATCH_ID}",  # noqa: S608 - a number
            **reader,
        ),
        RowsCheckOperator(
            task_id="reconciliation",
            sql=f"SELECT * FROM gold.load_reconciliation WHERE batch_id = {BATCH_ID} ORDER BY source_table",  # noqa: S608
            failing="bronze_rows != staged_rows or unaccounted_rows != 0",  # NULL differs from all
        ),
        SQLTableCheckOperator(
            task_id="rejected_share",
            table="gold.load_reconciliation",
            partition_clause=f"batch_id = {BATCH_ID}",
            checks={
                "within_the_limit": {
                    "check_statement": "SUM(rejected_rows) <= SUM(file_rows) * {{ params.reject_limit }}"
                }
            },
            **reader,
        ),
        SQLColumnCheckOperator(
            task_id="dim_customers",
            table="gold.dim_customers",
            column_mapping={"customer_key": KEY, "in_source": REQUIRED},
            **reader,
        ),
        SQLColumnCheckOperator(
            task_id="dim_products",
            table="gold.dim_products",
            column_mapping={"product_key": KEY, "product_number": REQUIRED, "in_source": REQUIRED},
            **reader,
        ),
        SQLColumnCheckOperator(
            task_id="fact_sales",
            table="gold.fact_sales",
            column_mapping={
                "order_number": REQUIRED,
                "customer_key": REQUIRED,
                "product_key": REQUIRED,
                "sales_amount": REQUIRED,
            },
            **reader,
        ),
        RowsCheckOperator(
            task_id="quality_check",
            sql="SELECT check_name, severity, passed, observed, expected FROM gold.quality_check",
            failing="passed == 0 and severity == 'error'",
        ),
    ]
