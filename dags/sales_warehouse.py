"""Loads a day into the warehouse.

One run is one batch: it loads the drop in `source_dir` for one business date. The business date is in the run's note
and in the events of its assets.

1. `wait_for_drop` waits until the drop is complete: all its files, and either unchanged sizes for a while or a
   `_SUCCESS` file beside them. Only scheduled runs wait; when the time is up, the task fails and names the missing
   files.
2. `open_batch` opens the batch, or opens it again in a repeated run. It first waits for another run that is loading.
3. `stage` reads the files strictly and writes the landing copy; `register_landing` loads its manifest and its
   rejected lines. The files of another business date are refused.
4. `bronze` loads the files as delivered, `silver` cleanses and converts them, each table after its file.
5. `reconcile` fails if a row is unaccounted for or too many were rejected. If WAREHOUSE_APPROVE_REJECTS is set,
   `approve_rejects` asks a person first.
6. `publish` checks the day against the days before, loads the integrated tables and checks gold, in one transaction, so
   readers never see half a day. A day that fails a check and is right is loaded by a new run that waives the check.
7. `gold_checks` shows the checks, `close_batch` closes the batch, the asset `gold` starts `sales_serving`.
8. `sync_monitoring` lets the API's page `/dashboards/warehouse` show the batch, a good one or a failed one. If the API
   does not answer, the run keeps its state.

**If a task fails**, the first lines of its log name the fault, its place and the remedy. `fail_batch` closes the batch
as failed and is red. Remove the cause and clear the failed tasks, all or one: the batch is opened again.
Errors that pass by themselves, such as a restart of the server, are retried for about eleven minutes.

A scheduled or backfilled day that is older than the latest published day is loaded as history: rows that silver lacks
are added, and neither gold nor the API changes its day.

Every row is accounted for in `gold.load_reconciliation`; the rejected rows are in `gold.rejected_rows`.
"""

from airflow.sdk import DAG, Param, TaskGroup, chain
from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from warehouse import notifications, settings
from warehouse.approval import ApproveRejectsOperator
from warehouse.assets import BRONZE, FILES, GOLD, SILVER, VIEWS
from warehouse.defaults import DEFAULT_ARGS, schedule
from warehouse.drop import WaitForDropOperator
from warehouse.operators import (
    BATCH_ID,
    OPEN_BATCH,
    RECONCILE,
    SOURCE_DIR,
    SYNC_MONITORING,
    BatchOperator,
    CloseBatchOperator,
    FailBatchOperator,
    OpenBatchOperator,
    PublishOperator,
    RegisterLandingOperator,
    StageOperator,
)
from warehouse.quality import gold_checks
from warehouse.serving import SyncMonitoringOperator
from warehouse.sources import SOURCE_FILES

RUNS_AT_ONCE = 4
"""Runs that may wait for their drops or for each other; only one loads at a time."""

late_after = settings.late_after()

