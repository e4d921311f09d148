"""Airflow's command line, started with fewer garbage collections: `python -m stack.airflow_cli scheduler`.

Starting Airflow is importing and making some hundred thousand objects that stay. The collector looks through them
again and again and finds nothing; looking less often saves a quarter of the time.
"""

import gc

gc.set_threshold(100_000, 20, 100)

from airflow.__main__ import main  # noqa: E402 - the import is what takes the time

if __name__ == "__main__":
    main()  # type: ignore[no-untyped-call]
