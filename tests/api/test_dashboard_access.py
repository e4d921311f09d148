"""Access to the dashboards and exports, and the validation of their requests."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from api import create_app
from api.http import downloads
from tests.api.conftest import KEYS, Publish, add_keys, settings_for

PAGES = ("/dashboards/sales", "/dashboards/customers", "/dashboards/warehouse")
SHOWN = (*PAGES, "/dashboards/_dash-layout", "/dashboards/_dash-dependencies", "/exports/sales_warehouse.hyper")
DRAW = {
    "output": "..top.html...",
    "outputs": [],
    "inputs": [{"id": "location", "property": "href", "value": "http://localhost/dashboards/sales"}],
    "changedPropIds": ["location.href"],
}


def password(key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"anyone:{key}".encode()).decode()}


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    (tmp_path / "sales_warehouse-2026-02-01.hyper").write_bytes(b"an extract")
    (tmp_path / ".lock").write_bytes(b"")
    return tmp_path


@pytest.fixture
def closed(database_url: str, engine: Engine, exports: Path) -> FlaskClient:
    """A client of an API whose reads need a key."""
    add_keys(engine)
    return create_app(settings_for(database_url, open_reads=False, exports_dir=exports)).test_client()


@pytest.mark.parametrize("page", SHOWN)
def test_without_a_key_the_response_asks_the_browser_for_a_password(closed: FlaskClient, page: str) -> None:
    answer = closed.get(page)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_without_a_key_nothing_is_drawn(closed: FlaskClient) -> None:
    assert closed.post("/dashboards/_dash-update-component", json=DRAW).status_code == 401


@pytest.mark.parametrize("page", SHOWN)
def test_a_key_is_accepted_as_the_password_and_in_the_header(closed: FlaskClient, page: str) -> None:
    assert closed.get(page, headers=password(KEYS["read"])).status_code == 200
    assert closed.get(page, headers={"X-API-Key": KEYS["read"]}).status_code == 200


@pytest.mark.parametrize("wrong", ["", "wrong", "schlüssel"])
def test_a_wrong_password_is_asked_for_again(closed: FlaskClient, wrong: str) -> None:
    answer = closed.get("/dashboards/sales", headers=password(wrong))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_a_key_without_the_scope_sees_nothing(closed: FlaskClient, engine: Engine) -> None:
    answer = closed.get("/dashboards/sales", headers=password("the-key-of-the-tests"))
    assert answer.status_code == 403


def test_operations_that_change_something_accept_no_password(closed: FlaskClient) -> None:
    answer = closed.post("/api/products", json={"product_name": "made"}, headers=password(KEYS["all"]))
    assert answer.status_code == 401
    assert closed.post("/api/sync", headers=password(KEYS["all"])).status_code == 401


@pytest.mark.parametrize("address", [5, None, [], "http://[x", "/dashboards/nonsense"])
def test_a_location_that_is_not_a_url_is_refused(client: FlaskClient, address: Any) -> None:
    output = client.get("/dashboards/_dash-dependencies").get_json()[0]["output"]
    outputs = [dict(zip(("id", "property"), each.rsplit(".", 1), strict=True)) for each in output[2:-2].split("...")]
    asked = {
        **DRAW,
        "output": output,
        "outputs": outputs,
        "inputs": [{"id": "location", "property": "href", "value": address}],
    }
    assert client.post("/dashboards/_dash-update-component", json=asked).status_code in (404, 422)


@pytest.mark.parametrize("output", [1, "nothing.of.ours"])
def test_an_unknown_output_is_refused(client: FlaskClient, output: Any) -> None:
    answer = client.post("/dashboards/_dash-update-component", json={**DRAW, "output": output})
    assert answer.status_code == 422


@pytest.mark.parametrize("body", [{}, [], 5])
def test_a_body_that_is_not_an_update_request_is_refused(client: FlaskClient, body: Any) -> None:
    assert client.post("/dashboards/_dash-update-component", json=body).status_code == 422


@pytest.mark.parametrize("name", ["dash/nope.js", "nope/nope.js"])
def test_an_unknown_asset_is_not_found(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/dashboards/_dash-component-suites/{name}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize(
    "asked", [{"startRow": "x"}, {"sortModel": 5}, {"sortModel": [{"colId": "nope", "sort": "asc"}]}]
)
def test_an_invalid_request_of_the_table_is_refused(
    client: FlaskClient, publish: Publish, asked: dict[str, Any]
) -> None:
    grid = {"page": "sales", "query": "", "run": publish(), "type": "rows"}
    request = {"startRow": 0, "endRow": 9, "sortModel": [], **asked}
    name = json.dumps(grid, separators=(",", ":"))
    any_grid = json.dumps({key: ["MATCH"] if key != "type" else "rows" for key in sorted(grid)}, separators=(",", ":"))
    body = {
        "output": f"{any_grid}.getRowsResponse",
        "outputs": {"id": grid, "property": "getRowsResponse"},
        "inputs": [{"id": grid, "property": "getRowsRequest", "value": request}],
        "state": [{"id": grid, "property": "id", "value": grid}],
        "changedPropIds": [f"{name}.getRowsRequest"],
    }
    assert client.post("/dashboards/_dash-update-component", json=body).status_code == 422


def test_rows_of_a_run_that_is_no_longer_served_are_gone(client: FlaskClient, publish: Publish) -> None:
    run_id = publish()
    assert client.get(f"/dashboards/rows/{run_id}/sales.csv", buffered=True).status_code == 200
    publish()
    answer = client.get(f"/dashboards/rows/{run_id}/sales.csv")
    assert (answer.status_code, answer.get_json()["type"]) == (410, "urn:sales-warehouse:problem:newer-day")


def test_one_file_is_written_at_a_time(client: FlaskClient, publish: Publish) -> None:
    address = f"/dashboards/rows/{publish()}/sales.csv"
    with downloads.SLOT:
        assert client.get(address).status_code == 503
    answer = client.get(address)
    assert (answer.status_code, answer.content_length) == (200, len(answer.data))


@pytest.mark.parametrize("key", ["", "of a proxy"])
def test_with_open_reads_a_password_for_a_proxy_is_ignored(client: FlaskClient, key: str) -> None:
    assert client.get("/dashboards/sales", headers=password(key)).status_code == 200


def test_with_open_reads_the_dashboards_need_no_password(database_url: str) -> None:
    client = create_app(settings_for(database_url)).test_client()
    assert [client.get(page).status_code for page in PAGES] == [200] * len(PAGES)


def test_the_pages_run_only_scripts_of_this_server(client: FlaskClient) -> None:
    for page in PAGES:
        policy = client.get(page).headers.getlist("Content-Security-Policy")
        assert len(policy) == 1
        directives: dict[str, Any] = {
            name: sources for name, *sources in (part.split() for part in policy[0].split(";"))
        }
        assert directives["default-src"] == ["'none'"]
        assert directives["connect-src"] == ["'self'"]
        own, *script_of_dash = directives["script-src"]
        assert own == "'self'"
        assert [script.startswith("'sha256-") for script in script_of_dash] == [True] * (page != PAGES[-1])


def test_the_root_of_the_dashboards_redirects_to_the_sales_page(client: FlaskClient) -> None:
    answer = client.get("/dashboards/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboards/sales")


@pytest.mark.parametrize("page", ["/dashboards/nonsense", "/dashboards/sales/", "/dashboards/rows/1/nonsense.csv"])
def test_an_unknown_page_is_not_found(client: FlaskClient, page: str) -> None:
    assert client.get(page).status_code == 404


def test_a_browser_gets_a_page_with_the_dashboards_there_are(client: FlaskClient) -> None:
    answer = client.get("/dashboards/nonsense", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer.status_code == 404
    assert 'href="/dashboards/customers"' in answer.get_data(as_text=True)


def test_an_export_is_sent_unchanged(database_url: str, exports: Path) -> None:
    client = create_app(settings_for(database_url, exports_dir=exports)).test_client()
    answer = client.get("/exports/sales_warehouse.hyper")
    assert answer.data == b"an extract"
    assert answer.headers["Content-Disposition"] == "attachment; filename=sales_warehouse-2026-02-01.hyper"


@pytest.mark.parametrize("name", [".lock", "sales_warehouse.twbx", "../pyproject.toml", "%2e%2e/pyproject.toml"])
def test_other_files_in_the_folder_are_not_served(database_url: str, exports: Path, name: str) -> None:
    client = create_app(settings_for(database_url, exports_dir=exports)).test_client()
    assert client.get(f"/exports/{name}").status_code == 404


def test_the_error_for_a_missing_export_names_the_task_that_writes_it(client: FlaskClient) -> None:
    answer = client.get("/exports/sales_warehouse.twbx")
    assert answer.status_code == 404
    assert "export_tableau" in answer.get_json()["detail"]
