"""Webhooks and syncs in the background: against a real receiver, verified by the library of the specification."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from standardwebhooks.webhooks import Webhook

from api import create_app
from api.serving import webhooks
from api.settings import Settings, SettingsError
from tests.api.answers import problem
from tests.api.conftest import SYNC_KEY, settings_for
from tests.api.gold_database import GoldDatabase

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = {"X-API-Key": SYNC_KEY}
SECONDS = 20


@dataclass
class Receiver:
    """A server that answers with the statuses in turn, the last one again and again, and keeps what it got."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [204])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that answers 204, on a port of this machine."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(kept.statuses.pop(0) if len(kept.statuses) > 1 else kept.statuses[0])
            self.send_header("Location", "/elsewhere")
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        kept.url = f"http://127.0.0.1:{server.server_port}/hook"
        yield kept
        server.shutdown()
        thread.join()


@pytest.fixture
def told(database_url: str, gold: GoldDatabase, receiver: Receiver) -> FlaskClient:
    """A client of an API that tells the receiver."""
    settings = settings_for(database_url, gold.odbc, webhooks=(receiver.url,), webhook_secret=SECRET)
    return create_app(settings).test_client()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "WAITS", (0, 0.1, 0.1))


def until(reached: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + SECONDS
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.02)


def no_delivery_runs() -> bool:
    return not [thread for thread in threading.enumerate() if thread.name in ("webhook", "sync")]


def test_a_receiver_is_told_of_each_day_served(told: FlaskClient, gold: GoldDatabase, receiver: Receiver) -> None:
    run = told.post("/api/sync", headers=KEY).get_json()
    until(lambda: len(receiver.got) == 1)
    headers, body = receiver.got[0]
    message = Webhook(SECRET).verify(body, headers)
    assert message["type"] == "day.served"
    assert message["data"] == {
        "run_id": run["run_id"],
        "batch_id": 1,
        "business_date": "2026-01-01",
        "sample_customers": None,
        "synced_at": message["data"]["synced_at"],
    }
    assert headers["content-type"] == "application/json"
    gold.publish(2)
    told.post("/api/sync", headers=KEY)
    until(lambda: len(receiver.got) == 2)
    assert json.loads(receiver.got[1][1])["data"]["business_date"] == "2026-01-02"
    assert receiver.got[1][0]["webhook-id"] != headers["webhook-id"]


@pytest.mark.parametrize("status", [500, 404, 302])
def test_a_message_that_is_not_accepted_is_sent_again(told: FlaskClient, receiver: Receiver, status: int) -> None:
    receiver.statuses = [status, 200]
    assert told.post("/api/sync", headers=KEY).status_code == 201
    until(lambda: len(receiver.got) == 2 and no_delivery_runs())
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert receiver.got[0][1] == receiver.got[1][1]


def test_a_receiver_that_never_accepts_does_not_disturb_the_sync(
    told: FlaskClient, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.statuses = [503]
    assert told.post("/api/sync", headers=KEY).status_code == 201
    until(lambda: len(receiver.got) == 3 and no_delivery_runs())
    assert f"webhook {receiver.url}: run_1, attempt 3 of 3: it answered 503" in caplog.text


def test_a_receiver_that_is_away_does_not_disturb_the_sync(
    database_url: str, gold: GoldDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(database_url, gold.odbc, webhooks=("http://127.0.0.1:1/",), webhook_secret=SECRET)
    assert create_app(settings).test_client().post("/api/sync", headers=KEY).status_code == 201
    until(lambda: "attempt 3 of 3" in caplog.text and no_delivery_runs())


def test_nobody_is_told_of_a_sync_that_failed(told: FlaskClient, gold: GoldDatabase, receiver: Receiver) -> None:
    gold.execute("DELETE FROM data.current_batch")
    problem(told.post("/api/sync", headers=KEY), 503, "no-published-batch")
    until(no_delivery_runs)
    assert receiver.got == []


def test_webhooks_need_a_secret() -> None:
    given = {
        "SERVING_DATABASE_URL": "postgresql://",
        "WAREHOUSE_ODBC_READER": "x",
        "API_SYNC_KEY": "x",
        "API_WEBHOOKS": "https://bi.example/hook http://127.0.0.1:5000",
    }
    with pytest.raises(SettingsError, match="openssl rand -base64 32"):
        Settings.from_environment(given)
    with pytest.raises(SettingsError, match="openssl") as refused:
        Settings.from_environment({**given, "API_WEBHOOK_SECRET": "hunter2"})
    assert "hunter2" not in str(refused.value)
    settings = Settings.from_environment({**given, "API_WEBHOOK_SECRET": SECRET})
    assert settings.webhooks == ("https://bi.example/hook", "http://127.0.0.1:5000")
    assert SECRET not in repr(settings)


ASYNC = {**KEY, "Prefer": "respond-async"}


def test_a_sync_in_the_background_answers_with_its_run(told: FlaskClient, receiver: Receiver, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE serving.sales IN SHARE MODE"))
        answer = told.post("/api/sync", headers=ASYNC)
        assert (answer.status_code, answer.headers["Preference-Applied"]) == (202, "respond-async")
        assert answer.get_json()["status"] == "running"
        assert told.get(answer.headers["Location"]).get_json()["status"] == "running"
        problem(told.post("/api/sync", headers=ASYNC), 409, "sync-running")
        assert receiver.got == []
    until(lambda: told.get(answer.headers["Location"]).get_json()["status"] == "succeeded")
    until(lambda: len(receiver.got) == 1 and no_delivery_runs())
    assert told.get("/health/ready").get_json()["run_id"] == answer.get_json()["run_id"]


def test_an_error_before_the_run_is_recorded_is_answered(database_url: str) -> None:
    client = create_app(settings_for(database_url)).test_client()
    problem(client.post("/api/sync", headers=ASYNC), 503, "warehouse-unavailable")


def test_a_sync_that_fails_in_the_background_is_a_failed_run(told: FlaskClient, gold: GoldDatabase) -> None:
    gold.execute("DELETE FROM data.current_batch")
    answer = told.post("/api/sync", headers=ASYNC)
    assert answer.status_code == 202
    until(lambda: told.get(answer.headers["Location"]).get_json()["status"] == "failed")
