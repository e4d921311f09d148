from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from stack import postgres
from stack.dotenv import ROOT, SECRETS
from stack.services import Stack
from stack.settings import Settings
from tests.stack.sample import until


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    # pytest's own folders are closed to other users, and as root the server runs as `nobody`.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        values = {**dict.fromkeys(SECRETS, "secret"), "WAREHOUSE_STATE_DIR": f"{folder}/state"}
        stack = Stack(Settings.resolve(values, {}))
        stack.services = {"postgres": stack.services["postgres"]}
        yield stack
        stack.stop_all()


def start(stack: Stack) -> None:
    postgres.prepare(stack.settings)
    assert stack.begin() == ["postgres"]
    stack.launch("postgres")
    stack.wait_ready(["postgres"])
    postgres.create_databases(stack.settings)


def test_postgres_keeps_its_data_over_a_stop_and_over_a_kill(stack: Stack) -> None:
    start(stack)
    with psycopg.connect(stack.settings.postgres_url("serving")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    stack.stop_all()
    assert stack.leftovers() == []

    start(stack)
    with psycopg.connect(stack.settings.postgres_url("serving")) as connection:
        connection.execute("INSERT INTO kept VALUES (2)")
    record = stack.running("postgres")
    assert record is not None
    os.kill(record.pid, signal.SIGKILL)
    until(lambda: stack.running("postgres") is None)

    start(stack)
    with psycopg.connect(stack.settings.postgres_url("serving")) as connection:
        assert connection.execute("SELECT n FROM kept ORDER BY n").fetchall() == [(1,), (2,)]
    stack.stop_all()
    assert stack.leftovers() == []


# Starts the server and never reaps it, like a slow init.
NEGLIGENT = """
import json, sys, time
from stack.services import Stack
from stack.settings import Settings
Stack(Settings.resolve(json.loads(sys.argv[1]), {})).launch("postgres")
time.sleep(600)
"""


def test_postgres_starts_although_the_killed_one_is_still_a_zombie(stack: Stack) -> None:
    start(stack)
    stack.stop_all()
    parent = subprocess.Popen([sys.executable, "-c", NEGLIGENT, json.dumps(stack.settings.given)], cwd=ROOT)
    try:
        until(lambda: stack.running("postgres") is not None)
        record = stack.running("postgres")
        assert record is not None
        until(lambda: postgres.answers(stack.settings))
        os.kill(record.pid, signal.SIGKILL)
        until(lambda: psutil.Process(record.pid).status() == psutil.STATUS_ZOMBIE)

        start(stack)

        assert stack.running("postgres") != record
    finally:
        stack.stop_all()
        parent.kill()
        parent.wait()


def test_only_its_own_user_can_reach_the_socket(stack: Stack) -> None:
    postgres.prepare(stack.settings)

    assert stack.settings.postgres_socket_dir.stat().st_mode & 0o077 == 0
