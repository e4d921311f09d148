"""The OWASP API Security Top 10 of 2023: the meaning of each item for this API, and a test of it.

https://owasp.org/API-Security/editions/2023/en/0x11-t10/
"""

import json
import re
import socket
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from api import create_app
from api.http import access
from api.resources.schemas import PRODUCT_FIELDS, USER_FIELDS
from api.serving import database
from tests.api.answers import PROBLEM, Headers, problem
from tests.api.conftest import Publish, settings_for
from tests.api.gold_database import GoldDatabase

PATIENCE_SECONDS = 60
BICYCLE = {"product_key": 1, "product_name": "Bicycle", "category": "Bikes", "total_sales": 1000}
BODY = {"product_name": "Cargo bike"}


@pytest.fixture
def closed(database_url: str, publish: Publish) -> FlaskClient:
    """An API with a product, whose reads need a key."""
    publish(products=[BICYCLE])
    return create_app(settings_for(database_url, open_reads=False)).test_client()


def made_key(app: Flask, *scopes: str) -> Headers:
    """Create a key with `flask keys create`; returns a header with the key."""
    options = [option for scope in scopes for option in ("--scope", scope)]
    made = app.test_cli_runner().invoke(args=["keys", "create", "somebody", *options])
    assert made.exit_code == 0, made.output
    return {access.HEADER: made.stdout.strip().splitlines()[-1]}


def test_api1_objects_need_a_scope_and_idempotency_keys_are_separate_by_caller(
    closed: FlaskClient, keys: dict[str, Headers]
) -> None:
    """Broken object level authorization: reaching an object by its id that is not yours to see.

    All callers with a scope share the products. Only the response kept under an Idempotency-Key belongs to one caller.
    """
    other = made_key(closed.application, "write")
    for address in ("/api/products/1", "/api/products/1/overlay", "/api/products/999", "/api/customers/key/1"):
        # The same response whether the object exists or not, so a caller learns nothing.
        problem(closed.get(address, headers=keys["write"]), 403, "missing-scope")
        problem(closed.get(address), 401, "invalid-key")
    for method in ("put", "patch", "delete"):
        refused = getattr(closed, method)("/api/products/1", json=BODY, headers={**keys["read"], "If-Match": "*"})
        problem(refused, 403, "missing-scope")

    mine = closed.post("/api/products", json=BODY, headers={**keys["write"], "Idempotency-Key": "order-1"})
    again = closed.post("/api/products", json=BODY, headers={**keys["write"], "Idempotency-Key": "order-1"})
    his = closed.post("/api/products", json=BODY, headers={**other, "Idempotency-Key": "order-1"})
    assert again.get_json() == mine.get_json()
    assert (his.status_code, "Idempotency-Replayed" in his.headers) == (201, False)
    assert his.get_json()["product_key"] != mine.get_json()["product_key"]
    others_body = closed.post(
        "/api/products", json={"product_name": "X"}, headers={**keys["all"], "Idempotency-Key": "order-1"}
    )
    assert others_body.status_code == 201, "a caller can find out which Idempotency-Keys another one has used"


def everything_in(engine: Engine) -> str:
    """Return all rows of all tables as text."""
    with engine.connect() as connection:
        tables = connection.execute(
            text(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname IN ('serving', 'overlay', 'monitoring')"
            )
        ).scalars()
        return "\n".join(
            row
            for name in tables.all()
            for row in connection.execute(text(f"SELECT t::text FROM {name} AS t")).scalars()
        )


def test_api2_keys_are_stored_as_hashes_revoked_at_once_and_cannot_be_guessed(
    database_url: str, publish: Publish, engine: Engine
) -> None:
    """Broken authentication: keys that leak, stay valid after revocation, or can be guessed."""
    limit = 20
    publish(products=[BICYCLE])
    app = create_app(settings_for(database_url, open_reads=False, rate_limit=limit))
    client = app.test_client()
    key, kept = made_key(app, "read"), made_key(app, "read")
    assert len(key[access.HEADER]) >= 43  # 256 bits in base64
    assert client.get("/api/products", headers=key).status_code == 200
    assert key[access.HEADER] not in everything_in(engine)
    problem(client.get("/api/products", query_string=key), 401, "invalid-key")  # URLs are logged

    assert app.test_cli_runner().invoke(args=["keys", "revoke", "1"]).exit_code == 0
    problem(client.get("/api/products", headers=key), 401, "invalid-key")

    # Each wrong key counts for the address. If a minute ends meanwhile, it takes twice as many requests.
    guesses = [client.get("/api/products", headers={access.HEADER: f"swh_{n}"}) for n in range(2 * limit + 1)]
    assert {guess.status_code for guess in guesses} == {401, 429}
    assert "Retry-After" in next(guess for guess in guesses if guess.status_code == 429).headers
    assert client.get("/api/products", headers=kept).status_code == 200, "guessing locks out who has a key"


