"""Deploys the warehouse's schema.

Runs every file of `include/sql`, in the order of folders and names, as the owner of the warehouse
(connection `warehouse_owner`): database, tables, procedures, views. The files are idempotent, so the DAG
both sets up a new server and applies changes. A deployment is all or nothing: if a file fails, procedures and
permissions stay as they were, and the error names the file and the line.
"""

from airflow.sdk import DAG

from warehouse import notifications, settings
from warehouse.defaults import DEFAULT_ARGS
from warehouse.operators import DeployOperator

with DAG(
    dag_id="warehouse_schema",
    description="Deploys include/sql: first run, and on demand",
    doc_md=__doc__,
    schedule=None,
    start_date=settings.start_date(),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=notifications.run_failed,
    on_success_callback=notifications.run_succeeded,
    tags=[settings.TAG_WAREHOUSE, settings.TAG_ADMINISTRATION],
):
    DeployOperator(task_id="deploy", doc_md="All files of `include/sql`, in one transaction.")
