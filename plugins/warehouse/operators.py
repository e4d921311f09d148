"""The operators of the DAGs: procedure calls over ODBC, opening a batch, staging, deployment.

A complaint about data (a bad drop, an error that a procedure raised itself) fails the task at once, as no
retry would help; whatever else goes wrong, a lost connection or a deadlock, is left to the task's retries.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar

import pyodbc
from airflow.providers.common.sql.operators.sql import BaseSQLOperator
from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from warehouse import settings
from warehouse.deploy import DeployError, deploy
from warehouse.execution import WarehouseError, run_batch
from warehouse.staging import StagingError, stage

FIRST_OWN_ERROR = 50000
"""SQL Server leaves the numbers from here on to THROW: what the procedures complain about themselves."""
ANOTHER_PUBLISH_RUNS = 50013
"""The one of them that passes."""

OPEN_BATCH = "open_batch"
BATCH_ID = f"{{{{ ti.xcom_pull(task_ids='{OPEN_BATCH}', key='batch_id') }}}}"
SOURCE_DIR = f"{{{{ ti.xcom_pull(task_ids='{OPEN_BATCH}', key='source_dir') }}}}"
"""Templates of the id of the run's batch and of its drop, as the task ``open_batch`` returned them."""


class ProcedureOperator(BaseSQLOperator):
    """Executes a stored procedure and returns the last row it answers with, its row counts, as a dict.

    :param procedure: schema and name of the procedure
    :param parameters: its parameters by name, without @; values may be templates
    :param output_parameters: names and T-SQL types of OUTPUT parameters that the procedure insists on
    """

    template_fields: Sequence[str] = ("parameters", *BaseSQLOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {"parameters": "json"}
    ui_color = "#e8f1fb"

    def __init__(
        self,
        *,
        procedure: str,
        parameters: Mapping[str, object],
        output_parameters: Mapping[str, str] | None = None,
        conn_id: str = settings.LOADER,
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=conn_id, **kwargs)
        self.procedure = procedure
        self.parameters = parameters
        self.output_parameters = output_parameters or {}

    def execute(self, context: Context) -> dict[str, object] | None:
        """Call the procedure; raises AirflowFailException for its own complaints, AirflowException else."""
        return self.call(self.parameters)

    def call(self, parameters: Mapping[str, object]) -> dict[str, object] | None:
        """Call the procedure with these parameters."""
        sql, values = self._statement(parameters)
        self.log.info("EXEC %s %s", self.procedure, dict(parameters))
        try:
            with closing(self._connect()) as connection, closing(connection.cursor()) as cursor:
                row = run_batch(cursor, sql, values, logging.getLogger(self.log.name))
        except WarehouseError as error:
            number = error.number or 0
            final = number >= FIRST_OWN_ERROR and number != ANOTHER_PUBLISH_RUNS
            failure = AirflowFailException if final else AirflowException
            raise failure(f"{self.procedure}: {error}") from None  # it says all there is to know
        self.log.info("%s: %s", self.procedure, row)
        return row

    def _connect(self) -> pyodbc.Connection:
        hook = self.get_db_hook()
        try:
            connection: pyodbc.Connection = hook.get_conn()
        except pyodbc.Error as error:
            failure = WarehouseError.from_odbc(error)
            where = f"connection {self.conn_id} to {hook.connection.host}"
            raise WarehouseError(f"{where}: {failure.message}", failure.number) from error
        connection.autocommit = True  # the procedures open their transactions themselves
        if self.execution_timeout is not None:  # Airflow's own timeout cannot interrupt the driver
            connection.timeout = int(self.execution_timeout.total_seconds())
        return connection

    def _statement(self, parameters: Mapping[str, object]) -> tuple[str, list[object]]:
        declarations = "".join(f"DECLARE @{name} {kind}; " for name, kind in self.output_parameters.items())
        arguments = [f"@{name} = ?" for name in parameters]
        arguments += [f"@{name} = @{name} OUTPUT" for name in self.output_parameters]
        return f"{declarations}EXEC {self.procedure} {', '.join(arguments)};", list(parameters.values())


class OpenBatchOperator(ProcedureOperator):
    """Opens the batch of this DAG run from the run's params; a repeated run opens its batch again.

    Returns batch_id, business_date, source_dir and opened_at, each as an XCom of its own. Without a param
    for the business date it is the date of the run.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            procedure="etl.open_batch",
            parameters={},
            output_parameters={"batch_id": "INT"},
            multiple_outputs=True,
            **kwargs,
        )

    def execute(self, context: Context) -> dict[str, object]:
        """Open the batch; raises AirflowFailException when the drop's folder is not named absolutely."""
        params, run = context["params"], context["dag_run"]
        source_dir = params["source_dir"]
        if not source_dir or not Path(source_dir).is_absolute():
            raise AirflowFailException(
                f"source_dir is {source_dir!r}: name the drop's folder by an absolute path, "
                "in the run's params or in WAREHOUSE_SOURCE_DIR"
            )
        business_date = params["business_date"] or (run.logical_date or run.run_after).date().isoformat()
        row = self.call(
            {
                "run_id": run.run_id,
                "business_date": date.fromisoformat(business_date),
                "source_dir": source_dir,
                "replay": bool(params["replay"]),
                "reject_limit": float(params["reject_limit"]),
            }
        )
        if row is None:
            raise AirflowException("etl.open_batch answered without a batch_id")
        return {
            "batch_id": row["batch_id"],
            "business_date": business_date,
            "source_dir": source_dir,
            "opened_at": datetime.now(UTC).isoformat(),
        }


class CloseBatchOperator(ProcedureOperator):
    """Closes the batch as succeeded and tells the asset's consumers which batch and day it holds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            procedure="etl.close_batch", parameters={"batch_id": BATCH_ID, "status": "succeeded"}, **kwargs
        )

    def execute(self, context: Context) -> Any:
        """Close the batch; returns when the task ``open_batch`` had opened it."""
        self.call(self.parameters)
        ti = context["ti"]
        for outlet in self.outlets:
            context["outlet_events"][outlet].extra = {
                key: ti.xcom_pull(task_ids=OPEN_BATCH, key=key) for key in ("batch_id", "business_date")
            }
        return ti.xcom_pull(task_ids=OPEN_BATCH, key="opened_at")


class FailBatchOperator(ProcedureOperator):
    """Closes the batch as failed unless the task ``closed_by`` closed it; a teardown of open_batch.

    As a teardown it runs once all other tasks have ended, whatever became of them, and never without a batch;
    and who clears a failed task clears open_batch with it, which opens the batch again.
    """

    def __init__(self, *, closed_by: str, **kwargs: Any) -> None:
        super().__init__(procedure="etl.close_batch", parameters={"batch_id": BATCH_ID, "status": "failed"}, **kwargs)
        self.closed_by = closed_by

    def execute(self, context: Context) -> dict[str, object] | None:
        """Close the batch; raises AirflowSkipException when it succeeded since it was opened last."""
        ti = context["ti"]
        # An earlier success of this run does not count: the XCom outlives the task when it is cleared.
        closed = ti.xcom_pull(task_ids=self.closed_by)
        if closed is not None and closed == ti.xcom_pull(task_ids=OPEN_BATCH, key="opened_at"):
            raise AirflowSkipException("The batch succeeded.")
        return self.call(self.parameters)


class StageOperator(BaseOperator):
    """Stages the drop into the batch's landing folder and returns what the manifest says, file by file."""

    template_fields: Sequence[str] = ("batch_id", "source_dir")
    ui_color = "#fdf3e0"

    def __init__(self, *, batch_id: str, source_dir: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.batch_id = batch_id
        self.source_dir = source_dir

    def execute(self, context: Context) -> list[dict[str, object]]:
        """Stage; raises AirflowFailException that names file, line and column of what cannot be right."""
        landing = settings.landing_dir(int(self.batch_id))
        self.log.info("Staging %s into %s", self.source_dir, landing)
        try:
            manifest = stage(Path(self.source_dir), landing)
        except StagingError as error:
            raise AirflowFailException(f"The drop cannot be loaded:\n{error}") from None
        return [asdict(file) for file in manifest.files]


class RegisterLandingOperator(ProcedureOperator):
    """Has SQL Server take over the manifest and the rejected lines of the batch's landing folder."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(procedure="etl.register_landing", parameters={"batch_id": BATCH_ID}, **kwargs)

    def execute(self, context: Context) -> dict[str, object] | None:
        """Register the landing folder under the path by which SQL Server sees it."""
        batch_id = int(str(self.parameters["batch_id"]))
        return self.call({"batch_id": batch_id, "landing_dir": settings.landing_dir_of_server(batch_id)})


class DeployOperator(BaseSQLOperator):
    """Deploys include/sql over an ODBC connection and returns how many files that were."""

    def __init__(self, *, conn_id: str = settings.DEPLOYER, **kwargs: Any) -> None:
        super().__init__(conn_id=conn_id, **kwargs)

    def execute(self, context: Context) -> int:
        """Deploy; raises AirflowException that names the file and the line of the batch that failed."""
        try:
            return deploy(self.get_db_hook().odbc_connection_string)
        except DeployError as error:
            raise AirflowException(str(error)) from None