def test_api3_callers_set_only_fields_of_users_and_see_only_documented_fields(
    app: Flask, client: FlaskClient, publish: Publish, keys: dict[str, Headers], engine: Engine
) -> None:
    """Broken object property level authorization: writing a property that is not yours, or reading a hidden one.

    Nobody may set the warehouse's figures, and the error of a failed sync is for the operator only.
    """
    publish(products=[BICYCLE])
    before = client.get("/api/products/1").get_json()
    headers = {**keys["all"], "If-Match": "*"}
    for name in {*PRODUCT_FIELDS, "run_id", "deleted", "changed_by", "__class__"} - {*USER_FIELDS}:
        for method, address in (("POST", "/api/products"), ("PUT", "/api/products/1"), ("PATCH", "/api/products/1")):
            body = {**BODY, name: before.get(name, 1)}
            problem(client.open(address, method=method, json=body, headers=headers), 422, "invalid-request")
    assert client.get("/api/products/1").get_json() == before
    assert len(client.get("/api/products").get_json()["items"]) == 1

    problem(client.post("/api/sync", headers=keys["all"]), 503, "warehouse-unavailable")
    with engine.connect() as connection:
        error = connection.scalar(text("SELECT error FROM serving.sync_run WHERE status = 'failed'"))
    assert "FreeTDS" in error
    answers = client.get("/api/sync").text + client.get("/api/sync/2").text
    assert not any(hidden in answers for hidden in ("FreeTDS", "error", "staged"))
    for hidden in ("run_id", "changed_by", "key_hash", "*"):
        problem(client.get("/api/products", query_string={"fields": hidden}), 422, "invalid-request")
        problem(client.get("/api/products", query_string={"sort": hidden}), 422, "invalid-request")


