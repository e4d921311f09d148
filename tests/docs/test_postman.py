"""The Postman collection: it has the format's structure and every operation, and its requests work unchanged."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from api import create_app
from tests.api.conftest import SYNC_KEY, new_database, settings_for
from tests.warehouse import Warehouse

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


@pytest.fixture(scope="module")
def client(committed_drop: Warehouse, postgres: str, migrated: str) -> Iterator[FlaskClient]:
    """An API that serves the drop in data/."""
    with new_database(postgres, migrated) as url:
        app = create_app(settings_for(url, committed_drop.server.odbc))
        synced = app.test_client().post("/api/sync", headers={"X-API-Key": SYNC_KEY})
        assert synced.status_code == 201, synced.text
        yield app.test_client()
        app.extensions["writer_engine"].dispose()
        app.extensions["loader_engine"].dispose()


@pytest.fixture(scope="module")
def collection(client: FlaskClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/postman.json").get_json()
    return document


def requests(collection: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for folder in collection["item"]:
        for item in folder["item"]:
            yield item["name"], item["request"]


def test_the_collection_has_the_structure_of_its_format(collection: dict[str, Any]) -> None:
    assert collection["info"]["schema"] == SCHEMA
    assert collection["info"]["name"]
    assert {variable["key"] for variable in collection["variable"]} == {"baseUrl", "apiKey"}
    assert collection["auth"]["type"] in collection["auth"]
    assert all(folder["name"] and folder["item"] for folder in collection["item"])
    for name, request in requests(collection):
        assert name
        assert request["description"]
        url = request["url"]
        assert url["raw"] == "/".join([*url["host"], *url["path"]])
        variables = {part.removeprefix(":") for part in url["path"] if part.startswith(":")}
        assert {variable["key"] for variable in url["variable"]} == variables
        for entry in (*request["header"], *url["query"], *url["variable"]):
            assert isinstance(entry["key"], str)
            assert isinstance(entry["value"], str)
            assert entry["value"] or entry.get("disabled"), (name, entry["key"])
        assert "body" not in request or request["body"]["mode"] == "raw"


def test_the_collection_has_each_operation_once(client: FlaskClient, collection: dict[str, Any]) -> None:
    paths: dict[str, Any] = client.get("/openapi.json").get_json()["paths"]
    described = {(method.upper(), path) for path, methods in paths.items() for method in methods} - {
        ("PARAMETERS", path) for path in paths
    }
    in_collection = [
        (request["method"], re.sub(r":(\w+)", r"{\1}", "/" + "/".join(request["url"]["path"])))
        for _, request in requests(collection)
    ]
    assert sorted(in_collection) == sorted(described)


def sent(client: FlaskClient, collection: Mapping[str, Any], request: Mapping[str, Any], key: str) -> int:
    """Send a request as Postman does, with the collection's variables; returns the status."""
    variables = {variable["key"]: variable["value"] for variable in collection["variable"]} | {"apiKey": key}
    address = request["url"]["raw"]
    for variable in request["url"]["variable"]:
        address = address.replace(f":{variable['key']}", variable["value"])
    headers = {entry["key"]: entry["value"] for entry in request["header"] if not entry.get("disabled")}
    headers["X-API-Key"] = variables["apiKey"]
    address = urlsplit(address.replace("{{baseUrl}}", variables["baseUrl"])).path
    body = request.get("body", {}).get("raw")
    answer = client.open(address, method=request["method"], headers=headers, data=body)
    assert answer.status_code < 400 or answer.is_json or "problem" in answer.content_type
    return answer.status_code


def test_each_get_of_the_collection_answers_even_without_a_key(client: FlaskClient, collection: dict[str, Any]) -> None:
    statuses = {
        name: sent(client, collection, request, key="")
        for name, request in requests(collection)
        if request["method"] == "GET"
    }
    not_found = [name for name, status in statuses.items() if status == 404]
    assert not_found == ["Get the changes by users to a product; 404 if there are none."]
    assert set(statuses.values()) == {200, 404}


def test_with_each_filter_of_the_collection_switched_on_the_gets_answer(
    client: FlaskClient, collection: dict[str, Any]
) -> None:
    for name, request in requests(collection):
        if request["method"] != "GET":
            continue
        for entry in request["url"]["query"]:
            if entry["value"]:
                address = "/" + "/".join(request["url"]["path"]).replace(":segment", "VIP")
                query = {entry["key"]: entry["value"]}
                if entry["key"] == "compare":  # which says that it needs these
                    query |= {"group_by": "total", "from": "2026-01-01", "to": "2026-01-31"}
                answer = client.get(address, query_string=query)
                assert answer.status_code == 200, (name, entry, answer.text)
