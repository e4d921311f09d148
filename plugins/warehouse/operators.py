"""The operators of a load: procedure calls over ODBC, opening and closing a batch, staging, deployment.

`failures` decides whether an error is retried. All calls of one run belong to one batch, which `etl.open_batch` opens,
and opens again, under the id of the run. So any task can be cleared in Airflow.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pyodbc
from airflow.providers.common.sql.hooks.sql import DbApiHook
from airflow.providers.common.sql.operators.sql import BaseSQLOperator
from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger
from airflow.sdk import BaseHook, BaseOperator, Context
from airflow.sdk.exceptions import AirflowException, AirflowRuntimeError, AirflowSkipException

from warehouse import failures, settings
from warehouse.day import Day, now, today
from warehouse.deploy import DeployError, deploy
from warehouse.execution import WarehouseError, run_batch
from warehouse.staging import StagingError, stage

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage

NOT_PUBLISHED = 50004
"""Error number: a batch to be closed as succeeded was not published."""
BATCH_NOT_OPEN = 50005
"""Error number: the procedure was called for a closed batch."""
TABLE_OF_ANOTHER = 50006
"""Error number: a table that the procedure reads holds another batch."""

OPEN_BATCH = "open_batch"
CLOSE_BATCH = "close_batch"
RECONCILE = "reconcile"
SYNC_MONITORING = "sync_monitoring"
BATCH_ID = f"{{{{ ti.xcom_pull(task_ids='{OPEN_BATCH}', key='batch_id') }}}}"
"""Template of the id of the run's batch, as the task ``open_batch`` returned it."""
SOURCE_DIR = f"{{{{ ti.xcom_pull(task_ids='{OPEN_BATCH}', key='source_dir') }}}}"
"""Template of the folder of the run's drop, as the task ``open_batch`` returned it."""

SECONDS_BETWEEN_TURNS = 10
"""Seconds between two checks of a run that waits for another load."""


