"""An existing database is brought up to date by a deployment, and loses nothing."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tarfile
from datetime import date
from pathlib import Path

import pyodbc
import pytest

from tests.days import handmade
from tests.days.drop import BASE, SALES, write_drop
from tests.days.successive import DAYS
from tests.sql.comparison import differences
from tests.sql.steps import GOLD, load_silver, open_batch, refusal, snapshot
from tests.warehouse import Warehouse
from warehouse.deploy import SQL_DIR, deploy

FIRST, SECOND = DAYS[0].business_date, DAYS[1].business_date

WITHOUT_RECORDS = "DELETE FROM etl.schema_version; DELETE FROM etl.table_definition"
"""Makes a database one of a version that recorded neither migrations nor definitions."""

BEFORE_HISTORY = (
    WITHOUT_RECORDS,
    "ALTER TABLE etl.batch DROP CONSTRAINT df_batch_is_history, df_batch_same_drop, ck_batch_status",
    "ALTER TABLE etl.batch DROP COLUMN is_history, same_drop, shown_at, rejects_accepted, rejects_accepted_by,"
    " rejects_accepted_at, rejects_note, withdrawn_at, withdrawn_reason",
    "ALTER TABLE etl.batch ADD CONSTRAINT ck_batch_status CHECK (status IN (N'running', N'succeeded', N'failed'))",
    "ALTER TABLE etl.step DROP CONSTRAINT ck_step_status",
    "ALTER TABLE etl.step ADD CONSTRAINT ck_step_status CHECK (status IN (N'running', N'succeeded', N'failed'))",
    "DROP TABLE etl.published_file",
)
"""Statements that restore the tables' shape before history batches."""


KEYS = {
    "silver.crm_cust_info": ("", {"cst_key": "NULL"}),
    "silver.crm_prd_info": ("", {"product_number": "NOT NULL", "category_id": "NOT NULL"}),
    "silver.crm_sales_details": ("", {"sls_ord_num": "NOT NULL", "sls_prd_key": "NOT NULL"}),
    "silver.erp_cust_az12": ("", {"cid": "NOT NULL"}),
    "silver.erp_loc_a101": ("", {"cid": "NOT NULL"}),
    "silver.erp_px_cat_g1v2": ("", {"id": "NOT NULL"}),
    "silver.customers": ("", {"customer_number": "NULL"}),
    "silver.products": ("", {"product_number": "NOT NULL", "category_id": "NULL"}),
    "silver.sales": (
        "pk_sales PRIMARY KEY (order_number, product_number)",
        {"order_number": "NOT NULL", "product_number": "NOT NULL"},
    ),
}
"""Table → its primary key if it has text, and the key columns with text."""


def before_keys_were_compared_by_code_point() -> list[str]:
    """Statements that restore the tables' earlier collation, and the files' spelling of keys."""
    statements = [
        WITHOUT_RECORDS,
        "ALTER TABLE etl.batch DROP CONSTRAINT uq_batch_run_id",
        "ALTER TABLE etl.batch ALTER COLUMN run_id NVARCHAR(250) COLLATE DATABASE_DEFAULT NOT NULL",
        "ALTER TABLE etl.batch ADD CONSTRAINT uq_batch_run_id UNIQUE (run_id)",
        "DROP INDEX ux_products_product_number ON silver.products",
    ]
    for table, (key, columns) in KEYS.items():
        if key:
            statements.append(f"ALTER TABLE {table} DROP CONSTRAINT {key.split()[0]}")
        for column, null in columns.items():
            declared = f"{column} NVARCHAR(50) COLLATE DATABASE_DEFAULT {null}"
            statements.append(f"ALTER TABLE {table} ALTER COLUMN {declared}")
            spelled = f"UPDATE {table} SET {column} = LOWER({column}) WHERE {column} <> N'n/a'"
            statements.append(spelled)
        if key:
            statements.append(f"ALTER TABLE {table} ADD CONSTRAINT {key}")
    return statements


