"""Keys and their scopes, CORS, and the permissions of the logins in the database."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from api import create_app
from api.http.access import PREFIX
from api.http.security_headers import DATA_POLICY, PAGE_POLICY
from tests.api.answers import Headers, problem
from tests.api.conftest import (
    KEYS,
    ROOT,
    SYNC_KEY,
    Publish,
    add_keys,
    environment_of,
    publish_run,
    settings_for,
)
from tests.postgres import as_login

READS = [
    "/api/products",
    "/api/products/3",
    "/api/products/3/overlay",
    "/api/customers",
    "/api/customers/VIP",
    "/api/customers/key/1",
    "/api/sales",
    "/api/orders",
    "/api/orders/lines",
    "/api/orders/SO1",
    "/api/kpis",
    "/api/sync",
    "/api/sync/1",
    "/metrics",
]
WRITES: list[tuple[str, str, Any]] = [
    ("POST", "/api/products", {"product_name": "Own"}),
    ("PUT", "/api/products/3", {"product_name": "Own"}),
    ("PATCH", "/api/products/3", {"cost": 1}),
    ("DELETE", "/api/products/3", None),
    ("DELETE", "/api/products/3/overlay", None),
]
SYNC: tuple[str, str, Any] = ("POST", "/api/sync", {})
OPEN = ["/", "/docs", "/docs/scalar.standalone.js", "/openapi.json", "/postman.json", "/health/live", "/health/ready"]
UNKNOWN = ["wrong", "key-that-read", "key-that-reads ", "KEY-THAT-READS", "ключ", "x" * 5000, SYNC_KEY[:-1]]


@pytest.fixture(scope="module")
def keys(shared_engine: Engine) -> dict[str, Headers]:
    """Headers with a key for each set of scopes, and with the key of API_SYNC_KEY."""
    publish_run(
        shared_engine,
        products=[{"product_key": 3}],
        customers=[{"customer_key": 1}],
        sales=[{"order_number": "SO1", "product_key": 3, "customer_key": 1}],
    )
    return {**add_keys(shared_engine), "sync": {"X-API-Key": SYNC_KEY}, "none": {}, "empty": {"X-API-Key": ""}}


@pytest.fixture(scope="module")
def closed_client(shared_url: str) -> FlaskClient:
    """An API whose reads need a key."""
    return create_app(settings_for(shared_url, open_reads=False)).test_client()


def change(client: FlaskClient, keys: dict[str, Headers]) -> None:
    """Ensure that product 3 has an overlay."""
    anyway = {**keys["all"], "If-Match": "*"}
    client.delete("/api/products/3/overlay", headers=anyway)
    assert client.patch("/api/products/3", json={"cost": 3}, headers=anyway).status_code == 200


@pytest.fixture(scope="module", autouse=True)
def _changed(shared_client: FlaskClient, keys: dict[str, Headers]) -> None:
    change(shared_client, keys)


def header(key: str) -> Headers:
    return {"X-API-Key": key.encode().decode("latin-1")}


@pytest.mark.parametrize("address", [*OPEN, *READS])
def test_open_reads_need_no_key(shared_client: FlaskClient, address: str) -> None:
    assert shared_client.get(address).status_code == 200


@pytest.mark.parametrize("address", READS)
@pytest.mark.parametrize(
    ("key", "status"),
    [("none", 401), ("empty", 401), ("read", 200), ("write", 403), ("sync", 403), ("all", 200)],
)
def test_closed_reads_need_a_key_with_the_read_scope(
    closed_client: FlaskClient, keys: dict[str, Headers], address: str, key: str, status: int
) -> None:
    for method in ("GET", "HEAD"):
        assert closed_client.open(address, method=method, headers=keys[key]).status_code == status


@pytest.mark.parametrize("address", OPEN)
def test_operations_without_data_need_no_key_even_if_reads_are_closed(closed_client: FlaskClient, address: str) -> None:
    assert closed_client.get(address).status_code == 200


@pytest.mark.parametrize("address", READS)
@pytest.mark.parametrize("key", ["write", "sync", "empty"])
def test_open_reads_accept_any_valid_key_and_an_empty_header(
    shared_client: FlaskClient, keys: dict[str, Headers], address: str, key: str
) -> None:
    assert shared_client.get(address, headers=keys[key]).status_code == 200


@pytest.mark.parametrize(("method", "address", "body"), WRITES)
@pytest.mark.parametrize(
    ("key", "refusal"),
    [
        ("none", (401, "invalid-key")),
        ("empty", (401, "invalid-key")),
        ("read", (403, "missing-scope")),
        ("sync", (403, "missing-scope")),
        ("write", None),
        ("all", None),
    ],
)
def test_writing_needs_a_key_with_the_write_scope(
    shared_client: FlaskClient,
    keys: dict[str, Headers],
    method: str,
    address: str,
    body: Any,
    key: str,
    refusal: tuple[int, str] | None,
) -> None:
    change(shared_client, keys)
    before = shared_client.get("/api/products").headers["ETag"]
    answer = shared_client.open(address, method=method, json=body, headers={**keys[key], "If-Match": "*"})
    if refusal:
        problem(answer, *refusal)
    else:
        assert answer.status_code in (200, 201, 204)
    assert (shared_client.get("/api/products").headers["ETag"] == before) == (refusal is not None)
    change(shared_client, keys)


@pytest.mark.parametrize(
    ("key", "refusal"),
    [
        ("none", (401, "invalid-key")),
        ("empty", (401, "invalid-key")),
        ("read", (403, "missing-scope")),
        ("write", (403, "missing-scope")),
        ("sync", (503, "warehouse-unavailable")),  # the key was accepted, and the warehouse is down
        ("all", (503, "warehouse-unavailable")),
    ],
)
def test_syncing_needs_a_key_with_the_sync_scope(
    shared_client: FlaskClient, keys: dict[str, Headers], key: str, refusal: tuple[int, str]
) -> None:
    for address in ("/api/sync", "/api/sync/monitoring"):
        problem(shared_client.post(address, headers=keys[key]), *refusal)


@pytest.mark.parametrize("key", UNKNOWN)
def test_an_unknown_key_is_refused_even_if_reads_are_open(shared_client: FlaskClient, key: str) -> None:
    for method, address, body in [("GET", "/api/products", None), ("GET", "/metrics", None), *WRITES, SYNC]:
        answer = shared_client.open(address, method=method, json=body, headers={**header(key), "If-Match": "*"})
        document = problem(answer, 401, "invalid-key")
        assert answer.headers["WWW-Authenticate"] == 'ApiKey header="X-API-Key", Bearer'
        assert "flask --app api keys create" in document["detail"]
        assert not any(known in answer.text for known in (SYNC_KEY, *KEYS.values()))


def test_a_refusal_names_the_missing_scope(shared_client: FlaskClient, keys: dict[str, Headers]) -> None:
    document = problem(shared_client.post("/api/products", json={}, headers=keys["read"]), 403, "missing-scope")
    assert document["detail"] == "The operation needs the scope write; the key has read."


def test_a_refused_write_does_not_reveal_whether_a_product_exists(
    shared_client: FlaskClient, keys: dict[str, Headers]
) -> None:
    for address in ("/api/products/3", "/api/products/99"):
        problem(shared_client.delete(address, headers=keys["read"]), 403, "missing-scope")
        problem(shared_client.put(address, data=b"{", content_type="application/json"), 401, "invalid-key")


def made(app: Flask, *arguments: str) -> str:
    """Run `flask keys …`; returns what it prints."""
    result = app.test_cli_runner().invoke(args=["keys", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_key_works_from_its_creation_to_its_revocation(app: Flask, client: FlaskClient, publish: Publish) -> None:
    publish(products=[{"product_key": 3}])
    key = made(app, "create", "A person", "--scope", "write", "--scope", "read").strip()
    assert client.get("/api/products", headers=header(key)).status_code == 200
    assert client.post("/api/products", json={"product_name": "Own"}, headers=header(key)).status_code == 201
    assert made(app, "list").split("\t")[1:] == ["read,write", f"{now(app)}", "valid", "A person\n"]
    key_id = made(app, "list").split("\t")[0]
    assert made(app, "revoke", key_id) == f"key {key_id} is revoked\n"
    for address in ("/api/products", "/metrics"):
        problem(client.get(address, headers=header(key)), 401, "invalid-key")
    assert f"revoked {now(app)}" in made(app, "list")


def now(app: Flask) -> str:
    """Return the current date of the database."""
    with psycopg.connect(app.config["SETTINGS"].serving_database_url) as connection:
        row = connection.execute("SELECT current_date").fetchone()
        assert row is not None
        return str(row[0])


def test_only_the_hash_of_a_key_is_stored(app: Flask, engine: Engine) -> None:
    keys = [made(app, "create", "same name").strip() for _ in range(2)]
    assert len(set(keys)) == 2
    assert all(key.startswith(PREFIX) and len(key) >= len(PREFIX) + 43 for key in keys)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT key_hash, scopes, k::text FROM serving.api_key AS k ORDER BY id")).all()
    assert [bytes(row.key_hash) for row in rows] == [hashlib.sha256(key.encode()).digest() for key in keys]
    assert [row.scopes for row in rows] == [["read"]] * 2
    assert not any(key.removeprefix(PREFIX) in row.k for key in keys for row in rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["create", "name", "--scope", "admin"], "'admin' is not one of"),
        (["create"], "Missing argument 'NAME'"),
        (["revoke", "99"], "There is no valid key 99; `flask keys list` shows all."),
        (["revoke", "x"], "not a valid integer"),
    ],
)
def test_the_command_explains_its_errors(app: Flask, arguments: list[str], message: str) -> None:
    result = app.test_cli_runner().invoke(args=["keys", *arguments])
    assert result.exit_code != 0
    assert message in result.output


def test_a_key_is_revoked_once(app: Flask) -> None:
    made(app, "create", "name")
    made(app, "revoke", "1")
    assert app.test_cli_runner().invoke(args=["keys", "revoke", "1"]).exit_code == 1


def test_the_command_of_the_readme_works(database_url: str, client: FlaskClient, publish: Publish) -> None:
    publish()
    command = [sys.executable, "-m", "flask", "--app", "api", "keys", "create", "Airflow", "--scope", "sync"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment_of(settings_for(database_url)),
        capture_output=True,
        text=True,
        check=True,
    )
    key = done.stdout.strip()
    assert key not in done.stderr
    assert "key 1 for Airflow, scopes sync" in done.stderr
    problem(client.post("/api/sync", headers=header(key)), 503, "warehouse-unavailable")
    problem(client.post("/api/products", headers=header(key), json={}), 403, "missing-scope")


EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("method", "address", "headers", "status"),
    [
        ("GET", "/api/products", {}, 200),
        ("HEAD", "/api/products", {}, 200),
        ("OPTIONS", "/api/products", {}, 200),
        ("GET", "/api/products", {"If-None-Match": "*"}, 304),
        ("GET", "/api/products", {"Accept": "text/csv"}, 200),
        ("GET", "/api/products?limit=0", {}, 422),
        ("GET", "/api/products/99", {}, 404),
        ("GET", "/nothing", {}, 404),
        ("PUT", "/api/kpis", {}, 405),
        ("POST", "/api/products", {}, 401),
        ("GET", "/", {"Accept": "text/html"}, 200),
        ("GET", "/docs", {}, 200),
        ("GET", "/docs/scalar.standalone.js", {}, 200),
        ("GET", "/static/docs.js", {}, 200),
        ("GET", "/openapi.json", {}, 200),
        ("GET", "/postman.json", {}, 200),
        ("GET", "/metrics", {}, 200),
        ("GET", "/health/live", {}, 200),
    ],
)
def test_every_response_has_the_security_headers(
    shared_client: FlaskClient, method: str, address: str, headers: Headers, status: int
) -> None:
    answer = shared_client.open(address, method=method, headers=headers)
    assert answer.status_code == status
    for name, value in EVERYWHERE.items():
        assert answer.headers.getlist(name) == [value]
    page = address in ("/", "/docs")
    assert answer.headers.getlist("Content-Security-Policy") == [PAGE_POLICY.format("'none'") if page else DATA_POLICY]
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_response_to_a_crash_has_the_security_headers(app: Flask) -> None:
    def crash() -> str:
        raise RuntimeError("the-password")

    app.add_url_rule("/crash", view_func=crash)
    answer = app.test_client().get("/crash")
    problem(answer, 500)
    assert "the-password" not in answer.text
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert answer.headers["Content-Security-Policy"] == DATA_POLICY


FRIEND, STRANGER = "https://dashboard.example", "https://evil.example"


@pytest.fixture(scope="module")
def cors_client(shared_url: str) -> FlaskClient:
    """An API with closed reads and an allowed origin."""
    origins = ("https://other.example", FRIEND)
    return create_app(settings_for(shared_url, cors_origins=origins, open_reads=False)).test_client()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address", ["/api/products", "/api/products/3", "/api/products/3/overlay", "/api/sync"])
def test_a_preflight_request_from_an_allowed_origin_is_answered(
    cors_client: FlaskClient, method: str, address: str
) -> None:
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "x-api-key, if-match"}
    answer = cors_client.options(address, headers={"Origin": FRIEND, **asked})
    assert answer.status_code == 200  # a preflight request carries no key
    assert answer.headers["Access-Control-Allow-Origin"] == FRIEND
    assert method in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Allow-Headers"].lower() == "if-match, x-api-key"
    assert "RateLimit" not in answer.headers


def test_an_allowed_origin_may_read_responses_and_their_headers(
    cors_client: FlaskClient, keys: dict[str, Headers]
) -> None:
    for headers in (keys["read"], {}):
        answer = cors_client.get("/api/products", headers={"Origin": FRIEND, **headers})
        assert answer.status_code == (200 if headers else 401)
        assert answer.headers["Access-Control-Allow-Origin"] == FRIEND
        exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
        assert {"ETag", "Link", "Location", "RateLimit", "Retry-After", "Business-Date"} <= exposed
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("origin", [STRANGER, f"{FRIEND}.evil.example", "null", "http://dashboard.example", "https://"])
def test_another_origin_gets_no_cors_headers(
    cors_client: FlaskClient, shared_client: FlaskClient, keys: dict[str, Headers], origin: str
) -> None:
    for client in (cors_client, shared_client):
        for method in ("GET", "OPTIONS"):
            asked = {"Origin": origin, "Access-Control-Request-Method": "GET", **keys["read"]}
            answer = client.open("/api/products", method=method, headers=asked)
            assert not [name for name in answer.headers.keys() if name.startswith("Access-Control-")]  # noqa: SIM118


@pytest.fixture(scope="module")
def logins(shared_url: str) -> Iterator[dict[str, psycopg.Connection[Any]]]:
    """Connections with the logins of the two roles."""
    with (
        psycopg.connect(as_login(shared_url, "api"), autocommit=True) as api,
        psycopg.connect(as_login(shared_url, "loader"), autocommit=True) as loader,
    ):
        yield {"api": api, "loader": loader}


SERVING = ("products", "customers", "sales", "sync_run", "api_key")
OVERLAY = ("products", "revision", "idempotency_key")
MONITORING = ("load_batches", "load_steps", "rejected_rows", "quality_results", "waivers", "copy")
FORBIDDEN = [
    *[
        ("api", statement.format(f"serving.{name}"))
        for name in SERVING
        for statement in ("INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}", "TRUNCATE {}")
    ],
    *[("api", f"UPDATE serving.{name} SET run_id = 1") for name in ("products", "customers", "sales")],
    ("api", "UPDATE serving.sync_run SET status = 'failed'"),
    ("api", "UPDATE serving.api_key SET scopes = '{write}'"),
    ("api", "INSERT INTO overlay.revision DEFAULT VALUES"),
    ("api", "DELETE FROM overlay.revision"),
    ("api", "SELECT setval('overlay.product_key_seq', 1)"),
    *[("loader", f"SELECT * FROM overlay.{name}") for name in OVERLAY],
    *[("loader", f"DELETE FROM overlay.{name}") for name in OVERLAY],
    *[
        ("api", statement.format(f"monitoring.{name}"))
        for name in MONITORING
        for statement in ("INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}")
    ],
    ("api", "UPDATE monitoring.copy SET copied_at = now()"),
    ("loader", "DELETE FROM monitoring.copy"),
    ("loader", "SELECT * FROM serving.api_key"),
    ("loader", "DELETE FROM serving.sync_run"),
    ("loader", "UPDATE serving.products SET cost = 0"),
    ("loader", "UPDATE serving.sales SET cost = 0"),
    *[
        (login, statement)
        for login in ("api", "loader")
        for statement in (
            "CREATE TABLE serving.mine (id integer)",
            "CREATE TABLE overlay.mine (id integer)",
            "CREATE TABLE monitoring.mine (id integer)",
            "CREATE TABLE public.mine (id integer)",
            "CREATE SCHEMA mine",
            "ALTER TABLE serving.products ADD COLUMN mine integer",
            "DROP TABLE serving.products",
            "DROP VIEW serving.served_products",
            "CREATE INDEX ON serving.sales (quantity)",
            "TRUNCATE serving.sales",
            "GRANT serving_loader TO test_api",
            "CREATE ROLE mine",
            "SELECT pg_read_file('/etc/passwd')",
            "COPY serving.products TO PROGRAM 'true'",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
        )
    ],
]


@pytest.mark.parametrize(("login", "statement"), FORBIDDEN)
def test_a_login_has_no_permissions_beyond_its_role(
    logins: dict[str, psycopg.Connection[Any]], login: str, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        logins[login].execute(statement)


def test_the_two_logins_differ_from_each_other_and_from_the_owner(logins: dict[str, psycopg.Connection[Any]]) -> None:
    for login, connection in logins.items():
        roles = connection.execute(
            "SELECT rolname FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER') AND rolname NOT LIKE 'pg\\_%'"
        ).fetchall()
        assert {role for (role,) in roles} == {f"test_{login}", f"serving_{login}"}