class ProcedureOperator(BaseSQLOperator):
    """Executes a stored procedure and returns the last row of its results, its row counts, as a dict.

    :param procedure: schema and name of the procedure
    :param parameters: its parameters by name, without @; values may be templates
    """

    template_fields: Sequence[str] = ("parameters", *BaseSQLOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {"parameters": "json"}
    ui_color = "#e8f1fb"

    def __init__(
        self,
        *,
        procedure: str,
        parameters: Mapping[str, object],
        conn_id: str = settings.LOADER,
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=conn_id, **kwargs)
        self.procedure = procedure
        self.parameters = parameters

    def execute(self, context: Context) -> Any:
        """Call the procedure; raises AirflowException for an error that passes by itself, else AirflowFailException."""
        try:
            return self.call(self.procedure, self.parameters)
        except WarehouseError as error:
            raise failures.of_warehouse(error, self.procedure, self.log) from None

    def call(
        self, procedure: str, parameters: Mapping[str, object], output: Mapping[str, str] | None = None
    ) -> dict[str, object] | None:
        """Call a procedure over the operator's connection; raises WarehouseError.

        ``output`` has the names and T-SQL types of the procedure's OUTPUT parameters.
        """
        declarations = "".join(f"DECLARE @{name} {kind}; " for name, kind in (output or {}).items())
        arguments = [f"@{name} = ?" for name in parameters] + [f"@{name} = @{name} OUTPUT" for name in output or {}]
        sql = f"{declarations}EXEC {procedure} {', '.join(arguments)};"
        self.log.info("EXEC %s %s", procedure, ", ".join(f"@{name} = {value}" for name, value in parameters.items()))
        with closing(self._connect()) as connection, closing(connection.cursor()) as cursor:
            return run_batch(cursor, sql, list(parameters.values()), logging.getLogger(self.log.name))

    def _connect(self) -> pyodbc.Connection:
        hook = self.get_db_hook()
        try:
            connection: pyodbc.Connection = hook.get_conn()
        except pyodbc.Error as error:
            failure = WarehouseError.from_odbc(error)
            where = f"connection {self.conn_id} to {hook.connection.host}"
            raise WarehouseError(f"{where}: {failure.message}", failure.number, failure.sqlstate) from error
        connection.autocommit = True  # the procedures open their transactions themselves
        if self.execution_timeout is not None:  # Airflow's own timeout cannot interrupt the driver
            connection.timeout = int(self.execution_timeout.total_seconds())
        return connection


def describe_outlets(context: Context, counts: Any = None) -> None:
    """Add batch, business date and counts to the events of the task's assets; also a `post_execute` hook.

    :param counts: row counts as a dict; anything else, such as the result of a check, is left out
    """
    ti = context["ti"]
    batch_id, business_date = (ti.xcom_pull(task_ids=OPEN_BATCH, key=key) for key in ("batch_id", "business_date"))
    for outlet in context["task"].outlets:
        event = context["outlet_events"][outlet]
        event.extra = {
            "batch_id": batch_id,
            "business_date": business_date,
            **(counts if isinstance(counts, dict) else {}),
        }
        event.add_partitions(business_date)


class BatchOperator(ProcedureOperator):
    """Executes a procedure for the run's batch, and opens the batch again if it is closed.

    A failed run has closed its batch. Clearing only its failed tasks does not clear `open_batch`, which succeeded, so
    each call opens a closed batch itself.
    """

    def __init__(self, *, procedure: str, parameters: Mapping[str, object] | None = None, **kwargs: Any) -> None:
        super().__init__(procedure=procedure, parameters={"batch_id": BATCH_ID, **(parameters or {})}, **kwargs)
        self.counts: Mapping[str, Any] = {}

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> "OperatorLineage[Any, Any]":
        """Return the tables of the task's assets with the row counts of the procedure."""
        from warehouse import lineage

        source_dir = task_instance.xcom_pull(task_ids=OPEN_BATCH, key="source_dir")
        return lineage.of_tables(self.inlets, self.outlets, source_dir, self.counts)

    def execute(self, context: Context) -> dict[str, object] | None:
        """Call the procedure; raises as ProcedureOperator does."""
        try:
            row = self.call_for_batch(context, self.procedure, self.parameters_of(context))
        except WarehouseError as error:
            if error.number == TABLE_OF_ANOTHER:
                error.message += (
                    "\nIn Airflow: clear open_batch of this run with all downstream, to load its drop again."
                )
            raise failures.of_warehouse(error, self.procedure, self.log) from None
        self.counts = row or {}
        describe_outlets(context, row)
        return row

    def parameters_of(self, context: Context) -> Mapping[str, object]:
        """Return the parameters of the call in this run."""
        return self.parameters

    def call_for_batch(
        self, context: Context, procedure: str, parameters: Mapping[str, object]
    ) -> dict[str, object] | None:
        """Call a procedure for the run's batch, opened again if it is closed; raises WarehouseError.

        Raises AirflowException, so that the task is retried, if another run is loading meanwhile.
        """
        try:
            return self.call(procedure, parameters)
        except WarehouseError as error:
            if error.number != BATCH_NOT_OPEN:
                raise
        others = runs_at_work(context)
        if others:
            raise failures.transient(
                f"The batch is closed, and {', '.join(others)} is loading.\nThis task is retried later.", self.log
            )
        self.log.info("The batch is closed: opening it again.")
        self.open(context)
        return self.call(procedure, parameters)

    def open(self, context: Context) -> dict[str, Any]:
        """Open the batch of the run, or open it again; returns the answer of etl.open_batch. Raises WarehouseError."""
        day = Day.of(context)
        row = self.call(
            "etl.open_batch",
            {
                "run_id": context["dag_run"].run_id,
                "business_date": day.business_date,
                "source_dir": str(day.source_dir),
                "replay": day.replay,
                "reject_limit": day.reject_limit,
                "same_drop": day.same_drop,
                "history": day.history,
                "today": today(),
            },
            {"batch_id": "INT"},
        )
        if row is None:
            raise AirflowException("etl.open_batch answered without a batch_id")
        return row


class OpenBatchOperator(BatchOperator):
    """Opens the batch of this DAG run once no other run is loading; a repeated run opens its batch again.

    Returns batch_id, business_date, source_dir and opened_at, each as an XCom of its own. Runs of the DAG
    may overlap while they wait for their drops, but they load one after another: by `max_active_tis_per_dag` only one
    of them at a time looks for loading runs and opens its batch.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            procedure="etl.open_batch", parameters={}, multiple_outputs=True, max_active_tis_per_dag=1, **kwargs
        )

    def execute(self, context: Context, event: object = None) -> dict[str, object]:
        """Open the batch, or reschedule; raises AirflowFailException if the day cannot be loaded."""
        day = Day.of(context)
        try:
            others = runs_at_work(context)
            if others:
                self.log.info("Waiting for %s, which is loading.", ", ".join(others))
                trigger = TimeDeltaTrigger(timedelta(seconds=SECONDS_BETWEEN_TURNS))
                self.defer(trigger=trigger, method_name="execute")
            row = self.open(context)
            try:
                self._waive(context, row["batch_id"], day)
            except WarehouseError:  # without this task's answer nothing else would close the batch
                self.call("etl.close_batch", {"batch_id": row["batch_id"], "status": "failed"})
                raise
        except WarehouseError as error:
            raise failures.of_warehouse(error, self.procedure, self.log) from None
        if row["is_history"]:
            failures.log_lines(
                self.log,
                logging.WARNING,
                f"{day.business_date} is older than {row['latest_published']}, the latest published day.\n"
                "It is loaded as history: rows that silver lacks are added; gold and the API keep their day.",
            )
        return {
            "batch_id": row["batch_id"],
            "business_date": day.business_date.isoformat(),
            "source_dir": str(day.source_dir),
            "opened_at": now().isoformat(),
        }

    def _waive(self, context: Context, batch_id: int, day: Day) -> None:
        if not day.waive:
            return
        self.call(
            "etl.waive_checks",
            {
                "batch_id": batch_id,
                "check_names": ";".join(day.waive),
                "waived_by": context["dag_run"].triggering_user_name or "unknown",
                "reason": day.waive_reason,
            },
        )


def reader() -> DbApiHook:
    """Return the hook of the connection that reads gold."""
    hook: DbApiHook = BaseHook.get_connection(settings.READER).get_hook()  # type: ignore[no-untyped-call]
    return hook


def runs_at_work(context: Context) -> list[str]:
    """Return the ids of other runs of this DAG that are loading; raises WarehouseError.

    Such a run has an open batch and has passed its task ``open_batch``. Other open batches block no run, because the
    procedures keep batches apart: those whose run has ended or must open its batch again, and those opened by hand.
    """
    run, ti = context["dag_run"], context["ti"]
    try:
        rows = reader().get_records("SELECT run_id FROM gold.load_batches WHERE status = N'running'")
    except pyodbc.Error as error:
        raise WarehouseError.from_odbc(error) from error
    others = [run_id for (run_id,) in rows if run_id != run.run_id]
    return [run_id for run_id in others if _is_loading(ti, run.dag_id, run_id)]


def _is_loading(ti: Any, dag_id: str, run_id: str) -> bool:
    try:
        if ti.get_dagrun_state(dag_id, run_id) != "running":
            return False
    except AirflowRuntimeError:  # not an Airflow run
        return False
    states = ti.get_task_states(dag_id=dag_id, task_ids=[OPEN_BATCH], run_ids=[run_id])
    return bool(states.get(run_id, {}).get(OPEN_BATCH) == "success")


class PublishOperator(BatchOperator):
    """Publishes the batch; a dry run loads and checks the day in the same way and rolls it back."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(procedure="etl.publish", **kwargs)

    def parameters_of(self, context: Context) -> Mapping[str, object]:
        """Return the parameters of the call in this run."""
        return {**self.parameters, "dry_run": Day.of(context).dry_run}

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> "OperatorLineage[Any, Any]":
        """Return the tables that the publish loaded, and the checks of the day."""
        from warehouse import lineage

        dry_run = Day.of(task_instance.get_template_context()).dry_run
        return lineage.of_publish(int(str(self.parameters["batch_id"])), committed=not dry_run)

    def get_openlineage_facets_on_failure(self, task_instance: Any) -> "OperatorLineage[Any, Any]":
        """Return the checks of the day, which may have stopped the publish."""
        from warehouse import lineage

        return lineage.of_publish(int(str(self.parameters["batch_id"])), committed=False)


def status_of_success(context: Context) -> str:
    """Return the status with which the batch of a run without a failure is closed."""
    return "checked" if Day.of(context).dry_run else "succeeded"


def is_shown(context: Context) -> bool:
    """Return whether gold shows the run's batch after its publish: not after a dry run, nor as history.

    This reads the warehouse, because a batch that is opened again may have become history.
    """
    if Day.of(context).dry_run:
        return False
    batch_id = context["ti"].xcom_pull(task_ids=OPEN_BATCH, key="batch_id")
    row = reader().get_first("SELECT is_history FROM gold.load_batches WHERE batch_id = ?", parameters=(batch_id,))
    return row is not None and not row[0]


def skip_unless_shown(context: Context) -> None:
    """Skip a task about gold if gold does not show this run's day; a `pre_execute` hook."""
    if not is_shown(context):
        raise AirflowSkipException("Gold does not show this day: it is history, or this is a dry run.")


class CloseBatchOperator(BatchOperator):
    """Closes the batch and adds its batch and business date to the asset's event.

    A dry run is closed as checked. If gold does not show the day, the task ends as skipped, so that the asset has no
    event and no sync starts.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(procedure="etl.close_batch", task_id=CLOSE_BATCH, trigger_rule="none_failed", **kwargs)

    def execute(self, context: Context) -> Any:
        """Close the batch; returns the time at which the task ``open_batch`` opened it."""
        ti = context["ti"]
        status = status_of_success(context)
        try:
            self.call_for_batch(context, self.procedure, {**self.parameters, "status": status})
        except WarehouseError as error:
            raise failures.of_warehouse(error, self.procedure, self.log) from None
        opened_at = ti.xcom_pull(task_ids=OPEN_BATCH, key="opened_at")
        if not is_shown(context):
            ti.xcom_push(key="return_value", value=opened_at)
            raise AirflowSkipException(f"The batch is closed as {status}; there is nothing new to serve.")
        counts = ti.xcom_pull(task_ids=RECONCILE) or {}
        describe_outlets(context, {"rows": counts.get("rows_read"), "rejects": counts.get("rows_rejected")})
        return opened_at


class FailBatchOperator(BatchOperator):
    """Closes the batch of a run with a failed task, and then fails itself, so that its colour shows the batch's status.

    As a teardown of `open_batch` it runs once all other tasks have ended, whatever their state, and never without a
    batch. Because it is red, it is cleared with the other failed tasks. If single tasks were cleared in a run that had
    succeeded, it closes the batch as succeeded again.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(procedure="etl.close_batch", **kwargs)

    def execute(self, context: Context) -> None:
        """Close the batch if it is open; raises AirflowFailException if it closed the batch as failed."""
        ti, run = context["ti"], context["dag_run"]
        states: dict[str, str] = ti.get_task_states(dag_id=run.dag_id, run_ids=[run.run_id])[run.run_id]
        loading = {task: state for task, state in states.items() if task not in (self.task_id, SYNC_MONITORING)}
        failed = sorted(task for task, state in loading.items() if state == "failed")
        stopped = [task for task, state in loading.items() if state == "upstream_failed"]
        try:
            if failed or stopped:
                self._close_failed(failed, stopped)
            elif ti.xcom_pull(task_ids=CLOSE_BATCH) == ti.xcom_pull(task_ids=OPEN_BATCH, key="opened_at"):
                self.log.info("The batch is closed: nothing to do.")
            else:
                self._close_succeeded(context)
        except WarehouseError as error:
            raise failures.of_warehouse(error, self.procedure, self.log) from None

    def _close_succeeded(self, context: Context) -> None:
        status = status_of_success(context)
        try:
            self.call(self.procedure, {**self.parameters, "status": status})
        except WarehouseError as error:
            if error.number != NOT_PUBLISHED:
                raise
            self._close_failed([], [])  # the run was ended by hand before the publish

    def _close_failed(self, failed: Sequence[str], stopped: Sequence[str]) -> None:
        self.call(self.procedure, {**self.parameters, "status": "failed"})
        after = f", and {len(stopped)} tasks after it did not run" if stopped else ""
        why = f"{', '.join(failed)} failed{after}" if failed else "its run ended before the day was published"
        raise failures.final(
            f"Batch {self.parameters['batch_id']} is closed as failed: {why}.\n"
            "Its log gives the reason. Remove the cause, then clear the failed tasks: the batch is opened again.",
            self.log,
        )


class StageOperator(BaseOperator):
    """Stages the drop into the batch's landing folder and returns the manifest, file by file."""

    template_fields: Sequence[str] = ("batch_id", "source_dir")
    ui_color = "#fdf3e0"

    def __init__(self, *, batch_id: str, source_dir: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.batch_id = batch_id
        self.source_dir = source_dir
        self.staged: list[dict[str, Any]] = []

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> "OperatorLineage[Any, Any]":
        """Return the files of the drop."""
        from warehouse import lineage

        return lineage.of_files(self.source_dir, self.staged)

    def execute(self, context: Context) -> list[dict[str, Any]]:
        """Stage; raises AirflowFailException that names file, line and column of a fault."""
        landing = settings.landing_dir(int(self.batch_id))
        self.log.info("Staging %s into %s", self.source_dir, landing)
        try:
            manifest = stage(Path(self.source_dir), landing)
        except StagingError as error:
            raise failures.final(str(error), self.log) from None
        describe_outlets(context)
        self.staged = [asdict(file) for file in manifest.files]
        return self.staged


class RegisterLandingOperator(BatchOperator):
    """Loads the manifest and the rejected lines of the batch's landing folder into SQL Server."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(procedure="etl.register_landing", **kwargs)

    def parameters_of(self, context: Context) -> Mapping[str, object]:
        """Return the batch and its landing folder, as SQL Server sees it."""
        batch_id = int(str(self.parameters["batch_id"]))
        return {**self.parameters, "landing_dir": settings.landing_dir_of_server(batch_id)}


class DeployOperator(BaseSQLOperator):
    """Deploys include/sql over an ODBC connection and returns the number of files."""

    def __init__(self, *, conn_id: str = settings.DEPLOYER, **kwargs: Any) -> None:
        super().__init__(conn_id=conn_id, **kwargs)

    def execute(self, context: Context) -> int:
        """Deploy; raises AirflowFailException that names the file and the line of the batch that failed."""
        try:
            return deploy(self.get_db_hook().odbc_connection_string)
        except DeployError as error:
            cause: BaseException | None = error
            while isinstance(cause, DeployError):
                cause = cause.__cause__
            if isinstance(cause, pyodbc.Error):
                cause = WarehouseError.from_odbc(cause)
            passes = isinstance(cause, WarehouseError) and failures.is_transient(cause)
            raise (failures.transient if passes else failures.final)(str(error), self.log) from None
