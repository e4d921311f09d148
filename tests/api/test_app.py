"""What holds for the application as a whole: settings, health, errors, documentation."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from api import create_app
from api.models import Customer, Product
from api.schemas import CustomerSchema, ProductSchema
from api.settings import VARIABLES, Settings, SettingsError
from tests.api.conftest import NO_WAREHOUSE, SYNC_KEY, Publish

PROBLEM = "application/problem+json"


@pytest.fixture
def client_without_postgres(tmp_path: Path) -> FlaskClient:
    """An API whose Postgres is down: nothing listens where its URL points."""
    url = f"postgresql://postgres:the-password@/serving?host={tmp_path}"
    return create_app(Settings(url, NO_WAREHOUSE, SYNC_KEY)).test_client()


@pytest.mark.parametrize("missing", [[name] for name in VARIABLES] + [list(VARIABLES)])
def test_missing_settings_are_all_named_with_the_way_out(missing: list[str]) -> None:
    environment = {name: "" if name in missing else "postgresql://" for name in VARIABLES}
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment(environment)
    named = [name for name in VARIABLES if f"{name}:" in str(raised.value)]
    assert named == missing
    assert "make env" in str(raised.value)


def test_a_database_url_that_is_none_is_refused_by_the_name_of_its_setting() -> None:
    environment = dict.fromkeys(VARIABLES, "postgresql:secret")
    with pytest.raises(SettingsError, match="SERVING_DATABASE_URL is no URL") as raised:
        Settings.from_environment(environment)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_any_usual_scheme_of_a_postgres_url_works(database_url: str, scheme: str) -> None:
    url = scheme + database_url.removeprefix("postgresql")
    assert create_app(Settings(url, NO_WAREHOUSE, SYNC_KEY)).test_client().get("/health").status_code == 200


def test_settings_do_not_show_secrets() -> None:
    assert "secret" not in repr(Settings("secret", "secret", "secret"))


def test_health_says_which_batch_and_business_date_are_served(client: FlaskClient, publish: Publish) -> None:
    publish(batch_id=6)
    publish(batch_id=7)
    health = client.get("/health")
    assert health.status_code == 200
    assert health.get_json() == {
        "status": "ok",
        "business_date": "2026-01-04",
        "batch_id": 7,
        "synced_at": None,
    }


def test_health_before_the_first_sync_is_fine_and_serves_no_day(client: FlaskClient) -> None:
    health = client.get("/health")
    assert (health.status_code, health.get_json()["business_date"]) == (200, None)


@pytest.mark.parametrize("address", ["/api/products", "/api/products/1", "/api/customers/VIP"])
def test_before_the_first_sync_no_empty_list_is_passed_off_as_data(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.content_type) == (503, PROBLEM)
    assert answer.get_json()["type"] == "urn:sales-warehouse:problem:not-synced"


@pytest.mark.parametrize("address", ["/health", "/api/products", "/api/products/1", "/api/customers/VIP"])
def test_without_postgres_every_read_is_unavailable_and_tells_nothing_of_the_database(
    client_without_postgres: FlaskClient, address: str, tmp_path: Path
) -> None:
    answer = client_without_postgres.get(address)
    assert (answer.status_code, answer.content_type) == (503, PROBLEM)
    assert answer.get_json()["type"] == "urn:sales-warehouse:problem:serving-database-down"
    assert not any(secret in answer.text for secret in ("the-password", str(tmp_path), "psycopg", "socket"))


def test_the_api_recovers_when_postgres_drops_its_connections(
    client: FlaskClient, publish: Publish, engine: Engine
) -> None:
    publish()
    assert client.get("/health").status_code == 200
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/nothing/here", 404),
        ("DELETE", "/api/products", 405),
        ("GET", "/api/sync", 405),
        ("POST", "/health", 405),
    ],
)
def test_errors_of_http_are_problems_too(client: FlaskClient, method: str, address: str, status: int) -> None:
    answer = client.open(address, method=method)
    assert (answer.status_code, answer.content_type) == (status, PROBLEM)
    assert answer.get_json()["status"] == status
    assert answer.get_json()["type"] == "about:blank"
    assert status != 405 or answer.headers["Allow"]


def test_an_error_of_the_database_is_a_plain_500_without_its_text(
    client: FlaskClient, publish: Publish, engine: Engine
) -> None:
    publish()
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE serving.products RENAME COLUMN cost TO price_of_making"))
    answer = client.get("/api/products")
    assert (answer.status_code, answer.content_type) == (500, PROBLEM)
    assert not any(word in answer.text for word in ("cost", "column", "serving", "SELECT"))


@pytest.mark.parametrize("key", [None, "", "wrong", "the-key-of-the-test", "ключ"])
def test_a_sync_without_the_right_key_is_refused(client: FlaskClient, key: str | None) -> None:
    headers = {} if key is None else {"X-API-Key": key.encode().decode("latin-1")}
    answer = client.post("/api/sync", headers=headers)
    assert (answer.status_code, answer.content_type) == (401, PROBLEM)
    assert "WWW-Authenticate" in answer.headers
    assert SYNC_KEY not in answer.text


def test_the_openapi_document_describes_every_endpoint_and_its_problems(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    operations = {
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
        if method != "parameters"
    }
    assert operations == {
        ("GET", "/api/products"),
        ("GET", "/api/products/{product_key}"),
        ("GET", "/api/customers/{segment}"),
        ("POST", "/api/sync"),
        ("GET", "/health"),
    }
    assert document["paths"]["/api/sync"]["post"]["security"] == [{"syncKey": []}]
    assert "syncKey" in document["components"]["securitySchemes"]
    product = document["components"]["schemas"]["Product"]["properties"]
    assert (product["product_key"]["type"], product["cost"]["type"]) == ("integer", ["integer", "null"])
    for response in document["components"]["responses"].values():
        assert list(response["content"]) == [PROBLEM]


@pytest.mark.parametrize(
    ("schema", "model"), [(ProductSchema, Product), (CustomerSchema, Customer)], ids=["product", "customer"]
)
def test_a_schema_answers_every_column_of_its_table_and_says_which_may_be_null(
    schema: type[ProductSchema | CustomerSchema], model: type[Product | Customer]
) -> None:
    columns = {column.name: column.nullable for column in model.__table__.columns}
    assert {name: field.allow_none for name, field in schema().fields.items()} == columns


def test_building_the_application_opens_no_connection(app: Flask) -> None:
    assert app.extensions["serving_engine"].pool.checkedin() == 0
