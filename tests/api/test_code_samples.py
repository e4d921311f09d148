"""The code samples of the description: curl, Python and JavaScript send the same request, and the API takes it."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from api import create_app
from api.http.code_samples import ETAG, KEY, SERVER
from tests.api.conftest import KEYS, add_keys, settings_for

SENT_BY_EVERY_CLIENT = ("X-API-Key", "Content-Type", "If-Match")


@dataclass
class Recorder:
    """A server that keeps the requests it gets, and answers each with an empty object."""

    address: str
    requests: list[dict[str, Any]]


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    kept: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def keep(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = {"method": self.command, "path": self.path, "json": json.loads(body) if body else None}
            request["headers"] = {name: self.headers[name] for name in SENT_BY_EVERY_CLIENT if name in self.headers}
            kept.append(request)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = keep

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Recorder(f"http://127.0.0.1:{server.server_port}", kept)
        server.shutdown()


def run(language: str, source: str) -> None:
    if language == "python":
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, "sample", "exec"), {})
        return
    command = ["bash", "-c", source] if language == "shell" else ["node", "--input-type=module", "--eval", source]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def client(shared_engine: Engine, shared_url: str) -> FlaskClient:
    add_keys(shared_engine)
    return create_app(settings_for(shared_url)).test_client()


def test_the_samples_of_each_operation_send_the_same_request_and_the_api_takes_it(
    recorder: Recorder, client: FlaskClient
) -> None:
    count = 0
    for path, operations in client.get("/openapi.json").get_json()["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            requests = []
            for sample in operation["x-codeSamples"]:
                source = sample["source"].replace(SERVER, recorder.address).replace(KEY, KEYS["all"])
                run(sample["lang"], source.replace(json.dumps(ETAG)[1:-1], "*").replace(ETAG, "*"))
                requests.append(recorder.requests.pop())
            of_curl, *others = requests
            assert others == [of_curl] * 2, (method, path)
            answer = client.open(
                of_curl["path"], method=method, headers=of_curl["headers"], json=of_curl["json"], follow_redirects=True
            )
            # Nothing is served here and no product was changed, which most operations say.
            kind = "" if answer.status_code == 200 else answer.get_json()["type"].rpartition(":")[2]
            assert kind in ("", "not-synced", "no-overlay", "warehouse-unavailable"), (method, path, answer.text)
            count += 1
    assert count > 20
