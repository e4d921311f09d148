"""The API under gunicorn with two worker processes of several threads."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from sqlalchemy import Engine

from api import create_app
from tests.api.answers import Headers
from tests.api.conftest import NO_WAREHOUSE, ROOT, publish_run, settings_for
from tests.api.server import CONFIGURED, gunicorn
from tests.api.test_rate_limit import within_a_minute

LIMIT = 40
REQUESTS = 100
CONNECTIONS = 8


@pytest.fixture(scope="module", autouse=True)
def _served(shared_engine: Engine) -> None:
    publish_run(shared_engine, products=[{"product_key": 3}])


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the workers' metrics, with a file for each worker."""
    return tmp_path_factory.mktemp("figures")


@pytest.fixture(scope="module")
def address(shared_url: str, figures: Path) -> Iterator[str]:
    """The URL of a gunicorn with the project's configuration and a low rate limit."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PROMETHEUS_MULTIPROC_DIR", str(figures))
        with gunicorn(settings_for(shared_url, rate_limit=LIMIT), *CONFIGURED) as listening:
            yield listening


def ask(address: str, headers: Headers | None = None) -> int:
    """Send a request over a new connection; returns the status."""
    try:
        with urlopen(Request(address, headers=headers or {})) as answer:
            answer.read()
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def workers(figures: Path) -> int:
    """Return the number of workers that have counted a request."""
    return len(list(figures.glob("counter_*.db")))


def at_once(number: int, one: Callable[[int], int]) -> list[int]:
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return list(pool.map(one, range(number)))


def test_the_application_also_runs_under_gunicorn_without_the_projects_configuration(shared_url: str) -> None:
    with gunicorn(settings_for(shared_url)) as address, urlopen(f"{address}/api/products") as answer:
        assert [item["product_key"] for item in json.load(answer)["items"]] == [3]


def test_a_caller_is_counted_over_all_workers(app_of_keys: Flask, address: str, figures: Path) -> None:
    def attempt() -> list[int]:
        made = app_of_keys.test_cli_runner().invoke(args=["keys", "create", "one who asks a lot"])
        key = {"X-API-Key": made.stdout.strip()}
        return at_once(REQUESTS, lambda _: ask(f"{address}/api/products", key))

    statuses = within_a_minute(attempt)
    assert {status: statuses.count(status) for status in set(statuses)} == {200: LIMIT, 429: REQUESTS - LIMIT}
    assert workers(figures) == 2


@pytest.fixture
def app_of_keys(shared_url: str) -> Flask:
    """An application to create keys."""
    return create_app(settings_for(shared_url))


def counted(address: str, operation: str) -> dict[str, float]:
    """Return the requests of an operation by status, from the metrics of one worker."""
    with urlopen(f"{address}/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        text = answer.read().decode()
    found = re.findall(rf'^api_requests_total{{operation="{operation}",status="(\d+)"}} (\S+)$', text, re.MULTILINE)
    return {status: float(number) for status, number in found}


def test_every_worker_reports_the_metrics_of_all_workers(address: str, figures: Path) -> None:
    before = counted(address, "health.live")
    asked = 0
    while asked < 20 or workers(figures) < 2:
        at_once(10, lambda _: ask(f"{address}/health/live"))
        asked += 10
    assert at_once(1, lambda _: ask(f"{address}/nothing")) == [404]
    for _ in range(6):
        assert counted(address, "health.live") == {"200": before.get("200", 0) + asked}
    assert counted(address, "none")["404"] >= 1
    with urlopen(f"{address}/metrics") as answer:
        text = answer.read().decode()
    assert re.search(r"^api_business_date_age_days \d", text, re.MULTILINE)
    assert re.search(r"^api_synced_timestamp_seconds \d", text, re.MULTILINE)
    seconds = re.search(r'^api_request_seconds_count{operation="health.live"} (\S+)$', text, re.MULTILINE)
    assert seconds is not None
    assert float(seconds[1]) == before.get("200", 0) + asked


def test_gunicorn_without_settings_stops_and_names_them() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "API_SYNC_KEY"}
    settings = {"SERVING_DATABASE_URL": "postgresql://", "WAREHOUSE_ODBC_READER": NO_WAREHOUSE}
    command = [sys.executable, "-m", "gunicorn", *CONFIGURED, "api:create_app()", "--bind", "127.0.0.1:0"]
    stopped = subprocess.run(
        command, cwd=ROOT, env={**environment, **settings}, capture_output=True, text=True, check=False
    )
    assert stopped.returncode != 0
    assert "API_SYNC_KEY" in stopped.stderr
    assert "make env" in stopped.stderr
