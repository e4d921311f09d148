"""The requests from which the examples in the API's description are recorded.

``python -m tests.docs.record_examples`` loads the drop in data/, sends them, and rewrites api/http/examples.json.
"""

import json
import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.warehouse import ROOT

FILE = ROOT / "api" / "http" / "examples.json"
PROBLEM = "application/problem+json"
MERGE_PATCH = "application/merge-patch+json"

PARAMETERS = {
    "product_key": 16,
    "customer_key": 265,
    "segment": "VIP",
    "run_id": 1,
    "order_number": "SO43697",
    "If-Match": "*",
}
"""The value that the description shows for each required parameter, and that the paths of requests below have."""

PRODUCT = {
    "product_number": "BK-C01",
    "product_name": "Cargo bike",
    "category_id": "BI_CB",
    "category": "Bikes",
    "subcategory": "Cargo Bikes",
    "maintenance": "Yes",
    "cost": 1200,
    "product_line": "Touring",
    "start_date": "2026-02-01",
}
CSV = {"Accept": "text/csv"}
ANY = {"If-Match": "*"}
OLD = {"If-Match": '"0"'}


class Case(NamedTuple):
    """A request and the status it is answered with."""

    operation: str
    """Method and path, as in the description."""

    status: int
    query: str = ""
    body: Any = None
    headers: Mapping[str, str] = {}
    """Without X-API-Key among them, a key with all scopes is added."""

    api: str = "synced"
    """The test's application that answers."""

    values: Mapping[str, Any] = {}
    """Parameters of the path where they are not those of PARAMETERS."""

    shared: bool = False
    """Whether any operation may answer this."""

    shown: bool = True
    """Whether the answer is an example; else the request is sent for its effect."""


