"""A newcomer's first commands, on free ports and with a state folder of their own; the tests build on each other."""

from __future__ import annotations

import json
import os
import re
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pyodbc
import pytest

from stack.airflow_api import AirflowApi
from stack.dotenv import ROOT
from stack.settings import ADMIN
from tests.e2e.clone import Clone, fresh_clone, runs, until

SERVICES = {
    "postgres",
    "sqlserver",
    "api",
    "airflow-api-server",
    "airflow-scheduler",
    "airflow-dag-processor",
    "airflow-triggerer",
    "keeper",
}
LOADED = "sales_warehouse: load "
"""Prefix of the line of a successful load."""


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


def batches(settings: dict[str, str]) -> list[tuple[str, str]]:
    """Business date and status of each batch."""
    with closing(pyodbc.connect(settings["WAREHOUSE_ODBC"])) as warehouse:
        rows = warehouse.execute("SELECT business_date, status FROM etl.batch ORDER BY batch_id")
        return [(row[0].isoformat(), row[1]) for row in rows]


def health(settings: dict[str, str]) -> dict[str, Any]:
    with urllib.request.urlopen(f"{settings['API_URL']}/health/ready") as response:
        answer: dict[str, Any] = json.load(response)
        return answer


def airflow_links(settings: dict[str, str], place: str) -> list[str]:
    """The links that the project adds to Airflow: to the menu (nav) or to each run (dag_run)."""
    login = {"username": ADMIN, "password": settings["AIRFLOW_ADMIN_PASSWORD"]}
    with httpx.Client(base_url=f"http://127.0.0.1:{settings['AIRFLOW_PORT']}") as airflow:
        token = airflow.post("/auth/token", json=login).raise_for_status().json()["access_token"]
        answer = airflow.get("/api/v2/plugins", headers={"Authorization": f"Bearer {token}"}).raise_for_status()
    views = [view for plugin in answer.json()["plugins"] for view in plugin["external_views"]]
    return [view["href"] for view in views if view["destination"] == place]


def block_of_readme(heading: str) -> str:
    """The shell commands below a heading of the README."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split(f"{heading}\n", maxsplit=1)[1]
    found = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert found
    return found[1]


def lineage_events(settings: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The event of the end of each task and run that has ended well, by the name of the job."""
    files = sorted((Path(settings["WAREHOUSE_STATE_DIR"]) / "logs" / "tasks").glob("openlineage-*.json"))
    events = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return {event["job"]["name"]: event for event in events if event["eventType"] == "COMPLETE"}


@pytest.fixture(scope="module")
def clone() -> Iterator[Clone]:
    with fresh_clone("make-up-") as clone:
        yield clone


@pytest.fixture(scope="module")
def settings(clone: Clone) -> dict[str, str]:
    return clone.settings()


def test_before_make_up_a_load_prints_the_remedy(clone: Clone) -> None:
    refused = clone.make("load", "DROP=data", "DATE=2026-02-01")

    assert refused.returncode != 0
    assert "Run make up" in refused.stderr


def test_make_up_runs_the_whole_system_and_loads_the_committed_drop(clone: Clone, settings: dict[str, str]) -> None:
    up = clone.make("up")
    assert up.returncode == 0, up.stdout + up.stderr

    # The printed figures are those of the API's database, all from one batch.
    assert printed_figures(up.stdout) == served_figures(settings)
    assert batches(settings) == [("2026-02-01", "succeeded")]
    assert health(settings)["batch_id"] == 1
    assert health(settings)["business_date"] == settings["WAREHOUSE_BUSINESS_DATE"]
    assert set(clone.process_ids()) == SERVICES
    airflow = AirflowApi(f"http://127.0.0.1:{settings['AIRFLOW_PORT']}", ADMIN, settings["AIRFLOW_ADMIN_PASSWORD"])
    assert len(airflow.run_ids("sales_warehouse")) == len(airflow.run_ids("sales_serving")) == 1
    for name in ("sales_warehouse.hyper", "sales_warehouse.twbx"):
        downloaded = httpx.get(f"{settings['API_URL']}/exports/{name}").raise_for_status().content
        stem, _, suffix = name.partition(".")
        assert downloaded == (clone.state / "exports" / f"{stem}-2026-02-01.{suffix}").read_bytes()
    links = airflow_links(settings, "nav")
    assert [link.removeprefix(settings["API_URL"]) for link in links] == [
        "/dashboards/sales",
        "/dashboards/customers",
        "/dashboards/warehouse",
        "/docs",
    ]
    assert [httpx.get(link).status_code for link in links] == [200] * 4
    [tab] = airflow_links(settings, "dag_run")
    [run_id] = airflow.run_ids("sales_warehouse")
    page = httpx.get(tab.replace("{RUN_ID}", quote(run_id, safe="")))
    assert "1 Feb 2026, batch 1" in page.text
    assert f"frame-ancestors http://127.0.0.1:{settings['AIRFLOW_PORT']};" in page.headers["Content-Security-Policy"]


def test_the_tasks_tell_openlineage_what_they_read_and_wrote(settings: dict[str, str]) -> None:
    events = lineage_events(settings)

    def rows(task: str) -> dict[str, int]:
        outputs = [output for output in events[task]["outputs"] if output.get("outputFacets")]
        return {output["name"]: output["outputFacets"]["outputStatistics"]["rowCount"] for output in outputs}

    lines = len((ROOT / "data" / "source_crm" / "sales_details.csv").read_text().splitlines()) - 1
    served = served_figures(settings)
    assert rows("sales_warehouse.bronze.crm_sales_details") == {"DataWarehouse.bronze.crm_sales_details": lines}
    assert rows("sales_warehouse.publish")["DataWarehouse.silver.sales"] == served["order lines"]
    assert rows("sales_serving.sync")["serving.customers"] == served["customers"]
    (checked,) = [
        read["inputFacets"]["dataQualityAssertions"]["assertions"]
        for read in events["sales_warehouse.gold_checks.quality_check"]["inputs"]
        if read["name"] == "DataWarehouse.gold.fact_sales"
    ]
    assert {check["name"]: check["success"] for check in checked}["fact_sales holds every cleansed order line"]


