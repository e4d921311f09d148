"""Exports gold for Tableau: an extract of the star schema and a workbook with two dashboards."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from warehouse import settings
from warehouse.execution import WarehouseError
from warehouse.tableau.export import export
from warehouse.tableau.extract import NothingPublishedError

READER_SETTING = "WAREHOUSE_ODBC_READER"


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: exports and prints the rows of each table and the bytes of each file; returns 1 on failure."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.tableau", description=__doc__)
    parser.add_argument(
        "--output",
        type=Path,
        default=settings.exports_dir(),
        help="folder to write, created if missing (default: EXPORTS_DIR, or exports)",
    )
    options = parser.parse_args(arguments)
    connection_string = os.environ.get(READER_SETTING)
    if not connection_string:
        print(f"{READER_SETTING} is not set: the ODBC connection string of the reader of gold", file=sys.stderr)
        return 1
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        extract, files = export(connection_string, options.output)
    except (NothingPublishedError, WarehouseError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{options.output} cannot be written: {error}", file=sys.stderr)
        return 1
    print(f"batch {extract.batch_id}, business date {extract.business_date}")
    for table, rows in extract.rows.items():
        print(f"{table:28} {rows:>12,} rows")
    for file in files:
        print(f"{file} {file.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
