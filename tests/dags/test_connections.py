import pytest
from airflow.providers.odbc.hooks.odbc import OdbcHook
from airflow.sdk import BaseHook

from warehouse.connection import airflow_connections, escape_value, parse_connection_string

ENVIRON = {"API_PORT": "8000", "API_SYNC_KEY": "key"}


@pytest.mark.parametrize(
    "password",
    [
        "plain",
        "semi;colon",
        "bra}ce",
        "{all}",
        "}}",
        "a=b",
        "per%cent",
        " blanks ",
        "quo\"te's",
        "ümlaut/:@?#",
    ],
)
def test_the_hook_connects_with_the_values_of_the_setting(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    setting = (
        f"DRIVER={{/some path/lib.so}};SERVER=127.0.0.1,14330;DATABASE=DataWarehouse;UID=sa;"
        f"PWD={escape_value(password)};Encrypt=yes;TrustServerCertificate=yes"
    )
    names = ("WAREHOUSE_ODBC", "WAREHOUSE_ODBC_LOADER", "WAREHOUSE_ODBC_READER")
    for name, value in airflow_connections({**ENVIRON, **dict.fromkeys(names, setting)}).items():
        monkeypatch.setenv(name, value)
    hook = BaseHook.get_connection("warehouse").get_hook()  # type: ignore[no-untyped-call]
    assert isinstance(hook, OdbcHook)
    assert parse_connection_string(hook.odbc_connection_string) == parse_connection_string(setting)
    assert hook.dialect_name == "mssql"
