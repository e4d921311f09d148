"""A process whose children sync and are killed: `python -m tests.api.sync_victim`.

For each line of its input it forks a child that syncs, and the child prints the log of the sync. Then the parent
prints `ended` and the exit code, negative for a signal. Forking is faster than starting a process, so the moment of
the kill is more precise.
"""

import logging
import os
import sys

from sqlalchemy import create_engine

from api.serving.database import psycopg_url
from api.serving.sync import sync_warehouse


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
