"""The landing page, /docs, openapi.json and postman.json."""

import gzip
import re
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import fields
from sqlalchemy import Engine

from api.resources.schemas import CustomerSchema, ProductSchema
from api.serving.models import Customer, Product, table
from tests.api.answers import PROBLEM, Headers, problem
from tests.api.conftest import SUNDAY, add_keys, publish_run

SCRIPT = "/docs/scalar.standalone.js"
NO_OPERATIONS = {
    "/exports/{name}",
    "/openapi.json",
    "/docs",
    SCRIPT,
    "/postman.json",
    "/static/{filename}",
}
METHODS = {"get", "post", "put", "patch", "delete"}
OPEN = {"start", "live", "ready"}


@pytest.fixture(scope="module")
def writer(shared_engine: Engine) -> Headers:
    publish_run(
        shared_engine,
        products=[{"product_key": 3, "product_name": "Bike", "start_date": SUNDAY}, {"product_key": 4}],
        customers=[{"customer_key": 1, "customer_segment": "VIP"}],
        sales=[{"order_number": "1", "product_key": 3, "customer_key": 1, "order_date": SUNDAY}],
    )
    return {**add_keys(shared_engine)["all"], "If-Match": "*"}


@pytest.fixture(scope="module")
def document(shared_client: FlaskClient) -> dict[str, Any]:
    answer: dict[str, Any] = shared_client.get("/openapi.json").get_json()
    return answer


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_the_description_has_exactly_the_routes_of_the_application(app: Flask, document: dict[str, Any]) -> None:
    described = set(operations(document))
    others = {route for route in routes(app) if route[1] in NO_OPERATIONS or route[1].startswith("/dashboards/")}
    assert described == routes(app) - others
    assert ("PATCH", "/api/products/{product_key}") in described


def test_every_operation_is_documented(document: dict[str, Any]) -> None:
    found = operations(document)
    ids = [operation["operationId"] for operation in found.values()]
    assert len(set(ids)) == len(ids)
    for (method, path), operation in found.items():
        assert len(operation["summary"]) > 10, (method, path)
        assert operation["tags"], (method, path)
        assert {int(status) for status in operation["responses"] if status.isdecimal()} & {200, 201, 204}, (
            method,
            path,
        )
        if operation["operationId"] in OPEN:
            assert "security" not in operation
        else:
            scope = "read" if method == "GET" else "sync" if path.startswith("/api/sync") else "write"
            # Reads need no key unless API_OPEN_READS is false.
            keyless: list[dict[str, Any]] = [{}] if scope == "read" else []
            assert operation["security"] == [{"apiKey": [scope]}, {"bearer": [scope]}, *keyless], (method, path)
            assert {"401", "403", "429", "500", "503"} <= set(operation["responses"]), (method, path)
    assert document["components"]["securitySchemes"]["apiKey"]["name"] == "X-API-Key"


def test_every_parameter_has_a_description_and_those_of_a_path_have_examples(document: dict[str, Any]) -> None:
    for methods in document["paths"].values():
        for operation in (methods, *(methods[name] for name in METHODS if name in methods)):
            for parameter in operation.get("parameters", []):
                assert parameter["schema"]
                assert parameter["in"] == "path" or parameter.get("description"), parameter
                assert not re.search(r"_$", parameter["name"]), parameter


def test_every_error_is_documented_as_a_problem(document: dict[str, Any]) -> None:
    for response in document["components"]["responses"].values():
        assert list(response["content"]) == [PROBLEM]


@pytest.mark.parametrize(
    ("schema", "model"), [(ProductSchema, Product), (CustomerSchema, Customer)], ids=["product", "customer"]
)
def test_a_schema_has_every_column_of_its_table_with_the_same_nullability(
    schema: type[ProductSchema | CustomerSchema], model: type[Product | Customer]
) -> None:
    columns = {column.name: column.nullable for column in table(model).columns if column.name != "run_id"}
    own: dict[str, fields.Field[Any]] = {name: field for name, field in schema().fields.items() if name != "origin"}
    assert {name: field.allow_none for name, field in own.items()} == columns


