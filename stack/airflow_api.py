"""A client of Airflow's REST API (version 2), with the requests that a load needs."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

SECONDS_OF_PATIENCE = 60
"""Time for which reads are retried while server or database do not answer, because the keeper restarts both."""

STOPPED = (
    "make down has stopped Airflow: this command ends, and its load is cut off.\n"
    "Run make up. An unfinished run then continues by itself; see it in Airflow."
)


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        return error.read().decode(errors="replace")[:2000]
    except (OSError, http.client.HTTPException):
        return error.reason


class AirflowError(Exception):
    """Airflow refused a request (`status` is the HTTP status) or did not answer (`status` is None)."""

    def __init__(self, status: int | None, message: str) -> None:
        super().__init__(message)
        self.status = status


class AirflowApi:
    """A session as one user. Answers are the API's own JSON documents.

    `is_kept` returns whether the server should run; after a deliberate stop requests do not wait.
    """

    def __init__(self, url: str, user: str, password: str, is_kept: Callable[[], bool] = lambda: True) -> None:
        self._url = url
        self._is_kept = is_kept
        self._headers = {"Content-Type": "application/json"}
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # the server is on this machine
        token = self._request("POST", "/auth/token", {"username": user, "password": password})
        self._headers["Authorization"] = f"Bearer {token['access_token']}"

    def _request(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data=data, method=method, headers=self._headers)  # noqa: S310
        try:
            with self._opener.open(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise AirflowError(error.code, f"{method} {path}: HTTP {error.code}: {_detail(error)}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:  # the last two: an incomplete answer
            if not self._is_kept():
                raise AirflowError(None, STOPPED) from error
            raise AirflowError(None, f"{method} {path}: no answer from {self._url}: {error}") from error

    def _get(self, path: str, **parameters: str | int) -> Any:
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        deadline = time.monotonic() + SECONDS_OF_PATIENCE
        while True:
            try:
                return self._request("GET", f"/api/v2{path}{query}")
            except AirflowError as error:
                passes = error.status is None or error.status >= 500
                if not passes or not self._is_kept() or time.monotonic() > deadline:
                    raise
            time.sleep(0.5)

    def dag(self, dag_id: str) -> dict[str, Any] | None:
        """Return a DAG, or None while Airflow has not parsed it."""
        try:
            dag: dict[str, Any] = self._get(f"/dags/{dag_id}")
        except AirflowError as error:
            if error.status == 404:
                return None
            raise
        return dag

    def import_errors(self) -> list[dict[str, Any]]:
        """Return the DAG files that Airflow could not import: `filename`, `stack_trace`."""
        errors: list[dict[str, Any]] = self._get("/importErrors")["import_errors"]
        return errors

    def unpause(self, dag_id: str) -> None:
        """Let the scheduler run a DAG."""
        self._request("PATCH", f"/api/v2/dags/{dag_id}?update_mask=is_paused", {"is_paused": False})

    def trigger(self, dag_id: str, configuration: dict[str, Any]) -> str:
        """Start a run without a data interval, and return its id."""
        body = {"logical_date": None, "conf": configuration}
        run_id: str = self._request("POST", f"/api/v2/dags/{dag_id}/dagRuns", body)["dag_run_id"]
        return run_id

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """Return a DAG run: `state`, `start_date`, `end_date`, `duration`."""
        run: dict[str, Any] = self._get(f"/dags/{dag_id}/dagRuns/{urllib.parse.quote(run_id, safe='')}")
        return run

    def run_ids(self, dag_id: str) -> list[str]:
        """Return the ids of the latest runs of a DAG, newest first."""
        runs = self._get(f"/dags/{dag_id}/dagRuns", order_by="-id", limit=10)["dag_runs"]
        return [run["dag_run_id"] for run in runs]

    def task_instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Return the tasks of a run: `task_id`, `state`, `try_number`, `start_date`, `duration` (seconds)."""
        path = f"/dags/{dag_id}/dagRuns/{urllib.parse.quote(run_id, safe='')}/taskInstances"
        tasks: list[dict[str, Any]] = self._get(path, limit=200)["task_instances"]
        return tasks
