"""A server that is stopped during a command's request."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from stack.airflow_api import AirflowApi, AirflowError


class Server(HTTPServer):
    """Gives a token, and cuts off every other answer with this status."""

    status = 200
    asked = 0


class Answers(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.dumps({"access_token": "token"}).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.server.asked += 1
        self.send_response(self.server.status)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"state": "run')

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize(("status", "message"), [(200, "make down has stopped Airflow"), (500, "HTTP 500")])
def test_an_answer_that_make_down_cuts_off_ends_the_command_with_a_message(
    server: Server, status: int, message: str
) -> None:
    server.status = status
    airflow = AirflowApi(url(server), "admin", "secret", is_kept=lambda: False)

    with pytest.raises(AirflowError, match=message):
        airflow.run("sales_warehouse", "manual")
    assert server.asked == 1


def test_a_server_is_asked_again_until_make_down_stops_it(server: Server) -> None:
    airflow = AirflowApi(url(server), "admin", "secret", is_kept=lambda: server.asked < 2)

    with pytest.raises(AirflowError, match="make down has stopped Airflow"):
        airflow.run("sales_warehouse", "manual")
    assert server.asked == 2
