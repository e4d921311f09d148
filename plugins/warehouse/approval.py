"""The task that asks a person if more rows were rejected than the day's limit allows."""

from datetime import timedelta
from typing import Any

from airflow.providers.standard.exceptions import HITLRejectException, HITLTimeoutError
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Context

from warehouse import failures
from warehouse.execution import WarehouseError
from warehouse.operators import OPEN_BATCH, BatchOperator, reader

TIME_TO_ANSWER = timedelta(hours=12)
"""How long the task waits for an answer; the day fails without one."""

SHARE = """
SELECT
    b.business_date,
    b.reject_limit,
    b.rejects_accepted,
    SUM(r.file_rows) AS rows_read,
    SUM(r.rejected_rows) AS rows_rejected
FROM gold.load_batches AS b
INNER JOIN gold.load_reconciliation AS r
    ON b.batch_id = r.batch_id
WHERE b.batch_id = ?
GROUP BY b.business_date, b.reject_limit, b.rejects_accepted
"""
REASONS = """
SELECT TOP (10) source_table, column_name, reason, COUNT(*) AS rejected, MIN(source_line) AS line
FROM gold.rejected_rows
WHERE batch_id = ?
GROUP BY source_table, column_name, reason
ORDER BY COUNT(*) DESC, source_table, column_name, reason
"""


class ApproveRejectsOperator(ApprovalOperator):
    """Asks whether to load a day despite its rejects, and records the person who approves in the warehouse.

    A day within its limit passes without a question. A refusal fails the task, as the limit alone would have.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(subject="Load the day anyway?", response_timeout=TIME_TO_ANSWER, fail_on_reject=True, **kwargs)

    def execute(self, context: Context) -> Any:
        """Ask if the limit is exceeded."""
        batch_id = context["ti"].xcom_pull(task_ids=OPEN_BATCH, key="batch_id")
        warehouse = reader()
        business_date, limit, accepted, read, rejected = warehouse.get_first(SHARE, parameters=(batch_id,))
        if rejected <= max(read * limit, accepted or 0):
            self.log.info("%s of %s rows were rejected, no more than allowed.", rejected, read)
            return None
        share = f"{100 * rejected / read:.2f} %"
        self.subject = f"{business_date}: {rejected:,} of {read:,} rows rejected. Load the day anyway?"
        lines = [
            f"Batch {batch_id}: **{share}** of all rows were rejected; the limit is {float(limit) * 100:g} %.",
            "",
            "| rows | table | column | reason | first line |",
            "|---:|---|---|---|---:|",
        ]
        for table, column, reason, rows, line in warehouse.get_records(REASONS, parameters=(batch_id,)):
            lines.append(f"| {rows:,} | {table} | {column or ''} | {reason} | {line} |")
        lines += [
            "",
            "*Approve* loads the day without these rows; your name and the number of rows are kept with the batch.",
            "*Reject* fails the day. `gold.rejected_rows` has every row.",
        ]
        self.body = "\n".join(lines)
        self.log.warning("%s", self.subject)
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Record an approval; raises AirflowFailException on a refusal or without an answer."""
        way_out = "Deliver a right drop and clear `stage` with all downstream, or clear this task to ask again."
        try:
            answer = super().execute_complete(context, event)
        except HITLRejectException:
            who = (event.get("responded_by_user") or {}).get("name") or "Somebody"
            raise failures.final(
                f"{who} refused to load the day with its rejected rows.\n{way_out}", self.log
            ) from None
        except HITLTimeoutError:
            hours = TIME_TO_ANSWER.total_seconds() / 3600
            raise failures.final(f"Nobody answered within {hours:g} hours.\n{way_out}", self.log) from None
        user = answer["responded_by_user"] or {}
        batch_id = context["ti"].xcom_pull(task_ids=OPEN_BATCH, key="batch_id")
        caller = BatchOperator(task_id=self.task_id, procedure="etl.accept_rejects")
        try:
            caller.call_for_batch(
                context,
                "etl.accept_rejects",
                {"batch_id": batch_id, "accepted_by": user.get("name") or user.get("id") or "unknown"},
            )
        except WarehouseError as error:
            raise failures.of_warehouse(error, "etl.accept_rejects", self.log) from None
        return None
