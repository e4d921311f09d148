"""Airflow's REST API as a user calls it: start, clear, answer, backfill, and read the results."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from stack.airflow_api import AirflowApi, AirflowError

LOAD, SERVING = "sales_warehouse", "sales_serving"

DONE = ("success", "failed")
SECONDS_OF_PATIENCE = 900
"""Time limit of every wait; long, because services are killed and the machine may be busy."""


def path_of(run_id: str, dag_id: str = LOAD) -> str:
    return f"/api/v2/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}"


class AirflowUser(AirflowApi):
    """A user whose requests are repeated until they are answered, because services are restarted meanwhile."""

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Make a request; an answer of 404, 409 and the like is an error at once."""
        deadline = time.monotonic() + SECONDS_OF_PATIENCE
        while True:
            try:
                return self._request(method, path, body)
            except AirflowError as error:
                if (error.status is not None and error.status < 500) or time.monotonic() > deadline:
                    raise
            time.sleep(1)

    def start(self, run_id: str, **conf: object) -> str:
        """Start a load under an id. A conflict is no error, because a repeated request gets it."""
        body = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
        try:
            self.ask("POST", f"/api/v2/dags/{LOAD}/dagRuns", body)
        except AirflowError as error:
            if error.status != 409:
                raise
        return run_id

    def state(self, run_id: str, dag_id: str = LOAD) -> str:
        return str(self.ask("GET", path_of(run_id, dag_id))["state"])

    def tasks(self, run_id: str, dag_id: str = LOAD) -> dict[str, str | None]:
        """The state of each task of a run."""
        tasks = self.ask("GET", f"{path_of(run_id, dag_id)}/taskInstances?limit=200")["task_instances"]
        return {task["task_id"]: task["state"] for task in tasks}

    def tries(self, run_id: str) -> dict[str, int]:
        """The number of tries of each task of a load."""
        return {task["task_id"]: task["try_number"] for task in self.task_instances(LOAD, run_id)}

    def wait(self, run_id: str, *, meanwhile: Callable[[dict[str, str | None]], None] | None = None) -> str:
        """Wait until a load has ended, and return its state; calls ``meanwhile`` repeatedly with the tasks."""
        deadline = time.monotonic() + SECONDS_OF_PATIENCE
        while (state := self.state(run_id)) not in DONE:
            assert time.monotonic() < deadline, f"{run_id} is {state}: {self.tasks(run_id)}"
            if meanwhile:
                meanwhile(self.tasks(run_id))
            time.sleep(0.5)
        return state

    def wait_for_task(self, run_id: str, task_id: str, state: str) -> None:
        """Wait until a task is in a state."""
        deadline = time.monotonic() + SECONDS_OF_PATIENCE
        while (found := self.tasks(run_id).get(task_id)) != state:
            assert self.state(run_id) not in DONE, f"{run_id} ended, {task_id} being {found}: {self.tasks(run_id)}"
            assert time.monotonic() < deadline, f"{task_id} of {run_id} is {found}"
            time.sleep(0.5)

    def runs(self, dag_id: str = LOAD, **filters: str) -> list[dict[str, Any]]:
        """All runs of a DAG, oldest first."""
        query = "".join(f"&{name}={quote(value)}" for name, value in filters.items())
        runs: list[dict[str, Any]] = self.ask("GET", f"/api/v2/dags/{dag_id}/dagRuns?order_by=id&limit=500{query}")[
            "dag_runs"
        ]
        return runs

    def wait_for_all(self, dag_id: str) -> None:
        """Wait until no run of a DAG is under way."""
        deadline = time.monotonic() + SECONDS_OF_PATIENCE
        while pending := [run for run in self.runs(dag_id) if run["state"] not in DONE]:
            assert time.monotonic() < deadline, pending
            time.sleep(0.5)

    def log(self, run_id: str, task_id: str, attempt: int = 1) -> str:
        """The log of one attempt of a task, as the UI shows it."""
        answer = self.ask("GET", f"{path_of(run_id)}/taskInstances/{task_id}/logs/{attempt}?full_content=true")
        return "\n".join(line if isinstance(line, str) else str(line["event"]) for line in answer["content"])

    def clear(
        self, run_id: str, *, tasks: Sequence[str] = (), only_failed: bool = False, downstream: bool = False
    ) -> None:
        """Clear tasks of a run, all of them unless they are named."""
        body = {
            "dry_run": False,
            "dag_run_id": run_id,
            "only_failed": only_failed,
            "include_downstream": downstream,
            "reset_dag_runs": True,
            **({"task_ids": list(tasks)} if tasks else {}),
        }
        self.ask("POST", f"/api/v2/dags/{LOAD}/clearTaskInstances", body)

    def answer(self, run_id: str, task_id: str, choice: str) -> None:
        """Answer the question of a task that waits for input."""
        path = f"{path_of(run_id)}/taskInstances/{task_id}/-1/hitlDetails"
        self.ask("PATCH", path, {"chosen_options": [choice], "params_input": {}})

    def question(self, run_id: str, task_id: str) -> dict[str, Any]:
        detail: dict[str, Any] = self.ask("GET", f"{path_of(run_id)}/taskInstances/{task_id}/-1/hitlDetails")
        return detail

    def backfill(self, first: datetime, last: datetime, max_active_runs: int) -> int:
        """Request the scheduled runs between two times; returns the id of the backfill."""
        body = {
            "dag_id": LOAD,
            "from_date": first.isoformat(),
            "to_date": last.isoformat(),
            "max_active_runs": max_active_runs,
        }
        return int(self.ask("POST", "/api/v2/backfills", body)["id"])

    def variables(self, prefix: str) -> list[str]:
        """The names of the variables with a prefix, without the prefix."""
        answer = self.ask("GET", "/api/v2/variables?limit=1000")
        names = [variable["key"] for variable in answer["variables"]]
        return [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
