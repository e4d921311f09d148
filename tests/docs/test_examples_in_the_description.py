"""The examples in /openapi.json: every operation has some, they match their schema, and are true."""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from sqlalchemy import create_engine

from api import create_app
from api.http.examples import RECORDED
from api.serving.database import psycopg_url
from tests.api.conftest import KEYS, NO_WAREHOUSE, SYNC_KEY, add_keys, new_database, settings_for
from tests.docs import record_examples
from tests.docs.record_examples import FILE, Case, Recording, send, steady
from tests.warehouse import Warehouse

TYPICAL_ERRORS = ("401", "404", "409", "412", "422", "428", "429", "503")
BODYLESS = ("204", "304")


@pytest.fixture(scope="module")
def recorded(committed_drop: Warehouse, postgres: str, migrated: str) -> dict[str, Any]:
    """The examples as the API answers them now."""
    with new_database(postgres, migrated) as url:
        engine = create_engine(psycopg_url(url))
        add_keys(engine)
        settings = settings_for(url, committed_drop.server.odbc)
        apis = {
            "synced": create_app(settings),
            "without a warehouse": create_app(settings_for(url, NO_WAREHOUSE)),
            "without Postgres": create_app(settings_for("postgresql://127.0.0.1:1/nowhere")),
            "with a limit": create_app(settings_for(url, rate_limit=1)),
        }
        clients = {name: app.test_client() for name, app in apis.items()}
        recording = Recording()
        record(recording, clients, record_examples.BEFORE_THE_FIRST_SYNC)
        with engine.begin() as connection:  # the run that is the example has the number 1
            connection.exec_driver_sql("TRUNCATE serving.sync_run RESTART IDENTITY")
        record(recording, clients, record_examples.SYNC)
        record(recording, clients, record_examples.READS)
        record(recording, clients, record_examples.WRITES)
        with psycopg.connect(url) as lock:
            lock.execute("SELECT pg_advisory_lock(hashtextextended('serving.sync', 0))")
            record(recording, clients, record_examples.WHILE_SYNCING)
        engine.dispose()
        for app in apis.values():
            app.extensions["writer_engine"].dispose()
            app.extensions["loader_engine"].dispose()
        return recording.document()


def record(recording: Recording, clients: Mapping[str, FlaskClient], cases: list[Case]) -> None:
    for case in cases:
        key = "" if case.api == "without Postgres" else KEYS["all"]
        if case.api == "with a limit":  # the one request of this minute
            clients[case.api].get("/api/kpis", headers={"X-API-Key": key})
        answer = send(clients[case.api], case, key)
        if case.shown:
            recording.add(case, answer)


def test_each_example_is_what_the_api_answers_now(recorded: dict[str, Any]) -> None:
    if os.environ.get("RECORD_EXAMPLES"):
        FILE.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    now, kept = steady(recorded), steady(json.loads(FILE.read_text(encoding="utf-8")))
    assert kept.splitlines() == now.splitlines(), "python -m tests.docs.record_examples records them anew"


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    document: dict[str, Any] = create_app(settings_for("postgresql:///")).test_client().get("/openapi.json").get_json()
    return document


def operations(description: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield f"{method.upper()} {path}", operation


def resolved(description: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = description
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return resolved(description, found)


def contents(description: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Each body that the description has: where, the status or "request", and its media types."""
    for name, operation in operations(description):
        if "requestBody" in operation:
            yield name, "request", operation["requestBody"]["content"]
        for status, response in operation["responses"].items():
            yield name, status, resolved(description, response).get("content", {})


def test_each_success_each_request_and_each_typical_error_has_an_example(description: dict[str, Any]) -> None:
    missing = [
        f"{name}: {status} {kind}"
        for name, status, content in contents(description)
        if status in ("request", *TYPICAL_ERRORS) or status.startswith("2")
        for kind, media in (content or {"nothing": {}}).items()
        if status not in BODYLESS and not ("example" in media or media.get("examples"))
    ]
    assert missing == []


def test_each_example_has_the_shape_it_is_an_example_of(description: dict[str, Any]) -> None:
    seen = 0
    for name, status, content in contents(description):
        for kind, media in content.items():
            examples = [media["example"]] if "example" in media else []
            examples += [example["value"] for example in media.get("examples", {}).values()]
            schema = {**media["schema"], "components": description["components"]}
            validator = Draft202012Validator(schema, format_checker=FormatChecker())
            for example in examples:
                seen += 1
                errors = [error.message for error in validator.iter_errors(example)]
                assert errors == [], f"{name}: {status} {kind}"
    assert seen > 100


def test_each_recorded_example_is_in_the_description(description: dict[str, Any]) -> None:
    there = {(name, status) for name, status, _ in contents(description)}
    recorded = {(name, status) for name, kept in RECORDED["operations"].items() for status in kept["responses"]}
    assert recorded - there == set()
    assert set(RECORDED["shared"]) <= {status for _, status in there}


def test_each_parameter_of_a_path_has_an_example(description: dict[str, Any]) -> None:
    for path, methods in description["paths"].items():
        for parameter in methods.get("parameters", []):
            assert "example" in parameter, path


def test_no_secret_is_in_an_example() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert not any(secret in text for secret in (SYNC_KEY, *KEYS.values()))
