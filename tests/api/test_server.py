"""The API as `make up` runs it: two worker processes of several threads, behind an event loop."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import pytest
from flask import Flask
from sqlalchemy import Engine

from api import create_app
from tests.api.answers import Headers
from tests.api.conftest import KEYS, NO_WAREHOUSE, ROOT, add_keys, environment_of, publish_run, settings_for
from tests.api.server import api_process, free_port, listening, running_api
from tests.api.test_rate_limit import within_a_minute

LIMIT = 40
REQUESTS = 100
CONNECTIONS = 8


@pytest.fixture(scope="module", autouse=True)
def _served(shared_engine: Engine) -> None:
    publish_run(shared_engine, products=[{"product_key": 3}])
    add_keys(shared_engine)


@pytest.fixture(scope="module")
def limited(shared_url: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The URL of the API with a low rate limit, and its main process."""
    with api_process(settings_for(shared_url, rate_limit=LIMIT)) as running:
        yield running


@pytest.fixture
def address(limited: tuple[str, subprocess.Popen[bytes]]) -> str:
    return limited[0]


def ask(address: str, headers: Headers | None = None) -> int:
    """Send a request over a new connection; returns the status."""
    try:
        with urlopen(Request(address, headers=headers or {})) as answer:
            answer.read()
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def workers(limited: tuple[str, subprocess.Popen[bytes]]) -> int:
    """Return the number of workers that have counted a request: they hold locks of their tables."""
    holders = re.findall(r"POSIX +ADVISORY +WRITE (\d+) ", Path("/proc/locks").read_text())
    return sum(str(worker.pid) in holders for worker in psutil.Process(limited[1].pid).children())


def at_once(number: int, one: Callable[[int], int]) -> list[int]:
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return list(pool.map(one, range(number)))


def test_the_application_also_runs_under_gunicorn(shared_url: str) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--bind", f"127.0.0.1:{port}"]
    with (
        listening([*command, "api:create_app()"], port, settings_for(shared_url)),
        urlopen(f"http://127.0.0.1:{port}/api/products") as answer,
    ):
        assert [item["product_key"] for item in json.load(answer)["items"]] == [3]


def test_a_caller_is_counted_over_all_workers(
    app_of_keys: Flask, address: str, limited: tuple[str, subprocess.Popen[bytes]]
) -> None:
    def attempt() -> list[int]:
        made = app_of_keys.test_cli_runner().invoke(args=["keys", "create", "one who asks a lot"])
        key = {"X-API-Key": made.stdout.strip()}
        return at_once(REQUESTS, lambda _: ask(f"{address}/api/products", key))

    statuses = within_a_minute(attempt)
    allowed = statuses.count(200)
    assert LIMIT - 2 < allowed <= LIMIT  # of requests at the same time, one a process may be refused early
    assert allowed + statuses.count(429) == REQUESTS
    assert workers(limited) == 2


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


def test_every_worker_reports_the_metrics_of_all_workers(
    address: str, limited: tuple[str, subprocess.Popen[bytes]]
) -> None:
    before = counted(address, "health.live")
    asked = 0
    while asked < 20 or workers(limited) < 2:
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


def test_without_settings_the_server_stops_and_names_them() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "API_SYNC_KEY"}
    settings = {"SERVING_DATABASE_URL": "postgresql://", "WAREHOUSE_ODBC_READER": NO_WAREHOUSE}
    command = [sys.executable, "-m", "api.server", "--port", "0"]
    stopped = subprocess.run(
        command, cwd=ROOT, env={**environment, **settings}, capture_output=True, text=True, check=False
    )
    assert stopped.returncode != 0
    assert "API_SYNC_KEY" in stopped.stderr
    assert "make env" in stopped.stderr
    assert "Traceback" not in stopped.stderr


HALF_OPEN = 16
"""Connections that send part of a request: twice as many as the server has threads."""

UNFINISHED = {
    "header": b"GET /api/products HTTP/1.1\r\nHost: api\r\nX-Slow: ",
    "nothing": b"",
    "body": b"POST /api/products HTTP/1.1\r\nHost: api\r\nX-API-Key: KEY\r\nContent-Type: application/json\r\n"
    b"Content-Length: 100\r\n\r\n{",
    "part": b"POST /api/products HTTP/1.1\r\nHost: api\r\nX-API-Key: KEY\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    "answer": b"GET /docs/scalar.standalone.js HTTP/1.1\r\nHost: api\r\n\r\n",
}


