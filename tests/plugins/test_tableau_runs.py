"""The ends of an export: successful, with nothing to export, failed, or parallel to another one."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyodbc
import pytest

from tests.days.handmade import BUSINESS_DATE, HANDMADE_DAY
from tests.plugins.hyper import columns, definitions, opened, rows
from tests.warehouse import Warehouse
from warehouse.deploy import deploy
from warehouse.execution import WarehouseError
from warehouse.tableau import extract
from warehouse.tableau.export import export
from warehouse.tableau.extract import NothingPublishedError

PLUGINS = Path(extract.__file__).parents[2]
FILES = {f"sales_warehouse-{BUSINESS_DATE}.{suffix}" for suffix in ("hyper", "twbx")}


@pytest.fixture(scope="module")
def loaded(shared_warehouse: Warehouse) -> Warehouse:
    shared_warehouse.load(HANDMADE_DAY, BUSINESS_DATE, reject_limit=1)
    return shared_warehouse


@contextmanager
def changed(warehouse: Warehouse, sql: str) -> Iterator[None]:
    """Gold with a view changed, until the block ends."""
    warehouse.execute(sql)
    try:
        yield
    finally:
        deploy(warehouse.server.odbc)


def visible(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name != ".lock"}


def command(folder: Path, *arguments: str, reader: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "warehouse.tableau", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PLUGINS), "WAREHOUSE_ODBC_READER": reader},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_warehouse_that_published_nothing_is_not_exported(loaded: Warehouse, tmp_path: Path) -> None:
    nothing = (
        "ALTER VIEW gold.current_batch AS SELECT batch_id, run_id, business_date, published_at"
        " FROM etl.batch WHERE batch_id < 0"
    )
    with changed(loaded, nothing), pytest.raises(NothingPublishedError, match="nothing has been published yet"):
        export(loaded.server.odbc, tmp_path)
    assert visible(tmp_path) == set()


def test_a_failed_run_keeps_the_earlier_files_and_leaves_no_others(loaded: Warehouse, tmp_path: Path) -> None:
    export(loaded.server.odbc, tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in FILES}
    with changed(loaded, "DROP VIEW gold.fact_sales"), pytest.raises(WarehouseError, match=r"fact_sales"):
        export(loaded.server.odbc, tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == before
    assert visible(tmp_path) == FILES


def test_a_warehouse_that_does_not_answer_is_named_as_such(
    loaded: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract, "LOGIN_SECONDS", 1)
    server = loaded.server.odbc.split("SERVER=")[1].split(";")[0]
    nobody = loaded.server.odbc.replace(server, f"{server.split(',')[0]},1")
    with pytest.raises(WarehouseError, match=r"(?i)login timeout expired"):
        export(nobody, tmp_path)
    assert visible(tmp_path) == set()


def test_all_tables_are_of_one_batch_whatever_is_published_meanwhile(
    loaded: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = loaded.value("SELECT COUNT(*) AS n FROM gold.fact_sales")
    amount = loaded.value("SELECT SUM(CAST(sales_amount AS BIGINT)) AS n FROM gold.fact_sales")
    read = extract._frames
    selects: list[str] = []

    def publish_after_the_first_table(connection: pyodbc.Connection, select: str) -> Iterator[pd.DataFrame]:
        if len(selects) == 1:
            loaded.execute("UPDATE silver.sales SET sales_amount = sales_amount + 1")
        selects.append(select)
        return read(connection, select)

    monkeypatch.setattr(extract, "_frames", publish_after_the_first_table)
    made = export(loaded.server.odbc, tmp_path)
    assert loaded.value("SELECT SUM(CAST(sales_amount AS BIGINT)) AS n FROM gold.fact_sales") == amount + lines
    with opened(made.files[0]) as connection:
        assert connection.execute_scalar_query('SELECT SUM(sales_amount) FROM "Extract"."fact_sales"') == amount
    loaded.execute("UPDATE silver.sales SET sales_amount = sales_amount - 1")


@pytest.mark.parametrize("chunk_rows", [1, 7, 26])
def test_a_table_of_several_chunks_is_whole(
    loaded: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk_rows: int
) -> None:
    fact_sales = extract.SELECTS["fact_sales"]
    monkeypatch.setattr(extract, "SELECTS", {"fact_sales": fact_sales})
    monkeypatch.setattr(extract, "CHUNK_ROWS", chunk_rows)
    expected = loaded.execute(fact_sales)
    assert len(expected) == 26, "the last case is to end with its chunk"
    made = extract.write_extract(loaded.server.odbc, tmp_path / "extract.hyper")
    with opened(tmp_path / "extract.hyper") as connection:
        found = rows(connection, "fact_sales", list(expected[0]))
    assert sorted(found, key=repr) == sorted((tuple(row.values()) for row in expected), key=repr)
    assert made.rows == {"fact_sales": 26}


def test_a_table_without_rows_is_in_the_extract(
    loaded: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        extract, "SELECTS", {table: f"{select}\nWHERE 1 = 0" for table, select in extract.SELECTS.items()}
    )
    made = export(loaded.server.odbc, tmp_path)
    assert made.extract.rows == dict.fromkeys(extract.SELECTS, 0)
    with opened(made.files[0]) as connection:
        types = columns(definitions(connection)["Extract", "fact_sales"])
        assert rows(connection, "fact_sales", list(types)) == []
    assert (types["order_number"], types["order_date"], types["profit"]) == ("TEXT", "DATE", "BIG_INT")


def test_the_command_prints_the_files_it_wrote_and_leaves_no_others(loaded: Warehouse, tmp_path: Path) -> None:
    out, err = (run := command(tmp_path, reader=loaded.server.odbc)).communicate()
    assert run.returncode == 0, err
    lines = loaded.value("SELECT COUNT(*) AS n FROM gold.fact_sales")
    batch = loaded.value("SELECT batch_id FROM gold.current_batch")
    words = [line.split() for line in out.splitlines()]
    assert words[0] == f"batch {batch}, business date {BUSINESS_DATE}".split()
    assert ["fact_sales", str(lines), "rows"] in words
    exports = tmp_path / "exports"
    sizes = {str(exports / name): f"{(exports / name).stat().st_size:,}" for name in FILES}
    assert {path: size for path, size, unit in words[-2:] if unit == "bytes"} == sizes
    assert visible(exports) == FILES
    assert visible(tmp_path) == {"exports"}, "something was left in the working directory"


def test_the_command_prints_the_fault(loaded: Warehouse, tmp_path: Path) -> None:
    out, err = (run := command(tmp_path, reader="")).communicate()
    assert (run.returncode, out) == (1, "")
    assert err.startswith("WAREHOUSE_ODBC_READER is not set")
    (tmp_path / "file").touch()
    out, err = (run := command(tmp_path, "--output", "file", reader=loaded.server.odbc)).communicate()
    assert (run.returncode, out) == (1, "")
    assert err.startswith("file cannot be written: ")


def test_two_runs_at_once_leave_the_files_of_one(loaded: Warehouse, tmp_path: Path) -> None:
    runs = [command(tmp_path, "--output", "both", reader=loaded.server.odbc) for _ in range(2)]
    errors = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], errors
    assert visible(tmp_path / "both") == FILES
    hyper, package = (tmp_path / "both" / name for name in sorted(FILES))
    with zipfile.ZipFile(package) as archive:
        assert archive.read("Data/Extracts/sales_warehouse.hyper") == hyper.read_bytes()


def test_the_files_of_the_day_before_are_removed_and_those_of_others_kept(loaded: Warehouse, tmp_path: Path) -> None:
    kept = {"sales_warehouse-of-ada.twbx", "sales_warehouse-2024-06-14.txt"}
    for name in (*kept, "sales_warehouse-2024-06-14.hyper", "sales_warehouse-2024-06-14.twbx", "sales_warehouse.twbx"):
        (tmp_path / name).write_bytes(b"earlier")
    export(loaded.server.odbc, tmp_path)
    assert visible(tmp_path) == FILES | kept


def test_the_remains_of_a_killed_run_are_removed_by_the_next(loaded: Warehouse, tmp_path: Path) -> None:
    left_over = tmp_path / ".unfinished-killed"
    left_over.mkdir()
    (left_over / "sales_warehouse.hyper").write_bytes(b"half")
    export(loaded.server.odbc, tmp_path)
    assert visible(tmp_path) == FILES
