"""A process whose children sync and are killed: `python -m tests.api.sync_victim`.

For each line of its input it forks a child that syncs and tells, on the output, what the sync logs. Then
`ended` and the exit code, negative for a signal. A fork is quicker than a start, and the point of death counts.
"""

import logging
import os
import sys

from sqlalchemy import create_engine

from api.database import psycopg_url
from api.sync import sync_warehouse


def main() -> None:
    """Fork a child that syncs for each line of the input."""
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            engine = create_engine(psycopg_url(os.environ["SERVING_DATABASE_URL_LOADER"]))
            sync_warehouse(engine, os.environ["WAREHOUSE_ODBC_READER"])
            os._exit(0)
        print(f"pid {child}", flush=True)
        _, status = os.waitpid(child, 0)
        print(f"ended {os.waitstatus_to_exitcode(status)}", flush=True)


if __name__ == "__main__":
    main()
