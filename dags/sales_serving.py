"""Brings the published day to its readers: the API, and Tableau.

Runs when `sales_warehouse` has published and checked a day (asset `gold`). Asks the API to copy gold into
Postgres (`POST /api/sync`, connection `sales_api`). Then two tasks that do not need each other:

- `check_freshness` checks that the batch and the business date which `GET /health/ready` names are those of
  `gold.current_batch`.
- `export_tableau` writes `sales_warehouse.hyper` and `sales_warehouse.twbx` into `EXPORTS_DIR` (connection
  `warehouse_reader`); when it fails, the earlier files stay.
"""

from airflow.sdk import DAG

from warehouse import settings
from warehouse.assets import GOLD
from warehouse.serving import FreshnessCheckOperator, SyncServingOperator
from warehouse.tableau.operator import TableauExportOperator

with DAG(
    dag_id="sales_serving",
    description="Brings the published day to its readers: sync the API and check what it serves, export for Tableau",
    doc_md=__doc__,
    schedule=[GOLD],
    start_date=settings.START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=settings.DEFAULT_ARGS,
    tags=[settings.TAG_SERVING],
):
    SyncServingOperator(task_id="sync") >> [
        FreshnessCheckOperator(task_id="check_freshness"),
        TableauExportOperator(task_id="export_tableau"),
    ]