BEFORE_THE_FIRST_SYNC = [
    Case("GET /health/ready", 503),
    Case("GET /api/kpis", 503, shared=True),
    Case("POST /api/sync", 503, api="without a warehouse"),
]
READS = [
    Case("GET /", 200, headers={"Accept": "application/json"}),
    Case("GET /health/live", 200),
    Case("GET /health/ready", 200),
    Case("GET /health/ready", 503, api="without Postgres"),
    Case("GET /metrics", 200),
    Case("GET /api/products", 200, "?limit=2"),
    Case("GET /api/products", 200, "?limit=2", headers=CSV),
    Case("GET /api/products", 410, "?cursor=Wzk5LCJwcm9kdWN0X2tleSBieSBwcm9kdWN0X2tleSIsIjIiXQ"),
    Case("GET /api/products", 422, "?limit=0&colour=red"),
    Case("GET /api/products/{product_key}", 200),
    Case("GET /api/products/{product_key}", 200, headers=CSV),
    Case("GET /api/products/{product_key}", 404, values={"product_key": 999999}),
    Case("GET /api/customers", 200, "?limit=2"),
    Case("GET /api/customers", 200, "?limit=2", headers=CSV),
    Case("GET /api/customers", 410, "?cursor=Wzk5LCJjdXN0b21lcl9rZXkgYnkgY3VzdG9tZXJfa2V5IiwiMiJd"),
    Case("GET /api/customers", 422, "?segment=gold"),
    Case("GET /api/customers/{segment}", 200, "?limit=2"),
    Case("GET /api/customers/{segment}", 200, "?limit=2", headers=CSV),
    Case("GET /api/customers/{segment}", 404, values={"segment": "gold"}),
    Case("GET /api/customers/{segment}", 410, "?cursor=Wzk5LCJjdXN0b21lcl9rZXkgYnkgY3VzdG9tZXJfa2V5IiwiMiJd"),
    Case("GET /api/customers/{segment}", 422, "?sort=colour"),
    Case("GET /api/customers/key/{customer_key}", 200),
    Case("GET /api/customers/key/{customer_key}", 200, headers=CSV),
    Case("GET /api/customers/key/{customer_key}", 404, values={"customer_key": 999999}),
    Case("GET /api/sales", 200, "?group_by=category,gender&country=Germany&sort=-total_sales&top=2"),
    Case("GET /api/sales", 200, "?group_by=month,country&limit=2&from=2026-01-01", headers=CSV),
    Case("GET /api/sales", 410, "?cursor=Wzk5LCJzYWxlcyBkYXkiLCIwIl0"),
    Case("GET /api/sales", 422, "?group_by=colour&from=2026-02-01&to=2026-01-01"),
    Case("GET /api/orders", 200, "?limit=2"),
    Case("GET /api/orders", 200, "?limit=2&sort=-order_date", headers=CSV),
    Case("GET /api/orders", 410, "?cursor=Wzk5LCJvcmRlcl9udW1iZXIgYnkgb3JkZXJfbnVtYmVyIiwiU08xIl0"),
    Case("GET /api/orders", 422, "?customer=me&sort=colour"),
    Case("GET /api/orders/{order_number}", 200),
    Case("GET /api/orders/{order_number}", 200, headers=CSV),
    Case("GET /api/orders/{order_number}", 404, values={"order_number": "SO1"}),
    Case("GET /api/orders/lines", 200, "?order=SO43697"),
    Case("GET /api/orders/lines", 200, "?product=16&limit=2", headers=CSV),
    Case("GET /api/orders/lines", 410, "?cursor=Wzk5LCJsaW5lX2lkIGJ5IG9yZGVyX251bWJlciIsIlNPMSIsIjEiLCIxIl0"),
    Case("GET /api/orders/lines", 422, "?product=bike"),
    Case("GET /api/kpis", 200),
    Case("GET /api/kpis", 200, headers=CSV),
    Case("GET /api/kpis", 401, headers={"X-API-Key": "swh_nobody"}, shared=True),
    Case("GET /api/kpis", 422, "?from=2025-01-01", shared=True),
    Case("GET /api/kpis", 503, api="without Postgres", shared=True),
    Case("GET /api/kpis", 429, api="with a limit", shared=True),
]
WRITES = [
    Case("POST /api/products", 403, body=PRODUCT, headers={"X-API-Key": "key-that-reads"}, shared=True),
    Case("POST /api/products", 201, body=PRODUCT, headers={"Idempotency-Key": "order-4711"}),
    Case("POST /api/products", 422, body={**PRODUCT, "cost": 1300}, headers={"Idempotency-Key": "order-4711"}),
    Case("POST /api/products", 422, body={"product_name": "", "cost": "1200", "colour": "red"}),
    Case("POST /api/products", 400, body="{", shared=True),
    Case("POST /api/products", 413, body={"product_name": "long " * 20_000}, shared=True),
    Case("POST /api/products", 415, body="Cargo bike", headers={"Content-Type": "text/plain"}),
    Case("GET /api/products/{product_key}/overlay", 404),
    Case("DELETE /api/products/{product_key}/overlay", 404, headers=ANY),
    Case("PATCH /api/products/{product_key}", 200, body={"cost": 900}, headers=ANY),
    Case("PATCH /api/products/{product_key}", 404, body={"cost": 900}, headers=ANY, values={"product_key": 999999}),
    Case("PATCH /api/products/{product_key}", 412, body={"cost": 900}, headers=OLD, shared=True),
    Case("PATCH /api/products/{product_key}", 415, body="900", headers={**ANY, "Content-Type": "text/plain"}),
    Case("PATCH /api/products/{product_key}", 422, body={"cost": -1}, headers=ANY),
    Case("PATCH /api/products/{product_key}", 428, body={"cost": 900}, shared=True),
    Case("GET /api/products/{product_key}/overlay", 200),
    Case("DELETE /api/products/{product_key}/overlay", 409, headers=ANY, values={"product_key": 1_000_000}),
    Case("PUT /api/products/{product_key}", 200, body=PRODUCT, headers=ANY),
    Case("PUT /api/products/{product_key}", 404, body=PRODUCT, headers=ANY, values={"product_key": 999999}),
    Case("PUT /api/products/{product_key}", 415, body="bike", headers={**ANY, "Content-Type": "text/plain"}),
    Case("PUT /api/products/{product_key}", 422, body={"cost": 900}, headers=ANY),
    Case("DELETE /api/products/{product_key}", 422, headers={"If-Match": "5"}),
    Case("DELETE /api/products/{product_key}/overlay", 422, headers={"If-Match": "5"}),
    Case("DELETE /api/products/{product_key}", 404, headers=ANY, values={"product_key": 999999}),
    Case("DELETE /api/products/{product_key}", 204, headers=ANY, shown=False),
    Case("DELETE /api/products/{product_key}/overlay", 200, headers=ANY),
]
SYNC = [
    Case("POST /api/sync", 201, body={"datasets": ["products", "customers", "sales"], "sample_customers": None}),
    Case("GET /api/sync", 200, "?limit=2"),
    Case("GET /api/sync", 422, "?limit=0"),
    Case("GET /api/sync/{run_id}", 200),
    Case("GET /api/sync/{run_id}", 404, values={"run_id": 999999}),
    Case("POST /api/sync", 409, body={"datasets": ["products"], "sample_customers": 100}),
    Case("POST /api/sync", 422, body={"datasets": ["stores"], "sample_customers": 0}),
    Case("POST /api/sync", 202, headers={"Prefer": "respond-async"}),
    Case("POST /api/sync/monitoring", 200),
]
WHILE_SYNCING = [Case("POST /api/sync", 409)]