@pytest.fixture(scope="module")
def open_address(shared_url: str) -> Iterator[str]:
    """The URL of the API without a rate limit."""
    with running_api(settings_for(shared_url)) as listening_at:
        yield listening_at


def connect(address: str) -> socket.socket:
    host, _, port = address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=20)


@pytest.mark.parametrize("sent", UNFINISHED)
def test_clients_that_do_not_finish_occupy_no_thread(open_address: str, sent: str) -> None:
    with ExitStack() as held:
        for _ in range(HALF_OPEN):
            client = held.enter_context(connect(open_address))
            client.sendall(UNFINISHED[sent].replace(b"KEY", KEYS["write"].encode()))
        assert at_once(200, lambda _: ask(f"{open_address}/api/products")) == [200] * 200


def answer_to(address: str, request: bytes) -> bytes:
    with connect(address) as client:
        client.sendall(request)
        return client.recv(65536)


LENGTHS = (f"Content-Length: {50 * 1024**3}", "Transfer-Encoding: chunked")


@pytest.mark.parametrize(
    ("length", "key", "status"),
    [(length, *caller) for length in LENGTHS for caller in (("write", b"413"), ("", b"401"))],
)
def test_a_body_without_end_is_refused_unread(open_address: str, length: str, key: str, status: bytes) -> None:
    head = f"POST /api/products HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\n{length}\r\n"
    head += f"X-API-Key: {KEYS[key]}\r\n" if key else ""
    part = b"%x\r\n%s\r\n" % (80_000, b" " * 80_000) if "chunked" in length else b""
    assert answer_to(open_address, head.encode() + b"\r\n" + part).startswith(b"HTTP/1.1 " + status)


def test_a_chunked_body_is_a_body(open_address: str) -> None:
    head = f"POST /api/products HTTP/1.1\r\nHost: api\r\nX-API-Key: {KEYS['write']}\r\nTransfer-Encoding: chunked\r\n"
    body = b'{"product_name": "Cargo bike"}'
    request = head.encode() + b"Content-Type: application/json\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    assert answer_to(open_address, request).startswith(b"HTTP/1.1 201")


@pytest.mark.parametrize(("header", "status"), [("X-API-Key", b"401"), ("Idempotency-Key", b"422")])
def test_a_header_that_is_not_ascii_is_not_taken_for_absent(open_address: str, header: str, status: bytes) -> None:
    key = b"" if header == "X-API-Key" else f"X-API-Key: {KEYS['write']}\r\n".encode()
    body = b'{"product_name": "Cargo bike"}'
    request = (
        b"POST /api/products HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\n"
        + b"Content-Length: %d\r\n" % len(body)
        + key
        + f"{header}: caf\xe9\r\n\r\n".encode()
        + body
    )
    assert answer_to(open_address, request).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize("path", ["/api/customers/%ff", "/api/customers/%C3%A9", "/%00", "/api/products?q=%ff"])
def test_any_octet_in_a_path_is_answered(open_address: str, path: str) -> None:
    assert ask(open_address + path) == (422 if "?" in path else 404)


@pytest.mark.parametrize("seconds", [0.0, 0.0025, 0.005, 0.01, 0.05, 0.2])
def test_it_ends_at_once_while_its_workers_still_start(shared_url: str, seconds: float) -> None:
    command = [sys.executable, "-m", "api.server", "--port", str(free_port())]
    with subprocess.Popen(command, cwd=ROOT, env=environment_of(settings_for(shared_url))) as process:
        main = psutil.Process(process.pid)
        while not main.children():
            time.sleep(0.005)
        time.sleep(seconds)
        main.terminate()
        _, left = psutil.wait_procs([main], 90)
        for each in [*main.children(recursive=True), main] if left else []:
            each.kill()
    assert not left, "a worker did not end"


def test_a_worker_that_is_killed_is_replaced(shared_url: str) -> None:
    with api_process(settings_for(shared_url)) as (address, process):
        main = psutil.Process(process.pid)
        killed = main.children()[0]
        killed.kill()
        until = time.monotonic() + 20
        while killed in main.children() or len(main.children()) < 2:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert at_once(50, lambda _: ask(f"{address}/api/products")) == [200] * 50
