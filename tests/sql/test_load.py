"""The state after a load that succeeds, is repeated, or fails."""

import logging
from datetime import date
from pathlib import Path
from typing import Any

import pyodbc
import pytest

from tests.days import handmade
from tests.sql.steps import alter_view
from tests.warehouse import Warehouse
from warehouse.deploy import deploy

GOLD = (
    "dim_customers",
    "dim_products",
    "fact_sales",
    "report_products",
    "report_customers",
    "report_sales_daily",
)
SILVER = ("customers", "products", "sales")


def snapshot(warehouse: Warehouse, schema: str, tables: tuple[str, ...]) -> dict[str, list[str]]:
    return {
        table: sorted(map(str, warehouse.table(f"{schema}.{table}").itertuples(index=False, name=None)))
        for table in tables
    }


def load(warehouse: Warehouse, **options: Any) -> None:
    defaults: dict[str, Any] = {"business_date": handmade.BUSINESS_DATE, "reject_limit": 1}
    warehouse.load(handmade.HANDMADE_DAY, **(defaults | options))


def failed_steps(warehouse: Warehouse) -> list[dict[str, Any]]:
    return warehouse.execute(
        "SELECT step_name, error_number, error_message FROM gold.load_steps"
        " WHERE status = N'failed' ORDER BY started_at"
    )


def open_batch(warehouse: Warehouse, run_id: str = "test by hand") -> int:
    (row,) = warehouse.execute(
        "DECLARE @id INT; EXEC etl.open_batch ?, ?, N'drop', 0, 1, @id OUTPUT", run_id, handmade.BUSINESS_DATE
    )
    return int(row["batch_id"])


def test_deploying_again_changes_nothing(warehouse: Warehouse) -> None:
    load(warehouse)
    before = snapshot(warehouse, "gold", GOLD)
    deploy(warehouse.server.odbc)
    assert snapshot(warehouse, "gold", GOLD) == before


def test_a_database_that_exists_is_deployed_to_without_master(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "warehouse.deploy")
    assert deploy(warehouse.server.odbc, existing_database=True) == deploy(warehouse.server.odbc) - 1
    assert caplog.messages.count("00_database/00_DataWarehouse.sql") == 1


def test_the_same_drop_loaded_twice_gives_the_same_gold_row_for_row(warehouse: Warehouse) -> None:
    load(warehouse)
    before = snapshot(warehouse, "gold", GOLD)
    load(warehouse)
    assert snapshot(warehouse, "gold", GOLD) == before


def test_a_run_repeated_under_its_id_is_the_same_batch(warehouse: Warehouse) -> None:
    assert open_batch(warehouse) == open_batch(warehouse)
    assert warehouse.value("SELECT COUNT(*) FROM etl.batch") == 1


def test_a_load_accounts_for_every_row_logs_its_steps_and_closes_its_batch(warehouse: Warehouse) -> None:
    load(warehouse)
    rows = warehouse.execute("SELECT * FROM gold.load_reconciliation")
    assert len(rows) == 6
    for row in rows:
        assert row["bronze_rows"] == row["staged_rows"], row
        assert row["file_rows"] == row["loaded_rows"] + row["superseded_rows"] + row["rejected_rows"], row
    assert warehouse.value("SELECT COUNT(*) FROM gold.load_steps WHERE status <> N'succeeded'") == 0
    assert warehouse.value("SELECT COUNT(*) FROM gold.load_steps WHERE ended_at IS NULL") == 0
    assert warehouse.value("SELECT status FROM etl.batch") == "succeeded"
    with pytest.raises(pyodbc.Error, match="50005"):
        warehouse.execute("EXEC etl.publish 1")


def test_a_procedure_prints_its_progress_and_returns_its_counts(warehouse: Warehouse) -> None:
    load(warehouse)
    batch_id = open_batch(warehouse)
    landing = warehouse.stage(handmade.HANDMADE_DAY)
    (registered,) = warehouse.execute("EXEC etl.register_landing ?, ?", batch_id, landing)
    assert registered["step_name"] == "etl.register_landing"
    with warehouse.connect() as connection:
        cursor = connection.execute("EXEC bronze.load_table ?, N'crm_cust_info'", batch_id)
        texts = [text for _, text in cursor.messages]
        while cursor.description is None and cursor.nextset():
            texts += [text for _, text in cursor.messages]
        counts = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
    assert any("bronze.load_crm_cust_info" in text for text in texts)
    assert counts["step_name"] == "bronze.load_crm_cust_info"
    assert counts["rows_inserted"] == warehouse.value("SELECT COUNT(*) FROM bronze.crm_cust_info")


