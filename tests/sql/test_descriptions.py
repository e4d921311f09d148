"""The descriptions of tables, views, columns and procedures: from the headers of the files to the server's catalog."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.docs import catalog
from tests.warehouse import Warehouse
from warehouse.deploy import SQL_DIR, deploy
from warehouse.descriptions import CATALOG, Descriptions

FILES = [
    """/*
Purpose: the orders of the shop,
         all of them.
Grain:   order. One a
         number.
Columns: number  number of the order, which
                 the shop gives it
         price   what it cost
*/
CREATE TABLE silver.orders (number INT NOT NULL, price INT NULL, paid BIT NOT NULL);
GO
""",
    """/*
Purpose: the orders that were paid.
Columns: price  what was paid
*/
CREATE OR ALTER VIEW gold.paid AS SELECT number, price, paid FROM silver.orders WHERE paid = 1;
GO
""",
    "/*\nPurpose:    pays.\nParameters: @number\n*/\nCREATE OR ALTER PROCEDURE silver.pay @number INT AS SELECT 1;\n",
]


def test_a_column_has_its_own_description_or_that_of_its_namesake_in_what_the_file_mentions() -> None:
    descriptions = Descriptions(FILES)
    assert descriptions.of("silver.orders") == "the orders of the shop, all of them. Grain: order. One a number."
    assert descriptions.of("gold.paid") == "the orders that were paid."
    assert descriptions.of("silver.pay") == "pays."
    assert descriptions.of("silver.orders", "number") == "number of the order, which the shop gives it"
    assert descriptions.of("gold.paid", "Number") == "number of the order, which the shop gives it"
    assert descriptions.of("gold.paid", "price") == "what was paid"
    assert descriptions.of("silver.orders", "paid") == descriptions.of("gold.paid", "paid") == ""
    assert descriptions.of("gold.unpaid") == ""


def test_every_object_and_column_has_a_description(shared_warehouse: Warehouse) -> None:
    rows = shared_warehouse.execute(CATALOG)
    undescribed = [f"{row['object_name']} {row['column_name']}" for row in rows if not row["description"]]
    assert undescribed == [], "describe them in the header of their file, under Purpose and Columns"
    assert len(rows) > 600


def test_the_page_shows_the_catalog_of_the_server(shared_warehouse: Warehouse) -> None:
    written = catalog.FILE.read_text(encoding="utf-8")
    assert written == catalog.page(shared_warehouse), "run python -m tests.docs.catalog"


def test_a_changed_header_changes_the_description_alone(warehouse: Warehouse, tmp_path: Path) -> None:
    before = warehouse.execute(CATALOG)
    scripts = shutil.copytree(SQL_DIR, tmp_path / "sql")
    file = scripts / "30_silver" / "20_customers.sql"
    text = file.read_text(encoding="utf-8")
    assert "Female, Male or n/a" in text
    file.write_text(text.replace("Female, Male or n/a", "it's F, M or n/a"), encoding="utf-8")
    deploy(warehouse.server.odbc, scripts)
    changed = [row for row, old in zip(warehouse.execute(CATALOG), before, strict=True) if row != old]
    assert {(row["object_name"], row["column_name"], row["description"]) for row in changed} == {
        (name, "gender", "it's F, M or n/a")
        for name in (
            *("silver.customers", "silver.joined_customers", "silver.compared_customers"),
            *("gold.dim_customers", "gold.dim_customers_history"),
        )
    }
    file.write_text(text.replace("         gender           Female, Male or n/a\n", ""), encoding="utf-8")
    deploy(warehouse.server.odbc, scripts)
    gone = [row for row in warehouse.execute(CATALOG) if row["column_name"] == "gender" and not row["description"]]
    assert len(gone) == 5
