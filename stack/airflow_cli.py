"""Airflow's command line, started with fewer garbage collections: `python -m stack.airflow_cli scheduler`.

A start of Airflow imports and creates some hundred thousand objects that stay. The collector scans them repeatedly
and finds nothing to free; fewer collections save a quarter of the start time.

The scheduler's tasks are forks of it. It imports what the DAGs import, so that not each task does so again.
"""

import gc
import sys

gc.set_threshold(100_000, 20, 100)

from airflow.__main__ import main  # noqa: E402 - the import is what takes the time

if "scheduler" in sys.argv:
    import warehouse.notifications  # noqa: F401 - with it the operators, and their hooks

if __name__ == "__main__":
    main()  # type: ignore[no-untyped-call]
