"""The settings, read from the environment."""

from typing import Any

import pytest
from flask import Flask

from api import create_app
from api.settings import REQUESTS_PER_MINUTE, VARIABLES, Settings, SettingsError, migration_url
from tests.api.conftest import NO_WAREHOUSE, SYNC_KEY

COMPLETE = {
    "SERVING_DATABASE_URL": "postgresql://owner@/serving",
    "WAREHOUSE_ODBC_READER": "odbc",
    "API_SYNC_KEY": "key",
}


@pytest.mark.parametrize("missing", [[name] for name in VARIABLES] + [list(VARIABLES)])
def test_the_error_names_all_missing_settings_and_how_to_set_them(missing: list[str]) -> None:
    environment = {name: "" if name in missing else "postgresql://" for name in VARIABLES}
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment(environment)
    named = [name for name in VARIABLES if f"{name}:" in str(raised.value)]
    assert named == missing
    assert "make env" in str(raised.value)


@pytest.mark.parametrize("name", ["SERVING_DATABASE_URL", "SERVING_DATABASE_URL_LOADER", "SERVING_DATABASE_URL_API"])
def test_the_error_for_an_invalid_database_url_names_the_setting(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is not a URL") as raised:
        Settings.from_environment({**COMPLETE, name: "postgresql:secret"})
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_OPEN_READS", "yes"),
        ("API_OPEN_READS", "0"),
        ("API_RATE_LIMIT", "0"),
        ("API_RATE_LIMIT", "-1"),
        ("API_RATE_LIMIT", "many"),
        ("API_RATE_LIMIT", "1.5"),
        ("API_RATE_LIMIT", "١"),
        ("API_CACHE_MB", "-1"),
        ("API_CONTACT", "call me"),
        ("API_WEBHOOKS", "bi.example"),
        ("API_WEBHOOKS", "ftp://bi.example"),
        ("API_TRUSTED_PROXIES", "proxy"),
        ("API_TRUSTED_PROXIES", "10.0.0.2, 10.0.0.3"),
        ("API_TRUSTED_PROXIES", "10.0.0.2/24"),
    ],
)
def test_the_error_for_an_invalid_setting_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} must be .*{value}"):
        Settings.from_environment({**COMPLETE, name: value})


def test_by_default_reads_are_open_and_the_owner_is_the_only_login() -> None:
    settings = Settings.from_environment(
        {**COMPLETE, "API_OPEN_READS": "", "API_RATE_LIMIT": "", "API_CORS_ORIGINS": ""}
    )
    owner = COMPLETE["SERVING_DATABASE_URL"]
    assert (settings.serving_database_url_loader, settings.serving_database_url_api) == (owner, owner)
    assert (settings.open_reads, settings.rate_limit, settings.cors_origins) == (True, REQUESTS_PER_MINUTE, ())


@pytest.mark.parametrize(
    ("name", "value", "attribute", "expected"),
    [
        ("SERVING_DATABASE_URL_LOADER", "postgresql://loader@/serving", "serving_database_url_loader", None),
        ("SERVING_DATABASE_URL_API", "postgresql://api@/serving", "serving_database_url_api", None),
        ("API_OPEN_READS", "False", "open_reads", False),
        ("API_OPEN_READS", "true", "open_reads", True),
        ("API_RATE_LIMIT", "60", "rate_limit", 60),
        (
            "API_CORS_ORIGINS",
            " https://a.example  https://b.example",
            "cors_origins",
            ("https://a.example", "https://b.example"),
        ),
    ],
)
def test_each_setting_is_read_from_its_variable(name: str, value: str, attribute: str, expected: Any) -> None:
    settings = Settings.from_environment({**COMPLETE, name: value})
    assert getattr(settings, attribute) == (value if expected is None else expected)


@pytest.mark.parametrize("value", [None, "", "postgresql:secret"])
def test_migrations_need_only_the_owners_url(value: str | None) -> None:
    with pytest.raises(SettingsError, match="SERVING_DATABASE_URL") as raised:
        migration_url({} if value is None else {"SERVING_DATABASE_URL": value})
    assert "secret" not in str(raised.value)
    assert migration_url({"SERVING_DATABASE_URL": "postgresql://owner@/serving"}) == "postgresql://owner@/serving"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_any_usual_scheme_of_a_postgres_url_works(shared_url: str, scheme: str) -> None:
    url = scheme + shared_url.removeprefix("postgresql")
    client = create_app(Settings(url, NO_WAREHOUSE, SYNC_KEY)).test_client()
    assert client.get("/api/sync").status_code == 200


def test_the_repr_of_settings_contains_no_secrets() -> None:
    assert "secret" not in repr(Settings("secret", "secret", "secret", "secret", "secret"))


def test_building_the_application_opens_no_connection(app: Flask) -> None:
    for name in ("writer_engine", "loader_engine"):
        assert app.extensions[name].pool.checkedin() == 0
    assert not hasattr(app.extensions["reader"].thread_local, "connection")
