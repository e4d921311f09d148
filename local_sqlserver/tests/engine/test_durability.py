"""Committed data survives a restart, also after the process was killed."""

import json
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


def work(how: str, program: str, *arguments: str) -> None:
    """Run a program in a process of its own until it prints "ready"; then it is closed or killed."""
    path = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
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


@pytest.mark.parametrize("how", ["closed", "killed"])
def test_committed_work_survives(tmp_path: Path, how: str) -> None:
    work(how, WORKER, str(tmp_path))

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


FILLED = (
    "CREATE TABLE t (id INT IDENTITY PRIMARY KEY, v INT NOT NULL UNIQUE, w NVARCHAR(9)); INSERT t (v) VALUES (1), (2)"
)
CHANGES = {
    "a column NOT NULL": "ALTER TABLE t ADD c INT NOT NULL DEFAULT 5",
    "a column and a key in a transaction": "BEGIN TRAN; ALTER TABLE t ADD c INT NOT NULL DEFAULT 5; "
    "INSERT t (v) VALUES (3); ALTER TABLE t ADD CONSTRAINT u UNIQUE (c, v); COMMIT",
    "two changes of a transaction": "BEGIN TRAN; ALTER TABLE t ADD c INT NOT NULL DEFAULT 5; "
    "ALTER TABLE t DROP COLUMN w; UPDATE t SET v = v + 10; COMMIT",
    "another type": "ALTER TABLE t ALTER COLUMN w NVARCHAR(20)",
    "a unique index": "CREATE UNIQUE INDEX u ON t (w, v)",
    "a dropped column": "ALTER TABLE t DROP COLUMN w",
    "a new name": "EXEC sp_rename 't', 'r'; EXEC sp_rename 'r', 't'; EXEC sp_rename 't.w', 'x', 'COLUMN'",
    "a table of the same name": "BEGIN TRAN; DROP TABLE t; CREATE TABLE t (id INT PRIMARY KEY, v INT UNIQUE, w INT); "
    "INSERT t (id, v) VALUES (1, 1), (2, 2); COMMIT",
    "a renamed copy": "BEGIN TRAN; SELECT * INTO s FROM t; EXEC sp_rename 't', 'old'; EXEC sp_rename 's', 't'; "
    "DROP TABLE old; COMMIT",
    "a truncation": "BEGIN TRAN; TRUNCATE TABLE t; INSERT t (v) VALUES (7), (8); COMMIT",
    "an undone statement": "BEGIN TRAN; UPDATE t SET v = v + 5; BEGIN TRY INSERT t (v) VALUES (6) END TRY "
    "BEGIN CATCH PRINT 'undone' END CATCH; ALTER TABLE t ADD c INT NOT NULL DEFAULT 1; COMMIT",
    "a foreign key": "CREATE TABLE c (id INT REFERENCES t (id)); INSERT c VALUES (1); "
    "ALTER TABLE t ADD x INT NOT NULL DEFAULT 0",
    "a sequence": "CREATE SEQUENCE s START WITH 5; UPDATE t SET v = NEXT VALUE FOR s",
}
CHANGER = """
import json
import sys
from pathlib import Path
from tests.engine.conftest import PASSWORD, Client, start

engine = start(Path(sys.argv[1]))
sql = Client(engine.login("sa", PASSWORD, "", "tests", "here"))
for number, (filled, change) in enumerate(json.loads(sys.argv[2])):
    sql.good(f"CREATE DATABASE d{number}", f"USE d{number}", filled, change)
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_changed_table_survives_a_kill(tmp_path: Path) -> None:
    changes = [(FILLED, change) for change in CHANGES.values()]
    work("killed", CHANGER, str(tmp_path), json.dumps(changes))
    engine = start(tmp_path)
    sql = Client(engine.login("sa", PASSWORD, "", "tests", "here"))
    for number, name in enumerate(CHANGES):
        rows = 3 if "INSERT t (v) VALUES (3)" in CHANGES[name] else 2
        assert sql(f"SELECT COUNT(*) FROM d{number}.dbo.t").rows == [(rows,)], name
    engine.close()