def test_a_served_amount_leads_back_through_the_events_to_its_columns_in_the_file(settings: dict[str, str]) -> None:
    fields = {
        (output["namespace"], output["name"]): output["facets"]["columnLineage"]["fields"]
        for event in lineage_events(settings).values()
        for output in event["outputs"]
        if "columnLineage" in output["facets"]
    }
    pending = [(settings["API_URL"], "serving.sales", "sales_amount")]
    ends = set()
    while pending:
        namespace, name, field = pending.pop()
        origins = fields.get((namespace, name), {}).get(field, {}).get("inputFields")
        if origins is None:
            ends.add((namespace, name, field))
        else:
            pending += [(origin["namespace"], origin["name"], origin["field"]) for origin in origins]
    file = f"{settings['WAREHOUSE_SOURCE_DIR']}/source_crm/sales_details.csv"
    assert ends == {("file", file, column) for column in ("sls_sales", "sls_quantity", "sls_price")}


def test_make_up_and_make_status_show_addresses_and_login_before_anything_can_fail(
    clone: Clone, settings: dict[str, str]
) -> None:
    status = clone.make("status")

    assert status.returncode == 0, status.stdout
    for shown in (settings["API_URL"], settings["AIRFLOW_ADMIN_PASSWORD"], "AIRFLOW_ADMIN_PASSWORD in .env"):
        assert shown in status.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["DROP=docs", "DATE=2026-02-02"], "source_erp/CUST_AZ12.csv: missing"),
        (["DROP=data", "DATE=yesterday"], "DATE=yesterday is not a date"),
        (["DROP=data", "DATE=2999-01-01"], "is in the future"),
        (["DROP=data", "DATE=2026-01-31"], "REPLAY=1"),
    ],
)
def test_a_day_that_the_warehouse_would_refuse_is_refused_before_a_run_starts(
    clone: Clone, settings: dict[str, str], arguments: list[str], complaint: str
) -> None:
    refused = clone.make("load", *arguments)

    assert refused.returncode != 0
    assert complaint in refused.stderr
    assert len(batches(settings)) == 1


def test_the_next_day_is_generated_and_loaded(clone: Clone, settings: dict[str, str]) -> None:
    first = served_figures(settings)

    loaded = clone.make("next-day")

    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    assert batches(settings)[1:] == [("2026-02-02", "succeeded")]
    assert printed_figures(loaded.stdout) == served_figures(settings)
    assert served_figures(settings)["orders"] > first["orders"]
    assert health(settings)["business_date"] == "2026-02-02"


def test_make_up_on_a_later_day_keeps_what_runs_and_loads_nothing(clone: Clone, settings: dict[str, str]) -> None:
    before = clone.process_ids()

    up = clone.make("up")

    assert up.returncode == 0, up.stdout + up.stderr
    assert clone.process_ids() == before
    assert len(batches(settings)) == 2
    assert "2026-02-02 is published" in up.stdout
    assert "make next-day" in up.stdout
    assert settings["AIRFLOW_ADMIN_PASSWORD"] in up.stdout
    assert LOADED not in up.stdout


def test_the_commands_of_the_readme_load_a_day_by_hand(clone: Clone, settings: dict[str, str]) -> None:
    done = clone.run(["sh", "-e", "-c", block_of_readme("### By hand")])

    assert done.returncode == 0, done.stdout + done.stderr
    assert batches(settings)[2:] == [("2026-02-03", "succeeded")]
    asked = clone.make("sql", "Q=SELECT business_date FROM gold.current_batch")
    assert asked.stdout.split() == ["business_date", "2026-02-03", "(1", "row)"]
    refused = clone.make("sql", "Q=DELETE FROM silver.sales")
    assert refused.returncode != 0
    assert "permission was denied" in refused.stderr


@pytest.mark.parametrize("name", ["api", "airflow-scheduler"])
def test_a_service_that_is_killed_comes_back_by_itself(clone: Clone, name: str) -> None:
    killed = clone.process_ids()[name]

    os.kill(killed, signal.SIGKILL)

    stack = clone.stack()
    until(lambda: clone.process_ids().get(name, killed) != killed and stack.is_ready(name))


def test_after_a_kill_of_postgres_and_of_the_keeper_one_make_up_is_enough(
    clone: Clone, settings: dict[str, str]
) -> None:
    before = clone.process_ids()
    for name in ("keeper", "postgres"):
        os.kill(before[name], signal.SIGKILL)

    up = clone.make("up")

    assert up.returncode == 0, up.stdout + up.stderr
    until(lambda: clone.make("status").returncode == 0)
    # The day that was loaded by hand has reached the API.
    assert health(settings)["business_date"] == "2026-02-03"
    assert len(batches(settings)) == 3


def test_make_down_leaves_nothing_even_after_a_crash(clone: Clone) -> None:
    before = clone.process_ids()
    for name in ("keeper", "airflow-scheduler"):
        os.kill(before[name], signal.SIGKILL)

    status = clone.make("status")
    assert status.returncode != 0
    assert re.search(r"^airflow-scheduler +down", status.stdout, re.MULTILINE)

    down = clone.make("down")
    assert down.returncode == 0, down.stdout + down.stderr
    assert clone.stack().leftovers() == []
    assert [name for name, pid in before.items() if runs(pid)] == []