METRICS_SHOWN = re.compile(
    r"# \w+ api_(requests_total|business|synced)|api_(business|synced)|api_requests_total.*health.live.*200"
)
VOLATILE = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00"), "<time>"),
    (re.compile(r'"(duration_seconds|age_days)": [\d.]+'), r'"\1": <number>'),
    (re.compile(r"try again in \d+ s"), "try again in <number> s"),
    (re.compile(r"(api_\w+(\{[^}]*\})?) [\d.e+]+(?=\\n)"), r"\1 <number>"),  # a metric, its line end escaped
)
"""Parts that differ between recordings, and their replacements in a comparison."""


def send(client: FlaskClient, case: Case, key: str) -> TestResponse:
    """Send a case's request; raises AssertionError if its answer has another status."""
    method, path = case.operation.split(" ")
    address = path.format(**{**PARAMETERS, **case.values}) + case.query
    headers = {"X-API-Key": key, **case.headers}
    body: dict[str, Any] = {}
    if case.body is not None:
        data = case.body if isinstance(case.body, str) else json.dumps(case.body)
        content_type = MERGE_PATCH if method == "PATCH" else "application/json"
        body = {"data": data, "content_type": headers.pop("Content-Type", content_type)}
    answer = client.open(address, method=method, headers=headers, **body)
    assert answer.status_code == case.status, f"{case}: {answer.text}"
    while case.status == 202 and _runs(client, answer, headers):
        time.sleep(0.05)
    return answer


def _runs(client: FlaskClient, accepted: TestResponse, headers: Mapping[str, str]) -> bool:
    """Whether the sync that was accepted is still running."""
    run: dict[str, Any] = client.get(accepted.headers["Location"], headers=headers).get_json()
    return bool(run["status"] == "running")


class Recording:
    """The examples, collected from the answers."""

    def __init__(self) -> None:
        self.shared: dict[str, dict[str, Any]] = defaultdict(dict)
        self.requests: dict[str, dict[str, Any]] = {}
        self.responses: dict[str, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))

    def add(self, case: Case, answer: TestResponse) -> None:
        """Keep an answer, and of a request that succeeded its body."""
        content_type = str(answer.mimetype)
        example = _shown(answer)
        if content_type == PROBLEM:
            media = self._problems(case).setdefault("examples", {})
            media[example["type"].rpartition(":")[2]] = {"summary": example["title"], "value": example}
        else:
            self.responses[case.operation][str(case.status)][content_type] = {"example": example}
        if case.body is not None and case.status < 300:
            kinds = ["application/json", MERGE_PATCH] if case.operation.startswith("PATCH") else ["application/json"]
            self.requests[case.operation] = {kind: {"example": case.body} for kind in kinds}

    def _problems(self, case: Case) -> dict[str, Any]:
        if case.shared:
            return self.shared[str(case.status)]
        problems: dict[str, Any] = self.responses[case.operation][str(case.status)].setdefault(PROBLEM, {})
        return problems

    def document(self) -> dict[str, Any]:
        """Return the contents of examples.json."""
        operations: dict[str, Any] = {}
        for operation, responses in sorted(self.responses.items()):
            body = self.requests.get(operation)
            operations[operation] = ({"request": body} if body else {}) | {"responses": dict(sorted(responses.items()))}
        return {"parameters": PARAMETERS, "shared": dict(sorted(self.shared.items())), "operations": operations}


def _shown(answer: TestResponse) -> Any:
    if answer.is_json:
        return answer.get_json()
    if answer.mimetype == "text/plain":  # of the metrics, some
        return "".join(line for line in answer.text.splitlines(keepends=True) if METRICS_SHOWN.match(line))
    return answer.text


def steady(document: Any) -> str:
    """Return a document as text, with the parts replaced that differ between recordings."""
    text = json.dumps(document, indent=1, ensure_ascii=False)
    for pattern, replacement in VOLATILE:
        text = pattern.sub(replacement, text)
    return text


def main() -> int:
    """Record the examples."""
    os.environ["RECORD_EXAMPLES"] = "1"
    return int(pytest.main([str(Path(__file__).with_name("test_examples_in_the_description.py")), "-k", "answers_now"]))


if __name__ == "__main__":
    sys.exit(main())