def test_api4_the_resources_of_a_request_and_a_caller_are_limited(
    database_url: str, publish: Publish, keys: dict[str, Headers], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unrestricted resource consumption: pages, bodies, texts, requests and statements without limit."""
    publish(products=[BICYCLE])
    monkeypatch.setattr(database, "STATEMENT_SECONDS", 1)
    monkeypatch.setattr(database, "LOCK_SECONDS", PATIENCE_SECONDS)
    app = create_app(settings_for(database_url))
    client, writer = app.test_client(), {**keys["all"], "Content-Type": "application/json"}
    for query in ({"limit": "1001"}, {"limit": "9" * 5000}, {"q": "x" * 101}, {"cursor": "A" * 50_000}):
        problem(client.get("/api/products", query_string=query), 422, "invalid-request")
    assert client.get("/api/products/" + "9" * 5000).status_code == 404
    problem(client.post("/api/products", data=json.dumps({"product_name": "x" * 70_000}), headers=writer), 413)
    for data, status, name in (
        ("[" * 60_000, 400, None),  # exceeds the parser's depth
        (f'{{"product_name": "x", "cost": {"9" * 60_000}}}', 400, None),  # exceeds Python's limit of digits
        ('{"product_name": "x", "cost": 1e999}', 422, "invalid-request"),
    ):
        problem(client.post("/api/products", data=data, headers=writer), status, name)

    with engine.begin() as holder:  # a lock makes the statement wait
        holder.execute(text("LOCK TABLE serving.products IN ACCESS EXCLUSIVE MODE"))
        problem(client.get("/api/products"), 503, "query-timeout")
    assert client.get("/api/products").status_code == 200

    limit = 5
    limited = create_app(settings_for(database_url, rate_limit=limit)).test_client()
    for headers in ({}, keys["all"]):
        statuses = {limited.get("/api/products", headers=headers).status_code for _ in range(2 * limit + 1)}
        assert statuses == {200, 429}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the operations of the description: method, path and documentation."""
    for path, methods in document["paths"].items():
        for method in set(methods) - {"parameters"}:
            yield method.upper(), path, methods[method]


OPEN = {"start", "live", "ready"}
"""Operations that need no key, because they return no data."""


def test_api5_each_operation_requires_its_scope_and_accepts_no_other(
    closed: FlaskClient, keys: dict[str, Headers]
) -> None:
    """Broken function level authorization: calling what is for others, such as writing with a key that reads.

    The operations and their scopes come from the OpenAPI description.
    """
    callers = {scope: made_key(closed.application, scope) for scope in access.SCOPES}
    callers["all"] = keys["all"]
    unguarded = set()
    for method, path, documentation in operations(closed.get("/openapi.json").get_json()):
        if "security" not in documentation:
            unguarded.add(documentation["operationId"])
            continue
        (scope,) = documentation["security"][0]["apiKey"]
        assert scope == ("read" if method == "GET" else "sync" if path.startswith("/api/sync") else "write"), (
            method,
            path,
        )
        address = re.sub(r"\{\w+\}", "1", path).replace("/customers/1", "/customers/VIP")
        body: dict[str, Any] = (
            {"json": BODY if path.startswith("/api/products") else {}} if method in ("POST", "PUT", "PATCH") else {}
        )
        problem(closed.open(address, method=method, **body), 401, "invalid-key")
        for name, headers in callers.items():
            answer = closed.open(address, method=method, headers=headers, **body)
            allowed = name in (scope, "all")
            assert (answer.status_code != 403) == allowed, f"{method} {path} with the scope {name}: {answer.status}"
            assert answer.status_code != 401
    assert unguarded == OPEN


def test_api6_concurrent_syncs_are_refused(
    database_url: str, gold: GoldDatabase, keys: dict[str, Headers], engine: Engine
) -> None:
    """Unrestricted access to sensitive business flows: a flood of syncs would keep the warehouse busy for others.

    One sync runs; the others are refused at once, without a query to the warehouse.
    """
    app = create_app(settings_for(database_url, gold.odbc))

    def sync() -> TestResponse:
        return app.test_client().post("/api/sync", headers=keys["all"])

    running: set[Future[TestResponse]]
    with ThreadPoolExecutor(5) as pool:
        with engine.begin() as holder:
            holder.execute(text("LOCK TABLE serving.sales IN ACCESS EXCLUSIVE MODE"))  # the running sync waits here
            running = {pool.submit(sync) for _ in range(5)}
            while len(running) > 1:
                done, running = wait(running, PATIENCE_SECONDS, FIRST_COMPLETED)
                if not done:
                    break
                for refused in done:
                    assert problem(refused.result(), 409, "sync-running")
                    assert "Retry-After" in refused.result().headers
            runs = len(running)
        last = [future.result(PATIENCE_SECONDS).status_code for future in running]
    assert (runs, last) == (1, [201])


def test_api7_no_input_makes_the_server_send_a_request(
    database_url: str, publish: Publish, keys: dict[str, Headers]
) -> None:
    """Server side request forgery: making the server call where the caller cannot.

    The API never uses input as a URL: a listener whose URL is in every part of the requests gets no connection.
    """
    publish(products=[BICYCLE])
    client = create_app(settings_for(database_url)).test_client()
    names: tuple[str, ...] = (
        "X-Forwarded-Host",
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "X-Forwarded-Prefix",
        "X-Original-URL",
    )
    names += ("X-Rewrite-URL", "Forwarded", "Origin", "Referer", "Link", "Location", "Destination", "Callback", "Via")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        host, url = f"127.0.0.1:{port}", f"http://127.0.0.1:{port}/x"
        hostile = {"Host": host, **dict.fromkeys(names, url), **keys["all"], "If-Match": "*", "If-None-Match": url}
        product = {name: url for name in USER_FIELDS if name not in ("cost", "start_date")}
        made = client.post("/api/products", json=product, headers=hostile)
        assert made.status_code == 201, made.text
        assert made.headers["Location"].startswith("/")
        sent = 0
        for method, path, documentation in operations(client.get("/openapi.json").get_json()):
            address = re.sub(r"\{\w+_key\}|\{run_id\}", "1", path).replace("{segment}", "VIP")
            query = {
                parameter["name"]: url
                for parameter in documentation.get("parameters", [])
                if parameter["in"] == "query"
            }
            for given in ({}, query, {"url": url, "callback": url}):
                for body in ({}, product, {"datasets": [url], "source": url}):
                    answer = client.open(address, method=method, query_string=given, json=body, headers=hostile)
                    assert not any(host in answer.headers.get(name, "") for name in ("Location", "Link"))
                    assert host not in str((answer.get_json(silent=True) or {}).get("next")), address
                    sent += 1
        assert sent > 100
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):  # no connection was made
            listener.accept()
        with socket.create_connection(("127.0.0.1", port)):  # and the listener would have accepted one
            listener.setblocking(True)
            listener.accept()[0].close()


