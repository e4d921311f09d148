"""A source table is added as CONTRIBUTING.md says, in a copy of the project, and its rows arrive in gold."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.days.drop import BASE, write_drop
from tests.warehouse import ROOT, Warehouse

EDITED = {
    "10_etl/09_source_table.sql": (
        "    N'ID,CAT,SUBCAT,MAINTENANCE'\n);",
        "    N'ID,CAT,SUBCAT,MAINTENANCE'\n),\n(\n    N'erp_targets', N'source_erp/TARGETS.csv', N'CNTRY,TARGET'\n);",
    ),
    "10_etl/41_publish.sql": (
        "                EXEC silver.load_sales @batch_id;\n",
        "                EXEC silver.load_sales @batch_id;\n                EXEC silver.load_targets @batch_id;\n",
    ),
}
"""File → a text in it, and what replaces the text."""

ADDED = {
    "20_bronze/19_erp_targets.sql": """
CREATE TABLE bronze.erp_targets
(cntry NVARCHAR(4000) NULL, target NVARCHAR(4000) NULL, dwh_source_line INT NOT NULL);
GO
""",
    "30_silver/16_erp_targets.sql": """
CREATE TABLE silver.erp_targets
(
    cntry NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    target INT NOT NULL,
    dwh_source_line INT NOT NULL,
    dwh_batch_id INT NOT NULL,
    CONSTRAINT pk_erp_targets PRIMARY KEY (cntry)
);
GO
""",
    "30_silver/26_targets.sql": """
IF OBJECT_ID(N'silver.targets', N'U') IS NULL
    CREATE TABLE silver.targets
    (
        target_key INT IDENTITY (1, 1) NOT NULL,
        country NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
        target INT NOT NULL,
        CONSTRAINT pk_targets PRIMARY KEY (target_key)
    );
GO
""",
    "30_silver/36_erp_targets_judged.sql": """
CREATE OR ALTER VIEW silver.erp_targets_judged
AS
WITH converted AS (
    SELECT
        TRIM(e.characters FROM b.cntry COLLATE Latin1_General_100_BIN2) AS cntry,
        TRY_CONVERT(INT, b.target) AS target,
        b.dwh_source_line
    FROM bronze.erp_targets AS b
    CROSS JOIN silver.trimmed_characters AS e
)

SELECT
    *,
    CASE WHEN target IS NULL THEN N'TARGET: not an integer' END AS verdict,
    ROW_NUMBER() OVER (
        PARTITION BY CASE WHEN target IS NULL THEN 1 ELSE 0 END, cntry
        ORDER BY dwh_source_line DESC
    ) AS version_rank
FROM converted;
GO
""",
    "30_silver/45_load_targets.sql": """
CREATE OR ALTER PROCEDURE silver.load_targets
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    UPDATE t
    SET target = s.target
    FROM silver.targets AS t
    INNER JOIN silver.erp_targets AS s
        ON t.country = s.cntry;

    INSERT INTO silver.targets (country, target)
    SELECT s.cntry, s.target
    FROM silver.erp_targets AS s
    WHERE NOT EXISTS (SELECT 1 FROM silver.targets AS t WHERE t.country = s.cntry);
END;
GO
""",
    "40_gold/24_dim_targets.sql": """
CREATE OR ALTER VIEW gold.dim_targets
AS
SELECT target_key, country, target
FROM silver.targets;
GO
""",
}
"""New file → its text."""

LOAD = """
import json, sys
from datetime import date
from pathlib import Path
from tests.warehouse import Server, Warehouse
odbc, landing, at_server, drop = sys.argv[1:]
warehouse = Warehouse(Server(odbc, Path(landing), at_server))
warehouse.rebuild()
warehouse.load(Path(drop), date(2024, 6, 15), reject_limit=1)
queries = (
    "SELECT country, target FROM gold.dim_targets ORDER BY target_key",
    "SELECT source_line, column_name FROM gold.rejected_rows",
    "SELECT loaded_rows, superseded_rows, rejected_rows FROM gold.load_reconciliation"
    " WHERE source_table = 'erp_targets'",
    "SELECT observed FROM gold.quality_results WHERE subject = 'erp_targets' AND check_name LIKE 'each file%'",
)
print(json.dumps([[list(row.values()) for row in warehouse.execute(query)] for query in queries]))
"""


def test_a_seventh_source_reaches_gold_by_the_steps_of_the_recipe(warehouse: Warehouse, tmp_path: Path) -> None:
    assert len(EDITED) + len(ADDED) <= 25
    copy = tmp_path / "copy"
    for folder in ("include", "plugins", "stack", "tests"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    scripts = copy / "include" / "sql"
    for name, (old, new) in EDITED.items():
        text = (scripts / name).read_text(encoding="utf-8")
        assert old in text
        (scripts / name).write_text(text.replace(old, new), encoding="utf-8")
    for name, text in ADDED.items():
        (scripts / name).write_text(text, encoding="utf-8")
    write_drop(tmp_path / "drop", BASE)
    lines = "CNTRY,TARGET\nFrance,10\nSpain,many\n\u00a0France,20\n"
    (tmp_path / "drop" / "source_erp" / "TARGETS.csv").write_text(lines, encoding="utf-8")

    server = warehouse.server
    try:
        loaded = subprocess.run(
            [sys.executable, "-c", LOAD, server.odbc, server.landing, server.landing_at_server, tmp_path / "drop"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(copy), str(copy / "plugins")])},
            cwd=copy,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    finally:
        warehouse.rebuild()
    assert json.loads(loaded.stdout) == [[["France", 20]], [[3, "TARGET"]], [[1, 1, 1]], [[3]]]
