"""Committed data survives a restart, also after the process was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.conftest import PASSWORD, Client, start

WORKER = """
import sys
from pathlib import Path
from tests.engine.conftest import Client, PASSWORD, start

engine = start(Path(sys.argv[1]))
sql = Client(engine.login("sa", PASSWORD, "", "tests", "here"))
sql.good(
    "CREATE DATABASE Ware",
    "USE Ware",
    "CREATE SCHEMA etl",
    "CREATE TABLE etl.t (id INT IDENTITY(5, 5) NOT NULL CONSTRAINT pk_t PRIMARY KEY, "
    "n NVARCHAR(10) NOT NULL DEFAULT N'none', "
    "d DECIMAL(9, 2) NULL, CONSTRAINT ck_t CHECK (d > 0), CONSTRAINT uq_t UNIQUE (n))",
    "CREATE VIEW etl.v AS SELECT id, n FROM etl.t WHERE d > 1",
    "CREATE PROCEDURE etl.p @n NVARCHAR(10) AS INSERT etl.t (n, d) VALUES (@n, 2)",
    "EXEC etl.p N'one'",
    "ALTER TABLE etl.t ADD extra INT NULL",
    "CREATE LOGIN reader WITH PASSWORD = 'Reader_1'",
    "CREATE USER reader FOR LOGIN reader",
    "GRANT SELECT, INSERT ON SCHEMA::etl TO reader",
    "REVOKE INSERT ON SCHEMA::etl TO reader",
    "ALTER DATABASE Ware SET ALLOW_SNAPSHOT_ISOLATION ON",
    "BEGIN TRAN",
    "EXEC etl.p N'lost'",
    "CREATE TABLE etl.lost (a INT)",
)
print("ready", flush=True)
sys.stdin.read()
sql("ROLLBACK")
engine.close()
"""


@pytest.mark.parametrize("how", ["closed", "killed"])
def test_committed_work_survives(tmp_path: Path, how: str) -> None:
    path = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        if how == "killed":
            process.send_signal(signal.SIGKILL)
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()

    engine = start(tmp_path)
    try:
        sql = Client(engine.login("sa", PASSWORD, "ware", "tests", "here"))
        assert sql("SELECT id, n, d, extra FROM etl.t").rows[0][:2] == (5, "one")
        assert sql("SELECT OBJECT_ID(N'etl.lost')").value is None
        assert sql("SELECT name FROM sys.tables").rows == [("t",)]
        sql.good("EXEC etl.p N'two'")
        first, second = (row[0] for row in sql("SELECT id FROM etl.v ORDER BY id").rows)
        assert first == 5
        assert second > 5
        assert second % 5 == 0
        assert sql("EXEC etl.p N'TWO '").numbers == [2627]
        assert sql("INSERT etl.t (n, d) VALUES (N'three', -1)").numbers == [547]
        assert sql("INSERT etl.t (n) VALUES (N'longer than ten')").numbers == [2628]
        assert sql("SELECT n FROM etl.t WHERE d IS NULL").rows == []
        sql.good("INSERT etl.t (d) VALUES (9)")
        assert sql("SELECT n FROM etl.t WHERE d = 9").value == "none"
        assert sql("SELECT snapshot_isolation_state_desc FROM sys.databases WHERE name = N'ware'").value == "ON"
        reader = Client(engine.login("reader", "Reader_1", "Ware", "tests", "here"))
        assert reader("SELECT COUNT(*) FROM etl.v").value == 3
        assert reader("INSERT etl.t (n) VALUES (N'x')").numbers == [229]
        sql.session.close()
        reader.session.close()
    finally:
        engine.close()


def test_a_dropped_database_is_gone_and_can_be_created_again(tmp_path: Path) -> None:
    for _ in range(2):
        engine = start(tmp_path)
        sql = Client(engine.login("sa", PASSWORD, "", "tests", "here"))
        assert sql("SELECT DB_ID(N'X')").value is None
        sql.good("CREATE DATABASE X", "USE X", "CREATE TABLE t (a INT)", "USE master", "DROP DATABASE X")
        sql.session.close()
        engine.close()
