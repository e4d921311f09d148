"""The gold checks that Airflow runs after a publish, over the reader's connection.

etl.publish has checked the quality rules before its commit. These tasks show what it found, and check as the reader
that gold shows this batch, that its rows are accounted for, and that its keys are unique.
"""

import warnings
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.sql.operators.sql import (
    BaseSQLOperator,
    SQLCheckOperator,
    SQLColumnCheckOperator,
)
from airflow.sdk import BaseOperator, Context

from warehouse import failures, settings
from warehouse.assets import SILVER, VIEWS
from warehouse.operators import BATCH_ID, OPEN_BATCH, describe_outlets, skip_unless_shown

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage


class RowsCheckOperator(BaseSQLOperator):
    """Logs the rows of a query as a table and fails if any of them match a condition.

    :param sql: the query
    :param failing: pandas query over its columns that is true for a faulty row
    """

    template_fields: Sequence[str] = ("sql", *BaseSQLOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {"sql": "sql"}

    def __init__(self, *, sql: str, failing: str, conn_id: str = settings.READER, **kwargs: Any) -> None:
        super().__init__(conn_id=conn_id, **kwargs)
        self.sql = sql
        self.failing = failing

    def execute(self, context: Context) -> list[dict[Hashable, Any]]:
        """Return the rows; raises AirflowFailException with the faulty rows, or if there are no rows."""
        with warnings.catch_warnings():
            # The hook gives pandas a pyodbc connection, which pandas's own tests do not cover.
            warnings.filterwarnings("ignore", message="pandas only supports SQLAlchemy")
            rows = self.get_db_hook().get_df(self.sql).convert_dtypes()
        self.log.info("%s\n%s", self.sql, rows.to_string(index=False, na_rep=""))
        if rows.empty:
            raise failures.final(f"The query has no rows:\n{self.sql}", self.log)
        bad = rows.query(self.failing)
        if not bad.empty:
            raise failures.final(f"Rows with {self.failing}:\n{bad.to_string(index=False)}", self.log)
        return rows.astype(object).where(rows.notna(), None).to_dict(orient="records")


class QualityCheckOperator(RowsCheckOperator):
    """Logs the results of the quality rules, deviations first, and fails if a rule has failed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(sql=QUALITY.format(batch_id=BATCH_ID), failing="result == 'FAIL'", **kwargs)

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> "OperatorLineage[Any, Any]":
        """Return the views of gold with their checks."""
        from warehouse import lineage

        return lineage.of_gold_checks(task_instance.xcom_pull(task_ids=OPEN_BATCH, key="batch_id"))


QUALITY = """
SELECT
    CASE
        WHEN passed = 1 THEN 'OK' WHEN waived = 1 THEN 'WAIVED' WHEN severity = 'error' THEN 'FAIL' ELSE 'WARN'
    END AS result,
    check_name,
    subject,
    observed,
    observed_of,
    expected,
    expected_of
FROM gold.quality_results
WHERE batch_id = {batch_id} AND is_latest = 1
ORDER BY passed, severity, check_name, subject
"""

WITHIN_THE_LIMIT = """
SELECT
    CASE
        WHEN SUM(r.rejected_rows) <= SUM(r.file_rows) * MAX(b.reject_limit) THEN 1
        WHEN SUM(r.rejected_rows) <= MAX(b.rejects_accepted) THEN 1
        ELSE 0
    END AS within_the_limit
FROM gold.load_reconciliation AS r
INNER JOIN gold.load_batches AS b
    ON r.batch_id = b.batch_id
WHERE b.batch_id = {batch_id}
"""

KEY = {"null_check": {"equal_to": 0}, "unique_check": {"equal_to": 0}}
REQUIRED = {"null_check": {"equal_to": 0}}


def gold_checks() -> list[BaseOperator]:
    """Make the tasks that check the published day, inside the current task group.

    They are skipped for a day that gold does not show: a dry run, or history.
    """
    reader: dict[str, Any] = {"conn_id": settings.READER, "retry_on_failure": False, "pre_execute": skip_unless_shown}
    return [
        SQLCheckOperator(
            task_id="gold_shows_this_batch",
            doc_md="Gold shows the batch of this run, and no other batch was published since.",
            inlets=list(SILVER.values()),
            outlets=VIEWS,
            post_execute=describe_outlets,
            sql=f"SELECT COUNT(*) AS batches FROM gold.current_batch WHERE batch_id = {BATCH_ID}",  # noqa: S608 - a number
            **reader,
        ),
        RowsCheckOperator(
            task_id="reconciliation",
            doc_md="For each file, rows read = loaded + superseded + rejected.",
            pre_execute=skip_unless_shown,
            sql=f"SELECT * FROM gold.load_reconciliation WHERE batch_id = {BATCH_ID} ORDER BY source_table",  # noqa: S608
            failing="bronze_rows != staged_rows or unaccounted_rows != 0",  # NULL is unequal to every value
        ),
        SQLCheckOperator(
            task_id="rejected_share",
            doc_md="The rejected rows are within the limit of the batch, or a person has accepted them.",
            sql=WITHIN_THE_LIMIT.format(batch_id=BATCH_ID),
            **reader,
        ),
        SQLColumnCheckOperator(
            task_id="dim_customers",
            doc_md="Customer keys are unique, and no key or flag is missing.",
            table="gold.dim_customers",
            column_mapping={"customer_key": KEY, "in_source": REQUIRED},
            **reader,
        ),
        SQLColumnCheckOperator(
            task_id="dim_products",
            doc_md="Product keys are unique, and no key, number or flag is missing.",
            table="gold.dim_products",
            column_mapping={"product_key": KEY, "product_number": REQUIRED, "in_source": REQUIRED},
            **reader,
        ),
        SQLColumnCheckOperator(
            task_id="fact_sales",
            doc_md="No order line lacks its order, customer, product or amount.",
            table="gold.fact_sales",
            column_mapping={
                "order_number": REQUIRED,
                "customer_key": REQUIRED,
                "product_key": REQUIRED,
                "sales_amount": REQUIRED,
            },
            **reader,
        ),
        QualityCheckOperator(
            task_id="quality_check",
            doc_md="The quality rules, deviations first. A FAIL would have stopped the publish; a WARN is kept.",
            pre_execute=skip_unless_shown,
        ),
    ]