ANSWERS: list[tuple[str, str, Any, int]] = [
    ("GET", "/", None, 200),
    ("GET", "/api/products", None, 200),
    ("GET", "/api/products?fields=cost", None, 200),
    ("GET", "/api/products/3", None, 200),
    ("POST", "/api/products", {"product_name": "Own"}, 201),
    ("PUT", "/api/products/3", {"product_name": "Other"}, 200),
    ("PATCH", "/api/products/3", {"cost": 5}, 200),
    ("GET", "/api/products/3/overlay", None, 200),
    ("DELETE", "/api/products/3/overlay", None, 200),
    ("GET", "/api/customers", None, 200),
    ("GET", "/api/customers/VIP", None, 200),
    ("GET", "/api/customers/key/1", None, 200),
    ("GET", "/api/sales?group_by=quarter,product", None, 200),
    ("GET", "/api/kpis", None, 200),
    ("GET", "/api/sync", None, 200),
    ("GET", "/api/sync/1", None, 200),
    ("POST", "/api/sync", None, 503),
    ("POST", "/api/sync/monitoring", None, 503),
    ("GET", "/health/live", None, 200),
    ("GET", "/health/ready", None, 200),
    ("GET", "/api/products/99", None, 404),
    ("GET", "/api/customers/Gold", None, 404),
    ("GET", "/api/products?limit=0", None, 422),
    ("PATCH", "/api/products/3", {"colour": 5}, 422),
]


def test_responses_match_the_description(
    app: Flask, shared_client: FlaskClient, document: dict[str, Any], writer: Headers
) -> None:
    for method, address, body, status in ANSWERS:
        answer = shared_client.open(address, method=method, json=body, headers=writer)
        assert answer.status_code == status, answer.text
        rule = app.url_map.bind("localhost").match(address.partition("?")[0], method, return_rule=True)[0].rule
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule)
        response = document["paths"][path][method.lower()]["responses"][str(status)]
        if "$ref" in response:
            response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        schema = {**response["content"][answer.content_type]["schema"], "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer.get_json())


def test_the_landing_page_shows_the_business_date_and_other_clients_get_links(
    shared_client: FlaskClient, writer: Headers
) -> None:
    page = shared_client.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "<strong>2026-01-04</strong>" in page.text
    for accept in ("application/json", "*/*", ""):
        answer = shared_client.get("/", headers={"Accept": accept})
        assert answer.mimetype == "application/json"
        for address in answer.get_json()["links"].values():
            assert shared_client.get(address).status_code == 200, address


@pytest.mark.parametrize("page", ["/", "/docs"])
def test_a_page_loads_only_existing_files_of_this_server(
    shared_client: FlaskClient, writer: Headers, page: str
) -> None:
    html = shared_client.get(page, headers={"Accept": "text/html"}).text
    addresses = re.findall(r'(?:href|src|data-url)="([^"]+)"', html)
    assert len(addresses) > 3
    for address in addresses:
        if not address.startswith("data:"):
            assert address.startswith("/"), address
            assert shared_client.get(address.replace("&amp;", "&")).status_code == 200, address
    assert not re.search(r"<script(?![^>]* src=)", html)  # the Content-Security-Policy forbids inline scripts


def test_only_the_script_of_the_documentation_is_served(shared_client: FlaskClient) -> None:
    for name in ("index.html", "..%2f__init__.py", "%2e%2e/__init__.py", "scalar.standalone.js.map", ""):
        problem(shared_client.get(f"/docs/{name}"), 404)


def test_the_script_of_the_documentation_is_compressed_for_browsers(shared_client: FlaskClient) -> None:
    plain, packed = (
        shared_client.get(SCRIPT, headers={"Accept-Encoding": encoding}) for encoding in ("identity", "br, gzip")
    )
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert len(packed.data) < len(plain.data) / 3
    assert gzip.decompress(packed.data) == plain.data
    assert packed.content_type == plain.content_type


def test_the_collection_for_postman_has_each_operation(shared_client: FlaskClient, document: dict[str, Any]) -> None:
    collection = shared_client.get("/postman.json").get_json()
    found = {
        (item["request"]["method"], "/" + "/".join(item["request"]["url"]["path"]))
        for folder in collection["item"]
        for item in folder["item"]
    }
    assert found == {(method, re.sub(r"\{(\w+)\}", r":\1", path)) for method, path in operations(document)}
