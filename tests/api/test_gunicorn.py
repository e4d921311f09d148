"""The API under the server it runs on."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.api.conftest import NO_WAREHOUSE, SYNC_KEY, Publish

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "gunicorn", "api:create_app()", "--bind", "127.0.0.1:0"]


@pytest.fixture(params=[[], ["-c", "api/gunicorn_config.py"]], ids=["bare", "configured"])
def address(request: pytest.FixtureRequest, database_url: str) -> Iterator[str]:
    """Where a gunicorn listens until the test ends, with its defaults and with the project's settings."""
    settings = {
        "SERVING_DATABASE_URL": database_url,
        "WAREHOUSE_ODBC_READER": NO_WAREHOUSE,
        "API_SYNC_KEY": SYNC_KEY,
    }
    server = subprocess.Popen(
        [*COMMAND, *request.param],
        cwd=ROOT,
        env={**os.environ, **settings},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr is not None
        seen = []
        for line in server.stderr:
            seen.append(line)
            if listening := re.search(r"Listening at: (\S+)", line):
                yield listening[1]
                break
        else:
            pytest.fail("gunicorn did not start:\n" + "".join(seen))
    finally:
        server.terminate()
        server.communicate()


def test_gunicorn_serves_the_application(address: str, publish: Publish) -> None:
    publish(products=[{"product_key": 3}])
    for _ in range(8):
        with urlopen(f"{address}/api/products") as answer:
            assert [item["product_key"] for item in json.load(answer)["items"]] == [3]


def test_gunicorn_without_settings_stops_and_names_them() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "API_SYNC_KEY"}
    settings = {"SERVING_DATABASE_URL": "postgresql://", "WAREHOUSE_ODBC_READER": NO_WAREHOUSE}
    stopped = subprocess.run(
        COMMAND, cwd=ROOT, env={**environment, **settings}, capture_output=True, text=True, check=False
    )
    assert stopped.returncode != 0
    assert "API_SYNC_KEY" in stopped.stderr
    assert "make env" in stopped.stderr
