"""The API tested against its own description: schemathesis generates requests from /openapi.json and checks responses.

All phases run: the examples of the description, boundary values (coverage), valid and invalid generated requests
(fuzzing), and sequences of requests along the description's links (stateful). All checks are enabled.
"""

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pyodbc
import pytest
import schemathesis
from flask import Flask, Response, request, request_finished
from schemathesis import HookContext
from schemathesis.engine import StopReason, events, from_schema
from schemathesis.generation.meta import TestPhase
from werkzeug.serving import WSGIRequestHandler, make_server

from api import create_app
from api.figures.periods import EARLIEST, LATEST
from tests import SOAK
from tests.api.conftest import KEYS, settings_for
from tests.api.gold_database import GoldDatabase, insert
from tests.warehouse import Server

SEED = int(os.environ.get("SCHEMATHESIS_SEED", "20260104"))
"""The seed of the generated requests."""

EXAMPLES = 15
"""The number of generated requests for each operation in a pass, and of sequences of requests."""

LEAST = 1_000 + 270 * SOAK
"""The minimum number of requests: a thousand from the description itself, once, the others in each pass."""

PRODUCTS, CUSTOMERS, LINES = 120, 150, 600

Case = schemathesis.Case[Any]


@pytest.fixture(scope="module")
def gold(server: Server) -> Iterator[GoldDatabase]:
    """A warehouse that has published a day, with several pages of each list."""
    database = GoldDatabase(server.odbc)
    database.create()
    database.create_views()
    database.publish(4)
    with closing(pyodbc.connect(database.odbc)) as connection:
        fill(connection)
        connection.commit()
    yield database
    database.drop()


def fill(connection: pyodbc.Connection) -> None:
    """Add realistic rows to the day: categories, countries, segments, months, gaps and special characters."""
    keys = range(100, 100 + PRODUCTS)
    categories = [("BI_RB", "Bikes", "Road Bikes"), ("AC_HE", "Accessories", "Helmets"), ("CO_RF", None, None)]
    rows: list[tuple[Any, ...]] = [
        (
            key,
            200 + key,
            f"P-{key}",
            f"Ürün “{key}”, {key % 7}",
            *categories[key % 3],
            "No",
            key,
            "Mountain",
            None,
            True,
        )
        for key in keys
    ]
    insert(connection, "dim_products", rows)
    segments = ("High-Performer", "Mid-Range", "Low-Range")
    rows = [
        (key, date(2026, 1, 1 + key % 4), 0, segments[key % 3], 3, 9, key % 10 * 5000, 40, 2, 21.5, 500, 100)
        for key in keys
        if key % 5
    ]
    insert(connection, "report_products", rows)
    keys = range(100, 100 + CUSTOMERS)
    countries = ("Germany", "United States", "n/a")
    names = ("Jim", "Zoë", "李")
    rows = [
        (key, key, f"AW{key:08}", names[key % 3], "O'Neill", countries[key % 3], "Single", "Female", None, None, True)
        for key in keys
    ]
    insert(connection, "dim_customers", rows)
    classes = ("VIP", "Regular", "New")
    rows = [
        (key, f"{names[key % 3]} O'Neill", 45, "40-49", classes[key % 3], None, 0, 4, key % 9 * 700, 9, 3, 14, 150, 42)
        for key in keys
        if key % 6
    ]
    insert(connection, "report_customers", rows)
    rows = []
    for number in range(LINES):
        day = date(2025, 1 + number % 12, 1 + number % 28)
        product, customer = 100 + number % PRODUCTS, 100 + number % CUSTOMERS
        rows.append((f"L{number // 2}", product, customer, day, day, day, number * 10, 2, number * 5, 10, number))
    insert(connection, "fact_sales", rows)


@pytest.fixture
def app(database_url: str, gold: GoldDatabase, keys: dict[str, dict[str, str]]) -> Flask:
    """The API with the day synced."""
    app = create_app(settings_for(database_url, gold.odbc))
    answer = app.test_client().post("/api/sync", headers=keys["all"])
    assert answer.status_code == 201, answer.text
    return app


class Handler(WSGIRequestHandler):
    """Keeps connections open, and does not log."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do not log."""


