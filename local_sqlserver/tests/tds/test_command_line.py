"""The command line: its output, its failures, its end."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pyodbc

from local_sqlserver.pytest_plugin import StartSqlServer
from tests.tds.clients import PASSWORD, connector


def run(data_dir: Path, port: int, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    options = ["--port", str(port), "--data-dir", str(data_dir), "--password-env", "STAND_IN_PASSWORD"]
    return subprocess.run(
        [sys.executable, "-m", "local_sqlserver", *options],
        env={name: value for name, value in os.environ.items() if name != "STAND_IN_PASSWORD"} | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_named_and_ends_the_program_with_2(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = run(tmp_path, port, {"STAND_IN_PASSWORD": PASSWORD})
    assert ended.returncode == 2
    assert f"port {port} of 127.0.0.1 is taken" in ended.stderr


def test_a_missing_password_ends_the_program_with_2(tmp_path: Path) -> None:
    ended = run(tmp_path, 0, {})
    assert ended.returncode == 2
    assert "STAND_IN_PASSWORD" in ended.stderr


def test_it_ends_cleanly_while_clients_are_connected_and_keeps_what_they_committed(
    tmp_path: Path, start_sqlserver: StartSqlServer
) -> None:
    with start_sqlserver(tmp_path, password=PASSWORD) as server, connector(server.port, "microsoft") as connect:
        connect().execute("CREATE DATABASE kept")
        connect(DATABASE="kept").execute("CREATE TABLE dbo.t (a INT NOT NULL); INSERT dbo.t VALUES (5)")
    with start_sqlserver(tmp_path, password=PASSWORD) as server, connector(server.port, "freetds") as connect:
        assert connect(DATABASE="kept").execute("SELECT a FROM dbo.t").fetchone()[0] == 5
    assert (tmp_path / "data" / "tls.pem").stat().st_mode & 0o077 == 0


def test_a_log_line_is_written_for_each_login_and_none_for_statements(
    tmp_path: Path, start_sqlserver: StartSqlServer
) -> None:
    with start_sqlserver(tmp_path, password=PASSWORD) as server, connector(server.port, "microsoft") as connect:
        connection = connect(APP="the application")
        for _ in range(5):
            connection.execute("SELECT 1").fetchall()
    lines = server.log.read_text().splitlines()
    assert len([line for line in lines if "login of 'sa'" in line and "the application" in line]) == 1
    assert not any("SELECT" in line for line in lines)


def test_a_log_line_names_each_error_without_values_of_the_data(
    tmp_path: Path, start_sqlserver: StartSqlServer
) -> None:
    with start_sqlserver(tmp_path, password=PASSWORD) as server, connector(server.port, "microsoft") as connect:
        connection = connect()
        connection.execute("CREATE TABLE t (a VARCHAR(20) PRIMARY KEY)")
        connection.execute("CREATE PROCEDURE p AS\nINSERT t VALUES ('secret')")
        for statement in ("EXEC p", "EXEC p", "SELECT CAST('secret' AS INT)", "SELECT 1 AS"):
            with suppress(pyodbc.Error):
                connection.execute(statement)
        connection.execute("BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH SELECT 'caught' END CATCH")
    log = server.log.read_text()
    assert re.findall(
        r"error (\d+), severity (\d+), state \d+ at (line \d+(?: of [\w.]+)?) in database (\w+)", log
    ) == [
        ("2627", "14", "line 2 of dbo.p", "master"),
        ("245", "16", "line 1", "master"),
        ("156", "15", "line 1", "master"),
    ]
    assert "of 'sa'" in log
    assert "secret" not in log
