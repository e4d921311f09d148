import json

import pytest

from warehouse.connection import airflow_connections, escape_value, parse_connection_string, with_database

STRINGS = {
    "plain": ("DRIVER={FreeTDS};SERVER=db;UID=sa", {"DRIVER": "FreeTDS", "SERVER": "db", "UID": "sa"}),
    "trailing semicolons and blanks": (" A = b ;; C=d ; ", {"A": "b", "C": "d"}),
    "an empty value": ("A=;B=c", {"A": "", "B": "c"}),
    "an equals sign in a value": ("A=b=c", {"A": "b=c"}),
    "anything in braces": ("A={x;y=z};B=c", {"A": "x;y=z", "B": "c"}),
    "closing braces doubled": ("A={x}}y}}};B=c", {"A": "x}y}", "B": "c"}),
    "an opening brace inside braces": ("A={{x}", {"A": "{x"}),
    "blanks kept in braces": ("A={ x };B=c", {"A": " x ", "B": "c"}),
    "the first of a repeated key": ("Pwd=a;PWD=b", {"Pwd": "a"}),
    "nothing": ("", {}),
}


@pytest.mark.parametrize(("text", "expected"), STRINGS.values(), ids=STRINGS)
def test_a_connection_string_is_split_as_odbc_does(text: str, expected: dict[str, str]) -> None:
    assert parse_connection_string(text) == expected


@pytest.mark.parametrize("text", ["secret", "A=b;secret;C=d", "PWD={secret", "PWD={secret}x;", "secret;A=b"])
def test_a_connection_string_that_cannot_be_read_is_refused_without_showing_its_values(text: str) -> None:
    with pytest.raises(ValueError, match="connection string") as failure:
        parse_connection_string(text)
    assert "secret" not in str(failure.value)


@pytest.mark.parametrize("value", ["", "plain", "a;b", "}", "{x}", " lead", "trail ", "a=b", "p@ss!", "}}", "q\"'"])
def test_an_escaped_value_is_read_back_as_it_was(value: str) -> None:
    assert parse_connection_string(f"PWD={escape_value(value)};A=b") == {"PWD": value, "A": "b"}


def test_the_database_is_exchanged_and_the_rest_kept() -> None:
    text = "DRIVER={/some path/lib.so};SERVER=h,1;database={My;DB};PWD={a}}b;c}"
    assert parse_connection_string(with_database(text, "master")) == {
        "DRIVER": "/some path/lib.so",
        "SERVER": "h,1",
        "PWD": "a}b;c",
        "Database": "master",
    }


ENVIRON = {
    "WAREHOUSE_ODBC": "DRIVER={/lib.so};SERVER=127.0.0.1,14330;DATABASE=DataWarehouse;UID=sa;PWD={a;b}}c};Encrypt=yes",
    "WAREHOUSE_ODBC_LOADER": "DRIVER={FreeTDS};SERVER=db;PORT=1433;TDS_Version=7.4;UID=loader;PWD=plain",
    "WAREHOUSE_ODBC_READER": "DSN=gold;UID=reader;PWD=plain",
    "API_PORT": "8000",
    "API_SYNC_KEY": "key",
}


def test_the_settings_become_airflow_connections() -> None:
    variables = airflow_connections(ENVIRON)
    assert variables.pop("AIRFLOW__PROVIDERS_ODBC__ALLOW_DRIVER_IN_EXTRA") == "True"
    assert {name: json.loads(value) for name, value in variables.items()} == {
        "AIRFLOW_CONN_WAREHOUSE_OWNER": {
            "conn_type": "odbc",
            "host": "127.0.0.1,14330",
            "schema": "DataWarehouse",
            "login": "sa",
            "password": "{a;b}}c}",
            "extra": {"driver": "/lib.so", "Encrypt": "yes"},
        },
        "AIRFLOW_CONN_WAREHOUSE": {
            "conn_type": "odbc",
            "host": "db",
            "port": 1433,
            "login": "loader",
            "password": "plain",
            "extra": {"driver": "FreeTDS", "TDS_Version": "7.4"},
        },
        "AIRFLOW_CONN_WAREHOUSE_READER": {
            "conn_type": "odbc",
            "login": "reader",
            "password": "plain",
            "extra": {"DSN": "gold"},
        },
        "AIRFLOW_CONN_SALES_API": {
            "conn_type": "http",
            "schema": "http",
            "host": "127.0.0.1",
            "port": 8000,
            "password": "key",
        },
    }


def test_the_address_of_the_api_wins_over_its_port() -> None:
    variables = airflow_connections({**ENVIRON, "API_URL": "https://sales.example"})
    api = json.loads(variables["AIRFLOW_CONN_SALES_API"])
    assert (api["schema"], api["host"], api["port"]) == ("https", "sales.example", 443)


@pytest.mark.parametrize("setting", sorted(ENVIRON))
def test_a_missing_setting_is_named(setting: str) -> None:
    with pytest.raises(ValueError, match=f"{setting} is not set"):
        airflow_connections({**ENVIRON, setting: ""})


def test_a_setting_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ValueError, match="WAREHOUSE_ODBC_LOADER: connection string"):
        airflow_connections({**ENVIRON, "WAREHOUSE_ODBC_LOADER": "nonsense"})
    with pytest.raises(ValueError, match="WAREHOUSE_ODBC_LOADER: the port"):
        airflow_connections({**ENVIRON, "WAREHOUSE_ODBC_LOADER": "SERVER=host;PORT=tds"})