@contextmanager
def served(application: WSGIApplication) -> Iterator[str]:
    """Serve an application over HTTP until the block ends; yields its address."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def config(number: int) -> schemathesis.Config:
    """Configure a pass: the first has all phases, each further one generates requests from another seed."""
    first = {"enabled": number == 0}
    return schemathesis.Config.from_dict(
        {
            "seed": SEED + number,
            "cache": {"enabled": False},  # no requests from an earlier run
            "continue-on-failure": True,
            "auth": {"openapi": {"apiKey": {"api_key": KEYS["all"]}}},
            "generation": {"max-examples": EXAMPLES, "no-shrink": True, "database": "none"},
            "phases": {"examples": first, "coverage": first},  # they do not depend on the seed
            "checks": {
                # A generated ETag is valid but names another state: 412.
                "positive_data_acceptance": {"expected-statuses": ["2xx", "304", "404", "409", "412"]},
                "negative_data_rejection": {"expected-statuses": ["400", "401", "404", "405", "415", "422", "428"]},
                # A change without If-Match: 428 (RFC 6585).
                "missing_required_header": {"expected-statuses": ["401", "428"]},
            },
        }
    )


@pytest.fixture
def amended() -> Iterator[None]:
    """Adjust valid requests to rules that a schema cannot express, and request CSV in some of them."""
    cursors: dict[tuple[str, ...], str] = {}
    numbers = count(1)

    def list_of(case: Case) -> tuple[str, ...]:
        names: Iterable[str] = ("segment", "sort")
        if case.operation.path == "/api/sales":  # its cursors belong to the whole question
            names = sorted(set(case.query) - {"cursor", "limit"})
        return case.operation.label, *(f"{name}={case.query.get(name)}" for name in names)

    def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
        if case.meta is None or not case.meta.generation.mode.is_positive:
            return
        query = case.query
        if "cursor" in query:  # only a cursor that the API returned for the same list and sort order
            del query["cursor"]
            if list_of(case) in cursors:
                query["cursor"] = cursors[list_of(case)]
        units = {"month", "quarter", "year"}.intersection(str(query.get("group_by", "")).split(","))
        bounds = [query.get("from", ""), query.get("to", "")]
        if units or not all(EARLIEST.isoformat() <= bound <= LATEST.isoformat() for bound in bounds):
            query.pop("compare", None)  # which needs both within the calendar, and whole units of time
        if "from" in query and "to" in query:
            query["from"], query["to"] = sorted((query["from"], query["to"]))
        if "Idempotency-Key" in case.headers:  # a new key for each body
            body = hashlib.sha256(json.dumps(case.body, sort_keys=True, default=repr).encode()).hexdigest()[:8]
            case.headers["Idempotency-Key"] = case.headers["Idempotency-Key"][:240] + body
        number = next(numbers)
        if case.meta.phase.name is not TestPhase.STATEFUL:  # stateful requests take them from earlier responses
            if "If-Match" in case.headers and number % 2:
                case.headers["If-Match"] = "*"
            if "product_key" in case.path_parameters and number % 3 == 0:  # a product of the warehouse
                case.path_parameters["product_key"] = 1 + number % 2
        answers = case.operation.definition.raw["responses"].get("200", {})
        if "text/csv" in answers.get("content", {}) and number % 5 == 0:
            case.headers["Accept"] = "text/csv"

    def after_call(context: HookContext, case: Case, response: schemathesis.Response) -> None:
        for link in response.headers.get("link", []):
            cursors[list_of(case)] = parse_qs(urlsplit(link.split(">")[0]).query)["cursor"][0]

    for hook in (before_call, after_call):
        schemathesis.hook(hook)
    yield
    for hook in (before_call, after_call):
        schemathesis.hooks.unregister(hook)


@dataclass
class Report:
    """The results of a pass."""

    phases: Counter[str] = field(default_factory=Counter)
    answers: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    complaints: dict[str, str] = field(default_factory=dict)
    ends: list[StopReason] = field(default_factory=list)

    def take(self, event: events.EngineEvent) -> None:
        """Add the results of an event."""
        match event:
            case events.ScenarioFinished(recorder=recorder, phase=phase):
                self.phases[phase.value] += sum(bool(made.response) for made in recorder.interactions.values())
                for checks in recorder.checks.values():
                    for check in checks:
                        if check.failure_info is not None:
                            failure, sample = check.failure_info.failure, check.failure_info.code_sample
                            text = f"{phase.value}: {failure.message}\n{sample}"
                            self.complaints.setdefault(f"{check.name}: {failure.operation}: {failure.title}", text)
            case events.NonFatalError(value=error, label=label):
                self.complaints[f"error: {label}"] = repr(error)
            case events.FatalError(exception=error):
                self.complaints["fatal error"] = repr(error)
            case events.EngineFinished(stop_reason=reason):
                self.ends.append(reason)

    def __str__(self) -> str:
        phases = ", ".join(f"{name} {number}" for name, number in self.phases.items())
        lines = [f"{self.phases.total()} requests made from seed {SEED}, {SOAK} passes: {phases}"]
        for operation, statuses in sorted(self.answers.items()):
            lines.append(f"  {operation}: " + ", ".join(f"{status}×{n}" for status, n in sorted(statuses.items())))
        return "\n".join(lines)


@pytest.mark.soak
@pytest.mark.usefixtures("amended")
def test_the_api_conforms_to_its_description(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    report, requests = Report(), count()

    def counted(_: Flask, response: Response, **__: Any) -> None:
        view = app.view_functions.get(request.endpoint or "")
        name = getattr(view, "__name__", None) if request.method != "OPTIONS" else None
        report.answers[name or "no operation"][response.status_code] += 1

    def asked(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        next(requests)  # answers from memory do not come to ``counted``
        return app(environment, start_response)

    with served(asked) as address, request_finished.connected_to(counted, app):
        for number in range(SOAK):
            schema = schemathesis.openapi.from_url(f"{address}/openapi.json", config=config(number))
            for event in from_schema(schema).execute():
                report.take(event)
    with capsys.disabled():
        print(f"\n{report}")
    assert report.ends == [StopReason.COMPLETED] * SOAK
    assert not report.complaints, "\n\n".join(f"{name}\n{text}" for name, text in report.complaints.items())
    assert set(report.phases) >= {"examples", "coverage", "fuzzing", "stateful"}
    assert LEAST <= report.phases.total() <= next(requests)
    paths = schema.raw_schema["paths"].values()
    operations = {path[method]["operationId"] for path in paths for method in path if method != "parameters"}
    never = {name for name in operations if not any(200 <= status < 300 for status in report.answers[name])}
    assert not never, f"operations that never succeeded: {', '.join(sorted(never))}"
    crashed = {name for name, statuses in report.answers.items() if any(status >= 500 for status in statuses)}
    assert not crashed, f"operations that failed: {', '.join(sorted(crashed))}"
