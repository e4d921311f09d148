"""The logins that ``python -m warehouse.logins`` makes."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from contextlib import closing

import pyodbc
import pytest

from tests.warehouse import ROOT, Server
from warehouse.connection import with_database, with_parts
from warehouse.logins import Login, LoginsError, logins_of

SETTINGS = {
    "WAREHOUSE_ODBC": "SERVER=s;DATABASE=DataWarehouse;UID=owner;PWD=a",
    "WAREHOUSE_ODBC_LOADER": "SERVER=s;DATABASE=DataWarehouse;UID=loader;PWD={b;c}",
    "WAREHOUSE_ODBC_READER": "SERVER=s;DATABASE=DataWarehouse;UID=reader;PWD=d",
}


def test_the_logins_are_those_of_the_connection_strings() -> None:
    assert logins_of(SETTINGS) == (
        "DataWarehouse",
        [Login("owner", "a", "db_owner"), Login("loader", "b;c", "etl_loader"), Login("reader", "d", "gold_reader")],
    )


@pytest.mark.parametrize(
    ("setting", "value", "complaint"),
    [
        ("WAREHOUSE_ODBC_LOADER", "", "WAREHOUSE_ODBC_LOADER names no DATABASE"),
        ("WAREHOUSE_ODBC_LOADER", "DATABASE=DataWarehouse;PWD=x", "WAREHOUSE_ODBC_LOADER names no UID"),
        ("WAREHOUSE_ODBC_READER", "DATABASE=DataWarehouse;UID=reader", "WAREHOUSE_ODBC_READER names no PWD"),
        ("WAREHOUSE_ODBC_READER", "DATABASE=DataWarehouse;UID=Owner;PWD=d", "must name three different logins"),
        ("WAREHOUSE_ODBC", "DATABASE=DataWarehouse;UID=sa;PWD=d", "may use sa"),
        ("WAREHOUSE_ODBC_READER", "DATABASE=Other;UID=reader;PWD=d", "several databases: DataWarehouse, Other"),
        ("WAREHOUSE_ODBC", "nothing", "WAREHOUSE_ODBC: connection string: expected key=value"),
    ],
)
def test_invalid_settings_are_named(setting: str, value: str, complaint: str) -> None:
    with pytest.raises(LoginsError, match=complaint):
        logins_of({**SETTINGS, setting: value})


def command(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WAREHOUSE_")}
    return subprocess.run(
        [sys.executable, "-m", "warehouse.logins"],
        env={**kept, "PYTHONPATH": str(ROOT / "plugins"), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_an_administrator_the_command_names_the_missing_setting() -> None:
    done = command(SETTINGS)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "WAREHOUSE_ODBC_ADMIN is not set: give the administrator's connection string\n"


def test_running_it_again_changes_the_passwords(server: Server) -> None:
    suffix = secrets.token_hex(4)

    def settings(password: str) -> dict[str, str]:
        return {
            setting: with_parts(server.odbc, {"UID": f"test {who} {suffix}]", "PWD": f"Pw1'{password}"})
            for setting, who in zip(SETTINGS, ("owner", "loader", "reader"), strict=True)
        }

    first, second = settings(secrets.token_hex(8)), settings(secrets.token_hex(8))
    for odbc in (first, second):
        done = command({**odbc, "WAREHOUSE_ODBC_ADMIN": server.odbc})
        assert done.returncode == 0, done.stderr
        assert f"test loader {suffix}]: etl_loader of DataWarehouse\n" in done.stdout
        assert "Pw1" not in done.stdout + done.stderr, "the passwords are shown"
        with closing(pyodbc.connect(server.odbc, autocommit=True)) as administrator:
            member = f"test loader {suffix}]"
            roles = administrator.execute(
                "SELECT r.name FROM sys.database_role_members AS m"
                " JOIN sys.database_principals AS u ON m.member_principal_id = u.principal_id"
                " JOIN sys.database_principals AS r ON m.role_principal_id = r.principal_id WHERE u.name = ?",
                member,
            ).fetchall()
            assert [role for (role,) in roles] == ["etl_loader"], "a role of an earlier run is left"
            administrator.execute(f"ALTER ROLE db_datareader ADD MEMBER [{member}]]")
    try:
        for setting in SETTINGS:
            pyodbc.connect(second[setting]).close()
            with pytest.raises(pyodbc.Error, match="18456"):
                pyodbc.connect(first[setting])
    finally:
        with closing(pyodbc.connect(with_database(server.odbc, "master"), autocommit=True)) as master:
            for who in ("owner", "loader", "reader"):
                name = f"[test {who} {suffix}]]]"
                master.execute(f"USE DataWarehouse; DROP USER {name}; USE master; DROP LOGIN {name}")
