"""Loads a day into the warehouse.

One run is one batch: the drop in `source_dir` becomes the data of the business date.

1. `open_batch` opens the batch, or opens it again when the run is repeated.
2. `stage` reads the six files strictly and writes the copy that SQL Server can load; `register_landing` hands
   over its manifest and the lines it rejected.
3. `bronze` loads the files as they are, `silver` cleanses and types them, each table once its file is in.
4. `reconcile` refuses a batch in which a row got lost or too many were rejected.
5. `publish` loads the integrated tables and checks gold in one transaction: readers see one day, whole.
6. `gold_checks` shows the checks, `close_batch` closes the batch, the asset `gold` starts `sales_serving`.

When a task fails, its log says why (of a bad drop: file, line and column), and `fail_batch` closes the batch
as failed. Clearing the failed task is enough to go on: Airflow clears `open_batch` with it, which opens the
same batch again.

Every row is accounted for in `gold.load_reconciliation`; the rows not loaded are in `gold.rejected_rows`.
"""

from airflow.sdk import DAG, Param, TaskGroup, chain

from warehouse import settings
from warehouse.assets import GOLD
from warehouse.operators import (
    BATCH_ID,
    OPEN_BATCH,
    SOURCE_DIR,
    CloseBatchOperator,
    FailBatchOperator,
    OpenBatchOperator,
    ProcedureOperator,
    RegisterLandingOperator,
    StageOperator,
)
from warehouse.quality import gold_checks
from warehouse.sources import SOURCE_FILES

with DAG(
    dag_id="sales_warehouse",
    description="Loads a day: open batch, stage, bronze, silver, publish, gold checks, close batch",
    doc_md=__doc__,
    schedule=settings.schedule(),
    start_date=settings.START_DATE,
    catchup=False,
    max_active_runs=1,
    default_args=settings.DEFAULT_ARGS,
    tags=[settings.TAG_WAREHOUSE],
    params={
        "business_date": Param(
            settings.business_date(),
            type=["string", "null"],
            format="date",
            description="The day the drop belongs to; empty: the date of the run",
        ),
        "source_dir": Param(
            settings.source_dir(),
            type=["string", "null"],
            description="Absolute path of the drop, the folder that holds source_crm and source_erp",
        ),
        "replay": Param(
            False, type="boolean", description="Load a day older than the latest published one, on purpose"
        ),
        "reject_limit": Param(
            0.01,
            type="number",
            minimum=0,
            maximum=1,
            description="The share of all rows that may be rejected before the batch fails",
        ),
    },
):
    open_batch = OpenBatchOperator(task_id=OPEN_BATCH)
    stage = StageOperator(task_id="stage", batch_id=BATCH_ID, source_dir=SOURCE_DIR)
    register_landing = RegisterLandingOperator(task_id="register_landing")

    with TaskGroup("bronze", tooltip="The files as they are, with their line numbers"):
        bronze = [
            ProcedureOperator(
                task_id=source.table,
                procedure=f"bronze.load_{source.table}",
                parameters={"batch_id": BATCH_ID},
            )
            for source in SOURCE_FILES
        ]

    with TaskGroup("silver", tooltip="Cleansed and typed, bad rows rejected with a reason"):
        silver = [
            ProcedureOperator(
                task_id=source.table,
                procedure=f"silver.load_{source.table}",
                parameters={"batch_id": BATCH_ID},
            )
            for source in SOURCE_FILES
        ]

    reconcile = ProcedureOperator(task_id="reconcile", procedure="etl.reconcile", parameters={"batch_id": BATCH_ID})
    publish = ProcedureOperator(task_id="publish", procedure="etl.publish", parameters={"batch_id": BATCH_ID})

    with TaskGroup("gold_checks", tooltip="What readers of gold now see"):
        checks = gold_checks()

    close_batch = CloseBatchOperator(task_id="close_batch", outlets=[GOLD])
    fail_batch = FailBatchOperator(task_id="fail_batch", closed_by="close_batch")

    # chain() joins two lists of equal length pair by pair: each silver table waits for its own file only.
    chain(open_batch, stage, register_landing, bronze, silver, reconcile, publish, checks, close_batch)
    close_batch >> fail_batch.as_teardown(setups=open_batch)
