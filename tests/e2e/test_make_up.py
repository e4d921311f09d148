"""`make up` as a newcomer runs it, on free ports and with a state folder of its own."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pyodbc
import pytest

from stack.airflow_api import AirflowApi
from stack.dotenv import ENV_FILE, ROOT, parse
from stack.processes import Records
from stack.services import Stack
from stack.settings import ADMIN, Settings

SERVICES = {
    "postgres",
    "sqlserver",
    "api",
    "airflow-api-server",
    "airflow-scheduler",
    "airflow-dag-processor",
}
FOREIGN = ("WAREHOUSE_", "SERVING_", "API_", "EXPORTS_", "AIRFLOW_", "SQLSERVER_")


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Clone:
    """This clone with ports and state of its own."""

    def __init__(self, state: Path) -> None:
        self.state = state
        api, airflow, sqlserver = free_ports(3)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        self.environment = {
            **kept,
            "API_PORT": str(api),
            "AIRFLOW_PORT": str(airflow),
            "SQLSERVER_PORT": str(sqlserver),
            "WAREHOUSE_STATE_DIR": str(state),
            "EXPORTS_DIR": str(state / "exports"),
        }

    def make(self, target: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", "--no-print-directory", target],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def settings(self) -> dict[str, str]:
        """What `make env` prints, as a shell would read it."""
        words = shlex.split(self.make("env").stdout)
        return dict(word.split("=", maxsplit=1) for word in words if word != "export")

    def stack(self) -> Stack:
        return Stack(Settings.resolve(parse(ENV_FILE.read_text(encoding="utf-8")), self.environment))

    def process_ids(self) -> dict[str, int]:
        return {record.name: record.pid for record in Records(self.state / "run").all()}


def printed_figures(output: str) -> dict[str, int]:
    names = "total sales|orders|order lines|customers|products"
    found = re.findall(rf"^({names}) +([\d,]+)\s*$", output, re.MULTILINE)
    return {name: int(value.replace(",", "")) for name, value in found}


def served_figures(settings: dict[str, str]) -> dict[str, int]:
    with psycopg.connect(settings["SERVING_DATABASE_URL"]) as serving:
        served = "WHERE run_id = (SELECT max(id) FROM serving.sync_run WHERE status = 'succeeded')"
        query = f"SELECT sum(sales_amount), count(DISTINCT order_number), count(*) FROM serving.sales {served}"
        row = serving.execute(query).fetchone()
        assert row is not None
        counts = [
            serving.execute(f"SELECT count(*) FROM serving.{table} {served}").fetchone()
            for table in ("customers", "products")
        ]
    names = ("total sales", "orders", "order lines", "customers", "products")
    return dict(zip(names, [*map(int, row), *[count[0] for count in counts if count]], strict=True))


def batches(settings: dict[str, str]) -> list[str]:
    with closing(pyodbc.connect(settings["WAREHOUSE_ODBC"])) as warehouse:
        return [row[0] for row in warehouse.execute("SELECT status FROM etl.batch ORDER BY batch_id")]


def health(settings: dict[str, str]) -> dict[str, Any]:
    with urllib.request.urlopen(f"{settings['API_URL']}/health/ready") as response:
        answer: dict[str, Any] = json.load(response)
        return answer


def menu_links(settings: dict[str, str]) -> list[str]:
    """The links that the project adds to Airflow's menu."""
    login = {"username": ADMIN, "password": settings["AIRFLOW_ADMIN_PASSWORD"]}
    with httpx.Client(base_url=f"http://127.0.0.1:{settings['AIRFLOW_PORT']}") as airflow:
        token = airflow.post("/auth/token", json=login).raise_for_status().json()["access_token"]
        answer = airflow.get("/api/v2/plugins", headers={"Authorization": f"Bearer {token}"}).raise_for_status()
    views = [view for plugin in answer.json()["plugins"] for view in plugin["external_views"]]
    return [view["href"] for view in views if view["destination"] == "nav"]


@pytest.fixture(scope="module")
def clone() -> Iterator[Clone]:
    folder = Path(tempfile.mkdtemp(prefix="make-up-"))
    clone = Clone(folder / "state")
    yield clone
    clone.make("down")
    shutil.rmtree(folder)


def test_make_up_runs_the_whole_system_twice_and_make_down_leaves_nothing(clone: Clone) -> None:
    first = clone.make("up")
    assert first.returncode == 0, first.stdout + first.stderr
    settings = clone.settings()
    figures = printed_figures(first.stdout)

    # What it prints is what the API's database holds, and all of it came from one batch.
    assert figures == served_figures(settings)
    assert batches(settings) == ["succeeded"]
    assert health(settings)["batch_id"] == 1
    assert health(settings)["business_date"] == settings["WAREHOUSE_BUSINESS_DATE"]
    assert settings["API_URL"] in first.stdout
    password = settings["AIRFLOW_ADMIN_PASSWORD"]
    assert password in first.stdout
    airflow = AirflowApi(f"http://127.0.0.1:{settings['AIRFLOW_PORT']}", ADMIN, password)
    assert len(airflow.run_ids("sales_warehouse")) == len(airflow.run_ids("sales_serving")) == 1
    for name in ("sales_warehouse.hyper", "sales_warehouse.twbx"):
        downloaded = httpx.get(f"{settings['API_URL']}/exports/{name}").raise_for_status().content
        assert downloaded == (clone.state / "exports" / name).read_bytes()
    links = menu_links(settings)
    assert [link.removeprefix(settings["API_URL"]) for link in links] == [
        "/dashboards/sales",
        "/dashboards/customers",
        "/docs",
    ]
    assert [httpx.get(link).status_code for link in links] == [200, 200, 200]
    assert clone.make("status").returncode == 0
    before = clone.process_ids()
    assert set(before) == SERVICES

    # Up again: the same processes, another batch, the same figures.
    second = clone.make("up")
    assert second.returncode == 0, second.stdout + second.stderr
    assert clone.process_ids() == before
    assert batches(settings) == ["succeeded", "succeeded"]
    assert printed_figures(second.stdout) == figures == served_figures(settings)

    # A crashed service is seen, and down cleans up after it.
    os.kill(before["airflow-scheduler"], signal.SIGKILL)
    status = clone.make("status")
    assert status.returncode != 0
    assert re.search(r"^airflow-scheduler +down", status.stdout, re.MULTILINE)
    down = clone.make("down")
    assert down.returncode == 0, down.stdout + down.stderr
    assert clone.stack().leftovers() == []
    assert [name for name, pid in before.items() if _runs(pid)] == []


def _runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
