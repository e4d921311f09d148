"""Brings the published day to the API.

Runs when `sales_warehouse` has published and checked a day (asset `gold`). Asks the API to copy gold into
Postgres (`POST /api/sync`, connection `sales_api`), then checks that the batch and the business date which
`GET /health/ready` names are those of `gold.current_batch`.
"""

from airflow.sdk import DAG

from warehouse import settings
from warehouse.assets import GOLD
from warehouse.serving import FreshnessCheckOperator, SyncServingOperator

with DAG(
    dag_id="sales_serving",
    description="Brings the published day to the API: sync, then check what it serves",
    doc_md=__doc__,
    schedule=[GOLD],
    start_date=settings.START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=settings.DEFAULT_ARGS,
    tags=[settings.TAG_SERVING],
):
    SyncServingOperator(task_id="sync") >> FreshnessCheckOperator(task_id="check_freshness")
