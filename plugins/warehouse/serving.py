"""The operators that bring gold to the API: ask it to sync, then check that it serves the published day."""

import logging
from typing import Any

import httpx
from airflow.providers.common.sql.operators.sql import BaseSQLOperator
from airflow.sdk import BaseHook, BaseOperator, Context
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from warehouse import failures, settings

HEALTH_TIMEOUT = 30.0


def request(method: str, path: str, timeout: float, conn_id: str = settings.API) -> dict[str, Any]:
    """Call the API of an Airflow connection, its password as X-API-Key, and return the JSON of the answer.

    Raises AirflowFailException when the connection is incomplete or the key is refused, AirflowException for any
    other answer but 2xx and when there is none within ``timeout`` seconds; both say what the API said.
    """
    connection = BaseHook.get_connection(conn_id)
    if not (connection.schema and connection.host and connection.port and connection.password):
        raise AirflowFailException(f"The connection {conn_id} needs schema, host, port and password (the API's key).")
    url = f"{connection.schema}://{connection.host}:{connection.port}{path}"
    try:
        response = httpx.request(method, url, headers={"X-API-Key": connection.password}, timeout=timeout)
    except httpx.HTTPError as error:
        raise AirflowException(f"{method} {url}: no answer: {error!r}") from error
    if response.is_success:
        answer: dict[str, Any] = response.json()
        return answer
    failure = AirflowFailException if response.status_code in (401, 403) else AirflowException
    raise failure(f"{method} {url}: {response.status_code} {response.reason_phrase}: {response.text[:2000]}")


def _ask(method: str, path: str, timeout: float, log: failures.Log) -> dict[str, Any]:
    """Call the API as ``request`` does, and log why it refused."""
    try:
        return request(method, path, timeout)
    except AirflowException as error:
        failures.log_lines(log, logging.ERROR, str(error))
        raise


class SyncServingOperator(BaseOperator):
    """Has the API copy gold into Postgres (POST /api/sync) and returns its answer."""

    def execute(self, context: Context) -> dict[str, Any]:
        """Sync; a refused key fails the task at once, anything else is left to the retries."""
        timeout = self.execution_timeout.total_seconds() if self.execution_timeout else HEALTH_TIMEOUT
        answer = _ask("POST", "/api/sync", timeout, self.log)
        for name, value in answer.items():
            self.log.info("%s: %s", name, value)
        return answer


class FreshnessCheckOperator(BaseSQLOperator):
    """Fails unless GET /health/ready names the batch and the day of gold.current_batch; skipped without one.

    Where another day was published after the run's ``sync``, gold is ahead: then the API must serve what that one has
    copied. Waiting for the newer day would never end, because its own run of the DAG comes after this one.
    """

    def __init__(self, *, conn_id: str = settings.READER, **kwargs: Any) -> None:
        super().__init__(conn_id=conn_id, **kwargs)

    def execute(self, context: Context) -> dict[str, Any]:
        """Return the batch and business date that are served."""
        published = self.get_db_hook().get_first("SELECT batch_id, business_date FROM gold.current_batch")
        if published is None:
            raise AirflowSkipException("Nothing is published: there is nothing to serve.")
        wanted = {"batch_id": published[0], "business_date": str(published[1])}
        health = _ask("GET", "/health/ready", HEALTH_TIMEOUT, self.log)
        served = {key: health.get(key) for key in wanted}
        self.log.info("Published: %s, served: %s", wanted, served)
        copied = context["ti"].xcom_pull(task_ids="sync") or {}
        if served != wanted and served["batch_id"] == copied.get("batch_id"):
            self.log.info("Gold shows %s since the sync: the next run brings it.", _words(wanted))
        elif served != wanted:
            raise failures.transient(
                f"The API serves {_words(served)}, but gold shows {_words(wanted)}.\n"
                "The log of the task `sync` says what it copied. Clear `sync` to copy again.",
                self.log,
            )
        describe_served(context, served)
        return served


def _words(day: dict[str, Any]) -> str:
    return f"batch {day['batch_id']} of {day['business_date']}"


def describe_served(context: Context, served: dict[str, Any]) -> None:
    """Say in the events of the task's assets which batch and day are served now."""
    for outlet in context["task"].outlets:
        event = context["outlet_events"][outlet]
        event.extra = {"batch_id": served["batch_id"], "business_date": str(served["business_date"])}
        event.add_partitions(str(served["business_date"]))
