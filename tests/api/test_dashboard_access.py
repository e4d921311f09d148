"""Who may see the dashboards and have the exports, and what browsers are told about them."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from api import create_app
from tests.api.conftest import KEYS, add_keys, settings_for

PAGES = ("/dashboards/sales", "/dashboards/customers")
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
    (tmp_path / "sales_warehouse.hyper").write_bytes(b"an extract")
    (tmp_path / ".lock").write_bytes(b"")
    return tmp_path


@pytest.fixture
def closed(database_url: str, engine: Engine, exports: Path) -> FlaskClient:
    """A client of an API whose reads need a key."""
    add_keys(engine)
    return create_app(settings_for(database_url, open_reads=False, exports_dir=exports)).test_client()


@pytest.mark.parametrize("page", SHOWN)
def test_without_a_key_a_browser_is_told_to_ask_for_a_password(closed: FlaskClient, page: str) -> None:
    answer = closed.get(page)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_without_a_key_nothing_is_drawn(closed: FlaskClient) -> None:
    assert closed.post("/dashboards/_dash-update-component", json=DRAW).status_code == 401


@pytest.mark.parametrize("page", SHOWN)
def test_a_key_is_taken_as_the_password_and_as_the_header(closed: FlaskClient, page: str) -> None:
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


def test_what_changes_takes_no_password_that_a_browser_would_send_by_itself(closed: FlaskClient) -> None:
    answer = closed.post("/api/products", json={"product_name": "made"}, headers=password(KEYS["all"]))
    assert answer.status_code == 401
    assert closed.post("/api/sync", headers=password(KEYS["all"])).status_code == 401


def test_with_open_reads_nobody_is_asked(database_url: str) -> None:
    client = create_app(settings_for(database_url)).test_client()
    assert [client.get(page).status_code for page in PAGES] == [200, 200]


def test_the_pages_run_only_scripts_of_this_server(client: FlaskClient) -> None:
    for page in PAGES:
        policy = client.get(page).headers.getlist("Content-Security-Policy")
        assert len(policy) == 1
        directives: dict[str, Any] = {
            name: sources for name, *sources in (part.split() for part in policy[0].split(";"))
        }
        assert directives["default-src"] == ["'none'"]
        assert directives["connect-src"] == ["'self'"]
        own, script_of_dash = directives["script-src"]
        assert own == "'self'"
        assert script_of_dash.startswith("'sha256-")


def test_the_folder_leads_to_the_sales_page(client: FlaskClient) -> None:
    answer = client.get("/dashboards/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboards/sales")


@pytest.mark.parametrize("page", ["/dashboards/nonsense", "/dashboards/sales/", "/dashboards/rows/nonsense.csv"])
def test_there_is_no_other_page(client: FlaskClient, page: str) -> None:
    assert client.get(page).status_code == 404


def test_an_export_is_sent_as_it_is(database_url: str, exports: Path) -> None:
    client = create_app(settings_for(database_url, exports_dir=exports)).test_client()
    answer = client.get("/exports/sales_warehouse.hyper")
    assert answer.data == b"an extract"
    assert answer.headers["Content-Disposition"] == "attachment; filename=sales_warehouse.hyper"


@pytest.mark.parametrize("name", [".lock", "sales_warehouse.twbx", "../pyproject.toml", "%2e%2e/pyproject.toml"])
def test_nothing_else_of_the_folder_is_sent(database_url: str, exports: Path, name: str) -> None:
    client = create_app(settings_for(database_url, exports_dir=exports)).test_client()
    assert client.get(f"/exports/{name}").status_code == 404


def test_an_export_that_is_not_there_says_who_writes_it(client: FlaskClient) -> None:
    answer = client.get("/exports/sales_warehouse.twbx")
    assert answer.status_code == 404
    assert "export_tableau" in answer.get_json()["detail"]