def test_api8_responses_reveal_no_internals_and_have_the_security_headers(
    database_url: str, publish: Publish, engine: Engine
) -> None:
    """Security misconfiguration: exposed tracebacks, versions, methods and origins."""
    publish(products=[BICYCLE])
    app = create_app(settings_for(database_url))

    def crash() -> Response:
        raise RuntimeError("the-inside")

    app.view_functions["kpis.get_kpis"] = crash
    client, foreign = app.test_client(), {"Origin": "https://elsewhere.example"}
    with engine.begin() as connection:
        connection.execute(text("UPDATE serving.sync_run SET finished_at = started_at"))
        connection.execute(text("ALTER TABLE serving.customers RENAME COLUMN country TO nation"))
    answers = {
        "data": (client.get("/api/products", headers=foreign), 200),
        "csv": (client.get("/api/products", headers={"Accept": "text/csv"}), 200),
        "page": (client.get("/", headers={"Accept": "text/html"}), 200),
        "no address": (client.get("/api/nothing"), 404),
        "no method": (client.delete("/api/products"), 405),
        "trace": (client.open("/api/products", method="TRACE"), 405),
        "wrong": (client.get("/api/products?limit=x"), 422),
        "no key": (client.post("/api/sync"), 401),
        "crash": (client.get("/api/kpis"), 500),
        "database": (client.get("/api/customers"), 500),
        "console": (client.get("/console"), 404),
        "preflight": (
            client.options("/api/products", headers={**foreign, "Access-Control-Request-Method": "PUT"}),
            200,
        ),
    }
    inside = ("the-inside", "Traceback", "RuntimeError", "psycopg", "SELECT", "nation", "country", ".py", "Werkzeug")
    for name, (answer, status) in answers.items():
        assert answer.status_code == status, name
        headers = answer.headers
        assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY"), name
        assert headers["Referrer-Policy"] == "no-referrer", name
        assert headers["Content-Security-Policy"].startswith("default-src 'none'"), name
        assert "'unsafe-eval'" not in headers["Content-Security-Policy"]
        assert not {"Access-Control-Allow-Origin", "Server", "X-Powered-By", "Set-Cookie"} & {*headers.keys()}, name
        if status >= 400:
            assert answer.content_type == PROBLEM, name
            assert not any(word in answer.text for word in inside), name
    assert not app.debug

    friend = "https://dashboard.example"
    shared = create_app(settings_for(database_url, cors_origins=(friend,))).test_client()
    for origin, allowed in (
        (friend, friend),
        (foreign["Origin"], None),
        (f"{friend}.evil.example", None),
        ("null", None),
    ):
        answer = shared.get("/api/products", headers={"Origin": origin})
        assert answer.headers.get("Access-Control-Allow-Origin") == allowed, origin
        assert "Access-Control-Allow-Credentials" not in answer.headers


PAGES = {
    "/docs",
    "/docs/scalar.standalone.js",
    "/postman.json",
    "/openapi.json",
    "/static/{filename}",
    "/exports/{name}",
}
"""Routes for people and tools that are not operations of the API."""