def test_keys_of_before_are_brought_to_capitals_and_compared_by_code_point(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    keys = {("etl.batch", "run_id"), *((table, column) for table, (_, columns) in KEYS.items() for column in columns)}

    def by_code_point() -> set[tuple[str, str]]:
        rows = warehouse.execute(
            "SELECT CONCAT(OBJECT_SCHEMA_NAME(object_id), N'.', OBJECT_NAME(object_id)) AS of_table, name"
            " FROM sys.columns WHERE collation_name = N'Latin1_General_100_BIN2'"
        )
        return keys & {(row["of_table"], row["name"]) for row in rows}

    warehouse.load(handmade.HANDMADE_DAY, handmade.BUSINESS_DATE, reject_limit=1)
    assert by_code_point() == keys
    for statement in before_keys_were_compared_by_code_point():
        warehouse.execute(statement)
    assert by_code_point() == set()

    deploy(warehouse.server.odbc)

    assert by_code_point() == keys
    assert differences(warehouse, handmade.expected) == {}
    write_drop(tmp_path, BASE)
    warehouse.load(tmp_path, date(2024, 6, 16))
    warehouse.execute("EXEC etl.withdraw_batch 2, N'a trial'")
    assert differences(warehouse, handmade.expected).keys() <= {"dim_customers", "dim_products"}


def test_a_database_of_an_earlier_version_keeps_its_batches_and_loads_the_next_day(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    warehouse.load(handmade.HANDMADE_DAY, handmade.BUSINESS_DATE, reject_limit=1)
    for statement in BEFORE_HISTORY:
        warehouse.execute(statement)
    before = warehouse.execute("SELECT * FROM etl.batch")
    steps = warehouse.execute("SELECT * FROM etl.step ORDER BY step_id")

    deploy(warehouse.server.odbc)

    (batch,) = warehouse.execute("SELECT * FROM etl.batch")
    assert [{name: batch[name] for name in row} for row in before] == before
    assert (batch["is_history"], batch["same_drop"], batch["withdrawn_at"]) == (False, False, None)
    assert batch["shown_at"] == batch["published_at"]
    kept = "SELECT * FROM etl.step WHERE status <> N'interrupted' ORDER BY step_id"  # tables that were made again
    assert warehouse.execute(kept) == steps
    assert differences(warehouse, handmade.expected) == {}
    files = "SELECT source_table, sha256 FROM etl.{} WHERE batch_id = 1 ORDER BY source_table"
    published = warehouse.execute(files.format("published_file"))
    assert (len(published), published) == (6, warehouse.execute(files.format("manifest")))
    write_drop(tmp_path, BASE)
    warehouse.load(tmp_path, date(2024, 6, 16))
    warehouse.execute("EXEC etl.withdraw_batch 2, N'a trial'")
    assert differences(warehouse, handmade.expected).keys() <= {"dim_customers", "dim_products"}


def test_a_manifest_replaced_after_the_publish_does_not_count_as_published(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    warehouse.load(handmade.HANDMADE_DAY, handmade.BUSINESS_DATE, reject_limit=1)
    warehouse.execute("UPDATE etl.batch SET status = N'running'")
    write_drop(tmp_path, BASE)
    warehouse.execute("EXEC etl.register_landing 1, ?", warehouse.stage(tmp_path))
    warehouse.execute(f"DROP TABLE etl.published_file; {WITHOUT_RECORDS}")
    deploy(warehouse.server.odbc)
    assert warehouse.value("SELECT COUNT(*) FROM etl.published_file") == 0


def test_columns_of_the_tables_are_added_once(warehouse: Warehouse) -> None:
    columns = "SELECT COUNT(*) FROM sys.columns WHERE object_id = OBJECT_ID(N'etl.batch')"
    before = warehouse.value(columns)
    deploy(warehouse.server.odbc)
    assert warehouse.value(columns) == before


def test_the_product_number_of_a_table_that_exists_becomes_unique(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "warehouse.deploy")
    add = "INSERT INTO silver.products (product_key, product_number, product_line, in_source) VALUES (?, ?, N'n/a', 0)"
    warehouse.execute(add, 1, "N/A")  # n/a is the unknown member
    with pytest.raises(pyodbc.Error, match=r"2601|2627"):
        warehouse.execute(add, 2, "N/A")
    warehouse.execute("DROP INDEX ux_products_product_number ON silver.products")
    warehouse.execute(add, 2, "N/A")
    deploy(warehouse.server.odbc)
    assert [record.levelname for record in caplog.records if "product_number twice" in record.message] == ["WARNING"]
    warehouse.execute("DELETE FROM silver.products WHERE product_key = 2")
    deploy(warehouse.server.odbc)
    with pytest.raises(pyodbc.Error, match=r"2601|2627"):
        warehouse.execute(add, 2, "N/A")


def test_days_last_seen_that_were_written_each_day_stay_right(
    warehouse: Warehouse, drops: list[Path], tmp_path: Path
) -> None:
    warehouse.load(drops[0], FIRST)
    warehouse.load(drops[0], SECOND, same_drop=True)
    warehouse.execute("UPDATE silver.sales SET last_seen_date = ?, last_batch_id = 2", SECOND)  # as it was before
    warehouse.execute("ALTER TABLE etl.manifest DROP COLUMN landing_bytes, landing_sha256")
    warehouse.execute("DROP TABLE bronze.landing_checksum")
    warehouse.execute(WITHOUT_RECORDS)
    deploy(warehouse.server.odbc)
    write_drop(tmp_path, {**DAYS[0].lines, SALES: DAYS[0].lines[SALES][1:]})
    warehouse.load(tmp_path, DAYS[2].business_date)
    left = warehouse.execute("SELECT last_seen_date, last_batch_id FROM silver.sales WHERE in_source = 0")
    assert left == [{"last_seen_date": SECOND, "last_batch_id": 2}]


def test_a_new_database_has_the_recovery_model_simple_and_an_existing_one_keeps_its_own(warehouse: Warehouse) -> None:
    model = "SELECT recovery_model_desc FROM sys.databases WHERE name = N'DataWarehouse'"
    assert warehouse.value(model) == "SIMPLE"
    warehouse.execute("ALTER DATABASE DataWarehouse SET RECOVERY FULL")
    deploy(warehouse.server.odbc)
    assert warehouse.value(model) == "FULL"


def test_a_new_database_records_the_migrations_and_a_later_one_runs_once(warehouse: Warehouse, tmp_path: Path) -> None:
    recorded = "SELECT version, migration FROM etl.schema_version ORDER BY version"
    files = sorted((SQL_DIR / "05_migrations").glob("*.sql"))
    versions = [(int(file.stem[:4]), file.stem) for file in files[1:]]
    assert [tuple(row.values()) for row in warehouse.execute(recorded)] == versions
    assert [version for version, _ in versions] == list(range(1, len(versions) + 1))
    scripts = shutil.copytree(SQL_DIR, tmp_path / "sql")
    later = "ALTER TABLE etl.batch ADD weather NVARCHAR(20) NULL;\nGO\nUPDATE etl.batch SET weather = N'rain';\nGO\n"
    (scripts / "05_migrations" / "9999_weather.sql").write_text(later, encoding="utf-8")
    warehouse.load(handmade.HANDMADE_DAY, handmade.BUSINESS_DATE, reject_limit=1)
    for _ in range(2):
        deploy(warehouse.server.odbc, scripts)
    assert warehouse.value("SELECT weather FROM etl.batch") == "rain"
    assert warehouse.value("SELECT migration FROM etl.schema_version WHERE version = 9999") == "9999_weather"
    assert differences(warehouse, handmade.expected) == {}


def test_a_disposable_table_is_made_again_when_its_definition_changes(warehouse: Warehouse, tmp_path: Path) -> None:
    batch_id = open_batch(warehouse, "changed", handmade.BUSINESS_DATE)["batch_id"]
    load_silver(warehouse, batch_id, handmade.HANDMADE_DAY)
    rows = "SELECT COUNT(*) FROM silver.erp_loc_a101"
    before = warehouse.value(rows)
    deploy(warehouse.server.odbc)
    assert warehouse.value(rows) == before > 0
    scripts = shutil.copytree(SQL_DIR, tmp_path / "sql")
    file = scripts / "30_silver" / "14_erp_loc_a101.sql"
    text = file.read_text(encoding="utf-8")
    assert "cntry NVARCHAR(50)" in text
    file.write_text(text.replace("cntry NVARCHAR(50)", "cntry NVARCHAR(60)"), encoding="utf-8")
    deploy(warehouse.server.odbc, scripts)
    assert warehouse.value("SELECT COL_LENGTH(N'silver.erp_loc_a101', N'cntry')") == 120
    assert warehouse.value(rows) == 0
    # A load that the deployment has cut in two does not publish without the rows.
    error = refusal(warehouse, "EXEC etl.publish ?", batch_id)
    assert error.number == 50006
    assert "silver.load_erp_loc_a101" in error.message
    warehouse.execute("EXEC silver.load_table ?, N'erp_loc_a101'", batch_id)
    warehouse.execute("EXEC etl.publish ?", batch_id)
    assert differences(warehouse, handmade.expected) == {}
    assert warehouse.value("SELECT COUNT(*) FROM etl.table_definition") == 15


RELEASED = Path(__file__).parent / "releases" / "2026-11-28.tar.gz"
"""include/sql and the modules that deploy and stage, as they were released; made by git archive."""

SAME_KEYS = ("silver.customers", "silver.products", *(table for table in GOLD[1:] if table != "gold.fact_sales"))
OTHER_KEYS = (
    "SELECT f.order_number, f.product_key, f.customer_key, f.order_date, f.sales_amount, f.cost, f.profit,"
    " p.valid_from, p.cost AS version_cost, c.country FROM gold.fact_sales AS f"
    " JOIN gold.dim_products_history AS p ON f.product_version_key = p.product_version_key"
    " JOIN gold.dim_customers_history AS c ON f.customer_version_key = c.customer_version_key ORDER BY 1, 2",
    "SELECT product_number, valid_from, valid_to, cost, product_line, category, version_number, is_current"
    " FROM gold.dim_products_history ORDER BY 1, 2",
    "SELECT customer_id, valid_from, valid_to, first_name, country, marital_status, version_number, is_current"
    " FROM gold.dim_customers_history ORDER BY 1, 2",
)
"""What the versions say: an upgrade gives the versions on record their keys before those that the next drop adds."""

LOAD_WITH_THE_RELEASE = """
import sys
from pathlib import Path
import pyodbc
from warehouse.deploy import deploy
from warehouse.staging import stage
odbc, landing, at_server, drop, day = sys.argv[1:]
deploy(odbc)
stage(Path(drop), Path(landing) / "released")
connection = pyodbc.connect(odbc, autocommit=True)
cursor = connection.execute(
    "EXEC etl.load_day @business_date = ?, @landing_dir = ?, @run_id = N'test release', @reject_limit = 1, @today = ?",
    day, at_server + "/released", day,
)
while cursor.nextset():
    pass
"""


def test_a_database_of_the_last_release_keeps_its_keys_and_loads_the_next_day(
    warehouse: Warehouse, drops: list[Path], tmp_path: Path
) -> None:
    for drop, day in zip(drops[:2], DAYS[:2], strict=True):
        warehouse.load(drop, day.business_date)
    loaded_today = snapshot(warehouse, SAME_KEYS), [warehouse.execute(query) for query in OTHER_KEYS]
    warehouse.drop()
    with tarfile.open(RELEASED) as released:
        released.extractall(tmp_path, filter="data")
    server = warehouse.server
    arguments = [server.odbc, str(server.landing), server.landing_at_server, str(drops[0]), str(FIRST)]
    subprocess.run(
        [sys.executable, "-c", LOAD_WITH_THE_RELEASE, *arguments],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "plugins")},
        check=True,
    )
    keys = "SELECT customer_key, customer_id FROM gold.dim_customers ORDER BY customer_key"
    before = warehouse.execute(keys)

    deploy(server.odbc)

    assert warehouse.execute(keys) == before
    assert (
        warehouse.value("SELECT COUNT(*) FROM sys.procedures WHERE name LIKE N'load_crm%' OR name = N'reject_rows'")
        == 0
    )
    warehouse.load(drops[1], SECOND)
    assert snapshot(warehouse, SAME_KEYS) == loaded_today[0]
    assert [warehouse.execute(query) for query in OTHER_KEYS] == loaded_today[1]
