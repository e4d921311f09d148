"""The services of docker-compose.yaml start, load and answer: without Docker, on the stand-in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from data.generate import BUSINESS_DATE
from stack.secrets import write_all
from tests.deploy.compose import env_file, resolved
from tests.oracle import compute
from tests.warehouse import ROOT


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory, environments: dict[str, Path]) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("replay")
    made = {environment.parent for environment in environments.values()}
    for place in (folder, *list(folder.parents)[:2], *made):
        place.chmod(0o755)  # the services are other users
    env = env_file(folder)
    write_all(folder / "secrets", env)
    # A scheduled load would be a second one.
    env.write_text(env.read_text(encoding="utf-8") + "WAREHOUSE_SCHEDULE=\n", encoding="utf-8")
    (folder / "project.json").write_text(json.dumps(resolved(env, "standin,celery,proxy")), encoding="utf-8")
    of_images = {image: str(place) for image, place in environments.items()}
    (folder / "environments.json").write_text(json.dumps(of_images), encoding="utf-8")
    alone = ("bwrap", "--dev-bind", "/", "/", "--unshare-net", "--unshare-pid", "--proc", "/proc", "--die-with-parent")
    done = subprocess.run(
        [*alone, sys.executable, "-m", "tests.deploy.replay", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return result


def test_the_api_serves_what_airflow_has_loaded(replayed: dict[str, Any]) -> None:
    gold = compute(ROOT / "data", BUSINESS_DATE)
    assert replayed["kpis"]["total_sales"] == int(gold.fact_sales["sales_amount"].sum())
    assert replayed["kpis"]["total_orders"] == gold.fact_sales["order_number"].nunique()
    assert replayed["ready"]["business_date"] == BUSINESS_DATE.isoformat()


def test_nobody_reads_without_a_key(replayed: dict[str, Any]) -> None:
    assert replayed["without a key"] == 401
    assert replayed["dashboard"] == 200


def test_the_api_sends_the_files_that_airflow_exports(replayed: dict[str, Any]) -> None:
    assert replayed["workbook"] > 100_000


def test_tasks_run_in_the_worker_when_the_executor_says_so(replayed: dict[str, Any]) -> None:
    assert replayed["tasks in the worker"] > 20


def test_postgres_is_backed_up(replayed: dict[str, Any]) -> None:
    assert "TABLE DATA serving sync_run" in replayed["backup"]


def test_the_proxy_speaks_tls_for_the_api_and_airflow(replayed: dict[str, Any]) -> None:
    assert replayed["airflow over TLS"] == 200


def test_a_caller_cannot_choose_its_address(replayed: dict[str, Any]) -> None:
    first, second = replayed["left to forged addresses"]
    assert second == first - 1, "the API believed what the caller wrote, and not what the proxy saw"


def test_half_sent_requests_stop_at_the_proxy(replayed: dict[str, Any]) -> None:
    assert replayed["while others send half a request"] == [200] * 20