def test_a_failed_load_keeps_the_previous_content_logs_the_error_and_rethrows(warehouse: Warehouse) -> None:
    load(warehouse)
    before = snapshot(warehouse, "bronze", ("crm_cust_info",))
    batch_id = open_batch(warehouse)
    landing = warehouse.stage(handmade.HANDMADE_DAY)
    warehouse.execute("EXEC etl.register_landing ?, ?", batch_id, landing)
    (warehouse.server.landing / Path(landing).name / "source_crm" / "cust_info.txt").unlink()
    with pytest.raises(pyodbc.Error, match=r"Error 4860: .*50009"):
        warehouse.execute("EXEC bronze.load_table ?, N'crm_cust_info'", batch_id)
    assert snapshot(warehouse, "bronze", ("crm_cust_info",)) == before
    (step,) = failed_steps(warehouse)
    assert (step["step_name"], step["error_number"]) == ("bronze.load_crm_cust_info", 50009)
    assert "cust_info.txt" in step["error_message"]


def test_a_landing_copy_that_lost_a_row_is_refused(warehouse: Warehouse) -> None:
    batch_id = open_batch(warehouse)
    landing = warehouse.stage(handmade.HANDMADE_DAY)
    warehouse.execute("EXEC etl.register_landing ?, ?", batch_id, landing)
    copy = warehouse.server.landing / Path(landing).name / "source_crm" / "sales_details.txt"
    lines = copy.read_text(encoding="utf-16").splitlines(keepends=True)
    copy.write_bytes("".join(lines[:-1]).encode("utf-16"))
    with pytest.raises(pyodbc.Error, match="50009"):
        warehouse.execute("EXEC bronze.load_table ?, N'crm_sales_details'", batch_id)
    assert warehouse.value("SELECT COUNT(*) FROM bronze.crm_sales_details") == 0


def test_a_landing_folder_outside_the_allowed_roots_is_refused_by_the_server(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    batch_id = open_batch(warehouse)
    with pytest.raises(pyodbc.Error, match=r"4860|4861"):
        warehouse.execute("EXEC etl.register_landing ?, ?", batch_id, str(tmp_path))
    (step,) = failed_steps(warehouse)
    assert str(tmp_path) in step["error_message"]


def test_a_relative_landing_folder_is_looked_up_in_the_external_data_source(warehouse: Warehouse) -> None:
    with pytest.raises(pyodbc.Error, match=r'Referenced external data source "landing" not found. \(12703\)'):
        warehouse.execute("EXEC etl.register_landing ?, N'batches/1'", open_batch(warehouse))
    (step,) = failed_steps(warehouse)
    assert (step["step_name"], step["error_number"]) == ("etl.register_landing", 12703)


def test_more_rejects_than_the_limit_stop_the_batch_before_publish(warehouse: Warehouse) -> None:
    load(warehouse)
    before = snapshot(warehouse, "silver", SILVER)
    with pytest.raises(pyodbc.Error, match=r"rejected, more than the batch.*limit of 1\.00 .*50011"):
        load(warehouse, reject_limit=0.01)
    assert snapshot(warehouse, "silver", SILVER) == before
    assert warehouse.value("SELECT COUNT(*) FROM etl.batch WHERE status = N'failed'") == 1
    load(warehouse)
    assert snapshot(warehouse, "gold", GOLD)["fact_sales"]


def test_silver_refuses_a_bronze_table_of_another_batch(warehouse: Warehouse) -> None:
    load(warehouse)
    with pytest.raises(pyodbc.Error, match="50006"):
        warehouse.execute("EXEC silver.load_table ?, N'crm_cust_info'", open_batch(warehouse))


def test_an_older_business_date_is_refused_unless_it_is_a_replay(warehouse: Warehouse) -> None:
    load(warehouse)
    older = date(2024, 6, 14)
    with pytest.raises(pyodbc.Error, match=r"older than the latest published one, 2024-06-15.*50002"):
        load(warehouse, business_date=older)
    load(warehouse, business_date=older, replay=True, same_drop=True)
    assert str(warehouse.value("SELECT business_date FROM gold.current_batch")) == "2024-06-14"


def test_a_failed_gold_check_rolls_the_day_back_and_keeps_its_findings(warehouse: Warehouse) -> None:
    load(warehouse)
    before = snapshot(warehouse, "gold", GOLD)
    alter_view(warehouse, "gold.quality_check", "COALESCE(f.total_sales, 0)", "COALESCE(f.total_sales, 0) + 1")
    with pytest.raises(pyodbc.Error, match=r"nothing was published:.*fact_sales has the total sales.*50012"):
        load(warehouse, business_date=date(2024, 6, 16), same_drop=True)
    assert snapshot(warehouse, "gold", GOLD) == before
    assert str(warehouse.value("SELECT business_date FROM gold.current_batch")) == "2024-06-15"
    findings = warehouse.execute(
        "SELECT check_name FROM gold.quality_results WHERE batch_id = 2 AND passed = 0 AND severity = N'error'"
    )
    assert [row["check_name"] for row in findings] == ["fact_sales has the total sales of the cleansed order lines"]


def test_invalid_parameters_are_reported_together(warehouse: Warehouse) -> None:
    with pytest.raises(pyodbc.Error, match=r"@run_id is empty.*@business_date is.*@reject_limit must"):
        warehouse.execute("DECLARE @id INT; EXEC etl.open_batch N' ', NULL, N'', 0, 2, @id OUTPUT")
