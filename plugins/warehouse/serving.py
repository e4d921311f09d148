"""The operators of the sync: start it in the API, check that the API serves the published day, show it the load."""

import logging
from typing import TYPE_CHECKING, Any

import httpx
from airflow.providers.common.sql.operators.sql import BaseSQLOperator
from airflow.sdk import BaseHook, BaseOperator, Context
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from warehouse import failures, settings

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage

HEALTH_TIMEOUT = 30.0
PUBLISHED = """
SELECT batch_id, business_date, CONVERT(NVARCHAR(30), published_at, 126) AS published_at
FROM gold.current_batch"""


def request(
    method: str, path: str, timeout: float, body: dict[str, Any] | None = None, conn_id: str = settings.API
) -> dict[str, Any]:
    """Call the API of an Airflow connection, with its password as X-API-Key, and return the JSON of the answer.

    ``body`` is sent as JSON.

    Raises AirflowFailException when the connection is incomplete or the key is refused, AirflowException for any
    other answer but 2xx and without an answer within ``timeout`` seconds; both contain the API's message.
    """
    connection = BaseHook.get_connection(conn_id)
    if not (connection.schema and connection.host and connection.port and connection.password):
        raise AirflowFailException(f"The connection {conn_id} needs schema, host, port and password (the API's key).")
    url = f"{connection.schema}://{connection.host}:{connection.port}{path}"
    try:
        response = httpx.request(method, url, headers={"X-API-Key": connection.password}, json=body, timeout=timeout)
    except httpx.HTTPError as error:
        raise AirflowException(f"{method} {url}: no answer: {error!r}") from error
    if response.is_success:
        answer: dict[str, Any] = response.json()
        return answer
    failure = AirflowFailException if response.status_code in (401, 403) else AirflowException
    raise failure(f"{method} {url}: {response.status_code} {response.reason_phrase}: {response.text[:2000]}")


def _ask(
    method: str, path: str, timeout: float, log: failures.Log, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Call the API as ``request`` does, and log the reason of a refusal."""
    try:
        return request(method, path, timeout, body)
    except AirflowException as error:
        failures.log_lines(log, logging.ERROR, str(error))
        raise


class _ReaderOperator(BaseSQLOperator):
    """Reads the published batch. Its connection goes to the primary, because a read replica may lag."""

    def __init__(self, *, conn_id: str = settings.READER, **kwargs: Any) -> None:
        super().__init__(conn_id=conn_id, **kwargs)

    def published(self) -> dict[str, Any] | None:
        """Return batch, business date and time of the last publish; None if nothing is published."""
        row = self.get_db_hook().get_first(PUBLISHED)
        return {"batch_id": row[0], "business_date": str(row[1]), "published_at": row[2]} if row else None


class SyncServingOperator(_ReaderOperator):
    """Makes the API copy gold into Postgres (POST /api/sync) and returns its answer.

    The API may read a replica. The request names the published batch, and the API refuses to copy another one.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows: dict[str, int] = {}

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> "OperatorLineage[Any, Any]":
        """Return the views of gold and the tables that the API serves."""
        from warehouse import lineage

        return lineage.of_sync(self.rows)

    def execute(self, context: Context) -> dict[str, Any]:
        """Sync; a refused key fails the task at once, any other error is retried."""
        timeout = self.execution_timeout.total_seconds() if self.execution_timeout else HEALTH_TIMEOUT
        published = self.published()
        body = {key: published[key] for key in ("batch_id", "published_at")} if published else {"batch_id": 0}
        answer = _ask("POST", "/api/sync", timeout, self.log, body)
        for name, value in answer.items():
            self.log.info("%s: %s", name, value)
        self.rows = answer["rows"]
        return answer


class SyncMonitoringOperator(BaseOperator):
    """Makes the API copy the monitoring views, whatever became of the load (POST /api/sync/monitoring)."""

    def execute(self, context: Context) -> dict[str, Any]:
        """Return the API's answer; a refused key fails the task at once, any other error is retried."""
        timeout = self.execution_timeout.total_seconds() if self.execution_timeout else HEALTH_TIMEOUT
        answer = _ask("POST", "/api/sync/monitoring", timeout, self.log)
        self.log.info(
            "The API has copied %s of %s batches; /dashboards/warehouse shows them.",
            answer["changed_batches"],
            answer["batches"],
        )
        return answer


class FreshnessCheckOperator(_ReaderOperator):
    """Fails unless GET /health/ready names the batch and the day of gold.current_batch; skipped without one.

    If another day was published after the run's ``sync``, the API must serve the batch that this ``sync`` copied. It
    does not wait for the newer day, because that day's own run of the DAG comes after this one.
    """

    def execute(self, context: Context) -> dict[str, Any]:
        """Return the served batch and business date."""
        published = self.published()
        if published is None:
            raise AirflowSkipException("Nothing is published: there is nothing to serve.")
        wanted = {key: published[key] for key in ("batch_id", "business_date")}
        health = _ask("GET", "/health/ready", HEALTH_TIMEOUT, self.log)
        served = {key: health.get(key) for key in wanted}
        self.log.info("Published: %s, served: %s", wanted, served)
        copied = context["ti"].xcom_pull(task_ids="sync") or {}
        if served != wanted and served["batch_id"] == copied.get("batch_id"):
            self.log.info("Gold shows %s since the sync; the next run copies it.", _words(wanted))
        elif served != wanted:
            raise failures.transient(
                f"The API serves {_words(served)}, but gold shows {_words(wanted)}.\n"
                "The log of the task `sync` names the batch that it copied. Clear `sync` to copy again.",
                self.log,
            )
        describe_served(context, served)
        return served


def _words(day: dict[str, Any]) -> str:
    return f"batch {day['batch_id']} of {day['business_date']}"


def describe_served(context: Context, served: dict[str, Any]) -> None:
    """Add the served batch and day to the events of the task's assets."""
    for outlet in context["task"].outlets:
        event = context["outlet_events"][outlet]
        event.extra = {"batch_id": served["batch_id"], "business_date": str(served["business_date"])}
        event.add_partitions(str(served["business_date"]))