with DAG(
    dag_id="sales_warehouse",
    description="Loads a day: wait for the drop, open batch, stage, bronze, silver, publish, gold checks, close batch",
    doc_md=__doc__,
    schedule=schedule(settings.cron()),
    start_date=settings.start_date(),
    catchup=False,
    max_active_runs=RUNS_AT_ONCE,
    default_args=DEFAULT_ARGS,
    on_failure_callback=notifications.day_failed,
    on_success_callback=notifications.day_succeeded,
    deadline=DeadlineAlert(
        reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
        interval=late_after,
        callback=AsyncCallback(notifications.day_is_late),
        name="published in time",
    )
    if late_after and settings.cron()
    else None,
    tags=[settings.TAG_WAREHOUSE],
    params={
        "business_date": Param(
            None,
            type=["string", "null"],
            format="date",
            title="Business date",
            description=f"The day that the drop belongs to. Empty: the date of the run in {settings.timezone()}",
        ),
        "source_dir": Param(
            settings.source_dir(),
            type=["string", "null"],
            title="Drop",
            description="Absolute path of the folder of source_crm and source_erp; {{ ds }} is the business date",
            examples=[path for path in (settings.source_dir(), "/drops/{{ ds }}") if path],
        ),
        "dry_run": Param(
            False,
            type="boolean",
            title="Dry run",
            description="Stage, load, reconcile and check the day, and roll the publish back",
        ),
        "reject_limit_percent": Param(
            1,
            type="number",
            minimum=0,
            maximum=100,
            title="Reject limit, percent",
            description="The share of all rows that may be rejected before the day fails",
            section="Limits",
        ),
        "wait_minutes": Param(
            None,
            type=["number", "null"],
            minimum=0,
            title="Wait for the drop, minutes",
            description="Empty: a run of the schedule waits WAREHOUSE_DROP_WAIT_MINUTES, any other run does not wait",
            section="Limits",
        ),
        "replay": Param(
            False,
            type="boolean",
            title="Replay",
            description="Load a day older than the latest published one: gold and the API then show it",
            section="On purpose",
        ),
        "same_drop": Param(
            False,
            type="boolean",
            title="Same drop",
            description="Load the day although another day was published from the same files",
            section="On purpose",
        ),
        "waive": Param(
            [],
            type="array",
            items={"type": "string"},
            title="Waive checks",
            description="Checks that the day need not pass, one a line, by the names that the failed run gave, or all",
            section="On purpose",
        ),
        "waive_reason": Param(
            None,
            type=["string", "null"],
            title="Reason of the waiver",
            description="Why the day is right nevertheless. Your name and the reason are kept in gold.waivers",
            section="On purpose",
        ),
    },
):
    wait_for_drop = WaitForDropOperator(
        task_id="wait_for_drop",
        doc_md="Waits until the drop of the day is complete. A manual run waits only if it sets wait_minutes.",
    )
    open_batch = OpenBatchOperator(
        task_id=OPEN_BATCH,
        doc_md="Opens the batch of this run; it waits while another run is loading. Refuses a day older than the "
        "latest published one, unless it is a replay, and a day in the future.",
    )
    stage = StageOperator(
        task_id="stage",
        batch_id=BATCH_ID,
        source_dir=SOURCE_DIR,
        outlets=list(FILES.values()),
        doc_md="Reads the files strictly as UTF-8 CSV. A faulty file fails here; the log names line and column.",
    )
    register_landing = RegisterLandingOperator(
        task_id="register_landing",
        doc_md="Loads the manifest and the rejected lines into SQL Server. The files of another business date are "
        "refused.",
    )

    with TaskGroup("bronze", tooltip="The files as delivered, with their line numbers"):
        bronze = [
            BatchOperator(
                task_id=source.table,
                procedure="bronze.load_table",
                parameters={"source_table": source.table},
                inlets=[FILES[source.table]],
                outlets=[BRONZE[source.table]],
                doc_md=f"BULK INSERT of `{source.path}`; every row of the manifest must arrive.",
            )
            for source in SOURCE_FILES
        ]

    with TaskGroup("silver", tooltip="Cleansed and converted; bad rows are rejected with a reason"):
        silver = [
            BatchOperator(
                task_id=source.table,
                procedure="silver.load_table",
                parameters={"source_table": source.table},
                inlets=[BRONZE[source.table]],
                outlets=[SILVER[source.table]],
                doc_md=f"`silver.{source.table}`, cleansed and converted. Rejected rows are in `gold.rejected_rows`.",
            )
            for source in SOURCE_FILES
        ]

    reconcile = BatchOperator(
        task_id=RECONCILE,
        procedure="etl.reconcile",
        doc_md="Every row is accounted for, and no more were rejected than the limit allows. If more were, the "
        "log names the commonest reasons: get a right drop, or run with a higher limit.",
    )
    publish = PublishOperator(
        task_id="publish",
        inlets=list(SILVER.values()),
        doc_md="Loads customers, products and sales and runs the checks of gold in one transaction. A failed check "
        "rolls it back: readers still see the day before.",
    )

    with TaskGroup("gold_checks", tooltip="The day that gold now shows"):
        checks = gold_checks()

    close_batch = CloseBatchOperator(
        inlets=VIEWS,
        outlets=[GOLD],
        doc_md="Closes the batch; the asset `gold` starts `sales_serving`. Skipped if there is nothing new to serve.",
    )
    fail_batch = FailBatchOperator(
        task_id="fail_batch",
        doc_md="Green: it had nothing to do. Red: it closed the batch as failed, because another task failed.",
    )

    sync_monitoring = SyncMonitoringOperator(
        task_id=SYNC_MONITORING,
        doc_md="The API copies batches, steps, rejected rows and checks, for /dashboards/warehouse.",
    )

    gate = (
        [
            ApproveRejectsOperator(
                task_id="approve_rejects",
                execution_timeout=None,
                doc_md="Asks a person if more rows were rejected than the limit allows: see *Required Actions*.",
            ),
            reconcile,
        ]
        if settings.approve_rejects()
        else [reconcile]
    )

    # chain() joins two lists of equal length pair by pair: each silver table waits for its own file only.
    chain(wait_for_drop, open_batch, stage, register_landing, bronze, silver, *gate, publish, checks, close_batch)
    close_batch >> fail_batch.as_teardown(setups=open_batch) >> sync_monitoring.as_teardown(setups=open_batch)