DASHBOARDS = {
    ("GET", "/dashboards/"),
    ("GET", "/dashboards/{path}"),
    ("GET", "/dashboards/rows/{run_id}/{page}.csv"),
    ("GET", "/dashboards/warehouse"),
    ("GET", "/dashboards/warehouse/rejected-rows-{batch_id}.csv"),
    ("GET", "/dashboards/assets/{filename}"),
    ("GET", "/dashboards/_favicon.ico"),
    ("GET", "/dashboards/_dash-component-suites/{package_name}/{fingerprinted_path}"),
    ("GET", "/dashboards/_dash-layout"),
    ("GET", "/dashboards/_dash-dependencies"),
    ("GET", "/dashboards/_reload-hash"),
    ("POST", "/dashboards/_dash-update-component"),
}
"""The routes of Dash."""


def test_api9_every_route_is_documented_or_a_known_page(app: Flask, client: FlaskClient) -> None:
    """Improper inventory management: forgotten versions and undocumented routes."""
    document = client.get("/openapi.json").get_json()
    described = {(method, path) for method, path, _ in operations(document)}
    routes = {
        (method, re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes - described == {("GET", page) for page in PAGES} | DASHBOARDS
    assert described <= routes
    assert document["info"]["version"] == app.config["API_VERSION"] == "1.2.0"
    identifiers = [documentation["operationId"] for _, _, documentation in operations(document)]
    assert len(identifiers) == len({*identifiers})


SALES = (
    "CREATE OR ALTER VIEW gold.fact_sales AS SELECT order_number, product_key, customer_key, order_date, shipping_date,"
    " due_date, sales_amount, {} AS quantity, price, cost, profit FROM data.fact_sales"
)
ONE_KEY = (
    "CREATE OR ALTER VIEW gold.dim_products AS SELECT 1 AS product_key, product_id, product_number, product_name,"
    " category_id, category, subcategory, maintenance, cost, product_line, start_date, in_source FROM data.dim_products"
)
SPOILED = {
    "other figures each time": (SALES.format("CAST(RAND() * 1000000000 AS INT)"), "checksum-mismatch"),
    "a view that is missing": ("DROP VIEW gold.fact_sales", "warehouse-unavailable"),
    "other columns": ("CREATE OR ALTER VIEW gold.fact_sales AS SELECT 1 AS product_key", "warehouse-unavailable"),
    "no batch": (
        "CREATE OR ALTER VIEW gold.current_batch AS SELECT * FROM data.current_batch WHERE 1 = 0",
        "no-published-batch",
    ),
    "numbers that are too wide": (SALES.format("CAST(quantity AS BIGINT) + 4294967296"), "malformed-data"),
    "texts for numbers": (SALES.format("N'many'"), "malformed-data"),
    "a key that comes twice": (ONE_KEY, "malformed-data"),
}
"""Fault of the warehouse → the statement that causes it, and the problem that a sync returns."""

READ = ("/api/products", "/api/kpis", "/api/sales", "/api/customers", "/health/ready")


def served(client: FlaskClient) -> list[Any]:
    """Return all data that readers see."""
    answers = [client.get(address) for address in READ]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.get_json() for answer in answers]


@pytest.mark.parametrize("spoiled", SPOILED)
def test_api10_data_of_the_warehouse_is_verified_before_it_is_served(
    database_url: str, gold: GoldDatabase, keys: dict[str, Headers], spoiled: str
) -> None:
    """Unsafe consumption of APIs: trusting what another system sends.

    The warehouse is that system: if its data is inconsistent or does not fit, the run served before stays.
    """
    statement, name = SPOILED[spoiled]
    client = create_app(settings_for(database_url, gold.odbc)).test_client()
    assert client.post("/api/sync", headers=keys["all"]).status_code == 201
    before = served(client)
    gold.publish(2)
    gold.execute(statement)
    answer = client.post("/api/sync", headers=keys["all"])
    assert (answer.status_code >= 500, answer.content_type) == (True, PROBLEM), answer.text
    assert answer.get_json()["type"].endswith(f":{name}"), answer.text
    assert not any(word in answer.text for word in ("ODBC", "SQL", "psycopg", "Error", "pk_", "Decimal"))
    assert client.get("/api/sync").get_json()["items"][0]["status"] == "failed"
    assert served(client) == before
