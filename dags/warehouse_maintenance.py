"""Removes old logs of tasks, landing folders, rows of Airflow's database and history of loads.

Each task removes data older than its setting: KEEP_LOGS_DAYS, KEEP_LANDING_DAYS, KEEP_AIRFLOW_DAYS and
KEEP_HISTORY_DAYS. Data that a running load or a withdrawal of the last day needs is kept. The tasks are independent.
`check_serving_copy` fails if the API serves another day than gold shows, so that a stale copy raises an alert even
without a run of `sales_serving`.
"""

from airflow.sdk import DAG

from warehouse import notifications, settings
from warehouse.defaults import DEFAULT_ARGS, schedule
from warehouse.maintenance import (
    CleanAirflowOperator,
    CleanHistoryOperator,
    CleanLandingOperator,
    CleanLogsOperator,
)
from warehouse.serving import FreshnessCheckOperator

with DAG(
    dag_id="warehouse_maintenance",
    description="Cleans logs, landing folders, Airflow's database and the history of loads, each day",
    doc_md=__doc__,
    schedule=schedule("0 12 * * *"),
    start_date=settings.start_date(),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=notifications.run_failed,
    on_success_callback=notifications.run_succeeded,
    tags=[settings.TAG_WAREHOUSE, settings.TAG_ADMINISTRATION],
):
    CleanLogsOperator(task_id="clean_logs", doc_md="Logs older than KEEP_LOGS_DAYS.")
    CleanLandingOperator(task_id="clean_landing", doc_md="Landing folders older than KEEP_LANDING_DAYS.")
    CleanHistoryOperator(task_id="clean_history", doc_md="`etl` rows of batches older than KEEP_HISTORY_DAYS.")
    CleanAirflowOperator(task_id="clean_airflow", doc_md="Airflow's runs older than KEEP_AIRFLOW_DAYS.")
    FreshnessCheckOperator(task_id="check_serving_copy", doc_md="The API serves the day that gold shows.")
