import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from warehouse.serving import request


@contextmanager
def answering(status: int, body: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, str]]]:
    """Serve one answer to every request as the connection ``sales_api``; yields the received requests."""
    seen: list[tuple[str, str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            seen.append((self.command, self.path, self.headers["X-API-Key"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        do_GET = do_POST = answer

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        connection = {"conn_type": "http", "schema": "http", "host": "127.0.0.1", "password": "key"}
        connection["port"] = str(server.server_port)
        monkeypatch.setenv("AIRFLOW_CONN_SALES_API", json.dumps(connection))
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield seen
        server.shutdown()
        thread.join()


def test_a_request_carries_the_key_and_returns_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(200, {"batch_id": 7}, monkeypatch) as seen:
        assert request("POST", "/api/sync", 10) == {"batch_id": 7}
    assert seen == [("POST", "/api/sync", "key")]


@pytest.mark.parametrize(
    ("status", "is_final"), [(401, True), (403, True), (404, False), (409, False), (500, False), (503, False)]
)
def test_a_refused_key_fails_at_once_and_any_other_answer_is_retried(
    status: int, is_final: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        answering(status, {"detail": "the reason"}, monkeypatch),
        pytest.raises(AirflowException, match=f"/api/sync: {status} .*the reason") as failure,
    ):
        request("POST", "/api/sync", 10)
    assert isinstance(failure.value, AirflowFailException) is is_final


def test_an_api_that_is_down_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(200, {}, monkeypatch):
        pass
    with pytest.raises(AirflowException, match=r"GET http://127\.0\.0\.1:\d+/health/ready: no answer"):
        request("GET", "/health/ready", 1)


def test_a_request_whose_connection_breaks_is_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as pool:
        connection = {"conn_type": "http", "schema": "http", "host": "127.0.0.1", "password": "key"}
        connection["port"] = str(server.getsockname()[1])
        monkeypatch.setenv("AIRFLOW_CONN_SALES_API", json.dumps(connection))
        asking = pool.submit(request, "POST", "/api/sync", 30)
        killed, _ = server.accept()  # a process that dies in the middle of a sync
        killed.recv(65536)
        killed.close()
        with pytest.raises(AirflowException, match="/api/sync: no answer") as failure:
            asking.result()
    assert not isinstance(failure.value, AirflowFailException)


def test_an_incomplete_connection_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SALES_API", json.dumps({"conn_type": "http", "host": "127.0.0.1"}))
    with pytest.raises(AirflowFailException, match="sales_api needs schema, host, port and password"):
        request("GET", "/health/ready", 1)
