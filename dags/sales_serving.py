"""Serves the published day: syncs it to the API, exports it for Tableau.

Runs when `sales_warehouse` has published and checked a day (asset `gold`); the run's partition key is the business
date. `sync` makes the API copy the published batch into Postgres (`POST /api/sync`, connections `sales_api` and
`warehouse_reader`); the API refuses while it reads a replica that does not show that batch yet. Then two independent
tasks run:

- `check_freshness` compares the batch and the business date of `GET /health/ready` with `gold.current_batch`.
- `export_tableau` writes `sales_warehouse-<day>.hyper` and `….twbx` into `EXPORTS_DIR` (connection
  `warehouse_reader`); if it fails, the earlier files stay.
"""

from airflow.sdk import DAG, AssetAll, PartitionedAssetTimetable

from warehouse import notifications, settings
from warehouse.assets import GOLD, SERVED, TABLEAU
from warehouse.defaults import DEFAULT_ARGS
from warehouse.serving import FreshnessCheckOperator, SyncServingOperator
from warehouse.tableau.operator import TableauExportOperator

with DAG(
    dag_id="sales_serving",
    description="Serves the published day: sync to the API, check the served day, export for Tableau",
    doc_md=__doc__,
    schedule=PartitionedAssetTimetable(assets=AssetAll(GOLD)),
    start_date=settings.start_date(),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=notifications.serving_failed,
    on_success_callback=notifications.serving_succeeded,
    tags=[settings.TAG_SERVING],
):
    SyncServingOperator(
        task_id="sync", inlets=[GOLD], doc_md="The API copies gold into Postgres and compares rows and sums with it."
    ) >> [
        FreshnessCheckOperator(
            task_id="check_freshness",
            inlets=[GOLD],
            outlets=[SERVED],
            doc_md="The API serves the day that gold shows.",
        ),
        TableauExportOperator(
            task_id="export_tableau",
            inlets=[GOLD],
            outlets=[TABLEAU],
            doc_md="The extract and the workbook for Tableau, which the API offers under /exports.",
        ),
    ]
